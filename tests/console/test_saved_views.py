"""Saved views: a list under a name, one's own or shared, that shows nobody more than they may see."""

import re

import pytest
from cast import Taxpayer
from console_cast import Browser, signed_in, words

from app.lifecycle import State
from app.permissions import Role
from app.store.people import Audit, GrantOfRole, Person
from app.store.saved_views import SavedView
from app.tenancy import every_tenant_scope, tenant_scope

RETURNED = "/documents/?state=returned"


@pytest.fixture
def operator(browser, ana: Taxpayer) -> Browser:
    """Somebody who works for Ana."""
    return signed_in(browser(), Role.OPERATOR, (ana.id,))


def save(somebody: Browser, name: str, address: str = RETURNED, **more: object):
    return somebody.post("/views/save", {"name": name, "address": address} | more)


def menu(somebody: Browser, address: str = "/documents/") -> dict[str, str]:
    """Names and addresses of the views a list offers."""
    page = re.search(r'<details class="views">.*?</details>', somebody.read(address), re.DOTALL)
    assert page, f"{address} has no menu of views"
    found = re.findall(r'<li><a href="([^"]+)"[^>]*>([^<]+)</a>', page[0])
    return {name: where.replace("&amp;", "&") for where, name in found}


def view_of(somebody: Browser, name: str) -> int:
    person = Person.get(Person.email == somebody.email)
    return SavedView.get(SavedView.person_id == person.id, SavedView.name == name).id


def done_to_views(ana: Taxpayer | None = None) -> list[tuple[str, str]]:
    with every_tenant_scope():
        rows = Audit.select().where(Audit.action.startswith("view_")).order_by(Audit.id)
        return [(row.action, row.target) for row in rows if ana is None or row.tenant_id == ana.id]


def test_a_view_keeps_what_a_list_asks_for_without_the_place_in_it(operator, ana):
    answer = save(
        operator, "  Devueltos   de hoy ", "/documents/?state=returned&q=after:hoy&behind=7&order=oldest"
    )
    assert answer.location == "/documents/?state=returned&q=after:hoy&order=oldest"
    assert menu(operator) == {"Devueltos de hoy": "/documents/?q=after:hoy&order=oldest&state=returned"}
    assert operator.get(menu(operator)["Devueltos de hoy"]).status_code == 200
    assert 'aria-current="true">Devueltos de hoy' in operator.read(answer.location)
    assert menu(operator, "/runs/") == {}, "each list has its own"


@pytest.mark.parametrize(
    "address",
    [
        "/runs/?state=failed&actor=sign_document",
        "/exchanges/?outcome=returned&after=2026-11-01",
        "/alerts/?state=standing",
        "/failures/signed/?cause=http+503",
    ],
)
def test_any_list_can_be_kept(operator, address):
    save(operator, "mi lista", address)
    (kept,) = menu(operator, address).values()
    assert operator.get(kept).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "https://malo.example/documents/?state=returned",
        "//malo.example/documents/",
        "/\\malo.example/",
        "javascript:alert(1)",
        "",
        "/no/hay/tal",
        "/documents/7/",
        "/documents/export.csv",
        "/logout",
        "/documents/?state=inexistente",
        "/documents/?sort=buyer",
        "/documents/?q=colour:red",
        "/documents/?q=%00",
        "/failures/nada/",
        "/failures/signed/?next=x",
        "/documents/?q=" + "a" * 3_000,
    ],
)
def test_what_is_no_list_of_this_console_cannot_be_kept(operator, address):
    assert save(operator, "mala", address).status_code == 400
    assert SavedView.select().where(SavedView.name == "mala").count() == 0


def test_a_list_one_may_not_see_cannot_be_kept_nor_is_it_offered(operator, browser, ana):
    assert save(operator, "auditoría", "/audit/?result=refused").status_code == 400
    auditor = signed_in(browser(), Role.SUPERVISOR, (ana.id,))
    save(auditor, "rechazos", "/audit/?result=refused", **{"with": "all", "of": ana.id})
    assert menu(auditor, "/audit/")
    assert "rechazos" not in operator.read("/views/")


def test_a_name_is_needed_and_is_ones_own_only_once_a_list(operator, browser, ana):
    save(operator, "una")
    for name in (" ", "x" * 61, "UNA"):
        save(operator, name)
        assert "La vista no se guardó" in operator.read("/documents/")
    assert len(menu(operator)) == 1
    other = signed_in(browser(), Role.OPERATOR, (ana.id,))
    save(other, "una")
    assert len(menu(other)) == 1


def test_a_private_view_is_nobody_elses(operator, browser, ana):
    save(operator, "solo mía")
    other = signed_in(browser(), Role.OPERATOR, (ana.id,))
    assert menu(other) == {}
    assert "solo mía" not in other.read("/views/")


def test_a_view_shared_with_a_role_is_offered_to_those_who_hold_it_for_that_taxpayer(
    operator, browser, ana, beto, viewer_of
):
    save(operator, "para quien mira", **{"with": "viewer", "of": ana.id})
    assert menu(viewer_of(ana)) == {"para quien mira": RETURNED}
    assert menu(signed_in(browser(), Role.SUPERVISOR, (ana.id,))) == {}
    assert menu(viewer_of(beto)) == {}
    save(operator, "para todas", **{"with": "all", "of": ana.id})
    assert set(menu(signed_in(browser(), Role.AUDITOR, (ana.id,)))) == {"para todas"}
    assert menu(viewer_of(beto)) == {}


