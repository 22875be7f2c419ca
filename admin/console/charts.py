"""Charts drawn here as SVG: no script, readable in both themes, each with the same figures as a table beside it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 72, 8, 10, 24
MOST_LABELS = 7
Show = Callable[[float], str]


@dataclass(frozen=True)
class Line:
    """One series: its name for people, the class that colours it, and a value for each moment; None is a gap.

    ``links`` lead from each moment to the list behind it, where there is one.
    """

    name: str
    tone: str
    values: Sequence[float | None]
    links: Sequence[str | None] = ()

    def link(self, place: int) -> str | None:
        """Where the moment at ``place`` leads; None when nothing happened then, or nothing lists it."""
        return self.links[place] if self.links and self.values[place] else None


@dataclass(frozen=True)
class Event:
    """What happened beside the figures, from one place on the chart's steps to another, or at one; in words.

    ``tone`` is a class besides that tells one kind of stretch from another.
    """

    said: str
    start: float
    end: float | None = None
    tone: str = ""

    def within(self, place: int) -> bool:
        """Whether it concerns the step at ``place``."""
        return self.start < place + 1 and (self.start if self.end is None else self.end) >= place


@dataclass(frozen=True)
class Goal:
    """What the values should stay below, and the same in words."""

    value: float
    said: str


@dataclass(frozen=True)
class Beside:
    """What a chart shows beside its lines."""

    events: Sequence[Event] = ()
    goal: Goal | None = None


@dataclass(frozen=True)
class Chart:
    """A chart with its table: ``svg`` is drawn, ``lines`` and ``labels``, a word for each moment, are its table.

    ``goal_in_sight`` says whether the goal is low enough to be drawn.
    """

    title: str
    labels: Sequence[str]
    lines: Sequence[Line]
    show: Show
    svg: Markup
    beside: Beside
    goal_in_sight: bool = False

    @property
    def notes(self) -> list[str]:
        """For each moment what happened beside the figures."""
        places = range(len(self.labels))
        return [" · ".join(one.said for one in self.beside.events if one.within(place)) for place in places]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        return not any(value for line in self.lines for value in line.values)


NOTHING = Beside()


def bars(
    title: str, labels: Sequence[str], lines: Sequence[Line], show: Show, beside: Beside = NOTHING
) -> Chart:
    """Bars that stack the lines, one for each of ``labels``; for counts."""
    heights = [sum(line.values[place] or 0 for line in lines) for place in range(len(labels))]
    scale, show = _Scale(max(heights, default=0)), cache(show)
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    parts = [scale.drawn(show), _labels(labels, step), *_events(beside.events, step, len(labels))]
    for place, label in enumerate(labels):
        base = 0.0
        for line in lines:
            value = line.values[place] or 0
            if value:
                said = f"{label} · {line.name}: {show(value)}"
                block = _block(line.tone, LEFT + place * step, step, scale, (base, base + value), said)
                parts.append(_linked(block, line.link(place), said))
            base += value
    return Chart(title, labels, lines, show, _svg(title, parts), beside)


def _block(tone: str, x: float, step: float, scale: "_Scale", ends: tuple[float, float], said: str) -> Markup:
    bottom, top = (scale.y(end) for end in ends)
    place = (
        f"M{x + step * 0.12:.1f} {bottom:.1f}v{-max(bottom - top, 0.8):.1f}h{step * 0.76:.1f}V{bottom:.1f}z"
    )
    return Markup('<path class="{}" d="{}"><title>{}</title></path>').format(tone, place, said)


def curves(
    title: str, labels: Sequence[str], lines: Sequence[Line], show: Show, beside: Beside = NOTHING
) -> Chart:
    """A curve for each line; for durations. A goal far above them all is said and not drawn: it would flatten them."""
    scale = _Scale(max((value for line in lines for value in line.values if value), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    show = cache(show)
    parts = [scale.drawn(show), _labels(labels, step), *_events(beside.events, step, len(labels))]
    in_sight = beside.goal is not None and beside.goal.value <= scale.top
    if beside.goal and in_sight:
        parts.append(_across(beside.goal, scale.y(beside.goal.value)))
    for line in lines:
        at = [
            (LEFT + (place + 0.5) * step, None if value is None else scale.y(value))
            for place, value in enumerate(line.values)
        ]
        for stretch in _stretches(at):
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in stretch)
            parts.append(Markup('<polyline class="{}" points="{}"/>').format(line.tone, points))
        for place, ((x, y), label, value) in enumerate(zip(at, labels, line.values, strict=True)):
            if y is not None and value is not None:
                said = f"{label} · {line.name}: {show(value)}"
                parts.append(_linked(_dot(line.tone, x, y, said), line.link(place), said))
    return Chart(title, labels, lines, show, _svg(title, parts), beside, in_sight)


def _dot(tone: str, x: float, y: float, said: str) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="3"><title>{}</title></circle>').format(
        tone, f"{x:.1f}", f"{y:.1f}", said
    )


def _linked(shape: Markup, link: str | None, said: str) -> Markup:
    """Out of the way of the tab key: the table has the same link."""
    if link is None:
        return shape
    return Markup('<a href="{}" aria-label="{}" tabindex="-1">{}</a>').format(link, said, shape)


def _across(goal: Goal, y: float) -> Markup:
    drawn = Markup('<line class="goal" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"><title>{}</title></line>')
    return drawn.format(LEFT, WIDTH - RIGHT, y, y, goal.said)


def _events(events: Sequence[Event], step: float, steps: int) -> list[Markup]:
    """A stretch behind the figures for what lasted, a line for what happened at once."""
    drawn = []
    for one in events:
        x = LEFT + max(one.start, 0.0) * step
        if one.end is None:
            mark = Markup(
                '<line class="mark" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"><title>{3}</title></line>'
            )
            drawn.append(mark.format(x, TOP, HEIGHT - BOTTOM, one.said))
        else:
            width = max(LEFT + min(one.end, float(steps)) * step - x, 2.0)
            band = Markup(
                '<rect class="{}" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>{}</title></rect>'
            )
            classes = f"band {one.tone}".rstrip()
            drawn.append(band.format(classes, x, TOP, width, HEIGHT - TOP - BOTTOM, one.said))
    return drawn


class _Scale:
    """From values to heights, up to a round number above the largest."""

    def __init__(self, largest: float) -> None:
        self.top = _round_up(largest)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top

    def drawn(self, show: Show) -> Markup:
        """Lines across, each with its value."""
        marks = Markup()
        for share in (0, 0.5, 1):
            value, y = self.top * share, self.y(self.top * share)
            marks += Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
                LEFT, WIDTH - RIGHT, y, y
            )
            marks += Markup('<text class="y" x="{}" y="{:.1f}">{}</text>').format(
                LEFT - 6, y + 4, show(value)
            )
        return marks


def _round_up(largest: float) -> float:
    if largest <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(largest))
    return float(next(part * power for part in (1, 2, 3, 4, 5, 6, 8, 10) if part * power >= largest))


def _labels(labels: Sequence[str], step: float) -> Markup:
    every = max(1, math.ceil(len(labels) / MOST_LABELS))
    shown = Markup()
    for place in range(0, len(labels), every):
        shown += Markup('<text class="x" x="{:.1f}" y="{}">{}</text>').format(
            LEFT + (place + 0.5) * step, HEIGHT - 6, labels[place]
        )
    return shown


def _stretches(at: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = [[]]
    for x, y in at:
        if y is None:
            found.append([])
        else:
            found[-1].append((x, y))
    return [stretch for stretch in found if len(stretch) > 1]


def _svg(title: str, parts: Sequence[Markup]) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="{}" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, "group" if any("<a " in part for part in parts) else "img", title, Markup().join(parts)
    )
