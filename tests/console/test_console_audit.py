"""The audit answers: who took this away, who was refused it, who came in, and whether anybody altered it."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from cast import CONSOLE_PASSWORD, Taxpayer, take_on
from console_cast import Browser, signed_in, words
from peewee import ProgrammingError, fn

from app import audit_chain, people
from app.alerts import raise_alert
from app.auditing import audit
from app.ecuador import ECUADOR
from app.errors import Text
from app.housekeeping import CHECK, SEALS, VIOLATED
from app.lifecycle import State
from app.permissions import ALLOWED, Permission, Role
from app.search import trail
from app.store.base import database
from app.store.documents import Document
from app.store.engine import Tick
from app.store.people import Audit
from app.tenancy import SYSTEM, every_tenant_scope, tenant_scope


@pytest.fixture(scope="module")
def ana(services) -> Taxpayer:
    return take_on(services, "ANA MOREIRA CÍA. LTDA.")


@pytest.fixture(scope="module")
def document(ana: Taxpayer) -> Document:
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    return document


@pytest.fixture
def viewer(viewer_of, ana: Taxpayer, document: Document) -> Browser:
    """Somebody who took the document's RIDE and XML away."""
    viewer = viewer_of(ana)
    for file in ("ride.pdf", "authorized.xml"):
        assert viewer.get(f"/documents/{document.id}/{file}").status_code == 200
    return viewer


@pytest.fixture
def auditor(browser, ana: Taxpayer) -> Browser:
    return signed_in(browser(), Role.AUDITOR, (ana.id,))


@pytest.mark.parametrize(
    "asked", ["{id}", "document {id}", "factura {secuencial}", "{number}", "{access_key}"]
)
def test_whatever_names_a_document_finds_who_took_it_away(asked, auditor, admin, viewer, document):
    other = f"document {document.id}0"
    with tenant_scope(document.tenant_id):
        audit(document.tenant_id, by="otra@example.ec", action="retry", target=other)
    names = {
        "number": document.number,
        "access_key": document.access_key,
        "secuencial": document.sequence_number,
    }
    query = asked.format(id=document.id, **names)
    for browser in (auditor, admin):
        page = browser.read(f"/audit/?target={query}&action=download")
        assert page.count(f">{viewer.email}</a>") == 2
        assert f'href="/documents/{document.id}/">comprobante {document.id} ({document.number}): RIDE' in page
    assert "otra@example.ec" not in auditor.read(f"/audit/?target={query}")


def test_a_person_is_found_by_a_part_of_the_address_or_the_name(auditor, viewer, ana: Taxpayer):
    people.create("zoila.paz@example.ec", "Zoila Núñez", CONSOLE_PASSWORD, Role.VIEWER, (ana.id,), by="test")
    with tenant_scope(ana.id):
        audit(
            ana.id, by="zoila.paz@example.ec", action="note", target="document 1", reason="una nota de zoila"
        )
        audit(ana.id, by="command line", action="retry", target="document 1", reason="por comando")
    for asked in ("zoila", "PAZ@", "nunez"):
        assert "una nota de zoila" in auditor.read(f"/audit/?by={asked}&target=document 1")
        assert "una nota de zoila" in auditor.read(f"/audit/?by={asked}")
    assert "una nota de zoila" not in auditor.read(f"/audit/?by={viewer.email}")
    page = words(auditor.read("/audit/?by=línea"))
    assert "por comando" in page
    assert "command line" not in page


def test_a_page_of_the_audit_leads_on_whatever_was_asked(auditor, ana: Taxpayer, document: Document):
    with tenant_scope(ana.id):
        for _ in range(60):
            audit(ana.id, by="muchas@example.ec", action="note", target=f"document {document.id}")
    for asked in (f"target={document.id}&action=note", "by=muchas@example.ec"):
        first = auditor.read(f"/audit/?{asked}")
        assert first.count('class="address"') == 50
        last = max(part.split('"')[0] for part in first.split("behind=")[1:])
        assert auditor.read(f"/audit/?{asked}&behind={last.split('&')[0]}").count('class="address"') >= 10


