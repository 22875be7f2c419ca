"""What people do with one document from its page; the domain decides each time whether it is possible."""

import json
from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import dossier, engine, replies, story
from admin.console.arranged import arranged
from admin.console.door import current, demand, may, mine, needs
from admin.console.texts import both, spoken, t, why
from admin.console.witness import note_refused
from app import holding, noting, rebuilding
from app.errors import Invalid, Mistyped, Problem, Refused
from app.intake import Offer
from app.permissions import Permission
from app.possible import Action, possible
from app.store.documents import Document

LONGEST_REASON = 300


class Acts:
    """The writes of ``Documents`` about one document; each needs its permission for the document's taxpayer."""

    get_one: Any
    get_url: Any
    render: Any

    @expose("/<row:row_id>/retry", methods=("POST",))
    @needs(Permission.RETRY)
    def retry(self, row_id: int) -> Response:
        """Try the document's next step, or its RIDE, now."""
        return self._act(row_id, Action.RETRY, lambda row, by: engine.retry(row.tenant_id, row.id, by=by))

    @expose("/<row:row_id>/hold", methods=("POST",))
    @needs(Permission.HOLD)
    def hold(self, row_id: int) -> Response:
        """Hold it back for review; a retry lets it go on."""
        return self._act(
            row_id,
            Action.HOLD,
            lambda row, by: holding.hold(row.tenant_id, row.id, by=by, reason=_reason()),
        )

    @expose("/<row:row_id>/ask", methods=("POST",))
    @needs(Permission.RETRY)
    def ask_sri(self, row_id: int) -> Response:
        """Have the SRI asked about it now."""
        return self._act(row_id, Action.ASK_SRI, lambda row, by: engine.ask_sri(row.tenant_id, row.id, by=by))

    @expose("/<row:row_id>/resend", methods=("POST",))
    @needs(Permission.RESEND)
    def resend_mail(self, row_id: int) -> Response:
        """Send XML and RIDE to the buyer, or to another address, once more."""
        to = request.form.get("to", "").strip() or None
        return self._act(
            row_id,
            Action.RESEND_MAIL,
            lambda row, by: engine.resend(row.tenant_id, row.id, to=to, by=by, reason=_reason()),
        )

    @expose("/<row:row_id>/rebuild", methods=("POST",))
    @needs(Permission.RETRY)
    def rebuild_ride(self, row_id: int) -> Response:
        """Draw the RIDE anew from what the SRI authorized."""
        services = current_app.extensions["services"]
        return self._act(
            row_id,
            Action.REBUILD_RIDE,
            lambda row, by: rebuilding.rebuild(row.tenant_id, row.id, services, by=by, reason=_reason()),
        )

    @expose("/<row:row_id>/lift", methods=("POST",))
    @needs(Permission.LIFT_HALT)
    def lift_halt(self, row_id: int) -> Response:
        """End every halt that holds this document: of its establishment, and of its taxpayer."""
        return self._act(row_id, Action.LIFT_HALT, _lift)

    @expose("/<row:row_id>/note", methods=("POST",))
    @needs(Permission.NOTE)
    def note(self, row_id: int) -> Response:
        """Leave a note for whoever looks at it next."""
        text = request.form.get("reason", "")
        return self._act(
            row_id, Action.NOTE, lambda row, by: noting.note(row.tenant_id, row.id, by=by, text=text)
        )

    @expose("/<row:row_id>/correct", methods=("GET", "POST"))
    @needs(Permission.CORRECT)
    def correct(self, row_id: int) -> Any:
        """The form to correct what the SRI refused; posted, it goes back to draft and on its way."""
        with mine():
            row: Document = self.get_one(row_id)
            judged = _judged(row)
        if request.method != "POST":
            return self._correction(row, judged, request.args.get("new_number") == "1")
        new_number = request.form.get("new_number") == "1"
        if new_number:
            demand(Permission.RENUMBER, row.tenant_id)
        try:
            corrected = engine.correct(
                row.tenant_id,
                row.id,
                by=current().email,
                reason=_reason(),
                offer=_offer(),
                new_number=new_number,
            )
        except Invalid as refused:
            return self._correction(row, judged, new_number, refused.problems), 422
        except Refused as refusal:
            note_refused(refusal)
            flash(t("act.refused", why=why(refusal)), "refused")
            return self._correction(row, judged, new_number), 409
        flash(t("act.corrected." + corrected.kept), "done")
        for warning in corrected.warnings:
            flash(spoken_problem(warning), "warning")
        return redirect(self.get_url(".details_view", row_id=row_id))

    def _act(self, row_id: int, action: Action, act: Callable[[Document, str], object]) -> Response:
        with mine():
            row: Document = self.get_one(row_id)
        try:
            act(row, current().email)
            flash(t("act.done." + action), "done")
        except Invalid as wrong:  # what the SRI authorized cannot be drawn
            _reject(action, t("act.refused", why=spoken_problem(wrong.problems[0])))
        except Refused as refusal:
            note_refused(refusal)
            _reject(action, t("act.refused", why=why(refusal)))
        return redirect(self.get_url(".details_view", row_id=row_id))

    def _correction(
        self, row: Document, judged: Any, new_number: bool, problems: tuple[Problem, ...] = ()
    ) -> str:
        written = request.form.get("content") or json.dumps(
            arranged(row.content), indent=2, ensure_ascii=False
        )
        with mine():
            said = story.refusal(row)
        page: str = self.render(
            "console/correct.html",
            row=row,
            said=said,
            judged={one.action: one for one in judged},
            problems=problems,
            content=written,
            way=request.form.get("way", "edited"),
            reason=request.form.get("reason", ""),
            new_number=new_number,
        )
        return page


