"""Which queues and kinds of processes nobody has heard of for too long."""

from collections.abc import Iterable
from typing import Any

from app.store.base import database

# Silence counts from the last beat or an orderly leave, and only somebody who was there all the while knows of it.
_HEARD = """
with recent as (select now() - make_interval(secs => %(seconds)s) as since)
select unnest(array_append(queues, kind)) from jobs.process, recent where beat_at > since
union
select what from jobs.heard, recent where at > since
"""
_WATCHED = """
select 1 from jobs.process, (select now() - make_interval(secs => %(seconds)s) as since) recent
where beat_at > since and started_at < since limit 1
"""


def unheard(expected: Iterable[str], seconds: float) -> list[str]:
    """Those of the ``expected`` queues and kinds of processes that nobody has heard of for ``seconds``. In a scope."""
    heard = {what for (what,) in _rows(_HEARD, seconds)}
    return [what for what in expected if what not in heard] if _rows(_WATCHED, seconds) else []


def _rows(sql: str, seconds: float) -> list[tuple[Any, ...]]:
    return list(database.execute_sql(sql, {"seconds": seconds}).fetchall())
