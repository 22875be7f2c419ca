"""How a long benchmark says what it does."""

from typing import Protocol


class Watch(Protocol):
    """Whoever looks on."""

    def begin(self, what: str, total: int) -> None:
        """A stretch of ``total`` parts begins."""
        ...

    def at(self, count: int) -> None:
        """``count`` parts of it are done."""
        ...


class Unwatched:
    """Nobody looks on."""

    def begin(self, what: str, total: int) -> None:
        """Nothing."""

    def at(self, count: int) -> None:
        """Nothing."""
