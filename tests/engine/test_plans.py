"""The queries that run all the time find what is due by its index, however many documents are done with.

PLANS_AMONG says how many; ``make proofs ARGS=plans`` asks among a million.

Asked of PostgreSQL as the application's role, under row-level security, with the statements the engine really sends.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from admin.bench.crowd import FIRST_TENANT, Crowd
from admin.bench.observer import Observer
from app import slo, work
from app.alert_rules import RULES, Look
from app.exporting import documents
from app.store.base import database
from app.store.engine import Circuit
from app.store.exports import Export
from app.store.tenants import Tenant
from app.tenancy import every_tenant_scope, tenant_scope

DONE = int(os.environ.get("PLANS_AMONG", "60000"))
DUE, TENANTS = max(60, DONE // 3_000), 30  # as many in each of three states
MOST_PAGES = max(700, DONE // 200)
"""For thirty taxpayers and every state of theirs; the table, whole, has more than twice that."""
OF_WHAT_IS_DUE = {"document_due", "document_due_of_tenant"}
ONE = FIRST_TENANT + 1
SWEPT = ("sign_document", "submit_document", "check_authorization")
STATES = dict(zip(SWEPT, ("draft", "signed", "pending_authorization"), strict=True))


@pytest.fixture(scope="module")
def crowd(servers, services) -> Iterator[Crowd]:
    name = services.settings.database_url.partition("?")[0].rpartition("/")[2]
    observer = Observer(servers.superuser_url.replace("/autoriza?", f"/{name}?"))
    crowd = Crowd(observer, TENANTS)
    crowd.lighten()
    crowd.grow(DONE)
    for state in STATES.values():
        crowd.grow(DUE, state=state, due_in_s=-60)
        crowd.grow(DUE, state=state, due_in_s=3_600)
    yield crowd
    observer.close()


def sent(act: Callable[[], object], caplog) -> list[tuple[str, Any]]:
    """The statements about documents that ``act`` has PostgreSQL do."""
    with caplog.at_level(logging.DEBUG, logger="peewee"):
        caplog.clear()
        act()
    said = [record.msg for record in caplog.records if record.name == "peewee"]
    return [one for one in said if isinstance(one, tuple) and '"document"' in one[0]]


def indexes(statement: tuple[str, Any], options: str = "") -> set[str]:
    """The indexes its plan reads documents by; ``Seq Scan`` for none. Inside a scope."""
    sql, values = statement
    (plan,) = database.execute_sql(f"explain (format json{options}) {sql}", values).fetchone()
    found: set[str] = set()

    def walk(node: dict[str, Any]) -> None:
        if str(node.get("Index Name", "")).startswith("document_"):
            found.add(node["Index Name"])
        elif node["Node Type"] == "Seq Scan" and node["Relation Name"] == "document":
            found.add("Seq Scan")
        for child in node.get("Plans", ()):
            walk(child)

    walk((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])
    return found


@pytest.mark.parametrize("name", SWEPT)
def test_a_tick_finds_the_tenants_that_have_work_by_the_index_of_what_is_due(engine, crowd, name, caplog):
    kind = engine.job.JOBS[name]
    (statement,) = sent(lambda: engine.sweeps.tenants_with_due_rows(kind), caplog)
    with every_tenant_scope():
        assert len(indexes(statement)) == 1
        assert indexes(statement) <= OF_WHAT_IS_DUE


@pytest.mark.parametrize("name", SWEPT)
def test_a_tenants_sweep_finds_its_rows_by_the_index_of_what_is_due(engine, crowd, name, caplog):
    kind = engine.job.JOBS[name]
    (statement,) = sent(lambda: engine.sweeps._stamp(kind, ONE, [0.0] * 50), caplog)
    with tenant_scope(ONE):
        assert indexes(statement) & OF_WHAT_IS_DUE
        assert indexes(statement) <= OF_WHAT_IS_DUE | {"document_pkey"}


@pytest.mark.parametrize("name", SWEPT)
def test_a_claim_reads_one_row_by_its_id(engine, crowd, name):
    statement = engine.job.JOBS[name].claiming()._statement
    given = {"tenant": ONE, "row": DONE + 1, "owner": "test", "lease": 40, "early": 0.25}
    with tenant_scope(ONE):
        plans = [
            indexes((statement._statement(), given)),
            indexes((statement._call.text, None), ", generic_plan"),  # for the sixth execution and later
        ]
    for plan in plans:
        assert plan
        assert not plan & (OF_WHAT_IS_DUE | {"Seq Scan"})


def test_a_tick_reads_as_little_among_many_documents_as_among_few(engine, crowd, caplog):
    def pages() -> list[int]:
        found = []
        for kind in (engine.job.JOBS[name] for name in SWEPT):
            (statement,) = sent(lambda: engine.sweeps.tenants_with_due_rows(kind), caplog)  # noqa: B023
            with every_tenant_scope():
                found.append(pages_read(statement))
        return found

    few = pages()
    crowd.grow(DONE)
    assert all(many <= 1.5 * some for some, many in zip(few, pages(), strict=True))


def test_the_minutes_look_and_the_goals_read_no_table_of_documents_whole(engine, crowd, services, caplog):
    Circuit.update(changed_at=work.in_seconds(-3600)).execute()  # no outage excuses anybody

    def act() -> None:
        with every_tenant_scope():
            for rule in RULES:
                list(rule.check(Look(services, ("sri",))))
            slo.measure(hours=1)

    with caplog.at_level(logging.DEBUG, logger="peewee"):
        caplog.clear()
        act()
    said = [record.msg for record in caplog.records if record.name == "peewee"]
    made = [one for one in said if isinstance(one, tuple) and "from document d" in one[0]]
    assert len(made) >= 3
    with every_tenant_scope():
        for statement in made:
            assert "Seq Scan" not in indexes(statement), statement[0]
            if "from tenant t" in statement[0]:  # the goals read all that was finished within their hours
                assert pages_read(statement) < MOST_PAGES, statement[0]


def test_an_export_reads_each_page_of_a_taxpayer_by_an_index(crowd, services, caplog):
    one = Export(terms=[], last_id=10**9, oldest_first=False)
    state = Export(terms=[["state", "authorized", "authorized"]], last_id=10**9, oldest_first=True)

    def act() -> None:
        for export in (one, state):
            with tenant_scope(ONE):
                wanted, issuer = documents.wanted_of(export, ONE), Tenant.get_by_id(ONE)
                rows = documents.page(export, wanted, issuer, None, 100)
                assert len(documents.page(export, wanted, issuer, rows[-1].id, 100)) == 100

    found = sent(act, caplog)
    assert len(found) == 8
    with tenant_scope(ONE):
        for statement in found:
            assert "Seq Scan" not in indexes(statement), statement[0]
            assert pages_read(statement) < 700, statement[0]


def pages_read(statement: tuple[str, Any]) -> int:
    sql, values = statement
    (plan,) = database.execute_sql(f"explain (analyze, buffers, format json) {sql}", values).fetchone()
    top = (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])
