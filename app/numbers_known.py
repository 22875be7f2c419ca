"""Which numbers are taken, as far as anybody knows, and the next of each numbering set beyond them."""

from collections.abc import Iterator
from itertools import groupby

from app import access_key, sentences
from app.auditing import audit
from app.store.documents import Document
from app.store.tenants import Sequence
from app.tenancy import tenant_scope

Place = tuple[int, str, str, str]
"""One numbering: ambiente, type, establishment, emission point."""


def next_numbers(tenant_id: int) -> dict[Place, int]:
    """The next number of each numbering that was begun. Inside no scope."""
    with tenant_scope(tenant_id):
        rows = list(Sequence.select().where(Sequence.tenant_id == tenant_id))
    return {
        (row.environment, row.doc_type, row.establishment, row.emission_point): row.next_number
        for row in rows
    }


def mend(tenant_id: int, before: dict[Place, int], held: frozenset[str], *, by: str) -> dict[str, int]:
    """Let each numbering go on beyond every number of a document here or of a key ``held`` by the SRI.

    Numbers since ``before`` that nobody knows are skipped, on record. The next numbers, by type and point of emission.
    """
    for place, numbers in _known(tenant_id, held).items():
        with tenant_scope(tenant_id):
            _advance(tenant_id, place, max(numbers) + 1)
            for gap in _runs([n for n in range(before.get(place, 1), max(numbers)) if n not in numbers]):
                _record_gap(tenant_id, place, gap, by)
    found = next_numbers(tenant_id)
    return {f"{doc_type} {estab}-{point}": number for (_, doc_type, estab, point), number in found.items()}


def _known(tenant_id: int, held: frozenset[str]) -> dict[Place, set[int]]:
    known: dict[Place, set[int]] = {}
    with tenant_scope(tenant_id):
        own = Document.select(Document.access_key).where(
            Document.tenant_id == tenant_id, Document.access_key.is_null(False)
        )
        keys = {str(row.access_key) for row in own} | held
    for key in keys:
        parts = access_key.parse(key)
        place = (int(parts.environment), parts.doc_type, parts.establishment, parts.emission_point)
        known.setdefault(place, set()).add(parts.sequence_number)
    return known


def _advance(tenant_id: int, place: Place, number: int) -> None:
    environment, doc_type, establishment, point = place
    row = {
        "tenant_id": tenant_id,
        "environment": environment,
        "doc_type": doc_type,
        "establishment": establishment,
        "emission_point": point,
    }
    Sequence.insert(**row, next_number=number).on_conflict(
        conflict_target=list(row),
        update={Sequence.next_number: number},
        where=Sequence.next_number < number,
    ).execute()


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]


def _record_gap(tenant_id: int, place: Place, gap: tuple[int, int], by: str) -> None:
    environment, doc_type, establishment, point = place
    audit(
        tenant_id,
        by=by,
        action="numbers_skipped",
        target=f"{establishment}-{point}",
        reason=sentences.said("numbers_unknown").es,
        facts={
            "environment": environment,
            "doc_type": doc_type,
            "establishment": establishment,
            "emission_point": point,
            "first": gap[0],
            "last": gap[1],
        },
    )
