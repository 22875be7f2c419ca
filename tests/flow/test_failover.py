"""PostgreSQL fails over to a standby that lags: numbering stands still from the first moment on, not after a while."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from engine_processes import alive

from app import embedded
from app.embedded import Servers
from app.migrating import migrate

INTACT = "select mark = continuity_mark() from continuity"


@pytest.fixture
def primary() -> Iterator[Servers]:
    """Servers of this test's own, which nobody else needs alive."""
    home = Path(tempfile.mkdtemp(prefix="autoriza-failover-"))
    home.chmod(0o755)
    with embedded.start(home) as servers:
        migrate(servers.database_url)
        yield servers
    shutil.rmtree(home)


def asked(servers: Servers, sql: str) -> object:
    connection = psycopg2.connect(servers.superuser_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
        [answer] = cursor.fetchone()
    connection.close()
    return answer


def ended(servers: Servers, how: signal.Signals) -> None:
    pid = servers.pids["postgres"]
    os.kill(pid, how)
    deadline = time.monotonic() + 15
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_promoted_standby_is_another_database_before_its_first_checkpoint(primary: Servers):
    data = Path(str(asked(primary, "show data_directory")))
    standby = data.with_name("standby")
    ended(primary, signal.SIGINT)
    subprocess.run(["cp", "-a", data, standby], check=True)
    primary.revive()
    assert asked(primary, INTACT), "a restart is none"
    ended(primary, signal.SIGQUIT)
    shutil.rmtree(data)
    standby.rename(data)
    (data / "standby.signal").touch()
    os.chown(data / "standby.signal", data.stat().st_uid, data.stat().st_gid)
    primary.revive()
    assert not asked(primary, INTACT), "a standby that is read from takes no numbers"
    asked(primary, "select pg_promote(true, 30)")
    assert not asked(primary, INTACT)
