"""RIDE files as they were stored: fetched, compared with what was stored, and made again when they are not."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Literal

import structlog
from pypdf import PdfWriter

from app.alerts import raise_alert
from app.branding import of_version
from app.errors import Text
from app.ride import Branding, render
from app.ride import Ride as Drawn
from app.services import Services
from app.store.documents import Document, DocumentAuthorization, Ride
from app.tenancy import tenant_scope

log = structlog.get_logger("rides")
ALTERED = "ride_altered"
PAGE = 100
Condition = Literal["kept", "missing", "altered", "away"]


@dataclass(frozen=True)
class Kept:
    """A RIDE to hand out, and what became of the stored file; ``away``: the storage does not answer."""

    pdf: bytes
    condition: Condition
    said: str = ""


def drawn(authorization: DocumentAuthorization, branding: Branding, *, carries_xml: bool) -> Drawn:
    """The RIDE of what the SRI authorized, the same bytes whenever it is drawn. Raises ``Invalid``."""
    xml = bytes(authorization.xml)
    ride = render(
        xml, number=authorization.number, authorized_at=authorization.authorized_at, branding=branding
    )
    if not carries_xml:
        return ride
    pdf = with_attachment(ride.pdf, f"{authorization.number}.xml", xml)
    return replace(ride, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest())


def drawn_again(ride: Ride, authorization: DocumentAuthorization, services: Services) -> Drawn:
    """``ride`` with the branding it was drawn with first, whatever its taxpayer chose since. Outside any scope."""
    look = of_version(ride.tenant_id, ride.branding)
    carries_xml = services.settings.ride_attach_xml if ride.carries_xml is None else ride.carries_xml
    return drawn(authorization, look.branding, carries_xml=carries_xml)


def with_attachment(pdf: bytes, name: str, content: bytes) -> bytes:
    """``pdf`` carrying ``content`` as a file, which its reader can save; the same arguments give the same bytes."""
    writer = PdfWriter(clone_from=BytesIO(pdf))
    writer.add_attachment(name, content)
    carried = BytesIO()
    writer.write(carried)
    return carried.getvalue()


def look(ride: Ride, services: Services) -> Kept:
    """The stored file and whether it is the one that was stored; empty when there is none to be had."""
    try:
        pdf = services.storage.get(str(ride.path))
    except FileNotFoundError:
        return Kept(b"", "missing")
    except OSError as error:
        return Kept(b"", "away", str(error))
    return Kept(pdf, "kept" if hashlib.sha256(pdf).hexdigest() == ride.sha256 else "altered")


def fetch(
    ride: Ride, authorization: DocumentAuthorization, services: Services, *, mend: bool = False
) -> Kept:
    """The RIDE, whatever became of its file: made again from the authorized XML when that is not the stored one.

    With ``mend``, outside any scope, a missing or altered file is put back, best effort. Raises ``Invalid``.
    """
    found = look(ride, services)
    if found.condition == "kept":
        return found
    log.warning("ride_file", document=ride.id, path=ride.path, condition=found.condition, error=found.said)
    if mend and found.condition != "away":
        made = _mended(ride, authorization, services)
    else:
        made = drawn_again(ride, authorization, services)
    return Kept(made.pdf, found.condition, found.said)


@dataclass
class Reconciled:
    """What a look at a taxpayer's RIDE files found; ``more`` says that those after ``last`` were left for later.

    ``parts`` are files that a writer's death had left half done; they are gone.
    """

    looked: int = 0
    missing: int = 0
    altered: int = 0
    away: int = 0
    parts: int = 0
    last: int = 0
    more: bool = False


def reconcile(tenant_id: int, services: Services, *, after: int = 0, within_s: float) -> Reconciled:
    """Compare the files of a taxpayer's RIDEs from document ``after`` on, and make again what is missing or altered.

    A file somebody altered raises an alert. It stops after ``within_s`` seconds, or when the storage is away.
    """
    found, deadline = Reconciled(last=after), time.monotonic() + within_s
    if not after:
        found.parts = services.storage.forget_parts(f"{tenant_id}/invoices")
    while page := _page(tenant_id, found.last):
        for ride, authorization, key in page:
            condition = fetch(ride, authorization, services, mend=True).condition
            found.looked, found.last = found.looked + 1, ride.id
            if condition == "away":
                found.away += 1
                return found
            if condition != "kept":
                setattr(found, condition, getattr(found, condition) + 1)
                _tell(tenant_id, key, condition)
            if time.monotonic() > deadline:
                found.more = True
                return found
    return found


@dataclass(frozen=True)
class Verified:
    """One RIDE compared with what the authorized XML gives now; ``difference`` is empty when it is the same."""

    document_id: int
    path: str
    difference: str


def verified(tenant_id: int, services: Services, *, only: int | None = None) -> Iterator[Verified]:
    """Draw a taxpayer's stored RIDEs again, all of them or that of document ``only``, and compare; changes nothing."""
    last = 0 if only is None else only - 1
    while page := _page(tenant_id, last, 1 if only else PAGE):
        for ride, authorization, _ in page:
            if only not in (None, ride.id):
                return
            last = ride.id
            yield Verified(ride.id, str(ride.path), _difference(ride, authorization, services))
        if only:
            return


def _difference(ride: Ride, authorization: DocumentAuthorization, services: Services) -> str:
    found = look(ride, services)
    if found.condition != "kept":
        said = {"missing": "falta", "altered": "no es el que se guardó", "away": "el almacén no responde"}
        return f"{said[found.condition]} {found.said}".strip()
    if drawn_again(ride, authorization, services).sha256 != ride.sha256:
        return "dibujado hoy sería otro: se hizo con otra versión del programa"
    return ""


def _mended(ride: Ride, authorization: DocumentAuthorization, services: Services) -> Drawn:
    """Draw it and put it back, best effort: whoever asked gets it in any case."""
    made = drawn_again(ride, authorization, services)
    try:
        services.storage.put(str(ride.path), made.pdf)
    except OSError as error:
        log.warning("ride_not_put_back", document=ride.id, error=str(error))
        return made
    if made.sha256 != ride.sha256:  # what drew it first was another release
        with tenant_scope(ride.tenant_id):
            Ride.update(sha256=made.sha256, size=len(made.pdf), pages=made.pages).where(
                Ride.tenant_id == ride.tenant_id, Ride.id == ride.id, Ride.path == ride.path
            ).execute()
    return made


def _page(tenant_id: int, after: int, most: int = PAGE) -> list[tuple[Ride, DocumentAuthorization, str]]:
    with tenant_scope(tenant_id):
        stored = Ride.select().where(Ride.tenant_id == tenant_id, Ride.id > after, Ride.path.is_null(False))
        rides = list(stored.order_by(Ride.id).limit(most))
        ids = [ride.id for ride in rides]
        yes = DocumentAuthorization.select().where(DocumentAuthorization.document_id.in_(ids))
        authorizations = {one.document_id: one for one in yes}
        keys = {one.id: one.access_key for one in Document.select().where(Document.id.in_(ids))}
    return [(ride, authorizations[ride.id], str(keys[ride.id])) for ride in rides]


def _tell(tenant_id: int, key: str, condition: Condition) -> None:
    if condition == "altered":
        sentence = Text(
            f"el archivo del RIDE de {key} no era el que se guardó; se rehízo desde lo autorizado por el SRI",
            f"the file of the RIDE of {key} was not the one that was stored; it was made again from what the SRI "
            "authorized",
        )
        with tenant_scope(tenant_id):
            raise_alert(tenant_id, ALTERED, key, sentence)
