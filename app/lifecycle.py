"""The life of a comprobante: every state, every event, every legal move."""

from enum import StrEnum


class State(StrEnum):
    """Where a document legally stands; trouble (attempts, errors, a person needed) is kept beside it."""

    DRAFT = "draft"  # valid, no number yet
    SIGNED = "signed"  # numbered, keyed, signed bytes stored; safe to send any number of times
    PENDING_AUTHORIZATION = "pending_authorization"  # the SRI holds it (RECIBIDA) and has not decided
    RETURNED = "returned"  # DEVUELTA: never entered the SRI; correct it, same key
    REJECTED = "rejected"  # NO AUTORIZADO: correct it, same key
    AUTHORIZED = "authorized"  # AUTORIZADO: legally issued, the only final state


class Event(StrEnum):
    """What happens to a document; each is one row of its history."""

    IMPORTED = "imported"
    SIGNED = "signed"
    RECEIVED = "received"
    RETURNED = "returned"
    REJECTED = "rejected"
    AUTHORIZED = "authorized"
    CORRECTED = "corrected"


MOVES: dict[Event, tuple[frozenset[State], State]] = {
    Event.SIGNED: (frozenset({State.DRAFT}), State.SIGNED),
    Event.RECEIVED: (frozenset({State.SIGNED}), State.PENDING_AUTHORIZATION),
    Event.RETURNED: (frozenset({State.SIGNED, State.PENDING_AUTHORIZATION}), State.RETURNED),
    Event.REJECTED: (frozenset({State.SIGNED, State.PENDING_AUTHORIZATION}), State.REJECTED),
    # A reply can be lost and a verdict can change: the SRI's yes is always believed.
    Event.AUTHORIZED: (frozenset(State) - {State.DRAFT, State.AUTHORIZED}, State.AUTHORIZED),
    Event.CORRECTED: (frozenset({State.RETURNED, State.REJECTED}), State.DRAFT),
}

FIRST = (Event.IMPORTED, State.DRAFT)
REFUSED = (State.RETURNED, State.REJECTED)
"""States that only a correction of the content leaves."""
MOVING = frozenset({State.DRAFT, State.SIGNED, State.PENDING_AUTHORIZATION})
"""States the engine leaves by itself; in the others a person corrects, or nothing is left to do."""


def allowed(state: State) -> frozenset[Event]:
    """What may happen to a document now; the console keeps those a person may cause."""
    return frozenset(event for event, (sources, _) in MOVES.items() if state in sources)
