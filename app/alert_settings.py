"""From when on something is alarming, and when people are told of it: as configured, or as an admin set it since."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from peewee import SQL
from pydantic import ValidationError

from app.auditing import audit
from app.config import Settings
from app.errors import Mistyped, Refused, Text
from app.store.engine import AlertSetting
from app.tenancy import SYSTEM, tenant_scope
from app.watch_settings import WatchSettings

log = structlog.get_logger("alert_settings")
LONGEST = 200

_NUMBER: Final = Text("un número mayor que cero", "a number greater than zero")
_WHOLE: Final = Text("un número entero, de 1 en adelante", "a whole number, from 1 on")
CHANGEABLE: Final[Mapping[str, Text]] = {
    "alert_failures_in_a_row": _WHOLE,
    "alert_run_minutes": _NUMBER,
    "alert_pending": _WHOLE,
    "alert_pending_minutes": _NUMBER,
    "alert_circuit_minutes": _NUMBER,
    "alert_silent_minutes": _NUMBER,
    "alert_disk_mb": _WHOLE,
    "alert_least_severity": Text("info, warning o critical", "info, warning or critical"),
    "alert_quiet_hours": Text(
        "dos horas del día, como 22:00-06:00, o nada", "two times of day, such as 22:00-06:00, or nothing"
    ),
    "stage_limits": Text(
        "minutos por etapa, como draft=5 mail=30", "minutes by stage, such as draft=5 mail=30"
    ),
}
"""The settings an admin may set while the service runs, each with what may be written there."""


@dataclass(frozen=True)
class Change:
    """One of them as a person set it."""

    value: str
    by: str
    reason: str
    at: Any


def changes() -> dict[str, Change]:
    """What is set now, by the name of the setting."""
    return {row.name: Change(row.value, row.by, row.reason, row.at) for row in AlertSetting.select()}


def in_force(settings: Settings) -> Settings:
    """``settings`` with what was set since; what this release does not understand is left as configured."""
    found = {}
    for name, change in changes().items():
        try:
            found[name] = _read(name, change.value)
        except Refused as refusal:
            log.warning("alert_setting_not_understood", name=name, value=change.value, why=str(refusal))
    return settings.model_copy(update=found) if found else settings


def change(name: str, written: str, *, by: str, reason: str, settings: Settings) -> str:
    """Let ``written`` hold instead of the setting; what holds now, as text. Outside any scope.

    Raises ``Refused`` for a setting that is none of ``CHANGEABLE``, without a reason, or for a value it cannot have.
    """
    reason = reason.strip()
    if not reason:
        raise Mistyped(Text("indique por qué se cambia", "say why it is changed"))
    value = as_text(_read(name, written.strip()[:LONGEST]))
    before = as_text(getattr(in_force(settings), name))
    row = {"value": value, "by": by, "reason": reason}
    with tenant_scope(SYSTEM):
        AlertSetting.insert(name=name, **row).on_conflict(
            conflict_target=[AlertSetting.name], update=row | {"at": SQL("now()")}
        ).execute()
        _record("alert_setting_set", name, by, before, value, reason)
    return value


def give_back(name: str, *, by: str, settings: Settings) -> str:
    """Let the setting hold again; what it says, as text. Outside any scope.

    Raises ``Refused`` when it does so already.
    """
    with tenant_scope(SYSTEM):
        row = AlertSetting.get_or_none(AlertSetting.name == name)
        if row is None:
            raise Refused(Text("ya rige lo configurado", "what is configured is in force already"))
        row.delete_instance()
        configured = as_text(getattr(settings, name))
        _record("alert_setting_given_back", name, by, row.value, configured, None)
    return configured


def as_text(value: Any) -> str:
    """A value of one of them as a person writes it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _read(name: str, written: str) -> Any:
    how = CHANGEABLE.get(name)
    if how is None:
        raise Refused(
            Text(
                f"«{name}» no se cambia aquí: es {', '.join(CHANGEABLE)}",
                f"'{name}' is none of {', '.join(CHANGEABLE)}",
            )
        )
    try:
        given: dict[str, Any] = {name: written}
        return getattr(WatchSettings(_env_file=None, **given), name)
    except ValidationError as error:
        raise Mistyped(Text(f"escriba {how.es}", f"write {how.en}")) from error


def _record(action: str, name: str, by: str, before: str, after: str, reason: str | None) -> None:
    facts = {"before": before, "after": after}
    audit(SYSTEM, by=by, action=action, target=name, reason=reason, facts=facts)
