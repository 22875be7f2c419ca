"""Workers that a test leads by the hand: each does one step in a thread of its own and stops with the SRI's answer."""

import threading
from collections.abc import Callable
from typing import Any

from cast import STEPS, Taxpayer

from app import claiming
from app.lifecycle import State
from app.outcome import Outcome
from app.services import Services
from app.store.base import database
from app.store.documents import Document
from app.tenancy import tenant_scope
from app.work import Claim, Refused

PATIENCE_S = 30.0
LEASE_S = 3_600.0
"""Leases end when the test says so."""


class Crash(BaseException):
    """The process dies here: nothing is recorded, nothing is let go."""


class Worker:
    """One worker on one document; ``claim`` is None when it got none, ``waits`` while it holds the SRI's answer."""

    def __init__(self, taxpayer: Taxpayer, document_id: int, name: str) -> None:
        self.document_id = document_id
        self.claim: Claim | None = None
        self.outcome: Outcome | None = None
        self.refused: Refused | None = None
        self.crashed = False
        self._taxpayer, self._name = taxpayer, name
        self._answered, self._go_on = threading.Event(), threading.Event()
        self._dies = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Go on until the SRI has answered, or to the end."""
        self._thread.start()
        assert self._answered.wait(PATIENCE_S), "the worker neither ended nor came back from its call"
        if self._failure:
            raise self._failure

    @property
    def waits(self) -> bool:
        """Whether it stands between the answer and the record of it."""
        return self._thread.is_alive()

    def finish(self, *, dies: bool = False) -> None:
        """Let it record the answer, or die before."""
        self._dies = dies
        self._go_on.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            with tenant_scope(self._taxpayer.id):
                self.claim = claiming.claim(
                    Document, self._taxpayer.id, self.document_id, owner=self._name, lease_s=LEASE_S
                )
            step = STEPS.get(State(self.claim.row.state)) if self.claim else None
            if self.claim and step:
                services: Any = _Led(self._taxpayer.services, self._come_back)
                self.outcome = step(self.claim, services)
        except Refused as late:
            self.refused = late
        except Crash:
            self.crashed = True
        except BaseException as failure:  # noqa: BLE001 - told to whoever leads it
            self._failure = failure
        finally:
            if not database.is_closed():
                database.close()
            self._answered.set()

    def _come_back(self) -> None:
        self._answered.set()
        assert self._go_on.wait(PATIENCE_S * 10)
        if self._dies:
            raise Crash


class _Led:
    """Services whose SRI gives its answer only when the worker may go on."""

    def __init__(self, services: Services, come_back: Callable[[], None]) -> None:
        self._services, self._come_back = services, come_back

    def __getattr__(self, name: str) -> Any:
        return getattr(self._services, name)

    def sri(self, access_key: str) -> "_LedSri":
        return _LedSri(self._services.sri(access_key), self._come_back)


class _LedSri:
    def __init__(self, sri: Any, come_back: Callable[[], None]) -> None:
        self._sri, self._come_back = sri, come_back

    def submit(self, xml: bytes) -> Any:
        return self._call(lambda: self._sri.submit(xml))

    def query(self, access_key: str) -> Any:
        return self._call(lambda: self._sri.query(access_key))

    def _call(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            self._come_back()
