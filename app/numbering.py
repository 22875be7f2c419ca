"""Secuenciales: one per ambiente, type, establishment and emission point, taken under a row lock."""

from app import continuity, halts
from app.errors import TenantMustAct
from app.sentences import said
from app.store.documents import Document
from app.store.prepared import Prepared

LAST = 999_999_999

_TAKE = Prepared("""
insert into sequence (tenant_id, environment, doc_type, establishment, emission_point, next_number)
select %(tenant)s, %(environment)s, %(doc_type)s, %(establishment)s, %(emission_point)s, 2
from continuity where mark = continuity_mark() and not exists (
    select from halt where tenant_id = %(tenant)s and code = %(restored)s and lifted_at is null)
on conflict (tenant_id, environment, doc_type, establishment, emission_point)
do update set next_number = sequence.next_number + 1 where sequence.next_number <= %(last)s
returning next_number - 1
""")


def take_number(document: Document) -> int:
    """The next secuencial for ``document``, 1 to 999999999; given back if the transaction does not commit.

    Holds the sequence's row until the transaction ends, so numbers are taken in order and without gaps.
    Raises ``TenantMustAct`` when the emission point has no number left, ``Displaced`` when the database was restored
    and the SRI may know numbers that it does not. Whoever found that out has put this place and the halt of every
    taxpayer on record at once, so that no statement sees the one without the other.
    """
    taken = _TAKE.rows(
        tenant=document.tenant_id,
        environment=document.environment,
        doc_type=document.doc_type,
        establishment=document.establishment,
        emission_point=document.emission_point,
        last=LAST,
        restored=halts.RESTORED,
    )
    if not taken:
        if not continuity.intact() or continuity.holds(document.tenant_id):
            raise continuity.Displaced
        place = f"{document.establishment}-{document.emission_point}"
        raise TenantMustAct("sequence_exhausted", said("sequence_exhausted", place=place))
    return int(taken[0][0])
