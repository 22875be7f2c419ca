"""The claim, the lease and the fence: one worker a row, and a late one keeps nothing."""

import random
from datetime import timedelta

import pytest
from cast import at_once

from app import claiming, work
from app.lifecycle import Event, State
from app.store.advance import advance
from app.store.base import database
from app.store.documents import Document
from app.tenancy import tenant_scope
from app.work import EARLY_S, HINT_WITHIN_S, Claim, Refused

OVER = -1.0
"""A lease that has run out as soon as it is taken."""


def due_in(ana, document_id: int, seconds: float) -> None:
    with tenant_scope(ana.id):
        Document.update(next_attempt_at=work.in_seconds(seconds)).where(Document.id == document_id).execute()


def now():
    return database.execute_sql("select now()").fetchone()[0]


def test_eight_workers_take_two_hundred_documents_once_each(ana):
    ids = [ana.import_invoice() for _ in range(200)]

    def worker(number: int) -> list[int]:
        order = random.Random(number).sample(ids, len(ids))
        return [row_id for row_id in order if ana.claim(Document, row_id, owner=f"worker {number}")]

    taken = [row_id for one in at_once(8, worker) for row_id in one]
    assert sorted(taken) == sorted(ids)
    assert {(row.fence, row.attempts) for row in map(ana.read, ids)} == {(1, 1)}


def test_a_document_somebody_holds_is_not_taken(ana):
    document_id = ana.import_invoice()
    assert ana.claim(Document, document_id, owner="first")
    assert ana.claim(Document, document_id, owner="second") is None
    assert ana.read(document_id).lease_owner == "first"


def test_a_document_not_yet_due_is_not_taken(ana):
    document_id = ana.import_invoice()
    due_in(ana, document_id, EARLY_S + 30)
    assert ana.claim(Document, document_id) is None
    with tenant_scope(ana.id):
        Document.update(next_attempt_at=None).where(Document.id == document_id).execute()
    assert ana.claim(Document, document_id) is None


def test_a_hint_may_come_a_moment_before_the_document_is_due(ana):
    document_id = ana.import_invoice()
    with tenant_scope(ana.id):  # now() is the transaction's, so nothing passes between the two
        Document.update(next_attempt_at=work.in_seconds(EARLY_S)).where(Document.id == document_id).execute()
        assert claiming.claim(Document, ana.id, document_id, owner="w", lease_s=40)


def test_a_document_that_does_not_meet_the_condition_is_not_taken(ana):
    document_id = ana.import_invoice()
    with tenant_scope(ana.id):
        signed = Document.state == State.SIGNED
        assert claiming.claim(Document, ana.id, document_id, owner="w", lease_s=40, only=signed) is None


def test_a_worker_of_beto_cannot_take_anas_document(ana, beto):
    document_id = ana.import_invoice()
    assert beto.claim(Document, document_id) is None
    with tenant_scope(beto.id):
        assert claiming.claim(Document, ana.id, document_id, owner="w", lease_s=40) is None
    assert ana.read(document_id).fence == 0


