"""Jobs: what runs, what is due later, what succeeded and what failed, with its error as somebody can read it."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from flask import flash, redirect
from flask_admin import expose
from flask_admin.actions import action
from werkzeug.wrappers import Response

from admin.console import due_later, engine, machinery, trace
from admin.console.door import current, may, mine, needs, of_mine, reach
from admin.console.filters import OF_TENANT, Asked, Filter, one_of, row_id
from admin.console.names import names_of
from admin.console.pages.acts import mail_is_on
from admin.console.scoped import ScopedView, whose
from admin.console.texts import both, count_of, later, t, why, word
from admin.console.witness import note_refused
from app.errors import Refused
from app.permissions import Permission
from app.search import keyset, values
from app.search.keyset import Place
from app.store.documents import Document
from app.store.engine import Run
from app.tenancy import SYSTEM, tenant_scope

STATES = ("running", "succeeded", "failed", "abandoned")
ENDED_BADLY = ("failed", "abandoned")
OF_EVERY_DOCUMENT = ("sign_document", "submit_document", "check_authorization", "generate_ride")
"""Jobs that are many wherever there are any: every other is led by an index of its own."""
OF_DOCUMENTS = (*OF_EVERY_DOCUMENT, "deliver_document")
OF_TENANTS = (
    "sign_tenant_drafts",
    "submit_tenant_documents",
    "check_tenant_authorizations",
    "generate_tenant_rides",
    "deliver_tenant_documents",
    "reconcile_tenant_rides",
)
SUMMARY = ("tenants", "found", "published", "skipped", "errors", "outcome")
"""What a sweep counts, in the order it is read."""
_STATE, _STATES = one_of(Run.state, STATES, lambda value: word("run", value))


def _actor(value: str) -> list[Any]:
    if value not in (*OF_DOCUMENTS, *OF_TENANTS) and not engine.is_programme(value):
        raise ValueError(value)
    return [Run.actor == value]


def _actors() -> list[tuple[str, str]]:
    periodic = tuple(one.name for one in engine.programmes())
    return [(name, word("actor", name)) for name in (*OF_DOCUMENTS, *OF_TENANTS, *periodic)]


def _error(value: str) -> list[Any]:
    return [Run.failed, Run.error_class == values.code(value)]


def _tick(value: str) -> list[Any]:
    return [Run.tick_id == row_id(value)]


class Runs(ScopedView):
    """Every execution of every message about a taxpayer one may see; those of the engine itself, for admins."""

    group = "engine"
    icon = "runs"
    can_view_details = True
    actions_need: ClassVar = {"retry": Permission.RETRY}
    list_template = "console/runs.html"
    details_template = "console/run.html"
    narrowed_by = (
        OF_TENANT,
        Filter("state", _STATE, _STATES),
        Filter("actor", _actor, _actors),
        Filter("error", _error),
        Filter("tick", _tick),
    )
    shown = (
        Run.id,
        Run.tenant_id,
        Run.document_id,
        Run.actor,
        Run.attempt,
        Run.state,
        Run.outcome,
        Run.summary,
        Run.enqueued_at,
        Run.started_at,
        Run.finished_at,
        Run.worker,
        Run.error_class,
        Run.error,
        Run.retried_by,
    )

    def __init__(self) -> None:
        super().__init__(Run, name=later("menu.runs"), endpoint="runs", url="/runs")

    def rows(self, asked: Asked, place: Place, most: int) -> list[Any]:
        """The first rows at ``place``, led by whatever is rare among what is asked for."""
        where = asked.conditions()
        if "state" in asked.values:
            where.append(Run.failed == (asked.values["state"] in ENDED_BADLY))  # only that half is looked at
        tenants, actor = whose(asked), asked.values.get("actor", "")
        if tenants is not None and actor not in ("", *OF_EVERY_DOCUMENT):
            where.append(Run.actor.not_in(OF_EVERY_DOCUMENT))
            return self.by_id(keyset.ids_with(Run, Run.actor, actor, tenants, where, place, most), place)
        if tenants is not None:
            return self.by_id(keyset.ids_of_tenants(Run, tenants, where, place, most), place)
        query = self.get_query().where(place.past(Run.id), *where)
        led = [query_order for query_order in (_led_by(asked),) if query_order is not None]
        order = [*(place.order(column) for column in led), place.order(Run.id)]
        return list(query.where(*_ranges(asked, led)).order_by(*order).limit(most))

    def beside(self, rows: Any) -> dict[str, Any]:
        """Names of taxpayers, numbers of documents, and the runs the person may ask for again; by id."""
        documents = {row.document_id for row in rows if row.document_id}
        known = Document.select(Document.id, Document.number).where(
            *of_mine(Document), Document.id.in_(documents)
        )
        return {
            "numbers": {row.id: row.number for row in known} if documents else {},
            "names": names_of(rows),
            "summary_order": SUMMARY,
            "retriable": {row.id for row in rows if may_be_retried(row)},
        }

    def told(self, row: Run) -> dict[str, Any]:
        """The same for one run, its traceback in parts, and the other attempts of its message."""
        others = (
            Run.select(*self.shown)
            .where(*of_mine(Run), Run.message_id == row.message_id, Run.id != row.id)
            .order_by(Run.id.desc())
            .limit(20)
        )
        told = list(others) if row.message_id else []  # what died left no message behind
        return self.beside([row]) | {"trace": trace.parts(row.traceback or ""), "others": told}

    @expose("/now/")
    def under_way(self) -> str:
        """What the processes say they are at work on: the step of a document leaves its row when it is over."""
        now, sight = datetime.now(UTC), reach()
        with mine():
            doing = [
                (one.row, work)
                for one in machinery.processes(now)
                if not one.silent
                for work in one.doing
                if sight is None or work.tenant_id in sight
            ]
            names = names_of([work for _, work in doing if work.tenant_id])
        return self.render("console/under_way.html", doing=doing, now=now, names=names)

    @expose("/later/")
    def due_later(self) -> str:
        """What is due, and what comes after it: read from the documents themselves, soonest first."""
        with mine():
            rows = due_later.soonest(reach(), mail_is_on=mail_is_on())
            names = names_of(rows)
            no_mail = not mail_is_on() and due_later.mail_waits(reach())
        return self.render("console/later.html", rows=rows, most=due_later.MOST, names=names, no_mail=no_mail)

    @expose("/<row:row_id>/retry", methods=("POST",))
    @needs(Permission.RETRY)
    def retry(self, row_id: int) -> Response:
        """Ask again for what a failed run was about."""
        with mine():
            row = self.get_one(row_id)
        try:
            _again(row)
            flash(t("run.retried"), "done")
        except Refused as refusal:
            note_refused(refusal)
            flash(t("run.not_retried", why=why(refusal)), "refused")
        return redirect(self.get_url(".details_view", row_id=row_id))

    @action("retry", later("runs.retry"))
    def action_retry(self, rows: list[Run]) -> None:
        """Ask again for each that can be; the others are counted, with the first reason."""
        refused = []
        for row in rows:
            try:
                _again(row)
            except Refused as refusal:
                refused.append(why(refusal))
        flash(count_of("runs.retried", len(rows) - len(refused)), "done")
        if refused:
            flash(t("runs.not_retried", n=len(refused), first=refused[0]), "refused")


def _led_by(asked: Asked) -> Any:
    """The column whose index leads, for somebody who sees everything; None for the order of ids alone."""
    if "tick" in asked.values:
        return None  # so few that any order is quick
    if asked.values.get("actor") not in (None, *OF_EVERY_DOCUMENT):
        return Run.actor
    if "error" in asked.values:
        return Run.error_class
    return Run.state if "state" in asked.values else None


def _ranges(asked: Asked, led: list[Any]) -> list[Any]:
    """Equality written as a range, see ``keyset``, and what the partial index of rare jobs is made of."""
    names = {Run.actor: "actor", Run.error_class: "error", Run.state: "state"}
    found = []
    for column in led:
        value = asked.values[names[column]]
        found += [column >= value, column <= value]
        if column is Run.actor:
            found.append(Run.actor.not_in(OF_EVERY_DOCUMENT))
    return found


def can_be_retried(row: Run) -> bool:
    """Whether a run ended badly and was about something that can be asked for again."""
    about_something = row.document_id is not None or engine.is_programme(row.actor)
    return row.state in ENDED_BADLY and about_something


def may_be_retried(row: Run) -> bool:
    """Whether it can be, and by the signed-in person."""
    allowed = may(Permission.RETRY, row.tenant_id) if row.tenant_id != SYSTEM else may(Permission.RUN_ENGINE)
    return allowed and can_be_retried(row)


def _again(row: Run) -> None:
    if not can_be_retried(row):
        raise Refused(both("run.nothing_to_retry"))
    by = current().email
    if row.document_id is not None:
        engine.retry(row.tenant_id, row.document_id, by=by)
    else:
        engine.run_now(row.actor, by=by)
    with tenant_scope(row.tenant_id):
        Run.update(retried_by=by).where(Run.tenant_id == row.tenant_id, Run.id == row.id).execute()
