"""The charts of the console: what was issued and refused, how long it took, how the SRI answered."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from babel import dates
from flask import g, url_for

from admin.console import preferences
from admin.console.charts import Beside, Chart, Event, Goal, Line, bars, curves
from admin.console.formats import number, span
from admin.console.sri_panel import OPEN
from admin.console.texts import spoken, t, word
from app import trends
from app.ecuador import ECUADOR
from app.exchanges import UNANSWERED
from app.slo import GOALS
from app.sri import codes
from app.trends import EVERYBODY, Series, Span

OUTCOMES = (("authorized", "good"), ("returned", "care"), ("rejected", "grave"))
"""What a document may come to, with the tone that shows it."""
SHARES = ((0.5, "wait"), (0.95, "care"))
SHARES_OF_A_GOAL = (*SHARES, (0.99, "grave"))
CAUSES_SHOWN = ("grave", "care", "wait", "plain")
"""A tone for each cause that has a line of its own; the rest are one."""
Whose = Sequence[int] | None
Events = Sequence[Event]


def throughput(over: Span, tenant_ids: Whose, events: Events = ()) -> Chart:
    """Documents by what became of them. Inside a scope that holds ``tenant_ids``; None: the whole installation."""
    series = _read("moved", over, tenant_ids)
    lines = [
        Line(
            word("state", name),
            tone,
            [series.counts(at, name.__eq__).n for at in series.moments],
            _documents(series, over, f"state:{name}"),
        )
        for name, tone in OUTCOMES
    ]
    return bars(t("trends.throughput"), _labels(series, over), lines, number, Beside(events))


def time_to_authorized(over: Span, tenant_ids: Whose, events: Events = ()) -> Chart:
    """From the draft to the SRI's yes, beside the goal for the time from its sending."""
    series, bound = _read("moved", over, tenant_ids), GOALS["authorized"].bound
    goal = Goal(bound, t("trends.goal_authorized", limit=span(bound)))
    title, links = t("trends.authorized_in"), _documents(series, over, "state:authorized")
    lines = _percentiles(series, "authorized".__eq__, SHARES_OF_A_GOAL, links)
    return curves(title, _labels(series, over), lines, _seconds, Beside(events, goal))


def failures(over: Span, tenant_ids: Whose, events: Events = ()) -> Chart:
    """What failed by its cause: the few most frequent, and all others together."""
    series = _read("failed", over, tenant_ids)
    causes = sorted(series.subjects(), key=lambda one: -series.whole(one.__eq__).n)
    shown = causes[: len(CAUSES_SHOWN)]
    lines = [
        Line(
            _cause(subject),
            tone,
            [series.counts(at, subject.__eq__).n for at in series.moments],
            _failed(series, over, subject),
        )
        for subject, tone in zip(shown, CAUSES_SHOWN, strict=False)
    ]
    if rest := causes[len(CAUSES_SHOWN) :]:
        others = [series.counts(at, rest.__contains__).n for at in series.moments]
        lines.append(Line(t("trends.other_causes", n=len(rest)), "soft", others))
    return bars(t("trends.failures"), _labels(series, over), lines, number, Beside(events))


def waited_and_ran(over: Span, tenant_ids: Whose, events: Events = ()) -> Chart:
    """How long messages waited in their queue, beside how long they were at work (95th percentiles)."""
    lines = []
    for measure, tone in (("waited", "wait"), ("ran", "good")):
        series = _read(measure, over, tenant_ids)
        values = [series.counts(at).percentile(0.95) for at in series.moments]
        lines.append(Line(word("trends", measure), tone, values))
    return curves(t("trends.wait_and_run"), _labels(series, over), lines, _seconds, Beside(events))


def sri_latency(over: Span, tenant_ids: Whose, service: str, events: Events = ()) -> Chart:
    """How long the SRI took to answer one service, both ambientes together, beside the goal."""
    series, bound = _read("sri", over, tenant_ids), GOALS["sri"].bound
    goal = Goal(bound, t("trends.goal_sri", limit=span(bound)))
    lines = _percentiles(series, _answered_by(service), SHARES, _exchanges(series, over, operation=service))
    title = t("trends.sri_latency", service=word("service", service))
    return curves(title, _labels(series, over), lines, _seconds, Beside(events, goal))


