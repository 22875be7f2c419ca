"""An outage of the SRI is one alarm, and hides nobody who waits for anything else."""

from collections.abc import Callable, Iterator

import pytest
from alert_cast import ago
from peewee import fn

from app.lifecycle import State
from app.store.documents import Document
from app.store.engine import Circuit
from app.store.people import Alert
from app.tenancy import tenant_scope


@pytest.fixture
def silent(engine) -> Iterator[Callable[..., None]]:
    """Lets a service of pruebas be silent since so long ago, or answer since then."""

    def act(service: str, state: str, **since: float) -> None:
        one = (Circuit.environment == 1) & (Circuit.service == service)
        values = {"state": state, "changed_at": ago(**since), "reason": "timeout: no contesta"}
        Circuit.update(**values).where(one).execute()

    yield act
    Circuit.update(state="closed", changed_at=ago(hours=1), reason=None).execute()


@pytest.fixture
def waiting_long(ana) -> Callable[[State], None]:
    """Has a document of Ana wait in that state for more than an hour."""

    def act(state: State) -> None:
        document = ana.document(state)
        with tenant_scope(ana.id):
            received = ago(minutes=70) if state == State.PENDING_AUTHORIZATION else None
            Document.update(signed_at=ago(minutes=70), received_at=received).where(
                Document.id == document.id
            ).execute()

    yield act
    with tenant_scope(ana.id):
        Document.update(signed_at=fn.now(), received_at=fn.now()).where(
            Document.tenant_id == ana.id
        ).execute()


def test_an_outage_of_the_sri_is_one_alarm_not_one_for_each_taxpayer_that_waits_for_its_end(
    look, ana, silent, waiting_long
):
    for state in (State.PENDING_AUTHORIZATION, State.SIGNED):
        waiting_long(state)
    silent("submit", "open", minutes=70)
    silent("query", "probing", minutes=70)
    assert look("waits_too_long") == [] == look("too_many_pending", alert_pending=1)
    assert [alert.subject for alert in look("circuit_open")] == [
        "autorización de pruebas",
        "recepción de pruebas",
    ]
    for service in ("submit", "query"):
        silent(service, "closed", minutes=1)
    assert look("waits_too_long") == [] == look("too_many_pending", alert_pending=1)  # what piled up goes out
    for service in ("submit", "query"):
        silent(service, "closed", minutes=11)
    assert {alert.subject for alert in look("waits_too_long")} == {"signed", "pending_authorization"}
    (alert,) = look("too_many_pending", alert_pending=1)
    assert alert.tenant_id == ana.id


def test_only_what_needs_the_silent_service_is_excused(look, silent, waiting_long):
    for state in (State.PENDING_AUTHORIZATION, State.SIGNED):
        waiting_long(state)
    silent("submit", "open", minutes=70)
    assert [alert.subject for alert in look("waits_too_long")] == ["pending_authorization"]
    assert look("too_many_pending", alert_pending=1) == []
    assert len(look("too_many_pending", alert_pending=0)) == 1


def test_one_short_silence_after_another_hides_nobody_who_waits_for_an_hour(look, ana, silent, waiting_long):
    waiting_long(State.SIGNED)
    for state in ("closed", "open", "closed", "open"):
        silent("submit", state, minutes=1)
        waiting = look("waits_too_long")
    assert [alert.subject for alert in waiting] == ["signed"]
    with tenant_scope(ana.id):
        assert Alert.select().where(Alert.kind == "waits_too_long", Alert.tenant_id == ana.id).count() == 1


def test_an_outage_told_of_another_ambiente_excuses_nobody_here(look, silent, waiting_long):
    waiting_long(State.SIGNED)
    Circuit.update(state="open", changed_at=ago(minutes=70), reason="timeout: no").where(
        Circuit.environment == 2, Circuit.service == "submit"
    ).execute()
    assert [alert.subject for alert in look("circuit_open")] == ["recepción de producción"]
    silent("submit", "closed", minutes=1)
    assert [alert.subject for alert in look("waits_too_long")] == ["signed"]