def test_the_search_of_a_target_and_of_a_person_is_led_by_an_index(ana: Taxpayer, document: Document):
    with tenant_scope(ana.id):
        Audit.insert_many(
            {"tenant_id": ana.id, "at": fn.now(), "by": f"p{n % 50}", "action": "note", "target": f"x {n}"}
            | {"result": "done", "facts": {}}
            for n in range(3_000)
        ).execute()
    with every_tenant_scope():
        database.execute_sql("set local enable_seqscan = off")
        stretch = trail.of_document(ana.id, document.id)[0]
        queries = {
            "audit_by_subject": Audit.select(Audit.id).where(
                Audit.tenant_id == ana.id,
                Audit.target.collate('"C"') >= stretch.first,
                Audit.target.collate('"C"') < stretch.behind,
            ),
            "audit_by_person": Audit.select(Audit.id)
            .where(Audit.tenant_id == ana.id, Audit.by == "p7")
            .order_by(Audit.by, Audit.id),
        }
        for index, query in queries.items():
            sql, values = query.sql()
            plan = "\n".join(row[0] for row in database.execute_sql(f"explain {sql}", values).fetchall())
            assert index in plan, plan


def test_the_documents_own_page_lists_who_took_it_away(auditor, viewer, document):
    place = f"/documents/{document.id}/?show=person"
    page = words(auditor.read(place))
    assert f"Descargar RIDE por {viewer.email}" in page
    assert f"Descargar XML autorizado por {viewer.email}" in page
    page = words(viewer.read(place))
    assert "Descargar RIDE" in page
    assert f"por {viewer.email}" not in page


def test_an_attempt_at_anothers_document_is_seen_by_that_taxpayers_auditor(
    auditor, betos_viewer: Browser, admin, document
):
    assert betos_viewer.get(f"/documents/{document.id}/ride.pdf").status_code == 404
    for browser in (auditor, admin):
        page = words(browser.read(f"/audit/?result=refused&target={document.id}"))
        assert betos_viewer.email in page
        assert "ANA MOREIRA CÍA. LTDA." in page
        assert "Toda la instalación" not in page
    assert betos_viewer.email in auditor.read(f"/documents/{document.id}/?show=person")
    betos_viewer.get("/documents/987654321/")
    assert "987654321" not in auditor.read("/audit/?result=refused")
    assert "987654321" in admin.read("/audit/?result=refused")


def test_a_chosen_row_of_another_taxpayer_is_filed_with_them(browser, auditor, document, beto: Taxpayer):
    operator = signed_in(browser(), Role.OPERATOR, (beto.id,))
    form = {"action": "retry", "rowid": str(document.id), "back": "/"}
    assert operator.post("/documents/action/", form).status_code == 404
    assert operator.email in auditor.read("/audit/?result=refused&action=POST")


def test_what_is_written_wrongly_into_a_form_is_no_refused_attempt(admin, document):
    for act, form in (
        ("resend", {"to": "no es una dirección", "reason": "x"}),
        ("resend", {"to": "alguien@example.ec", "reason": ""}),
        ("note", {"reason": ""}),
    ):
        assert "No se hizo" in admin.post(
            f"/documents/{document.id}/{act}", form, follow_redirects=True
        ).get_data(as_text=True)
    with every_tenant_scope():
        assert Audit.select().where(Audit.by == admin.email, Audit.result == "refused").count() == 0


def test_a_wrong_password_and_a_failed_proof_stay_on_record(admin, anonymous: Browser):
    anonymous.sign_in(admin.email, "no es esta contraseña")
    admin.post("/account/prove", {"password": "tampoco es esta"})
    with tenant_scope(SYSTEM):
        refused = Audit.select().where(Audit.by == admin.email, Audit.result == "refused")
        assert [row.action for row in refused] == ["login", "login"]


def test_an_auditor_sees_the_sign_ins_of_their_taxpayers_people_and_of_nobody_else(
    auditor, viewer, betos_viewer: Browser, admin, anonymous: Browser
):
    anonymous.sign_in(viewer.email, "no es esta contraseña")
    page = words(auditor.read("/audit/?action=login"))
    assert viewer.email in page
    assert "Toda la instalación" not in page
    assert viewer.email in words(auditor.read("/audit/?action=login&result=refused"))
    for foreign in (betos_viewer.email, admin.email):
        assert foreign not in page
        assert "Nada coincide" in auditor.read(f"/audit/?by={foreign}")
    with tenant_scope(SYSTEM):
        audit(SYSTEM, by=viewer.email, action="password_changed", target=viewer.email)
    assert "Cambiar la contraseña</td>" not in auditor.read(f"/audit/?by={viewer.email}")


