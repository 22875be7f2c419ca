"""Charts, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "menu.trends": "Trends",
    "trends.span": "Period",
    "trends.span.1h": "1 hour",
    "trends.span.24h": "24 hours",
    "trends.span.7d": "7 days",
    "trends.span.30d": "30 days",
    "trends.throughput": "Documents by outcome",
    "trends.authorized_in": "Time to authorization",
    "trends.wait_and_run": "Wait and work of messages (p95)",
    "trends.waited": "Wait",
    "trends.ran": "Work",
    "trends.sri_outcomes": "Answers of the SRI",
    "trends.sri_latency": "How long the SRI takes: {service}",
    "trends.nothing": "Nothing in this period.",
    "trends.as_table": "See as a table",
    "trends.from": "From",
}
