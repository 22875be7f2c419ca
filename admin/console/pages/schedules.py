"""Schedules: what the engine does by the clock, when it last did and will next, and the button to do it now."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, flash, redirect
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import engine
from admin.console.door import current, needs
from admin.console.scoped import PageView
from admin.console.texts import later, t
from admin.console.witness import note_refusal
from app.errors import Refused
from app.permissions import Permission
from app.store.engine import Schedule, Tick

TICKS_SHOWN = 20
_SHAPES = (
    (re.compile(r"\*(?:/(\d+))? \* \* \* \* \*"), "schedule.every_s"),
    (re.compile(r"0 \*(?:/(\d+))? \* \* \* \*"), "schedule.every_min"),
)


@dataclass(frozen=True)
class Programmed:
    """One schedule with its latest ticks, newest first; ``next_at`` is None while it is paused."""

    name: str
    cron: str
    words: str
    timezone: str
    paused: Schedule | None
    ticks: list[Tick]
    next_at: datetime | None


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
        )

    @expose("/<schedule>/run", methods=("POST",))
    @needs(Permission.RUN_ENGINE)
    def run_now(self, schedule: str) -> Response:
        """Run one schedule beside its clock."""
        if not engine.is_programme(schedule):
            abort(404)
        try:
            engine.run_now(schedule, by=current().email)
            flash(t("schedule.started", name=t(f"schedule.{schedule}")), "done")
        except Refused as why:
            note_refusal(str(why))
            flash(t("schedule.not_started", why=why), "refused")
        return redirect(self.get_url(".index"))


def in_words(cron: str) -> str:
    """How often, in words, when ``cron`` is one of the common shapes; else nothing."""
    for shape, text in _SHAPES:
        if found := shape.fullmatch(cron):
            return t(text, n=int(found[1])) if found[1] else t(f"{text}.one")
    return ""


def _programmed(one: engine.Programme, announced: Schedule | None, now: datetime) -> Programmed:
    paused = announced if announced and announced.paused_since else None
    ticks = Tick.select().where(Tick.schedule == one.name).order_by(Tick.id.desc()).limit(TICKS_SHOWN)
    return Programmed(
        one.name,
        one.cron.spec,
        in_words(one.cron.spec),
        one.cron.timezone,
        paused,
        list(ticks),
        None if paused else one.cron.next_valid_date(now),
    )
