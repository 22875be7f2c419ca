"""Statements of the hot path: written once per process, parsed and planned once per connection.

peewee needs a millisecond to write a claim and PostgreSQL half of one to understand it, for every document anew;
for one of these, neither does.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from peewee import SQL, Field, Query
from psycopg2.extensions import adapt

from app.store.base import Row, database
from app.store.session import Call

_NAMED = re.compile(r"%\((\w+)\)s")
Kind = TypeVar("Kind", bound=Row)
NOW: Any = SQL("now()")


class Place(str):
    """The name of a value that is not known yet, where a query takes a value."""

    __slots__ = ()


def arg(name: str) -> Any:
    """The same where a query takes an expression."""
    return SQL("%s", (Place(name),))


def written(query: Query) -> str:
    """The SQL of a peewee query, with ``%(name)s`` for each ``arg``. Needs an opened database."""
    text, values = query.sql()
    return str(text % tuple(f"%({one})s" if isinstance(one, Place) else _literal(one) for one in values))


def _literal(value: object) -> str:
    return adapt(value).getquoted().decode("ascii") if value is not None else "null"


class Prepared:
    """One statement: SQL with ``%(name)s`` for what changes, or what writes it when it is first needed."""

    def __init__(self, statement: str | Callable[[], str]) -> None:
        self._statement = statement

    def rows(self, **given: object) -> list[tuple[Any, ...]]:
        """What it answers, inside a scope."""
        found: list[tuple[Any, ...]] = self._execute(given).fetchall()
        return found

    def count(self, **given: object) -> int:
        """How many rows it wrote, inside a scope."""
        return int(self._execute(given).rowcount)

    def _execute(self, given: dict[str, object]) -> Any:
        return database.execute_sql(self._call, given)

    @cached_property
    def _call(self) -> Call:
        text = self._statement if isinstance(self._statement, str) else self._statement()
        names = tuple(dict.fromkeys(_NAMED.findall(text)))
        numbered = _NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", text)
        name = f"s{hashlib.md5(numbered.encode(), usedforsecurity=False).hexdigest()}"
        call = Call(f"execute {name}({', '.join(f'%({one})s' for one in names)})")
        call.name, call.text = name, numbered
        return call


def row_of(model: type[Kind], fields: Sequence[Field], values: Sequence[Any]) -> Kind:
    """The instance of ``model`` of which ``fields`` hold ``values``."""
    row: Kind = model(__no_default__=True)
    row.__data__ = {field.name: value for field, value in zip(fields, values, strict=True)}
    return row
