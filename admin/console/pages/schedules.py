"""Schedules: what the engine does by the clock, in words, and how it went; run now, pause, resume, set when."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import cron_words, engine, replies, spark
from admin.console.door import current, needs
from admin.console.scoped import PageView
from admin.console.spark import Spark
from admin.console.texts import later, t, why
from admin.console.witness import note_refused
from app.errors import Refused
from app.permissions import Permission
from app.store.engine import Process, Schedule, Tick
from workers.cron import Cron

TICKS_SHOWN = 50
NEXT_SHOWN = 3
LONGEST_REASON = 300


@dataclass(frozen=True)
class Programmed:
    """One schedule with its latest ticks, newest first; ``upcoming`` is empty while it is paused.

    ``last`` is the latest that ran: one missed or skipped did not.
    ``changed`` is its row while a person's cron is in force instead of the ``configured`` one.
    """

    name: str
    cron: str
    words: str
    timezone: str
    configured: str
    configured_words: str
    changed: Schedule | None
    paused: Schedule | None
    catches_up: bool
    ticks: list[Tick]
    last: Tick | None
    outcomes: Counter[str]
    upcoming: list[datetime]
    spark: Spark


class Schedules(PageView):
    """For admins: a schedule serves all taxpayers at once."""

    group = "engine"
    icon = "clock"
    sees = Permission.SEE_ENGINE

    def __init__(self) -> None:
        super().__init__(name=later("menu.schedules"), endpoint="schedules", url="/schedules")

    @expose("/")
    def index(self) -> str:
        """Every schedule of this installation."""
        now = datetime.now(UTC)
        rows = {row.name: row for row in Schedule.select()}
        return self.render(
            "console/schedules.html",
            schedules=[_programmed(one, rows.get(one.name), now) for one in engine.programmes()],
            clocks=list(Process.select().where(Process.kind == "scheduler").order_by(Process.name)),
            shown=TICKS_SHOWN,
        )

    @expose("/<schedule>/run", methods=("POST",))
    @needs(Permission.RUN_ENGINE)
    def run_now(self, schedule: str) -> Response:
        """Run one schedule beside its clock."""
        return self._do(schedule, "started", lambda by: engine.run_now(schedule, by=by))

    @expose("/<schedule>/pause", methods=("POST",))
    @needs(Permission.RUN_ENGINE)
    def pause(self, schedule: str) -> Response:
        """Skip its ticks from now on, with a reason, and until a time if one is given."""
        reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
        return self._do(
            schedule,
            "was_paused",
            lambda by: engine.pause(
                schedule, by=by, reason=reason, until=engine.until_in(request.form.get("hours", ""))
            ),
            form=("pause", "hours" if reason else "reason"),
        )

    @expose("/<schedule>/resume", methods=("POST",))
    @needs(Permission.RUN_ENGINE)
    def resume(self, schedule: str) -> Response:
        """Let it run again."""
        return self._do(schedule, "was_resumed", lambda by: engine.resume(schedule, by=by))

    @expose("/<schedule>/cron", methods=("POST",))
    @needs(Permission.RUN_ENGINE)
    def set_cron(self, schedule: str) -> Response:
        """Let it keep to another cron expression, with a reason."""
        cron = request.form.get("cron", "")
        reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
        return self._do(
            schedule,
            "was_set",
            lambda by: engine.set_cron(schedule, cron, by=by, reason=reason),
            form=("cron", "cron" if reason else "reason"),
        )

    @expose("/<schedule>/as-configured", methods=("POST",))
    @needs(Permission.RUN_ENGINE)
    def as_configured(self, schedule: str) -> Response:
        """Give it back to its setting."""
        return self._do(schedule, "was_given_back", lambda by: engine.as_configured(schedule, by=by))

    def _do(
        self,
        schedule: str,
        done: str,
        act: Callable[[str], object],
        form: tuple[str, str] | None = None,
    ) -> Response:
        """``form``: what was filled in for it, and the field that is at fault when it is refused."""
        if not engine.is_programme(schedule):
            abort(404)
        try:
            act(current().email)
            replies.say(t("schedule." + done, name=t("schedule." + schedule)), "done", schedule)
        except Refused as refusal:
            note_refused(refusal)
            said = t("schedule.not_done", why=why(refusal))
            if form:
                replies.reject(said, f"{schedule} {form[0]}", form[1])
                return redirect(self.get_url(".index"))  # a fragment would take the focus from the field
            replies.say(said, "refused", schedule)
        return redirect(self.get_url(".index") + f"#{schedule}")


def _programmed(one: engine.Programme, announced: Schedule | None, now: datetime) -> Programmed:
    paused = announced if announced and announced.paused_since else None
    if paused and paused.resume_at and paused.resume_at <= now:
        paused = None
    latest = Tick.select().where(Tick.schedule == one.name).order_by(Tick.id.desc()).limit(TICKS_SHOWN)
    ticks = list(latest)
    cron = one.in_force(announced)
    return Programmed(
        one.name,
        cron.spec,
        cron_words.in_words(cron.spec),
        cron.timezone,
        one.configured.spec,
        cron_words.in_words(one.configured.spec),
        announced if announced and announced.cron_set else None,
        paused,
        bool(announced and announced.missed_policy == "run_once"),
        ticks,
        next((tick for tick in ticks if tick.started_at), None) or _last_run(one.name),
        Counter(tick.outcome for tick in ticks),
        []
        if paused and not paused.resume_at
        else _upcoming(cron, max(now, paused.resume_at) if paused else now),
        spark.of(ticks, TICKS_SHOWN),
    )


def _last_run(schedule: str) -> Tick | None:
    ran = Tick.select().where(Tick.schedule == schedule, Tick.started_at.is_null(False))
    found: Tick | None = ran.order_by(Tick.id.desc()).first()
    return found


def _upcoming(cron: Cron, after: datetime) -> list[datetime]:
    due = [cron.next_valid_date(after)]
    while len(due) < NEXT_SHOWN:
        due.append(cron.next_valid_date(due[-1]))
    return due
