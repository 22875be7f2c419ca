"""One taxpayer with 20,000 invoices due beside nine with one each."""

import json
import random
import time

from cast import take_on
from documents_cast import invoice
from faults.ground import Ground, laid_out
from faults.scale import SERVICE

from app import intake
from app.intake import Offer
from app.store.documents import Document
from app.tenancy import tenant_scope
from proofs.proof import Bound, Say

MOUNTAIN, SINGLES, ROUNDS = 20_000, 9, 5
CHUNK = 200
LONGER_S = 10.0


def fairness(size: float, say: Say) -> list[Bound]:
    """Seconds until nine single invoices are authorized: in an empty system, and beside a mountain of due ones."""
    with laid_out(
        SERVICE,
        random.Random(1),
        changes={},
        proxied=frozenset(),
        latency_s=0.1,
        taxpayers=SINGLES,
    ) as ground:
        ground.broker()
        _round(ground)  # the first one warms the processes up
        empty = [_round(ground) for _ in range(ROUNDS)]
        say(f"the nine in an empty system: {_shown(empty)}")
        hog = take_on(ground.services, "MAYORISTA S.A.")
        began = time.monotonic()
        _pile_up(hog.id, round(MOUNTAIN * size))
        say(f"{round(MOUNTAIN * size)} invoices of one taxpayer imported in {time.monotonic() - began:.0f} s")
        beside = []
        for _ in range(ROUNDS):
            ground.wait(15)
            beside.append(_round(ground))
        left = _waiting(hog.id)
        say(f"the nine beside it: {_shown(beside)}; {left} of the mountain were still due")
    return [
        Bound("s longer than in an empty system, worst round", max(beside) - min(empty), LONGER_S),
        Bound("invoices of the mountain still due at the end", left, at_least=1),
    ]


def _round(ground: Ground) -> float:
    from workers import by_hand

    ids = [(shop, shop.import_invoice()) for shop in ground.taxpayers]
    for shop, one in ids:
        by_hand.wake(shop.id, one)
    return ground.until(
        lambda: all(shop.read(one).state == "authorized" for shop, one in ids), 120, "the nine authorized"
    )


def _pile_up(tenant_id: int, count: int) -> None:
    """Import ``count`` invoices whose messages were all lost: every one is due, and left to its sweep."""
    for start in range(0, count, CHUNK):
        places = range(start, min(start + CHUNK, count))
        offers = [
            Offer(json.dumps(invoice(referencia=f"m-{place}")).encode(), f"{place}.json") for place in places
        ]
        intake.accept_all(tenant_id, offers, by="proof")
    with tenant_scope(tenant_id):
        Document.update(published_at=None).where(Document.tenant_id == tenant_id).execute()


def _waiting(tenant_id: int) -> int:
    with tenant_scope(tenant_id):
        return (
            Document.select()
            .where(Document.tenant_id == tenant_id, Document.state.in_(["draft", "signed"]))
            .count()
        )


def _shown(seconds: list[float]) -> str:
    return ", ".join(f"{one:.1f}" for one in seconds) + " s"
