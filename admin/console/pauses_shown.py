"""Pauses in words: what is held back, by whom, why, since when and until when."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from admin.console.formats import ago, moment
from admin.console.texts import beginning, t, word
from app import pausing
from app.pausing import EVERYTHING, Scope, Stage, Subject
from app.store.engine import Pause

BEFORE_SHOWN = 20


@dataclass(frozen=True)
class Shown:
    """One pause as pages show it."""

    row: Pause
    subject: Subject
    name: str
    stages: Sequence[str]


def standing() -> list[Shown]:
    """What is paused now, oldest first."""
    return [_shown(row) for row in pausing.standing()]


def before() -> list[Shown]:
    """The latest that are over, newest first."""
    over = Pause.select().where(Pause.ended_at.is_null(False)).order_by(Pause.id.desc())
    return [_shown(row) for row in over.limit(BEFORE_SHOWN)]


def offered() -> dict[Scope, list[tuple[str, str]]]:
    """What may be paused, by kind: how a form writes it, and its name."""
    found: dict[Scope, list[tuple[str, str]]] = {}
    for one in EVERYTHING:
        found.setdefault(one.scope, []).append((str(one), name_of(one, short=True)))
    return found


def holding(stage: Stage, environment: int | None = None) -> Shown | None:
    """The first pause that holds back ``stage`` of documents of ``environment``; None when it goes on."""
    for one in standing():
        if stage in one.subject.stages and one.subject.environment in (None, environment):
            return one
    return None


def name_of(subject: Subject, *, short: bool = False) -> str:
    """What a person calls it; ``short`` where its kind is said already."""
    match subject.scope:
        case "stage":
            name = word("pause.stage", subject.name)
            return beginning(name) if short else t("pause.of_stage", name=name)
        case "queue":
            what = word("machine.queue", subject.name)
            return f"{subject.name}: {what}" if short else t("pause.of_queue", name=subject.name, what=what)
        case "endpoint":
            name, place = word("service", subject.name), word("environment", str(subject.environment))
            return f"{name}, {place}" if short else t("pause.of_endpoint", name=name, environment=place)


def told(one: Shown, key: str) -> Markup:
    """The sentence ``key`` about a pause, and how long it lasts."""
    row = one.row
    said = escape(t(key)).format(
        what=one.name, since=ago(row.since), by=word("who", row.by), reason=row.reason
    )
    if row.resume_at:
        return said + " " + escape(t("now.paused_until")).format(at=moment(row.resume_at))
    return said + " " + escape(t("now.paused_for_good"))


def _shown(row: Pause) -> Shown:
    subject = pausing.of_row(row)
    return Shown(row, subject, name_of(subject), [word("pause.stage", stage) for stage in subject.stages])
