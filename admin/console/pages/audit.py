"""Audit: who did what, and what was refused; append only."""

from typing import Any

from admin.console.filters import OF_TENANT, Filter, one_of
from admin.console.names import names_of
from admin.console.scoped import ScopedView
from admin.console.texts import later, word
from app.permissions import Permission
from app.store.people import Audit

_RESULT, _RESULTS = one_of(Audit.result, ("done", "refused"), lambda value: word("result", value))


def _by(value: str) -> list[Any]:
    return [Audit.by == value.lower()]


class AuditLog(ScopedView):
    """What was done to the taxpayers one may see; sign-ins and refusals, for admins."""

    group = "people"
    icon = "log"
    sees = Permission.SEE_AUDIT
    list_template = "console/audit.html"
    narrowed_by = (OF_TENANT, Filter("result", _RESULT, _RESULTS), Filter("by", _by))

    def __init__(self) -> None:
        super().__init__(Audit, name=later("menu.audit"), endpoint="audit", url="/audit")

    def beside(self, rows: Any) -> dict[str, Any]:
        """Names of taxpayers, by id."""
        return {"names": names_of(rows)}
