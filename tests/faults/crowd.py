"""Faults of many at once: one taxpayer's mountain beside single invoices, and a bulk retry into the SRI's silence."""

import json
import os
import signal

from cast import Taxpayer, take_on
from documents_cast import invoice
from peewee import fn

from app import intake
from app.bulk import orders, proposing
from app.intake import Offer
from app.possible import Action
from app.store.bulk import Bulk, BulkItem
from app.store.documents import Document
from app.tenancy import every_tenant_scope, tenant_scope
from faults.fault import Fault
from faults.ground import Ground

MOUNTAIN = 5_000
LONGER_S = 10.0
CHUNK = 200
ARRIVALS = 30
BULK_PER_S = 40
PERSON = "supervisora@example.ec"


def pile_up(tenant_id: int, count: int) -> None:
    """Import ``count`` invoices whose messages were all lost: every one is due, and left to its sweep."""
    for start in range(0, count, CHUNK):
        places = range(start, min(start + CHUNK, count))
        offers = [
            Offer(json.dumps(invoice(referencia=f"m-{place}")).encode(), f"{place}.json") for place in places
        ]
        intake.accept_all(tenant_id, offers, by="trial")
    with tenant_scope(tenant_id):
        Document.update(published_at=None).where(Document.tenant_id == tenant_id).execute()


def one_each(ground: Ground) -> float:
    """Seconds until a new invoice of each of the ground's taxpayers is authorized."""
    from workers import by_hand

    new: list[tuple[Taxpayer, int]] = [(shop, shop.import_invoice()) for shop in ground.taxpayers]
    ground.documents += new
    for shop, one in new:
        by_hand.wake(shop.id, one)
    return ground.until(
        lambda: all(shop.read(one).state == "authorized" for shop, one in new), 120, "the single ones"
    )


def _mountain(ground: Ground) -> None:
    ground.broker()
    ground.until(lambda: ground.share() == 1, ground.scale.patience_s, "an empty system")
    alone = max(one_each(ground) for _ in range(3))
    hog = take_on(ground.services, "MAYORISTA S.A.")
    pile_up(hog.id, MOUNTAIN)
    ground.wait(ground.scale.outage_s)
    beside = max(one_each(ground) for _ in range(3))
    ground.seen |= {"longer_s": beside - alone, "left": ground.share() < 1}
    ground.until(lambda: ground.share() > 0.99, 1_200, "nearly all of the mountain")
    ground.strike()  # nothing was interrupted: what is counted is the rest of it


def _nobody_waited(ground: Ground) -> list[str]:
    longer = ground.seen["longer_s"]
    found = [] if ground.seen["left"] else ["the mountain was done before the single ones came"]
    return found if longer <= LONGER_S else [*found, f"single invoices took {longer:.1f} s longer"]


def _retried_into_silence(ground: Ground) -> None:
    """Everything that waits is retried by one click made twice; the pool is killed halfway, more comes meanwhile."""
    from workers import bulk

    ground.broker()
    ground.simulator.script([{"fault": "maintenance", "seconds": 3_600}])
    ground.import_more(ARRIVALS)
    ground.wait(ground.scale.outage_s)
    operation = _clicked()
    assert _clicked().id == operation.id, "the same click made two operations"
    for _ in range(2):
        with every_tenant_scope():
            orders.change(operation.id, "start", by=PERSON, over=MOUNTAIN, reason="el SRI no respondía")
        bulk.send(operation.id)
    ground.seen["operation"] = operation
    ground.until(lambda: 0 < _done(operation) < operation.items, 30, "a part of the operation")
    ground.strike()
    for child in ground.engine.worker_children():
        os.kill(child, signal.SIGKILL)
    ground.import_more(ARRIVALS)
    ground.wait(ground.scale.outage_s)
    ground.simulator.heal()
    ground.until(lambda: _done(operation) == operation.items, ground.scale.patience_s, "the operation's end")


def _clicked() -> Bulk:
    with every_tenant_scope():
        waiting = Document.select(Document.tenant_id, Document.id).where(Document.state != "authorized")
        return proposing.propose(
            Action.RETRY, waiting.order_by(Document.id), described={}, by=PERSON, click="f50"
        )


def _done(operation: Bulk) -> int:
    with every_tenant_scope():
        items = BulkItem.select().where(BulkItem.bulk_id == operation.id, BulkItem.outcome.is_null(False))
        return int(items.count())


def _snapshot_respected(ground: Ground) -> list[str]:
    operation: Bulk = ground.seen["operation"]
    came_later = {one for _, one in ground.documents[-ARRIVALS:]}
    with every_tenant_scope():
        items = BulkItem.select(
            fn.count(BulkItem.document_id), fn.count(fn.DISTINCT(BulkItem.document_id))
        ).where(BulkItem.bulk_id == operation.id)
        rows, documents = items.tuples().get()
        touched = BulkItem.select().where(BulkItem.document_id.in_(came_later)).count()
        stage = Bulk.get_by_id(operation.id).stage
    found = [] if stage == "done" else [f"the operation is {stage}"]
    found += [] if rows == documents == operation.items else [f"{operation.items} items became {rows}"]
    return found + ([f"{touched} invoices that came later were touched"] if touched else [])


FAULTS = (
    Fault(
        "F49",
        f"one taxpayer has {MOUNTAIN:,} invoices due beside three with one each, calls are paced",
        f"the single ones take at most {LONGER_S:.0f} s longer than in an empty system",
        _mountain,
        _nobody_waited,
        settings={"sri_calls_per_s": 200.0, "sri_calls_per_tenant_s": 20.0},
        invoices=0.04,
        begins=(0.0, 0.1),
        alone=True,
    ),
    Fault(
        "F50",
        "everything that waits is retried by one click made twice while the SRI is away; the pool is killed halfway",
        "the operation goes on, each document once, what came later is left alone",
        _retried_into_silence,
        _snapshot_respected,
        settings={"bulk_per_s": BULK_PER_S},
    ),
)
