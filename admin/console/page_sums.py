"""How many documents a page holds, and their money: of each type apart, for a credit note takes back what was sold."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from admin.console.formats import money, number
from admin.console.texts import count_of, t, word


def of_rows(rows: Iterable[Any]) -> dict[str, tuple[int, Decimal]]:
    """By type of document, how many and their total."""
    counts: Counter[str] = Counter()
    totals: dict[str, Decimal] = {}
    for row in rows:
        counts[row.doc_type] += 1
        totals[row.doc_type] = totals.get(row.doc_type, Decimal(0)) + row.total
    return {kind: (counts[kind], totals[kind]) for kind in sorted(totals)}


def said(sums: Mapping[str, Sequence[Any]]) -> str:
    """The same in words: one amount for one type, else each by itself."""
    parts = [(word("type", kind), int(n), money(Decimal(total))) for kind, (n, total) in sums.items()]
    if len(parts) == 1:
        _, n, total = parts[0]
        return f"{count_of('sums.documents', n)}, {total}"
    each = "; ".join(t("sums.of_type", kind=kind, n=number(n), amount=total) for kind, n, total in parts)
    return f"{count_of('sums.documents', sum(n for _, n, _ in parts))}: {each}"
