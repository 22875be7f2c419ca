"""Counters and rollups say what the rows say, whatever moves meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer, at_once

from app import counting, rollups, work
from app.lifecycle import State
from app.store.base import database
from app.store.counts import Rollup
from app.store.documents import Document, History
from app.tenancy import every_tenant_scope, tenant_scope

REALLY = """
select state as stage, needs_person_since is not null, count(*), sum(total) from document where tenant_id = %s
group by 1, 2
union all
select case when path is null then 'ride' else 'kept' end, needs_person_since is not null, count(*), 0 from ride
where tenant_id = %s group by 1, 2
"""


def counted(taxpayer: Taxpayer) -> dict:
    found: dict = {}
    with tenant_scope(taxpayer.id):
        for one in counting.standings([taxpayer.id]):
            n, amount = found.get((one.stage, one.person), (0, 0))
            found[one.stage, one.person] = n + one.n, amount + one.amount
    return {key: value for key, value in found.items() if key[0] not in ("mail", "no_address")}


def really(taxpayer: Taxpayer) -> dict:
    with tenant_scope(taxpayer.id):
        rows = database.execute_sql(REALLY, (taxpayer.id, taxpayer.id)).fetchall()
    return {(stage, person): (n, amount) for stage, person, n, amount in rows}


def fold() -> int:
    with every_tenant_scope():
        return counting.fold()


def test_counters_equal_the_rows_in_every_state_before_and_after_they_are_folded(ana: Taxpayer, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion", "times": 1}])
    ana.document(State.REJECTED)
    for state in (State.DRAFT, State.SIGNED, State.PENDING_AUTHORIZATION, State.AUTHORIZED):
        ana.document(state)
    ana.render(ana.document(State.AUTHORIZED).id)
    assert counted(ana) == really(ana)
    assert fold() > 0
    assert counted(ana) == really(ana)
    ana.correct(next(iter(documents_in(ana, "rejected"))), importeTotal="23.00")
    assert counted(ana) == really(ana)


def documents_in(taxpayer: Taxpayer, state: str) -> list[int]:
    with tenant_scope(taxpayer.id):
        return [row.id for row in Document.select().where(Document.state == state)]


def test_folding_while_documents_move_neither_loses_nor_doubles_any(ana: Taxpayer):
    def one(number: int) -> None:
        for _ in range(4):
            if number % 3 == 2:
                fold()
            else:
                ana.document(State.SIGNED)

    at_once(6, one)
    assert counted(ana) == really(ana) == {("signed", False): (16, 368)}
    fold()
    assert counted(ana) == really(ana)


def test_a_cause_is_counted_without_what_only_one_occurrence_says(ana: Taxpayer):
    for number in range(3):
        document = ana.document(State.PENDING_AUTHORIZATION)
        claim = due(ana, document)
        with tenant_scope(ana.id):
            work.sleep(claim, 60, code="http", why=f"http: 503 de «nodo{number}» tras {number}5 s")
    with tenant_scope(ana.id):
        causes = {one.cause: one.n for one in counting.standings([ana.id]) if one.cause}
    assert causes == {"http http: # de … tras # s": 3}


def due(taxpayer: Taxpayer, document: Document):
    taxpayer.make_due(Document, document.id)
    return taxpayer.claim(Document, document.id)


def test_a_document_that_only_waits_for_its_verdict_is_no_trouble(ana: Taxpayer):
    claim = due(ana, ana.document(State.PENDING_AUTHORIZATION))
    with tenant_scope(ana.id):
        work.sleep(claim, 5, code="pending", why="the SRI has not decided yet")
        assert [one.cause for one in counting.standings([ana.id])] == [""]


def test_a_refused_document_keeps_the_code_that_refused_it_until_it_is_corrected(ana: Taxpayer, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion", "times": 1}])
    document = ana.document(State.REJECTED)
    assert document.refused_code == "52"
    ana.correct(document.id)
    assert ana.read(document.id).refused_code is None


@pytest.fixture
def nothing_rolled(services) -> None:
    with every_tenant_scope():
        database.execute_sql("delete from jobs.rolled")


@pytest.mark.usefixtures("nothing_rolled")
def test_rollups_say_what_is_on_record_however_often_they_are_computed(ana: Taxpayer, beto: Taxpayer):
    for taxpayer in (ana, ana, beto):
        taxpayer.document(State.AUTHORIZED)
    soon = datetime.now(UTC) + timedelta(seconds=1)
    for _ in range(2):
        rollups.roll_up(soon)
    with every_tenant_scope():
        history = History.select().where(History.event == "authorized").count()
        for grain in (300, 3600):
            assert authorized(0, grain) == history
            assert authorized(ana.id, grain) == 2
            assert authorized(beto.id, grain) == 1


def authorized(tenant_id: int, grain: int) -> int:
    rows = Rollup.select().where(
        Rollup.tenant_id == tenant_id,
        Rollup.grain == grain,
        Rollup.measure == "moved",
        Rollup.subject == "authorized",
    )
    return sum(row.n for row in rows)


@pytest.mark.usefixtures("nothing_rolled")
def test_a_rollup_that_was_cut_short_goes_on_where_it_ended(ana: Taxpayer):
    now = datetime.now(UTC) + timedelta(days=1)
    rollups.roll_up(now)
    assert rollups.roll_up(now + timedelta(hours=5)) == 5
    assert rollups.roll_up(now + timedelta(hours=5)) == 0
