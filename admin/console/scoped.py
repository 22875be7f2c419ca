"""The base of every page: what Flask-Admin leaves open is closed here, once."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask import abort, flash, g, redirect, request
from flask_admin import BaseView, expose
from flask_admin.contrib.peewee import ModelView
from peewee import ModelSelect
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from admin.console import csrf, filters
from admin.console.door import current, demand, mine, needs, of_mine, reach, safe_next
from admin.console.filters import Asked, Filter, row_id
from admin.console.texts import language, t
from admin.console.witness import note
from app.exporting import cells
from app.exporting.cells import Column
from app.permissions import Permission
from app.search import keyset
from app.search.keyset import Place

MOST_IN_ONE_ACTION = 100


class Guarded:
    """What pages with and without a table share: who may see them."""

    sees: ClassVar[Permission] = Permission.SEE
    """What one must hold, for some taxpayer, to see the page; it shows rows of those taxpayers only."""
    group: ClassVar[str] = "work"
    """Where the menu has it: one of ``navigation.GROUPS``."""
    icon: ClassVar[str] = "page"
    """Its picture in the menu: a name of ``templates/console/icons.html``."""

    def is_accessible(self) -> bool:
        """Whether the signed-in person may see this page; also decides whether the menu names it."""
        return current().may(self.sees)

    def kept(self, name: str, arguments: MultiDict[str, str]) -> dict[str, str] | None:  # noqa: ARG002
        """What says which view of its list ``name`` an address shows, without the place in it; None: no such list.

        400 for what the list cannot be asked for.
        """
        return None

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:  # noqa: ARG002 - Flask-Admin's shape
        """403, on record."""
        demand(self.sees)
        abort(403)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin answers a TypeError by calling the view again in another way.
        return fn(self, *args, **kwargs)


class PageView(Guarded, BaseView):
    """A page of its own."""


class ScopedView(Guarded, ModelView):
    """A table of which everybody sees the rows of their own tenants, and may do nothing unless the view says so.

    Addresses exist only for what a view offers. List, details, edit, export and actions go through ``theirs``
    inside ``mine()``; an id outside it is 404, as one that does not exist.
    """

    can_create = can_edit = can_delete = can_view_details = can_export = False
    actions_need: ClassVar[Mapping[str, Permission]] = {}
    """Every action there is, with the permission it needs on each row; one that is not here nobody may do."""
    edits: ClassVar[Permission | None] = None
    """What it takes to create, edit or delete a row, where the view offers that."""
    narrowed_by: ClassVar[tuple[Filter, ...]] = ()
    shown: ClassVar[tuple[Any, ...]] = ()
    """Columns a list reads; empty: all."""
    in_order: ClassVar[tuple[str, Any] | None] = None
    """A filter by equality, and its column when that stands between tenant and id in an index."""
    exported: ClassVar[tuple[Column, ...]] = ()
    export_needs: ClassVar[Permission] = Permission.EXPORT

    form_base_class = csrf.Form
    edit_template = create_template = "console/form.html"
    page_size = 50
    export_max_rows = 5_000

    def create_blueprint(self, admin: Any) -> Any:
        """Give an address to nothing but what this view offers."""
        offers = {
            "create_view": self.can_create,
            "edit_view": self.can_edit,
            "delete_view": self.can_delete,
            "details_view": self.can_view_details,
            "export": self.can_export,
            "action_view": bool(self.actions_need),
            "ajax_lookup": False,
            "ajax_update": False,
        }
        rules: list[Any] = getattr(type(self), "_urls")  # noqa: B009 - gathered by Flask-Admin's metaclass
        self._urls = [rule for rule in rules if offers.get(rule[1], True)]
        return super().create_blueprint(admin)

    def scaffold_form(self) -> Any:
        """The form to create and edit, made only for a view that offers it."""
        return super().scaffold_form() if self.can_create or self.can_edit else self.form_base_class

    def kept(self, name: str, arguments: MultiDict[str, str]) -> dict[str, str] | None:
        """The filters of the list, as they were written."""
        listed = name == "index_view" and self.narrowed_by
        return dict(filters.read(self.narrowed_by, arguments).values) if listed else None

    def theirs(self, *columns: Any) -> ModelSelect:
        """Rows of the tenants of the signed-in person, the one source of rows of this view. Inside ``mine()``."""
        return self.model.select(*columns).where(*of_mine(self.model))

    def get_query(self) -> ModelSelect:
        """What a list reads of them. Inside ``mine()``."""
        return self.theirs(*self.shown)

    def get_one(self, id: Any) -> Any:
        """The whole row with this id, if it is theirs; 404 otherwise. Inside ``mine()``."""
        try:
            wanted = row_id(str(id))
        except ValueError:
            abort(404)
        found = self.theirs().where(self.model.id == wanted).get_or_none()
        return found if found is not None else abort(404)

    def rows(self, asked: Asked, place: Place, most: int) -> list[Any]:
        """The first rows at ``place``, in the order of reading. Inside ``mine()``."""
        tenants = whose(asked)
        if self.in_order and self.in_order[0] in asked.values:
            name, column = self.in_order
            where = asked.conditions(without=name)
            ids = keyset.ids_with(self.model, column, asked.values[name], tenants, where, place, most)
            return self.by_id(ids, place)
        if tenants is not None:
            return self.by_id(
                keyset.ids_of_tenants(self.model, tenants, asked.conditions(), place, most), place
            )
        query = self.get_query().where(place.past(self.model.id), *asked.conditions())
        return list(query.order_by(place.order(self.model.id)).limit(most))

    def by_id(self, ids: Sequence[int], place: Place) -> list[Any]:
        """The rows with these ids that are theirs, in the order of reading. Inside ``mine()``."""
        key = self.model.id
        return list(self.get_query().where(key.in_(ids)).order_by(place.order(key))) if ids else []

    def beside(self, rows: Any) -> dict[str, Any]:  # noqa: ARG002
        """What the list's template needs beside the rows, by name. Inside ``mine()``."""
        return {}

    @expose("/")
    def index_view(self) -> str:
        """The list."""
        asked = filters.read(self.narrowed_by, request.args)
        with mine():
            page = keyset.page_of(
                self.rows(asked, asked.place, self.page_size + 1), asked.place, self.page_size
            )
            choices = {one.name: one.choices() for one in self.narrowed_by if one.choices}
            beside = self.beside(page.rows)
        actions, _ = self.get_actions_list()
        return self.render(
            self.list_template, page=page, asked=asked, choices=choices, actions=actions, **beside
        )

    @expose("/<row:row_id>/")
    def details_view(self, row_id: int) -> str:
        """One row."""
        with mine():
            row = self.get_one(row_id)
            told = self.told(row)
        return self.render(self.details_template, row=row, **told)

    def told(self, row: Any) -> dict[str, Any]:  # noqa: ARG002
        """What the template of one row needs beside it, by name. Inside ``mine()``."""
        return {}

    @expose("/export.csv")
    @needs(lambda page: page.export_needs)
    def export(self) -> Response:
        """The list as CSV, at most ``export_max_rows`` rows, itself on record; its name says when there may be more."""
        wanted = request.args.copy()
        try:
            layout = cells.layout_of(wanted.pop("layout", "plain"))
        except ValueError:
            abort(400)
        asked = filters.read(self.narrowed_by, wanted)
        with mine():
            rows = self.rows_to_export(asked)
            for tenant_id, count in self.leaving(rows, asked).items():
                note(tenant_id, "export", self.endpoint, rows=count, filters=dict(asked.values))
        capped = len(rows) == self.export_max_rows or bool(g.get("cut_off"))
        name = cells.filename(self.endpoint, len(rows), capped=capped, layout=layout)
        content = cells.head(self.exported, layout) + cells.lines(self.exported, rows, language(), layout)
        return Response(content, content_type=cells.TYPE, headers=cells.attached(name))

    def rows_to_export(self, asked: Asked) -> list[Any]:
        """The rows of the export. Inside ``mine()``."""
        return self.rows(asked, Place(asked.place.oldest_first), self.export_max_rows)

    def leaving(self, rows: Sequence[Any], asked: Asked) -> Counter[int]:  # noqa: ARG002
        """How many of ``rows`` leave, by the taxpayer on whose record that is."""
        return Counter(int(row.tenant_id) for row in rows)

    def is_action_allowed(self, name: str) -> bool:
        """Only what the view names, and only for whom it may be of use."""
        return name in self.actions_need and current().may(self.actions_need[name])

    @expose("/action/", methods=("POST",))
    @needs(lambda page: page.actions_need.get(request.form.get("action", "")))
    def action_view(self) -> Response:
        """Do one named action on rows that are all theirs, or nothing."""
        name = request.form.get("action", "")
        if name not in self._actions_data:
            abort(400)
        try:
            wanted = {row_id(written) for written in request.form.getlist("rowid")}
        except ValueError:
            abort(400)
        if len(wanted) > MOST_IN_ONE_ACTION:
            abort(400)
        if not wanted:
            flash(t("list.nothing_chosen"), "warning")
            return redirect(safe_next(request.form.get("back", "/")))
        with mine():
            rows = list(self.get_query().where(self.model.id.in_(wanted)).order_by(self.model.id))
        if len(rows) < len(wanted):
            abort(404)
        self._actions_data[name][0](rows)
        return redirect(safe_next(request.form.get("back", "/")))

    @expose("/edit/", methods=("GET", "POST"))
    @needs(lambda page: page.edits)
    def edit_view(self) -> Any:
        """Flask-Admin's form for one row of theirs."""
        with mine():
            return super().edit_view()

    @expose("/new/", methods=("GET", "POST"))
    @needs(lambda page: page.edits)
    def create_view(self) -> Any:
        """Flask-Admin's form for a new row; row-level security refuses one of a foreign tenant."""
        with mine():
            return super().create_view()

    @expose("/delete/", methods=("POST",))
    @needs(lambda page: page.edits)
    def delete_view(self) -> Any:
        """Flask-Admin's deletion of one row of theirs."""
        with mine():
            return super().delete_view()


def whose(asked: Asked) -> Sequence[int] | None:
    """Ids of the taxpayers whose rows are asked for; None for everybody's."""
    mine_are, chosen = reach(), asked.values.get("tenant")
    if chosen is None:
        return mine_are
    return [int(chosen)] if mine_are is None or int(chosen) in mine_are else []
