"""Bringing a database up to date: once, whoever else tries meanwhile, and only on a server that is new enough."""

import subprocess
import sys
from itertools import count

import psycopg2
import pytest
from peewee import ProgrammingError

from app import migrating
from app.errors import Misconfigured
from app.migrating import migrate, pending

_empty = count(1)
MIGRATE = "import sys; from app.migrating import migrate; print(','.join(migrate(sys.argv[1])))"


@pytest.fixture
def empty(servers) -> str:
    """The address of a database without any table."""
    name = f"empty_{next(_empty)}"
    admin = psycopg2.connect(servers.superuser_url.replace("/autoriza?", "/postgres?"))
    admin.autocommit = True
    admin.cursor().execute(f"create database {name} owner autoriza")
    admin.close()
    return servers.database_url.replace("/autoriza?", f"/{name}?")


def test_two_processes_migrating_at_once_do_it_once(empty):
    command = [sys.executable, "-c", MIGRATE, empty]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == ""
    assert "0001_initial" in said[1].split(",")
    assert pending(empty) == ()


def test_what_is_missing_is_named_until_it_is_applied(empty):
    missing = pending(empty)
    assert "0001_initial" in missing
    assert migrate(empty) == missing
    assert pending(empty) == ()
    assert migrate(empty) == ()


def test_a_migration_that_fails_half_way_leaves_nothing_of_itself(empty, monkeypatch, tmp_path):
    steps = (
        "def up(migrator, db):\n    db.execute_sql('create table half (id int)')\n    db.execute_sql('{}')\n"
    )
    step = tmp_path / "0001_initial.py"
    monkeypatch.setattr(migrating, "files", lambda _: tmp_path)
    step.write_text(steps.format("this is no SQL"))
    with pytest.raises(ProgrammingError):
        migrate(empty)
    assert pending(empty) == ("0001_initial",)
    step.write_text(
        steps.format("create table other_half (id int)")
    )  # fails if the first half is still there
    assert migrate(empty) == ("0001_initial",)


def test_a_server_older_than_postgresql_15_is_refused_by_name(empty, monkeypatch):
    monkeypatch.setattr(migrating, "OLDEST_SERVER", 990_000)
    with pytest.raises(Misconfigured, match=r"PostgreSQL \d+ is too old"):
        migrate(empty)
    monkeypatch.undo()
    assert "0001_initial" in pending(empty)


def test_the_oldest_server_that_will_do_is_postgresql_15():
    assert migrating.OLDEST_SERVER == 150_000


def test_certificates_of_before_are_in_force_since_they_were_added(empty):
    with migrating._connected(empty) as database:
        migrating._runner(database).up("0002_engine")
        with database.atomic():
            database.execute_sql("select set_config('autoriza.tenants', '0,1,2', true)")
            for tenant_id, ruc in ((1, "1790016919001"), (2, "0992397535001")):
                database.execute_sql(
                    "insert into tenant_directory values (%s); insert into tenant (id, ruc, razon_social, dir_matriz, "
                    "environment) values (%s, %s, 'X', 'Y', 1); insert into certificate (tenant_id, fingerprint, "
                    "subject, issuer, serial, not_before, not_after, certificate, sealed_key, added_by, added_at) "
                    "values (%s, 'f', 's', 'i', '1', now(), now(), '', '', 'x', '2026-01-02 03:04:05+00')",
                    (tenant_id, tenant_id, ruc, tenant_id),
                )
    assert "0003_certificates" in migrate(empty)
    with migrating._connected(empty) as database, database.atomic():
        database.execute_sql("select set_config('autoriza.tenants', '0,1,2', true)")
        rows = database.execute_sql("select in_force_from = added_at from certificate").fetchall()
    assert rows == [(True,), (True,)]


def test_a_service_that_is_away_when_outages_come_on_record_has_its_own_until_it_answers(empty):
    with migrating._connected(empty) as database:
        migrating._runner(database).up("0029_exports_stay")
        database.execute_sql(
            "update jobs.circuit set state = 'probing', changed_at = '2026-01-02 03:04:05+00', "
            "reason = 'timeout: 15 s' where environment = 2 and service = 'query'"
        )
    assert "0030_outages" in migrate(empty)
    with migrating._connected(empty) as database:
        kept = "select environment, service, since = '2026-01-02 03:04:05+00', until, reason from jobs.outage"
        assert database.execute_sql(kept).fetchall() == [(2, "query", True, None, "timeout: 15 s")]
        database.execute_sql("update jobs.circuit set state = 'closed', changed_at = now(), reason = null")
        ended = "select until = (select changed_at from jobs.circuit limit 1), last_reason from jobs.outage"
        assert database.execute_sql(ended).fetchall() == [(True, "timeout: 15 s")]
