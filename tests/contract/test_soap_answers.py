"""Whatever the SRI, its firewall or somebody in between answers: our SOAP client reads it right or not at all."""

from datetime import UTC, datetime

import pytest
from sri_cast import Page, canned, client, signed

from app.errors import Unavailable
from app.sri.gateway import Authorized, InProcess, Rejected, UnknownWord
from app.sri.soap import SIZE_CAP

KEY = signed().access_key


def autorizacion(inner: str, *, asked: str = KEY, count: str = "1") -> bytes:
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<a:autorizacionComprobanteResponse xmlns:a="http://ec.gob.sri.ws.autorizacion">'
        f"<RespuestaAutorizacionComprobante><claveAccesoConsultada>{asked}</claveAccesoConsultada>"
        f"<numeroComprobantes>{count}</numeroComprobantes><autorizaciones>{inner}</autorizaciones>"
        "</RespuestaAutorizacionComprobante></a:autorizacionComprobanteResponse></s:Body></s:Envelope>"
    ).encode()


YES = (
    f"<autorizacion><estado>AUTORIZADO</estado><numeroAutorizacion>{KEY}</numeroAutorizacion></autorizacion>"
)
HTML = b"<html><body>no<br></body></html>"
DTD = b'<!DOCTYPE e [<!ENTITY a "b">]>'
BOMB = b'<!DOCTYPE e [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
UNUSABLE = {
    "html 200": (Page(HTML), "not_xml"),
    "well-formed html": (Page(b"<html><body>no</body></html>"), "not_soap"),
    "html 403": (Page(HTML, 403), "http"),
    "html 500": (Page(HTML, 500), "http"),
    "html 503": (Page(HTML, 503), "http"),
    "an authorization with 503": (Page(autorizacion(YES), 503), "http"),
    "an authorization with 500": (Page(autorizacion(YES), 500), "http"),
    "redirect": (Page(b"", 302, (("Location", "/elsewhere"),)), "http"),
    "202 without a body": (Page(b"", 202), "http"),
    "500 without a body": (Page(b"", 500), "empty"),
    "white space": (Page(b" \n"), "empty"),
    "half of it": (Page(autorizacion(YES)[:-40]), "not_xml"),
    "a DTD": (Page(b"<!DOCTYPE e>" + autorizacion(YES)), "dtd"),
    "a DTD with an entity": (Page(DTD + autorizacion(YES)), "dtd"),
    "an entity bomb": (Page(BOMB + autorizacion(YES).replace(KEY.encode(), b"&b;")), "dtd"),
    "broken compression": (Page(b"no gzip", 200, (("Content-Encoding", "gzip"),)), "reset"),
    "the other service's answer": (
        Page(autorizacion(YES).replace(b"RespuestaAutorizacion", b"R")),
        "not_soap",
    ),
    "another key": (Page(autorizacion(YES, asked=KEY[::-1])), "wrong_key"),
    "no key": (Page(autorizacion(YES, asked="")), "wrong_key"),
    "no estado": (Page(autorizacion(YES.replace("estado", "estados"))), "no_estado"),
    "an empty estado": (Page(autorizacion(YES.replace("AUTORIZADO", " "))), "no_estado"),
    "one promised, none there": (Page(autorizacion("")), "no_verdict"),
    "12 MB in one text": (Page(autorizacion(f"<x>{'x' * 12_000_000}</x>{YES}")), "too_large"),
    "12 MB of HTML": (Page(b"x" * 12_000_000, 503), "too_large"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_is_no_answer_is_silence_and_says_nothing_of_the_invoice(case):
    page, kind = UNUSABLE[case]
    with canned(page) as url, pytest.raises(Unavailable) as silence:
        client(url).query(KEY)
    assert (silence.value.kind, silence.value.sent) == (kind, True)
    assert silence.value.http_status == page.status
    assert len(silence.value.raw) <= SIZE_CAP


def test_a_reception_without_estado_is_no_refusal():
    body = autorizacion("").replace(b"RespuestaAutorizacion", b"RespuestaRecepcion")
    with canned(Page(body)) as url, pytest.raises(Unavailable, match="no_estado"):
        client(url).submit(signed().xml)


def verdict(inner: str, *, count: str = "1"):
    with canned(Page(autorizacion(inner, count=count))) as url:
        return client(url).query(KEY)


def test_an_answer_in_another_order_and_namespace_is_read_all_the_same():
    inner = (
        '<n:autorizacion xmlns:n="urn:x"><n:nuevo/><n:mensajes><n:mensaje><n:mensaje>texto</n:mensaje>'
        "<n:identificador>60</n:identificador></n:mensaje></n:mensajes><n:comprobante>&lt;factura/&gt;</n:comprobante>"
        "<n:fechaAutorizacion>05/03/2026 16:57:34</n:fechaAutorizacion>"
        f"<n:numeroAutorizacion>{KEY}</n:numeroAutorizacion><n:estado> autorizado </n:estado></n:autorizacion>"
    )
    answer = verdict(inner)
    assert isinstance(answer, Authorized)
    assert (answer.number, answer.comprobante) == (KEY, b"<factura/>")
    assert answer.at == datetime(2026, 3, 5, 21, 57, 34, tzinfo=UTC)
    assert [(message.code, message.text) for message in answer.messages] == [("60", "texto")]


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("AUT", Authorized),
        ("NAT", Rejected),
        ("NO  AUTORIZADO", Rejected),
        ("RECHAZADO", Rejected),
        ("en proceso", InProcess),
        ("EN PROCESAMIENTO", InProcess),
        ("PPR", InProcess),
        ("NO_AUTORIZADO", UnknownWord),
        ("ANULADO", UnknownWord),
    ],
)
def test_each_word_of_the_sri_has_one_meaning(word, meaning):
    assert isinstance(verdict(f"<autorizacion><estado>{word}</estado></autorizacion>"), meaning)


@pytest.mark.parametrize("newest_first", [False, True])
def test_an_older_authorization_outranks_a_newer_refusal(newest_first):
    date = "<fechaAutorizacion>2026-03-0{}T10:00:00-05:00</fechaAutorizacion>"
    old = f"<autorizacion><estado>AUTORIZADO</estado>{date.format(5)}</autorizacion>"
    new = f"<autorizacion><estado>NO AUTORIZADO</estado>{date.format(6)}</autorizacion>"
    assert isinstance(verdict(new + old if newest_first else old + new, count="2"), Authorized)


def test_an_undated_decision_in_process_outranks_an_old_refusal():
    date = "<fechaAutorizacion>2026-03-05T10:00:00-05:00</fechaAutorizacion>"
    old = f"<autorizacion><estado>NO AUTORIZADO</estado>{date}</autorizacion>"
    new = "<autorizacion><estado>EN PROCESO</estado><fechaAutorizacion/></autorizacion>"
    assert isinstance(verdict(old + new, count="2"), InProcess)
