"""Audit: who did what, and what was refused; append only."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from admin.console.filters import OF_TENANT, Filter, one_of
from admin.console.names import names_of
from admin.console.scoped import ScopedView
from admin.console.texts import LANGUAGES, later, word
from app import audit_chain
from app.ecuador import ECUADOR
from app.permissions import Permission
from app.store.people import Audit

LONGEST: Final = 300
_RESULT, _RESULTS = one_of(Audit.result, ("done", "refused"), lambda value: word("result", value))


def _by(value: str) -> list[Any]:
    return [Audit.by == _short(value).lower()]


def _action(value: str) -> list[Any]:
    return [Audit.action == _short(value)]


def _actions() -> list[tuple[str, str]]:
    named = [key.removeprefix("action.") for key in LANGUAGES["es"] if key.startswith("action.")]
    return sorted(((name, word("action", name)) for name in named), key=lambda one: one[1])


def _target(value: str) -> list[Any]:
    return [Audit.target == _short(value)]


def _since(value: str) -> list[Any]:
    return [Audit.at >= _midnight(value)]


def _until(value: str) -> list[Any]:
    return [Audit.at < _midnight(value) + timedelta(days=1)]


def _midnight(written: str) -> datetime:
    on = date.fromisoformat(written)
    if not 2000 <= on.year <= 2999:
        raise ValueError(written)
    return datetime.combine(on, time(), ECUADOR)


def _short(written: str) -> str:
    if len(written) > LONGEST:
        raise ValueError(written)
    return written


class AuditLog(ScopedView):
    """What was done to the taxpayers one may see; sign-ins and refusals, for admins."""

    group = "people"
    icon = "log"
    sees = Permission.SEE_AUDIT
    list_template = "console/audit.html"
    narrowed_by = (
        OF_TENANT,
        Filter("result", _RESULT, _RESULTS),
        Filter("action", _action, _actions),
        Filter("by", _by),
        Filter("target", _target),
        Filter("since", _since),
        Filter("until", _until),
    )

    def __init__(self) -> None:
        super().__init__(Audit, name=later("menu.audit"), endpoint="audit", url="/audit")

    def beside(self, rows: Any) -> dict[str, Any]:
        """Names of taxpayers, by id, and the newest seal."""
        return {"names": names_of(rows), "seal": audit_chain.last()}
