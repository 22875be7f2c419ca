"""Audit: who did what, and what was refused; append only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask import g
from flask_admin import expose

from admin.console import audit_words
from admin.console.audit_words import actors
from admin.console.door import current, of_mine
from admin.console.filters import OF_TENANT, Asked, Filter, one_of
from admin.console.names import names_of
from admin.console.scoped import ScopedView, whose
from admin.console.texts import LANGUAGES, later, word
from admin.console.witness import reason_of
from app import audit_chain, housekeeping
from app.ecuador import ECUADOR
from app.exporting.cells import Column
from app.permissions import Permission
from app.search import keyset, trail
from app.search.keyset import Place
from app.store.people import Audit
from app.tenancy import SYSTEM

LONGEST: Final = 300
_RESULT, _RESULTS = one_of(Audit.result, ("done", "refused"), lambda value: word("result", value))


def _action(value: str) -> list[Any]:
    return [Audit.action == _short(value)]


def _actions() -> list[tuple[str, str]]:
    named = [key.removeprefix("action.") for key in LANGUAGES["es"] if key.startswith("action.")]
    return sorted(((name, word("action", name)) for name in named), key=lambda one: one[1])


def _written(value: str) -> list[Any]:
    _short(value)
    return []  # no condition of its own: what is meant by it leads


def _day(value: str) -> list[Any]:
    _midnight(value)
    return []  # no condition of its own: a stretch of time is one of ids


def _midnight(written: str) -> datetime:
    on = date.fromisoformat(written)
    if not 2000 <= on.year <= 2999:
        raise ValueError(written)
    return datetime.combine(on, time(), ECUADOR)


def _short(written: str) -> str:
    if len(written) > LONGEST:
        raise ValueError(written)
    return written


class AuditLog(ScopedView):
    """What was done and refused about the taxpayers one may see, and when their people came in; all, for admins."""

    group = "people"
    icon = "log"
    sees = Permission.SEE_AUDIT
    can_export = True
    export_needs = Permission.SEE_AUDIT
    list_template = "console/audit.html"
    narrowed_by = (
        OF_TENANT,
        Filter("result", _RESULT, _RESULTS),
        Filter("action", _action, _actions),
        Filter("by", _written),
        Filter("target", _written),
        Filter("since", _day),
        Filter("until", _day),
    )
    exported = (
        Column("id", lambda row: row.id),
        Column("momento", lambda row: row.at),
        Column("quien", lambda row: row.by),
        Column("direccion", lambda row: row.address),
        Column("accion", lambda row: row.action),
        Column("que", lambda row: word("action", row.action)),
        Column("objeto", lambda row: row.target),
        Column("resultado", lambda row: word("result", row.result)),
        Column("motivo", lambda row: reason_of(row) if row.reason else None),
        Column("detalle", lambda row: "; ".join(audit_words.facts(row))),
        Column("contribuyente", lambda row: row.taxpayer),
    )

    def __init__(self) -> None:
        super().__init__(Audit, name=later("menu.audit"), endpoint="audit", url="/audit")

    @expose("/")
    def index_view(self) -> str:
        """The list, and what the last look at its seals found."""
        g.verified = housekeeping.audit_verified()
        return super().index_view()

    def theirs(self, *columns: Any) -> Any:
        """Lines of their taxpayers, and the sign-ins of whoever has a role there, which row-level security narrows."""
        sign_ins = (Audit.tenant_id == SYSTEM) & Audit.action.in_(trail.SIGN_INS)
        return Audit.select(*columns).where(*of_mine(Audit)).orwhere(sign_ins)

    def rows(self, asked: Asked, place: Place, most: int) -> list[Any]:
        """The first lines at ``place``, led by what is rarest among what is asked for."""
        tenants, values = whose(asked), asked.values
        where = [*asked.conditions(), *_times(asked, tenants)]
        who, too_many = trail.people(values["by"], actors()) if "by" in values else (None, False)
        g.cut_off = ["people"] if too_many else []
        ids = self._ids(values, who, tenants, where, place, most)
        if tenants is not None and "tenant" not in values:
            asked_of_each = [*asked.conditions(), *_between(*_ends(asked))]
            ids = place.first({*ids, *_sign_ins(values, who, tenants, asked_of_each, place, most)}, most)
        return self.by_id(ids, place)

    def _ids(
        self, values: Any, who: Sequence[str] | None, tenants: Any, where: list[Any], place: Place, most: int
    ) -> list[int]:
        if "target" in values:
            by = [] if who is None else [Audit.by.in_(who)]
            stretches = trail.about(values["target"], tenants)
            ids, cut_off = trail.ids_about(stretches, tenants, [*by, *where], place, most)
            g.cut_off += ["lines"] if cut_off else []
            return ids
        if who is not None:
            return trail.ids_by(who, tenants, where, place, most)
        if "action" in values:
            return keyset.ids_with(Audit, Audit.action, values["action"], tenants, where, place, most)
        if tenants is not None:
            return keyset.ids_of_tenants(Audit, tenants, where, place, most)
        query = Audit.select(Audit.id).where(place.past(Audit.id), *where).order_by(place.order(Audit.id))
        return [int(row.id) for row in query.limit(most)]

    def beside(self, rows: Any) -> dict[str, Any]:
        """Names of taxpayers, by id, on what each line is, and the newest seal."""
        numbers = audit_words.numbers_of(rows)
        return {
            "names": names_of(rows),
            "shown": {row.id: audit_words.on_what(row, numbers) for row in rows},
            "facts_of": audit_words.facts,
            "seal": audit_chain.last(),
            "verified": g.verified,
            "cut_off": g.cut_off,
            "cut_off_at": {"people": trail.MOST_PEOPLE, "lines": trail.MOST_LINES},
            "sign_ins": trail.SIGN_INS,
        }

    def rows_to_export(self, asked: Asked) -> list[Any]:
        """The lines, each with its taxpayer's name."""
        rows = super().rows_to_export(asked)
        taxpayers = names_of(rows)
        for row in rows:
            row.taxpayer = taxpayers.get(row.tenant_id)
        return rows

    def leaving(self, rows: Sequence[Any], asked: Asked) -> Counter[int]:
        """By taxpayer of the lines; sign-ins of their people count for each taxpayer asked for."""
        counted = super().leaving(rows, asked)
        sign_ins = 0 if current().is_admin else counted.pop(SYSTEM, 0)
        if sign_ins:
            counted.update(dict.fromkeys(whose(asked) or (), sign_ins))
        return counted


