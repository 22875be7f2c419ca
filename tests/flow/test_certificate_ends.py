"""An expired certificate stops its taxpayer alone, before any number; with the next one work goes on by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cast import PASSWORD, Taxpayer, p12_of, take_on
from engine_processes import EngineProcesses

from app import certificate_store, tenants
from app.certificate_timeline import of
from app.lifecycle import State
from app.services import Services
from app.store.documents import Emission
from app.store.tenants import Certificate, Sequence
from app.tenancy import tenant_scope


def expired(services: Services, name: str) -> Taxpayer:
    taxpayer = take_on(services, name)
    with tenant_scope(taxpayer.id):
        yesterday = datetime.now(UTC) - timedelta(days=1)
        Certificate.update(not_after=yesterday).where(Certificate.tenant_id == taxpayer.id).execute()
    return taxpayer


def add(taxpayer: Taxpayer, start: datetime | None = None) -> str:
    p12, tenant = p12_of(taxpayer.ruc, "SIGUIENTE"), tenants.find(taxpayer.ruc)
    box = taxpayer.services.box
    return certificate_store.install(
        tenant, p12, PASSWORD, box, by="test", start=start
    ).certificate.fingerprint


def signed_with(taxpayer: Taxpayer, document_id: int) -> str:
    with tenant_scope(taxpayer.id):
        emission = Emission.get(Emission.document_id == document_id)
        return str(Certificate.get_by_id(emission.certificate_id).fingerprint)


def numbers_taken(taxpayer: Taxpayer) -> int:
    with tenant_scope(taxpayer.id):
        return int(Sequence.select().where(Sequence.tenant_id == taxpayer.id).count())


def test_work_stops_with_the_certificate_and_goes_on_by_itself_with_the_next_one(
    engine: EngineProcesses, services: Services
):
    replaced, staged, other = (
        expired(services, "CADUCADA"),
        expired(services, "CON SIGUIENTE"),
        take_on(services, "B"),
    )
    stopped = {taxpayer: [taxpayer.import_invoice() for _ in range(2)] for taxpayer in (replaced, staged)}
    going = other.import_invoice()
    engine.until(
        lambda: all(
            taxpayer.read(one).needs_person_code == "certificate_not_valid"
            for taxpayer, ids in stopped.items()
            for one in ids
        ),
        60,
        "parking",
    )
    engine.until(
        lambda: other.read(going).state == State.AUTHORIZED, 60, "the other taxpayer's authorization"
    )
    for taxpayer, ids in stopped.items():
        assert {taxpayer.read(one).state for one in ids} == {State.DRAFT}
        assert numbers_taken(taxpayer) == 0

    takes_over = datetime.now(UTC) + timedelta(seconds=6)
    next_ones = {replaced: add(replaced), staged: add(staged, takes_over)}
    with tenant_scope(staged.id):
        assert of(staged.id).staged is not None
    for taxpayer, ids in stopped.items():
        engine.until(
            lambda taxpayer=taxpayer, ids=ids: (
                {taxpayer.read(one).state for one in ids} == {State.AUTHORIZED}
            ),
            60,
            "authorization with the next certificate",
        )
        assert {signed_with(taxpayer, one) for one in ids} == {next_ones[taxpayer]}
        assert sorted(taxpayer.read(one).sequence_number for one in ids) == [1, 2]
        assert all(alert.resolved_at for alert in taxpayer.alerts("certificate_not_valid"))
    assert all(staged.read(one).signed_at >= takes_over for one in stopped[staged])


def test_workers_that_run_switch_to_the_staged_certificate_at_its_moment(
    engine: EngineProcesses, services: Services, wake: Callable[[int, int], None]
):
    ana = take_on(services, "CAMBIA EN MARCHA")
    before = ana.import_invoice()
    wake(ana.id, before)
    engine.until(lambda: ana.read(before).state == State.AUTHORIZED, 60, "authorization")
    takes_over = datetime.now(UTC) + timedelta(seconds=3)
    following = add(ana, takes_over)
    assert signed_with(ana, before) != following
    engine.until(lambda: datetime.now(UTC) > takes_over, 10, "its moment")
    after = [ana.import_invoice() for _ in range(4)]
    for one in after:
        wake(ana.id, one)
    engine.until(lambda: {ana.read(one).state for one in after} == {State.AUTHORIZED}, 60, "authorization")
    assert {signed_with(ana, one) for one in after} == {following}
