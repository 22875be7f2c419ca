"""Publishing in bulk leaves in Redis exactly what Dramatiq's own send leaves, and Dramatiq's worker consumes it."""

import json

import dramatiq
from dramatiq_at_work import work_off


def left_in_redis(engine) -> dict[str, object]:
    """The queue as it lies in Redis, less what differs from message to message."""
    client = engine.broker.client
    found: dict[str, object] = {}
    for key in sorted(client.keys("autoriza:sri*")):
        kind = client.type(key).decode()
        if kind == "list":
            found[key.decode()] = (kind, client.llen(key))
        elif kind == "hash":
            bodies = [json.loads(body) for body in client.hvals(key)]
            for body in bodies:
                body.update(message_id="*", message_timestamp=0)
                body["options"]["redis_message_id"] = "*"
                if "eta" in body["options"]:
                    body["options"]["eta"] = "*"
            found[key.decode()] = (kind, bodies)
    return found


def test_many_at_once_look_like_one_by_one(engine):
    actor = engine.jobs.submit_document.actor
    for document_id in (1, 2, 3):
        actor.send(7, document_id)
    one_by_one = left_in_redis(engine)
    engine.broker.client.flushdb()
    engine.broker.enqueue_all([actor.message(7, document_id) for document_id in (1, 2, 3)])
    assert left_in_redis(engine) == one_by_one
    assert one_by_one


def test_those_for_later_look_like_those_sent_with_a_delay(engine):
    actor = engine.jobs.submit_document.actor
    for document_id in (1, 2, 3):
        actor.send_with_options(args=(7, document_id), delay=2_000)
    one_by_one = left_in_redis(engine)
    engine.broker.client.flushdb()
    engine.broker.enqueue_all([actor.message(7, document_id) for document_id in (1, 2, 3)], [2.0] * 3)
    assert left_in_redis(engine) == one_by_one
    assert any(key.endswith(".DQ.msgs") for key in one_by_one)


def test_dramatiqs_worker_takes_them_once_each_in_order(engine, monkeypatch):
    seen: list[int] = []
    monkeypatch.setattr("workers.broker.CHUNK", 40)

    @dramatiq.actor(queue_name="only-here", broker=engine.broker)
    def note(number: int) -> None:
        seen.append(number)

    engine.broker.enqueue_all([note.message(number) for number in range(100)])
    work_off(engine.broker, ["only-here"], only=True)
    assert seen == list(range(100))


def test_the_depth_counts_what_waits_and_grows_with_what_is_sent(engine):
    actor = engine.jobs.submit_document.actor
    assert engine.broker.depth("sri") == 0
    engine.broker.enqueue_all([actor.message(1, document_id) for document_id in range(30)])
    assert engine.broker.depth("sri") == 30


def test_a_queue_says_how_long_its_next_message_has_waited(engine):
    actor = engine.jobs.submit_document.actor
    assert engine.broker.waited("sri") == 0
    long_ago = actor.message(1, 1).message_timestamp - 60_000
    engine.broker.enqueue_all([actor.message(1, 1).copy(message_timestamp=long_ago), actor.message(1, 2)])
    assert engine.broker.waited("sri") >= 60
