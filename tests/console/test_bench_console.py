"""The console's benchmark fills what it says, and every page it times is a page."""

import pytest
from console_cast import Browser

from admin.bench.console import filling, visiting
from admin.bench.console.filling import Size
from admin.bench.console.places import PLACES
from app import counting
from app.store.base import database
from app.tenancy import every_tenant_scope

SMALL = Size(documents=600, tenants=3, days=1)
ROWS = {"document": 600, "history": 3_000, "jobs.run": 2_400, "sri_exchange": 1_200}


@pytest.fixture(scope="module")
def first(services) -> int:
    """The first taxpayer of a small installation."""
    with database.connection_context():
        return filling.fill(SMALL, lambda what, count: None)


def test_it_fills_lives_and_counts_them(first):
    with every_tenant_scope():
        for table, rows in ROWS.items():
            assert database.execute_sql(f"select count(*) from {table}").fetchone() == (rows,), table
        standing = counting.standings(None)
    assert sum(one.n for one in standing if one.stage in ("authorized", "signed", "rejected")) > 550
    assert {one.cause.split(" ")[0] for one in standing} >= {"http", "52", "undecided"}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_every_place_that_is_timed_is_a_page_of_which_the_queries_can_be_planned(
    admin: Browser, first, place
):
    of_one = {
        "id": 301,
        "tenant": first,
        "batch": 1,
        "key": f"{301:049d}",
        "number": "001-002-000000301",
        "buyer": f"{301:010d}",
        "month": "2026-11",
    }
    address = place.address.format(**of_one, digits=301)
    assert admin.get(address, follow_redirects=True).status_code == 200
    assert visiting.scans_of(admin.client, address) == []
