"""What must hold after every fault: the invariants, the SRI's own record, and every document at its end."""

from collections import Counter

from app.invariants import find_violations
from app.sri.simulator.witness import Call
from app.store.documents import Document, Ride
from app.tenancy import every_tenant_scope
from faults.fault import Fault
from faults.ground import Ground

HELD = ("RECIBIDA", "DEVUELTA 43", "DEVUELTA 70")
SHOWN = 5


def broken_promises(fault: Fault, ground: Ground) -> list[str]:
    """A sentence for each thing that does not hold; empty when all went well."""
    found = [f"{one.invariant} {one.sentence.es}" for one in find_violations(ground.services)]
    found += ground.simulator.verdict().violations
    found += _wrong_ends(ground)
    found += _two_witnesses(ground)
    if not fault.resends:
        found += [f"{key} was sent again although the SRI held it" for key in sent_again(ground)[:SHOWN]]
    return found + fault.holds(ground)


def sent_again(ground: Ground) -> list[str]:
    """Access keys that the SRI was sent once more after it had taken them."""
    taken: set[str] = set()
    again: list[str] = []
    for call in receptions(ground):
        if call.access_key in taken:
            again.append(call.access_key)
        if call.answer in HELD:
            taken.add(call.access_key)
    return again


def receptions(ground: Ground) -> list[Call]:
    """The sendings the simulator heard of, in its order."""
    return [call for call in ground.simulator.log() if call.service == "recepcion"]


def _wrong_ends(ground: Ground) -> list[str]:
    ids = {one for _, one in ground.documents}
    with every_tenant_scope():
        documents = {row.id: row for row in Document.select()}
        drawn = {row.id for row in Ride.select(Ride.id).where(Ride.path.is_null(False))}
    found = [f"document {one} was accepted and is gone" for one in sorted(ids - set(documents))[:SHOWN]]
    wrong = Counter[str]()
    for one in documents.values():
        state = ground.expected.get(one.id, "authorized")
        if one.state != state and not (one.needs_person_since and one.id in ground.waiting):
            wrong[f"{one.state} instead of {state} ({one.needs_person_code or one.last_error})"] += 1
        elif one.needs_person_since and one.id not in ground.waiting:
            wrong[f"waits for a person: {one.needs_person_code}"] += 1
        elif one.state == "authorized" and one.id not in drawn:
            wrong["authorized without a RIDE"] += 1
    return found + [f"{count} documents ended {how}" for how, count in wrong.items()]


def _two_witnesses(ground: Ground) -> list[str]:
    with every_tenant_scope():
        here = Document.select().where(Document.state == "authorized").count()
        aside = Document.select().where(Document.needs_person_since.is_null(False)).count()
    there = ground.simulator.verdict().documents.authorized
    # What waits for a person may have been taken by the SRI: that is why somebody must look.
    return (
        [] if here <= there <= here + aside else [f"the SRI authorized {there} documents, we know of {here}"]
    )
