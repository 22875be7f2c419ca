"""The processes of the engine, as they last reported: who lives, with which version, doing what."""

import os
import resource
import socket
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from peewee import EXCLUDED, fn

from app.store.base import WorkRow, database
from app.store.delivery import Delivery
from app.store.documents import Document, Ride
from app.store.engine import Process
from app.tenancy import every_tenant_scope
from app.work import in_seconds

VERSION = version("autoriza")
SILENT_AFTER_S = 30.0
FORGOTTEN_AFTER_S = 24 * 3600.0


_HEARD = """
insert into jobs.heard (what, at)
select distinct unnest(array_append(queues, kind)), now() from jobs.process where name = %s
on conflict (what) do update set at = excluded.at
"""


def beat(
    name: str,
    kind: Literal["worker", "scheduler"],
    *,
    queues: Sequence[str] = (),
    threads: int = 0,
    work: Sequence[dict[str, Any]] = (),
    draining: bool = False,
) -> None:
    """Say that the process ``name`` lives; ``work`` is what its threads do at this moment."""
    Process.insert(
        name=name,
        kind=kind,
        host=socket.gethostname(),
        pid=os.getpid(),
        version=VERSION,
        queues=list(queues),
        threads=threads,
        work=list(work),
        draining=draining,
        memory=resident(),
        started_at=fn.now(),
        beat_at=fn.now(),
    ).on_conflict(
        conflict_target=[Process.name],
        update={
            Process.beat_at: fn.now(),
            Process.work: EXCLUDED.work,
            Process.draining: EXCLUDED.draining,
            Process.memory: EXCLUDED.memory,
            Process.queues: EXCLUDED.queues,
            Process.threads: EXCLUDED.threads,
        },
    ).execute()


def resident() -> int:
    """Bytes of memory this process holds now; where the system does not tell, the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return pages * resource.getpagesize()


def leave(name: str) -> None:
    """Say goodbye, and let go of every row the process still held: whoever claims it next asks before it sends."""
    database.execute_sql(_HEARD, (name,))
    Process.delete().where(Process.name == name).execute()
    with every_tenant_scope():
        models: tuple[type[WorkRow], ...] = (Document, Ride, Delivery)
        for model in models:
            model.update(
                lease_until=None, lease_owner=None, fence=model.fence + 1, next_attempt_at=fn.now()
            ).where(model.lease_owner == name).execute()


def forget_silent() -> int:
    """Remove those that have not been heard of for a day; how many."""
    return int(Process.delete().where(Process.beat_at < in_seconds(-FORGOTTEN_AFTER_S)).execute())


def at_work() -> int:
    """How many messages the living workers were busy with when each last reported."""
    heard = Process.beat_at > in_seconds(-SILENT_AFTER_S)
    counted = Process.select(fn.sum(fn.jsonb_array_length(Process.work))).where(heard)
    return int(counted.scalar() or 0)


def is_silent(process: Process, now: datetime) -> bool:
    """Whether a process that should beat has not for too long."""
    return bool((now - process.beat_at).total_seconds() > SILENT_AFTER_S)
