"""What a run may come to, as its row keeps it: written from here, and recognised from here by whoever shows it."""

import re
from enum import StrEnum
from typing import Final


class Result(StrEnum):
    """One result each; what stands in braces differs from run to run, and ``why`` may be a result or a code itself."""

    MOVED = "moved to {state}"
    AGAIN = "again in {seconds} s: {why}"
    PARKED = "waits for a person: {why}"
    HELD = "not tried: {why}"
    BOUNCED = "refused: {said}"
    TURN = "its turn is in {seconds} s"
    LEFT = "not its turn: left to its tenant's sweep"
    NOTHING = "nothing to do"
    STORED = "stored"
    SENT = "sent"
    DONE = "done"
    KEPT_NO = "the SRI keeps its no"
    LATE = "the lease was lost, nothing of this attempt is kept"
    DIED = "the worker died while running"
    OVERLAP = "skipped: the one before still ran"
    UNDER_WAY = "under way already"
    # Why something is held:
    PAUSED = "paused"
    SRI_AWAY = "the SRI does not answer"
    PROBED = "the SRI does not answer: one call at a time finds out when it does again"
    NO_MAIL = "no mail server is set"
    RESTORED = "the database was restored: the SRI must be asked before anything is numbered"


_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def recognise(kept: str) -> tuple[Result, dict[str, str]] | None:
    """Which result a row keeps, and what differs in it; None when it is none of ours."""
    for result, pattern in _PATTERNS:
        if found := pattern.fullmatch(kept):
            return result, found.groupdict()
    return None


def _pattern(result: str) -> re.Pattern[str]:
    parts = _PLACEHOLDER.split(result)
    shapes = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+?)" for place, part in enumerate(parts)]
    return re.compile("".join(shapes), re.DOTALL)


_PATTERNS: Final = tuple((result, _pattern(result)) for result in Result)
