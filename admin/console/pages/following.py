"""What people decide about a group of failures, from its page; each decision needs its permission."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import trouble_groups
from admin.console.door import current, mine, needs, of_mine, reach
from admin.console.filters import row_id
from admin.console.texts import t, why
from admin.console.witness import note_refused
from app import counting, failure_care
from app.ecuador import ECUADOR
from app.errors import Refused, Text
from app.failure_care import Failure
from app.permissions import Permission
from app.store.failures import FailureCare

LONGEST_CAUSE = 300
LONGEST_REASON = 300
MORNING = time(8)
MONDAY = 0
SNOOZES = ("4h", "tomorrow", "monday", "until")
"""How long a group may be put off: hours, to a morning, or to a moment of one's own."""
Decide = Callable[[Failure, dict[int, int], str], object]


class Following:
    """The writes of ``Faults`` about one group; each reaches the taxpayers for which the person may do it."""

    get_url: Any

    @expose("/<stage>/assign", methods=("POST",))
    @needs(Permission.ASSIGN_FAILURE)
    def assign(self, stage: str) -> Response:
        """Give the group to somebody, or to nobody."""
        try:
            person = row_id(request.form.get("person") or None)
        except ValueError:
            abort(400)
        return self._decide(
            stage,
            "assign",
            lambda failure, counts, by: failure_care.assign(failure, list(counts), person, by=by),
        )

    @expose("/<stage>/snooze", methods=("POST",))
    @needs(Permission.SNOOZE_FAILURE)
    def snooze(self, stage: str) -> Response:
        """Put the group off: it comes back by itself."""
        now = datetime.now(UTC)
        return self._decide(
            stage,
            "snooze",
            lambda failure, counts, by: failure_care.snooze(
                failure, counts, _until(now), now, by=by, reason=_reason()
            ),
        )

    @expose("/<stage>/wake", methods=("POST",))
    @needs(Permission.SNOOZE_FAILURE)
    def wake(self, stage: str) -> Response:
        """Take the group up again."""
        return self._decide(
            stage, "wake", lambda failure, counts, by: failure_care.wake(failure, list(counts), by=by)
        )

    @expose("/<stage>/mute", methods=("POST",))
    @needs(Permission.MUTE_FAILURE)
    def mute(self, stage: str) -> Response:
        """Have no alert about the group."""
        return self._decide(
            stage,
            "mute",
            lambda failure, counts, by: failure_care.mute(failure, list(counts), by=by, reason=_reason()),
        )

    @expose("/<stage>/unmute", methods=("POST",))
    @needs(Permission.MUTE_FAILURE)
    def unmute(self, stage: str) -> Response:
        """Have its alert again."""
        return self._decide(
            stage, "unmute", lambda failure, counts, by: failure_care.unmute(failure, list(counts), by=by)
        )

    @expose("/<stage>/note", methods=("POST",))
    @needs(Permission.NOTE_FAILURE)
    def note(self, stage: str) -> Response:
        """Say what whoever looks next should know."""
        text = request.form.get("note", "")
        return self._decide(
            stage, "note", lambda failure, counts, by: failure_care.note(failure, list(counts), text, by=by)
        )

    @expose("/<stage>/runbook", methods=("POST",))
    @needs(Permission.LINK_RUNBOOK)
    def runbook(self, stage: str) -> Response:
        """Say where it is written what to do."""
        address = request.form.get("runbook", "")
        return self._decide(
            stage,
            "runbook",
            lambda failure, counts, by: failure_care.link_runbook(failure, list(counts), address, by=by),
        )

    def _decide(self, stage: str, what: str, decide: Decide) -> Response:
        cause = request.form.get("cause", "")
        if not trouble_groups.is_stage(stage) or not 0 < len(cause) <= LONGEST_CAUSE:
            abort(404)
        failure = Failure(stage, cause)
        try:
            with mine():
                decide(failure, _counts(failure), current().email)
            flash(t(f"follow.done.{what}"), "done")
        except Refused as refusal:
            note_refused(refusal)
            flash(t("follow.refused", why=why(refusal)), "refused")
        return redirect(self.get_url(".stage", stage=stage, cause=cause))


def _counts(failure: Failure) -> dict[int, int]:
    """How many stand in the group by taxpayer, among those this request may touch; 404 for no group of theirs."""
    found: dict[int, int] = {}
    for one in counting.standings(reach()):
        if (one.stage, one.cause) == (failure.stage, failure.cause):
            found[one.tenant_id] = found.get(one.tenant_id, 0) + one.n
    if not found:  # it is gone, but what was decided about it may still be changed
        same = (FailureCare.stage == failure.stage) & (FailureCare.cause == failure.cause)
        rows = FailureCare.select(FailureCare.tenant_id).where(*of_mine(FailureCare), same)
        found = {row.tenant_id: 0 for row in rows}
    return found or abort(404)


def _until(now: datetime) -> datetime:
    here = now.astimezone(ECUADOR)
    match request.form.get("for"):
        case "4h":
            return now + timedelta(hours=4)
        case "tomorrow":
            return datetime.combine(here.date() + timedelta(days=1), MORNING, ECUADOR)
        case "monday":
            days = (MONDAY - here.weekday() - 1) % 7 + 1
            return datetime.combine(here.date() + timedelta(days=days), MORNING, ECUADOR)
        case "until":
            return _moment(request.form.get("until", ""))
        case _:
            return abort(400)


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None or not 2000 <= moment.year <= 2999:
        raise Refused(Text("escriba hasta qué día y hora", "write until which day and hour"))
    return moment.replace(tzinfo=ECUADOR)


def _reason() -> str:
    return request.form.get("reason", "").strip()[:LONGEST_REASON]
