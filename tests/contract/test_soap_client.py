"""Our SOAP client against the simulator over a socket: the way of an invoice, and its connections."""

import http.client
import socket
import ssl
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import ModuleType

import lxml.etree
import pytest
import requests.exceptions
import urllib3.exceptions
import zeep.exceptions
from sri_cast import Clock, client, signed

from app.errors import Misconfigured, Unavailable
from app.sri import soap
from app.sri.gateway import Authorized, NotFound, Received, Rejected, Returned, TryAgain
from app.sri.simulator import Policy, Simulator
from app.sri.soap import SoapSri


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as started:
        yield started


@pytest.fixture
def sri(simulator) -> Iterator[SoapSri]:
    opened = client(simulator.url)
    yield opened
    opened.close()


def test_an_invoice_is_received_and_authorized_with_the_bytes_that_were_sent(sri):
    document = signed()
    assert sri.query(document.access_key) == NotFound(raw=sri.query(document.access_key).raw)
    assert isinstance(sri.submit(document.xml), Received)
    verdict = sri.query(document.access_key)
    assert isinstance(verdict, Authorized)
    assert (verdict.number, verdict.comprobante) == (document.access_key, document.xml)
    assert timedelta(0) <= datetime.now(UTC) - verdict.at < timedelta(minutes=1)
    assert [(message.code, message.kind) for message in verdict.messages] == [("60", "ADVERTENCIA")]


def test_a_refusal_is_a_value_with_the_words_of_the_sri(simulator, sri):
    simulator.script([{"code": "28", "times": 1, "detail": "Falta el acuerdo"}])
    answer = sri.submit(signed().xml)
    assert isinstance(answer, Returned)
    [message] = answer.messages
    assert (message.code, message.detail, message.kind) == ("28", "Falta el acuerdo", "ERROR")
    assert b"DEVUELTA" in answer.raw


def test_a_verdict_against_it_is_a_value_with_its_reason(simulator, sri):
    simulator.script([{"code": "63"}])
    document = signed()
    assert isinstance(sri.submit(document.xml), Received)
    verdict = sri.query(document.access_key)
    assert isinstance(verdict, Rejected)
    assert [message.code for message in verdict.messages] == ["63"]
    assert verdict.comprobante == document.xml


@pytest.mark.parametrize("decide_after_s", [0, 3600])
def test_what_the_sri_holds_already_counts_as_received(decide_after_s):
    clock = Clock(datetime(2026, 3, 10, tzinfo=UTC))
    with Simulator(policy=Policy(decide_after_s=decide_after_s), clock=clock) as simulator:
        sri, document = client(simulator.url), signed()
        answers = [sri.submit(document.xml) for _ in range(2)]
        assert [type(answer) for answer in answers] == [Received, Received]
        assert answers[1].messages[0].code == ("70" if decide_after_s else "43")


def test_the_sris_own_trouble_asks_for_another_try(simulator, sri):
    simulator.script([{"code": "50", "times": 1}])
    assert isinstance(sri.submit(signed().xml), TryAgain)
    assert isinstance(sri.submit(signed().xml), Received)


def test_a_kept_connection_that_the_other_side_has_closed_is_not_used(simulator, sri):
    document = signed()
    sri.submit(document.xml)
    port = int(simulator.url.rpartition(":")[2])
    simulator.stop()
    with Simulator(port) as restarted:
        assert isinstance(sri.submit(document.xml), Received)
        assert len(restarted.log()) == 1


def test_calls_share_few_connections_and_get_their_own_answers(simulator, sri):
    documents = [signed(number) for number in range(1, 41)]

    def whole_way(document):
        return type(sri.submit(document.xml)), sri.query(document.access_key).number == document.access_key

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(whole_way, documents)) == {(Received, True)}
    assert simulator.verdict().documents.authorized == 40


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue refuses")
def test_a_host_that_lets_nobody_in_is_given_up():
    with ExitStack() as crowd:
        listener = crowd.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        for _ in range(3):  # more than the backlog: further ones are left waiting
            waiting = crowd.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        with pytest.raises(Unavailable) as silence:
            client(f"http://127.0.0.1:{address[1]}", connect_s=0.3).submit(signed().xml)
    assert (silence.value.kind, silence.value.sent) == ("connect_timeout", False)


def test_a_name_that_is_not_found_is_told_apart(monkeypatch):
    def nobody(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(Unavailable) as silence:
        client("https://sri.invalid").query(signed().access_key)
    assert (silence.value.kind, silence.value.sent) == ("dns", False)


def test_a_server_without_tls_is_not_spoken_to_in_the_clear(simulator):
    with pytest.raises(Unavailable) as silence:
        client(simulator.url.replace("http:", "https:")).submit(signed().xml)
    assert (silence.value.kind, len(simulator.log())) == ("tls", 0)


@pytest.mark.parametrize("url", ["", "sri.gob.ec", "ftp://sri.gob.ec", "https://"])
def test_an_address_that_is_none_stops_the_start(url):
    with pytest.raises(Misconfigured, match="SRI address"):
        client(url)


LOWER_LIBRARIES = [requests.exceptions, urllib3.exceptions, zeep.exceptions, lxml.etree, http.client, ssl]
NEVER_RAISED = {urllib3.exceptions.ProxySchemeUnsupported}  # no proxy is used, whatever the environment says


@pytest.mark.parametrize("library", LOWER_LIBRARIES, ids=lambda library: library.__name__)
def test_every_error_of_a_lower_library_is_one_of_those_that_become_silence(library: ModuleType):
    own = {
        thing
        for name, thing in vars(library).items()
        if isinstance(thing, type)
        and issubclass(thing, Exception)
        and not issubclass(thing, Warning)
        and thing.__module__ in (library.__name__, library.__name__.split(".")[0])
        and not name.startswith("_")
    }
    bases = {base for mapped in soap.LOWER_ERRORS for base in mapped.__mro__}
    assert own
    assert {error for error in own - bases if not issubclass(error, soap.LOWER_ERRORS)} <= NEVER_RAISED
