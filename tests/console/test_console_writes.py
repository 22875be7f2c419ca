"""What people may ask of the engine from the console, and how everything else is refused."""

import re

import pytest
from cast import Taxpayer
from console_cast import Browser, a_run, words
from peewee import fn

from app.lifecycle import State
from app.store.documents import Document, Ride
from app.store.engine import Run, Tick
from app.store.people import Audit
from app.tenancy import every_tenant_scope, tenant_scope


def park(document: Document) -> None:
    """Let the document wait for a person."""
    with tenant_scope(document.tenant_id):
        Document.update(
            next_attempt_at=None,
            needs_person_since=fn.now(),
            needs_person_code="no_certificate",
            needs_person_reason="no hay certificado",
        ).where(Document.id == document.id).execute()


def audited(by: str, action: str) -> list[tuple[str, str]]:
    with every_tenant_scope():
        query = Audit.select().where(Audit.by == by, Audit.action == action).order_by(Audit.id)
        return [(row.target, row.result) for row in query]


def follow(browser: Browser, address: str, form: dict | None = None) -> str:
    """The page one lands on after sending a form."""
    answer = browser.post(address, form, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_an_admin_lets_a_parked_document_try_again(admin: Browser, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    park(document)
    assert "Reintentar ahora" in admin.read(f"/documents/{document.id}/")
    assert "Pedido: se vuelve a intentar en cuanto nada lo detenga." in follow(
        admin, f"/documents/{document.id}/retry"
    )
    now = ana.read(document.id)
    assert now.needs_person_since is None
    assert now.next_attempt_at is not None
    assert audited(admin.email, "retry") == [(f"document {document.id}", "done")]


def test_an_admin_lets_a_missing_ride_be_made(admin: Browser, ana: Taxpayer):
    document = ana.document(State.AUTHORIZED)
    with tenant_scope(ana.id):
        Ride.update(next_attempt_at=None, needs_person_since=fn.now()).where(Ride.id == document.id).execute()
    follow(admin, f"/documents/{document.id}/retry")
    with tenant_scope(ana.id):
        assert Ride.get_by_id(document.id).next_attempt_at is not None


def test_what_only_a_correction_can_mend_has_no_button_and_is_refused_with_the_reason(
    admin: Browser, ana: Taxpayer, simulator
):
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion"}])
    document = ana.document(State.REJECTED)
    page = admin.read(f"/documents/{document.id}/")
    assert f'action="/documents/{document.id}/retry"' not in page
    assert "reenviar lo mismo no cambia nada: corríjalo y reenvíelo" in page
    assert "hay que corregir su contenido" in follow(admin, f"/documents/{document.id}/retry")
    assert audited(admin.email, "POST") == [(f"/documents/{document.id}/retry", "refused")]


def test_whoever_corrects_reads_what_the_sri_said_beside_the_content(
    admin: Browser, ana: Taxpayer, simulator
):
    authorized = ana.document(State.AUTHORIZED)
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion", "detail": "importeTotal"}])
    document = ana.document(State.REJECTED)
    page = words(admin.read(f"/documents/{document.id}/correct"))
    assert "52 ERROR EN DIFERENCIAS: importeTotal" in page
    assert "ESTE PROCESO FUE REALIZADO" not in admin.read(f"/documents/{authorized.id}/correct")
    form = {"way": "edited", "content": '{"codDoc": 01}', "reason": "precio"}
    refused = words(admin.post(f"/documents/{document.id}/correct", form).get_data(as_text=True))
    assert "no es JSON válido: no se entiende a partir de la línea 1, columna" in refused
    assert "52 ERROR EN DIFERENCIAS: importeTotal" in refused


def test_a_document_being_worked_on_is_left_alone(admin: Browser, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    ana.make_due(Document, document.id)
    assert ana.claim(Document, document.id)
    assert "se está trabajando en él" in follow(admin, f"/documents/{document.id}/retry")


@pytest.mark.parametrize("place", ["/documents/{}/retry", "/documents/action/", "/schedules/sign_drafts/run"])
def test_a_viewer_asks_nothing_of_the_engine(viewer_of, ana: Taxpayer, place):
    document = ana.document(State.DRAFT)
    park(document)
    viewer = viewer_of(ana)
    form = {"action": "retry", "rowid": document.id}
    assert viewer.post(place.format(document.id), form).status_code == 403
    assert ana.read(document.id).needs_person_since is not None
    with every_tenant_scope():
        assert Audit.select().where(Audit.by == viewer.email, Audit.result == "refused").count() == 1


def test_a_viewer_is_shown_no_button(viewer_of, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    run = a_run(ana.id, document.id)
    viewer = viewer_of(ana)
    for place in ("/documents/", f"/documents/{document.id}/", "/runs/", f"/runs/{run}/"):
        page = viewer.read(place)
        assert set(re.findall(r'method="post" action="([^"]*)"', page)) <= {
            "/preferences",
            "/logout",
            "/views/save",
            "/documents/export-all",
        }, place
        assert 'name="rowid"' not in page, place
    assert "su rol no lo permite" in viewer.read(f"/documents/{document.id}/")


def test_several_documents_are_retried_at_once_and_those_that_were_not_are_counted(
    admin: Browser, ana: Taxpayer, simulator
):
    parked = [ana.document(State.DRAFT) for _ in range(2)]
    for document in parked:
        park(document)
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion"}])
    rejected = ana.document(State.REJECTED)
    form = {
        "action": "retry",
        "rowid": [*(one.id for one in parked), rejected.id],
        "back": "/documents/?state=draft",
    }
    page = follow(admin, "/documents/action/", form)
    assert "2 comprobantes vuelven a intentarse." in page
    assert "Sin reintentar: 1, porque su estado es «No autorizado»: hay que corregir su contenido" in page
    assert f"no cambia nada: {rejected.number}" in page
    assert all(ana.read(one.id).needs_person_since is None for one in parked)


def test_a_retry_that_retries_nothing_is_no_success_and_says_why(admin: Browser, ana: Taxpayer):
    form = {"action": "retry", "back": "/documents/?state=draft"}
    nothing = follow(admin, "/documents/action/", form)
    assert 'class="flash warning" role="status">No eligió ninguno' in nothing
    done = [ana.document(State.AUTHORIZED) for _ in range(7)]
    for one in done:
        ana.render(one.id)
    page = follow(admin, "/documents/action/", form | {"rowid": [one.id for one in done]})
    assert 'class="flash warning" role="status">Sin reintentar: 7, porque ya está autorizado' in page
    assert "y 2 más" in page
    assert "vuelven a intentarse" not in page and "flash done" not in nothing + page


def test_more_rows_than_a_page_holds_are_not_changed_by_one_click(admin: Browser):
    form = {"action": "retry", "rowid": list(range(1, 200))}
    assert admin.post("/documents/action/", form).status_code == 400


def test_an_admin_retries_what_a_failed_run_was_about(admin: Browser, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    park(document)
    run = a_run(ana.id, document.id)
    assert "Pedido: se vuelve a intentar en cuanto nada lo detenga." in follow(admin, f"/runs/{run}/retry")
    assert ana.read(document.id).needs_person_since is None
    with tenant_scope(ana.id):
        assert Run.get_by_id(run).retried_by == admin.email


def test_a_run_that_succeeded_is_not_retried(admin: Browser, ana: Taxpayer):
    run = a_run(ana.id, ana.document(State.DRAFT).id, state="succeeded", error=None, error_class=None)
    assert "no falló" in follow(admin, f"/runs/{run}/retry")


def test_a_failed_sweep_is_run_again_and_a_failed_part_of_one_is_left_to_it(admin: Browser, ana: Taxpayer):
    sweep, part = a_run(0, actor="sign_drafts"), a_run(ana.id, actor="sign_tenant_drafts")
    assert "Pedido: se vuelve a intentar en cuanto nada lo detenga." in follow(admin, f"/runs/{sweep}/retry")
    assert "su programa lo repite" in follow(admin, f"/runs/{part}/retry")
    assert Tick.select().where(Tick.schedule == "sign_drafts", Tick.by == admin.email).count() == 1


def test_several_failed_runs_are_retried_at_once(admin: Browser, ana: Taxpayer):
    documents = [ana.document(State.DRAFT) for _ in range(2)]
    for document in documents:
        park(document)
    runs = [a_run(ana.id, one.id) for one in documents]
    fine = a_run(ana.id, documents[0].id, state="succeeded")
    page = follow(admin, "/runs/action/", {"action": "retry", "rowid": [*runs, fine], "back": "/runs/"})
    assert "2 trabajos vuelven a intentarse." in page
    assert "1 no: no falló" in page


def test_an_admin_runs_a_schedule_at_once_and_it_is_on_record(admin: Browser):
    assert "se está ejecutando" in follow(admin, "/schedules/generate_rides/run")
    (tick,) = Tick.select().where(Tick.schedule == "generate_rides", Tick.by == admin.email)
    assert tick.origin == "person"
    assert audited(admin.email, "run_now") == [("generate_rides", "done")]


def test_a_schedule_nobody_has_is_not_found(admin: Browser):
    assert admin.post("/schedules/drop_tables/run").status_code == 404


def test_a_document_nobody_has_is_not_found(admin: Browser):
    assert admin.post("/documents/987654321/retry").status_code == 404
    assert admin.post("/runs/987654321/retry").status_code == 404


def test_a_form_of_another_session_is_refused_and_on_record(admin: Browser, browser, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    foreign = browser().token()
    place = f"/documents/{document.id}/retry"
    assert admin.client.post(place, data={"csrf_token": foreign}).status_code == 400
    assert audited(admin.email, "POST") == [(place, "refused")]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_sent_by_another_site_is_refused_even_with_the_right_token(admin: Browser, site):
    answer = admin.post("/schedules/sign_drafts/run", headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 400
    same = admin.post("/schedules/sign_drafts/run", headers={"Sec-Fetch-Site": "same-origin"})
    assert same.status_code == 302


def test_a_form_that_is_a_day_old_is_refused(admin: Browser):
    stale = "20200101000000##" + admin.token().split("##")[1]
    assert admin.client.post("/schedules/sign_drafts/run", data={"csrf_token": stale}).status_code == 400
