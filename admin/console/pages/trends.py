"""Trends: charts of the last hour, day, week or month, each with its figures as a table."""

from typing import Any

from flask import abort, request
from flask_admin import expose

from admin.console import trends_shown
from admin.console.door import mine, reach
from admin.console.scoped import PageView
from admin.console.texts import later
from app.trends import SPANS

DEFAULT = "24h"


class Trends(PageView):
    """What was issued, how long it took, and how the SRI answered; of the taxpayers one may see."""

    icon = "trend"

    def __init__(self) -> None:
        super().__init__(name=later("menu.trends"), endpoint="trends", url="/trends")

    @expose("/")
    def index(self) -> Any:
        """All charts over one span."""
        spans = {span.name: span for span in SPANS}
        chosen = request.args.get("span", DEFAULT)
        if request.args.keys() - {"span"} or chosen not in spans:
            abort(400)
        over = spans[chosen]
        with mine():
            whose = reach()
            charts = [
                trends_shown.throughput(over, whose),
                trends_shown.time_to_authorized(over, whose),
                trends_shown.waited_and_ran(over, whose),
                trends_shown.sri_outcomes(over, whose),
                trends_shown.sri_latency(over, whose, "submit"),
                trends_shown.sri_latency(over, whose, "query"),
            ]
        return self.render("console/trends.html", charts=charts, spans=list(spans), chosen=chosen)
