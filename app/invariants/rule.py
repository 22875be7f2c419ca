"""A rule: one query that finds what breaks it, and the sentence that says so to a bookkeeper."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.ecuador import ECUADOR
from app.errors import Text
from app.lifecycle import FIRST, MOVES, MOVING
from app.pausing import HELD
from app.store.base import database

SHOWN = 100
"""Cases of one rule that are listed one by one."""

LEGAL_MOVES = (
    f"{FIRST[0]}  {FIRST[1]}",
    *(f"{event} {source} {target}" for event, (sources, target) in MOVES.items() for source in sources),
)

PARTS = {
    "named": "d.tenant_id, coalesce(d.access_key, d.id::text) as subject, "
    "coalesce(d.number, '«' || d.reference || '»') as name",
    "moving": ", ".join(f"'{state}'" for state in sorted(MOVING)),
    "moves": ", ".join(f"'{move}'" for move in LEGAL_MOVES),
    "place": "tenant_id, environment, doc_type, establishment, emission_point",
    "paused": HELD.format(
        stage="(case d.state when 'draft' then 'sign' when 'signed' then 'submit' else 'check' end)",
        environment="d.environment",
    ),
    "paused_ride": HELD.format(stage="'ride'", environment="null"),
    "paused_mail": HELD.format(stage="'mail'", environment="null"),
}
"""What a query may name: the first columns about ``document d``; the states the engine leaves by itself; every legal
move as ``event from to``; the columns that one numbering belongs to; whether ``d``, its RIDE or delivery is paused."""

# Planned apart from its limit: a plan that bets on finding enough rows soon is the wrong one when none exist.
_FIRST_CASES = (
    "with found as materialized ({sql}) select count(*) over () as cases, * from found limit {shown}"
)


@dataclass(frozen=True)
class Violation:
    """One thing that does not hold. ``subject`` is the access key, or the id of what has none."""

    invariant: str
    tenant_id: int
    subject: str
    sentence: Text


@dataclass(frozen=True)
class Rule:
    """``sql``, its ``PARTS`` in braces, answers ``tenant_id``, ``subject`` and the columns that ``sentence`` names."""

    invariant: str
    sql: str
    sentence: Text

    def violations(self) -> list[Violation]:
        """What breaks the rule now; inside the system scope."""
        sql = self.sql.format_map(PARTS)
        cursor = database.execute_sql(_FIRST_CASES.format(sql=sql, shown=SHOWN))
        names = [column.name for column in cursor.description]
        rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        shown = [self._violation(row) for row in rows]
        unseen = int(rows[0]["cases"]) - SHOWN if rows else 0
        return shown if unseen <= 0 else [*shown, self._and_more(unseen, shown[-1])]

    def _violation(self, row: dict[str, Any]) -> Violation:
        said = {name: _local(value) if isinstance(value, datetime) else value for name, value in row.items()}
        sentence = Text(*(each.format_map(said) for each in self.sentence))
        return Violation(self.invariant, int(row["tenant_id"]), str(row["subject"]), sentence)

    def _and_more(self, unseen: int, last: Violation) -> Violation:
        sentence = Text(
            f"Y {unseen} casos más como este: {last.sentence.es}",
            f"And {unseen} more cases like this one: {last.sentence.en}",
        )
        return Violation(self.invariant, 0, f"+{unseen}", sentence)


def _local(at: datetime) -> str:
    return f"{at.astimezone(ECUADOR):%Y-%m-%d %H:%M}"
