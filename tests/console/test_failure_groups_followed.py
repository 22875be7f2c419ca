"""A group of failures on its page: given to a person, put off, muted, noted; ordered and narrowed as one asks."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from cast import Taxpayer
from console_cast import Browser, signed_in, words
from trouble_cast import parked, refused, waiting

from app import counting, failure_groups
from app.alerts import raise_alert
from app.failure_care import KIND
from app.permissions import Role
from app.store.documents import Document
from app.store.failures import FailureCare
from app.store.people import Audit, Person
from app.tenancy import every_tenant_scope, tenant_scope

CAUSE = "http http: # Service Unavailable"
PAGE = "/failures/signed/?cause=http+http:+%23+Service+Unavailable"


@pytest.fixture
def operator(browser, ana: Taxpayer) -> Browser:
    """Somebody who works for Ana."""
    return signed_in(browser(), Role.OPERATOR, (ana.id,))


@pytest.fixture
def supervisor(browser, ana: Taxpayer) -> Browser:
    """Somebody who answers for Ana."""
    return signed_in(browser(), Role.SUPERVISOR, (ana.id,))


def decide(somebody: Browser, what: str, stage: str = "signed", cause: str = CAUSE, **form: object):
    return somebody.post(f"/failures/{stage}/{what}", {"cause": cause} | form)


def look(now: datetime | None = None) -> None:
    with every_tenant_scope():
        counting.fold()
    failure_groups.look(now)


def care(taxpayer: Taxpayer) -> FailureCare:
    with tenant_scope(taxpayer.id):
        return FailureCare.get(FailureCare.tenant_id == taxpayer.id, FailureCare.cause == CAUSE)


def person(somebody: Browser) -> Person:
    return Person.get(Person.email == somebody.email)


def in_order(page: str) -> list[str]:
    """The stages of the groups on a page, from top to bottom."""
    return re.findall(r'class="card group \w+" data-id="(\w+) ', page)


def test_a_group_is_given_to_a_person_who_finds_it_among_their_own(operator, supervisor, ana, viewer_of):
    waiting(ana, 2)
    viewer_of(ana)
    offered = re.findall(r'<option value="(\d+)"', operator.read(PAGE).partition('name="person"')[2])
    assert str(person(supervisor).id) in offered
    assert decide(supervisor, "assign", person=person(operator).id).location == PAGE
    assert "A cargo de Pat Prueba" in words(operator.read(PAGE))
    assert "2 · Firmados" in words(operator.read("/failures/?show=mine"))
    assert "No hay fallas así." in supervisor.read("/failures/?show=mine")
    assert "No hay fallas así." in supervisor.read("/failures/?show=nobodys")
    decide(operator, "assign", person="")
    assert "2 · Firmados" in words(operator.read("/failures/?show=nobodys"))


def test_nobody_elses_people_are_offered_or_taken(operator, browser, ana, beto):
    waiting(ana)
    stranger = signed_in(browser(), Role.OPERATOR, (beto.id,))
    who = person(stranger).id
    offered = re.findall(r'<option value="(\d+)"', operator.read(PAGE).partition('name="person"')[2])
    assert str(who) not in offered
    decide(operator, "assign", person=who)
    assert "esa persona no trabaja para el contribuyente" in operator.read(PAGE)
    assert decide(operator, "assign", person="x").status_code == 400


def test_a_group_put_off_leaves_the_list_and_says_when_and_why_it_comes_back(operator, ana):
    waiting(ana, 3)
    decide(operator, "snooze", **{"for": "4h", "reason": "el SRI avisó"})
    for place in ("/failures/", "/"):
        assert "503" not in operator.read(place).partition("<h2")[2], place
    page = words(operator.read("/failures/?show=snoozed"))
    assert "Pospuesta. Había 3: vuelve sola al llegar a 13, o el" in page
    back = care(ana).snoozed_until - datetime.now(UTC)
    assert timedelta(hours=3, minutes=50) < back <= timedelta(hours=4)
    decide(operator, "wake")
    assert "3 · Firmados" in words(operator.read("/failures/"))
    assert "Volvió sola" not in words(operator.read(PAGE)), "a person took it up"


@pytest.mark.parametrize(("grows", "said"), [(0, "pasó el plazo que puso"), (10, "creció de 1 a 11.")])
def test_what_came_back_by_itself_says_why(operator, ana, grows, said):
    waiting(ana)
    look()
    decide(operator, "snooze", **{"for": "4h"})
    if grows:
        waiting(ana, grows)
        look()
    else:
        look(datetime.now(UTC) + timedelta(hours=5))
    page = words(operator.read("/failures/"))
    assert "Volvió sola:" in page
    assert said in page


@pytest.mark.parametrize("span", ["tomorrow", "monday"])
def test_a_morning_is_eight_oclock_in_ecuador(operator, ana, span):
    waiting(ana)
    decide(operator, "snooze", **{"for": span})
    until = care(ana).snoozed_until
    assert (until.hour, until.minute) == (13, 0), "UTC"
    assert until > datetime.now(UTC)
    assert span == "tomorrow" or until.weekday() == 0


def test_a_moment_of_ones_own_must_be_one_to_come(operator, ana):
    waiting(ana)
    for until, refusal in (("", "escriba hasta"), ("ayer", "escriba hasta"), ("2020-01-01T08:00", "futuro")):
        decide(operator, "snooze", **{"for": "until", "until": until})
        assert refusal in operator.read(PAGE)
    assert decide(operator, "snooze", **{"for": "siempre"}).status_code == 400
    soon = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT08:00")
    decide(operator, "snooze", **{"for": "until", "until": soon})
    assert "volverá sola" in operator.read(PAGE)
    assert care(ana).snoozed_until.hour == 13


def test_a_muted_group_stays_on_the_page_and_says_so(supervisor, operator, ana):
    waiting(ana)
    assert "Silenciar su alerta" not in operator.read(PAGE)
    assert decide(operator, "mute").status_code == 403
    decide(supervisor, "mute", reason="conocida")
    assert "Nadie recibe avisos de esta falla." in words(operator.read("/failures/"))
    decide(supervisor, "unmute")
    assert "Nadie recibe avisos" not in operator.read("/failures/")


def test_a_note_and_a_runbook_are_there_for_whoever_looks_next(supervisor, viewer_of, ana):
    waiting(ana)
    decide(supervisor, "note", note="llamar a <b>Jorge</b>")
    decide(supervisor, "runbook", runbook="https://guia.example.ec/503")
    decide(supervisor, "runbook", runbook="javascript:alert(1)")
    viewer = viewer_of(ana)
    page = viewer.read("/failures/")
    assert "«llamar a <b>Jorge</b>»" in words(page).replace("&lt;", "<").replace("&gt;", ">")
    assert "<b>Jorge" not in page
    assert 'href="https://guia.example.ec/503"' in page
    assert "javascript:" not in page
    assert "<form" not in viewer.read(PAGE).partition('id="h-group"')[2].partition("</section>")[0]


def test_what_is_decided_about_a_group_that_is_gone_can_still_be_changed(supervisor, ana):
    (document,) = waiting(ana)
    decide(supervisor, "note", note="de antes")
    supervisor.post(f"/documents/{document}/retry")
    assert "Ya no queda nada aquí" in supervisor.read(PAGE)
    assert "«de antes»" in words(supervisor.read(PAGE))
    decide(supervisor, "note", note="")
    assert "«de antes»" not in words(supervisor.read(PAGE))


def test_a_group_of_several_taxpayers_is_decided_where_one_may(browser, ana, beto):
    waiting(ana)
    waiting(beto)
    both = signed_in(browser(), Role.OPERATOR, (ana.id, beto.id))
    decide(both, "note", note="de los dos")
    assert (care(ana).note, care(beto).note) == ("de los dos", "de los dos")
    assert words(both.read(PAGE)).count("«de los dos»") == 1
    decide(signed_in(browser(), Role.OPERATOR, (ana.id,)), "snooze", **{"for": "4h"})
    assert "Solo en 1 de 2 contribuyentes." in words(both.read("/failures/")), "the other's still stands"
    assert care(beto).snoozed_until is None


def test_a_group_of_others_is_none(browser, ana, beto):
    waiting(ana)
    stranger = signed_in(browser(), Role.SUPERVISOR, (beto.id,))
    for what in ("assign", "snooze", "wake", "mute", "unmute", "note", "runbook"):
        assert decide(stranger, what, **{"for": "4h", "note": "ajena"}).status_code == 404, what
    assert decide(stranger, "note", stage="nada").status_code == 404
    with tenant_scope(ana.id):
        assert FailureCare.select().where(FailureCare.tenant_id == ana.id).count() == 0


def test_groups_are_ordered_by_money_number_age_or_growth(operator, ana, simulator):
    refused(ana, simulator)  # the dearest, the oldest
    with tenant_scope(ana.id):
        Document.update(total=Decimal(900)).where(Document.tenant_id == ana.id).execute()
    look(datetime.now(UTC) - timedelta(hours=3))
    parked(ana, "failed", "falló 5 veces: ValueError: raro")
    look(datetime.now(UTC) - timedelta(hours=2))
    waiting(ana, 3)
    look(datetime.now(UTC) - timedelta(hours=1))
    for sort, wanted in (
        ("money", ["rejected", "signed", "pending_authorization"]),
        ("count", ["signed", "rejected", "pending_authorization"]),
        ("first", ["rejected", "pending_authorization", "signed"]),
        ("last", ["signed", "pending_authorization", "rejected"]),
    ):
        assert in_order(operator.read(f"/failures/?sort={sort}")) == wanted, sort
    assert in_order(operator.read("/failures/?fault=bug")) == ["pending_authorization"]
    for wrong in ("sort=buyer", "show=none", "fault=x", "order=oldest"):
        assert operator.get(f"/failures/?{wrong}").status_code == 400


def test_how_a_group_grew_is_drawn_and_said_in_words(operator, ana):
    waiting(ana, 2)
    look(datetime.now(UTC) - timedelta(hours=5))
    waiting(ana, 1)
    page = operator.read("/failures/")
    assert "Hace un día 0, a lo más 3 (visto cada hora), ahora 3" in words(page)
    drawn = re.search(r'<polyline points="([^"]+)"', page)
    assert drawn
    assert len(drawn[1].split()) == failure_groups.HOURS + 1


def test_an_alert_about_a_group_leads_to_it(operator, ana):
    parked(ana, "failed", "falló 5 veces: ValueError: raro")
    look()
    with every_tenant_scope():
        found = [one for one in failure_groups.news() if one[0] == ana.id]
    with tenant_scope(ana.id):
        raise_alert(found[0][0], KIND, *found[0][1:])
    link = re.search(r'href="(/failures/[^"]+)"', operator.read("/alerts/").partition("<tbody>")[2])
    assert link
    assert "Un error del sistema detuvo este paso." in words(operator.read(link[1].replace("&amp;", "&")))


def test_a_view_of_the_failures_can_be_kept(operator, ana):
    place = "/failures/?show=snoozed&sort=count"
    operator.post("/views/save", {"name": "pospuestas", "address": place})
    assert "pospuestas" in operator.read("/failures/")
    assert operator.post("/views/save", {"name": "x", "address": "/failures/?sort=x"}).status_code == 400


def test_every_decision_is_on_record_with_who_took_it(operator, ana):
    waiting(ana)
    decide(operator, "note", note="visto")
    with tenant_scope(ana.id):
        line = Audit.get(Audit.tenant_id == ana.id, Audit.action == "failure_noted")
    assert (line.by, line.reason, line.target) == (operator.email, "visto", f"failure signed {CAUSE}")


def test_all_of_a_group_is_retried_from_its_own_page_too(supervisor, operator, ana):
    waiting(ana, 2)
    page = supervisor.read(PAGE)
    assert "Reintentar todos (2)" in page
    click = re.search(r'name="click" value="([^"]+-all-2)"', page)
    form = {"click": click[1], "action": "retry", "stage": "signed", "cause": CAUSE}
    assert "/operations/" in supervisor.post("/operations/propose", form).location
    assert "Reintentar todos" not in operator.read(PAGE)
