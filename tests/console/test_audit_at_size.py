"""No question to the audit reads much of it, however long it is."""

import pytest
from cast import Taxpayer, take_on
from console_cast import Browser, signed_in

from app.lifecycle import State
from app.permissions import Role
from app.store.base import database
from app.store.documents import Document
from app.tenancy import tenant_scope

EACH = 30_000
MOST_BLOCKS = 1_500
_FILL = """
insert into audit (tenant_id, by, action, target, result, at)
select %(tenant)s, 'persona' || n %% 300 || '@example.ec',
    case when n %% 5 = 0 then 'retry' else 'download' end,
    'document ' || 1000000 + n || ' RIDE', 'done', now() - interval '90 days' + n * interval '4 minutes'
from generate_series(1, %(each)s) n
"""


@pytest.fixture(scope="module")
def ana(services) -> Taxpayer:
    return take_on(services, "ANA MOREIRA CÍA. LTDA.")


@pytest.fixture(scope="module")
def document(ana: Taxpayer) -> Document:
    """A document of a taxpayer whose audit is long."""
    document = ana.document(State.SIGNED)
    with tenant_scope(ana.id):
        database.execute_sql(_FILL, {"tenant": ana.id, "each": EACH})
    database.connection().autocommit = True  # vacuum runs in no transaction
    database.execute_sql("vacuum analyze audit")
    database.obj.manual_close()
    return document


@pytest.fixture(scope="module")
def visitors(app, ana: Taxpayer, document) -> dict[str, Browser]:
    return {
        "auditor": signed_in(Browser(app.test_client()), Role.AUDITOR, (ana.id,)),
        "admin": signed_in(Browser(app.test_client()), Role.ADMIN, ()),
    }


def blocks(plan) -> int:
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def scanned(plan) -> bool:
    here = plan["Node Type"].endswith("Seq Scan") and plan["Relation Name"] == "audit"
    return here or any(scanned(part) for part in plan.get("Plans", ()))


PLACES = (
    "/audit/",
    "/audit/?order=oldest",
    "/audit/?target={id}",
    "/audit/?target={number}&action=download",
    "/audit/?target=document 1000007",
    "/audit/?by=persona7@example.ec",
    "/audit/?by=nadie",
    "/audit/?action=note",
    "/audit/?action=download&result=done",
    "/audit/?since=2020-01-01&until=2020-01-02",
    "/documents/{id}/",
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("who", ["auditor", "admin"])
def test_a_question_to_the_audit_reads_a_small_part_of_it(visitors, document, who, place):
    made, sight, pool = [], [], database.obj

    def listen(sql, params=None, *rest, **more):
        if "set_config('autoriza.tenants'" in sql:
            sight[:] = [(sql, params)]
        elif '"audit"' in sql and sql.lower().startswith("select"):
            made.append((sql, params, *sight))
        return real(sql, params, *rest, **more)

    real = pool.execute_sql
    pool.execute_sql = listen
    try:
        visitors[who].read(place.format(id=document.id, number=document.number))
    finally:
        pool.execute_sql = real
    assert made
    for sql, params, see in made:
        with tenant_scope():
            database.execute_sql(*see)
            explained = f"explain (analyze, buffers, format json) {sql}"
            plan = database.execute_sql(explained, params).fetchone()[0][0]["Plan"]
        assert not scanned(plan), sql
        assert blocks(plan) < MOST_BLOCKS, sql
