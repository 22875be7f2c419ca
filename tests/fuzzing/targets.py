"""What is fuzzed: each parser of foreign input, what it is fed with, and the only errors it may raise."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import requests
from hypothesis import strategies as st
from PIL import Image
from sri_cast import AUTHORIZATION, ISSUER, NOW, ON, Signed, client, envelope, signed

from app import access_key, archive, certificates, known_keys, logos, signing, verdicts
from app.documents.reading import read
from app.documents.registry import TYPES
from app.errors import Invalid, Misconfigured, Refused, Unavailable
from app.mail import addresses
from app.ride import render
from app.search import words
from app.search.values import Unclear
from app.signing import BadSignature
from app.sri.simulator import checks, envelopes, script, taxpayers, waits
from app.sri.simulator.envelopes import Authorization, AuthorizationAnswer, ReceptionAnswer
from fuzzing.damage import ODD_TEXTS, bytes_of, json_of, xml_of

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@dataclass(frozen=True)
class Target:
    """One parser: ``parse`` may raise ``allowed`` and nothing else, whatever ``inputs`` gives."""

    name: str
    inputs: st.SearchStrategy[Any]
    parse: Callable[[Any], object]
    allowed: tuple[type[Exception], ...] = ()


def targets() -> list[Target]:
    """Every target; making the seeds takes a second."""
    document = signed()
    written = [path.read_bytes() for path in sorted(GOLDEN.glob("*/*.xml"))] + [document.xml]
    return [*_of_documents(document, written), *_of_everything_else(document, written)]


def _of_documents(document: Signed, written: list[bytes]) -> list[Target]:
    drafts = [json.loads(path.read_text()) for path in sorted(GOLDEN.glob("*/*.json"))]
    return [
        Target("intake: JSON", json_of(drafts), _intake, (Invalid,)),
        Target(
            "intake: JSON, bytes", bytes_of([json.dumps(one).encode() for one in drafts]), _intake, (Invalid,)
        ),
        Target("intake: XML", xml_of(written), _intake, (Invalid,)),
        Target("intake: XML, bytes", bytes_of([*written, _wrapped(document.xml)]), _intake, (Invalid,)),
        Target("a finished comprobante", xml_of(written), _inspect),
        Target("RIDE of what the SRI returned", xml_of(written), _ride, (Invalid,)),
        Target("answers of the SRI", bytes_of(_answers(document)), _query, (Unavailable,)),
        Target("answers of the SRI, well-formed", xml_of(_answers(document)), _query, (Unavailable,)),
        Target("receptions of the SRI", xml_of(_receptions(document)), _submit, (Unavailable,)),
        Target("signatures", bytes_of([document.xml]), signing.verify, (BadSignature,)),
        Target(
            "what another sale looks like",
            bytes_of(written),
            lambda xml: verdicts.same_document(xml, written[0]),
        ),
    ]


def _of_everything_else(document: Signed, written: list[bytes]) -> list[Target]:
    return [
        Target("p12", bytes_of([_p12()]), _open_p12, (certificates.CertificateRefused,)),
        Target("logos", bytes_of(_pictures()), logos.prepared, (Refused,)),
        Target("scripts of the simulator", json_of(_SCRIPTS), _script, (Misconfigured,)),
        Target("taxpayers of the simulator", json_of(_TAXPAYERS), _taxpayers, (Misconfigured,)),
        Target("latencies of the simulator", ODD_TEXTS, waits.read_wait, (Misconfigured,)),
        Target("documents at the simulator", bytes_of(written), checks.inspect),
        Target(
            "questions at the simulator", bytes_of([envelope(AUTHORIZATION, document.access_key)]), _question
        ),
        Target(
            "search",
            st.one_of(ODD_TEXTS, bytes_of([b"001-002-000000003"]).map(_text), _qualified()),
            words.parse,
            (Unclear,),
        ),
        Target(
            "access keys",
            st.one_of(ODD_TEXTS, bytes_of([document.access_key.encode()]).map(_text)),
            access_key.parse,
            (Invalid,),
        ),
        Target(
            "keys in any text",
            bytes_of([f"x\t{document.access_key}\n".encode()]),
            lambda raw: known_keys.in_text(raw, ISSUER.ruc),
        ),
        Target("buyers' addresses", xml_of(_mailed(written)), addresses.of_buyer),
        Target("buyers' addresses, bytes", bytes_of(_mailed(written)), addresses.of_buyer),
        Target("archives", bytes_of([_archive(document)]), _verify_archive),
    ]


def _intake(raw: bytes) -> None:
    read(raw, "ajeno", ON)


def _inspect(raw: bytes) -> None:
    for kind in TYPES:
        kind.inspect(raw)


def _ride(raw: bytes) -> None:
    render(raw, number="1" * 49, authorized_at=NOW)


@cache
def _sri() -> Any:
    return client("http://127.0.0.1:9")


def _answered(body: bytes) -> Callable[..., requests.Response]:
    response = requests.Response()
    response.status_code, response._content = 200, body
    return lambda *_: response


def _query(body: bytes) -> None:
    _sri()._authorization._transport.post = _answered(body)
    _sri().query(signed().access_key)


def _submit(body: bytes) -> None:
    _sri()._reception._transport.post = _answered(body)
    _sri().submit(signed().xml)


def _answers(document: Any) -> list[bytes]:
    key = document.access_key
    messages = (checks.message("60"), checks.message("39", "detalle"))
    verdicts_ = [
        Authorization(word, key, NOW, document.xml, messages)
        for word in ("AUTORIZADO", "NO AUTORIZADO", "EN PROCESO")
    ]
    several = [AuthorizationAnswer(key, (one,)) for one in verdicts_] + [
        AuthorizationAnswer(key, tuple(verdicts_)),
        AuthorizationAnswer(key),
    ]
    return [envelopes.write_authorization(one) for one in several] + [
        envelopes.write_fault("Unmarshalling Error")
    ]


def _receptions(document: Any) -> list[bytes]:
    returned = ReceptionAnswer("DEVUELTA", document.access_key, (checks.message("43"),))
    return [envelopes.write_reception(one) for one in (ReceptionAnswer("RECIBIDA"), returned)]


def _wrapped(xml: bytes) -> bytes:
    return (
        b"<autorizacion><estado>AUTORIZADO</estado><comprobante><![CDATA["
        + xml
        + b"]]></comprobante></autorizacion>"
    )


@cache
def _p12() -> bytes:
    from cast import p12_of

    return p12_of(ISSUER.ruc, "ANA")


def _open_p12(raw: bytes) -> None:
    certificates.open_p12(raw, "clave de prueba", ruc=ISSUER.ruc, now=NOW)


def _pictures() -> list[bytes]:
    made = []
    for kind, mode in (("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("JPEG", "RGB"), ("GIF", "P")):
        file = io.BytesIO()
        Image.new(mode, (40, 30), 1).save(file, kind)
        made.append(file.getvalue())
    return made


_SCRIPTS = [
    [
        {
            "ruc": "1790016919001",
            "number": "001-001-000000003",
            "code": "52",
            "stage": "autorizacion",
            "detail": "x",
        }
    ],
    [
        {"fault": "accept_then_drop", "stage": "recepcion", "times": 2},
        {"fault": "maintenance", "seconds": 30},
    ],
]
_TAXPAYERS = [[{"ruc": "1790016919001", "state": "active"}], {"1790016919001": {"active": True}}]


def _script(raw: bytes) -> None:
    script.parse_script(json.loads(raw))


def _taxpayers(raw: bytes) -> None:
    taxpayers.parse_taxpayers(json.loads(raw))


def _question(body: bytes) -> None:
    try:
        envelopes.decode_document(envelopes.read_question(script.Service.AUTHORIZATION, body))
    except envelopes.Unreadable:
        return


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _qualified() -> st.SearchStrategy[str]:
    """Several qualifiers of the search box, each with a value that may not be one."""
    values = st.one_of(
        ODD_TEXTS, st.sampled_from(["2026-11-25", "45", "person", "returned", "hoy", '"', "1"])
    )
    one = st.tuples(st.sampled_from(sorted(words.BY_NAME)), values).map(":".join)
    return st.lists(one, max_size=4).map(" ".join)


def _mailed(written: list[bytes]) -> list[bytes]:
    field = '<infoAdicional><campoAdicional nombre="Correo">ana@example.ec;b@ñandú.ec</campoAdicional></infoAdicional>'
    return [written[0].replace(b"</factura>", f"{field}</factura>".encode()), *written]


def _archive(document: Any) -> bytes:
    index = {
        "ruc": ISSUER.ruc,
        "month": "2026-11",
        "documents": [{"access_key": document.access_key, "xml": "documents/a.xml"}],
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("index.json", json.dumps(index))
        packed.writestr("documents/a.xml", document.xml)
    return file.getvalue()


def _verify_archive(raw: bytes) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(raw)
        file.flush()
        archive.verify(Path(file.name))
