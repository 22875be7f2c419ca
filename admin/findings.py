"""One thing that ``autoriza doctor`` looked at."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """``advice`` says what to do about what is ``wrong`` or of ``note``; else what was seen."""

    what: str
    state: Literal["good", "wrong", "note"]
    advice: str = ""
