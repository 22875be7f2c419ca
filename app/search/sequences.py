"""A secuencial by itself: the documents that bear it, whatever their establishment, emission point and type."""

from peewee import JOIN, Select

from app.store.documents import Document
from app.store.tenants import Sequence


def ids_of(written: str) -> list[int]:
    """Ids of the documents with this secuencial: one look for each place that ever gave a number. Inside a scope."""
    number = int(written)
    bearing = (
        Document.select(Document.id)
        .where(
            Document.tenant_id == Sequence.tenant_id,
            Document.environment == Sequence.environment,
            Document.doc_type == Sequence.doc_type,
            Document.establishment == Sequence.establishment,
            Document.emission_point == Sequence.emission_point,
            Document.sequence_number >= number,
            Document.sequence_number <= number,
        )
        .order_by(Document.sequence_number)
        .limit(1)
        .alias("bearing")
    )
    query = Select([Sequence], [bearing.c.id]).join(bearing, JOIN.LATERAL)
    return [int(one) for (one,) in query.bind(Document._meta.database).tuples()]
