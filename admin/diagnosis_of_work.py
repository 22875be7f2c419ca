"""The second half of ``autoriza doctor``: what the taxpayers, the machine and the releases have to say."""

import os
import platform
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version

from admin.findings import Finding
from app import certificate_timeline, continuity, halts, pausing, processes, redis_health, tenants
from app.services import Services
from app.sri.gateway import Environment
from app.store.engine import Process
from app.store.tenants import Halt
from app.tenancy import every_tenant_scope

SOON_DAYS = 30
_LACKED = {"openssl": "p12 files with two keys or old ciphers cannot be opened"}


def taxpayers(services: Services) -> Iterator[Finding]:
    """Who cannot sign, or soon cannot; what stands still."""
    now = datetime.now(UTC)
    with services.database.connection_context():
        known = tenants.every()
        with every_tenant_scope():
            standing = certificate_timeline.standing(certificate_timeline.still())
            until = {row.tenant_id: row.not_after for row, place in standing if place == "current"}
            halted = list(Halt.select().where(Halt.lifted_at.is_null()))
    names = {row.id: row.ruc for row in known}
    add = "autoriza certificate add --ruc {} --p12 FILE --password-env NAME"
    for row in known:
        days = certificate_timeline.days_left(until[row.id], now) if row.id in until else None
        if days is None:
            yield Finding(f"certificate {row.ruc}", "note", f"none yet, drafts wait: {add.format(row.ruc)}")
        elif days <= 0:
            yield Finding(f"certificate {row.ruc}", "wrong", f"it has ended: {add.format(row.ruc)}")
        elif days <= SOON_DAYS:
            yield Finding(f"certificate {row.ruc}", "note", f"ends in {days} days: {add.format(row.ruc)}")
    for halt in halted:
        mend = (
            "autoriza reconcile"
            if halt.code == halts.RESTORED
            else "autoriza tenant lift, once it is settled"
        )
        where = f"{names.get(halt.tenant_id, halt.tenant_id)} {halt.establishment or ''}".strip()
        yield Finding(f"halt {where}", "wrong", f"{halt.code}: {halt.reason} ({mend})")
    places = {Environment(row.environment).name.lower() for row in known}
    yield Finding("taxpayers", "good", f"{len(known)} ({', '.join(sorted(places))})" if known else "none yet")


def pauses(services: Services) -> Iterator[Finding]:
    """What people hold back."""
    with services.database.connection_context():
        for row in pausing.standing():
            what, since = pausing.of_row(row), row.since.strftime("%Y-%m-%d %H:%M UTC")
            text = f"{row.reason} ({row.by}, since {since}; autoriza pause end {what})"
            yield Finding(f"paused {what}", "note", text)


def numbering(services: Services) -> Iterator[Finding]:
    """Whether the database is the one that took the last number."""
    with services.database.connection_context():
        if continuity.intact():
            yield Finding("numbering", "good", "goes on in the database that took the last number")
        else:
            yield Finding(
                "numbering", "wrong", "the database was restored or moved: autoriza reconcile --all"
            )


def permissions(services: Services) -> Iterator[Finding]:
    """Whether files that hold secrets are readable by others, and the home can be written."""
    home = services.settings.autoriza_home.resolve()
    open_ones = [
        path
        for name in ("secrets.json", "postgres.passwords", "servers.json")
        if (path := home / name).exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    for path in open_ones:
        yield Finding("permissions", "wrong", f"{path} can be read by others: chmod 600 {path}")
    if home.exists() and not os.access(home, os.W_OK):
        yield Finding("permissions", "wrong", f"{home} cannot be written: chown it, or set AUTORIZA_HOME")
    elif not open_ones:
        yield Finding("permissions", "good", f"secrets in {home} are its owner's alone")


def at_work(services: Services) -> Iterator[Finding]:
    """Whether workers and a scheduler have been heard of."""
    now = datetime.now(UTC)
    with services.database.connection_context():
        heard = [row for row in Process.select() if not processes.is_silent(row, now)]
    for kind in ("worker", "scheduler"):
        count = sum(row.kind == kind for row in heard)
        advice = f"{count} at work" if count else f"none heard of: autoriza {kind}, or autoriza up for all"
        yield Finding(f"{kind}s", "good" if count else "note", advice)


def versions(services: Services) -> Iterator[Finding]:
    """What runs, and which helpful programs are missing."""
    with redis_health.open_client(services.settings.redis_url) as client:
        server = client.info("server")
    redis = server.get("valkey_version") or server.get("redis_version", "unknown")
    yield Finding(
        "versions",
        "good",
        f"autoriza {version('autoriza')}, Python {platform.python_version()}, Redis {redis}",
    )
    for program, what in _LACKED.items():
        if shutil.which(program) is None:
            yield Finding(program, "note", f"not installed: {what}")
