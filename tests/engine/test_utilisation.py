"""How busy the threads of each queue are: time at work against time there was, and what it is measured over."""

from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer

from app import processes, rollups, utilisation
from app.store.base import database
from app.store.engine import Process, Run
from app.tenancy import every_tenant_scope

NOW = datetime.now(UTC).replace(microsecond=0)
LONG_AGO = NOW - timedelta(hours=2)


@pytest.fixture(autouse=True)
def _nobody_and_nothing(services):
    with every_tenant_scope():
        Process.delete().execute()
        Run.delete().execute()
        database.execute_sql("delete from rollup")
        database.execute_sql("delete from jobs.rolled")


def worker(name: str, queues: list[str], threads: int, *, since: datetime = LONG_AGO) -> None:
    with database.connection_context():
        processes.beat(name, "worker", queues=queues, threads=threads)
        Process.update(started_at=since, beat_at=NOW).where(Process.name == name).execute()


def worked(ana: Taxpayer, queue: str, seconds: float, *, ago_s: float, state: str = "succeeded") -> None:
    began = NOW - timedelta(seconds=ago_s)
    with every_tenant_scope():
        Run.insert(
            tenant_id=ana.id,
            message_id="m",
            actor="sign_document",
            queue=queue,
            arguments=[],
            attempt=1,
            state=state,
            failed=state == "failed",
            error="x" if state == "failed" else None,
            enqueued_at=began,
            started_at=began,
            finished_at=None if state == "running" else began + timedelta(seconds=seconds),
            worker="dyno:1",
        ).execute()


def used() -> dict[str, utilisation.Use]:
    rollups.roll_up(NOW)
    with every_tenant_scope():
        return utilisation.by_queue(NOW)


def test_a_queue_with_threads_of_its_own_is_as_busy_as_its_jobs_took(ana: Taxpayer):
    worker("dyno:1", ["ride"], 2)
    worked(ana, "ride", 120, ago_s=500)
    worked(ana, "ride", 90, ago_s=200, state="failed")
    worked(ana, "mail", 300, ago_s=300)
    (use,) = used().values()
    there = 2 * (use.upto - use.since).total_seconds()
    assert use.upto == NOW
    assert 600 <= (use.upto - use.since).total_seconds() < 900
    assert use.share == use.own == pytest.approx(210 / there)
    assert (use.queue, use.beside, use.threads, use.load) == ("ride", (), 2, "free")


def test_queues_that_share_threads_are_as_busy_as_all_of_them_together(ana: Taxpayer):
    worker("dyno:1", ["sweep", "sri"], 1)
    worker("dyno:2", ["sri", "sign"], 1)
    worker("dyno:3", ["ride"], 8)
    worked(ana, "sri", 290, ago_s=290)
    worked(ana, "sign", 280, ago_s=590)
    found = used()
    there = 2 * (found["sri"].upto - found["sri"].since).total_seconds()
    assert {queue: use.beside for queue, use in found.items()} == {
        "ride": (),
        "sign": ("sri", "sweep"),
        "sri": ("sign", "sweep"),
        "sweep": ("sign", "sri"),
    }
    assert [found[queue].share * there for queue in ("sweep", "sri", "sign")] == pytest.approx([570] * 3)
    assert [found[queue].own * there for queue in ("sri", "sign", "sweep")] == pytest.approx([290, 280, 0])
    assert found["ride"].share == 0


def test_threads_without_a_pause_are_at_their_limit_and_no_share_is_above_the_whole(ana: Taxpayer):
    worker("dyno:1", ["mail"], 1)
    for _ in range(8):
        worked(ana, "mail", 170, ago_s=299)
    use = used()["mail"]
    assert (use.share, use.load) == (1.0, "full")


def test_a_pool_is_measured_from_its_beginning_and_one_that_only_began_not_at_all(ana: Taxpayer):
    began = NOW - timedelta(seconds=480)
    worker("dyno:1", ["sri"], 4, since=began)
    worker("dyno:2", ["ride"], 4, since=NOW - timedelta(seconds=20))
    worked(ana, "sri", 100, ago_s=600)  # by whoever was there before
    found = used()
    assert set(found) == {"sri"}
    assert found["sri"].since >= began
    assert found["sri"].share == 0


def test_what_is_under_way_is_not_counted_and_without_figures_nothing_is_said(ana: Taxpayer):
    worker("dyno:1", ["sri"], 1)
    with every_tenant_scope():
        assert utilisation.by_queue(NOW) == {}
    worked(ana, "sri", 0, ago_s=170, state="running")
    assert used()["sri"].share == 0


def test_a_queue_that_nobody_serves_is_left_out(ana: Taxpayer):
    worked(ana, "sri", 60, ago_s=120)
    assert used() == {}
    worker("dyno:1", ["sri"], 1)
    with database.connection_context():
        Process.update(beat_at=NOW - timedelta(minutes=2)).execute()
    with every_tenant_scope():
        assert utilisation.by_queue(NOW) == {}
