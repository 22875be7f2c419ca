"""All that happened to a document, from six tables, as one story: newest first, each thing once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from app.store.delivery import Delivery
from app.store.documents import Document, Emission, History, Ride, SriExchange
from app.store.engine import Run
from app.store.people import Audit

Kind = Literal["state", "sri", "job", "file", "mail", "person"]
Tone = Literal["good", "wait", "care", "plain"]
KINDS: Final[tuple[Kind, ...]] = ("state", "sri", "job", "file", "mail", "person")
TOLD_BY_STATE: Final = frozenset({"correct"})
"""Things people do that move the document: its history tells them, with the reason."""
RIDE_JOB: Final = "generate_ride"
MAIL_JOB: Final = "deliver_document"
SAME_CLOCK: Final = timedelta(milliseconds=50)
"""How far the clocks of a worker and of the database may lie apart within one run."""
_TONES: Final[dict[str, Tone]] = {
    "authorized": "good",
    "returned": "care",
    "rejected": "care",
    "draft": "plain",
    "sent": "good",
    "bounced": "care",
    "invalid_address": "care",
    "no_address": "care",
    "received": "good",
    "failed": "care",
    "abandoned": "care",
}


@dataclass
class Entry:
    """One thing that happened; ``row`` is its record, ``run`` the job that did it, if that is on record still."""

    at: datetime
    kind: Kind
    row: Any
    tone: Tone = "wait"
    run: Run | None = None
    times: int = 1
    since: datetime | None = None
    same: list[Any] = field(default_factory=list)
    sent: bool = False
    """Of mail that came back later: this is when it was sent."""


@dataclass(frozen=True)
class Story:
    """What is on record of one document."""

    document: Document
    history: Sequence[History] = ()
    exchanges: Sequence[SriExchange] = ()
    runs: Sequence[Run] = ()
    deliveries: Sequence[Delivery] = ()
    emissions: Sequence[Emission] = ()
    acts: Sequence[Audit] = ()
    ride: Ride | None = None


def tell(story: Story, *, only: Kind | None = None, oldest_first: bool = False) -> list[Entry]:
    """Everything as entries, or those of one kind; a run that is told by what it did is no entry of its own.

    Questions to the SRI that were answered alike one after the other are one entry, with how often and since when.
    """
    entries = sorted(_entries(story), key=_order)
    entries = _gathered(entry for entry in entries if only in (None, entry.kind))
    return entries if oldest_first else entries[::-1]


def _order(entry: Entry) -> tuple[datetime, int]:
    # What the SRI said comes before the state it led to, which carries the time of the same transaction.
    return entry.at, KINDS.index(entry.kind) if entry.kind != "state" else len(KINDS)


def _entries(story: Story) -> Iterator[Entry]:
    told: set[int] = set()
    talking = [run for run in story.runs if run.actor not in (RIDE_JOB, MAIL_JOB)]
    for call in story.exchanges:
        run = _by(talking, call.started_at)
        told |= {run.id} if run else set()
        yield Entry(call.finished_at or call.started_at, "sri", call, _tone_of(call), run)
    for event in story.history:
        run = _by(talking, event.at)
        # What the SRI said just before tells the run already.
        yield Entry(
            event.at,
            "state",
            event,
            _TONES.get(event.to_state, "wait"),
            None if run and run.id in told else run,
        )
        told |= {run.id} if run else set()
    for one in story.emissions:
        yield Entry(one.created_at, "file", one, "plain")
    if story.ride and story.ride.rendered_at:
        run = _by([run for run in story.runs if run.actor == RIDE_JOB], story.ride.rendered_at)
        told |= {run.id} if run else set()
        yield Entry(story.ride.rendered_at, "file", story.ride, "good", run)
    for entry in _mail(story.deliveries, [run for run in story.runs if run.actor == MAIL_JOB]):
        told |= {entry.run.id} if entry.run else set()
        yield entry
    for act in story.acts:
        if act.action not in TOLD_BY_STATE:
            yield Entry(act.at, "person", act, "care" if act.result == "refused" else "plain")
    for run in story.runs:
        if run.id not in told or run.state in ("failed", "abandoned"):
            yield Entry(run.finished_at or run.started_at, "job", run, _tone_of_run(run), run)


def _mail(deliveries: Iterable[Delivery], runs: Sequence[Run]) -> Iterator[Entry]:
    """Each delivery with the run that settled it; one that came back later is told twice: as sent, and as returned."""
    for one in deliveries:
        came_back = one.outcome == "bounced" and one.sent_at
        if came_back:
            yield Entry(one.sent_at, "mail", one, "good", _by(runs, one.sent_at), sent=True)
        settled = one.bounced_at or one.sent_at or (one.outcome and (one.first_tried_at or one.created_at))
        tone = _TONES.get(one.outcome or "", "care" if one.needs_person_since else "wait")
        run = None if came_back or not settled else _by(runs, settled)
        yield Entry(settled or one.created_at, "mail", one, tone, run)


def _tone_of(call: SriExchange) -> Tone:
    if call.outcome in ("received", "authorized"):
        return "good"
    return "care" if call.outcome in ("returned", "rejected", "unanswered", "unknown_word") else "wait"


def _tone_of_run(run: Run) -> Tone:
    if run.state == "succeeded":
        return "plain"
    return _TONES.get(run.state, "wait")


def _by(runs: Sequence[Run], at: datetime) -> Run | None:
    """The run during which ``at`` lies; of one document no two work at once."""
    inside = (
        run
        for run in runs
        if run.started_at - SAME_CLOCK <= at
        and (run.finished_at is None or at <= run.finished_at + SAME_CLOCK)
        and run.outcome != "nothing to do"
    )
    return next(inside, None)


def _gathered(entries: Iterable[Entry]) -> list[Entry]:
    found: list[Entry] = []
    for entry in entries:
        if found and _alike(found[-1], entry):
            last = found[-1]
            entry.times = last.times + 1
            entry.since = last.since or last.at
            entry.same = [*last.same, last.row]
            found[-1] = entry
        else:
            found.append(entry)
    return found


def _alike(one: Entry, other: Entry) -> bool:
    if one.kind == other.kind == "sri":
        return one.row.operation == "query" and _said(one.row) == _said(other.row)
    return (
        one.kind == other.kind == "job"
        and one.row.state == other.row.state == "succeeded"
        and (one.row.actor, one.row.outcome) == (other.row.actor, other.row.outcome)
    )


def _said(call: SriExchange) -> tuple[Any, ...]:
    codes = tuple(message.get("code") for message in call.messages or ())
    return call.operation, call.outcome, call.http_status, call.version, codes, call.detail
