"""Saved views in the console: the menu beside a list, which address may be kept, and where a kept one leads.

What is kept is a list by its own name and what it is asked for: an address is made of it anew each time, so a view
leads nowhere but to a list of this console.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, abort, current_app, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from admin.console.door import current
from admin.console.texts import t, word
from app import saved_views
from app.contents import search_key
from app.permissions import Permission
from app.saved_views import View
from app.store.base import database
from app.store.tenants import Tenant
from app.tenancy import scope

LONGEST_ADDRESS: Final = 2_000
MOST_TAXPAYERS: Final = 300
SHORTEST: Final = 2


@dataclass(frozen=True)
class Offer:
    """A view with the name of its list, where it leads, and whether it is what is being shown."""

    view: View
    page: str
    address: str
    here: bool


@dataclass(frozen=True)
class Menu:
    """The views of the list being shown, and with whom a new one may be shared."""

    offers: Sequence[Offer]
    address: str
    taxpayers: Sequence[tuple[int, str]]
    chosen: str
    everybody: bool


def install(app: Flask) -> None:
    """Let the templates of ``app`` ask for the menu."""
    app.jinja_env.globals["saved_views"] = menu


def menu() -> Menu:
    """Of the list being shown; it reads within the page's scope, or in one of its own."""
    endpoint, asked = str(request.endpoint), asked_now()
    with _sight():
        found = [one for one in offers() if one.view.page == endpoint]
        taxpayers = _taxpayers()
    shown = [
        Offer(one.view, one.page, one.address, here=dict(one.view.asked) == (asked or {})) for one in found
    ]
    address = address_of(endpoint, asked or {})
    everybody = current().may(Permission.PUBLISH_VIEW)
    return Menu(shown, address, taxpayers, (asked or {}).get("tenant", ""), everybody)


def offers() -> list[Offer]:
    """Every view the signed-in person is offered of pages they may see. Inside a scope."""
    found = []
    for view in saved_views.offered(current()):
        page = _page(view.page)
        if page is not None and page.is_accessible():
            found.append(Offer(view, str(page.name), address_of(view.page, view.asked), here=False))
    return found


def address_of(page: str, asked: Mapping[str, Any]) -> str:
    """Where a list of this console shows what is asked of it."""
    return url_for(page, **asked)


def named_like(written: str) -> list[Offer]:
    """Those with a word that begins with what is written. Inside a scope."""
    begun = search_key(written)
    if len(begun) < SHORTEST:
        return []
    return [one for one in offers() if f" {begun}" in f" {search_key(one.view.name)}"]


def read(address: str) -> tuple[str, dict[str, str]]:
    """The list that ``address`` shows, and what it asks of it; 400 for what is no list the person may see."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or len(address) > LONGEST_ADDRESS:
        abort(400)
    try:
        endpoint, values = current_app.url_map.bind("localhost").match(parts.path, method="GET")
    except HTTPException:
        abort(400)
    arguments = [*values.items(), *parse_qsl(parts.query)]
    page = _page(endpoint)
    if page is None or not page.is_accessible() or any("\0" in str(value) for _, value in arguments):
        abort(400)
    asked = page.kept(endpoint.rpartition(".")[2], MultiDict(arguments))
    return (endpoint, asked) if asked is not None else abort(400)


def asked_now() -> dict[str, str] | None:
    """What the address being shown asks of its list, without the place in it; None when it is no list."""
    page = _page(str(request.endpoint))
    arguments = MultiDict([*(request.view_args or {}).items(), *request.args.items()])
    name = str(request.endpoint).rpartition(".")[2]
    found: dict[str, str] | None = page.kept(name, arguments) if page is not None else None
    return found


def in_words(offered: Sequence[Offer]) -> dict[int, str]:
    """What each view asks for, as its page says it; by id. Inside a scope."""
    known: dict[tuple[str, str], dict[str, str]] = {}
    said = {}
    for one in offered:
        filters = {narrow.name: narrow for narrow in getattr(_page(one.view.page), "narrowed_by", ())}
        parts = []
        for name, value in one.view.asked.items():
            choices = filters[name].choices if name in filters else None
            if choices and (one.view.page, name) not in known:
                known[one.view.page, name] = dict(choices())
            shown = known.get((one.view.page, name), {}).get(value, word(name, value))
            parts.append(f"{word('asked', name)}: {shown}")
        said[one.view.id] = " · ".join(parts)
    return said


def with_whom(offer: Offer) -> str:
    """Who is offered a view, in words."""
    if offer.view.everybody:
        return t("views.with_everybody")
    return ", ".join(word("role", role) for role in offer.view.roles) or t("views.with_nobody")


def _page(endpoint: str) -> Any:
    page = getattr(current_app.view_functions.get(endpoint), "__self__", None)
    return page if hasattr(page, "kept") else None


def _taxpayers() -> list[tuple[int, str]]:
    tenants = current().where(Permission.SHARE_VIEW)
    query = Tenant.select(Tenant.id, Tenant.razon_social).order_by(Tenant.razon_social).limit(MOST_TAXPAYERS)
    query = query if tenants is None else query.where(Tenant.id.in_(tenants))
    return [(tenant.id, tenant.razon_social) for tenant in query]


@contextmanager
def _sight() -> Iterator[None]:
    if database.in_transaction():
        yield
    else:
        with scope(current().where(Permission.SEE)):
            yield
