"""Mail that came back after the server had taken it: recorded on its delivery, told once, and a person's to resend."""

from dataclasses import dataclass
from typing import Literal

from peewee import fn

from app.alerts import raise_alert
from app.delivery import REFUSED_BY_MAIL, RESEND
from app.errors import Text
from app.mail import bounces
from app.mail.bounces import LARGEST, Returned
from app.store.delivery import Delivery
from app.store.documents import Document
from app.tenancy import every_tenant_scope, tenant_scope

__all__ = ["LARGEST", "Recorded", "record"]
REFUSED_LATER = 550
"""The code on record when the notification tells none."""


@dataclass(frozen=True)
class Recorded:
    """What came of one message: ``bounced`` is new on record, ``known`` was there before, ``delayed`` and
    ``arrived`` change nothing, ``foreign`` is about no delivery of ours."""

    result: Literal["bounced", "known", "delayed", "arrived", "foreign"]
    document_id: int | None = None
    number: str = ""
    address: str = ""
    said: str = ""


def record(raw: bytes) -> Recorded:
    """Read ``raw``, a message that came to where bounces go, and record what it says of a delivery.

    The same message twice is recorded once. For commands of the operator only.
    """
    returned = bounces.read(raw)
    found = _found(returned.token) if returned else None
    if returned is None or found is None:
        return Recorded("foreign")
    with tenant_scope(found.tenant_id):
        document = Document.get_by_id(found.document_id)
        about = (document.id, document.number or "", found.address, _words(returned))
        if returned.fate != "failed":
            return Recorded(returned.fate, *about)
        made_good = _sent_again_since(found)
        changed = (
            Delivery.update(
                outcome="bounced",
                bounced_at=fn.now(),
                made_good_at=fn.now() if made_good else None,
                server_code=_code(returned),
                server_said=_words(returned),
            )
            .where(Delivery.tenant_id == found.tenant_id, Delivery.id == found.id, Delivery.outcome == "sent")
            .execute()
        )
        if not changed:
            return Recorded("known", *about)
        if made_good:
            return Recorded("bounced", *about)
        what = (document.number, found.address, _words(returned))
        sentence = Text(
            "El correo de {} para {} fue devuelto: {}".format(*what),
            "The mail of {} to {} came back: {}".format(*what),
        )
        raise_alert(found.tenant_id, REFUSED_BY_MAIL, f"{document.access_key} {found.address}", sentence)
    return Recorded("bounced", *about)


def _found(token: str) -> Delivery | None:
    with every_tenant_scope():
        row: Delivery | None = Delivery.get_or_none(
            fn.split_part(fn.ltrim(Delivery.message_id, "<"), "@", 1) == token
        )
    return row


def _sent_again_since(found: Delivery) -> bool:
    """Whether a person sent it again before this was known, and that was taken: then nobody has to act."""
    later = Delivery.select().where(
        Delivery.tenant_id == found.tenant_id,
        Delivery.document_id == found.document_id,
        Delivery.kind == RESEND,
        Delivery.outcome == "sent",
        Delivery.id > found.id,
    )
    return bool(later.exists())


def _code(returned: Returned) -> int:
    return returned.code or REFUSED_LATER


def _words(returned: Returned) -> str:
    if returned.status in returned.said:  # most servers say the status in their own words as well
        return returned.said or returned.status or "sin explicación"
    return f"{returned.status} {returned.said}".strip()
