"""The snapshot: which documents an operation is about, and which of them it will leave alone and why."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from peewee import SQL, ModelSelect, fn

from app.errors import Refused, Text
from app.possible import Action
from app.sri.codes import SIGNED_ANEW
from app.store.base import database
from app.store.bulk import Bulk, BulkItem

MOST_ITEMS = 100_000
"""Documents of one operation; what is beyond is another operation."""
PROPOSALS_KEPT = timedelta(hours=24)
ACTIONS = (Action.RETRY, Action.HOLD, Action.CORRECT, Action.RESEND_MAIL, Action.REBUILD_RIDE)
"""What may be done to many at once; to correct many is to sign the content they have anew."""
_CODES = ", ".join(f"'{code}'" for code in sorted(SIGNED_ANEW))

# By action: the rows it will leave alone, and why; a word of ``BECAUSE``.
_LEFT_ALONE = {
    Action.RETRY: """
        case when d.state in ('returned', 'rejected') then 'needs_correction'
             when d.state = 'authorized' and (r.id is null or r.path is not null) then 'finished'
             when d.state in ('draft', 'signed') and exists (
                 select from halt where halt.tenant_id = d.tenant_id and halt.lifted_at is null
                     and (halt.establishment is null or halt.establishment = d.establishment)) then 'halted' end""",
    Action.HOLD: """
        case when d.needs_person_since is not null and d.state in ('draft', 'signed') then 'waits_already'
             when d.state not in ('draft', 'signed') or (d.state = 'signed' and exists (
                 select from sri_exchange call where call.document_id = d.id and call.version = d.version
                     and call.operation = 'submit' and call.sent is distinct from false)) then 'sent_already' end""",
    Action.CORRECT: f"""
        case when d.state not in ('returned', 'rejected') then 'not_refused'
             when coalesce(d.refused_code, '') not in ({_CODES}) then 'needs_content' end""",
    Action.RESEND_MAIL: """
        case when r.id is null or r.path is null then 'no_ride'
             when not exists (select from delivery where delivery.document_id = d.id and delivery.kind = 'first'
                 and coalesce(delivery.outcome, 'sent') in ('sent', 'bounced', 'replaced')) then 'no_address' end""",
    Action.REBUILD_RIDE: "case when r.id is null or r.path is null then 'no_ride' end",
}
BECAUSE = (
    *("needs_correction", "finished", "halted", "no_ride", "no_address"),
    *("sent_already", "waits_already", "not_refused", "needs_content"),
)
_TAKE = (
    "insert into bulk_item (bulk_id, tenant_id, document_id) select %s, taken.* from ({documents}) as taken"
)
_LOOK_OVER = """
update bulk_item set outcome = 'skipped', said = why.said, at = now()
from (
    select item.document_id, {said} as said from bulk_item item
    join document d on d.id = item.document_id and d.tenant_id = item.tenant_id
    left join ride r on r.id = d.id and r.tenant_id = d.tenant_id
    where item.bulk_id = %(bulk)s
) why
where bulk_item.bulk_id = %(bulk)s and bulk_item.document_id = why.document_id and why.said is not null
"""


def propose(
    action: Action, documents: ModelSelect, *, described: Mapping[str, Any], by: str, click: str
) -> Bulk:
    """An operation on ``documents`` (a query of tenant_id, document id) as they are now; started by nobody yet.

    ``click`` names the click: the same one of the same person gives the operation it gave before. Inside a scope
    that holds exactly the tenants the person may act for. At most ``MOST_ITEMS``, in the order of the query. Raises
    ``Refused`` when there is none: nothing is kept then.
    """
    before = Bulk.get_or_none(Bulk.by == by, Bulk.click == click)
    if before is not None:
        return before
    inserted = (
        Bulk.insert(
            tenant_ids=[],
            action=str(action),
            described=dict(described),
            by=by,
            click=click,
            created_at=fn.now(),
        )
        .on_conflict_ignore()
        .execute()
    )
    if not inserted:  # clicked twice, and the other request was quicker: its snapshot is committed by now
        return Bulk.get((Bulk.by == by) & (Bulk.click == click))
    sql, values = documents.limit(MOST_ITEMS).sql()
    database.execute_sql(_TAKE.format(documents=sql), (inserted, *values))
    database.execute_sql(_LOOK_OVER.format(said=_LEFT_ALONE[action]), {"bulk": inserted})
    operation = _sealed(inserted)
    if not operation.items:
        raise Refused(
            Text("no queda ningún comprobante de los que eligió", "none of the documents you chose is left")
        )
    return operation


def _sealed(bulk_id: int) -> Bulk:
    """Write down whose documents they are and how many."""
    mine = BulkItem.bulk_id == bulk_id
    tenants = BulkItem.select(fn.coalesce(fn.array_agg(fn.DISTINCT(BulkItem.tenant_id)), SQL("'{}'"))).where(
        mine
    )
    Bulk.update(tenant_ids=tenants, items=BulkItem.select(fn.count(SQL("*"))).where(mine)).where(
        Bulk.id == bulk_id
    ).execute()
    return Bulk.get_by_id(bulk_id)


def forget_unstarted() -> int:
    """Remove proposals nobody started within a day; how many. Inside a scope that sees every tenant."""
    old = Bulk.created_at < fn.now() - PROPOSALS_KEPT
    return int(Bulk.delete().where(Bulk.stage == "proposed", old).execute())
