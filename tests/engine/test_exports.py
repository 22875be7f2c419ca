"""An export holds everything that matched at the click, of those taxpayers its requester may still see, or nothing."""

import hashlib
import json
import os
import signal

import pytest
from cast import Taxpayer
from dramatiq_at_work import work_off
from exports_cast import ask, audited, due_again, read, rows, somebody, written
from peewee import IntegrityError

from app import work
from app.errors import Refused
from app.exporting import keeping, writing
from app.lifecycle import State
from app.search import buyers, finding
from app.store.base import database
from app.store.exports import Export
from app.tenancy import every_tenant_scope, tenant_scope


def test_an_export_holds_all_that_matched_at_the_click_and_nothing_that_came_later(ana: Taxpayer, services):
    then = [ana.document(State.DRAFT).id for _ in range(5)]
    ana.document(State.SIGNED)
    export = ask(somebody(ana), search="state:draft")
    ana.document(State.DRAFT)
    done = written(export, services, most=2)
    assert [int(row["id"]) for row in rows(done, services)] == sorted(then, reverse=True)
    assert (done.stage, done.rows, done.rows_of, done.capped) == ("done", 5, {str(ana.id): 5}, False)
    assert len(done.pieces) >= 3
    content = b"".join(keeping.content(done, services))
    assert (len(content), hashlib.sha256(content).hexdigest()) == (done.bytes, done.sha256)
    assert content.count("\ufeff".encode()) == 1
    asked, over = audited(ana, done)
    assert asked == (
        "export_asked",
        {"list": "documents", "filters": {"q": "state:draft"}, "most_rows": 1_000},
    )
    assert over == ("export", {"rows": 5, "sha256": done.sha256})


def test_the_order_and_the_words_are_those_of_whoever_asked(ana: Taxpayer, services):
    first, second = ana.document(State.DRAFT).id, ana.document(State.DRAFT).id
    done = written(ask(somebody(ana), oldest_first=True, language="en"), services)
    found = [(int(row["id"]), row["estado"]) for row in rows(done, services)]
    assert found == [(first, "Draft"), (second, "Draft")]


def test_an_export_says_when_it_reached_its_limit(ana: Taxpayer, services):
    for _ in range(4):
        ana.document(State.DRAFT)
    done = written(ask(somebody(ana), most_rows=3), services, most=2)
    assert (done.stage, done.rows, done.capped) == ("done", 3, True)
    assert len(rows(done, services)) == 3


def test_a_buyer_of_more_documents_than_a_search_looks_at_is_exported_whole(
    ana: Taxpayer, services, monkeypatch
):
    monkeypatch.setattr("app.search.buyers.by_name.__defaults__", (2,))
    for _ in range(4):
        ana.document(State.DRAFT, razonSocialComprador="MERCADO GRANDE")
    ana.document(State.DRAFT, razonSocialComprador="TIENDA CHICA")
    done = written(ask(somebody(ana), search="buyer:mercado"), services)
    assert [row["comprador"] for row in rows(done, services)] == ["MERCADO GRANDE"] * 4


@pytest.mark.parametrize("search", ["buyer:mercado", "amount:11.50"])
def test_whether_a_search_would_cut_off_is_asked_once_and_no_page_is_read_twice(
    ana: Taxpayer, services, monkeypatch, search
):
    documents = [ana.document(State.DRAFT, razonSocialComprador="MERCADO GRANDE") for _ in range(5)]
    search = search.replace("11.50", f"{documents[0].total:.2f}")
    asked = []
    by_name = buyers.by_name
    monkeypatch.setattr(buyers, "by_name", lambda *of: asked.append(of) or by_name(*of, 2))
    monkeypatch.setattr(finding, "find", failing(AssertionError("what it finds would be thrown away")))
    monkeypatch.setattr(writing, "ROWS_OF_A_PAGE", 2)
    done = written(ask(somebody(ana), search=search), services)
    assert len(rows(done, services)) == 5
    assert len(asked) == (1 if "buyer" in search else 0)


def test_a_click_does_not_look_for_the_ids_of_a_time_that_nobody_reads(ana: Taxpayer, services, monkeypatch):
    document = ana.document(State.DRAFT)
    with monkeypatch.context() as patch:
        patch.setattr(finding.keyset, "within", failing(AssertionError("nobody reads it")))
        export = ask(somebody(ana), search="state:draft after:2020-01-01")
    done = written(export, services)
    assert [int(row["id"]) for row in rows(done, services)] == [document.id]
    assert {term[0] for term in done.terms} == {"state", "after"}


def test_the_same_click_is_the_same_export(ana: Taxpayer):
    access = somebody(ana)
    assert ask(access, name="el mismo").id == ask(access, name="el mismo").id


def test_nobody_has_more_exports_under_way_than_allowed(ana: Taxpayer, services):
    access = somebody(ana)
    first = ask(access, at_once=1)
    with pytest.raises(Refused, match="espere a que terminen"):
        ask(access, at_once=1)
    written(first, services)
    assert ask(access, at_once=1).id > first.id


