"""Everything that matches, as a file: asked for by a click, followed on its page, taken away by its requester alone."""

import csv
import io
import re
from decimal import Decimal

import pytest
from cast import Taxpayer
from console_cast import Browser, change, words

from app import work
from app.exporting import keeping, writing
from app.lifecycle import State
from app.store.exports import Export
from app.store.people import Audit, GrantOfRole, Person
from app.tenancy import every_tenant_scope, tenant_scope

CLICK = "un clic de prueba"


@pytest.fixture
def viewer(viewer_of, ana) -> Browser:
    return viewer_of(ana)


def asked(browser: Browser, query: str = "", click: str = CLICK) -> str:
    """The page of the export that a click on the list's button leads to."""
    answer = browser.post(f"/documents/export-all?{query}", {"click": click})
    assert answer.status_code == 302
    return answer.headers["Location"]


def finish(place: str, services) -> None:
    while writing.step(number(place), services).more:
        pass


def number(place: str) -> int:
    return int(re.fullmatch(r"/exports/(\d+)/", place)[1])


def rows(browser: Browser, place: str) -> list[dict[str, str]]:
    answer = browser.get(f"{place}file.csv")
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_the_button_of_the_list_leads_to_a_file_of_all_that_matches(viewer: Browser, ana: Taxpayer, services):
    drafts = [ana.document(State.DRAFT).id for _ in range(3)]
    ana.document(State.SIGNED)
    page = viewer.read("/documents/?state=draft")
    assert 'action="/documents/export-all?state=draft"' in page
    place = asked(viewer, "state=draft")
    waiting = viewer.read(place)
    assert "En espera" in waiting
    assert "file.csv" not in waiting
    assert viewer.get(f"{place}file.csv").status_code == 404, "nothing half is offered"
    finish(place, services)
    done = viewer.read(place)
    assert "El archivo tiene 3 filas." in words(done)
    assert 'href="/documents/?state=draft"' in done
    assert [int(row["id"]) for row in rows(viewer, place)] == sorted(drafts, reverse=True)
    assert place in viewer.read("/exports/")


def test_a_file_for_excel_keeps_keys_whole_and_says_what_it_comes_to(
    viewer: Browser, ana: Taxpayer, services
):
    one, other = ana.document(State.SIGNED), ana.document(State.DRAFT)
    change(one, total=Decimal("1000.50"))
    change(other, doc_type="04")
    answer = viewer.post("/documents/export-all?", {"click": CLICK, "layout": "excel"})
    place = answer.headers["Location"]
    while writing.step(number(place), services, most=1).more:
        pass
    file = viewer.get(f"{place}file.csv")
    assert f'documents-{number(place)}-excel.csv"' in file.headers["Content-Disposition"]
    text = file.get_data(as_text=True)
    assert text.startswith("\ufeffid;ruc_emisor;")
    second, first = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert first["clave_acceso"] == f'="{one.access_key}"'
    assert (first["ruc_emisor"], first["id_comprador"]) == (f'="{ana.ruc}"', '="1710034065"')
    assert (first["subtotal"], first["iva"], first["total"]) == ("20,00", "3,00", "1000,50")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", first["recibido"])
    assert (second["clave_acceso"], second["total"]) == ("", "23,00")
    page = words(viewer.read(place))
    assert "En el archivo: 2 comprobantes: Factura 1, $1.000,50; Nota de crédito 1, $23,00" in page
    assert "CSV para Excel" in page


def test_there_is_no_other_layout(viewer: Browser):
    assert viewer.post("/documents/export-all?", {"click": CLICK, "layout": "xls"}).status_code == 400
    assert viewer.get("/documents/export.csv?layout=xls").status_code == 400


def test_the_same_click_leads_to_the_same_export(viewer: Browser):
    assert asked(viewer) == asked(viewer)


def test_every_download_is_on_record_for_every_taxpayer_whose_rows_leave(viewer_of, ana, beto, services):
    for taxpayer in (ana, beto):
        taxpayer.document(State.DRAFT)
    both = viewer_of(ana, beto)
    place = asked(both)
    finish(place, services)
    rows(both, place)
    for taxpayer in (ana, beto):
        with tenant_scope(taxpayer.id):
            kept = list(Audit.select().where(Audit.target == f"export {number(place)}").order_by(Audit.id))
        assert [row.action for row in kept] == ["export_asked", "export", "download"]
        assert kept[2].facts["rows"] == 1
        assert kept[2].by == both.email
        assert kept[0].address == kept[2].address != ""


def test_whoever_asked_stops_an_export_and_what_there_was_of_it_is_removed(
    viewer: Browser, viewer_of, ana: Taxpayer, services
):
    for _ in range(3):
        ana.document(State.DRAFT)
    place = asked(viewer)
    assert writing.step(number(place), services, most=1).more
    colleague = viewer_of(ana)
    assert colleague.post(f"{place}stop").status_code == 404
    page = viewer.post(f"{place}stop", follow_redirects=True).get_data(as_text=True)
    assert "Alguien la detuvo. Pídala otra vez si todavía la necesita." in words(page)
    assert f"{place}stop" not in page
    assert "Detenida" in words(page) and "Detenida" in words(viewer.read("/exports/"))
    assert writing.step(number(place), services, most=1) == writing.Step()

    def pieces() -> list[str]:
        keeping.forget_expired(services)
        return list(services.storage.names_in(keeping.folder_of(number(place))))

    assert pieces(), "whoever was writing may still put a piece there"
    with every_tenant_scope():
        Export.update(finished_at=work.in_seconds(-600)).where(Export.id == number(place)).execute()
    assert pieces() == []
    with tenant_scope(ana.id):
        kept = Audit.select().where(Audit.target == f"export {number(place)}").order_by(Audit.id)
        assert [row.action for row in kept] == ["export_asked", "export_stopped"]
    page = viewer.post(f"{place}stop", follow_redirects=True).get_data(as_text=True)
    assert "No se detuvo: la exportación ya terminó." in words(page)
    with tenant_scope(ana.id):
        refused = Audit.select().where(Audit.target == f"{place}stop", Audit.result == "refused")
        assert [row.by for row in refused.order_by(Audit.id)] == [colleague.email, viewer.email]


