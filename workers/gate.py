"""Whether a step that needs the SRI may go now: its circuit, and its turn."""

from functools import cache, lru_cache

from app import circuit
from app.circuit import Standing
from app.sri.gateway import Environment
from app.store.tenants import Tenant
from app.tenancy import tenant_scope
from workers.broker import broker
from workers.pacing import Pacing, Service
from workers.runtime import settings

WORTH_WAITING_S = 0.1
"""A shorter wait is slept in the worker's thread; a longer one is a delayed message."""
KNOWN_FOR_S = 1.0
NEXT_MS, NEXT_PACED_MS = 500, 4_000
"""When a tenant's sweep looks again: for room in its queue soon, for its pace before what it reserved is used up."""
_standings: dict[tuple[Environment, Service], tuple[float, Standing]] = {}


def turn(service: Service, tenant_id: int) -> float | None:
    """Reserve one call of ``tenant_id``: in how many seconds it may be made.

    None while the circuit is open, or while others of the tenant or of too many tenants wait before it.
    """
    environment = environment_of(tenant_id)
    standing = standing_of(environment, service)
    now = circuit.now()
    if standing.probe_due(now):
        return 0.0  # the step itself finds out whether it is the one that probes
    share = standing.share(now)
    return _pacing().turn(environment, service, tenant_id, share) if share else None


def turns(service: Service, tenant_id: int, wanted: int) -> list[float]:
    """Reserve the next calls of a tenant's sweep, at most ``wanted``: in how many seconds each may be made.

    None of them while the circuit is open, but one when it is time to probe.
    """
    environment = environment_of(tenant_id)
    standing = standing_of(environment, service)
    now = circuit.now()
    if standing.state != "closed":
        return [0.0] if standing.probe_due(now) else []
    return _pacing().turns(environment, service, tenant_id, wanted, standing.share(now))


def give_back(service: Service, tenant_id: int, count: int) -> None:
    """The last ``count`` of a sweep's turns have no document after all."""
    environment = environment_of(tenant_id)
    standing = standing_of(environment, service)
    if standing.state == "closed":
        share = standing.share(circuit.now())
        _pacing().give_back(environment, service, tenant_id, count, share)


def standing_of(environment: Environment, service: Service) -> Standing:
    """How the service stands, at most a second old."""
    now = circuit.now().timestamp()
    known = _standings.get((environment, service))
    if known is None or now - known[0] > KNOWN_FOR_S:
        known = _standings[environment, service] = (now, circuit.read(environment, service))
    return known[1]


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
