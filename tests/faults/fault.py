"""What a fault is: a sentence, a way to make it happen and heal, and what must hold beyond the invariants."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.ground import Ground, Link

Inject = Callable[[Ground], None]
Holds = Callable[[Ground], list[str]]


def nothing_more(_: Ground) -> list[str]:
    """The invariants and the second witness say it all."""
    return []


@dataclass(frozen=True)
class Fault:
    """``inject`` makes it happen and heals it again; ``holds`` answers a sentence for what does not hold.

    ``begins`` is the share of authorized documents between which the trial picks its moment at random.
    ``inside`` are folders of code that the engine's processes run too.
    ``alone``: what must hold is a number of seconds, so no other trial may compete for the processors.
    ``resends`` says that the SRI may hear bytes again which it has taken already.
    """

    id: str
    happens: str
    must_hold: str
    inject: Inject
    holds: Holds = nothing_more
    settings: dict[str, Any] = field(default_factory=dict)
    proxied: frozenset[Link] = frozenset()
    latency_s: float = 0.1
    invoices: float = 1.0
    begins: tuple[float, float] = (0.02, 0.4)
    resends: bool = False
    alone: bool = False
    inside: tuple[Path, ...] = ()
