"""Exports in tests: somebody who asks for one, and what became of it."""

import csv
import io
from itertools import count

from cast import Taxpayer

from app import people, work
from app.access import Access, access_of
from app.exporting import asking, keeping, writing
from app.exporting.asking import Click
from app.permissions import Role
from app.search import words
from app.store.exports import Export
from app.store.people import Audit, GrantOfRole
from app.tenancy import every_tenant_scope, tenant_scope

_people, _clicks = count(1), count(1)


def somebody(*taxpayers: Taxpayer, role: Role = Role.VIEWER) -> Access:
    email = f"exporta{next(_people)}@example.ec"
    ids = tuple(one.id for one in taxpayers)
    access = access_of(people.create(email, "Eva", "una contraseña larga", role, ids, by="test"))
    assert access is not None
    return access


def ask(access: Access, *, search: str = "", most_rows: int = 1_000, at_once: int = 9, **click) -> Export:
    ids = tuple(access.roles)
    click = {"name": f"clic {next(_clicks)}", "asked": {"q": search} if search else {}} | click
    with tenant_scope(*ids):
        limits = {"most_rows": most_rows, "at_once": at_once}
        return asking.ask(access, words.parse(search), ids, Click(**click), **limits)


def written(export: Export, services, most: int = 1_000) -> Export:
    """The export when nothing more is to be done for it."""
    while writing.step(export.id, services, most=most).more:
        pass
    return read(export)


def read(export: Export) -> Export:
    with every_tenant_scope():
        return Export.get_by_id(export.id)


def rows(export: Export, services) -> list[dict[str, str]]:
    text = b"".join(keeping.content(export, services)).decode()
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def due_again(export: Export) -> None:
    with every_tenant_scope():
        Export.update(next_step_at=work.in_seconds(-60)).where(Export.id == export.id).execute()


def take_away(access: Access, taxpayer: Taxpayer) -> None:
    own = (GrantOfRole.person_id == access.person_id) & (GrantOfRole.tenant_id == taxpayer.id)
    GrantOfRole.delete().where(own).execute()


def audited(taxpayer: Taxpayer, export: Export) -> list[tuple[str, dict]]:
    with tenant_scope(taxpayer.id):
        kept = Audit.select().where(Audit.target == f"export {export.id}").order_by(Audit.id)
        return [(row.action, row.facts) for row in kept]