def test_a_worker_killed_in_the_middle_leaves_no_half_and_nothing_twice(ana: Taxpayer, services):
    documents = [ana.document(State.DRAFT).id for _ in range(6)]
    export = ask(somebody(ana))
    writing.step(export.id, services, most=2)
    die_after_storing_a_piece(export, services)
    assert read(export).rows == 2
    assert writing.step(export.id, services).rows == 0, "its turn is not over yet"
    due_again(export)
    assert export.id in writing.stalled()
    done = written(export, services, most=2)
    assert [int(row["id"]) for row in rows(done, services)] == sorted(documents, reverse=True)


def die_after_storing_a_piece(export: Export, services) -> None:
    """A process that writes the next piece and is killed with SIGKILL before it is on record."""
    database.close()
    child = os.fork()
    if child == 0:
        database.obj._connections.clear()
        writing.reached = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        writing.step(export.id, services, most=2)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_a_worker_that_comes_back_late_leaves_no_trace(ana: Taxpayer, services):
    for _ in range(3):
        ana.document(State.DRAFT)
    export = ask(somebody(ana))
    late = writing._take(export.id)
    due_again(export)
    done = written(export, services, most=1)
    assert not writing._write_piece(late, services, 5).more
    after = read(export)
    assert (after.pieces, after.rows, after.sha256) == (done.pieces, 3, done.sha256)
    kept = services.storage.names_in(keeping.folder_of(export.id))
    assert sorted(kept) == [name.rpartition("/")[2] for name in done.pieces]


def test_a_late_worker_that_finds_rights_taken_away_leaves_its_successors_file_alone(
    ana: Taxpayer, beto: Taxpayer, services, monkeypatch
):
    ana.document(State.DRAFT)
    beto.document(State.DRAFT)
    export = ask(somebody(ana, beto))
    late = writing._take(export.id)
    due_again(export)
    done = written(export, services)
    monkeypatch.setattr(writing, "_left", lambda _: [ana.id])
    assert not writing._may_go_on(late, services)
    assert len(b"".join(keeping.content(done, services))) == done.bytes


def failing(error: Exception):
    def fail(*_):
        raise error

    return fail


def test_what_breaks_again_and_again_is_given_up(ana: Taxpayer, services, monkeypatch):
    export = ask(somebody(ana))
    with monkeypatch.context() as patch:
        patch.setattr(writing.documents, "wanted_of", failing(ValueError("a bug")))
        for _ in range(writing.MOST_ATTEMPTS):
            due_again(export)
            with pytest.raises(ValueError, match="a bug"):
                writing.step(export.id, services)
    due_again(export)
    assert writing.step(export.id, services).rows == 0
    assert (read(export).stage, read(export).why) == ("failed", "broke")


def test_while_the_storage_is_away_an_export_waits_for_it(ana: Taxpayer, services, monkeypatch):
    ana.document(State.DRAFT)
    export = ask(somebody(ana))
    with monkeypatch.context() as patch:
        patch.setattr(services.storage, "put", failing(OSError("bucket away")))
        for _ in range(writing.MOST_ATTEMPTS + 2):
            due_again(export)
            writing.step(export.id, services)
        assert (read(export).stage, read(export).why) == ("writing", "storage_away")
    due_again(export)
    assert (written(export, services).stage, read(export).why) == ("done", None)


def test_a_file_of_which_a_piece_was_lost_is_not_offered(ana: Taxpayer, services):
    ana.document(State.DRAFT)
    export = ask(somebody(ana))
    writing.step(export.id, services)
    services.storage.forget(keeping.folder_of(export.id))
    assert (written(export, services).stage, read(export).why) == ("failed", "pieces_lost")


def test_an_expired_file_is_removed_and_its_row_says_so(ana: Taxpayer, services):
    ana.document(State.DRAFT)
    done = written(ask(somebody(ana)), services)
    kept = written(ask(somebody(ana)), services)
    with every_tenant_scope():
        Export.update(expires_at=work.in_seconds(-1)).where(Export.id == done.id).execute()
    assert keeping.forget_expired(services) >= 1
    assert not services.storage.exists(done.pieces[0])
    assert services.storage.exists(kept.pieces[0])
    assert (read(done).stage, read(done).removed_at is not None) == ("expired", True)
    assert read(kept).stage == "done"
    with pytest.raises(IntegrityError, match="stays on record"), tenant_scope(ana.id):
        Export.delete().where(Export.id == done.id).execute()


def test_a_real_worker_writes_it_and_the_schedule_brings_a_lost_one_back(engine, ana: Taxpayer):
    ana.document(State.DRAFT)
    export = ask(somebody(ana))
    due_again(export)
    engine.schedules.continue_bulk.fn()
    sent = [json.loads(body)["kwargs"] for body in engine.broker.client.hvals("autoriza:sweep.msgs")]
    assert {"export_id": export.id} in sent
    work_off(engine.broker, {"sweep"}, threads=2, only=True)
    assert (read(export).stage, read(export).rows) == ("done", 1)
