"""Who may call the SRI now: a token bucket per service and one per tenant and service, in one Lua script.

Redis only throttles here; losing it forgets some spacing and nothing else.
"""

from dataclasses import dataclass
from typing import Any, Literal

import redis
import structlog

from app.config import Settings
from app.sri.gateway import Environment

log = structlog.get_logger("pacing")
Service = Literal["submit", "query"]
AHEAD_S = 10.0
"""How far into the future a tenant may hold reservations; what is later is left to its sweep, so all get their turn."""

# KEYS: bucket of the service, bucket of the tenant. ARGV: seconds per call of each, burst in seconds, how far ahead a
# call may be reserved. Each bucket is one number, the time at which it is full again (GCRA); the clock is Redis's own.
# Answers the wait in microseconds, or -1 when the call cannot be reserved; then nothing is.
_RESERVE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local burst, ahead = ARGV[3] * 1000000, ARGV[4] * 1000000
local wait, ends = 0, {}
for place = 1, 2 do
    local step = ARGV[place] * 1000000
    if step > 0 then
        local full = math.max(tonumber(redis.call('GET', KEYS[place]) or 0), now)
        ends[place] = full + step
        wait = math.max(wait, full + step - burst - now)
    end
end
if wait > ahead then return -1 end
for place = 1, 2 do
    if ends[place] then
        redis.call('SET', KEYS[place], string.format('%.0f', ends[place]), 'PX',
            math.ceil((ends[place] - now) / 1000) + 1000)
    end
end
return string.format('%.0f', math.max(wait, 0))
"""


@dataclass(frozen=True)
class Reserved:
    """The call may be made in ``wait_s`` seconds, and counts already."""

    wait_s: float


@dataclass(frozen=True)
class Crowded:
    """The tenant, or all together, have used what there is: the row stays due for its sweep."""


class Pacing:
    """Reserves calls for one environment's services at the rates of the settings; 0 is no limit."""

    def __init__(self, client: redis.Redis, settings: Settings) -> None:
        self._script: Any = client.register_script(_RESERVE)
        self._settings = settings

    def reserve(
        self, environment: Environment, service: Service, tenant_id: int, share: float = 1.0
    ) -> Reserved | Crowded:
        """Reserve the next call of ``tenant_id``; ``share`` below 1 stretches the service's spacing (slow start)."""
        rates = self._settings.sri_calls_per_s * share, self._settings.sri_calls_per_tenant_s
        steps = [1 / rate if rate else 0 for rate in rates]
        name = f"autoriza:pace:{environment:d}:{service}"
        try:
            wait = int(
                self._script(
                    keys=[name, f"{name}:{tenant_id}"], args=[*steps, self._settings.sri_burst_s, AHEAD_S]
                )
            )
        except redis.RedisError as error:
            log.warning("not_paced", error=str(error))
            return Reserved(0)
        return Crowded() if wait < 0 else Reserved(wait / 1_000_000)