def test_a_stop_while_a_piece_is_written_leaves_no_piece_behind(viewer: Browser, ana: Taxpayer, services):
    ana.document(State.DRAFT)
    place = asked(viewer)
    put = services.storage.put

    def stopped_meanwhile(name: str, content: bytes) -> None:
        put(name, content)
        viewer.post(f"{place}stop")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(services.storage), "put", lambda _, name, content: stopped_meanwhile(name, content)
        )
        assert not writing.step(number(place), services).more
    assert not list(services.storage.names_in(keeping.folder_of(number(place))))
    with every_tenant_scope():
        assert Export.get_by_id(number(place)).why == "stopped"


@pytest.mark.parametrize("lost", [0, -1], ids=["the first piece", "the last piece"])
def test_a_file_the_storage_does_not_give_is_no_download(viewer: Browser, ana: Taxpayer, services, lost):
    for _ in range(3):
        ana.document(State.DRAFT)
    place = asked(viewer)
    while writing.step(number(place), services, most=2).more:
        pass
    with every_tenant_scope():
        export = Export.get_by_id(number(place))
    assert len(export.pieces) > 1
    services.storage.forget(export.pieces[lost])
    answer = viewer.get(f"{place}file.csv")
    assert (answer.status_code, answer.headers["Location"]) == (302, place)
    assert "no entrega el archivo" in words(viewer.read(place))
    with tenant_scope(ana.id):
        kept = Audit.select().where(Audit.target == f"export {number(place)}", Audit.action == "download")
        assert not kept.exists()


def test_nobody_but_its_requester_and_an_admin_sees_an_export(
    viewer: Browser, viewer_of, admin, ana, services
):
    place = asked(viewer)
    finish(place, services)
    colleague = viewer_of(ana)
    assert [colleague.get(one).status_code for one in (place, f"{place}file.csv")] == [404, 404]
    assert place not in colleague.read("/exports/")
    assert [admin.get(one).status_code for one in (place, f"{place}file.csv")] == [200, 200]
    assert place in admin.read("/exports/")


def test_whoever_lost_a_taxpayer_reaches_no_file_with_its_rows(viewer_of, ana, beto, services):
    ana.document(State.DRAFT)
    both = viewer_of(ana, beto)
    place = asked(both)
    finish(place, services)
    person = Person.get(Person.email == both.email)
    GrantOfRole.delete().where(GrantOfRole.person == person, GrantOfRole.tenant_id == ana.id).execute()
    assert [both.get(one).status_code for one in (place, f"{place}file.csv")] == [404, 404]


def test_what_expired_says_so_and_is_given_to_nobody(viewer: Browser, engine_like, services):
    place = asked(viewer)
    finish(place, services)
    with every_tenant_scope():
        Export.update(expires_at=work.in_seconds(-1)).where(Export.id == number(place)).execute()
    engine_like()
    assert "Vencida" in viewer.read(place)
    assert viewer.get(f"{place}file.csv").status_code == 404


@pytest.fixture
def engine_like(services):
    """What the housekeeping schedule does about exports."""
    from app.exporting import keeping

    return lambda: keeping.forget_expired(services)


def test_a_file_the_storage_does_not_give_is_told_and_not_given_in_part(
    viewer: Browser, services, monkeypatch
):
    place = asked(viewer)
    finish(place, services)

    def away(_):
        raise OSError("bucket away")

    with monkeypatch.context() as patch:
        patch.setattr(services.storage, "get", away)
        answer = viewer.get(f"{place}file.csv", follow_redirects=True)
    assert "no entrega el archivo" in words(answer.get_data(as_text=True))


def test_a_file_at_its_limit_says_so_in_its_name_and_on_its_page(viewer: Browser, ana, services):
    for _ in range(3):
        ana.document(State.DRAFT)
    place = asked(viewer)
    with every_tenant_scope():
        Export.update(most_rows=2).where(Export.id == number(place)).execute()
    finish(place, services)
    assert "Llegó al tope de 2 filas" in words(viewer.read(place))
    name = viewer.get(f"{place}file.csv").headers["Content-Disposition"]
    assert f"documents-{number(place)}-2-filas.csv" in name


def test_two_exports_under_way_are_enough(viewer: Browser):
    for click in ("primer clic", "segundo clic"):
        asked(viewer, click=click)
    answer = viewer.post("/documents/export-all", {"click": "tercer clic"}, follow_redirects=True)
    assert "espere a que terminen" in words(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("", {"click": "corto"}),
        ("", {}),
        ("state=nada", {"click": CLICK}),
        ("state=draft&q=state:signed", {"click": CLICK}),
    ],
)
def test_a_click_that_means_nothing_is_refused(viewer: Browser, query, form):
    assert viewer.post(f"/documents/export-all?{query}", form).status_code == 400
