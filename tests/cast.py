"""The standing cast of the tests: taxpayers, and documents in any situation, made by the service's own steps."""

import copy
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from documents_cast import invoice
from peewee import fn

from app import certificate_store, claiming, correcting, intake, issuing, people, rides, tenants, work
from app.correcting import Corrected
from app.intake import Offer
from app.lifecycle import State
from app.outcome import Moved, Outcome
from app.services import Services
from app.sri.gateway import Environment
from app.store.base import WorkRow, database
from app.store.documents import Document, History, Ride, SriExchange
from app.store.people import Alert
from app.tenancy import tenant_scope
from app.tenants import TaxpayerFacts
from app.test_certificates import issue
from app.work import Claim

PASSWORD = "clave de prueba"
CONSOLE_PASSWORD = "una contraseña larga"
T = TypeVar("T")
_rucs = count(1)
_references = count(1)

STEPS: dict[State, Callable[[Claim, Services], Outcome]] = {
    State.DRAFT: issuing.sign,
    State.SIGNED: issuing.submit,
    State.PENDING_AUTHORIZATION: issuing.check,
}


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def p12_of(
    ruc: str, name: str, not_before: datetime | None = None, not_after: datetime | None = None
) -> bytes:
    """A certificate for ``ruc`` under PASSWORD; the key pair is the same for all of a run, to save making one."""
    issued = issue(ruc, name, key=_key(), not_before=not_before, not_after=not_after)
    return pkcs12.serialize_key_and_certificates(
        name.encode(),
        issued.key,
        issued.certificate,
        [issued.authority],
        BestAvailableEncryption(PASSWORD.encode()),
    )


def authority() -> x509.Certificate:
    """Who issued every certificate of the cast."""
    return issue("1790000001001", "NADIE", key=_key()).authority


def next_ruc() -> str:
    """A company's RUC that no other test uses."""
    return f"179{next(_rucs):07d}001"


@dataclass(frozen=True)
class Taxpayer:
    """One tenant of the installation under test."""

    services: Services
    id: int
    ruc: str

    def import_invoice(self, **changes: Any) -> int:
        """A new draft of a valid invoice of USD 23.00 with some fields changed; its id."""
        values = invoice(**changes) | {"referencia": changes.get("referencia", f"ref-{next(_references)}")}
        accepted = intake.accept(self.id, json.dumps(values).encode(), "prueba.json", by="test")
        return accepted.document_id

    def document(self, state: State = State.DRAFT, **changes: Any) -> Document:
        """A document in ``state``, brought there by the service's own steps and the simulator."""
        return self.bring(self.import_invoice(**changes), state)

    def bring(self, document_id: int, state: State) -> Document:
        """Do the steps that lead the document to ``state``, one after the other; it may wait three times on the way."""
        waits = 0
        while (now := self.read(document_id)).state != state:
            waits += not isinstance(self.step(document_id), Moved)
            assert waits <= 3, f"stuck in {now.state}: {self.read(document_id).last_error}"
        return now

    def step(self, document_id: int) -> Outcome:
        """Do the step that serves the document's state, at once even if it is not due."""
        self.make_due(Document, document_id)
        claim = self.claim(Document, document_id)
        assert claim is not None
        return STEPS[State(claim.row.state)](claim, self.services)

    def under(self, **settings: Any) -> "Taxpayer":
        """The same taxpayer served with some settings changed."""
        changed = self.services.settings.model_copy(update=settings)
        return replace(self, services=Services(changed, self.services.database))

    def render(self, document_id: int) -> Outcome:
        """Make the RIDE of an authorized document."""
        self.make_due(Ride, document_id)
        claim = self.claim(Ride, document_id)
        assert claim is not None
        return rides.generate(claim, self.services)

    def claim(
        self, model: type[WorkRow], row_id: int, owner: str = "test", lease_s: float = 40
    ) -> Claim | None:
        """Take the row as a worker would."""
        with tenant_scope(self.id):
            return claiming.claim(model, self.id, row_id, owner=owner, lease_s=lease_s)

    def make_due(self, model: type[WorkRow], row_id: int) -> None:
        """Let the row's next attempt be now."""
        with tenant_scope(self.id):
            model.update(next_attempt_at=work.in_seconds(-1)).where(model.id == row_id).execute()

    def read(self, document_id: int) -> Document:
        """The document as it stands."""
        with tenant_scope(self.id):
            return copy.copy(Document.get_by_id(document_id))

    def history(self, document_id: int) -> list[str]:
        """Events of the document, oldest first."""
        with tenant_scope(self.id):
            rows = (
                History.select(History.event).where(History.document_id == document_id).order_by(History.seq)
            )
            return [row.event for row in rows]

    def correct(self, document_id: int, **changes: Any) -> Corrected:
        """Take a returned or rejected document back to draft with some fields changed, as a person would."""
        said = json.dumps(invoice(**changes)).encode()
        offer = Offer(said, "corregido.json")
        return correcting.correct(self.id, document_id, by="ana@example.ec", reason="estaba mal", offer=offer)

    def exchanges(self, document_id: int) -> list[SriExchange]:
        """Calls to the SRI about the document on our record, oldest first."""
        with tenant_scope(self.id):
            calls = (
                SriExchange.select().where(SriExchange.document_id == document_id).order_by(SriExchange.id)
            )
            return list(calls)

    def alerts(self, kind: str) -> list[Alert]:
        """Alerts of one kind, standing or over."""
        with tenant_scope(self.id):
            return list(Alert.select().where(Alert.tenant_id == self.id, Alert.kind == kind))

    def viewer(self, email: str) -> int:
        """A console user who may look at this taxpayer only."""
        return people.create(email, "Visor", CONSOLE_PASSWORD, "viewer", (self.id,), by="test")

    def operator(self, email: str) -> int:
        """A console user who works for this taxpayer only."""
        return people.create(email, "Quien Opera", CONSOLE_PASSWORD, "operator", (self.id,), by="test")


def called(document: Document, outcome: str, *, sent: bool) -> None:
    """Put on record that ``document`` was offered to the SRI, and what came of it."""
    of = {name: getattr(document, name) for name in ("tenant_id", "version", "access_key", "environment")}
    call = {"operation": "submit", "request_sha256": "x", "started_at": fn.now(), "finished_at": fn.now()}
    with tenant_scope(document.tenant_id):
        SriExchange.create(document_id=document.id, **of, **call, outcome=outcome, sent=sent)


def at_once(times: int, act: Callable[[int], T]) -> list[T]:
    """What ``act(0)``, ``act(1)`` … answer, done in as many threads that are let go together."""
    start = threading.Barrier(times)

    def one(number: int) -> T:
        start.wait(10)
        try:
            return act(number)
        finally:
            if not database.is_closed():
                database.close()

    if not database.is_closed():
        database.close()
    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


def take_on(services: Services, name: str, environment: Environment = Environment.PRUEBAS) -> Taxpayer:
    """A new taxpayer with a certificate."""
    ruc = next_ruc()
    tenant_id = tenants.create(ruc, name, environment, TaxpayerFacts("Av. Amazonas N34-56, Quito"), by="test")
    certificate_store.install(tenants.find(ruc), p12_of(ruc, name), PASSWORD, services.box, by="test")
    return Taxpayer(services, tenant_id, ruc)
