"""The charts of the console: what was issued and refused, how long it took, how the SRI answered."""

from collections.abc import Callable, Sequence
from typing import Any

from babel import dates
from flask import g

from admin.console import preferences
from admin.console.charts import Chart, Line, bars, curves
from admin.console.formats import ECUADOR, number, span
from admin.console.texts import t, word
from app import trends
from app.trends import EVERYBODY, Series, Span

OUTCOMES = (("authorized", "good"), ("returned", "care"), ("rejected", "grave"))
"""What a document may come to, with the tone that shows it."""
SHARES = ((0.5, "wait"), (0.95, "care"))
Whose = Sequence[int] | None


def throughput(over: Span, tenant_ids: Whose) -> Chart:
    """Documents by what became of them. Inside a scope that holds ``tenant_ids``; None: the whole installation."""
    series = _read("moved", over, tenant_ids)
    lines = [
        Line(word("state", name), tone, [series.counts(at, name.__eq__).n for at in series.moments])
        for name, tone in OUTCOMES
    ]
    return bars(t("trends.throughput"), _labels(series, over), lines, number)


def time_to_authorized(over: Span, tenant_ids: Whose) -> Chart:
    """From the draft to the SRI's yes."""
    series = _read("moved", over, tenant_ids)
    return _percentiles(t("trends.authorized_in"), series, "authorized".__eq__, over)


def waited_and_ran(over: Span, tenant_ids: Whose) -> Chart:
    """How long messages waited in their queue, beside how long they were at work (95th percentiles)."""
    lines = []
    for measure, tone in (("waited", "wait"), ("ran", "good")):
        series = _read(measure, over, tenant_ids)
        values = [series.counts(at).percentile(0.95) for at in series.moments]
        lines.append(Line(word("trends", measure), tone, values))
    return curves(t("trends.wait_and_run"), _labels(series, over), lines, _seconds)


def sri_latency(over: Span, tenant_ids: Whose, service: str) -> Chart:
    """How long the SRI took to answer one service, both ambientes together."""
    series = _read("sri", over, tenant_ids)
    return _percentiles(
        t("trends.sri_latency", service=word("service", service)), series, _calls_of(service), over
    )


def sri_outcomes(over: Span, tenant_ids: Whose) -> Chart:
    """What the SRI answered, and how often not at all."""
    series = _read("sri", over, tenant_ids)
    outcomes = sorted({subject.rpartition(":")[2] for subject in series.subjects()} - {"open"})
    lines = [
        Line(word("outcome", outcome), _tone(outcome), _how_often(series, f":{outcome}"))
        for outcome in outcomes
    ]
    return bars(t("trends.sri_outcomes"), _labels(series, over), lines, number)


def _read(measure: str, over: Span, tenant_ids: Whose) -> Series:
    """Read once a request: several charts are made of one measure."""
    known: dict[Any, Series] = g.setdefault("series", {})
    key = (measure, over.name)
    if key not in known:
        known[key] = trends.read(measure, over, EVERYBODY if tenant_ids is None else tenant_ids)
    return known[key]


def _how_often(series: Series, ending: str) -> list[float | None]:
    return [series.counts(at, lambda subject: subject.endswith(ending)).n for at in series.moments]


def _percentiles(title: str, series: Series, wanted: Callable[[str], bool], over: Span) -> Chart:
    lines = [
        Line(
            f"p{share * 100:.0f}",
            tone,
            [series.counts(at, wanted).percentile(share) for at in series.moments],
        )
        for share, tone in SHARES
    ]
    return curves(title, _labels(series, over), lines, _seconds)


def _calls_of(service: str) -> Callable[[str], bool]:
    return lambda subject: f":{service}:" in subject and not subject.endswith(":open")


def _tone(outcome: str) -> str:
    if outcome in ("unavailable", "unknown", "unknown_word"):
        return "grave"
    if outcome in ("returned", "rejected", "try_again"):
        return "care"
    return {"authorized": "good", "received": "plain"}.get(outcome, "wait")


def _seconds(value: float) -> str:
    return "0" if not value else span(value)


def _labels(series: Series, over: Span) -> list[str]:
    days = over.length.days
    pattern = "HH:mm" if days < 2 else ("d MMM HH'h'" if days < 10 else "d MMM")
    shape = dates.parse_pattern(pattern)
    return [shape.apply(at.astimezone(ECUADOR), preferences.locale()) for at in series.moments]
