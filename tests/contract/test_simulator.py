"""The simulator is as strict as the SRI, obeys its script, and answers in the SRI's shapes."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree
from sri_cast import Clock, ask, asked, offer, offered, said, signed

from app.errors import Misconfigured
from app.sri.codes import CATALOGUE
from app.sri.gateway import Environment
from app.sri.simulator import Policy, Simulator, read_script
from app.sri.simulator.checks import MAX_SIZE

RUC, OTHER_RUC = "1790012345001", "1790016919001"


@pytest.fixture
def sri() -> Iterator[Simulator]:
    with Simulator() as started:
        yield started


def detail(answer: etree._Element) -> str:
    return answer.findtext(".//informacionAdicional") or ""


# Verdicts


def test_a_valid_invoice_is_received_then_authorized_with_its_own_bytes(sri):
    document = signed()
    assert asked(sri.url, document.access_key) == "0"
    assert offered(sri.url, document.xml) == "RECIBIDA"
    answer = ask(sri.url, document.access_key)
    assert said(answer) == "AUTORIZADO 60"
    assert answer.findtext(".//numeroAutorizacion") == document.access_key
    assert answer.findtext(".//comprobante").encode() == document.xml


def test_in_production_no_invoice_is_marked_as_a_test(sri):
    document = signed(environment=Environment.PRODUCCION)
    offer(sri.url, document.xml)
    answer = ask(sri.url, document.access_key)
    assert (said(answer), answer.findtext(".//ambiente")) == ("AUTORIZADO", "PRODUCCIÓN")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b"<dirMatriz>", b"<dirMatriz></dirMatriz><dirMatriz>", "dirMatriz"),
        (b"<importeTotal>23.00</importeTotal>", b"", "importeTotal"),
        (b'version="1.1.0"', b'version="9.9.9"', "version"),
    ],
)
def test_an_invoice_that_breaks_the_structure_is_returned_with_35_and_not_kept(sri, old, new, field):
    document = signed(spoilt=lambda xml: xml.replace(old, new))
    answer = offer(sri.url, document.xml)
    assert (said(answer), answer.findtext(".//claveAcceso")) == ("DEVUELTA 35", document.access_key)
    assert field in detail(answer)
    assert asked(sri.url, document.access_key) == "0"


@pytest.mark.parametrize(
    "document",
    [b"this is no XML", b"<factura>", b"<notaCredito/>", b'<!DOCTYPE factura [<!ENTITY a "b">]><factura/>'],
)
def test_what_is_no_invoice_at_all_is_returned_with_35(sri, document):
    answer = offer(sri.url, document)
    assert (said(answer), answer.findtext(".//claveAcceso")) == ("DEVUELTA 35", "N/A")


def test_nothing_sent_is_returned_with_49(sri):
    assert offered(sri.url, b"") == "DEVUELTA 49"


def test_a_key_with_a_wrong_check_digit_is_returned_with_35(sri):
    key = signed().access_key
    wrong = key[:-1] + str((int(key[-1]) + 1) % 10)
    document = signed(spoilt=lambda xml: xml.replace(key.encode(), wrong.encode()))
    answer = offer(sri.url, document.xml)
    assert said(answer) == "DEVUELTA 35"
    assert "dígito verificador" in detail(answer)


def test_an_invoice_of_more_than_320_kilobytes_is_returned_with_26(sri):
    document = signed(spoilt=lambda xml: xml.replace(b"</factura>", b" " * MAX_SIZE + b"</factura>"))
    assert offered(sri.url, document.xml) == "DEVUELTA 26"


def test_tomorrow_begins_at_midnight_in_ecuador():
    clock = Clock(datetime(2026, 3, 3, 4, 59, 59, tzinfo=UTC))  # still 2 March there
    with Simulator(clock=clock) as sri:
        document = signed(on=date(2026, 3, 3))
        assert offered(sri.url, document.xml) == "DEVUELTA 65"
        clock.now += timedelta(seconds=1)
        assert offered(sri.url, document.xml) == "RECIBIDA"


def test_an_invoice_older_than_the_policy_allows_is_returned_with_65():
    clock = Clock(datetime(2026, 3, 10, 12, tzinfo=UTC))
    with Simulator(policy=Policy(max_age_days=3), clock=clock) as sri:
        assert offered(sri.url, signed(1, on=date(2026, 3, 6)).xml) == "DEVUELTA 65"
        assert offered(sri.url, signed(1, on=date(2026, 3, 7)).xml) == "RECIBIDA"


def test_a_key_sent_again_is_in_process_until_decided_and_registered_afterwards():
    clock = Clock(datetime(2026, 3, 10, 12, tzinfo=UTC))
    with Simulator(policy=Policy(decide_after_s=30), clock=clock) as sri:
        document = signed()
        assert offered(sri.url, document.xml) == "RECIBIDA"
        assert asked(sri.url, document.access_key) == "0"
        assert offered(sri.url, document.xml) == "DEVUELTA 70"
        clock.now += timedelta(seconds=30)
        assert offered(sri.url, document.xml) == "DEVUELTA 43"
        assert asked(sri.url, document.access_key) == "AUTORIZADO 60"


def test_a_number_that_another_key_took_is_returned_with_45(sri):
    assert offered(sri.url, signed(code=1).xml) == "RECIBIDA"
    assert offered(sri.url, signed(code=2).xml) == "DEVUELTA 45"
    assert offered(sri.url, signed(code=2, ruc=OTHER_RUC).xml) == "RECIBIDA"
    assert offered(sri.url, signed(code=2, environment=Environment.PRODUCCION).xml) == "RECIBIDA"


@pytest.mark.parametrize("harm", ["altered", "unsigned"])
def test_a_signature_that_does_not_hold_is_not_authorized_with_39(sri, harm):
    document = signed()
    xml = document.xml.replace(b">23.00<", b">23.0<")
    if harm == "unsigned":
        xml = document.xml[: document.xml.index(b"<ds:Signature")] + b"</factura>"
    assert offered(sri.url, xml) == "RECIBIDA"
    answer = ask(sri.url, document.access_key)
    assert said(answer) == "NO AUTORIZADO 39"
    assert detail(answer).startswith("La firma es inválida")


def test_signatures_outside_the_share_are_taken_as_they_are():
    with Simulator(policy=Policy(verify_share=0)) as sri:
        document = signed()
        offer(sri.url, document.xml.replace(b">23.00<", b">23.0<"))
        assert asked(sri.url, document.access_key) == "AUTORIZADO 60"


def test_totals_that_do_not_add_up_are_not_authorized_with_52(sri):
    document = signed(spoilt=lambda xml: xml.replace(b"<importeTotal>23.00", b"<importeTotal>24.00"))
    assert offered(sri.url, document.xml) == "RECIBIDA"
    assert asked(sri.url, document.access_key) == "NO AUTORIZADO 52"


def test_a_key_that_says_something_else_than_the_invoice_is_not_authorized_with_58(sri):
    document = signed(spoilt=lambda xml: xml.replace(b"<ptoEmi>002", b"<ptoEmi>003"))
    offer(sri.url, document.xml)
    assert asked(sri.url, document.access_key) == "NO AUTORIZADO 58"


def test_a_rejected_invoice_is_corrected_and_sent_again_under_its_own_key(sri):
    wrong = signed(spoilt=lambda xml: xml.replace(b"<importeTotal>23.00", b"<importeTotal>24.00"))
    offer(sri.url, wrong.xml)
    assert asked(sri.url, wrong.access_key) == "NO AUTORIZADO 52"
    right = signed()
    assert right.access_key == wrong.access_key
    assert offered(sri.url, right.xml) == "RECIBIDA"
    assert asked(sri.url, right.access_key) == "AUTORIZADO 60"
    assert offered(sri.url, right.xml) == "DEVUELTA 43"
    assert sri.verdict().violations == []


@pytest.mark.parametrize("key", ["", "123", "x" * 49, "1" * 49])
def test_a_question_about_what_is_no_key_is_answered_with_80(sri, key):
    assert asked(sri.url, key) == "RECHAZADA 80"


# The script


def test_the_script_refuses_by_taxpayer_and_number_at_the_stage_of_each_code(sri):
    sri.script(
        [
            {"ruc": RUC, "number": "001-002-000000001", "code": "28"},
            {"ruc": RUC, "number": "001-002-000000002", "code": "63", "detail": "Clausura 17"},
            {"ruc": RUC, "number": "001-002-000000003", "code": "59"},
        ]
    )
    assert offered(sri.url, signed(1).xml) == "DEVUELTA 28"
    for number, verdict in ((2, "NO AUTORIZADO 63"), (3, "AUTORIZADO 60 59"), (4, "AUTORIZADO 60")):
        assert offered(sri.url, signed(number).xml) == "RECIBIDA"
        assert asked(sri.url, signed(number).access_key) == verdict
    assert detail(ask(sri.url, signed(2).access_key)) == "Clausura 17"
    assert offered(sri.url, signed(1, ruc=OTHER_RUC).xml) == "RECIBIDA"


@pytest.mark.parametrize("code", ["43", "70"])
def test_a_scripted_already_held_takes_the_invoice_in(sri, code):
    sri.script([{"code": code, "times": 1}])
    document = signed()
    assert offered(sri.url, document.xml) == f"DEVUELTA {code}"
    assert asked(sri.url, document.access_key) == "AUTORIZADO 60"


def test_a_code_is_used_as_often_as_the_script_says_in_all_or_per_key(sri):
    sri.script([{"code": "50", "times": 1, "each": True}])
    answers = [offered(sri.url, signed(number).xml) for number in (1, 1, 2, 2)]
    assert answers == ["DEVUELTA 50", "RECIBIDA"] * 2


@pytest.mark.parametrize("code", sorted(CATALOGUE, key=int))
def test_every_code_of_the_catalogue_can_be_scripted_and_comes_with_its_text(sri, code):
    sri.script([{"code": code}])
    document = signed()
    answers = (offer(sri.url, document.xml), ask(sri.url, document.access_key))
    texts = [
        text
        for answer in answers
        for text in answer.xpath(f".//mensaje[identificador='{code}']/mensaje/text()")
    ]
    assert CATALOGUE[code].text in texts


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({"fault": "earthquake"}, "earthquake"),
        ({"code": "43", "fault": "stall"}, "either code or fault"),
        ({"fault": "wrong_key", "stage": "recepcion"}, "autorizacion"),
        ({"fault": "stall", "seconds": -1}, "seconds"),
        ({"code": "43", "time": 2}, "times"),
    ],
)
def test_a_script_that_makes_no_sense_is_refused_naming_entry_and_reason(tmp_path, entry, complaint):
    path = tmp_path / "script.json"
    path.write_text(json.dumps([{"code": "43"}, entry]))
    with pytest.raises(Misconfigured, match=f"entry 2.*{complaint}"):
        read_script(path)


# The shapes


def shape(element: etree._Element) -> tuple:
    return etree.QName(element).localname, tuple(shape(child) for child in element)


SHAPES = {
    "recepcion-recibida.xml": (),
    "recepcion-devuelta-35-cvc.xml": ({"code": "35", "detail": "cvc-complex-type"},),
    "recepcion-devuelta-43.xml": ({"code": "43"},),
    "autorizacion-cero.xml": (),
    "autorizacion-autorizado-60-pruebas.xml": (),
    "autorizacion-no-autorizado-39-alterada.xml": ({"code": "39", "detail": "La firma es invalida"},),
    "autorizacion-rechazado-46.xml": ({"code": "46"},),
    "fault-unmarshalling.xml": ({"fault": "soap_fault"},),
}


@pytest.mark.parametrize("file", SHAPES)
def test_an_answer_has_the_elements_of_the_real_one_in_the_same_places(shared, sri, file):
    sri.script(SHAPES[file])
    document = signed()
    answer = offer(sri.url, document.xml) if file != "autorizacion-cero.xml" else None
    if file.startswith("autorizacion"):
        answer = ask(sri.url, document.access_key)
    assert shape(answer) == shape(etree.parse(shared / "sri" / "samples" / "soap" / file).getroot())


def test_every_captured_answer_of_the_two_services_has_its_counterpart(shared):
    files = {path.name for path in (shared / "sri" / "samples" / "soap").iterdir()}
    assert files - set(SHAPES) == {"consulta-autorizado.xml"}
