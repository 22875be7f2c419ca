"""Documents in every state, for whoever develops or shows the console; made by the service's own steps."""

import json
from collections.abc import Callable

from admin.demo.invoices import sample_invoice
from admin.demo.plan import ensure_cast
from app import claiming, intake, issuing, rides, work
from app.errors import Refused, Text
from app.lifecycle import MOVING, State
from app.outcome import Outcome
from app.services import Services
from app.sri.simulator import Simulator
from app.sri.simulator.script import parse_script
from app.store.base import WorkRow
from app.store.documents import Document, Ride
from app.store.tenants import Tenant
from app.tenancy import tenant_scope
from app.work import Claim

BY = "seed"
REST_S = 24 * 3600.0
STEPS: dict[State, Callable[[Claim, Services], Outcome]] = {
    State.DRAFT: issuing.sign,
    State.SIGNED: issuing.submit,
    State.PENDING_AUTHORIZATION: issuing.check,
}
_REFUSALS = {State.RETURNED: "35", State.REJECTED: "52"}


def seed(services: Services) -> list[str]:
    """Bring one document of each taxpayer into each state; a line per document.

    An SRI of its own, gone afterwards, answers meanwhile. What is left on its way rests for a day, so that it can be
    looked at; ``autoriza document retry`` sends it on.
    """
    lines = []
    with Simulator() as simulator:
        settings = services.settings.model_copy(update={"sri_pruebas_url": simulator.url})
        beside = Services(settings, services.database)
        for tenant in ensure_cast(services):
            for place, state in enumerate(State):
                simulator.reset()
                if state in _REFUSALS:
                    simulator.script(parse_script([{"code": _REFUSALS[state]}]))
                lines.append(f"{tenant.ruc}  {_one(beside, tenant, state, place)}")
    return lines


def _one(services: Services, tenant: Tenant, state: State, place: int) -> str:
    raw = json.dumps(sample_invoice(place, f"seed-{state}")).encode()
    with tenant_scope(tenant.id):
        known = Document.get_or_none(Document.tenant_id == tenant.id, Document.reference == f"seed-{state}")
    if known is not None:
        return f"document {known.id}: there already, {known.state}"
    accepted = intake.accept(tenant.id, raw, f"seed-{state}.json", by=BY)
    _advance(services, tenant.id, accepted.document_id, state)
    return f"document {accepted.document_id}: {state}"


def _advance(services: Services, tenant_id: int, document_id: int, until: State) -> None:
    while (state := _state(tenant_id, document_id)) != until:
        STEPS[state](_claim(Document, tenant_id, document_id, services), services)
    if until == State.AUTHORIZED:
        rides.generate(_claim(Ride, tenant_id, document_id, services), services)
    elif until in MOVING:
        claim = _claim(Document, tenant_id, document_id, services)
        with tenant_scope(tenant_id):
            work.sleep(claim, REST_S, code=BY, why="rests for a day, to be looked at")


def _state(tenant_id: int, document_id: int) -> State:
    with tenant_scope(tenant_id):
        return State(Document.get_by_id(document_id).state)


def _claim(model: type[WorkRow], tenant_id: int, row_id: int, services: Services) -> Claim:
    with tenant_scope(tenant_id):
        model.update(next_attempt_at=work.in_seconds(0)).where(model.id == row_id).execute()
        claim = claiming.claim(
            model, tenant_id, row_id, owner=services.owner, lease_s=services.settings.lease_s
        )
    if claim is None:
        raise Refused(
            Text(
                f"el comprobante {row_id} lo tomó un proceso en marcha: repita «autoriza seed»",
                f"a running process took document {row_id}: repeat 'autoriza seed'",
            )
        )
    return claim
