"""Bulk operations: proposed by a click, looked over, started with a reason, followed to their end."""

from typing import Any

from flask import abort, current_app, flash, redirect, request
from flask_admin import expose
from peewee import SQL
from werkzeug.wrappers import Response

from admin.console import batch, engine, replies, trouble_groups
from admin.console.door import current, mine, needs, of_mine, reach
from admin.console.filters import PLACE, place_of, row_id
from admin.console.names import names_of
from admin.console.pages.all_matching import proposed
from admin.console.scoped import PageView
from admin.console.texts import later, spoken, t, why, word
from admin.console.witness import note_refused
from app.bulk import orders, progress, said
from app.errors import Refused, Text
from app.permissions import Permission
from app.search import keyset
from app.search.keyset import Page
from app.store.batches import Batch
from app.store.bulk import Bulk, BulkItem
from app.store.documents import Document
from app.store.tenants import Tenant

PAGE = 50
MOST_CHOSEN = 100


class Operations(PageView):
    """Every bulk operation on taxpayers all of whom one may see."""

    icon = "bulk"

    get_url: Any

    def __init__(self) -> None:
        super().__init__(name=later("menu.operations"), endpoint="operations", url="/operations")

    @expose("/")
    def index(self) -> str:
        """The list, newest first."""
        if request.args.keys() - PLACE:
            abort(400)
        place = place_of(request.args)
        with mine():
            query = Bulk.select().where(*_of_mine(), place.past(Bulk.id))
            page = keyset.page_of(list(query.order_by(place.order(Bulk.id)).limit(PAGE + 1)), place, PAGE)
        return self.render("console/operations.html", page=page)

    @expose("/propose", methods=("POST",))
    @needs(Permission.BULK)
    def propose(self) -> Response:
        """Take the snapshot of what was clicked; nothing is done to it yet."""
        documents, described = _asked_for()
        try:
            with mine():
                return proposed(documents, described)
        except Refused as refusal:
            flash(why(refusal), "refused")
            return redirect(self.get_url("faults.index"))

    @expose("/<row:bulk_id>/")
    def one(self, bulk_id: int) -> str:
        """One operation: what it will do or did, tenant by tenant, and each document's result."""
        if request.args.keys() - PLACE - {"outcome"}:
            abort(400)
        with mine():
            operation = _one(bulk_id)
            done = progress.measure(bulk_id)
            page = _items(bulk_id)
            about = {row.document_id for row in page.rows}
            known = Document.select(Document.id, Document.number, Document.buyer_name, Document.total).where(
                *of_mine(Document), Document.id.in_(about or [0])
            )
            tenants = Tenant.select().where(*of_mine(Tenant), Tenant.id.in_(list(done.by_tenant) or [0]))
            return self.render(
                "console/operation.html",
                operation=operation,
                mark=operation.stage,
                done=done,
                page=page,
                documents={row.id: row for row in known},
                tenants={row.id: row for row in tenants},
                names=names_of(page.rows),
                because=_because,
                chosen=request.args.get("outcome", ""),
                many=done.of("waiting") > _confirm_over(),
                may_approve=orders.may_approve(operation, current().email),
                mine=all(current().may(Permission.BULK, tenant) for tenant in operation.tenant_ids),
            )

    @expose("/<row:bulk_id>/<any(start, ask, approve, pause, resume, stop):what>", methods=("POST",))
    @needs(Permission.BULK)
    def change(self, bulk_id: int, what: orders.Change) -> Response:
        """Start it with a reason, have another person approve it, pause it, let it go on, or stop it for good."""
        told = {name: request.form.get(name, "") for name in ("reason", "typed")}
        try:
            with mine():
                _one(bulk_id)
                orders.change(bulk_id, what, by=current().email, over=_confirm_over(), **told)
        except Refused as refusal:
            note_refused(refusal)
            at = "typed" if told["reason"].strip() and what == "start" else "reason"
            replies.reject(t("bulk.not_done", why=why(refusal)), "start", at)
        else:
            if what in ("start", "approve", "resume"):
                engine.let_bulk_go_on(bulk_id)
        return redirect(self.get_url(".one", bulk_id=bulk_id))


def awaiting_me() -> int:
    """How many operations wait for an approval that the signed-in person may give. Inside ``mine()``."""
    me, tenants = current().email, current().where(Permission.BULK)
    theirs = [] if tenants is None else [Bulk.tenant_ids.contained_by(list(tenants))]
    waiting = Bulk.select().where(
        *_of_mine(), *theirs, Bulk.stage == "awaits_approval", Bulk.by != me, Bulk.asked_by != me
    )
    return int(waiting.count())


def _confirm_over() -> int:
    over: int = current_app.extensions["services"].settings.bulk_confirm_over
    return over


def _asked_for() -> tuple[Any, dict[str, Any]]:
    """The documents a form names, by their ids or by stage and cause, and the same in a few words for the record."""
    if chosen := request.form.getlist("rowid"):
        try:
            ids = sorted({row_id(written) or 0 for written in chosen})
        except ValueError:
            abort(400)
        if len(ids) > MOST_CHOSEN:
            abort(400)
        query = Document.select(Document.tenant_id, Document.id).where(
            *of_mine(Document), Document.id.in_(ids)
        )
        return query.order_by(Document.id), {"chosen": len(ids)}
    if written := request.form.get("batch"):
        return _of_batch(written)
    stage, cause = request.form.get("stage", ""), request.form.get("cause") or None
    if not trouble_groups.is_stage(stage):
        abort(400)
    return trouble_groups.documents_of(stage, cause, reach()), {"stage": stage, "cause": cause}


def _of_batch(written: str) -> tuple[Any, dict[str, Any]]:
    """What waits for a person in one batch, but for what one held back: it is let go on by an act of its own."""
    try:
        wanted = row_id(written)
    except ValueError:
        abort(400)
    with mine():
        one = Batch.get_or_none(*of_mine(Batch), Batch.id == wanted) or abort(404)
        waiting = batch.documents_of(one, batch.waits_for_a_person(), ~batch.is_held())
        return waiting, {"batch": one.id, "called": one.called}


def _of_mine() -> list[Any]:
    """The predicate beside row-level security: operations all of whose taxpayers one may see."""
    tenants = reach()
    return [SQL("true")] if tenants is None else [Bulk.tenant_ids.contained_by(list(tenants))]


def _one(bulk_id: int) -> Bulk:
    found: Bulk | None = Bulk.get_or_none(Bulk.id == bulk_id, *_of_mine())
    return found if found is not None else abort(404)


def _items(bulk_id: int) -> Page:
    place, outcome = place_of(request.args), request.args.get("outcome", "")
    where = [BulkItem.bulk_id == bulk_id, place.past(BulkItem.document_id)]
    match outcome:
        case "":
            pass
        case "waiting":
            where.append(BulkItem.outcome.is_null())
        case "done" | "skipped" | "failed":
            where.append(BulkItem.outcome == outcome)
        case _:
            abort(400)
    query = BulkItem.select().where(*of_mine(BulkItem), *where)
    rows: list[Any] = list(query.order_by(place.order(BulkItem.document_id)).limit(PAGE + 1))
    for row in rows:
        row.id = row.document_id
    return keyset.page_of(rows, place, PAGE)


def _because(kept: str) -> str:
    """Why an item was left alone, or what broke."""
    found = said.read(kept)
    return spoken(found) if isinstance(found, Text) else word("bulk.because", found)
