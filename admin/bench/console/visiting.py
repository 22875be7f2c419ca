"""Somebody signed in who asks for pages: over HTTP to be timed, or in this process to have the queries looked at."""

import http.cookiejar
import math
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from app.errors import AutorizaError
from app.store.base import database

MANY_PAGES = 500
"""A table of more pages (of 8 KB) than this must not be read whole for one page of the console."""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Visitor:
    """A browser without a window."""

    address: str
    opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
    )

    def sign_in(self, email: str, password: str) -> None:
        """Raises ``AutorizaError`` when that does not work."""
        with self.opener.open(f"{self.address}/login") as page:
            token = TOKEN.search(page.read().decode())
        form = {"email": email, "password": password, "csrf_token": token[1] if token else ""}
        with self.opener.open(f"{self.address}/login", urllib.parse.urlencode(form).encode()) as answer:
            if answer.url.endswith("/login"):
                raise AutorizaError(f"{email} could not sign in")

    def time(self, place: str) -> float:
        """Seconds until the whole page has come. Raises ``HTTPError`` for anything but a page."""
        began = time.perf_counter()
        with self.opener.open(self.address + place) as answer:
            answer.read()
        return time.perf_counter() - began


@dataclass(frozen=True)
class Scan:
    """A table that a page reads whole, and the query that does it."""

    table: str
    query: str


def scans_of(client: Any, place: str) -> list[Scan]:
    """The tables with many pages of which the queries of a page would read every row, by their plans."""
    with database.connection_context():
        sql = "select relname from pg_class where relkind = 'r' and relpages > %s"
        big = {name for (name,) in database.execute_sql(sql, (MANY_PAGES,)).fetchall()}
    with _queries() as made:
        client.get(place, follow_redirects=True)
    found = []
    for sql, params, sight in made:
        with database.connection_context(), database.atomic():
            database.execute_sql(*sight)
            plan = database.execute_sql(f"explain (format json) {sql}", params).fetchone()[0][0]["Plan"]
        found += [Scan(table, " ".join(sql.split())[:200]) for table in _scanned(plan) if table in big]
    return found


def _scanned(plan: dict[str, Any]) -> Iterator[str]:
    table = plan.get("Relation Name", "")
    if plan["Node Type"].endswith("Seq Scan"):
        yield table
    for part in plan.get("Plans", ()):
        yield from _scanned(part)


@contextmanager
def _queries() -> Iterator[list[tuple[str, Any, tuple[Any, ...]]]]:
    """Every query made meanwhile, each with what was in sight."""
    made: list[tuple[str, Any, tuple[Any, ...]]] = []
    sight: list[tuple[Any, ...]] = []
    pool: Any = database.obj
    real = pool.execute_sql

    def listen(sql: str, params: Any = None, *rest: Any, **more: Any) -> Any:
        if "set_config('autoriza.tenants'" in sql:
            sight[:] = [(sql, params)]
        elif sight and sql.lower().lstrip().startswith(("select", "with")):
            made.append((sql, params, sight[0]))
        return real(sql, params, *rest, **more)

    pool.execute_sql = listen
    try:
        yield made
    finally:
        pool.execute_sql = real


def percentile(seconds: Sequence[float], share: float) -> float:
    """The time within which ``share`` of ``seconds`` lie."""
    ordered = sorted(seconds)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]
