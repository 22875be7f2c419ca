"""Documents in trouble of every class, as the engine leaves them."""

from cast import Taxpayer
from peewee import fn

from app import work
from app.lifecycle import State
from app.store.documents import Document, Ride
from app.tenancy import tenant_scope


def waiting(taxpayer: Taxpayer, number: int = 1, why: str = "http: 503 Service Unavailable") -> list[int]:
    """Signed documents the SRI did not answer about; they are tried again by themselves."""
    found = []
    for _ in range(number):
        document = taxpayer.document(State.SIGNED)
        claim = held(taxpayer, document.id)
        with tenant_scope(taxpayer.id):
            work.sleep(claim, 600, code="http", why=why)
        found.append(document.id)
    return found


def silenced(taxpayer: Taxpayer, simulator, fault: str) -> int:
    """A signed document of which the SRI's reception went wrong in this way."""
    document = taxpayer.document(State.SIGNED)
    simulator.script([{"ruc": taxpayer.ruc, "fault": fault, "stage": "recepcion"}])
    taxpayer.step(document.id)
    return document.id


def parked(taxpayer: Taxpayer, code: str, why: str, state: State = State.PENDING_AUTHORIZATION) -> int:
    """A document that the engine set aside."""
    document = taxpayer.document(state)
    claim = held(taxpayer, document.id)
    with tenant_scope(taxpayer.id):
        work.park(claim, code, why)
    return document.id


def refused(taxpayer: Taxpayer, simulator, code: str = "52", **changes) -> Document:
    """A document the SRI did not authorize."""
    simulator.script([{"ruc": taxpayer.ruc, "code": code, "stage": "autorizacion", "times": 1}])
    return taxpayer.document(State.REJECTED, **changes)


def without_ride(taxpayer: Taxpayer) -> int:
    """An authorized document whose RIDE the storage does not take."""
    document = taxpayer.document(State.AUTHORIZED)
    with tenant_scope(taxpayer.id):
        Ride.update(
            last_error_code="storage_away", last_error="OSError: [Errno 28] No space left", attempts=4
        ).where(Ride.id == document.id).execute()
    return document.id


def without_certificate(taxpayer: Taxpayer) -> int:
    """A draft whose taxpayer has no certificate in force."""
    document = taxpayer.document(State.DRAFT)
    with tenant_scope(taxpayer.id):
        Document.update(
            next_attempt_at=None,
            needs_person_since=fn.now(),
            needs_person_code="no_certificate",
            needs_person_reason="no hay certificado de firma vigente",
        ).where(Document.id == document.id).execute()
    return document.id


def held(taxpayer: Taxpayer, document_id: int):
    """The document, taken as a worker takes it."""
    taxpayer.make_due(Document, document_id)
    claim = taxpayer.claim(Document, document_id)
    assert claim is not None
    return claim
