"""One taxpayer with 20,000 invoices due beside nine with one each."""

import random
import time

from cast import take_on
from faults.crowd import one_each, pile_up
from faults.ground import laid_out
from faults.scale import SERVICE

from app.store.documents import Document
from app.tenancy import tenant_scope
from proofs.proof import Bound, Say

MOUNTAIN, SINGLES, ROUNDS = 20_000, 9, 5
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
        one_each(ground)  # the first one warms the processes up
        empty = [one_each(ground) for _ in range(ROUNDS)]
        say(f"the nine in an empty system: {_shown(empty)}")
        hog = take_on(ground.services, "MAYORISTA S.A.")
        began = time.monotonic()
        pile_up(hog.id, round(MOUNTAIN * size))
        say(f"{round(MOUNTAIN * size)} invoices of one taxpayer imported in {time.monotonic() - began:.0f} s")
        beside = []
        for _ in range(ROUNDS):
            ground.wait(15)
            beside.append(one_each(ground))
        left = _waiting(hog.id)
        say(f"the nine beside it: {_shown(beside)}; {left} of the mountain were still due")
    return [
        Bound("s longer than in an empty system, worst round", max(beside) - min(empty), LONGER_S),
        Bound("invoices of the mountain still due at the end", left, at_least=1),
    ]


def _waiting(tenant_id: int) -> int:
    with tenant_scope(tenant_id):
        return (
            Document.select()
            .where(Document.tenant_id == tenant_id, Document.state.in_(["draft", "signed"]))
            .count()
        )


def _shown(seconds: list[float]) -> str:
    return ", ".join(f"{one:.1f}" for one in seconds) + " s"
