"""Faults of PostgreSQL: restarted, cut off in a commit, out of connections, locked, read-only."""

import contextlib
import os
import signal
import time

import psycopg2
from engine_processes import alive

from faults.fault import Fault
from faults.ground import Ground

NEW_WORK_S = 30.0


def _restart(ground: Ground, how: signal.Signals) -> None:
    os.kill(ground.servers.pids["postgres"], how)
    struck = time.monotonic()
    time.sleep(ground.scale.outage_s / 3)
    wait_dead(ground)
    ground.servers.revive()
    ground.services.database.close_all()
    ground.struck_at = struck
    back = time.monotonic()
    ground.import_more(1)
    taxpayer, document_id = ground.documents[-1]
    ground.until(lambda: taxpayer.read(document_id).state != "draft", 60, "new work after the restart")
    ground.seen["new_work_s"] = time.monotonic() - back


def wait_dead(ground: Ground) -> None:
    """Until the server that was told to end, or killed, is gone."""
    deadline = time.monotonic() + 15
    while alive(ground.servers.pids["postgres"]) and time.monotonic() < deadline:
        time.sleep(0.05)


def _restart_somehow(ground: Ground) -> None:
    _restart(ground, ground.rng.choice((signal.SIGINT, signal.SIGQUIT)))


def _restart_immediate(ground: Ground) -> None:
    _restart(ground, signal.SIGQUIT)


def _new_work_soon(ground: Ground) -> list[str]:
    took = ground.seen["new_work_s"]
    return [f"new work flowed {took:.0f} s after PostgreSQL was back"] if took > NEW_WORK_S else []


def _cut_commits(ground: Ground) -> None:
    ground.proxies["database"].cut_after(b"COMMIT", times=8)
    ground.strike()
    ground.wait(ground.scale.outage_s)
    ground.proxies["database"].heal()
    assert ground.proxies["database"].struck, "no commit was cut: the trial proved nothing"


def _half_open(ground: Ground) -> None:
    ground.proxies["database"].stall()
    ground.strike()
    ground.wait(ground.scale.outage_s)
    ground.proxies["database"].cut()
    ground.proxies["database"].heal()


def _exhaust(ground: Ground) -> None:
    held = []
    with ground.superuser() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'autoriza' and pid <> pg_backend_pid()"
        )
        with contextlib.suppress(psycopg2.OperationalError):
            for _ in range(200):
                held.append(psycopg2.connect(ground.settings.database_url, application_name="hog"))
        assert held, "connections were not used up: the trial proved nothing"
        ground.struck_at = time.monotonic()
        ground.engine.supervisor.tend()
        time.sleep(ground.scale.outage_s)
    for connection in held:
        connection.close()
    ground.services.database.close_all()


def _lock(ground: Ground) -> None:
    with ground.superuser() as cursor:
        cursor.execute("begin")
        cursor.execute("lock table document in exclusive mode")
        ground.struck_at = time.monotonic()
        time.sleep(2 * ground.scale.outage_s)
        cursor.execute("rollback")


def _read_only(ground: Ground) -> None:
    with ground.superuser() as cursor:
        cursor.execute("alter system set default_transaction_read_only = on")
        cursor.execute("select pg_reload_conf()")
        ground.struck_at = time.monotonic()
        time.sleep(ground.scale.outage_s)
        cursor.execute("set default_transaction_read_only = off")
        cursor.execute("alter system reset default_transaction_read_only")
        cursor.execute("select pg_reload_conf()")


FAULTS = (
    Fault(
        "F17",
        "PostgreSQL is restarted, fast or immediately",
        "new work flows within 30 s",
        _restart_somehow,
        _new_work_soon,
        alone=True,
    ),
    Fault(
        "F17i",
        "PostgreSQL is restarted immediately, as by a crash",
        "new work flows within 30 s",
        _restart_immediate,
        _new_work_soon,
        alone=True,
    ),
    Fault(
        "F19",
        "connections to PostgreSQL are cut while they commit",
        "what may have been committed is not done twice",
        _cut_commits,
        proxied=frozenset({"database"}),
        invoices=0.6,
        resends=True,
    ),
    Fault(
        "F19h",
        "every connection to PostgreSQL falls silent, then is cut",
        "nothing is stranded",
        _half_open,
        proxied=frozenset({"database"}),
        invoices=0.6,
        resends=True,
    ),
    Fault("F20", "PostgreSQL has no connection left, those there were are cut", "no crash loop", _exhaust),
    Fault("F21", "the documents are locked for longer than a lease", "nothing is done twice", _lock),
    Fault("F22", "PostgreSQL is read-only for a while", "no attempt becomes a verdict", _read_only),
)
