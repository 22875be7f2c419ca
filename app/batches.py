"""Batches: what was handed in together, and its end, which is told once however it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from peewee import fn

from app.alerts import announce
from app.auditing import audit
from app.errors import Text
from app.lifecycle import MOVING, REFUSED
from app.store.base import database
from app.store.batches import Batch
from app.tenancy import every_tenant_scope

FINISHED = "batch_finished"
"""The kind of the notice."""
LONGEST_NAME = 80
AT_ONCE = 200
"""Batches whose end is told at one time; the next look tells of the others."""

# Whoever decides holds the row until the end is on record and its notice written: another one passes it over.
# The documents are looked up batch by batch on purpose: joined, PostgreSQL may read all of a taxpayer's.
_FINISH = """
with over as (
    select id, tenant_id from batch b where finished_at is null and (
        select d.id from document d where d.tenant_id = b.tenant_id and d.batch_id = b.id
        and d.state = any(%(moving)s) and d.needs_person_since is null limit 1) is null
    order by id limit %(most)s for update skip locked
)
update batch b set finished_at = now(), authorized = c.authorized, waiting = c.waiting, refused = c.refused
from over cross join lateral (
    select count(*) filter (where d.state = 'authorized') as authorized,
        count(*) filter (where d.state = any(%(refused)s)) as refused,
        count(*) filter (where d.state = any(%(moving)s)) as waiting
    from document d where d.tenant_id = over.tenant_id and d.batch_id = over.id
) c
where b.id = over.id and b.finished_at is null
returning b.tenant_id, b.id, b.called, b.authorized, b.waiting, b.refused
"""


@dataclass(frozen=True)
class Ended:
    """A batch of which nothing moves by itself any more, and how its documents stood then."""

    tenant_id: int
    id: int
    called: str
    authorized: int
    waiting: int
    refused: int

    @property
    def sentence(self) -> Text:
        """The same for people."""
        told = (self.called, self.authorized, self.for_persons, self.refused)
        return Text(
            "Terminó el lote «{}». Autorizados: {}; necesitan a una persona: {} (rechazados por el SRI: {}).".format(
                *told
            ),
            "Batch '{}' is over. Authorized: {}; in need of a person: {} (refused by the SRI: {}).".format(
                *told
            ),
        )

    @property
    def for_persons(self) -> int:
        """How many stand still until somebody acts: what the SRI refused does, too."""
        return self.waiting + self.refused


def begin(tenant_id: int, files: Sequence[str], *, by: str, called: str = "") -> int | None:
    """The id of a new batch made of ``files``, whose documents come within the same transaction; None for one file.

    It is ``called`` so, or as its first file is. Inside the tenant's scope.
    """
    if len(files) < 2:
        return None
    name = " ".join((called.strip() or PurePath(files[0]).name or "—").split())[:LONGEST_NAME]
    row = {"tenant_id": tenant_id, "by": by, "called": name, "files": len(files), "at": fn.now()}
    return int(Batch.insert(row).execute())


def count(batch_id: int | None, documents: int) -> None:
    """Say how many came; one to which nothing new came is none. In the transaction that began it."""
    if batch_id is None:
        return
    if documents:
        Batch.update(documents=documents).where(Batch.id == batch_id).execute()
    else:
        Batch.delete().where(Batch.id == batch_id).execute()


def target(batch_id: int) -> str:
    """What a batch is called on record."""
    return f"batch {batch_id}"


def finish_over() -> int:
    """Put on record, and tell, the end of every batch of which nothing moves by itself any more; how many.

    Its documents are authorized, refused by the SRI, or wait for a person. Each end is told exactly once: record and
    notice are one transaction, and of several who look at the same time one tells it. Outside any scope.
    """
    known = {"moving": [str(one) for one in MOVING], "refused": [str(one) for one in REFUSED]}
    with every_tenant_scope():
        rows = database.execute_sql(_FINISH, known | {"most": AT_ONCE}).fetchall()
        for batch in (Ended(*row) for row in rows):
            _tell(batch)
    return len(rows)


def _tell(batch: Ended) -> None:
    facts = {"authorized": batch.authorized, "waiting": batch.for_persons, "refused": batch.refused}
    audit(batch.tenant_id, by="autoriza", action=FINISHED, target=target(batch.id), facts=facts)
    announce(
        batch.tenant_id,
        FINISHED,
        target(batch.id),
        batch.sentence,
        severity="warning" if batch.for_persons else "info",
    )
