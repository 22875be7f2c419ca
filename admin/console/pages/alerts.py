"""Alerts: what a person should know, standing or over."""

from typing import Any

from admin.console.filters import OF_TENANT, Filter
from admin.console.names import names_of
from admin.console.scoped import ScopedView
from admin.console.texts import later, t
from app.store.people import Alert


def _standing(value: str) -> list[Any]:
    if value not in ("standing", "over"):
        raise ValueError(value)
    return [Alert.resolved_at.is_null(value == "standing")]


def _choices() -> list[tuple[str, str]]:
    return [("standing", t("alerts.standing")), ("over", t("alerts.over"))]


class Alerts(ScopedView):
    """Alerts about the taxpayers one may see; those about the installation, for admins."""

    group = "taxpayers"
    icon = "bell"
    list_template = "console/alerts.html"
    narrowed_by = (OF_TENANT, Filter("state", _standing, _choices))

    def __init__(self) -> None:
        super().__init__(Alert, name=later("menu.alerts"), endpoint="alerts", url="/alerts")

    def beside(self, rows: Any) -> dict[str, Any]:
        """Names of taxpayers, by id."""
        return {"names": names_of(rows)}
