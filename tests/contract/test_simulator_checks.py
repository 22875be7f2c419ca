"""The simulator's checks in the SRI's order: taxpayers, keys, certificates; and how long it takes over them."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sri_cast import Clock, ask, asked, http_call, key_of, offer, offered, said, signed

from app.errors import Misconfigured
from app.sri.gateway import Environment
from app.sri.simulator import Between, Lognormal, Policy, Simulator, parse_taxpayers, read_taxpayers

RUC, OTHER_RUC = "1790012345001", "1790016919001"


@pytest.fixture
def sri() -> Iterator[Simulator]:
    with Simulator() as started:
        yield started


def verdict(sri: Simulator, document) -> str:
    assert offered(sri.url, document.xml) == "RECIBIDA"
    return asked(sri.url, document.access_key)


# The register of taxpayers


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        ({"active": False}, "2"),
        ({"sanctioned": True}, "63"),
        ({"closed_establishments": ["003", "001"]}, "56"),
        ({"sanctioned_establishments": ["001"]}, "10"),
        ({"permits": ["produccion"]}, "37"),
        ({"permits": []}, "37"),
        ({"suspended": True}, "57"),
        ({"suspended": True, "permits": [], "closed_establishments": ["001"], "active": False}, "2"),
        ({"suspended": True, "permits": [], "closed_establishments": ["001"]}, "56"),
        ({"suspended": True, "permits": []}, "37"),
    ],
)
def test_a_taxpayer_who_may_not_issue_is_not_authorized_and_everybody_else_is(sri, standing, code):
    sri.taxpayers({RUC: standing})
    assert verdict(sri, signed()) == f"NO AUTORIZADO {code}"
    assert verdict(sri, signed(ruc=OTHER_RUC)) == "AUTORIZADO 60"


@pytest.mark.parametrize(
    "standing", [{}, {"closed_establishments": ["003"]}, {"permits": ["pruebas"]}, {"active": True}]
)
def test_what_is_closed_elsewhere_is_no_matter(sri, standing):
    sri.taxpayers({RUC: standing})
    assert verdict(sri, signed()) == "AUTORIZADO 60"


def test_a_permit_is_for_one_ambiente(sri):
    sri.taxpayers({RUC: {"permits": ["produccion"]}})
    assert verdict(sri, signed(environment=Environment.PRODUCCION)) == "AUTORIZADO"


def test_a_taxpayer_put_in_order_sends_the_same_again_and_is_authorized():
    with Simulator(taxpayers=parse_taxpayers({RUC: {"active": False}})) as sri:
        document = signed()
        assert verdict(sri, document) == "NO AUTORIZADO 2"
        assert http_call(sri.url, "POST", "/control/taxpayers", b"{}") == (200, b'{"status": "ok"}')
        assert verdict(sri, document) == "AUTORIZADO 60"


def test_the_register_is_read_and_replaced_over_http_and_forgotten_by_a_reset(sri):
    order = json.dumps({RUC: {"closed_establishments": ["001"]}}).encode()
    assert http_call(sri.url, "POST", "/control/taxpayers", order)[0] == 200
    told = json.loads(http_call(sri.url, "GET", "/control/taxpayers")[1])
    assert told[RUC]["closed_establishments"] == ["001"]
    assert parse_taxpayers(told) == parse_taxpayers(json.loads(order))
    sri.reset()
    assert http_call(sri.url, "GET", "/control/taxpayers") == (200, b"{}")


WRONG_REGISTERS = [
    ([], "object of RUC"),
    ({"17": {}}, "17: expected a RUC"),
    ({RUC: []}, RUC),
    ({RUC: {"aktive": True}}, "closed_establishments"),
    ({RUC: {"active": "no"}}, "active is true or false"),
    ({RUC: {"closed_establishments": "001"}}, "closed_establishments is a list"),
    ({RUC: {"closed_establishments": [1]}}, "3 digits"),
    ({RUC: {"permits": ["celcer"]}}, "ambientes"),
]


@pytest.mark.parametrize(("register", "complaint"), WRONG_REGISTERS)
def test_a_register_that_makes_no_sense_is_refused_with_its_reason(sri, tmp_path, register, complaint):
    file = tmp_path / "taxpayers.json"
    file.write_text(json.dumps(register))
    with pytest.raises(Misconfigured, match=complaint):
        read_taxpayers(file)
    status, answer = http_call(sri.url, "POST", "/control/taxpayers", file.read_bytes())
    assert (status, complaint in json.loads(answer)["error"]) == (400, True)


# Certificates


def test_a_certificate_of_another_taxpayer_is_refused_with_39_and_the_sris_sentence(sri):
    document = signed(by=key_of(OTHER_RUC))
    assert verdict(sri, document) == "NO AUTORIZADO 39"
    detail = ask(sri.url, document.access_key).findtext(".//informacionAdicional")
    assert detail == "No existe el RUC en el certificado digital"


def test_whose_certificate_it_is_is_not_looked_at_outside_the_share():
    with Simulator(policy=Policy(verify_share=0)) as sri:
        assert verdict(sri, signed(by=key_of(OTHER_RUC))) == "AUTORIZADO 60"


# The order


def wrong(*, totals: bool = False, signature: bool = False, key: bool = False):
    def spoilt(xml: bytes) -> bytes:
        xml = xml.replace(b"<importeTotal>23.00", b"<importeTotal>24.00") if totals else xml
        return xml.replace(b"<ptoEmi>002", b"<ptoEmi>003") if key else xml

    return signed(spoilt=spoilt, by=key_of(OTHER_RUC) if signature else None)


@pytest.mark.parametrize(
    ("faults", "inactive", "code"),
    [
        ({"totals": True, "signature": True, "key": True}, True, "2"),
        ({"totals": True, "signature": True, "key": True}, False, "58"),
        ({"totals": True, "signature": True}, False, "39"),
        ({"totals": True}, False, "52"),
    ],
)
def test_only_the_first_failure_of_a_verdict_is_reported(sri, faults, inactive, code):
    sri.taxpayers({RUC: {"active": not inactive}})
    assert verdict(sri, wrong(**faults)) == f"NO AUTORIZADO {code}"


def test_only_the_first_failure_of_a_reception_is_reported():
    clock = Clock(datetime(2026, 3, 2, 12, tzinfo=UTC))
    with Simulator(clock=clock) as sri:
        assert offered(sri.url, signed(code=1).xml) == "RECIBIDA"
        tomorrow = signed(code=2, on=date(2026, 3, 3))
        assert (
            offered(sri.url, tomorrow.xml.replace(b"<importeTotal>23.00</importeTotal>", b""))
            == "DEVUELTA 35"
        )
        assert offered(sri.url, tomorrow.xml) == "DEVUELTA 45"
        assert offered(sri.url, signed(8, on=date(2026, 3, 3)).xml) == "DEVUELTA 65"


# Time


def test_every_document_is_decided_after_a_time_of_its_own():
    clock = Clock(datetime(2026, 3, 10, 12, tzinfo=UTC))
    with Simulator(policy=Policy(decide_after_s=Between(10, 20)), clock=clock) as sri:
        documents = [signed(number) for number in range(1, 31)]
        for document in documents:
            offer(sri.url, document.xml)

        def decided() -> int:
            return sum(asked(sri.url, document.access_key) != "0" for document in documents)

        assert decided() == 0
        clock.now += timedelta(seconds=15)
        assert 0 < decided() < 30
        clock.now += timedelta(seconds=5)
        assert decided() == 30


def test_until_the_verdict_it_says_in_process_when_asked_to():
    clock = Clock(datetime(2026, 3, 10, 12, tzinfo=UTC))
    with Simulator(policy=Policy(decide_after_s=30, says_in_process=True), clock=clock) as sri:
        document = signed()
        assert asked(sri.url, document.access_key) == "0", "what it never received is not in process"
        offer(sri.url, document.xml)
        assert said(ask(sri.url, document.access_key)) == "EN PROCESO"
        assert offered(sri.url, document.xml) == "DEVUELTA 70"
        clock.now += timedelta(seconds=30)
        assert asked(sri.url, document.access_key) == "AUTORIZADO 60"


def test_calls_take_a_time_drawn_anew_for_each():
    with Simulator(latency_s=Lognormal(0.05, 0.15)) as sri:
        took = []
        for _ in range(12):
            started = time.monotonic()
            asked(sri.url, signed().access_key)
            took.append(time.monotonic() - started)
        assert max(took) > 1.2 * min(took)
        assert min(took) > 0.002