PERMISSIONS = {
    Action.RETRY: Permission.RETRY,
    Action.HOLD: Permission.HOLD,
    Action.ASK_SRI: Permission.RETRY,
    Action.CORRECT: Permission.CORRECT,
    Action.NEW_NUMBER: Permission.RENUMBER,
    Action.RESEND_MAIL: Permission.RESEND,
    Action.REBUILD_RIDE: Permission.RETRY,
    Action.LIFT_HALT: Permission.LIFT_HALT,
    Action.NOTE: Permission.NOTE,
}
"""What each action needs; its view says the same."""


def may_do(action: Action, tenant_id: int) -> bool:
    """Whether the signed-in person may do ``action`` with documents of ``tenant_id``."""
    return may(PERMISSIONS[action], tenant_id)


def mail_is_on() -> bool:
    """Whether this installation has a mail server."""
    sends: bool = current_app.extensions["services"].settings.sends_mail
    return sends


def spoken_problem(problem: Problem) -> str:
    """Field, rule and fix in the reader's language."""
    return f"{problem.field}: {spoken(problem.rule)}. {spoken(problem.fix)}"


def _judged(row: Document) -> Any:
    situation = dossier.look(row, mail_is_on=mail_is_on())
    return possible(situation, lambda action: may_do(action, row.tenant_id))


def _reject(action: Action, said: str) -> None:
    """Say so beside the act's own form; on top of the page when the act is no longer offered, or has none."""
    replies.reject(said, f"act {action}", "to" if "to" in request.form and _reason() else "reason")


def _reason() -> str:
    return request.form.get("reason", "").strip()[:LONGEST_REASON]


def _offer() -> Offer | None:
    """The new content: a file, the text as it was edited, or None for the content it has."""
    way = request.form.get("way", "")
    if way == "file":
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Mistyped(both("act.no_file"))
        return Offer(file.read(), file.filename[:200])
    if way == "edited":
        return Offer(request.form.get("content", "").encode(), t("act.edited_here"))
    return None


def _lift(row: Document, by: str) -> None:
    with mine():
        standing = dossier.look(row, mail_is_on=False).halts
    for place in dict.fromkeys(halt.establishment for halt in standing):
        engine.lift(row.tenant_id, place, by=by, reason=_reason())
    if not standing:
        raise Refused(both("act.no_halt"))
