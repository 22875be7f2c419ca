"""How many documents there are, and their money: of each type apart, for a credit note takes back what was sold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass
class Sums:
    """By type of document, how many and their total."""

    of: dict[str, tuple[int, Decimal]] = field(default_factory=dict)

    def add(self, rows: Iterable[Any]) -> "Sums":
        """The same with documents more."""
        for row in rows:
            n, total = self.of.get(row.doc_type, (0, Decimal(0)))
            self.of[row.doc_type] = (n + 1, total + row.total)
        return self

    def beside(self, kept: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """Together with what is ``kept`` already, as JSON keeps it."""
        together: dict[str, list[Any]] = {kind: list(both) for kind, both in kept.items()}
        for kind, (n, total) in self.of.items():
            before, amount = together.get(kind, (0, 0))
            together[kind] = [int(before) + n, str(Decimal(amount) + total)]
        return together
