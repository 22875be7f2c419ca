"""Exports: the files one asked for, how far each is, and the way to take it away."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from flask import Response, abort, current_app, flash, redirect, request
from flask_admin import expose
from peewee import SQL
from werkzeug.wrappers import Response as Answer

from admin.console import page_sums
from admin.console.door import current, mine, needs, of_mine, reach
from admin.console.filters import PLACE, place_of
from admin.console.scoped import PageView
from admin.console.texts import later, t, why
from admin.console.witness import note_refused
from app.auditing import audit_each
from app.errors import Refused
from app.exporting import asking, cells, keeping
from app.exporting.asking import UNDER_WAY
from app.permissions import Permission
from app.search import keyset
from app.services import Services
from app.store.exports import Export
from app.store.tenants import Tenant

PAGE = 50
MOST_NAMED = 20


class Exports(PageView):
    """One's own exports, of taxpayers all of whom one may still see; an admin sees everybody's."""

    icon = "takeaway"
    get_url: Any

    def __init__(self) -> None:
        super().__init__(name=later("menu.exports"), endpoint="exports", url="/exports")

    @expose("/")
    def index(self) -> str:
        """The list, newest first."""
        if request.args.keys() - PLACE:
            abort(400)
        place = place_of(request.args)
        with mine():
            query = Export.select().where(*_of_mine(), place.past(Export.id))
            order = [place.order(Export.id)]
            if not current().is_admin:  # by the index of the person, whose order is that of the list
                order.insert(0, place.order(Export.person_id))
            page = keyset.page_of(list(query.order_by(*order).limit(PAGE + 1)), place, PAGE)
        return self.render("console/exports.html", page=page, days=_services().settings.export_days)

    @expose("/<row:export_id>/")
    def one(self, export_id: int) -> str:
        """One export: what was asked for, how far it is, what the file holds and until when it is kept."""
        with mine():
            export = _one(export_id)
            some = [int(one) for one in export.rows_of or export.tenant_ids][:MOST_NAMED]
            tenants = list(
                Tenant.select().where(*of_mine(Tenant), Tenant.id.in_(some)).order_by(Tenant.razon_social)
            )
        return self.render(
            "console/export.html",
            export=export,
            mark=export.stage,
            tenants=tenants,
            unnamed=max(len(export.rows_of or export.tenant_ids) - len(tenants), 0),
            under_way=export.stage in UNDER_WAY,
            filename=_filename(export),
            sums=page_sums.said(export.amounts),
        )

    @expose("/<row:export_id>/stop", methods=("POST",))
    @needs(Permission.EXPORT)
    def stop(self, export_id: int) -> Answer:
        """Have no more of it written."""
        try:
            with mine():
                asking.stop(_one(export_id).id, by=current().email, address=request.remote_addr)
        except Refused as refusal:
            note_refused(refusal)
            flash(t("exports.not_stopped", why=why(refusal)), "refused")
        return redirect(self.get_url(".one", export_id=export_id))

    @expose("/<row:export_id>/file.csv")
    @needs(Permission.EXPORT)
    def file(self, export_id: int) -> Answer:
        """The file, on record for every taxpayer whose rows leave; 404 while it is not whole and when it is over."""
        with mine():
            export = _one(export_id)
            if export.stage != "done":
                abort(404)
        pieces: Iterator[bytes] = keeping.content(export, _services())
        try:
            first = next(pieces) if keeping.is_whole(export, _services()) else None
        except OSError:
            first = None
        if first is None:
            flash(t("exports.not_readable"), "refused")
            return redirect(self.get_url(".one", export_id=export_id))
        _note(export)
        headers = cells.attached(_filename(export)) | {"Content-Length": str(export.bytes)}
        return Response(chain((first,), pieces), content_type=cells.TYPE, headers=headers)


def _note(export: Export) -> None:
    """That the file leaves, for every taxpayer whose rows are in it."""
    facts = {int(one): {"rows": rows, "sha256": export.sha256} for one, rows in export.rows_of.items()}
    with mine():
        audit_each(
            facts or export.tenant_ids,
            by=current().email,
            action="download",
            target=f"export {export.id}",
            address=request.remote_addr,
            facts=facts,
        )


def _of_mine() -> list[Any]:
    """The predicate beside row-level security: of taxpayers all of whom one may see, and one's own."""
    tenants = reach()
    if tenants is None:
        return [SQL("true")]
    mine_alone = (Export.person_id >= current().person_id) & (Export.person_id <= current().person_id)
    return [mine_alone, Export.tenant_ids.contained_by(list(tenants))]


def _one(export_id: int) -> Export:
    found: Export | None = Export.get_or_none(Export.id == export_id, *_of_mine())
    return found if found is not None else abort(404)


def _filename(export: Export) -> str:
    layout = cells.layout_of(export.layout)
    return cells.filename(f"{export.list}-{export.id}", export.rows, capped=export.capped, layout=layout)


def _services() -> Services:
    services: Services = current_app.extensions["services"]
    return services
