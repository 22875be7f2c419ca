"""Every shape of answer that was captured or is printed in the ficha, as our SOAP client reads it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sri_cast import Page, canned, client, signed

from app.errors import Unavailable
from app.sri.gateway import (
    Authorized,
    InProcess,
    Message,
    NotFound,
    Received,
    Rejected,
    Returned,
    TryAgain,
    UnknownWord,
)

DOCUMENT = signed()
KEY = DOCUMENT.access_key
FIRMA = "La firma es invalida [Firma inválida (firma y/o certificados alterados)]"
PRUEBAS = "ESTE PROCESO FUE REALIZADO EN EL AMBIENTE DE PRUEBAS"
CAPTURED = {
    "recepcion-recibida.xml": (Received, [], {}),
    "recepcion-devuelta-43.xml": (Received, [("43", "CLAVE ACCESO REGISTRADA")], {}),
    "recepcion-devuelta-35-cvc.xml": (Returned, [("35", "DOCUMENTO INVÁLIDO")], {}),
    "autorizacion-cero.xml": (NotFound, [], {}),
    "autorizacion-autorizado-60-pruebas.xml": (
        Authorized,
        [("60", PRUEBAS)],
        {"number": KEY, "at": datetime(2012, 3, 5, 21, 57, 34, 997000, UTC)},
    ),
    "autorizacion-no-autorizado-39-alterada.xml": (
        Rejected,
        [("39", "FIRMA INVALIDA")],
        {"at": datetime(2024, 2, 9, 22, 40, 28, tzinfo=UTC), "comprobante": b" COMPROBANTE "},
    ),
    "autorizacion-rechazado-46.xml": (
        Rejected,
        [("46", "RUC no existe")],
        {"at": datetime(2012, 2, 13, 21, 34, 48, 997000, UTC)},
    ),
}
SILENT = {"fault-unmarshalling.xml": "fault", "consulta-autorizado.xml": "not_soap"}


def captured(shared: Path, name: str) -> bytes:
    """A captured answer, about our own key instead of the one it was about."""
    return re.sub(rb"\d{49}", KEY.encode(), (shared / "sri" / "samples" / "soap" / name).read_bytes())


@pytest.mark.parametrize("name", CAPTURED)
def test_every_captured_answer_is_read_for_what_it_is(shared, name):
    kind, messages, facts = CAPTURED[name]
    body = captured(shared, name)
    with canned(Page(body)) as url:
        sri = client(url)
        answer = sri.submit(DOCUMENT.xml) if name.startswith("recepcion") else sri.query(KEY)
    assert type(answer) is kind
    assert [(message.code, message.text) for message in answer.messages] == messages
    assert {fact: getattr(answer, fact) for fact in facts} == facts
    assert answer.raw == body


@pytest.mark.parametrize("name", SILENT)
@pytest.mark.parametrize("service", ["submit", "query"])
def test_what_is_not_an_answer_to_the_question_is_silence(shared, name, service):
    with canned(Page(captured(shared, name))) as url, pytest.raises(Unavailable, match=SILENT[name]):
        client(url).submit(DOCUMENT.xml) if service == "submit" else client(url).query(KEY)


def test_every_captured_answer_is_tried(shared):
    assert {path.name for path in (shared / "sri" / "samples" / "soap").iterdir()} == {*CAPTURED, *SILENT}


# Receptions


def reception(estado: str, inner: str = "", key: str = KEY) -> Received | Returned | TryAgain | UnknownWord:
    said = f"<estado>{estado}</estado>" if estado else ""
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<r:validarComprobanteResponse xmlns:r="http://ec.gob.sri.ws.recepcion"><RespuestaRecepcionComprobante>'
        f"{said}<comprobantes><comprobante><claveAcceso>{key}</claveAcceso><mensajes>{inner}</mensajes>"
        "</comprobante></comprobantes></RespuestaRecepcionComprobante></r:validarComprobanteResponse>"
        "</s:Body></s:Envelope>"
    )
    with canned(Page(body.encode())) as url:
        return client(url).submit(DOCUMENT.xml)


def message(code: str, text: str = "TEXTO", detail: str = "") -> str:
    more = f"<informacionAdicional>{detail}</informacionAdicional>" if detail else ""
    return f"<mensaje><identificador>{code}</identificador><mensaje>{text}</mensaje>{more}<tipo>ERROR</tipo></mensaje>"


@pytest.mark.parametrize(
    ("estado", "codes", "kind"),
    [
        ("RECIBIDA", [], Received),
        (" recibida ", [], Received),
        ("DEVUELTA", [], Returned),
        ("devuelta", ["35"], Returned),
        ("DEVUELTA", ["43"], Received),
        ("DEVUELTA", ["70"], Received),
        ("DEVUELTA", ["70", "35"], Received),
        ("DEVUELTA", ["50"], TryAgain),
        ("DEVUELTA", ["871"], Returned),
        ("NO AUTORIZADO", ["35"], UnknownWord),
        ("EN PROCESO", [], UnknownWord),
    ],
)
def test_each_word_and_code_of_a_reception_has_one_meaning(estado, codes, kind):
    assert type(reception(estado, "".join(map(message, codes)))) is kind


@pytest.mark.parametrize("key", ["N/A", "", KEY])
def test_a_refusal_need_not_name_the_key(key):
    assert type(reception("DEVUELTA", message("35"), key)) is Returned


def test_a_refusal_of_another_document_decides_nothing():
    with pytest.raises(Unavailable, match="wrong_key"):
        reception("DEVUELTA", message("35"), signed(8).access_key)


@pytest.mark.parametrize("estado", ["", " "])
def test_a_reception_without_a_word_is_no_refusal(estado):
    with pytest.raises(Unavailable, match="no_estado"):
        reception(estado, message("35"))


def test_the_message_within_a_message_is_its_text():
    answer = reception("DEVUELTA", message("35", "ARCHIVO NO CUMPLE", "línea 3") + message("26", "TAMAÑO"))
    assert answer.messages == (
        Message("35", "ARCHIVO NO CUMPLE", "línea 3", "ERROR"),
        Message("26", "TAMAÑO", "", "ERROR"),
    )


def test_a_message_without_its_parts_keeps_its_words():
    assert reception("DEVUELTA", "<mensaje>Servicio en pausa</mensaje><mensaje/>").messages == (
        Message("", "Servicio en pausa"),
    )


# Verdicts


def verdict(*items: str) -> Authorized | Rejected | InProcess | NotFound | UnknownWord:
    inner = "".join(f"<autorizacion>{item}</autorizacion>" for item in items)
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<a:autorizacionComprobanteResponse xmlns:a="http://ec.gob.sri.ws.autorizacion">'
        f"<RespuestaAutorizacionComprobante><claveAccesoConsultada>{KEY}</claveAccesoConsultada>"
        f"<numeroComprobantes>{len(items)}</numeroComprobantes><autorizaciones>{inner}</autorizaciones>"
        "</RespuestaAutorizacionComprobante></a:autorizacionComprobanteResponse></s:Body></s:Envelope>"
    )
    with canned(Page(body.encode())) as url:
        return client(url).query(KEY)


def item(estado: str, at: str = "", *more: str) -> str:
    return f"<estado>{estado}</estado><fechaAutorizacion>{at}</fechaAutorizacion>{''.join(more)}"


FACTURA = '<?xml version="1.0" encoding="UTF-8"?>\n<factura id="comprobante"><a>Ñ &amp; "x"</a></factura>'
ESCAPED = FACTURA.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
SPLIT = FACTURA.replace("Ñ", "Ñ]]><![CDATA[")


@pytest.mark.parametrize("written", [f"<![CDATA[{FACTURA}]]>", ESCAPED, f"<![CDATA[{SPLIT}]]>"])
def test_the_document_comes_back_byte_for_byte_as_cdata_or_escaped(written):
    answer = verdict(item("AUTORIZADO", "", f"<comprobante>{written}</comprobante>"))
    assert isinstance(answer, Authorized)
    assert answer.comprobante == FACTURA.encode()


@pytest.mark.parametrize("written", ["", "<comprobante/>", "<comprobante>\n  </comprobante>"])
def test_a_verdict_may_come_without_the_document(written):
    answer = verdict(item("AUTORIZADO", "", written))
    assert isinstance(answer, Authorized)
    assert answer.comprobante == b""


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-03-05T16:57:34.997-05:00", datetime(2026, 3, 5, 21, 57, 34, 997000, UTC)),
        ("2026-03-05T16:57:34-05:00", datetime(2026, 3, 5, 21, 57, 34, tzinfo=UTC)),
        ("2026-03-05T21:57:34Z", datetime(2026, 3, 5, 21, 57, 34, tzinfo=UTC)),
        ("2026-03-05T16:57:34", datetime(2026, 3, 5, 21, 57, 34, tzinfo=UTC)),
        ("05/03/2026 16:57:34", datetime(2026, 3, 5, 21, 57, 34, tzinfo=UTC)),
        ("", None),
        ("ayer", None),
    ],
)
def test_the_date_of_a_verdict_is_read_in_every_form_or_left_open(written, at):
    answer = verdict(item("NO AUTORIZADO", written))
    assert isinstance(answer, Rejected)
    assert answer.at == at


OLD, NEW = "2026-03-05T10:00:00-05:00", "2026-03-06T10:00:00-05:00"


@pytest.mark.parametrize(
    ("items", "kind", "codes"),
    [
        (
            [item("NO AUTORIZADO", OLD, message("52")), item("NO AUTORIZADO", NEW, message("46"))],
            Rejected,
            ["46"],
        ),
        (
            [item("NO AUTORIZADO", NEW, message("46")), item("NO AUTORIZADO", OLD, message("52"))],
            Rejected,
            ["46"],
        ),
        ([item("NO AUTORIZADO", NEW, message("46")), item("AUT", OLD)], Authorized, []),
        ([item("AUTORIZADO"), item("NO AUTORIZADO", NEW, message("46"))], Authorized, []),
        ([item("NO AUTORIZADO", OLD, message("46")), item("PPR")], InProcess, []),
        ([item("NO AUTORIZADO", OLD, message("46")), item("EN REVISIÓN", NEW)], UnknownWord, []),
    ],
)
def test_of_several_verdicts_the_yes_or_else_the_newest_counts_with_its_own_messages(items, kind, codes):
    answer = verdict(*items)
    assert type(answer) is kind
    assert [one.code for one in answer.messages] == codes


@pytest.mark.parametrize("estado", ["RECHAZADA", "RECHAZADO"])
@pytest.mark.parametrize("code", ["80", "99"])
def test_a_refused_question_is_no_refusal_of_the_document(estado, code):
    answer = verdict(item(estado, "", message(code)))
    assert isinstance(answer, UnknownWord)
    assert answer.word == f"{estado} {code}"


@pytest.mark.parametrize(
    "one", [item("NO AUTORIZADO", "", message("80")), item("RECHAZADA", "", message("80") + message("46"))]
)
def test_an_explicit_no_about_the_document_stays_one(one):
    assert isinstance(verdict(one), Rejected)
