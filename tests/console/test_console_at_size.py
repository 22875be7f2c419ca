"""Pages stay quick when there are many documents: every query reads a small part of the table."""

from contextlib import contextmanager

import pytest
from cast import take_on
from console_cast import Browser, signed_in
from peewee import fn

from app import batches, facts
from app.store.base import database
from app.store.batches import Batch
from app.store.documents import Document
from app.tenancy import tenant_scope

EACH = 12_000
MOST_BLOCKS = 400
"""Of some 1,400 that the table has; a page of 50 rows and its counts need far fewer."""

_FILL = """
insert into document (tenant_id, reference, content_sha256, content, doc_type, environment, establishment,
    emission_point, sequence_number, number, issue_date, access_key, version,
    refused_code, refused_text, state, buyer_id, buyer_name, buyer_key, total,
    imported_by)
select %(tenant)s, 'ref-' || n, 'x', '{}', '01', 1, '001', '002', n, '001-002-' || lpad(n::text, 9, '0'),
    (now() at time zone 'America/Guayaquil')::date - case when n %% 400 = 0 then 2 else 0 end,
    lpad(%(tenant)s || lpad(n::text, 9, '0'), 49, '7'), 1, '52', 'ERROR EN DIFERENCIAS',
    case when n %% 3000 = 0 then 'rejected' when n %% 1000 = 1 then 'draft' else 'authorized' end,
    case when n %% 2 = 0 then '9999999999999' else lpad(n::text, 10, '0') end,
    case when n %% 2 = 0 then 'CONSUMIDOR FINAL' else 'Cliente ' || n end,
    case when n %% 2 = 0 then 'consumidor final' else 'cliente ' || n end, 23, 'test'
from generate_series(1, %(each)s) n;
insert into sequence select %(tenant)s, 1, '01', '001', '002', %(each)s + 1;
"""


@pytest.fixture(scope="module")
def crowd(services):
    """Three taxpayers with many documents each, two hundred of them handed in together."""
    taxpayers = [take_on(services, f"CONTRIBUYENTE {n} S.A.") for n in range(3)]
    for one in taxpayers:
        with tenant_scope(one.id):
            database.execute_sql(_FILL, {"tenant": one.id, "each": EACH})
            batch = Batch.insert(tenant_id=one.id, by="test", at=fn.now(), called="lote", files=200).execute()
            some = Document.select(Document.id).order_by(Document.id).limit(200)
            Document.update(batch_id=batch).where(Document.id.in_(some)).execute()
    database.connection().autocommit = True  # vacuum runs in no transaction
    database.execute_sql("vacuum analyze document, batch, sequence, buyer_word")
    database.obj.manual_close()
    return taxpayers


@pytest.fixture(scope="module")
def visitors(app, crowd) -> dict[str, Browser]:
    ids = tuple(one.id for one in crowd)
    return {
        "viewer of one": signed_in(Browser(app.test_client()), "viewer", ids[:1]),
        "viewer of two": signed_in(Browser(app.test_client()), "viewer", ids[:2]),
        "admin": signed_in(Browser(app.test_client()), "admin", ()),
    }


@contextmanager
def queries_about_documents():
    """Every query about documents that is made meanwhile, with the taxpayers in sight."""
    made, pool, sight = [], database.obj, []

    def listen(sql, params=None, *rest, **more):
        if "set_config('autoriza.tenants'" in sql:
            sight[:] = [(sql, params)]
        elif "document" in sql.lower() and sql.lower().lstrip().startswith(("select", "with over")):
            made.append((sql, params, *sight))
        return real(sql, params, *rest, **more)

    real = pool.execute_sql
    pool.execute_sql = listen
    try:
        yield made
    finally:
        pool.execute_sql = real


def plan_of(sql, params, sight):
    with tenant_scope():
        database.execute_sql(*sight)
        explained = f"explain (analyze, buffers, format json) {sql}"
        return database.execute_sql(explained, params).fetchone()[0][0]["Plan"]


def scanned(plan) -> bool:
    """Whether a part of the plan reads every document."""
    here = plan["Node Type"].endswith("Seq Scan") and plan["Relation Name"] == "document"
    return here or any(scanned(part) for part in plan.get("Plans", ()))


PLACES = (
    "/",
    "/failures/",
    "/failures/draft/",
    "/failures/rejected/?cause=52 ERROR EN DIFERENCIAS",
    "/documents/",
    "/documents/?order=oldest",
    "/documents/?state=rejected",
    "/documents/?state=authorized",
    "/documents/?attention=person",
    "/documents/?q=001-002-000011999&order=oldest",
    "/documents/?q=0000011999",
    "/documents/?q=000011999&order=oldest",
    "/documents/?q=11999&order=oldest",
    "/documents/?q=final",
    "/documents/?q=1199&order=oldest",
    "/documents/?q=buyer:1199",
    "/documents/?q=issued:2020-01",
    "/documents/?q=fecha:hoy",
    "/documents/?q=fecha:2026-11.. state:authorized",
    "/documents/?issued_from=2000-01-02&order=oldest",
    "/documents/?q=attention:moving",
    "/documents/?attention=moving_mail&order=oldest",
    "/documents/?q=cliente 1199",
    "/documents/?q=consumidor",
    "/documents/?q=nadie",
    "/documents/?q=" + "7" * 49,
    "/documents/?q=9999999999999",
    "/documents/?q=buyer:consumidor state:rejected",
    "/documents/?q=buyer:9999999999999 state:rejected",
    "/documents/?q=error:43",
    "/documents/?q=type:nota_credito",
    "/documents/?q=after:2020-01-01 until:2020-01-02",
    "/documents/?q=after:2020-01-01 state:authorized",
    "/documents/?q=ref:ref-11999",
    "/documents/?q=modifies:001-002-3",
    "/documents/?q=mail:bounced",
    "/documents/?q=alguien@example.ec",
    "/documents/?q=batch:1",
    "/documents/?q=batch:1 state:rejected",
    "/documents/suggestions.json?q=cliente 11",
    "/batches/",
    "/batches/?state=moving",
    "/batches/1/",
    "/batches/1/?show=person",
    "/documents/?behind=9000",
    "/documents/?before=9000&state=draft",
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("who", ["viewer of one", "viewer of two", "admin"])
def test_a_page_reads_a_small_part_of_the_documents(visitors, who, place):
    with queries_about_documents() as made:
        visitors[who].read(place)
    assert made
    for query in made:
        plan = plan_of(*query)
        assert not scanned(plan), query[0]
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < MOST_BLOCKS, query[0]


def test_the_look_at_batches_reads_the_documents_of_those_that_are_not_over(crowd):
    with queries_about_documents() as made:
        assert batches.finish_over() == 0
    (query,) = made
    plan = plan_of(*query)
    assert not scanned(plan)
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 60


def test_the_figures_for_prometheus_read_a_small_part_of_the_documents(crowd):
    with queries_about_documents() as made:
        list(facts.families(per_tenant=False))
    assert made
    for query in made:
        plan = plan_of(*query)
        assert not scanned(plan), query[0]
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < MOST_BLOCKS, query[0]


def test_the_table_is_large_enough_for_this_to_mean_something(crowd):
    (pages,) = database.execute_sql("select relpages from pg_class where relname = 'document'").fetchone()
    assert pages > 3 * MOST_BLOCKS
