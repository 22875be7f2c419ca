"""Statements known by name, and transactions that begin with their first statement."""

import pytest
from peewee import IntegrityError, ProgrammingError

from app.store.base import database
from app.store.documents import Document
from app.store.prepared import NOW, Prepared, arg, written
from app.store.tenants import Tenant
from app.tenancy import one_statement_scope, tenant_scope

RUC_OF = Prepared("select ruc from tenant where id = %(tenant)s")
RENAME = Prepared("update tenant set razon_social = %(name)s where id = %(tenant)s")


def name_of(taxpayer) -> str:
    with tenant_scope(taxpayer.id):
        return Tenant.get_by_id(taxpayer.id).razon_social


def test_a_value_is_a_value_whatever_it_looks_like(ana):
    said = "O'Higgins \\ %(tenant)s %s $1 ; drop table tenant --"
    with tenant_scope(ana.id):
        assert RENAME.count(tenant=ana.id, name=said) == 1
    assert name_of(ana) == said


def test_a_query_becomes_a_statement_with_its_constants_in_it(ana):
    document = ana.document()
    made = []

    def write() -> str:
        made.append(1)
        ours = (Document.tenant_id == arg("tenant")) & (Document.state == "draft")
        return written(Document.select(Document.id).where(ours, Document.created_at <= NOW))

    drafts = Prepared(write)
    for _ in range(2):
        with tenant_scope(ana.id):
            assert drafts.rows(tenant=ana.id) == [(document.id,)]
    assert made == [1]


def test_each_connection_is_told_a_statement_once(ana):
    for _ in range(2):
        with tenant_scope(ana.id):
            assert RUC_OF.rows(tenant=ana.id) == [(ana.ruc,)]
    known = "select count(*) from pg_prepared_statements where statement like '%%select ruc from tenant%%'"
    assert database.execute_sql(known).fetchone() == (1,)
    database.obj.manual_close()
    with tenant_scope(ana.id):
        assert RUC_OF.rows(tenant=ana.id) == [(ana.ruc,)]


def test_a_statement_refused_in_a_transaction_undoes_it_and_is_of_use_afterwards(ana):
    with pytest.raises(IntegrityError), tenant_scope(ana.id):
        RENAME.count(tenant=ana.id, name="OTRO NOMBRE S.A.")
        RENAME.count(tenant=ana.id, name="")
    assert name_of(ana) == "ANA MOREIRA CÍA. LTDA."
    with tenant_scope(ana.id):
        assert RENAME.count(tenant=ana.id, name="OTRO NOMBRE S.A.") == 1


def test_a_scope_shows_no_row_of_another_taxpayer_to_a_statement_by_name(ana, beto):
    with tenant_scope(ana.id):
        assert RUC_OF.rows(tenant=beto.id) == []
    with one_statement_scope(ana.id):
        assert RUC_OF.rows(tenant=beto.id) == []
    with tenant_scope(ana.id, beto.id):
        assert RUC_OF.rows(tenant=beto.id) == [(beto.ruc,)]


def test_a_scope_for_one_statement_commits_it_and_ends_with_it(ana):
    with one_statement_scope(ana.id):
        assert RENAME.count(tenant=ana.id, name="UNA SOLA S.A.") == 1
        assert RUC_OF.rows(tenant=ana.id) == [], "nothing is in sight any more"
    database.obj.manual_close()
    assert name_of(ana) == "UNA SOLA S.A."


@pytest.mark.parametrize("scope", [tenant_scope, one_statement_scope])
def test_a_scope_in_which_nothing_was_said_leaves_nothing_behind(ana, scope):
    with scope(ana.id):
        pass
    database.close()
    with tenant_scope():
        assert RUC_OF.rows(tenant=ana.id) == []
    assert database.execute_sql("select now() = statement_timestamp()").fetchone() == (True,)
    assert not database.in_transaction()


def test_a_scope_that_fails_before_its_first_statement_leaves_the_connection_as_it_was(ana):
    with pytest.raises(ZeroDivisionError), tenant_scope(ana.id):
        _ = 1 / 0
    with pytest.raises(ProgrammingError), tenant_scope(ana.id):
        database.execute_sql("select from nowhere")
    with tenant_scope(ana.id):
        assert RUC_OF.rows(tenant=ana.id) == [(ana.ruc,)]