def test_sign_ins_are_found_on_a_day_on_which_nothing_else_of_the_taxpayer_is_on_record(
    auditor, viewer_of, ana
):
    viewer = viewer_of(ana)  # who signs in after everything that is on record of the taxpayer
    today = datetime.now(ECUADOR).date()
    assert viewer.email in words(auditor.read(f"/audit/?action=login&since={today}"))
    assert viewer.email not in words(auditor.read(f"/audit/?action=login&until={today - timedelta(days=1)}"))
    taken = auditor.get(f"/audit/export.csv?action=login&since={today}").get_data(as_text=True)
    assert viewer.email in taken
    with tenant_scope(ana.id):
        line = Audit.select().where(Audit.action == "export", Audit.by == auditor.email).get()
    assert line.facts["filters"] == {"action": "login", "since": str(today)}


def test_row_level_security_shows_sign_ins_of_their_own_people_alone(viewer, betos_viewer: Browser, ana):
    with tenant_scope(ana.id):
        seen = {(row.by, row.action) for row in Audit.select().where(Audit.tenant_id == SYSTEM)}
    assert (viewer.email, "login") in seen
    assert {action for _, action in seen} <= {"login", "logout"}
    assert betos_viewer.email not in {by for by, _ in seen}
    with pytest.raises(ProgrammingError), tenant_scope(ana.id):
        audit(SYSTEM, by=viewer.email, action="login", target="console")


def rows_of(browser: Browser, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"/audit/export.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_the_audit_is_taken_away_as_csv_and_that_is_on_record_in_it(auditor, viewer, ana: Taxpayer, document):
    rows = rows_of(auditor, f"target={document.id}&action=download&by={viewer.email}")
    assert [row["objeto"] for row in rows] == [
        f"document {document.id} {name}" for name in ("authorized XML", "RIDE")
    ]
    assert {row["quien"] for row in rows} == {viewer.email}
    assert {row["contribuyente"] for row in rows} == {"ANA MOREIRA CÍA. LTDA."}
    (kept,) = rows_of(auditor, f"action=export&by={auditor.email}")
    assert kept["objeto"] == "audit"
    assert "filas: 2" in kept["detalle"]
    assert viewer.get("/audit/export.csv").status_code == 403
    assert "Exportar" in words(auditor.read(f"/audit/?action=export&by={auditor.email}"))


@pytest.mark.parametrize(
    ("limit", "said"), [("MOST_PEOPLE", "personas se llaman así"), ("MOST_LINES", "empiezan así")]
)
def test_a_search_that_did_not_look_at_all_says_so_on_the_page_and_in_the_name_of_the_file(
    limit, said, auditor, ana: Taxpayer, monkeypatch
):
    """Neither hides what the other left out."""
    people.create(
        f"{limit.lower()}@cortada.ec", "Cortada", CONSOLE_PASSWORD, Role.VIEWER, (ana.id,), by="test"
    )
    with tenant_scope(ana.id):
        for _ in range(2):
            audit(ana.id, by="cortada", action="note", target="document 77")
    query = "target=document 77&by=cortada"

    def named() -> str:
        return auditor.get(f"/audit/export.csv?{query}").headers["Content-Disposition"]

    assert said not in words(auditor.read(f"/audit/?{query}"))
    assert 'filename="audit.csv"' in named()
    monkeypatch.setattr(trail, limit, 0)
    assert said in words(auditor.read(f"/audit/?{query}"))
    assert "-filas.csv" in named()
    for one in ("MOST_PEOPLE", "MOST_LINES"):
        monkeypatch.setattr(trail, one, 0)
    page = words(auditor.read(f"/audit/?{query}"))
    assert "personas se llaman así" in page and "empiezan así" in page


def test_whoever_reads_the_audit_may_take_lists_away():
    assert ALLOWED[Permission.SEE_AUDIT] <= ALLOWED[Permission.EXPORT]


def test_the_page_says_what_the_last_verification_found(auditor):
    audit_chain.seal()
    now = datetime.now(UTC)
    assert "Todavía no se ha verificado" in auditor.read("/audit/")
    Tick.insert(
        schedule=CHECK, due_at=now, origin="clock", by="x", outcome="done", finished_at=now, created_at=now
    ).execute()
    assert "nada alterado" in auditor.read("/audit/")
    with tenant_scope(SYSTEM):
        raise_alert(SYSTEM, VIOLATED, SEALS, Text("de 7 a 9 cambió una", "of 7 to 9 one changed"))
    page = words(auditor.read("/audit/"))
    assert "fue alterada" in page
    assert "de 7 a 9 cambió una" in page
