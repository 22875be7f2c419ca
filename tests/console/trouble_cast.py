"""Documents in trouble of every class, as the engine leaves them."""

from cast import Taxpayer
from peewee import fn

from app import work
from app.causes import Fault
from app.lifecycle import State
from app.store.documents import Document, Ride
from app.tenancy import tenant_scope


def waiting(taxpayer: Taxpayer, number: int = 1, why: str = "http: 503 Service Unavailable") -> list[int]:
    """Signed documents the SRI did not answer about; they are tried again by themselves."""
    found = []
    for _ in range(number):
        document = taxpayer.document(State.SIGNED)
        claim = _held(taxpayer, document.id)
        with tenant_scope(taxpayer.id):
            work.sleep(claim, 600, code="http", why=why)
        found.append(document.id)
    return found


def parked(taxpayer: Taxpayer, code: str, why: str, state: State = State.PENDING_AUTHORIZATION) -> int:
    """A document that the engine set aside."""
    document = taxpayer.document(state)
    claim = _held(taxpayer, document.id)
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


def _held(taxpayer: Taxpayer, document_id: int):
    taxpayer.make_due(Document, document_id)
    claim = taxpayer.claim(Document, document_id)
    assert claim is not None
    return claim


SEEDED = {
    Fault.WAITING: (
        lambda ana, simulator: waiting(ana)[0],
        "El SRI respondió con un error del servidor.",
        "Nada: se",
    ),
    Fault.CONTENT: (
        lambda ana, simulator: refused(ana, simulator).id,
        "Los totales no cuadran con el detalle.",
        "Corrija los valores",
    ),
    Fault.CREDENTIAL: (
        lambda ana, simulator: without_certificate(ana),
        "El contribuyente no tiene certificado de firma.",
        "Cargue su certificado",
    ),
    Fault.DECIDE: (
        lambda ana, simulator: parked(ana, "undecided", "el SRI no ha decidido en 24 horas"),
        "El SRI no decidió dentro del plazo.",
        "Búsquelo en el portal del SRI",
    ),
    Fault.BUG: (
        lambda ana, simulator: parked(ana, "failed", "falló 5 veces: ValueError: raro"),
        "Un error del sistema detuvo este paso.",
        "Avise a quien mantiene el sistema",
    ),
}
"""By class of fault: how one comes about, its sentence, and how its remedy begins."""
CLASSES = {
    Fault.WAITING: "Se reintenta solo",
    Fault.CONTENT: "Hay que corregir el contenido",
    Fault.CREDENTIAL: "Falta una credencial o un permiso",
    Fault.DECIDE: "Una persona debe decidir",
    Fault.BUG: "Falla del sistema",
}
"""What the console calls each class."""
