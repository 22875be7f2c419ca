"""A rule: its check, what it looks with, and what it answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.errors import Text
from app.services import Services
from app.store.base import database


@dataclass(frozen=True)
class Found:
    """One thing that is alarming now."""

    tenant_id: int
    subject: str
    message: Text


@dataclass(frozen=True)
class Look:
    """What the checks look with; ``queues`` are those that a worker should serve."""

    services: Services
    queues: tuple[str, ...]


@dataclass(frozen=True)
class AlertRule:
    """``check`` runs inside the system scope and has five seconds for each statement."""

    kind: str
    check: Callable[[Look], Iterable[Found]]


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a check asks the database."""
    return list(database.execute_sql(sql, values).fetchall())
