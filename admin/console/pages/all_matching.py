"""One action on everything a list of documents shows, however many pages that is: the snapshot of a bulk operation."""

import secrets
from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from peewee import SQL
from werkzeug.wrappers import Response

from admin.console import filters
from admin.console.door import current, mine, needs, of_mine
from admin.console.filters import Asked, Filter
from admin.console.texts import why
from app.bulk import proposing
from app.errors import Refused
from app.permissions import Permission
from app.possible import Action
from app.search.keyset import Place
from app.store.bulk import Bulk
from app.store.documents import Document

SHORTEST_CLICK, LONGEST_CLICK = 8, 64


def new_click() -> str:
    """A name for the click a form will be sent with, so that the same click twice is one operation."""
    return secrets.token_urlsafe(12)


def proposed(documents: Any, described: dict[str, Any]) -> Response:
    """Take the snapshot a form asks for and show it, inside ``mine()``; 400 for an action there is not.

    Raises ``Refused`` when it holds nothing.
    """
    action, click = request.form.get("action", ""), request.form.get("click", "")
    if action not in proposing.ACTIONS or not SHORTEST_CLICK <= len(click) <= LONGEST_CLICK:
        abort(400)
    operation: Bulk = proposing.propose(
        Action(action), documents, described=described, by=current().email, click=click
    )
    return redirect(url_for("operations.one", bulk_id=operation.id))


class AllMatching:
    """The part of the list of documents that acts on all that matches, not on a page of it."""

    narrowed_by: ClassVar[tuple[Filter, ...]]
    ids_of: Any
    get_url: Any

    @expose("/all", methods=("POST",))
    @needs(Permission.BULK)
    def propose_all(self) -> Response:
        """A bulk operation on what the address asks for, as of now; nothing is done to it yet."""
        asked: Asked = filters.read(self.narrowed_by, request.args)
        back = self.get_url(".index_view", **asked.values)
        try:
            with mine():
                ids: Sequence[int] = self.ids_of(asked, Place(oldest_first=True), proposing.MOST_ITEMS)
                theirs = Document.select(Document.tenant_id, Document.id).where(
                    *of_mine(Document), SQL("t1.id = any(%s::bigint[])", (list(ids),))
                )
                return proposed(theirs.order_by(Document.id), {"filters": dict(asked.values)})
        except Refused as refusal:
            flash(why(refusal), "refused")
            return redirect(back)
