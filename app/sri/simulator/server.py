"""The simulator as a server: its sockets, its addresses, and how it is started and stopped."""

import json
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final
from urllib.parse import parse_qs

import structlog

from app.errors import Misconfigured
from app.sri import wsdl
from app.sri.simulator.desk import Desk
from app.sri.simulator.door import Door
from app.sri.simulator.envelopes import contract
from app.sri.simulator.script import Entry, Fault, Script, Service, parse_script
from app.sri.simulator.tax_office import Clock, Policy, TaxOffice
from app.sri.simulator.taxpayers import EMPTY, Register, as_json, parse_taxpayers
from app.sri.simulator.waits import Wait
from app.sri.simulator.wire import JSON, Reply, Request
from app.sri.simulator.witness import Call, Report, Witness

_SERVICES: Final = {
    wsdl.RECEPTION_PATH: Service.RECEPTION,
    wsdl.AUTHORIZATION_PATH: Service.AUTHORIZATION,
}
_ENDING: Final = (signal.SIGTERM, signal.SIGINT)
_NOT_FOUND: Final = Reply(404, b'{"error": "no such address"}', JSON)


def _now() -> datetime:
    return datetime.now(UTC)


class Simulator:
    """A simulated SRI on ``host`` and ``port`` (0: any free one), from ``start()`` to ``stop()`` or as a context.

    ``latency_s`` passes before every SOAP answer; ``entries`` and ``taxpayers`` are in force from the start; ``clock``
    gives aware times. Everything it knows is gone when it stops.
    """

    def __init__(
        self,
        port: int = 0,
        latency_s: Wait = 0.0,
        entries: Sequence[Entry | Mapping[str, Any]] = (),
        policy: Policy = Policy(),  # noqa: B008, frozen
        *,
        host: str = "127.0.0.1",
        clock: Clock = _now,
        taxpayers: Register = EMPTY,
    ) -> None:
        self._address = (host, port)
        self._entries = parse_script(list(entries))
        self._script, self._witness = Script(), Witness()
        self._office = TaxOffice(self._script, policy, clock, taxpayers)
        self._desk = Desk(self._office, self._script, self._witness, latency_s)
        self._door: Door | None = None

    @property
    def url(self) -> str:
        """Scheme, host and port; what SRI_PRUEBAS_URL may be set to."""
        host, port = self._open_door.address
        return f"http://{host}:{port}"

    def start(self) -> None:
        """Listen. Raises ``Misconfigured`` when the address cannot be had."""
        try:
            self._door = Door(self._address, self.respond)
        except OSError as error:
            self._office.close()
            host, port = self._address
            raise Misconfigured(
                f"simulator: cannot listen on {host}:{port}: {error.strerror or error}"
            ) from error
        self.script(self._entries)

    def stop(self) -> None:
        """Close the port and every connection, whatever is going on."""
        if self._door:
            self._door.stop()
            self._door = None
        self._office.close()

    def __enter__(self) -> "Simulator":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.stop()

    def script(self, entries: Sequence[Entry | Mapping[str, Any]]) -> None:
        """Put more entries in force, complete ones or objects as in a script file; windows open at once.

        When it returns from a ``refuse`` the port is closed. Raises ``Misconfigured``.
        """
        complete = parse_script(list(entries))
        self._script.add(complete)
        for entry in complete:
            if entry.fault is Fault.REFUSE:
                self._open_door.refuse(entry.seconds)

    def taxpayers(self, raw: object) -> None:
        """Replace the register of taxpayers, an object as in its file. Raises ``Misconfigured``."""
        self._office.taxpayers = parse_taxpayers(raw)

    def log(self, since: int = 0, most: int | None = None) -> list[Call]:
        """Every call from place ``since`` on, in the order of the answers, at most ``most``."""
        return self._witness.log(since, most)

    def verdict(self) -> Report:
        """What the witness says of all calls so far."""
        return self._witness.report()

    def heal(self) -> None:
        """Forget the script: no more codes and faults, and windows end at once."""
        self._script.clear()
        self._open_door.open()

    def reset(self) -> None:
        """Forget script, taxpayers, documents and calls."""
        self.heal()
        self._office.taxpayers = EMPTY
        self._office.clear()
        self._witness.clear()

    def respond(self, request: Request) -> Reply:
        """The answer to one request, at whatever address."""
        service = _SERVICES.get(request.path)
        if service and request.method == "POST":
            return self._desk.call(service, request.body)
        if service and request.method == "GET" and request.query.lower() == "wsdl":
            host = request.headers.get("host") or self.url.removeprefix("http://")
            return self._desk.closed() or Reply(200, contract(service, f"http://{host}{request.path}"))
        return self._control(request)

    @property
    def _open_door(self) -> "Door":
        if self._door is None:
            raise Misconfigured("the simulator is not started")
        return self._door

    def _control(self, request: Request) -> Reply:
        match request.method, request.path:
            case "GET", "/healthz":
                return _json({"status": "ok"})
            case "GET", "/control/log":
                return self._log(request.query)
            case "GET", "/control/verdict":
                return _json(asdict(self.verdict()))
            case "GET", "/control/taxpayers":
                return _json(as_json(self._office.taxpayers))
            case "POST", "/control/taxpayers":
                return _ordered(self.taxpayers, request.body, lambda _: {"status": "ok"})
            case "POST", "/control/script":
                return _ordered(self.script, request.body, lambda order: {"entries": len(order)})
            case "POST", "/control/heal":
                self.heal()
                return _json({"status": "ok"})
            case "POST", "/control/reset":
                self.reset()
                return _json({"status": "ok"})
        return _NOT_FOUND

    def _log(self, query: str) -> Reply:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        try:
            since, most = int(asked.get("since", "0")), asked.get("most")
            calls = self.log(max(since, 0), None if most is None else int(most))
        except ValueError as error:
            return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
        return _json([vars(call) for call in calls])


def _ordered(act: Callable[[Any], None], body: bytes, done: Callable[[Any], object]) -> Reply:
    """Do what a JSON body orders; 400 with a sentence when it cannot be read."""
    try:
        order = json.loads(body)
        act(order)
    except (ValueError, Misconfigured) as error:
        return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
    return _json(done(order))


def _json(value: object, status: int = HTTPStatus.OK) -> Reply:
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), JSON)


def run(
    port: int,
    latency_s: Wait = 0.0,
    entries: Sequence[Entry] = (),
    *,
    verify_share: float = 1.0,
    decide_after_s: Wait = 0.0,
    max_age_days: int = 0,
    says_in_process: bool = False,
    taxpayers: Register = EMPTY,
    host: str = "127.0.0.1",
) -> None:
    """Serve until SIGTERM or SIGINT; logs the address once it listens. To be called in the main thread.

    Raises ``Misconfigured`` when the address cannot be had.
    """
    asked_to_stop = threading.Event()
    policy = Policy(verify_share, decide_after_s, max_age_days, says_in_process)
    before = {number: signal.signal(number, lambda *_: asked_to_stop.set()) for number in _ENDING}
    try:
        with Simulator(port, latency_s, entries, policy, host=host, taxpayers=taxpayers) as simulator:
            structlog.get_logger().info("simulator_listening", url=simulator.url)
            asked_to_stop.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
