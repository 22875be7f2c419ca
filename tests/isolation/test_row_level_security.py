"""PostgreSQL itself keeps taxpayers apart, whatever a query forgets."""

import importlib
import json
import subprocess
import sys

import pytest
from cast import Taxpayer, take_on
from console_cast import a_run
from documents_cast import invoice
from peewee import DatabaseError, ProgrammingError
from trouble_cast import waiting

from app import branding, counting, failure_care, failure_groups, intake, rollups, saved_views
from app.access import access_of
from app.alerts import raise_alert
from app.auditing import audit
from app.bulk import proposing
from app.config import environment_of
from app.errors import Text
from app.failure_care import Failure
from app.intake import Offer
from app.lifecycle import State
from app.possible import Action
from app.saved_views import ROLES, Sharing
from app.store.base import database
from app.store.documents import Document
from app.store.notices import Notice
from app.store.people import Alert
from app.store.tenants import Halt
from app.tenancy import every_tenant_scope, tenant_scope

TABLES = (
    "tenant",
    *importlib.import_module("migrations.0001_initial").TENANT_OWNED,
    *("delivery", "notice", "branding"),
    *("tally", "tally_change", "rollup", "bulk_item", "saved_view_share", "batch"),
    *("failure_group", "failure_level", "failure_care", "buyer_word"),
)


@pytest.fixture(scope="module")
def ana(services) -> Taxpayer:
    """Ana, with a row in every table a taxpayer has rows in."""
    ana = take_on(services, "ANA MOREIRA CÍA. LTDA.")
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    a_run(ana.id, document.id)
    branding.change(ana.id, by="test", accent="#1a5276")
    with every_tenant_scope():
        counting.fold()
    rollups.roll_up()
    waiting(ana)
    with every_tenant_scope():
        counting.fold()
    failure_groups.look()
    with tenant_scope(ana.id):
        failure_care.note(Failure("signed", "una causa"), [ana.id], "una nota", by="test")
    offers = [Offer(json.dumps(invoice(referencia=str(n))).encode(), f"{n}.json") for n in (1, 2)]
    intake.accept_all(ana.id, offers, by="test")
    ana.document(State.DRAFT)  # counted, and not folded yet
    access = access_of(ana.operator("opera@example.ec"))
    saved_views.keep(access, "vista", "documents.index_view", {}, Sharing(ROLES, (ana.id,)))
    with tenant_scope(ana.id):
        everything = Document.select(Document.tenant_id, Document.id)
        proposing.propose(Action.RETRY, everything, described={}, by="test", click="click")
        raise_alert(ana.id, "undecided", "asunto", Text("alerta", "alerta"))
        alert = Alert.select(Alert.id).where(Alert.tenant_id == ana.id)
        Notice.insert(
            tenant_id=ana.id,
            alert_id=alert,
            event="raised",
            channel="c0ffee",
            channel_name="correo",
            created_at=document.created_at,
        ).execute()
        audit(ana.id, by="test", action="retry", target="document")
        Halt.insert(
            tenant_id=ana.id, code="57", reason="suspendida", since=document.created_at, placed_by="SRI"
        ).execute()
    return ana


@pytest.fixture(scope="module")
def beto(services) -> Taxpayer:
    return take_on(services, "BETO SUMINISTROS S.A.")


def owner_column(table: str) -> str:
    return "id" if table == "tenant" else "tenant_id"


def rows_of(table: str, taxpayer: Taxpayer) -> int:
    column = owner_column(table)
    return database.execute_sql(
        f"select count(*) from {table} where {column} = %s", (taxpayer.id,)
    ).fetchone()[0]


def test_no_table_with_a_taxpayer_was_left_out_of_the_list(services):
    found = database.execute_sql(
        "select table_schema, table_name from information_schema.columns "
        "where column_name = 'tenant_id' and table_schema in ('public', 'jobs')"
    ).fetchall()
    named = {name if schema == "public" else f"{schema}.{name}" for schema, name in found}
    # the partitions of runs, by name, are walked by the tests of housekeeping
    named = {name for name in named if not name.startswith("jobs.run_")}
    # who may see what is asked before any taxpayer is known, and holds no taxpayer's data
    assert named - {"grant_of_role"} == set(TABLES) - {"tenant"}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_keeps_its_rows_to_their_taxpayer(ana, beto, table):
    with every_tenant_scope():
        assert rows_of(table, ana) > 0
    with tenant_scope(ana.id):
        assert rows_of(table, ana) > 0
    with tenant_scope(beto.id):
        assert rows_of(table, ana) == 0
    with tenant_scope():
        assert database.execute_sql(f"select count(*) from {table}").fetchone() == (0,)


@pytest.mark.parametrize("table", TABLES)
def test_without_a_taxpayer_nothing_is_visible(ana, table):
    assert database.execute_sql(f"select count(*) from {table}").fetchone() == (0,)


@pytest.mark.parametrize("table", TABLES)
def test_nobody_inserts_a_row_for_another_taxpayer(ana, beto, table):
    with tenant_scope(ana.id):
        query = f"select row_to_json(one) from {table} one where {owner_column(table)} = %s limit 1"
        (row,) = database.execute_sql(query, (ana.id,)).fetchone()
    with pytest.raises(ProgrammingError, match="row-level security"), tenant_scope(beto.id):
        database.execute_sql(
            f"insert into {table} select * from json_populate_record(null::{table}, %s)", (json.dumps(row),)
        )


@pytest.mark.parametrize("table", TABLES[1:])
def test_nobody_moves_a_row_of_their_own_to_another_taxpayer(ana, beto, table):
    column = owner_column(table)
    with pytest.raises(DatabaseError, match=r"row-level security|append-only"), tenant_scope(ana.id):
        database.execute_sql(f"update {table} set {column} = %s where {column} = %s", (beto.id, ana.id))
    with tenant_scope(ana.id):
        assert rows_of(table, ana) > 0


def test_the_console_does_not_start_as_a_superuser(settings, servers):
    unsafe = settings.model_copy(update={"database_url": servers.superuser_url})
    started = subprocess.run(
        [sys.executable, "-c", "from admin import create_app; create_app()"],
        env=environment_of(unsafe),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert started.returncode != 0
    assert "Misconfigured" in started.stderr
    assert "CREATE ROLE autoriza LOGIN PASSWORD" in started.stderr


def test_the_console_does_not_start_with_a_secret_that_can_be_guessed(settings):
    short = settings.model_copy(update={"session_secret": type(settings.session_secret)("corta")})
    started = subprocess.run(
        [sys.executable, "-c", "from admin import create_app; create_app()"],
        env=environment_of(short),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert started.returncode != 0
    assert "SESSION_SECRET has 5 characters" in started.stderr
