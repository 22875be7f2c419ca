"""Whether this installation can do its work now: the few things without which nothing moves."""

import time
from dataclasses import dataclass
from importlib.resources import files

from peewee import PeeweeException
from playhouse.migrations import Migration

from app import redis_health
from app.services import Services
from app.store.base import database

MOST_SKEW_S = 5.0


@dataclass(frozen=True)
class Check:
    """One thing looked at; ``trouble`` says in a few words what is wrong, and nothing secret."""

    name: str
    trouble: str = ""


def checks(services: Services) -> list[Check]:
    """Database, migrations, clock and Redis. Takes a few seconds at most; changes nothing."""
    trouble = redis_health.look(services.settings.redis_url).trouble
    return [*_database(), Check("redis", trouble.es if trouble else "")]


def _database() -> list[Check]:
    try:
        with database.connection_context():
            return [Check("database"), Check("migrations", _missing()), Check("clock", _skew())]
    except PeeweeException as error:
        return [Check("database", f"PostgreSQL no responde: {type(error).__name__}")]


def missing_migrations() -> tuple[str, ...]:
    """Names of the migrations of this release that the database lacks; it may know newer ones."""
    known = {step.name for step in Migration.load_directory(str(files("migrations")))}
    if not database.table_exists("schema_migration"):
        return tuple(sorted(known))
    applied = {name for (name,) in database.execute_sql("select name from schema_migration").fetchall()}
    return tuple(sorted(known - applied))


def clock_skew_s() -> float:
    """Seconds by which this machine's clock is ahead of PostgreSQL's, the way there and back counted half."""
    before = time.time()
    row = database.execute_sql("select extract(epoch from clock_timestamp())").fetchone()
    return (before + time.time()) / 2 - float(row[0])


def _missing() -> str:
    missing = missing_migrations()
    return f"faltan migraciones: {', '.join(missing)}" if missing else ""


def _skew() -> str:
    skew = clock_skew_s()
    return f"el reloj difiere {skew:.1f} s del de PostgreSQL" if abs(skew) >= MOST_SKEW_S else ""
