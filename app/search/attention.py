"""Documents that stand still until somebody corrects or decides something, and those that go on by themselves."""

from collections.abc import Sequence
from typing import Any, Final

from peewee import SQL

from app.lifecycle import MOVING, REFUSED
from app.search import keyset
from app.search.keyset import Place
from app.store.delivery import Delivery
from app.store.documents import Document, Ride

PERSON: Final = "person"
ON_THE_WAY: Final = "moving"
"""Up to its RIDE."""
ON_THE_WAY_BY_MAIL: Final = "moving_mail"
"""Up to its last mail."""
VALUES: Final = (PERSON, ON_THE_WAY, ON_THE_WAY_BY_MAIL)
LOOKED_AT: Final = 10_000
"""RIDEs and mails under way among which a search looks."""
_STANDS_STILL = Document.needs_person_since.is_null(False) | Document.state.in_(
    [str(state) for state in REFUSED]
)
"""Word for word what the index ``document_needing_person`` is made of."""
_RIDE_WAITS = (Ride.path.is_null(), Ride.needs_person_since.is_null())
_MAIL_WAITS = (Delivery.outcome.is_null(), Delivery.needs_person_since.is_null())


def condition(value: str) -> Any:
    """What a document must be for a value of this qualifier to find it."""
    if value == PERSON:
        return _STANDS_STILL
    moves = Document.state.in_([str(state) for state in MOVING]) & Document.needs_person_since.is_null()
    moves |= Document.id.in_(Ride.select(Ride.id).where(*_RIDE_WAITS))
    if value == ON_THE_WAY_BY_MAIL:
        moves |= Document.id.in_(Delivery.select(Delivery.document_id).where(*_MAIL_WAITS))
    return moves


def ids(
    tenants: Sequence[int] | None, where: Sequence[Any], place: Place, most: int, only: str | None = None
) -> list[int]:
    """The first ids at ``place`` of documents that wait for a person, of all states or of one; inside a scope."""
    if only is None:
        return keyset.ids_marked(Document, [_STANDS_STILL, *where], tenants, place, most)
    found: list[int] = []
    for state in (*REFUSED, *MOVING):
        if only in (None, state):
            waits = [] if state in REFUSED else [Document.needs_person_since.is_null(False)]
            found += keyset.ids_with(Document, Document.state, state, tenants, [*waits, *where], place, most)
    return place.first(found, most)


def moving(
    tenants: Sequence[int] | None, where: Sequence[Any], place: Place, most: int, *, mail: bool
) -> tuple[list[int], bool]:
    """The same of documents on their way, and whether more RIDEs or mails are under way than were looked at."""
    found: set[int] = set()
    waits = [Document.needs_person_since.is_null(), *where]
    for state in MOVING:
        found.update(keyset.ids_with(Document, Document.state, state, tenants, waits, place, most))
    made = keyset.ids_marked(Ride, _RIDE_WAITS, tenants, place, LOOKED_AT)
    sent = _by_mail(tenants, place) if mail else []
    among = SQL("t1.id = any(%s::bigint[])", ([*made, *sent],))
    rest: Any = Document.select(Document.id).where(among, place.past(Document.id), *where)
    found.update(int(one) for (one,) in rest.order_by(place.order(Document.id)).limit(most).tuples())
    return place.first(found, most), LOOKED_AT in (len(made), len(sent))


def _by_mail(tenants: Sequence[int] | None, place: Place) -> list[int]:
    waiting = keyset.ids_marked(Delivery, _MAIL_WAITS, tenants, Place(place.upwards), LOOKED_AT)
    ours: Any = Delivery.select(Delivery.document_id).where(SQL("t1.id = any(%s::bigint[])", (waiting,)))
    return [int(document_id) for (document_id,) in ours.tuples()]
