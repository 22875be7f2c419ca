"""The base view, when a page offers all that Flask-Admin can do."""

from typing import ClassVar

import pytest
from cast import Taxpayer
from console_cast import Browser, signed_in
from flask import Flask
from flask_admin.actions import action

from admin import create_app
from admin.console.scoped import ScopedView
from app.exporting.cells import Column
from app.permissions import Permission
from app.store.tenants import Halt
from app.tenancy import every_tenant_scope, tenant_scope


class Everything(ScopedView):
    """A page that forgets nothing Flask-Admin offers, and that touches rows when told to."""

    can_create = can_edit = can_delete = can_view_details = can_export = True
    actions_need: ClassVar = {"touch": Permission.RETRY}
    edits = Permission.MANAGE_TENANTS
    column_editable_list = ("reason",)
    form_columns = ("reason",)
    details_template = list_template = "console/form.html"
    exported = (Column("reason", lambda row: row.reason),)

    def __init__(self):
        self.touched = []
        super().__init__(Halt, name="Todo", endpoint="everything", url="/everything")

    def told(self, row):
        return {"form": (), "return_url": "/"}

    @action("touch", "Tocar")
    def action_touch(self, rows):
        self.touched.extend(row.id for row in rows)


@pytest.fixture(scope="module")
def everything() -> Everything:
    return Everything()


@pytest.fixture(scope="module")
def app(services, everything) -> Flask:
    app = create_app(services)  # a page cannot be added to a console that has answered already
    app.extensions["admin"][0].add_view(everything)
    return app


def halt(taxpayer: Taxpayer) -> int:
    with tenant_scope(taxpayer.id):
        row = {"tenant_id": taxpayer.id, "code": "57", "reason": f"de {taxpayer.ruc}", "placed_by": "SRI"}
        return int(Halt.insert(row | {"since": "2026-01-01 00:00Z"}).execute())


def reason(halt_id: int) -> str | None:
    with every_tenant_scope():
        found = Halt.get_or_none(Halt.id == halt_id)
        return found and found.reason


@pytest.fixture
def anas(ana) -> int:
    return halt(ana)


@pytest.fixture
def betos(beto) -> int:
    return halt(beto)


def test_a_viewer_opens_their_own_row_and_no_other(betos_viewer: Browser, anas, betos):
    assert betos_viewer.get(f"/everything/{betos}/").status_code == 200
    assert betos_viewer.get(f"/everything/{anas}/").status_code == 404


def test_an_export_holds_only_ones_own_rows(betos_viewer: Browser, anas, betos):
    text = betos_viewer.read("/everything/export.csv")
    assert reason(betos) in text
    assert reason(anas) not in text


@pytest.mark.parametrize("way", ["edit/?id={}", "new/", "delete/", "action/"])
def test_a_viewer_changes_nothing_by_any_way(betos_viewer: Browser, betos, way):
    before = reason(betos)
    form = {"id": betos, "rowid": betos, "action": "touch", "reason": "otra"}
    assert betos_viewer.post("/everything/" + way.format(betos), form).status_code == 403
    assert reason(betos) == before


def test_a_viewer_does_not_even_see_the_forms(betos_viewer: Browser, betos):
    assert betos_viewer.get(f"/everything/edit/?id={betos}").status_code == 403
    assert betos_viewer.get("/everything/new/").status_code == 403


def test_inline_editing_and_lookups_have_no_address_at_all(admin: Browser, betos):
    form = {"list_form_pk": betos, "reason": "otra"}
    assert admin.post("/everything/ajax/update/", form).status_code == 404
    assert admin.get("/everything/ajax/lookup/?name=x").status_code == 404


def test_an_admin_edits_with_the_token_of_a_form_only(admin: Browser, betos):
    place, before = f"/everything/edit/?id={betos}", reason(betos)
    assert "csrf_token" in admin.read(place)
    assert admin.client.post(place, data={"reason": "sin ficha"}).status_code == 400
    assert reason(betos) == before
    assert admin.post(place, {"reason": "con ficha"}).status_code == 302
    assert reason(betos) == "con ficha"


def test_editing_a_row_that_is_not_there_is_not_found(admin: Browser):
    assert admin.get("/everything/edit/?id=987654321").status_code == 404
    assert admin.get("/everything/edit/?id=x").status_code == 404


def test_an_action_counts_only_when_every_row_is_ones_own(admin: Browser, everything, betos):
    everything.touched.clear()
    assert (
        admin.post("/everything/action/", {"action": "touch", "rowid": [betos, 987654321]}).status_code == 404
    )
    assert everything.touched == []
    assert admin.post("/everything/action/", {"action": "touch", "rowid": [betos]}).status_code == 302
    assert everything.touched == [betos]


def test_flask_admins_own_bulk_deletion_is_no_action_here(admin: Browser, betos):
    assert admin.post("/everything/action/", {"action": "delete", "rowid": betos}).status_code == 403
    assert reason(betos)


def test_deleting_takes_a_post(admin: Browser, betos):
    assert admin.get(f"/everything/delete/?id={betos}").status_code == 405
    assert admin.post("/everything/delete/", {"id": betos}).status_code == 302
    assert reason(betos) is None


def test_an_action_returns_to_this_console_and_nowhere_else(admin: Browser, betos):
    form = {"action": "touch", "rowid": betos, "back": "https://malo.example/"}
    assert admin.post("/everything/action/", form).headers["Location"] == "/"


@pytest.mark.parametrize("query", ["sort=0", "sort=reason", "order=reason", "page=2", "flt0_0=x", "behind=x"])
def test_a_list_asked_for_in_a_way_it_does_not_have_is_refused_not_broken(admin: Browser, query):
    assert admin.get(f"/documents/?{query}").status_code == 400


def test_a_page_that_offers_nothing_has_no_address_to_change_anything(services):
    plain = create_app(services)
    flask_admins = ("edit_view", "create_view", "delete_view", "ajax_update", "ajax_lookup")
    assert [rule for rule in plain.url_map.iter_rules() if rule.endpoint.endswith(flask_admins)] == []


def test_flask_admins_own_scripts_and_styles_are_not_published(services):
    plain = create_app(services)
    assert [rule.endpoint for rule in plain.url_map.iter_rules() if "static" in rule.rule] == ["static"]
    assert plain.test_client().get("/static/bootstrap/bootstrap4/css/bootstrap.min.css").status_code == 404


def test_signed_in_says_nothing_about_roles_one_does_not_have(browser, ana):
    nobody = signed_in(browser(), "viewer", (ana.id,))
    assert "Programas" not in nobody.read("/")
