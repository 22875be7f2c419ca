"""The simulator over HTTP: its addresses, what it makes of odd requests, and how it runs as a process."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from lxml import etree
from sri_cast import AUTHORIZATION, RECEPTION, asked, envelope, http_call, offer, signed

from app.errors import Misconfigured
from app.sri.simulator import Simulator


@pytest.fixture
def sri() -> Iterator[Simulator]:
    with Simulator() as started:
        yield started


@pytest.mark.parametrize("path", [RECEPTION[0], AUTHORIZATION[0]])
def test_the_contract_is_served_with_the_address_it_was_asked_at(sri, path):
    for query in ("?wsdl", "?WSDL"):
        status, body = http_call(sri.url, "GET", path + query)
        assert (status, f'location="{sri.url}{path}"'.encode() in body) == (200, True)


def test_whoever_drives_it_does_so_over_http(sri):
    assert http_call(sri.url, "GET", "/healthz") == (200, b'{"status": "ok"}')
    script = b'[{"code": "52", "times": 1}, {"fault": "http_503", "stage": "autorizacion"}]'
    assert http_call(sri.url, "POST", "/control/script", script) == (200, b'{"entries": 2}')
    document = signed()
    offer(sri.url, document.xml)
    assert (
        http_call(sri.url, "POST", AUTHORIZATION[0], envelope(AUTHORIZATION, document.access_key))[0] == 503
    )
    assert asked(sri.url, document.access_key) == "NO AUTORIZADO 52"
    log = json.loads(http_call(sri.url, "GET", "/control/log?since=1&most=1")[1])
    assert [(call["access_key"], call["fault"]) for call in log] == [(document.access_key, "http_503")]
    verdict = json.loads(http_call(sri.url, "GET", "/control/verdict")[1])
    assert verdict["documents"] == {"received": 1, "authorized": 0, "rejected": 1}
    assert http_call(sri.url, "POST", "/control/reset", b"")[0] == 200
    assert (sri.log(), sri.verdict().documents.received) == ([], 0)
    assert asked(sri.url, document.access_key) == "0"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/control/script", b"{", 400),
        ("POST", "/control/script", b'[{"fault": "earthquake"}]', 400),
        ("GET", "/control/log?since=yesterday", None, 400),
        ("GET", "/elsewhere", None, 404),
        ("GET", RECEPTION[0], None, 404),
        ("POST", "/healthz", b"", 404),
    ],
)
def test_a_wrong_address_or_order_is_answered_as_such(sri, method, path, body, status):
    answer = http_call(sri.url, method, path, body)
    assert (answer[0], "error" in json.loads(answer[1])) == (status, True)


@pytest.mark.parametrize(
    ("body", "faultstring"),
    [
        (b"no XML", "Error reading XMLStreamReader."),
        (envelope(AUTHORIZATION, "1"), "Unexpected wrapper element found."),
        (envelope(RECEPTION, "no base64!"), "Unmarshalling Error"),
    ],
)
def test_what_is_not_the_question_of_its_service_earns_a_soap_fault(sri, body, faultstring):
    status, answer = http_call(sri.url, "POST", RECEPTION[0], body)
    assert (status, etree.fromstring(answer).findtext(".//faultstring")) == (500, faultstring)


def raw(sri: Simulator, *pieces: bytes) -> bytes:
    """All that comes back for ``pieces``; they end with a request that closes the connection."""
    host, port = sri.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


def test_it_speaks_the_http_of_other_toolkits(sri):
    question = envelope(AUTHORIZATION, signed().access_key)
    path = AUTHORIZATION[0].encode()
    chunks = b"".join(b"%x;x=1\r\n%s\r\n" % (len(part), part) for part in (question[:100], question[100:]))
    received = raw(
        sri,
        b"POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%s0\r\nA: b\r\n\r\n"
        % (path, chunks),
        b"POST %s HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (path, len(question)),
        question,
        b"POST %s HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s" % (path, len(question), question),
    )
    assert received.count(b"<numeroComprobantes>0<") == 3
    assert received.count(b"HTTP/1.1 100 Continue\r\n\r\n") == 1
    assert received.count(b"Connection: keep-alive") == 2


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 101, b"431"),
    ],
)
def test_a_request_that_makes_no_sense_ends_its_connection(sri, request_head, status):
    assert raw(sri, request_head).startswith(b"HTTP/1.1 " + status)


def test_a_closed_port_refuses_everybody_and_opens_again_by_itself(sri):
    url = sri.url
    sri.script([{"fault": "refuse", "seconds": 0.5}])
    closed = time.monotonic()
    with pytest.raises(ConnectionRefusedError):
        http_call(url, "GET", "/healthz")
    while True:
        with suppress(ConnectionRefusedError):
            assert http_call(url, "GET", "/healthz")[0] == 200
            break
    assert 0.4 < time.monotonic() - closed < 5


def test_a_refusal_ordered_over_http_is_confirmed_first(sri):
    assert http_call(sri.url, "POST", "/control/script", b'[{"fault": "refuse", "seconds": 60}]')[0] == 200
    with pytest.raises(ConnectionRefusedError):
        http_call(sri.url, "GET", "/healthz")
    sri.heal()
    assert http_call(sri.url, "GET", "/healthz")[0] == 200


def test_during_maintenance_only_whoever_drives_it_is_answered(sri):
    sri.script([{"fault": "maintenance", "seconds": 60}])
    status, page = http_call(sri.url, "POST", AUTHORIZATION[0], envelope(AUTHORIZATION, signed().access_key))
    assert (status, b"<html>" in page) == (503, True)
    assert http_call(sri.url, "GET", AUTHORIZATION[0] + "?wsdl")[0] == 503
    assert http_call(sri.url, "GET", "/healthz")[0] == 200
    assert http_call(sri.url, "POST", "/control/heal", b"")[0] == 200
    assert asked(sri.url, signed().access_key) == "0"


def test_its_latency_passes_before_a_soap_answer_and_no_other():
    with Simulator(latency_s=0.3) as sri:
        started = time.monotonic()
        assert http_call(sri.url, "GET", "/healthz")[0] == 200
        undelayed = time.monotonic()
        assert asked(sri.url, signed().access_key) == "0"
        assert time.monotonic() - undelayed >= 0.3 > undelayed - started


def test_a_taken_port_is_named(sri):
    port = int(sri.url.rpartition(":")[2])
    with pytest.raises(Misconfigured, match=str(port)):
        Simulator(port).start()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_as_a_process_it_says_where_it_listens_and_ends_when_told(ending):
    program = "from app.sri.simulator import run; run(0, verify_share=0.5, decide_after_s=1)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        url = next(word.strip('"}').removeprefix("url=") for word in line.split() if "http://" in word)
        assert http_call(url, "GET", "/healthz")[0] == 200
        process.send_signal(ending)
        assert process.wait(timeout=10) == 0
