"""An export holds rows of those taxpayers alone that its requester may still see when it is made."""

import pytest
from cast import Taxpayer
from exports_cast import ask, audited, read, rows, somebody, take_away, written

from app.errors import Refused
from app.exporting import keeping, writing
from app.lifecycle import State
from app.store.exports import Export
from app.store.people import Person
from app.tenancy import tenant_scope


def test_a_taxpayers_rows_are_in_no_file_of_anybody_else(ana: Taxpayer, beto: Taxpayer, services):
    ana.document(State.DRAFT)
    betos = beto.document(State.DRAFT).id
    done = written(ask(somebody(beto)), services)
    assert [int(row["id"]) for row in rows(done, services)] == [betos]
    with tenant_scope(ana.id):
        assert Export.get_or_none(Export.id == done.id) is None


def test_what_is_taken_away_between_click_and_run_is_not_in_the_file(ana, beto, services):
    betos = beto.document(State.DRAFT).id
    ana.document(State.DRAFT)
    access = somebody(ana, beto)
    export = ask(access)
    take_away(access, ana)
    done = written(export, services)
    assert [int(row["id"]) for row in rows(done, services)] == [betos]
    assert (done.stage, done.narrowed, done.tenant_ids) == ("done", True, [beto.id])


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_what_is_taken_away_while_it_is_written_is_not_in_the_file(ana, beto, services, pieces):
    for taxpayer in (ana, beto):
        taxpayer.document(State.DRAFT)
    betos = beto.document(State.DRAFT).id
    access = somebody(ana, beto)
    export = ask(access)
    for _ in range(pieces):
        writing.step(export.id, services, most=1)
    take_away(access, ana)
    done = written(export, services, most=1)
    found = rows(done, services)
    assert {row["ruc_emisor"] for row in found} == {beto.ruc}
    assert betos in {int(row["id"]) for row in found}
    assert (done.stage, done.tenant_ids) == ("done", [beto.id])


@pytest.mark.parametrize("shut_out", ["no role left", "disabled"])
def test_whoever_may_see_nothing_any_more_gets_no_file(ana: Taxpayer, services, shut_out):
    ana.document(State.DRAFT)
    access = somebody(ana)
    export = ask(access)
    if shut_out == "disabled":
        Person.update(active=False).where(Person.id == access.person_id).execute()
    else:
        take_away(access, ana)
    done = written(export, services)
    assert (done.stage, done.why, done.pieces, done.sha256) == ("failed", "no_rights", [], None)
    assert [action for action, _ in audited(ana, done)] == ["export_asked"]


def test_taxpayers_that_are_not_ones_own_cannot_be_asked_for(ana: Taxpayer, beto: Taxpayer):
    with pytest.raises(Refused, match="ninguno de sus contribuyentes"):
        ask(somebody(beto), search=f"tenant:{ana.ruc}")


def test_what_is_taken_away_while_the_file_is_sealed_is_not_offered(ana, beto, services, monkeypatch):
    for taxpayer in (ana, beto):
        taxpayer.document(State.DRAFT)
    access = somebody(ana, beto)
    export = ask(access)
    writing.step(export.id, services)
    whole = keeping.content

    def meanwhile(*asked):
        take_away(access, ana)
        return whole(*asked)

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "content", meanwhile)
        assert writing.step(export.id, services).more
    assert read(export).stage == "writing"
    done = written(export, services)
    assert ({row["ruc_emisor"] for row in rows(done, services)}, done.tenant_ids) == ({beto.ruc}, [beto.id])
