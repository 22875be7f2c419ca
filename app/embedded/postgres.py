"""The embedded PostgreSQL: cluster made once, unix socket only, one ordinary role that owns one database."""

import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2.extensions import connection, encrypt_password

from app.embedded.binaries import Binaries
from app.embedded.child import ENVIRONMENT, Child, as_account, clear_orphans
from app.embedded.places import Places
from app.errors import Misconfigured

ROLE = DATABASE = "autoriza"
SUPERUSER = "postgres"
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",  # a failing statement may carry a taxpayer's data
}
_NO_SUCH_SERVER_YET = (
    "No such file",
    "Connection refused",
    "starting up",
    "not yet accepting",
    "recovery mode",
)


@dataclass(frozen=True)
class Passwords:
    """Of the bootstrap superuser and of the role the service runs as."""

    superuser: str
    role: str


def url(places: Places, passwords: Passwords, *, superuser: bool = False) -> str:
    """Address of the database for libpq, peewee and people, as the ordinary role or as the superuser."""
    user, password = (SUPERUSER, passwords.superuser) if superuser else (ROLE, passwords.role)
    return f"postgresql://{user}:{quote(password)}@/{DATABASE}?host={quote(str(places.sockets), safe='/')}"


def make_cluster(places: Places, binaries: Binaries, passwords: Passwords) -> Path:
    """The data folder, made by initdb at the first call; a half-made one is thrown away.

    Text is UTF8 under PostgreSQL's own C.UTF-8, which no operating system's locale can change.
    """
    folder = places.data / "postgres"
    if folder.exists():
        return folder
    fresh = places.data / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    places.private(fresh)
    secret = places.sockets / "initdb"
    secret.touch(mode=0o600)
    places.own(secret)
    secret.write_text(passwords.superuser, encoding="utf-8")
    try:
        _initdb(binaries, places, fresh, secret)
    finally:
        secret.unlink()
    return fresh.rename(folder)


def _initdb(binaries: Binaries, places: Places, folder: Path, secret: Path) -> None:
    options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    trust = ["--auth-local=scram-sha-256", "--auth-host=reject", f"--pwfile={secret}"]
    done = subprocess.run(  # type: ignore[call-overload]
        [str(binaries.initdb), "-D", str(folder), "-U", SUPERUSER, *options, *trust],
        cwd=folder,
        env=dict(ENVIRONMENT),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **as_account(places.account),
    )
    if done.returncode:
        raise Misconfigured(f"initdb could not make {folder}: {done.stderr.strip()[-500:]}")


def server(places: Places, binaries: Binaries, folder: Path) -> Child:
    """The server on ``folder``, not yet started; what an earlier run left is cleared away."""
    if clear_orphans(folder, "postgres"):
        # Nothing works in the folder any more; a stale file would name a process id that may be in use again.
        (folder / "postmaster.pid").unlink(missing_ok=True)
        for stale in places.sockets.glob(".s.PGSQL.*"):
            stale.unlink()
    settings = {**_SETTINGS, "unix_socket_directories": str(places.sockets)}
    argv = [str(binaries.postgres), "-D", str(folder)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    return Child(
        "postgres",
        argv,
        folder=folder,
        log=places.logs / "postgres.log",
        account=places.account,
        farewell=signal.SIGINT,
    )


def await_ready(child: Child, places: Places, passwords: Passwords, patience_s: float = 60) -> None:
    """Wait until it answers, then make sure of the role and its database.

    ``patience_s`` covers a recovery after a kill. Raises ``Misconfigured`` with the end of its log.
    """
    deadline = time.monotonic() + patience_s
    while True:
        try:
            _make_role(_connect(places, passwords), passwords)
            return
        except psycopg2.OperationalError as error:
            waiting = any(words in str(error) for words in _NO_SUCH_SERVER_YET)
            if not (waiting and child.alive and time.monotonic() < deadline):
                raise Misconfigured(
                    f"the embedded PostgreSQL did not start: {error}; its log ends: {child.last_words()}"
                ) from error
        time.sleep(0.02)


def _connect(places: Places, passwords: Passwords) -> connection:
    return psycopg2.connect(
        host=str(places.sockets),
        user=SUPERUSER,
        password=passwords.superuser,
        dbname="postgres",
        connect_timeout=5,
    )


def _make_role(admin: connection, passwords: Passwords) -> None:
    admin.autocommit = True  # CREATE DATABASE runs in no transaction
    try:
        with admin.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
            if cursor.fetchone() is None:
                verifier = encrypt_password(passwords.role, ROLE, scope=admin, algorithm="scram-sha-256")
                cursor.execute(
                    f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD %s",
                    (verifier,),
                )
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
    finally:
        admin.close()
