"""The menu: the pages a person may see, in the groups they are looked for in; and which ambientes are in sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app, g

from admin.console.door import current
from app.permissions import Permission
from app.sri.gateway import Environment
from app.store.base import database
from app.store.tenants import Tenant
from app.tenancy import scope

GROUPS: Final = ("work", "engine", "taxpayers", "people")
"""A page names one of these as its ``group``; the menu shows them in this order."""


@dataclass(frozen=True)
class Entry:
    """One page in the menu."""

    name: str
    url: str
    icon: str
    here: bool


@dataclass(frozen=True)
class Group:
    """Pages that belong together."""

    key: str
    entries: Sequence[Entry]


def groups(here: Any) -> list[Group]:
    """The pages the signed-in person may see; ``here`` is the one being shown."""
    views = [item for item in current_app.extensions["admin"][0].menu() if item.is_accessible()]
    made = [
        Group(group, [_entry(one, here) for one in views if _page(one).group == group]) for group in GROUPS
    ]
    return [group for group in made if group.entries]


def ambientes() -> list[int]:
    """The ambientes of the taxpayers the signed-in person sees: 1 pruebas, 2 producción; asked once a request."""
    if "ambientes" not in g:
        if database.in_transaction():  # a page that is rendered inside its scope
            g.ambientes = _ambientes()
        else:
            with scope(current().where(Permission.SEE)):
                g.ambientes = _ambientes()
    known: list[int] = g.ambientes
    return known


def _ambientes() -> list[int]:
    return [
        one.value for one in Environment if Tenant.select().where(Tenant.environment == one.value).exists()
    ]


def _entry(item: Any, here: Any) -> Entry:
    return Entry(str(item.name), item.get_url(), _page(item).icon, item.is_active(here))


def _page(item: Any) -> Any:
    return item._view