def _ends(asked: Asked) -> tuple[datetime | None, datetime | None]:
    """The first moment of the days asked for, and the first behind them."""
    since, until = asked.values.get("since"), asked.values.get("until")
    return _midnight(since) if since else None, _midnight(until) + timedelta(days=1) if until else None


def _times(asked: Asked, tenants: Sequence[int] | None) -> list[Any]:
    """The days asked for, as conditions on lines of ``tenants`` alone. Inside a scope that sees them."""
    since, behind = _ends(asked)
    return keyset.within(Audit, Audit.at, tenants, since, behind) if since or behind else []


def _between(since: datetime | None, behind: datetime | None) -> list[Any]:
    """The same on whosever lines: a stretch of ids holds for those it was looked up among."""
    return [*([Audit.at >= since] if since else []), *([Audit.at < behind] if behind else [])]


def _sign_ins(
    asked: Mapping[str, str],
    who: Sequence[str] | None,
    tenants: Sequence[int],
    where: Sequence[Any],
    place: Place,
    most: int,
) -> list[int]:
    """When people of ``tenants`` came in, left, or failed to come in: lines of the installation."""
    if not "console".startswith(asked.get("target", "")):
        return []
    people = [one for one in trail.colleagues(tenants) if who is None or one in who]
    return trail.ids_by(people, [SYSTEM], [Audit.action.in_(trail.SIGN_INS), *where], place, most)
