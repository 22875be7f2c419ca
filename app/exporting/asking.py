"""What a person asks to take away: a row per click, of the taxpayers they may export of at that moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from app.access import Access
from app.auditing import audit_each
from app.errors import Language, Refused, Text
from app.exporting.cells import Layout
from app.permissions import Permission
from app.search import finding
from app.search.words import Term
from app.store.base import database
from app.store.exports import Export
from app.store.people import Person
from app.store.tenants import Tenant

UNDER_WAY = ("waiting", "writing")
_TIMES = frozenset({"after", "before", "until"})


@dataclass(frozen=True)
class Click:
    """One click on a list: its own name, the search as the list's address says it, the order, for whom and what."""

    name: str
    asked: Mapping[str, str]
    oldest_first: bool = False
    language: Language = "es"
    layout: Layout = "plain"
    address: str | None = None


def ask(
    access: Access,
    terms: Sequence[Term],
    tenants: Sequence[int] | None,
    click: Click,
    *,
    most_rows: int,
    at_once: int,
) -> Export:
    """An export of the documents that ``terms`` ask for among ``tenants`` (None: all in sight), on record for each.

    The same click of the same person gives the export it gave before. Inside a scope that holds exactly the taxpayers
    the person may export of. Raises ``Refused`` when none of those is meant, or ``at_once`` exports of theirs are under
    way already.
    """
    Person.select(Person.id).where(Person.id == access.person_id).for_update().get()  # one click at a time
    before = Export.get_or_none(Export.person_id == access.person_id, Export.click == click.name)
    if before is not None:
        return before
    _refuse_too_many(access.person_id, at_once)
    meant, whose = _meant(terms, tenants)
    export = _row(access, click, tenant_ids=whose, terms=meant, most_rows=most_rows)
    facts: dict[str, Any] = {"list": export.list, "filters": dict(click.asked), "most_rows": most_rows}
    audit_each(
        whose,
        by=access.email,
        action="export_asked",
        target=f"export {export.id}",
        address=click.address,
        facts=dict.fromkeys(whose, facts),
    )
    return export


def _row(access: Access, click: Click, **values: Any) -> Export:
    return Export.create(
        person_id=access.person_id,
        by=access.email,
        roles=[str(role) for role in access.every_role],
        language=click.language,
        layout=click.layout,
        list="documents",
        asked=dict(click.asked),
        oldest_first=click.oldest_first,
        last_id=_last_id(),
        click=click.name,
        created_at=fn.now(),
        next_step_at=fn.now(),
        pieces=[],
        rows_of={},
        amounts={},
        **values,
    )


def stop(export_id: int, *, by: str, address: str | None = None) -> None:
    """Have no more of an export written; what there is of its file is removed. Inside a scope that sees it.

    Raises ``Refused`` when it is over already.
    """
    over = {"stage": "failed", "why": "stopped", "finished_at": fn.now(), "next_step_at": None}
    going = (Export.id == export_id) & Export.stage.in_(UNDER_WAY)
    stopped = next(iter(Export.update(**over).where(going).returning(Export.tenant_ids).execute()), None)
    if stopped is None:
        raise Refused(Text("la exportación ya terminó", "the export is over already"))
    audit_each(
        stopped.tenant_ids, by=by, action="export_stopped", target=f"export {export_id}", address=address
    )


def still_allowed(access: Access | None, tenant_ids: Sequence[int]) -> list[int]:
    """Of ``tenant_ids``, those of which somebody with ``access`` may export."""
    return [one for one in tenant_ids if access is not None and access.may(Permission.EXPORT, one)]


def _refuse_too_many(person_id: int, at_once: int) -> None:
    under_way = Export.select().where(Export.person_id == person_id, Export.stage.in_(UNDER_WAY)).count()
    if under_way >= at_once:
        raise Refused(
            Text(
                f"ya tiene {under_way} exportaciones en marcha: espere a que terminen",
                f"{under_way} exports of yours are under way: wait until they are done",
            )
        )


def _meant(terms: Sequence[Term], tenants: Sequence[int] | None) -> tuple[list[list[str]], list[int]]:
    """What the terms mean now, without those that name taxpayers, and the taxpayers meant."""
    # Each taxpayer's own ids of a time are found as it is read.
    times = [term for term in terms if term.name in _TIMES]
    wanted = finding.resolve([term for term in terms if term not in times], tenants)
    kept = [[term.name, term.value, term.written] for term in (*wanted.terms.values(), *times)]
    in_sight = Tenant.select(Tenant.id).order_by(Tenant.razon_social, Tenant.id)
    if wanted.tenants is not None:
        in_sight = in_sight.where(Tenant.id.in_(list(wanted.tenants) or [0]))
    whose = [int(tenant.id) for tenant in in_sight]
    if not whose:
        raise Refused(
            Text(
                "ninguno de sus contribuyentes es de los que pide",
                "none of your taxpayers is among those you ask for",
            )
        )
    return kept, whose


def _last_id() -> int:
    """The last id a document was given so far; one handed in later has a larger one."""
    sequence = "select pg_sequence_last_value(pg_get_serial_sequence('document', 'id')::regclass)"
    return int(database.execute_sql(sequence).fetchone()[0] or 0)
