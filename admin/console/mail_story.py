"""What happens next to a document that is authorized and drawn: its way to the buyer, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from admin.console.texts import reread, spoken, t
from app.delivery import NOTICE
from app.mail import refusals
from app.store.delivery import Delivery

Kind = Literal["waiting", "person", "done"]


@dataclass(frozen=True)
class MailNext:
    """What follows; ``at`` is when, if that is known and not now."""

    kind: Kind
    sentence: str
    at: datetime | None = None


def of(deliveries: Sequence[Delivery], now: datetime) -> MailNext:
    """What follows from the ``deliveries`` of one document, newest first: a buyer without it is a person's matter."""
    deliveries = [one for one in deliveries if one.kind != NOTICE]  # news of a document they have already
    under_way = [one for one in deliveries if one.outcome is None and not one.needs_person_since]
    if under_way:
        due = under_way[0].next_attempt_at
        return MailNext(
            "waiting", t("next.mail", to=under_way[0].address), due if due and due > now else None
        )
    given_up = [one for one in deliveries if one.outcome is None]
    returned = [one for one in deliveries if one.outcome == "bounced" and not one.made_good_at]
    sent = [one.address for one in deliveries if one.outcome == "sent"]
    if returned:
        return MailNext("person", _came_back(returned[0]) + _reached(sent))
    if given_up:
        why = reread(given_up[0].needs_person_reason or given_up[0].last_error)
        return MailNext("person", t("next.mail_given_up", to=given_up[0].address, why=why) + _reached(sent))
    if not sent and any(one.outcome == "invalid_address" for one in deliveries):
        wrong = next(one.address for one in deliveries if one.outcome == "invalid_address")
        return MailNext("person", t("next.mail_invalid", to=wrong))
    if not sent and any(one.outcome == "no_address" for one in deliveries):
        return MailNext("done", t("next.mail_no_address"))
    return MailNext("done", t("next.done"))


def _came_back(one: Delivery) -> str:
    why = spoken(refusals.meaning(one.server_said))
    return t("next.mail_returned", to=one.address, why=why)


def _reached(sent: Sequence[str]) -> str:
    return " " + t("next.mail_reached", to=", ".join(dict.fromkeys(sent))) if sent else ""
