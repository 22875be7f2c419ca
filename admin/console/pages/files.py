"""What may be taken away of a document: signed XML, authorized XML, RIDE, and the SRI's raw answers."""

import re
from typing import Any

from flask import Response, abort, current_app
from flask_admin import expose
from lxml import etree

from admin.console.door import mine
from admin.console.witness import note
from app import kept_rides
from app.delivery import envelope_of
from app.document_files import unsigned
from app.errors import Invalid
from app.services import Services
from app.store.documents import Document, DocumentAuthorization, Emission, Ride, SriExchange

SHOWN_OF_AN_ANSWER = 20_000
_LONG_BASE64 = re.compile(r"[A-Za-z0-9+/=\r\n]{120,}(?=<|&lt;|$)")


class Files:
    """Downloads of ``Documents``, each on record; a file of a foreign document is 404."""

    get_one: Any
    render: Any

    @expose("/<row:row_id>/signed-<int(min=1, max=99999):version>.xml")
    def signed_xml(self, row_id: int, version: int) -> Response:
        """One signed version, byte for byte as it was sent."""
        with mine():
            row: Document = self.get_one(row_id)
            found = _emission(row, version)
            note(row.tenant_id, "download", f"document {row.id} signed XML {version}")
        suffix = "" if version == 1 else f"_v{version}"
        return _file(bytes(found.xml), "application/xml", f"{found.access_key}{suffix}.xml")

    @expose("/<row:row_id>/unsigned-<int(min=1, max=99999):version>.xml")
    def unsigned_xml(self, row_id: int, version: int) -> Response:
        """What was signed in one version: the comprobante without its signature."""
        with mine():
            row: Document = self.get_one(row_id)
            found = _emission(row, version)
            note(row.tenant_id, "download", f"document {row.id} unsigned XML {version}")
        name = f"{found.access_key}_v{version}_sin_firma.xml"
        return _file(unsigned(bytes(found.xml)), "application/xml", name)

    @expose("/<row:row_id>/authorized.xml")
    def authorized_xml(self, row_id: int) -> Response:
        """The file that counts as the document, and that its buyer gets: what the SRI gave back, with its yes."""
        with mine():
            row: Document = self.get_one(row_id)
            found = _authorization(row)
            note(row.tenant_id, "download", f"document {row.id} authorized XML")
        return _file(envelope_of(row, found), "application/xml", f"{row.access_key}_autorizado.xml")

    @expose("/<row:row_id>/ride.pdf")
    def ride(self, row_id: int) -> Response:
        """The RIDE; one whose file is gone or altered is made again from the authorized XML. 404 before it exists."""
        with mine():
            row: Document = self.get_one(row_id)
            found = Ride.get_or_none(
                Ride.tenant_id == row.tenant_id, Ride.id == row.id, Ride.path.is_null(False)
            )
            authorization = _authorization(row)
            if found is None:
                abort(404)
            note(row.tenant_id, "download", f"document {row.id} RIDE")
        pdf = _stored_or_made_again(found, authorization)
        return _file(pdf, "application/pdf", f"{row.access_key}_ride.pdf")

    @expose("/<row:row_id>/exchanges/<row:exchange_id>/")
    def exchange(self, row_id: int, exchange_id: int) -> str:
        """One call to the SRI: what was sent and the beginning of what came back, as text."""
        with mine():
            row: Document = self.get_one(row_id)
            call = _exchange(row, exchange_id)
            asked = _sent(call) if call.operation == "submit" else None
        answer = bytes(call.response or b"")
        return self.render(
            "console/exchange.html",
            row=row,
            call=call,
            request_xml=_readable(bytes(asked.xml)) if asked else "",
            request_same=bool(asked and asked.sha256 == call.request_sha256),
            answer=_readable(answer),
            size=len(answer),
            shown=SHOWN_OF_AN_ANSWER,
        )

    @expose("/<row:row_id>/exchanges/<row:exchange_id>/answer.txt")
    def answer(self, row_id: int, exchange_id: int) -> Response:
        """The SRI's raw answer, as far as it was kept, as plain text whatever it was."""
        with mine():
            row: Document = self.get_one(row_id)
            call = _exchange(row, exchange_id)
            if call.response is None:
                abort(404)
            note(row.tenant_id, "download", f"document {row.id} SRI answer {call.id}")
        return _file(bytes(call.response), "text/plain; charset=utf-8", f"sri-{call.operation}-{call.id}.txt")


def _emission(row: Document, version: int) -> Emission:
    found: Emission | None = Emission.get_or_none(
        Emission.tenant_id == row.tenant_id, Emission.document_id == row.id, Emission.version == version
    )
    return found if found is not None else abort(404)


def _authorization(row: Document) -> DocumentAuthorization:
    found: DocumentAuthorization | None = DocumentAuthorization.get_or_none(
        DocumentAuthorization.tenant_id == row.tenant_id, DocumentAuthorization.document_id == row.id
    )
    return found if found is not None else abort(404)


def _exchange(row: Document, exchange_id: int) -> SriExchange:
    found: SriExchange | None = SriExchange.get_or_none(
        SriExchange.tenant_id == row.tenant_id,
        SriExchange.document_id == row.id,
        SriExchange.id == exchange_id,
    )
    return found if found is not None else abort(404)


def _sent(call: SriExchange) -> Emission | None:
    """The version that was sent; its bytes are kept, so the request itself need not be."""
    found: Emission | None = Emission.get_or_none(
        Emission.tenant_id == call.tenant_id,
        Emission.document_id == call.document_id,
        Emission.version == call.version,
    )
    return found


def _readable(raw: bytes) -> str:
    """The beginning of an XML as text, indented if it is one, without the signatures that nobody reads."""
    text = _indented(raw)[:SHOWN_OF_AN_ANSWER]
    return _LONG_BASE64.sub(lambda found: f"{found[0][:12]}… ({len(found[0])})", text)


def _indented(raw: bytes) -> str:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, strip_cdata=False, remove_blank_text=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        return raw.decode("utf-8", "replace")  # whatever came is shown
    return str(etree.tostring(root, encoding="unicode", pretty_print=True))


def _stored_or_made_again(ride: Ride, authorization: DocumentAuthorization) -> bytes:
    services: Services = current_app.extensions["services"]
    try:
        return kept_rides.fetch(ride, authorization, services, mend=True).pdf
    except Invalid:
        abort(404)


def _file(content: bytes, content_type: str, name: str) -> Response:
    return Response(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
