"""Alerts: what a person should know, standing or over; who looks after it; the rules that find it, and who is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import abort, current_app, flash, redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import alert_words, replies
from admin.console.door import current, mine, needs
from admin.console.filters import OF_TENANT, Asked, Filter, one_of
from admin.console.names import names_of
from admin.console.scoped import ScopedView
from admin.console.texts import later, spoken, t, why, word
from admin.console.witness import note, note_refused
from app import alert_settings, alerts, notices
from app.alert_kinds import KINDS, SEVERITIES
from app.config import Settings
from app.errors import Refused, Text
from app.permissions import Permission
from app.search.keyset import Place
from app.store.people import Alert
from app.tenancy import SYSTEM, tenant_scope

LIMITS: Final = {
    "job_fails": "alert_failures_in_a_row",
    "run_too_long": "alert_run_minutes",
    "too_many_pending": "alert_pending",
    "waits_too_long": "alert_pending_minutes",
    "circuit_open": "alert_circuit_minutes",
    "worker_silent": "alert_silent_minutes",
    "scheduler_silent": "alert_silent_minutes",
    "disk_full": "alert_disk_mb",
}
"""The setting that says from when on a rule is alarmed."""
LONGEST_REASON = 300
EVENTS = frozenset(name for name, kind in KINDS.items() if kind.event)
"""Kinds that are over at once: they say what happened, not what lasts."""
_SEVERITY, _SEVERITIES = one_of(Alert.severity, SEVERITIES, lambda value: word("severity", value))


STANDING: Final = "standing"
"""What the list opens with."""


def _standing(value: str) -> list[Any]:
    match value:
        case "standing":
            return [Alert.resolved_at.is_null()]
        case "unseen":
            return [Alert.resolved_at.is_null(), Alert.acknowledged_at.is_null()]
        case "over":
            return [Alert.resolved_at.is_null(False), Alert.kind.not_in(sorted(EVENTS))]
        case "events":
            return [Alert.kind.in_(sorted(EVENTS))]
        case "all":
            return []
    raise ValueError(value)


def _unasked(asked: Mapping[str, str]) -> str:
    """The state that is shown while none is asked for: what happened never stands."""
    return "events" if asked.get("kind") in EVENTS else STANDING


def _choices() -> list[tuple[str, str]]:
    return [
        (STANDING, t("alerts.standing")),
        ("unseen", t("alerts.unseen")),
        ("over", t("alerts.over")),
        ("events", t("alerts.events")),
        ("all", t("alerts.all")),
    ]


def _kind(value: str) -> list[Any]:
    return [Alert.kind == value]


def _kinds() -> list[tuple[str, str]]:
    return sorted(((name, spoken(kind.title)) for name, kind in KINDS.items()), key=lambda one: one[1])


@dataclass(frozen=True)
class Shown:
    """One setting as the page tells of it; ``changed`` while a person's value holds instead of the ``configured``."""

    name: str
    value: str
    configured: str
    changed: alert_settings.Change | None
    how: Text


def _settings() -> Settings:
    configured: Settings = current_app.extensions["services"].settings
    return configured


