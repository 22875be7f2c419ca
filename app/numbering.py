"""Secuenciales: one per ambiente, type, establishment and emission point, taken under a row lock."""

from app import continuity
from app.errors import TenantMustAct
from app.store.base import database
from app.store.documents import Document

LAST = 999_999_999

_TAKE = """
insert into sequence (tenant_id, environment, doc_type, establishment, emission_point, next_number)
select %s, %s, %s, %s, %s, 2 from continuity where mark = continuity_mark()
on conflict (tenant_id, environment, doc_type, establishment, emission_point)
do update set next_number = sequence.next_number + 1 where sequence.next_number <= %s
returning next_number - 1
"""


def take_number(document: Document) -> int:
    """The next secuencial for ``document``, 1 to 999999999; given back if the transaction does not commit.

    Holds the sequence's row until the transaction ends, so numbers are taken in order and without gaps.
    Raises ``TenantMustAct`` when the emission point has no number left, ``Displaced`` when the database was restored
    and the SRI may know numbers that it does not.
    """
    key = (
        document.tenant_id,
        document.environment,
        document.doc_type,
        document.establishment,
        document.emission_point,
    )
    taken = database.execute_sql(_TAKE, (*key, LAST)).fetchone()
    if taken is None:
        if not continuity.intact():
            raise continuity.Displaced
        raise TenantMustAct(
            "sequence_exhausted",
            f"el punto de emisión {document.establishment}-{document.emission_point} agotó sus secuenciales: use otro",
        )
    return int(taken[0])
