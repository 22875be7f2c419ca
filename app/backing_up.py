"""The whole database as a file and back, by the service's own role, whom row-level security would let see nothing."""

import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
from psycopg2.extensions import parse_dsn

from app.embedded.binaries import postgres_program
from app.embedded.child import ENVIRONMENT
from app.errors import Misconfigured, Refused, Text
from app.store.base import database
from app.tenancy import every_tenant_scope

_PARAMETERS = {"dbname": "PGDATABASE"}  # the others are PG and their own name


def back_up(database_url: str, target: Path) -> int:
    """Write a dump for ``pg_restore`` to ``target``, whole or not at all; its size in bytes.

    The file holds everything, sealed private keys included, and is readable by its owner alone.
    Raises ``Misconfigured`` with what pg_dump said.
    """
    with every_tenant_scope():
        seen = database.execute_sql("select current_setting('autoriza.tenants')").fetchone()[0]
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    done = subprocess.run(
        [str(postgres_program("pg_dump")), "--format=custom", "--enable-row-security", f"--file={part}"],
        env={**ENVIRONMENT, **_libpq(database_url), "PGOPTIONS": f"-c autoriza.tenants={seen}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        part.unlink(missing_ok=True)
        raise Misconfigured(f"pg_dump: {done.stderr.strip()[-500:]}")
    part.replace(target)
    return target.stat().st_size


def restore(database_url: str, dump: Path) -> None:
    """Read ``dump`` into the empty database at ``database_url``. Until it was reconciled, nothing is numbered there.

    Raises ``Refused`` when the database holds tables already, ``Misconfigured`` with what pg_restore said.
    """
    parts = parse_dsn(database_url)
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace limit 1"
        )
        if cursor.fetchone() is not None:
            raise Refused(
                Text(
                    "la base de datos no está vacía: un respaldo se restaura en una base nueva",
                    "the database is not empty: a backup is restored into a new one",
                )
            )
    program = str(postgres_program("pg_restore"))
    done = subprocess.run(
        [program, "--exit-on-error", "--no-owner", f"--dbname={parts['dbname']}", str(dump.resolve())],
        env={**ENVIRONMENT, **_libpq(database_url)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Misconfigured(f"pg_restore: {done.stderr.strip()[-500:]}")


def _libpq(database_url: str) -> dict[str, str]:
    """The address in the environment of a libpq program: an argument could be read by every user of the machine."""
    parts = parse_dsn(database_url)
    return {_PARAMETERS.get(name, f"PG{name.upper()}"): value for name, value in parts.items()}
