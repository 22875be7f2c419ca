"""Views people keep: a list and what it is asked for, under a name; one's own, or shared with a role.

A view shows nobody anything: whoever opens one reads the list with their own rights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError, fn

from app.access import Access
from app.auditing import audit
from app.errors import Mistyped, Refused, Text
from app.permissions import Permission, Role
from app.store.base import database
from app.store.saved_views import SavedView, SavedViewShare
from app.tenancy import SYSTEM, tenant_scope

LONGEST_NAME = 60
MOST = 100
SHOWN = 200
ROLES = tuple(role for role in Role if role is not Role.ADMIN)
"""Roles of a taxpayer, with which a view may be shared."""


@dataclass(frozen=True)
class Sharing:
    """Who else is offered a view: holders of one of ``roles`` for one of ``tenant_ids``, or everybody."""

    roles: tuple[Role, ...] = ()
    tenant_ids: tuple[int, ...] = ()
    everybody: bool = False


PRIVATE = Sharing()


@dataclass(frozen=True)
class View:
    """A view somebody is offered; ``by`` is the name of its owner, ``roles`` those it is shared with, in sight."""

    id: int
    name: str
    page: str
    asked: Mapping[str, str]
    mine: bool
    by: str
    everybody: bool
    roles: Sequence[str]

    @property
    def shared(self) -> bool:
        """Whether anybody but its owner is offered it."""
        return self.everybody or bool(self.roles)


# Somebody who was shut out, or has no right for the taxpayer any more, shares nothing with its people.
_OFFERED = """
select v.id, v.name, v.page, v.asked, v.person_id = %(me)s, p.name, v.for_everybody,
    array(select distinct s.role from saved_view_share s where s.view_id = v.id order by 1)
from saved_view v join person p on p.id = v.person_id
where v.person_id = %(me)s or (p.active and (
    (v.for_everybody and exists (
        select from grant_of_role g where g.person_id = v.person_id and g.role = 'admin'))
    or exists (
        select from saved_view_share s
        join unnest(%(tenants)s::bigint[], %(roles)s::text[]) held (tenant_id, role) using (tenant_id, role)
        where s.view_id = v.id and exists (
            select from grant_of_role g
            where g.person_id = v.person_id and (g.tenant_id = s.tenant_id or g.role = 'admin')))))
order by v.person_id <> %(me)s, lower(v.name), v.id limit %(most)s
"""


def offered(access: Access) -> list[View]:
    """The views somebody is offered, their own first. Inside a scope that holds their taxpayers."""
    held = [(tenant, str(role)) for tenant, roles in access.roles.items() for role in roles]
    known = {
        "me": access.person_id,
        "tenants": [tenant for tenant, _ in held],
        "roles": [role for _, role in held],
        "most": SHOWN,
    }
    rows = database.execute_sql(_OFFERED, known).fetchall()
    return [View(*row) for row in rows]


def keep(access: Access, name: str, page: str, asked: Mapping[str, str], sharing: Sharing = PRIVATE) -> int:
    """Keep what a list is asked for under ``name``; the id of the new view. Outside any scope.

    Raises ``Refused`` for a name that is empty, too long or taken, and for a sharing the person may not do.
    """
    named = _named(name)
    _demand_sharing(access, sharing)
    row = {"person_id": access.person_id, "name": named, "page": page, "asked": dict(asked)}
    try:
        with tenant_scope(SYSTEM, *sharing.tenant_ids):
            if SavedView.select().where(SavedView.person_id == access.person_id).count() >= MOST:
                raise Refused(
                    Text(f"ya tiene {MOST} vistas: borre alguna", f"you have {MOST} views: delete one")
                )
            view_id = int(
                SavedView.insert(row, for_everybody=sharing.everybody, created_at=fn.now()).execute()
            )
            for tenant_id in sharing.tenant_ids:
                for role in sharing.roles:
                    SavedViewShare.insert(tenant_id=tenant_id, role=role, view_id=view_id).execute()
            _record(access, "view_saved", named, sharing.tenant_ids, page=page, asked=dict(asked))
    except IntegrityError as error:
        raise _taken(named) from error
    return view_id


def rename(access: Access, view_id: int, name: str) -> bool:
    """Give one of one's own views another name; False when it is not theirs. Raises ``Refused`` as ``keep`` does."""
    named = _named(name)
    try:
        with tenant_scope(SYSTEM, *_their_taxpayers(access)):
            view = _own(access, view_id)
            if view is None:
                return False
            SavedView.update(name=named).where(SavedView.id == view.id).execute()
            _record(access, "view_renamed", named, _shared_with(view.id), before=view.name)
    except IntegrityError as error:
        raise _taken(named) from error
    return True


def forget(access: Access, view_id: int) -> bool:
    """Delete one of one's own views, for everybody it was shared with; False when it is not theirs."""
    with tenant_scope(SYSTEM, *_their_taxpayers(access)):
        view = _own(access, view_id)
        if view is None:
            return False
        shared_with = _shared_with(view.id)
        SavedView.delete().where(SavedView.id == view.id).execute()
        _record(access, "view_deleted", view.name, shared_with, page=view.page)
    return True


def _named(name: str) -> str:
    named = " ".join(name.split())
    if not named or len(named) > LONGEST_NAME:
        raise Mistyped(
            Text(
                f"escriba un nombre de hasta {LONGEST_NAME} caracteres",
                f"write a name of at most {LONGEST_NAME} characters",
            )
        )
    return named


def _taken(name: str) -> Refused:
    return Refused(
        Text(f"ya tiene una vista «{name}» de esa página", f"you have a view '{name}' of that page already")
    )


def _demand_sharing(access: Access, sharing: Sharing) -> None:
    if bool(sharing.roles) is not bool(sharing.tenant_ids):
        raise Mistyped(
            Text("elija con quién y de qué contribuyente", "choose with whom and of which taxpayer")
        )
    lacking = [one for one in sharing.tenant_ids if not access.may(Permission.SHARE_VIEW, one)]
    if lacking or (sharing.everybody and not access.may(Permission.PUBLISH_VIEW)):
        raise Refused(
            Text(
                "su rol no le deja compartir la vista con ellos",
                "your role does not let you share it with them",
            )
        )


def _own(access: Access, view_id: int) -> Any:
    return SavedView.get_or_none(SavedView.id == view_id, SavedView.person_id == access.person_id)


def _their_taxpayers(access: Access) -> tuple[int, ...]:
    if access.tenant_ids is not None:
        return access.tenant_ids
    return tuple(row[0] for row in database.execute_sql("select id from tenant_directory").fetchall())


def _shared_with(view_id: int) -> list[int]:
    shares = SavedViewShare.select(SavedViewShare.tenant_id).where(SavedViewShare.view_id == view_id)
    return sorted({row.tenant_id for row in shares})


def _record(access: Access, action: str, name: str, tenant_ids: Any, **facts: Any) -> None:
    """On record where it is seen: with each taxpayer it is shared in, else for the installation."""
    for tenant_id in tenant_ids or (SYSTEM,):
        audit(tenant_id, by=access.email, action=action, target=f"view {name}", facts=facts)
