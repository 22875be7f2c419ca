"""What happens to a document next, and why it is where it is, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from markupsafe import escape

from admin.console import mail_story, pauses_shown, sri_away
from admin.console.formats import ago, moment
from admin.console.texts import reread, spoken, t, word
from app import causes, pausing
from app.lifecycle import MOVING, REFUSED, State
from app.pausing import Stage
from app.sri.codes import describe
from app.store.base import WorkRow
from app.store.delivery import Delivery
from app.store.documents import Document, History, Ride
from app.store.tenants import Halt
from app.work import UNDECIDED_YET

Kind = Literal["working", "waiting", "away", "person", "halted", "done"]
SAY_IT_ALL = frozenset({UNDECIDED_YET, "NotFound", "Rejected", "TryAgain"})
"""Troubles whose sentence leaves nothing to add."""
CAN_BE_HALTED = frozenset({State.DRAFT, State.SIGNED})


@dataclass(frozen=True)
class Next:
    """The next thing that happens; ``at`` is when, None for now or when nobody knows."""

    kind: Kind
    sentence: str
    at: datetime | None = None


@dataclass(frozen=True)
class Reason:
    """One reason why a document is where it is; ``code`` is the SRI's or ours."""

    code: str
    said: str
    meaning: str
    remedy: str
    detail: str = ""


def next_step(
    document: Document,
    ride: Ride | None,
    halts: Sequence[Halt],
    now: datetime,
    deliveries: Sequence[Delivery] = (),
) -> Next:
    """What follows by itself and when, or who must act."""
    state = State(document.state)
    if state == State.AUTHORIZED:
        return _next_of_authorized(ride, deliveries, now)
    if document.needs_person_since:
        return _next_of_person(document)
    if state not in MOVING:
        return Next("person", t("next.correct"))
    if halts and state in CAN_BE_HALTED:
        return Next("halted", _halted(halts[0]))
    following = _next_of_work(document, t(f"next.{state}"), now)
    if following.kind != "waiting":
        return following
    stage = pausing.STAGE_OF[state]
    return _paused(stage, document.environment) or _away(document) or following


def reasons(
    document: Document,
    ride: Ride | None,
    halts: Sequence[Halt],
    deliveries: Sequence[Delivery],
    history: Sequence[History],
) -> list[Reason]:
    """Why it is where it is: who holds it back, the SRI's last words and their remedy, then the engine's troubles."""
    held = _held_back(document, ride, halts)
    said = [_of_sri(message) for message in _last_words(document, history)]
    under_way = [one for one in deliveries if one.outcome is None]
    rows = [row for row in (document, ride, *under_way) if row is not None]
    return held + said + list(dict.fromkeys(trouble for row in rows if (trouble := _trouble(row))))


def refusal(document: Document) -> list[Reason]:
    """The SRI's last words about a document it refused, with their remedy. Inside a scope that sees its tenant."""
    if document.state not in REFUSED:
        return []
    newest = History.select().where(
        History.tenant_id == document.tenant_id,
        History.document_id == document.id,
        History.to_state == document.state,
    )
    return [_of_sri(message) for message in _last_words(document, list(newest.order_by(History.seq)))]


def _halted(halt: Halt) -> str:
    said = escape(t("next.halted", reason=reread(halt.reason))) + " "
    said += escape(t("next.halted_by")).format(by=word("who", halt.placed_by), since=ago(halt.since))
    if halt.resume_at:
        said += " " + escape(t("next.halted_until")).format(at=moment(halt.resume_at))
    return said


def _paused(stage: Stage, environment: int | None = None) -> Next | None:
    held = pauses_shown.holding(stage, environment)
    return Next("halted", pauses_shown.told(held, "next.paused")) if held else None


def _away(document: Document) -> Next | None:
    away = sri_away.before_next(document)
    return Next("away", sri_away.told(away, "next.sri_away")) if away else None


def _held_back(document: Document, ride: Ride | None, halts: Sequence[Halt]) -> list[Reason]:
    state = State(document.state)
    found = []
    if halts and state in CAN_BE_HALTED:
        one = halts[0]
        remedy = t("why.halted_remedy")
        found.append(
            Reason(one.code, reread(one.reason), t("why.halted"), remedy, word("who", one.placed_by))
        )
    unmade = state == State.AUTHORIZED and ride is not None and not ride.path
    stage = "ride" if unmade else pausing.STAGE_OF.get(state)
    if stage and (held := pauses_shown.holding(stage, document.environment)):
        meaning, remedy = t("why.paused"), t("why.paused_remedy")
        found.append(Reason(str(held.subject), held.row.reason, meaning, remedy, word("who", held.row.by)))
    if stage and not document.needs_person_since and (away := sri_away.before_next(document)):
        meaning, remedy = sri_away.told(away, "why.sri_away"), t("why.sri_away_remedy")
        found.append(Reason(away.kind, sri_away.in_words(away.reason), meaning, remedy))
    return found


def _next_of_ride(ride: Ride | None, now: datetime) -> Next:
    if ride is None:
        return Next("person", t("next.no_ride"))
    if ride.path:
        return Next("done", t("next.done"))
    if ride.needs_person_since:
        return _next_of_person(ride)
    return _next_of_work(ride, t("next.ride"), now)


def _next_of_authorized(ride: Ride | None, deliveries: Sequence[Delivery], now: datetime) -> Next:
    following = _next_of_ride(ride, now)
    if following.kind != "done":
        return _paused("ride") or following if following.kind == "waiting" else following
    mail = mail_story.of(deliveries, now)
    held = _paused("mail") if mail.kind == "waiting" else None
    return held or Next(mail.kind, mail.sentence, mail.at)


def _next_of_person(row: WorkRow) -> Next:
    if not row.needs_person_code:
        return Next("person", t("next.person"))
    return Next("person", spoken(causes.explain(row.needs_person_code, person=True).remedy))


def _next_of_work(row: WorkRow, sentence: str, now: datetime) -> Next:
    if row.lease_until and row.lease_until > now:
        return Next("working", t("next.working", what=sentence))
    if row.next_attempt_at is None:
        return Next("person", t("next.nothing_planned"))
    return Next("waiting", sentence, row.next_attempt_at if row.next_attempt_at > now else None)


def _last_words(document: Document, history: Sequence[History]) -> Sequence[dict[str, Any]]:
    for event in reversed(history):
        if event.to_state == document.state and event.facts.get("messages"):
            words: Sequence[dict[str, Any]] = event.facts["messages"]
            return words
    return ()


def _of_sri(message: dict[str, Any]) -> Reason:
    row = describe(str(message.get("code", "")))
    said = str(message.get("text") or row.text)
    return Reason(
        row.code, said, spoken(row.meaning), spoken(row.remedy), reread(str(message.get("detail", "")))
    )


def _trouble(row: WorkRow) -> Reason | None:
    code = row.needs_person_code or row.last_error_code
    if not code:
        return None
    detail = "" if code in SAY_IT_ALL else reread(row.needs_person_reason or row.last_error)
    cause = causes.explain(code, person=row.needs_person_since is not None)
    text = describe(code).text if code.isdigit() else ""
    return Reason(code, text, spoken(cause.meaning), spoken(cause.remedy), detail)
