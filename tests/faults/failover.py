"""PostgreSQL fails over to a standby that lags: what it had not heard of yet is gone, and the SRI knows of it."""

import os
import shutil
import signal
import subprocess
from datetime import UTC, datetime, timedelta

from app import halts, reconciling, tenants
from app.ecuador import ECUADOR
from app.store.documents import Document
from app.store.tenants import Halt
from app.tenancy import every_tenant_scope
from faults.database_away import wait_dead
from faults.fault import Fault
from faults.ground import Ground


def _promote_what_lags(ground: Ground) -> None:
    """The standby is a copy of the server as it was one outage ago, promoted when the server is gone."""
    data = (ground.settings.autoriza_home / "postgres").resolve()
    standby = data.with_name("standby")
    _end(ground, signal.SIGINT)
    subprocess.run(["cp", "-a", str(data), str(standby)], check=True)
    _begin(ground)
    signed = _signed()
    ground.until(lambda: _signed() > signed + 5, 60, "numbers taken that the standby never heard of")
    ground.seen["signed"] = _signed()
    _end(ground, signal.SIGQUIT)
    shutil.rmtree(data)
    standby.rename(data)
    mark = data / "standby.signal"
    mark.touch()
    os.chown(mark, data.stat().st_uid, data.stat().st_gid)
    _begin(ground)
    with ground.superuser() as cursor:
        cursor.execute("select pg_promote(true, 30)")
    ground.strike()
    assert _signed() < ground.seen["signed"], "nothing was lost: the trial proved nothing"
    ground.until(lambda: _halted(ground), ground.scale.patience_s, "a halt of every taxpayer")
    ground.seen["numbered"] = _signed()
    ground.wait(ground.scale.outage_s)
    ground.seen["numbered_held"] = _signed()
    _reconcile(ground)


def _end(ground: Ground, how: signal.Signals) -> None:
    os.kill(ground.servers.pids["postgres"], how)
    wait_dead(ground)


def _begin(ground: Ground) -> None:
    ground.servers.revive()
    ground.services.database.close_all()


def _signed() -> int:
    with every_tenant_scope():
        return int(Document.select().where(Document.access_key.is_null(False)).count())


def _halted(ground: Ground) -> bool:
    with every_tenant_scope():
        standing = Halt.select().where(Halt.code == halts.RESTORED, Halt.lifted_at.is_null()).count()
    return standing == len(ground.taxpayers)


def _reconcile(ground: Ground) -> None:
    """What the person does whom the alert and the console tell to."""
    today = datetime.now(UTC).astimezone(ECUADOR).date()
    for tenant in tenants.every():
        result = reconciling.reconcile(tenant, ground.services, since=today - timedelta(days=1), today=today)
        assert not result.open, result.open


def _nothing_numbered_before_asking(ground: Ground) -> list[str]:
    taken = ground.seen["numbered_held"] - ground.seen["numbered"]
    return [f"{taken} numbers were taken before the SRI was asked"] if taken else []


FAULTS = (
    Fault(
        "F18",
        "PostgreSQL fails over to a standby that lags; its last commits are lost",
        "nothing is numbered until the SRI was asked for every number since; what it knows comes back",
        _promote_what_lags,
        _nothing_numbered_before_asking,
        begins=(0.2, 0.4),  # each taxpayer has numbers of its own by then
        resends=True,
    ),
)
