"""Runs of the engine: what ran, how long it waited and took, and what went wrong."""

from typing import Any, ClassVar

from flask import flash, redirect
from flask_admin import expose
from flask_admin.actions import action
from werkzeug.wrappers import Response

from admin.console import engine
from admin.console.door import current, may, mine, needs, of_mine
from admin.console.filters import OF_TENANT, Filter, one_of
from admin.console.names import names_of
from admin.console.scoped import ScopedView
from admin.console.texts import count_of, later, t, word
from admin.console.witness import note_refusal
from app.errors import Refused
from app.permissions import Permission
from app.store.documents import Document
from app.store.engine import Run
from app.tenancy import tenant_scope

STATES = ("running", "succeeded", "failed", "abandoned")
ACTORS = ("sign_document", "submit_document", "check_authorization", "generate_ride")
SUMMARY = ("tenants", "found", "published", "skipped", "errors", "outcome")
"""What a sweep counts, in the order it is read."""
_STATE, _STATES = one_of(Run.state, STATES, lambda value: word("run", value))
_ACTOR, _ACTORS = one_of(Run.actor, ACTORS, lambda value: word("actor", value))


class Runs(ScopedView):
    """Every execution of every message about a taxpayer one may see; those of the engine itself, for admins."""

    group = "engine"
    icon = "runs"
    can_view_details = True
    actions_need: ClassVar = {"retry": Permission.RETRY}
    list_template = "console/runs.html"
    details_template = "console/run.html"
    narrowed_by = (OF_TENANT, Filter("state", _STATE, _STATES), Filter("actor", _ACTOR, _ACTORS))
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
            "retriable": {
                row.id for row in rows if may(Permission.RETRY, row.tenant_id) and can_be_retried(row)
            },
        }

    def told(self, row: Run) -> dict[str, Any]:
        """The same for one run."""
        return self.beside([row])

    @expose("/<row:row_id>/retry", methods=("POST",))
    @needs(Permission.RETRY)
    def retry(self, row_id: int) -> Response:
        """Ask again for what a failed run was about."""
        with mine():
            row = self.get_one(row_id)
        try:
            _again(row)
            flash(t("run.retried"), "done")
        except Refused as why:
            note_refusal(str(why))
            flash(t("run.not_retried", why=why), "refused")
        return redirect(self.get_url(".details_view", row_id=row_id))

    @action("retry", later("runs.retry"))
    def action_retry(self, rows: list[Run]) -> None:
        """Ask again for each that can be; the others are counted, with the first reason."""
        refused = []
        for row in rows:
            try:
                _again(row)
            except Refused as why:
                refused.append(str(why))
        flash(count_of("runs.retried", len(rows) - len(refused)), "done")
        if refused:
            flash(t("runs.not_retried", n=len(refused), first=refused[0]), "refused")


def can_be_retried(row: Run) -> bool:
    """Whether a run ended badly and was about something that can be asked for again."""
    ended_badly = row.state in ("failed", "abandoned")
    return ended_badly and (row.document_id is not None or engine.is_programme(row.actor))


def _again(row: Run) -> None:
    if not can_be_retried(row):
        raise Refused(t("run.nothing_to_retry"))
    by = current().email
    if row.document_id is not None:
        engine.retry(row.tenant_id, row.document_id, by=by)
    else:
        engine.run_now(row.actor, by=by)
    with tenant_scope(row.tenant_id):
        Run.update(retried_by=by).where(Run.tenant_id == row.tenant_id, Run.id == row.id).execute()
