"""Is money moving? The answer in sentences, the gravest first; each with a sign and a word, not a colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from admin.console import pauses_shown, sri_away
from admin.console.door import may
from admin.console.formats import ago, money, number
from admin.console.pauses_shown import Shown
from admin.console.sri_panel import Line
from admin.console.standing import Board
from admin.console.texts import t as plain
from admin.console.texts import within, word
from app import outages
from app.permissions import Permission
from app.search.attention import ON_THE_WAY, ON_THE_WAY_BY_MAIL


class Level(IntEnum):
    """How grave something is for whoever reads."""

    GOOD = 0
    WAIT = 1
    CARE = 2
    GRAVE = 3

    @property
    def word(self) -> str:
        """The class that colours it."""
        return self.name.lower()


@dataclass(frozen=True)
class Sentence:
    """One thing to know, and where to look at it."""

    level: Level
    text: Markup
    link: str = ""


def t(key: str, **values: object) -> Markup:
    """A text whose values may be markup; what is not is escaped."""
    return escape(plain(key)).format(**values)


def sentences(
    board: Board,
    lines: Sequence[Line],
    *,
    pauses: Sequence[Shown],
    halts: int,
    approvals: int,
    alerts: int,
    returned: int,
    engine: Any | None,
    probe_every_s: float,
) -> list[Sentence]:
    """What there is to say, the gravest first; at least one."""
    found = [*_engine(engine), *map(_pause, pauses), *_sri(board, lines, probe_every_s)]
    if board.person:
        found.append(_persons(board))
    if halts:
        found.append(Sentence(Level.CARE, _count_of("now.halts", halts), url_for("tenants.index_view")))
    if approvals:
        found.append(Sentence(Level.CARE, _count_of("now.approvals", approvals), url_for("operations.index")))
    if returned:
        said = _count_of("now.returned", returned)
        found.append(Sentence(Level.CARE, said, url_for("documents.index_view", q="mail:bounced")))
    if board.late:
        found.append(_late(board))
    if alerts:
        found.append(
            Sentence(
                Level.CARE, _count_of("now.alerts", alerts), url_for("alerts.index_view", state="standing")
            )
        )
    if board.moving and not pauses and not any(line.state != "closed" for line in lines):
        found.append(Sentence(Level.WAIT, _moving(board), _those_moving(board)))
    if not found:
        found.append(Sentence(Level.GOOD, t("now.calm")))
    if board.without_mail:
        said = _count_of("now.without_mail", board.without_mail)
        found.append(Sentence(Level.WAIT, said, url_for("faults.stage", stage="mail")))
    return sorted(found, key=lambda one: -one.level)


def _sri(board: Board, lines: Sequence[Line], probe_every_s: float) -> list[Sentence]:
    shut = [line for line in lines if line.state != "closed"]
    if not shut:
        return _back(board, lines)
    services = sri_away.named((line.environment, line.service) for line in shut)
    said = t("now.sri_away", services=services, since=ago(min(line.changed_at for line in shut)))
    latest = max(shut, key=lambda line: line.last_fault or line.changed_at)
    if reason := sri_away.in_words(latest.reason or latest.fault):
        said += " " + t("now.sri_said", reason=reason)
    if board.waiting:
        said += " " + t("now.sri_waiting", n=number(board.waiting))
        if board.oldest:
            said += " " + t("now.oldest", ago=ago(board.oldest))
    said += " " + t("now.sri_nothing_to_do", seconds=number(probe_every_s))
    return [Sentence(Level.CARE, said, url_for("faults.index"))]


def _back(board: Board, lines: Sequence[Line]) -> list[Sentence]:
    """That the SRI answers again since a moment ago, while what piled up goes out."""
    lately = datetime.now(UTC) - outages.CATCHING_UP
    back = [line.changed_at for line in lines if line.changed_at > lately]
    if not back or not any(stage.held for stage in board.stages.values()):
        return []
    return [Sentence(Level.WAIT, t("now.sri_back", since=ago(max(back))), url_for("exchanges.index_view"))]


def _pause(one: Shown) -> Sentence:
    link = url_for("machine.index") + "#pauses" if may(Permission.SEE_ENGINE) else ""
    return Sentence(Level.CARE, pauses_shown.told(one, "now.paused"), link)


def _persons(board: Board) -> Sentence:
    said = _count_of("now.persons", board.person)
    if board.amount_of_persons:
        said += " " + t("now.money", amount=money(board.amount_of_persons))
    return Sentence(Level.CARE, said, url_for("faults.index"))


def _late(board: Board) -> Sentence:
    names = ", ".join(within(word("stage", stage.name)) for stage in board.late)
    oldest = min(stage.overdue for stage in board.late if stage.overdue)
    return Sentence(Level.CARE, t("now.late", stages=names, ago=ago(oldest)))


def _moving(board: Board) -> Markup:
    said = _count_of("now.moving", board.moving)
    return said + (" " + t("now.oldest", ago=ago(board.oldest)) if board.oldest else "")


def _those_moving(board: Board) -> str:
    """Where exactly those are listed that ``board.moving`` counts."""
    way = ON_THE_WAY_BY_MAIL if board.sends_mail else ON_THE_WAY
    return url_for("documents.index_view", attention=way, order="oldest")


def _engine(engine: Any | None) -> list[Sentence]:
    if engine is None:
        return []
    found = []
    if not engine.workers:
        found.append(Sentence(Level.GRAVE, t("now.no_workers"), "#engine"))
    if engine.late:
        last = t("now.last_tick", ago=ago(engine.last_tick)) if engine.last_tick else t("now.never_ticked")
        found.append(Sentence(Level.GRAVE, t("now.no_scheduler") + " " + last, "#engine"))
    found += [Sentence(Level.GRAVE, escape(trouble), "#engine") for trouble in engine.troubles]
    return found


def _count_of(key: str, count: int) -> Markup:
    return t(f"{key}.one") if count == 1 else t(f"{key}.many", n=number(count))