WRITES = {
    "sleeps": lambda claim: work.sleep(claim, 5),
    "parks": lambda claim: work.park(claim, "code", "reason"),
    "finishes": lambda claim: work.finish(claim),
    "moves the document": lambda claim: advance(claim, Event.SIGNED, by="late"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_late_worker_keeps_nothing_of_its_work(ana, write):
    document_id = ana.import_invoice()
    late = ana.claim(Document, document_id, lease_s=OVER)
    current = ana.claim(Document, document_id, owner="current")
    before = ana.read(document_id)
    assert late
    assert current
    with pytest.raises(Refused), tenant_scope(ana.id):
        write(late)
    assert ana.read(document_id).__data__ == before.__data__
    assert ana.history(document_id) == ["imported"]


def test_a_worker_that_has_let_go_cannot_write_again(ana):
    claim = ana.claim(Document, ana.import_invoice())
    with tenant_scope(ana.id):
        work.sleep(claim, 5)
    for write in WRITES.values():
        with pytest.raises(Refused), tenant_scope(ana.id):
            write(claim)


def test_a_slow_worker_whom_nobody_replaced_may_still_finish(ana):
    document_id = ana.import_invoice()
    claim = ana.claim(Document, document_id, lease_s=OVER)
    with tenant_scope(ana.id):
        work.sleep(claim, 5, code="slow", why="it took long")
    assert ana.read(document_id).last_error_code == "slow"


def test_of_two_workers_that_move_a_document_at_once_one_wins(ana):
    document_id = ana.import_invoice()
    claim = ana.claim(Document, document_id)

    def move(_: int) -> bool:
        try:
            with tenant_scope(ana.id):
                advance(claim, Event.SIGNED, by="w")
        except Refused:
            return False
        return True

    assert sorted(at_once(2, move)) == [False, True]
    assert ana.history(document_id) == ["imported", "signed"]


def test_a_worker_that_never_came_back_counts_as_a_crash_until_one_does(ana):
    document_id = ana.import_invoice()
    for crashes in range(2):
        assert ana.claim(Document, document_id, lease_s=OVER)
        assert ana.read(document_id).crash_count == crashes
    claim = ana.claim(Document, document_id)
    assert claim.row.crash_count == 2
    with tenant_scope(ana.id):
        work.sleep(claim, 0)
    assert ana.read(document_id).crash_count == 0


def test_the_third_crash_sets_the_document_aside_for_a_person(ana):
    document_id = ana.import_invoice()
    assert all(ana.claim(Document, document_id, lease_s=OVER) for _ in range(3))
    assert ana.claim(Document, document_id) is None
    aside = ana.read(document_id)
    assert (aside.needs_person_code, aside.next_attempt_at, aside.lease_until) == ("crashed", None, None)
    assert "3 veces" in aside.needs_person_reason
    assert aside.needs_person_since
    assert aside.state == State.DRAFT


def sleeping(ana, seconds: float, **options) -> Document:
    document_id = ana.import_invoice()
    claim = ana.claim(Document, document_id)
    with tenant_scope(ana.id):
        work.sleep(claim, seconds, **options)
        slept_at = now()
    asleep = ana.read(document_id)
    assert asleep.next_attempt_at == slept_at + timedelta(seconds=seconds)
    assert (asleep.lease_until, asleep.lease_owner) == (None, None)
    return asleep


def test_a_short_wait_is_left_to_its_hint_and_a_long_one_to_the_sweep(ana):
    short, long = sleeping(ana, HINT_WITHIN_S), sleeping(ana, HINT_WITHIN_S + 1)
    assert short.published_at == short.next_attempt_at
    assert long.published_at is None


def test_a_wait_says_when_it_ends_and_what_went_wrong(ana):
    asleep = sleeping(ana, 30, code="timeout", why="no answer")
    assert (asleep.attempts, asleep.last_error_code, asleep.last_error) == (1, "timeout", "no answer")


def test_an_attempt_that_was_not_the_documents_fault_is_given_back(ana):
    assert sleeping(ana, 30, spent=False).attempts == 0


def test_a_document_set_aside_says_why_and_is_never_due(ana):
    document_id = ana.import_invoice()
    claim = ana.claim(Document, document_id)
    with tenant_scope(ana.id):
        work.park(claim, "no_certificate", "cargue un certificado")
        parked_at = now()
    aside = ana.read(document_id)
    assert (aside.needs_person_code, aside.needs_person_reason) == ("no_certificate", "cargue un certificado")
    assert (aside.last_error_code, aside.last_error) == ("no_certificate", "cargue un certificado")
    assert aside.needs_person_since == parked_at
    assert ana.claim(Document, document_id) is None


def test_a_row_whose_situation_is_new_remembers_no_trouble(ana):
    document_id = ana.import_invoice()
    ana.claim(Document, document_id, lease_s=OVER)
    claim: Claim = ana.claim(Document, document_id)
    with tenant_scope(ana.id):
        work.sleep(claim, 0, code="timeout", why="no answer")
    claim = ana.claim(Document, document_id)
    with tenant_scope(ana.id):
        advance(claim, Event.SIGNED, by="w", due_in=0)
    moved = ana.read(document_id)
    assert (moved.attempts, moved.crash_count, moved.last_error_code, moved.last_error) == (0, 0, None, None)
    assert (moved.lease_until, moved.needs_person_since) == (None, None)


@pytest.mark.parametrize(("attempt", "most"), [(1, 2), (2, 4), (5, 32), (9, 512), (10, 900), (10_000, 900)])
def test_waits_double_up_to_a_quarter_of_an_hour_and_never_coincide(attempt, most):
    waits = [work.backoff(attempt) for _ in range(100)]
    assert all(most * 0.75 <= wait <= most for wait in waits)
    assert len(set(waits)) > 90