class Alerts(ScopedView):
    """Alerts about the taxpayers one may see; those about the installation, for admins."""

    group = "taxpayers"
    icon = "bell"
    list_template = "console/alerts.html"
    narrowed_by = (
        OF_TENANT,
        Filter("state", _standing, _choices),
        Filter("severity", _SEVERITY, _SEVERITIES),
        Filter("kind", _kind, _kinds),
    )

    def __init__(self) -> None:
        super().__init__(Alert, name=later("menu.alerts"), endpoint="alerts", url="/alerts")

    def rows(self, asked: Asked, place: Place, most: int) -> list[Any]:
        """The first alerts at ``place``; those that stand, unless something else is asked for."""
        if "state" not in asked.values:
            asked = replace(asked, where={**asked.where, "state": _standing(_unasked(asked.values))})
        return super().rows(asked, place, most)

    def beside(self, rows: Any) -> dict[str, Any]:
        """Names of taxpayers, by id, and of kinds; what an alert says to the reader."""
        titles = {row.kind: spoken(KINDS[row.kind].title) if row.kind in KINDS else row.kind for row in rows}
        about = {row.id: alert_words.about(row) for row in rows}
        return {
            "names": names_of(rows),
            "titles": titles,
            "about": about,
            "events": EVENTS,
            "key_of": alert_words.key_of,
            "unasked": _unasked,
        }

    @expose("/rules")
    def rules(self) -> str:
        """Every kind of alert, how grave it is, and from when on it is raised."""
        configured = _settings()
        in_force, changes = alert_settings.in_force(configured), alert_settings.changes()
        return self.render(
            "console/alert_rules.html",
            kinds=dict(sorted(KINDS.items(), key=lambda one: one[0] not in LIMITS)),
            limits=LIMITS,
            settings={
                name: Shown(
                    name,
                    alert_settings.as_text(getattr(in_force, name)),
                    alert_settings.as_text(getattr(configured, name)),
                    changes.get(name),
                    how,
                )
                for name, how in alert_settings.CHANGEABLE.items()
            },
            channels=len(configured.alert_channels),
        )

    @expose("/rules/<setting>", methods=("POST",))
    @needs(Permission.SET_ALERTS)
    def set_rule(self, setting: str) -> Response:
        """Let another value hold than the configured one, with a reason."""
        form = request.form

        def act() -> str:
            reason = form.get("reason", "")[:LONGEST_REASON]
            return alert_settings.change(
                setting, form.get("value", ""), by=current().email, reason=reason, settings=_settings()
            )

        return self._set(setting, "alerts.was_set", act)

    @expose("/rules/<setting>/as-configured", methods=("POST",))
    @needs(Permission.SET_ALERTS)
    def as_configured(self, setting: str) -> Response:
        """Let the setting hold again."""
        return self._set(
            setting,
            "alerts.was_given_back",
            lambda: alert_settings.give_back(setting, by=current().email, settings=_settings()),
        )

    @expose("/try-channels", methods=("POST",))
    @needs(Permission.SET_ALERTS)
    def try_channels(self) -> Response:
        """Send a message to every channel, and say what each answered."""
        said = notices.test(current_app.extensions["services"])
        with tenant_scope(SYSTEM):
            note(SYSTEM, "alerts_tested", ", ".join(said) or "no channel")
        for name, why_not in said.items():
            if why_not:
                flash(t("alerts.took_not", name=name, why=why_not), "refused")
            else:
                flash(t("alerts.took", name=name), "done")
        if not said:
            flash(t("alerts.no_channel"), "refused")
        return redirect(self.get_url(".rules"))

    def _set(self, name: str, done: str, act: Callable[[], str]) -> Response:
        if name not in alert_settings.CHANGEABLE:
            abort(404)
        try:
            replies.say(t(done, name=name.upper(), value=act() or "—"), "done", name)
        except Refused as refusal:
            note_refused(refusal)
            at = "value" if request.form.get("reason", "").strip() else "reason"
            replies.reject(t("alerts.not_set", why=why(refusal)), name, at)
            return redirect(self.get_url(".rules"))
        return redirect(self.get_url(".rules") + f"#{name}")

    @expose("/<row:row_id>/acknowledge", methods=("POST",))
    @needs(Permission.ACKNOWLEDGE)
    def acknowledge(self, row_id: int) -> Response:
        """Look after an alert, for others to see."""
        with mine():
            row = self.get_one(row_id)
        try:
            with tenant_scope(row.tenant_id):
                alerts.acknowledge(row.tenant_id, row.id, by=current().email)
            flash(t("alerts.now_yours"), "done")
        except Refused as refusal:
            flash(why(refusal), "refused")
        return redirect(self.get_url(".index_view", state="standing"))