def test_a_shared_view_shows_each_reader_their_own_rows_only(browser, ana, beto, viewer_of):
    ana.document(State.DRAFT, razonSocialComprador="DE ANA")
    beto.document(State.DRAFT, razonSocialComprador="DE BETO")
    both = signed_in(browser(), Role.OPERATOR, (ana.id, beto.id))
    save(both, "borradores", "/documents/?state=draft", **{"with": "viewer", "of": beto.id})
    page = viewer_of(beto).read(menu(viewer_of(beto))["borradores"])
    assert "DE BETO" in page
    assert "DE ANA" not in page


def test_only_who_may_share_for_a_taxpayer_does_and_only_an_admin_with_everybody(
    operator, admin, viewer_of, ana, beto
):
    viewer = viewer_of(ana)
    assert 'name="with"' not in viewer.read("/documents/")
    for somebody, more in (
        (viewer, {"with": "viewer", "of": ana.id}),
        (operator, {"with": "viewer", "of": beto.id}),
        (operator, {"with": "viewer"}),
        (operator, {"with": "everybody"}),
    ):
        save(somebody, "no", **more)
        assert "La vista no se guardó" in somebody.read("/documents/")
        assert menu(somebody) == {}
    for wrong in ({"with": "admin", "of": ana.id}, {"with": "viewer", "of": "x"}):
        assert save(operator, "no", **wrong).status_code == 400
    save(admin, "de la casa", **{"with": "everybody"})
    assert "de la casa" in menu(viewer)
    assert "de la casa" in menu(operator)
    admin.post(f"/views/{view_of(admin, 'de la casa')}/delete")
    assert menu(viewer) == menu(operator) == {}


def test_its_owner_renames_and_deletes_a_view_and_nobody_else_does(operator, viewer_of, browser, admin, ana):
    save(operator, "vieja", **{"with": "all", "of": ana.id})
    view = view_of(operator, "vieja")
    for other in (viewer_of(ana), signed_in(browser(), Role.SUPERVISOR, (ana.id,)), admin):
        assert other.post(f"/views/{view}/rename", {"name": "ajena"}).status_code == 404
        assert other.post(f"/views/{view}/delete").status_code == 404
    operator.post(f"/views/{view}/rename", {"name": "nueva"})
    assert set(menu(operator)) == {"nueva"}
    assert set(menu(viewer_of(ana))) == {"nueva"}
    operator.post(f"/views/{view}/delete")
    assert menu(operator) == menu(viewer_of(ana)) == {}


def test_what_is_done_to_views_is_on_record_with_the_taxpayer_they_are_shared_in(operator, ana):
    save(operator, "compartida", **{"with": "all", "of": ana.id})
    view = view_of(operator, "compartida")
    operator.post(f"/views/{view}/rename", {"name": "otra"})
    operator.post(f"/views/{view}/delete")
    save(operator, "propia")
    assert done_to_views(ana) == [
        ("view_saved", "view compartida"),
        ("view_renamed", "view otra"),
        ("view_deleted", "view otra"),
    ]
    assert ("view_saved", "view propia") in done_to_views()


def test_what_somebody_shared_goes_when_they_go(operator, viewer_of, ana, beto):
    save(operator, "de quien se fue", **{"with": "viewer", "of": ana.id})
    viewer = viewer_of(ana)
    person = Person.get(Person.email == operator.email)
    with tenant_scope(ana.id):
        moved = GrantOfRole.update(tenant_id=beto.id).where(GrantOfRole.person == person.id)
        back = GrantOfRole.update(tenant_id=ana.id).where(GrantOfRole.person == person.id)
        moved.execute()
    assert menu(viewer) == {}, "who works for Ana no more shares nothing with her people"
    with tenant_scope(ana.id):
        back.execute()
    assert menu(viewer)
    Person.update(active=False).where(Person.id == person.id).execute()
    assert menu(viewer) == {}


def test_the_search_box_suggests_views_by_any_word_of_their_name(operator, ana):
    save(operator, "Revisión de la mañana")
    for typed in ("revision", "MAÑ"):
        first = operator.get(f"/documents/suggestions.json?q={typed}").get_json()[0]
        assert (first["words"], first["address"], first["hint"]) == (
            "Revisión de la mañana",
            RETURNED,
            "vista guardada",
        )
    assert operator.get("/documents/suggestions.json?q=isión").get_json() == []


def test_a_name_is_shown_as_it_was_written_and_is_no_markup(operator, ana):
    save(operator, "<b>fuerte</b> & «más»")
    page = operator.read("/views/")
    assert "<b>fuerte" not in page
    assert "&lt;b&gt;fuerte" in page
    assert "<b>fuerte" not in operator.read("/documents/")


def test_a_page_says_who_shared_a_view_and_with_whom(operator, viewer_of, ana):
    save(operator, "vista", **{"with": "viewer", "of": ana.id})
    said = words(viewer_of(ana).read("/views/"))
    assert "vista Comprobantes Estado: Devuelto" in said
    assert "de Pat Prueba" in said
