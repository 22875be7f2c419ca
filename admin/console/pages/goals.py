"""Goals: what the service promises, and what it does, for each taxpayer one may see and for the machine."""

from typing import Any

from flask import abort, request
from flask_admin import expose

from admin.console.door import may, mine
from admin.console.names import names_of
from admin.console.scoped import PageView
from admin.console.texts import later
from app import slo
from app.permissions import Permission
from app.slo import ALL, Measured

SPANS_H = (1, 6, 24)
TENANTS_LISTED = 100


class Goals(PageView):
    """Measured when the page is asked for; of other taxpayers than one's own nothing is in it."""

    group = "engine"
    icon = "now"

    def __init__(self) -> None:
        super().__init__(name=later("menu.goals"), endpoint="goals", url="/goals")

    @expose("/")
    def index(self) -> str:
        """Over the last ``?hours=``: 1, 6 or 24."""
        asked = request.args.get("hours", "24")
        if request.args.keys() - {"hours"} or asked not in map(str, SPANS_H):
            abort(400)
        with mine():
            found = slo.measure(hours=int(asked))
            machine = slo.measure_machine(hours=int(asked)) if may(Permission.SEE_ENGINE) else []
            by_tenant = _by_tenant(found)
            names = names_of(found)
        return self.render(
            "console/goals.html",
            goals=[goal for goal in slo.GOALS.values() if goal.of_tenants],
            overall=[*(one for one in found if one.tenant_id == ALL), *machine],
            by_tenant=dict(list(by_tenant.items())[:TENANTS_LISTED]),
            unlisted=max(0, len(by_tenant) - TENANTS_LISTED),
            names=names,
            spans=SPANS_H,
            hours=int(asked),
        )


def _by_tenant(found: list[Measured]) -> dict[int, list[Any]]:
    """By taxpayer of whom there is something to say, those that miss most goals first."""
    rows: dict[int, list[Measured]] = {}
    for one in found:
        if one.tenant_id != ALL:
            rows.setdefault(one.tenant_id, []).append(one)
    known = {tenant_id: row for tenant_id, row in rows.items() if any(one.of for one in row)}
    return dict(sorted(known.items(), key=lambda item: -sum(one.met is False for one in item[1])))
