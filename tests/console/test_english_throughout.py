"""Whoever reads English reads no Spanish of ours anywhere: neither the pages' own words nor what is kept with rows."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
from cast import Taxpayer, take_on
from console_cast import Browser, signed_in
from test_every_fault_in_words import SEEDS, seeded, settings

from admin.console import trouble_groups
from app import alert_watch, certificate_watch, continuity, halts, housekeeping, rebuilding, work
from app.alert_rules import Look
from app.alerts import raise_alert
from app.errors import Text
from app.lifecycle import State
from app.permissions import Role
from app.store.documents import Document
from app.store.engine import Outage
from app.store.tenants import Certificate, Halt
from app.tenancy import tenant_scope

__all__ = ["seeded", "settings"]

SPANISH = re.compile(
    r"[^.;:>]{0,50}\b(?:el|los|las|del|que|está|están|fue|para|por|sin|una|su|ya|no hay|desde|hasta|más)\b[^.;<]{0,60}"
)
OF_OTHERS = re.compile(r"<(script|style|pre|textarea|option|code)\b.*?</\1>|<input[^>]*>", re.DOTALL)
"""Parts of a page whose words are the SRI's, a program's or a person's."""


@pytest.fixture(scope="module")
def told(services, seeded) -> Taxpayer:
    """A taxpayer about whom everything is told that the service tells by itself: alerts, halts, refusals."""
    ana = take_on(services, "ANA MOREIRA")
    document = ana.document(State.SIGNED)
    with tenant_scope(ana.id):
        Certificate.update(not_after=work.in_seconds(3 * 86_400)).where(
            Certificate.tenant_id == ana.id
        ).execute()
        Document.update(next_attempt_at=None).where(
            Document.id == document.id
        ).execute()  # forgotten: breaks I2
    certificate_watch.look_at_all(datetime.now(UTC))
    housekeeping.check_invariants(services)
    alert_watch.look(Look(services, ("sri", "sign")))
    continuity.hold(ana.id, by="autoriza")
    with tenant_scope(ana.id):
        halts.stand(ana.id, "001", "57", "CIERRE")
    halts.place(ana.id, "002", code=halts.BY_HAND, reason="stocktaking", by="eve@example.ec")
    with tenant_scope(ana.id):
        Halt.update(resume_at=work.in_seconds(-1)).where(Halt.establishment == "002").execute()
    halts.lift_overdue()
    for ended, probes in ((work.in_seconds(-7_200), 1), (None, 2)):
        away = {"reason": "timeout: 15 s", "last_reason": "http: 503", "since": work.in_seconds(-9_000)}
        Outage.insert(environment=1, service="submit", until=ended, probes=probes, **away).execute()
    return ana


@pytest.fixture(scope="module")
def reader(app, told) -> Iterator[Browser]:
    """Somebody who sees all taxpayers and reads English."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trouble_groups, "MOST_GROUPS", 2 * len(SEEDS))
        yield signed_in(Browser(client), Role.ADMIN, ())


def spanish_on(page: str) -> list[str]:
    shown = unescape(re.sub(r"<[^>]+>", " ¦ ", OF_OTHERS.sub(" ", page)))
    return [" ".join(found.split()) for found in SPANISH.findall(shown)]


LISTS = (
    *(
        "/",
        "/documents/",
        "/documents/?order=oldest",
        "/failures/",
        "/alerts/",
        "/alerts/rules",
        "/audit/",
        "/runs/",
    ),
    *(
        "/engine/",
        "/schedules/",
        "/tenants/",
        "/certificates/",
        "/goals/",
        "/trends/",
        "/operations/",
        "/exports/",
    ),
    *(
        "/exchanges/",
        "/runs/later/",
        "/runs/now/",
        "/import/",
        "/people/",
        "/account/",
        "/views/",
        "/batches/",
    ),
)


@pytest.mark.parametrize("place", LISTS)
def test_a_list_speaks_english(reader: Browser, place):
    assert spanish_on(reader.read(place)) == []


@pytest.mark.parametrize("name", SEEDS)
def test_the_page_of_a_document_speaks_english_whatever_is_wrong_with_it(reader: Browser, seeded, name):
    assert spanish_on(reader.read(f"/documents/{seeded[name]}/")) == []


def test_every_group_of_failures_speaks_english(reader: Browser):
    groups = set(re.findall(r'href="(/failures/[a-z_]+/\?[^"]+)"', reader.read("/failures/")))
    assert len(groups) > 20
    wrong = {place: found for place in groups if (found := spanish_on(reader.read(unescape(place))))}
    assert wrong == {}


def test_a_taxpayers_page_speaks_english_of_what_holds_it_back(reader: Browser, told):
    page = reader.read(f"/tenants/{told.id}/")
    assert "the database was restored from a backup or moved" in page
    assert spanish_on(page) == []


def test_alerts_of_every_kind_about_ana_are_said_in_english(reader: Browser, told):
    page = reader.read(f"/alerts/?tenant={told.id}")
    assert "The signing certificate expires on" in page
    assert "has no next attempt and waits for nobody" in page
    assert "the database was restored from a backup or moved" in page


def test_an_alert_raised_before_there_was_english_is_said_in_spanish(reader: Browser, told):
    from app.store.people import Alert

    with tenant_scope(told.id):
        raise_alert(told.id, "undecided", "uno", Text("el SRI no decide", "the SRI does not decide"))
        Alert.update(message_en=None).where(Alert.subject == "uno").execute()
    page = reader.read(f"/alerts/?tenant={told.id}")
    assert "el SRI no decide" in page
    with tenant_scope(told.id):
        Alert.update(message_en="the SRI does not decide").where(Alert.subject == "uno").execute()


def test_a_refusal_in_the_audit_is_read_in_the_readers_language(reader: Browser, told):
    document = told.document(State.DRAFT)
    reader.post(f"/documents/{document.id}/rebuild", {"reason": "x"})
    assert rebuilding.NOT_STORED.en in reader.read("/audit/?result=refused")
    spanish = reader.get("/audit/?result=refused", headers={"Accept-Language": "es"}).get_data(as_text=True)
    assert rebuilding.NOT_STORED.es in spanish
