"""A message is taken up when it is sent and when there is room for it, not when somebody happens to look."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dramatiq
import pytest

SELDOM_MS = 60_000
SOON_S = 20.0


@pytest.fixture(autouse=True)
def _looks_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """A consumer that finds nothing sleeps for a minute: whatever comes sooner was not found by looking."""
    monkeypatch.setattr(
        "workers.consuming.compute_backoff", lambda looks, max_backoff: (looks + 1, SELDOM_MS)
    )


@contextmanager
def at_work(broker, queue: str, threads: int = 1) -> Iterator[dramatiq.Worker]:
    before = list(broker.middleware)
    worker = dramatiq.Worker(broker, queues={queue}, worker_threads=threads, worker_timeout=50)
    worker.queue_prefetch = threads
    worker.start()
    try:
        yield worker
    finally:
        for name in (queue, f"{queue}.DQ"):
            worker.consumers[name].stop()
            broker.wake(name)
        worker.stop()
        broker.middleware[:] = before


def asleep(broker, worker: dramatiq.Worker, queue: str) -> None:
    """Return when the queue's consumer has looked in vain and somebody listens for it."""
    deadline = time.monotonic() + SOON_S
    while not (
        worker.consumers[queue].consumer is not None
        and worker.consumers[queue].consumer._in_vain
        and broker.client.pubsub_numsub("autoriza:sent")[0][1]
    ):
        assert time.monotonic() < deadline, "the consumer never came to rest"
        time.sleep(0.01)


@pytest.fixture
def note(engine, request):
    """An actor on a queue of its own that notes its argument; ``note.seen`` has them, ``note.wait(n)`` waits for n."""
    seen: list[int] = []
    came = threading.Semaphore(0)

    @dramatiq.actor(
        actor_name=request.node.name, queue_name=f"q-{request.node.name[:40]}", broker=engine.broker
    )
    def noting(number: int) -> None:
        seen.append(number)
        came.release()

    def wait(count: int) -> None:
        for _ in range(count):
            assert came.acquire(timeout=SOON_S), f"only {seen} came"

    noting.seen, noting.wait = seen, wait
    return noting


def test_a_process_at_rest_takes_what_is_sent_at_once(engine, note):
    with at_work(engine.broker, note.queue_name) as worker:
        asleep(engine.broker, worker, note.queue_name)
        note.send(1)
        note.wait(1)
    assert note.seen == [1]


def test_many_sent_at_once_wake_it_too(engine, note):
    with at_work(engine.broker, note.queue_name) as worker:
        asleep(engine.broker, worker, note.queue_name)
        engine.broker.enqueue_all([note.message(number) for number in range(5)])
        note.wait(5)
    assert note.seen == [0, 1, 2, 3, 4]


def test_a_place_that_is_free_again_is_filled_at_once(engine, note):
    engine.broker.enqueue_all([note.message(number) for number in range(20)])
    with at_work(engine.broker, note.queue_name):
        note.wait(20)
    assert note.seen == list(range(20))


def test_a_delayed_message_comes_at_its_time(engine, note):
    with at_work(engine.broker, note.queue_name) as worker:
        asleep(engine.broker, worker, f"{note.queue_name}.DQ")
        began = time.monotonic()
        note.send_with_options(args=(1,), delay=300)
        note.wait(1)
    assert note.seen == [1]
    assert time.monotonic() - began >= 0.3


def test_a_listener_cut_off_from_redis_listens_again(engine, note):
    with at_work(engine.broker, note.queue_name) as worker:
        asleep(engine.broker, worker, note.queue_name)
        engine.broker.client.client_kill_filter(_type="pubsub")
        asleep(engine.broker, worker, note.queue_name)
        note.send(1)
        note.wait(1)
    assert note.seen == [1]
