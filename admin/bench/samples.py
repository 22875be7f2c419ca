"""The documents of the benchmark: made up, valid, and the same ones in every run."""

import json
from collections.abc import Iterator

from admin.bench.options import LINES
from admin.demo.invoices import sample_invoice
from app.intake import Offer


def sample_json(variety: int, reference: str, lines: int = LINES) -> bytes:
    """One invoice of ``lines`` lines as a caller hands it in; ``variety`` decides all but the reference."""
    if lines > LINES and variety % 6 == 4:
        variety += 1  # every sixth buyer is the final consumer, who may not buy so much
    return json.dumps(sample_invoice(variety, reference, lines), ensure_ascii=False).encode()


def offers(name: str, count: int) -> Iterator[Offer]:
    """``count`` different invoices; ``name`` tells those of one stretch from those of another."""
    for place in range(count):
        reference = f"{name}-{place + 1}"
        yield Offer(sample_json(place, reference), reference)
