"""What a proof answers: figures with their bounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Say = Callable[[str], None]


@dataclass(frozen=True)
class Bound:
    """One figure and the most (or least) it may be."""

    what: str
    value: float
    at_most: float | None = None
    at_least: float | None = None
    detail: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        """Whether it is kept."""
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    def __str__(self) -> str:
        bounds = [f"at most {self.at_most:g}"] if self.at_most is not None else []
        bounds += [f"at least {self.at_least:g}"] if self.at_least is not None else []
        more = "".join(f"\n      {line}" for line in self.detail)
        return f"{'ok ' if self.holds else 'NOT'} {self.value:10.1f}  {self.what} ({', '.join(bounds)}){more}"
