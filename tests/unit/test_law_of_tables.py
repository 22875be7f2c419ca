"""What the tables themselves refuse, whoever asks: changing the record, deleting a document, an illegal move."""

from collections.abc import Iterator
from itertools import product

import psycopg2
import pytest
from psycopg2.errors import CheckViolation, InsufficientPrivilege, RestrictViolation, UniqueViolation

from app import branding
from app.lifecycle import MOVES, State

APPEND_ONLY = ("history", "audit", "emission", "document_authorization", "branding")


@pytest.fixture
def owner(services, ana, simulator) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the very role the service works as, inside ana's scope; nothing it does is kept."""
    authorized = ana.document(State.AUTHORIZED)
    ana.render(authorized.id)
    branding.change(ana.id, by="ana", accent="#1a5276")
    ana.document(State.PENDING_AUTHORIZATION)
    with psycopg2.connect(services.settings.database_url) as connection:
        cursor = connection.cursor()
        cursor.execute("select set_config('autoriza.tenants', %s, true)", [str(ana.id)])
        cursor.execute("select set_config('test.document', %s, true)", [str(authorized.id)])
        yield cursor
        connection.rollback()
    connection.close()


@pytest.fixture
def superuser(services, servers, ana) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor that row-level security does not bind; triggers do."""
    ana.import_invoice()
    name = services.settings.database_url.partition("?")[0].rpartition("/")[2]
    connection = psycopg2.connect(servers.superuser_url.replace("/autoriza?", f"/{name}?"))
    yield connection.cursor()
    connection.rollback()
    connection.close()


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "change", ["update {} set tenant_id = tenant_id", "delete from {}", "truncate {} cascade"]
)
def test_the_record_is_only_ever_added_to(owner, table, change):
    owner.execute(f"select count(*) from {table}")
    assert owner.fetchone()[0] > 0
    with pytest.raises(RestrictViolation, match="append-only"):
        owner.execute(change.format(table))


@pytest.mark.parametrize("table", ["document", "sri_exchange", "ride", "delivery"])
def test_no_document_call_to_the_sri_ride_or_delivery_can_be_deleted(owner, table):
    with pytest.raises(RestrictViolation, match=f"{table} is append-only"):
        owner.execute(f"delete from {table}")


@pytest.mark.parametrize("table", ["document", "sri_exchange", "ride", "delivery"])
def test_nor_all_of_them_at_once(owner, table):
    with pytest.raises(RestrictViolation, match="TRUNCATE refused"):
        owner.execute(f"truncate {table} cascade")


def test_an_answered_call_is_not_rewritten(owner):
    with pytest.raises(RestrictViolation, match="sri_exchange is append-only"):
        owner.execute("update sri_exchange set outcome = 'rejected' where outcome = 'authorized'")


def test_a_call_has_an_outcome_exactly_when_it_has_ended(owner):
    with pytest.raises(CheckViolation):
        owner.execute(
            "insert into sri_exchange (tenant_id, document_id, version, access_key, environment, operation, "
            "request_sha256, finished_at) select tenant_id, id, 1, access_key, 1, 'query', 'x', now() from document "
            "where id = current_setting('test.document')::bigint"
        )


def test_an_authorized_document_stays_authorized(owner):
    for state in set(State) - {State.AUTHORIZED}:
        owner.execute("savepoint here")
        with pytest.raises(RestrictViolation, match="cannot go from authorized"):
            owner.execute("update document set state = %s where state = 'authorized'", [state])
        owner.execute("rollback to here")


def test_the_moves_the_tables_allow_are_those_of_the_law(superuser):
    legal = {(source, target) for sources, target in MOVES.values() for source in sources}
    allowed = set()
    for source, target in product(State, State):
        superuser.execute("set local session_replication_role = replica")  # triggers off
        superuser.execute("update document set state = %s", [source])
        superuser.execute("set local session_replication_role = origin")
        superuser.execute("savepoint here")
        try:
            superuser.execute("update document set state = %s", [target])
        except RestrictViolation:
            superuser.execute("rollback to here")
        else:
            allowed.add((source, target))
    assert allowed - {(state, state) for state in State} == legal


def test_no_two_documents_share_an_access_key_or_a_number(owner):
    for column in ("access_key", "sequence_number"):
        owner.execute("savepoint here")
        with pytest.raises(UniqueViolation):
            owner.execute(
                f"update document d set {column} = a.{column} from document a "
                "where a.id = current_setting('test.document')::bigint and d.id <> a.id"
            )
        owner.execute("rollback to here")


TENANT_OWNED = "select c.oid::regclass::text from pg_class c join pg_attribute a on a.attrelid = c.oid "


def test_every_table_with_a_tenant_hides_other_tenants_rows_even_from_its_owner(superuser):
    superuser.execute(
        TENANT_OWNED + "where a.attname = 'tenant_id' and c.relkind = 'r' and not c.relforcerowsecurity"
    )
    assert [name for (name,) in superuser.fetchall()] == [
        "grant_of_role"
    ]  # read before anybody's scope is known


def test_outside_any_scope_nothing_exists_and_nothing_can_be_written(services, ana):
    ana.import_invoice()
    with psycopg2.connect(services.settings.database_url) as connection:
        cursor = connection.cursor()
        for table in ("document", "tenant", "history", "certificate", "audit"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,)
        cursor.execute("update document set reference = 'x'")
        assert cursor.rowcount == 0
        with pytest.raises(InsufficientPrivilege, match="row-level security"):
            cursor.execute(
                "insert into establishment (tenant_id, code) values (%s, '009')",
                [ana.id],
            )
        connection.rollback()
    connection.close()
