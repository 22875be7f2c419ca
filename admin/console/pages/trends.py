"""Trends: charts of the last hour, day, week or month, each with its figures as a table."""

from datetime import UTC, datetime
from typing import Any

from flask import abort, request
from flask_admin import expose

from admin.console import trend_events, trends_shown
from admin.console.door import current, mine, reach
from admin.console.names import names_of
from admin.console.scoped import PageView
from admin.console.texts import later
from app import trends
from app.permissions import Permission
from app.trends import SPANS

DEFAULT = "24h"
RANKED = 10
"""Taxpayers shown of those with most documents."""


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
        over, now = spans[chosen], datetime.now(UTC)
        with mine():
            whose = reach()
            happened, shorter = trend_events.of(over, engine=current().may(Permission.SEE_ENGINE), now=now)
            events = trend_events.on_chart(happened, over, now)
            charts = [
                trends_shown.throughput(over, whose, events),
                trends_shown.time_to_authorized(over, whose, events),
                trends_shown.failures(over, whose, events),
                trends_shown.waited_and_ran(over, whose, events),
                trends_shown.sri_outcomes(over, whose, events),
                trends_shown.sri_latency(over, whose, "submit", events),
                trends_shown.sri_latency(over, whose, "query", events),
            ]
            several = whose is None or len(whose) > 1
            ranked = trends.top(over, whose, RANKED, now=now) if several else []
            names = names_of(ranked)
        return self.render(
            "console/trends.html",
            charts=charts,
            happened=happened,
            shorter=shorter,
            spans=list(spans),
            chosen=chosen,
            ranked=ranked,
            several=several,
            names=names,
            in_this_time=trends_shown.in_span(over, now),
        )
