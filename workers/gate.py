"""Whether a step that needs the SRI may go now: its circuit, and its turn."""

from functools import cache, lru_cache

from app import circuit
from app.circuit import Standing
from app.sri.gateway import Environment
from app.store.tenants import Tenant
from app.tenancy import tenant_scope
from workers.broker import broker
from workers.pacing import Crowded, Pacing, Reserved, Service
from workers.runtime import settings

WORTH_WAITING_S = 0.1
"""A shorter wait is slept in the worker's thread; a longer one is a delayed message."""
KNOWN_FOR_S = 1.0
NEXT_MS, NEXT_PACED_MS = 1_000, 10_000
"""When a tenant's sweep looks again for room: in its queue soon, in its pace after what it may reserve ahead."""
_standings: dict[tuple[Environment, Service], tuple[float, Standing]] = {}


def reserve(service: Service, tenant_id: int) -> Reserved | Crowded:
    """Reserve a call of ``tenant_id``; Crowded while the circuit is open or the tenant has used its share."""
    environment = environment_of(tenant_id)
    standing = standing_of(environment, service)
    now = circuit.now()
    if standing.probe_due(now):
        return Reserved(0)  # the step itself finds out whether it is the one that probes
    share = standing.share(now)
    return _pacing().reserve(environment, service, tenant_id, share) if share else Crowded()


def standing_of(environment: Environment, service: Service) -> Standing:
    """How the service stands, at most a second old."""
    now = circuit.now().timestamp()
    known = _standings.get((environment, service))
    if known is None or now - known[0] > KNOWN_FOR_S:
        known = _standings[environment, service] = (now, circuit.read(environment, service))
    return known[1]


def room(service: Service, tenant_id: int) -> int:
    """How many calls of ``tenant_id`` a sweep should publish now: what its pace allows until the next, 0 while open."""
    standing = standing_of(environment_of(tenant_id), service)
    now = circuit.now()
    if standing.state != "closed":
        return int(standing.probe_due(now))
    rate = settings().sri_calls_per_tenant_s
    return int(rate * (settings().sri_burst_s + 10)) + 1 if rate else settings().sweep_batch


def flows(service: Service | None, tenant_id: int) -> bool:
    """Whether more of a tenant's rows may soon find room: not while the circuit of their service is open."""
    return service is None or standing_of(environment_of(tenant_id), service).state == "closed"


@lru_cache(maxsize=10_000)
def environment_of(tenant_id: int) -> Environment:
    """The ambiente a tenant issues in; it decides whose pace counts, not where a document goes."""
    with tenant_scope(tenant_id):
        return Environment(Tenant.get_by_id(tenant_id).environment)


@cache
def _pacing() -> Pacing:
    return Pacing(broker.client, settings())
