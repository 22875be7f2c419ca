"""How many documents a page or a file holds, and what they come to, in words."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from admin.console.formats import money, number
from admin.console.texts import count_of, t, word


def said(sums: Mapping[str, Sequence[Any]]) -> str:
    """One amount when all are of one type, else the amount of each; "" for none."""
    parts = [(word("type", kind), int(n), money(Decimal(total))) for kind, (n, total) in sorted(sums.items())]
    every = count_of("sums.documents", sum(n for _, n, _ in parts))
    if len(parts) < 2:
        return f"{every}, {parts[0][2]}" if parts else ""
    return f"{every}: " + "; ".join(
        t("sums.of_type", kind=kind, n=number(n), amount=a) for kind, n, a in parts
    )