def sri_outcomes(over: Span, tenant_ids: Whose, events: Events = ()) -> Chart:
    """What the SRI answered, and how often not at all."""
    series = _read("sri", over, tenant_ids)
    outcomes = sorted({subject.rpartition(":")[2] for subject in series.subjects()} - {OPEN})
    lines = [
        Line(
            word("outcome", outcome),
            _tone(outcome),
            _how_often(series, f":{outcome}"),
            _exchanges(series, over, outcome=outcome),
        )
        for outcome in outcomes
    ]
    return bars(t("trends.sri_outcomes"), _labels(series, over), lines, number, Beside(events))


def in_span(over: Span, now: datetime) -> str:
    """What the search box is told for documents received over the span."""
    since, until = (f"{at.astimezone(ECUADOR):%Y-%m-%dT%H:%M}" for at in trends.stretch(over, now))
    return f"after:{since} until:{until}"


def _read(measure: str, over: Span, tenant_ids: Whose) -> Series:
    """Read once a request: several charts are made of one measure."""
    known: dict[Any, Series] = g.setdefault("series", {})
    key = (measure, over.name)
    if key not in known:
        known[key] = trends.read(measure, over, EVERYBODY if tenant_ids is None else tenant_ids)
    return known[key]


def _how_often(series: Series, ending: str) -> list[float | None]:
    return [series.counts(at, lambda subject: subject.endswith(ending)).n for at in series.moments]


def _percentiles(
    series: Series,
    wanted: Callable[[str], bool],
    shares: Sequence[tuple[float, str]],
    links: Sequence[str | None],
) -> list[Line]:
    return [
        Line(
            f"p{share * 100:.0f}",
            tone,
            [series.counts(at, wanted).percentile(share) for at in series.moments],
            links,
        )
        for share, tone in shares
    ]


def _documents(series: Series, over: Span, *words: str) -> list[str | None]:
    """For each step, the list of documents received in it of which ``words`` are true today."""
    found: list[str | None] = []
    for since, until in _stretches(series, over):
        found.append(
            url_for("documents.index_view", q=" ".join([*words, f"after:{since}", f"until:{until}"]))
        )
    return found


def _exchanges(series: Series, over: Span, **asked: Any) -> list[str | None]:
    """For each step, the list of calls to the SRI begun in it."""
    return [
        url_for("exchanges.index_view", **asked, after=since, until=until)
        for since, until in _stretches(series, over)
    ]


def _failed(series: Series, over: Span, subject: str) -> list[str | None]:
    kind, _, name = subject.partition(":")
    match kind:
        case "code" if name.isalnum():
            return _documents(series, over, f"error:{name}")
        case "call":
            return _exchanges(series, over, outcome=name)
        case "run":
            return [url_for("runs.index_view", error=name)] * len(series.moments)
    return []


def _cause(subject: str) -> str:
    kind, _, name = subject.partition(":")
    match kind:
        case "code" if name.isdigit():
            return f"{name}: {spoken(codes.describe(name).meaning)}"
        case "call":
            return t("trends.failed_call", outcome=word("outcome", name))
        case "run":
            return t("trends.failed_run", error=name)
    return t("trends.failed_somehow")


def _stretches(series: Series, over: Span) -> list[tuple[str, str]]:
    """The two ends of each step, as the search box and the filters read them."""
    return [
        (f"{at.astimezone(ECUADOR):%Y-%m-%dT%H:%M}", f"{(at + over.step).astimezone(ECUADOR):%Y-%m-%dT%H:%M}")
        for at in series.moments
    ]


def _answered_by(service: str) -> Callable[[str], bool]:
    """A connection refused at once is no quick answer, and one that was waited for in vain no slow one."""
    none = (OPEN, *UNANSWERED)
    return lambda subject: f":{service}:" in subject and subject.rpartition(":")[2] not in none


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
