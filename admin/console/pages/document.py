"""One document: its facts, what follows, why it is here, what may be done, its files and all that happened."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import abort, request

from admin.console import audit_words, dossier, story, timeline
from admin.console.arranged import arranged
from admin.console.pages.acts import Acts, mail_is_on, may_do
from admin.console.pages.files import Files
from app.mail import refusals
from app.possible import Possible, possible
from app.store.delivery import Delivery
from app.store.documents import Document

LINES_SHOWN = 100
NARROWINGS = frozenset({"show", "order"})


class DocumentPage(Acts, Files):
    """The details of ``Documents``: what one document's page tells."""

    get_url: Any
    details_template = "console/document.html"

    def told(self, row: Document) -> dict[str, Any]:
        """Everything about one document. Inside ``mine()``."""
        only, oldest_first = _narrowed()
        known = dossier.read(row, mail_is_on=mail_is_on())
        following = story.next_step(row, known.ride, known.halts, datetime.now(UTC), _mail(known))
        reasons = story.reasons(row, known.ride, known.halts, known.story.deliveries, known.story.history)
        actions = possible(known.situation, lambda action: may_do(action, row.tenant_id))
        return {
            "tenant": known.tenant,
            "authorization": known.authorization,
            "next": following,
            "reasons": reasons,
            "actions": actions,
            "mark": _mark(known, following, reasons, actions),
            "files": known.files,
            "file_address": lambda one: self.get_url(
                f".{_ADDRESSES[one.kind]}", row_id=row.id, **_version(one)
            ),
            "entries": timeline.tell(known.story, only=only, oldest_first=oldest_first),
            "file_of": audit_words.file_of,
            "refusal_of": refusals.meaning,
            "kinds": timeline.KINDS,
            "only": only,
            "order": "oldest" if oldest_first else "",
            "cut": known.cut,
            "mail_waits": not mail_is_on(),
            "most_lines": LINES_SHOWN,
            "content": json.dumps(arranged(row.content), indent=2, ensure_ascii=False),
        }


def _mail(known: dossier.Dossier) -> Sequence[Delivery]:
    """The deliveries that say what follows; without a mail server only those that were settled do."""
    return [one for one in known.story.deliveries if one.outcome or mail_is_on()]


_ADDRESSES = {
    "ride": "ride",
    "authorized": "authorized_xml",
    "signed": "signed_xml",
    "unsigned": "unsigned_xml",
}


def _mark(
    known: dossier.Dossier, following: story.Next, reasons: list[story.Reason], actions: Sequence[Possible]
) -> str:
    """All that decides what the page offers and calls the document, as one word: another once any of it is."""
    row = known.document
    decides = (
        (row.state, row.number, row.access_key, row.authorized_at, following.kind),
        [(one.code, one.said) for one in reasons],
        [(one.action, one.now) for one in actions],
        [(one.kind, one.version, one.sha256) for one in known.files],
        [(one.id, one.outcome, one.needs_person_since) for one in known.story.deliveries],
    )
    return sha256(repr(decides).encode()).hexdigest()[:16]


def _version(one: dossier.File) -> dict[str, int]:
    return {"version": one.version} if one.version else {}


def _narrowed() -> tuple[timeline.Kind | None, bool]:
    """What of the timeline is asked for; 400 for what there is not."""
    shown, order = request.args.get("show") or None, request.args.get("order") or ""
    only = next((kind for kind in timeline.KINDS if kind == shown), None)
    if request.args.keys() - NARROWINGS or (shown and only is None) or order not in ("", "oldest"):
        abort(400)
    return only, order == "oldest"
