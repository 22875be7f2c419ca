"""All a step may say of its work: it moved, it stored, it must come back later, or there was nothing to do."""

from dataclasses import dataclass

from app.lifecycle import State


@dataclass(frozen=True)
class Moved:
    """The document is in ``to`` now, committed; the step that serves that state is due in ``due_in`` seconds."""

    to: State
    due_in: float = 0


@dataclass(frozen=True)
class Later:
    """Not yet: the row already says when it is due again, in ``seconds`` from now."""

    seconds: float
    why: str


@dataclass(frozen=True)
class Held:
    """Not tried and not counted: the row stays due, and its sweep takes it up when what holds it is over."""

    why: str


@dataclass(frozen=True)
class Parked:
    """The engine stops here until a person has acted; the row says why."""

    why: str


@dataclass(frozen=True)
class Done:
    """Nothing (left) to do; a duplicate, a late copy, or work already finished."""

    why: str = ""


@dataclass(frozen=True)
class Stored:
    """The RIDE is kept, committed; ``deliveries`` rows of its document are due now."""

    deliveries: int = 0


Outcome = Moved | Later | Held | Parked | Done | Stored
