"""Faults of messages: many times over, out of order, stale, foreign, garbage; and two clients at once."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from cast import at_once
from documents_cast import invoice

from app import intake
from app.progress import measure
from app.store.documents import Document, Ride
from app.store.engine import Run
from app.tenancy import every_tenant_scope
from faults.fault import Fault
from faults.ground import Ground

COPIES = 10
CLIENTS = 8
WEEK = timedelta(days=7)


def _messages(ground: Ground, documents: list[tuple[int, int]]) -> list[Any]:
    """One message of every job for each document, whatever state it is in."""
    from workers.jobs import check_authorization, generate_ride, sign_document, submit_document

    kinds = (sign_document, submit_document, check_authorization, generate_ride)
    return [kind.actor.message(*one) for one in documents for kind in kinds]


def _ids(ground: Ground) -> list[tuple[int, int]]:
    return [(taxpayer.id, document_id) for taxpayer, document_id in ground.documents]


def _send(ground: Ground, messages: list[Any]) -> None:
    broker = ground.broker()
    by_queue: dict[str, list[Any]] = {}
    for message in messages:
        by_queue.setdefault(message.queue_name, []).append(message)
    for some in by_queue.values():
        broker.enqueue_all(some)


def _many_times(ground: Ground) -> None:
    copies = _messages(ground, _ids(ground)) * COPIES
    ground.rng.shuffle(copies)
    ground.strike()
    _send(ground, copies)
    ground.until(lambda: not _waiting(ground), ground.scale.patience_s, "every message's end")


def _forgetful(ground: Ground) -> None:
    """The SRI forgets what it authorized; then every step of every authorized document is asked for again."""
    ground.until(lambda: measure(None).moving == 0, ground.scale.patience_s, "everything authorized")
    ground.strike()
    ground.seen["calls"] = len(ground.simulator.log())
    ground.simulator._office.clear()
    _send(ground, _messages(ground, _ids(ground)))
    ground.until(lambda: not _waiting(ground), ground.scale.patience_s, "every message's end")


def _nobody_asked(ground: Ground) -> list[str]:
    calls = len(ground.simulator.log()) - ground.seen["calls"]
    return [f"{calls} calls were made about documents that are authorized"] if calls else []


def _waiting(ground: Ground) -> int:
    return sum(ground.redis.hlen(f"autoriza:{queue}.msgs") for queue in ("sign", "sri", "ride"))


def _strange(ground: Ground) -> None:
    others = [ground.taxpayers[1].id, ground.taxpayers[0].id]
    foreign = [(others[0], one) for tenant, one in _ids(ground) if tenant == others[1]][:20]
    unknown = [(others[0], 10**9 + number) for number in range(20)]
    messages = _messages(ground, foreign + unknown)
    long_ago = int((datetime.now(UTC) - WEEK).timestamp() * 1000)
    stale = [message.copy(message_timestamp=long_ago) for message in _messages(ground, _ids(ground)[:20])]
    broken = [message.copy(args=("garbage", None, [])) for message in messages[:10]]
    nobody = [message.copy(actor_name="sign_invoice_v0") for message in messages[:10]]
    ground.strike()
    _send(ground, messages + stale + broken + nobody)
    _push_garbage(ground)
    done = {f"{one.message_id}" for one in messages + stale}
    ground.until(lambda: _run(done), ground.scale.patience_s, "a run of every strange message")


def _run(wanted: set[str]) -> bool:
    with every_tenant_scope():
        return Run.select().where(Run.message_id.in_(wanted), Run.state != "running").count() >= len(wanted)


def _push_garbage(ground: Ground) -> None:
    """Bytes that are no message at all, laid where Dramatiq looks for one."""
    client = ground.redis
    for body in (b"", b"{", b"[]", b'{"queue_name": "sri"}', b"\xff\xfe"):
        name = str(uuid4())
        client.hset("autoriza:sri.msgs", name, body)
        client.rpush("autoriza:sri", name)


def _no_effect(ground: Ground) -> list[str]:
    with every_tenant_scope():
        return [
            f"{model.__name__} {row.id} came to be by a message"
            for model in (Document, Ride)
            for row in model.select(model.id).where(model.id >= 10**9)
        ]


def _two_clients(ground: Ground) -> None:
    """Eight clients hand in the same twenty invoices, with and without a reference of their own."""
    taxpayer = ground.taxpayers[0]
    offers = [invoice(referencia=f"same-{place}") for place in range(10)]
    offers += [invoice(razonSocialComprador=f"CLIENTE {place}") for place in range(10)]
    ground.strike()

    def hand_in(_: int) -> list[int]:
        return [
            intake.accept(taxpayer.id, json.dumps(one).encode(), "igual.json", by="client").document_id
            for one in offers
        ]

    answers = at_once(CLIENTS, hand_in)
    ground.documents += [(taxpayer, one) for one in answers[0]]
    ground.seen["answers"] = answers


def _same_answer(ground: Ground) -> list[str]:
    answers: list[list[int]] = ground.seen["answers"]
    made = Counter(one for answer in answers for one in answer)
    return (
        [] if len(made) == len(answers[0]) else [f"{len(answers[0])} invoices became {len(made)} documents"]
    )


FAULTS = (
    Fault(
        "F32",
        "the SRI forgets what it authorized, and every step is asked for again",
        "authorized stays authorized, nobody asks again",
        _forgetful,
        _nobody_asked,
        invoices=0.2,
    ),
    Fault(
        "F35",
        "every message comes ten times more, of every step, in any order",
        "every effect once",
        _many_times,
        invoices=0.2,
    ),
    Fault(
        "F36",
        "messages from last week, of foreign and unknown documents, for unknown actors, garbage",
        "acknowledged without an effect, the workers go on",
        _strange,
        _no_effect,
    ),
    Fault(
        "F37",
        "eight clients hand in the same invoices at once",
        "one document each, the same answer for all",
        _two_clients,
        _same_answer,
        invoices=0.5,
    ),
)
