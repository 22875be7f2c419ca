"""The demonstration itself: 24 invoices go in, each is followed to its end, and the end is compared with the plan."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from admin.demo.invoices import sample_invoices
from admin.demo.plan import BY, EACH
from app import intake
from app.intake import Offer
from app.lifecycle import MOVING, State
from app.services import Services
from app.store.documents import Document, Ride
from app.store.tenants import Tenant
from app.tenancy import tenant_scope

PATIENCE_S = 100.0
FOLDER = "demo"


@dataclass(frozen=True)
class Ended:
    """Where one invoice stands; ``ride`` is the address of its file."""

    tenant: str
    document_id: int
    number: str | None
    access_key: str | None
    state: State
    seconds: float | None  # from import to the verdict
    ride: str | None

    @property
    def at_rest(self) -> bool:
        """Nothing more will happen by itself."""
        return self.state not in MOVING and (self.state != State.AUTHORIZED or self.ride is not None)


def hand_in(services: Services, cast: list[Tenant]) -> dict[int, list[int]]:
    """Write the sample files, import them and wake the engine; ids of the new documents by tenant."""
    from workers import by_hand  # what it imports reads the settings at once

    run = time.strftime("%Y%m%d-%H%M%S")
    ids: dict[int, list[int]] = {}
    for seed, tenant in enumerate(cast):
        offers = [_file(services, tenant, invoice) for invoice in sample_invoices(seed, EACH, run)]
        accepted = intake.accept_all(tenant.id, offers, by=BY)
        ids[tenant.id] = [one.document_id for one in accepted]
        for one in accepted:
            by_hand.wake(one.tenant_id, one.document_id)
    return ids


def _file(services: Services, tenant: Tenant, invoice: object) -> Offer:
    folder = services.settings.autoriza_home / FOLDER / tenant.ruc
    folder.mkdir(parents=True, exist_ok=True)
    reference = str(dict(invoice)["referencia"])  # type: ignore[call-overload]
    file = folder / f"{reference}.json"
    file.write_text(json.dumps(invoice, ensure_ascii=False, indent=2), encoding="utf-8")
    return Offer(file.read_bytes(), str(file))


def follow(
    services: Services, ids: dict[int, list[int]], tell: Callable[[int], None], stopped: Callable[[], bool]
) -> list[Ended]:
    """Wait until every invoice is at rest, telling how many are; what there is when patience or ``stopped`` ends."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = [ended for tenant_id, those in ids.items() for ended in _look(services, tenant_id, those)]
        tell(sum(ended.at_rest for ended in found))
        if all(ended.at_rest for ended in found) or time.monotonic() > deadline or stopped():
            return found
        time.sleep(0.2)


def _look(services: Services, tenant_id: int, ids: list[int]) -> list[Ended]:
    with tenant_scope(tenant_id):
        ruc = Tenant.get_by_id(tenant_id).ruc
        rides = {row.id: row.path for row in Ride.select().where(Ride.id.in_(ids), Ride.path.is_null(False))}
        rows = list(Document.select().where(Document.id.in_(ids)).order_by(Document.number, Document.id))
    return [_ended(services, ruc, row, rides.get(row.id)) for row in rows]


def _ended(services: Services, ruc: str, row: Document, ride: str | None) -> Ended:
    seconds = (row.finished_at - row.created_at).total_seconds() if row.finished_at else None
    where = services.storage.url_of(ride) if ride else None
    return Ended(ruc, row.id, row.number, row.access_key, State(row.state), seconds, where)


def surprises(found: list[Ended], expected: dict[tuple[str, str], State]) -> list[str]:
    """What did not end as planned: a sentence each; none when all went well."""
    wrong = []
    for ended in found:
        planned = expected.get((ended.tenant, ended.number or ""), State.AUTHORIZED)
        if ended.state != planned or not ended.at_rest:
            wrong.append(
                f"{ended.tenant} {ended.number or ended.document_id}: {ended.state}, planned {planned}"
            )
    return wrong


def shown_path(address: str | None) -> str:
    """A RIDE's address as a short path when it lies below the current folder."""
    if address is None:
        return ""
    path = Path(address.removeprefix("file://"))
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else address
