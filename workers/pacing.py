"""Who may call the SRI, and when: a token bucket per service and one per tenant and service, in one Lua script.

Redis only throttles here; losing it forgets some spacing and nothing else.
"""

from typing import Any, Literal

import redis
import structlog

from app.config import Settings
from app.sri.gateway import Environment

log = structlog.get_logger("pacing")
Service = Literal["submit", "query"]
OWN_TURN_S, TURN_S = 0.1, 10.0
"""How far ahead one call is reserved by itself: in its tenant's bucket hardly, so that nothing overtakes what waits
there, in the service's for longer than ``BULK_S``, so that a single document comes before mountains of them."""
BULK_S = 5.0
"""How far ahead a tenant's sweep reserves in either bucket."""
COMPETES_S = 15
"""How long after its last sweep a tenant counts among those that share the service."""

# KEYS: bucket of the service, bucket of the tenant, the tenants that sweep. ARGV: seconds per call of each bucket,
# burst in seconds, how far ahead each may be reserved, how many calls, the tenant when it shares as one of those that
# sweep, how long it counts among them. A bucket is one number, the time at which it is full again (GCRA); the clock is
# Redis's own. Answers the wait of each call that could be reserved, in microseconds, the first calls first.
_RESERVE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local burst, wanted = ARGV[3] * 1000000, tonumber(ARGV[6])
local steps = {ARGV[1] * 1000000, ARGV[2] * 1000000}
local ahead = {ARGV[4] * 1000000, ARGV[5] * 1000000}
if ARGV[7] ~= '' and steps[1] > 0 then
    redis.call('ZADD', KEYS[3], time[1], ARGV[7])
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', time[1] - ARGV[8])
    redis.call('EXPIRE', KEYS[3], ARGV[8])
    local share = math.floor((ahead[1] + burst) / steps[1] / redis.call('ZCARD', KEYS[3]))
    wanted = math.min(wanted, math.max(share, 1))
end
local full, waits = {}, {}
for place = 1, 2 do full[place] = math.max(tonumber(redis.call('GET', KEYS[place]) or 0), now) end
while #waits < wanted do
    local wait, room = 0, true
    for place = 1, 2 do
        local own = steps[place] > 0 and full[place] + steps[place] - burst - now or 0
        room = room and own <= ahead[place]
        wait = math.max(wait, own)
    end
    if not room then break end
    for place = 1, 2 do full[place] = full[place] + steps[place] end
    waits[#waits + 1] = string.format('%.0f', wait)
end
for place = 1, 2 do
    if #waits > 0 and steps[place] > 0 then
        redis.call('SET', KEYS[place], string.format('%.0f', full[place]), 'PX',
            math.ceil((full[place] - now) / 1000) + 1000)
    end
end
return waits
"""

# KEYS: both buckets. ARGV: seconds per call of each, how many calls are not made after all.
_RETURN = """
for place = 1, 2 do
    local full = redis.call('GET', KEYS[place])
    if full then
        redis.call('SET', KEYS[place], string.format('%.0f', full - ARGV[place] * 1000000 * ARGV[3]), 'KEEPTTL')
    end
end
"""


class Pacing:
    """Reserves calls for one environment's services at the rates of the settings; 0 is no limit."""

    def __init__(self, client: redis.Redis, settings: Settings) -> None:
        self._reserve: Any = client.register_script(_RESERVE)
        self._return: Any = client.register_script(_RETURN)
        self._settings = settings

    def turn(
        self, environment: Environment, service: Service, tenant_id: int, share: float = 1.0
    ) -> float | None:
        """Reserve one call: in how many seconds it may be made; None, nothing being reserved, when it has no room now.

        ``share`` below 1 stretches the service's spacing (slow start).
        """
        waits = self._ask(environment, service, tenant_id, share, [TURN_S, OWN_TURN_S, 1, "", 0])
        return waits[0] if waits else None

    def turns(
        self, environment: Environment, service: Service, tenant_id: int, wanted: int, share: float = 1.0
    ) -> list[float]:
        """Reserve the next calls of a tenant, at most ``wanted``; in how many seconds each may be made, soonest first.

        Those that sweep at the same time share what the service has.
        """
        return self._ask(
            environment, service, tenant_id, share, [BULK_S, BULK_S, wanted, tenant_id, COMPETES_S]
        )

    def give_back(
        self, environment: Environment, service: Service, tenant_id: int, count: int, share: float = 1.0
    ) -> None:
        """The last ``count`` of the calls just reserved are not made: others may."""
        try:
            self._return(keys=self._keys(environment, service, tenant_id), args=[*self._steps(share), count])
        except redis.RedisError as error:
            log.warning("not_paced", error=str(error))

    def _ask(
        self, environment: Environment, service: Service, tenant_id: int, share: float, asked: list[Any]
    ) -> list[float]:
        try:
            found = self._reserve(
                keys=self._keys(environment, service, tenant_id),
                args=[*self._steps(share), self._settings.sri_burst_s, *asked],
            )
        except redis.RedisError as error:
            log.warning("not_paced", error=str(error))
            return [0.0] * int(asked[2])
        return [int(wait) / 1_000_000 for wait in found]

    def _steps(self, share: float) -> list[float]:
        rates = self._settings.sri_calls_per_s * share, self._settings.sri_calls_per_tenant_s
        return [1 / rate if rate else 0 for rate in rates]

    @staticmethod
    def _keys(environment: Environment, service: Service, tenant_id: int) -> list[str]:
        name = f"autoriza:pace:{environment:d}:{service}"
        return [name, f"{name}:{tenant_id}", f"{name}:sweeping"]
