"""The next certificate waits staged, takes over by itself, and work that waited for one goes on."""

from datetime import UTC, datetime, timedelta

import pytest
from cast import PASSWORD, Taxpayer, at_once, p12_of, take_on

from app import certificate_store, certificate_timeline, issuing, tenants
from app.certificate_store import Installed
from app.certificate_timeline import place_of
from app.certificates import CertificateRefused
from app.errors import Mistyped, Refused, TenantMustAct
from app.lifecycle import State
from app.outcome import Later, Moved, Parked
from app.services import Services
from app.store.documents import Document, Emission
from app.store.people import Alert, Audit
from app.store.tenants import Certificate, Sequence
from app.tenancy import every_tenant_scope, tenant_scope

NOW = datetime.now(UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def add(
    taxpayer: Taxpayer,
    start: datetime | None = None,
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> Installed:
    p12 = p12_of(taxpayer.ruc, "SIGUIENTE", not_before, not_after)
    tenant = tenants.find(taxpayer.ruc)
    return certificate_store.install(tenant, p12, PASSWORD, taxpayer.services.box, by="test", start=start)


def places(taxpayer: Taxpayer) -> list[tuple[str, str]]:
    with tenant_scope(taxpayer.id):
        found = certificate_timeline.standing(Certificate.tenant_id == taxpayer.id)
        return [(place, row.fingerprint) for row, place in found]


def in_force(taxpayer: Taxpayer) -> str:
    """The fingerprint of the certificate this process signs with now."""
    with tenant_scope(taxpayer.id):
        return Certificate.get_by_id(taxpayer.services.keys.current(taxpayer.id)[0]).fingerprint


def bring_forward(taxpayer: Taxpayer) -> None:
    """Let the staged certificate's moment be now, and that of the work that waits for it."""
    with tenant_scope(taxpayer.id):
        staged = certificate_timeline.of(taxpayer.id).staged
        assert staged
        moment, now = staged.in_force_from, datetime.now(UTC)
        Certificate.update(in_force_from=now).where(Certificate.id == staged.id).execute()
        Certificate.update(replaced_at=now).where(
            Certificate.tenant_id == taxpayer.id, Certificate.replaced_at == moment
        ).execute()
        Document.update(next_attempt_at=now).where(Document.next_attempt_at == moment).execute()


def expire(taxpayer: Taxpayer) -> None:
    with tenant_scope(taxpayer.id):
        Certificate.update(not_after=datetime.now(UTC) - DAY).where(
            Certificate.tenant_id == taxpayer.id, Certificate.replaced_at.is_null()
        ).execute()


def test_a_staged_certificate_takes_over_at_its_moment_without_a_restart(ana: Taxpayer):
    first = in_force(ana)
    staged = add(ana, NOW + HOUR)
    assert (staged.staged, staged.warnings) == (True, ())
    second = staged.certificate.fingerprint
    assert places(ana) == [("current", first), ("staged", second)]
    assert in_force(ana) == first
    bring_forward(ana)
    assert in_force(ana) == second
    assert places(ana) == [("replaced", first), ("current", second)]
    document = ana.document(State.AUTHORIZED)
    with tenant_scope(ana.id):
        emission = Emission.get(Emission.document_id == document.id)
        assert Certificate.get_by_id(emission.certificate_id).fingerprint == second
        assert Audit.select().where(Audit.action == "certificate_staged", Audit.target == second).count() == 1


def test_a_certificate_not_valid_yet_is_staged_until_it_is(ana: Taxpayer):
    begins = (NOW + 10 * DAY).replace(microsecond=0)
    staged = add(ana, not_before=begins)
    assert (staged.staged, staged.certificate.signs_from) == (True, begins)
    asked_sooner = add(ana, NOW + DAY, not_before=begins)
    assert asked_sooner.certificate.signs_from == begins


def test_a_day_that_is_over_means_at_once(ana: Taxpayer):
    installed = add(ana, NOW - 3 * DAY)
    assert not installed.staged
    assert in_force(ana) == installed.certificate.fingerprint


def test_another_staged_one_takes_the_place_of_the_first(ana: Taxpayer):
    first = in_force(ana)
    wrong, right = add(ana, NOW + HOUR), add(ana, NOW + 2 * HOUR)
    assert sorted(places(ana)) == sorted(
        [
            ("current", first),
            ("never", wrong.certificate.fingerprint),
            ("staged", right.certificate.fingerprint),
        ]
    )
    bring_forward(ana)
    assert in_force(ana) == right.certificate.fingerprint


def test_one_installed_at_once_serves_until_the_staged_one_does(ana: Taxpayer):
    staged, at_once_ = add(ana, NOW + HOUR), add(ana)
    assert in_force(ana) == at_once_.certificate.fingerprint
    bring_forward(ana)
    assert in_force(ana) == staged.certificate.fingerprint


def test_the_staged_one_itself_can_be_put_in_force_sooner(ana: Taxpayer):
    p12, tenant = p12_of(ana.ruc, "LA MISMA"), tenants.find(ana.ruc)
    for start in (NOW + HOUR, None):
        certificate_store.install(tenant, p12, PASSWORD, ana.services.box, by="test", start=start)
    assert [place for place, _ in places(ana)].count("staged") == 0
    assert [place for place, _ in places(ana)].count("current") == 1


def test_a_gap_between_two_certificates_is_told_when_the_next_is_staged(ana: Taxpayer):
    add(ana, not_after=NOW + 20 * DAY)
    (warning,) = add(ana, NOW + 25 * DAY).warnings
    assert "no se firma" in warning.es and f"{NOW + 25 * DAY:%Y-%m}" in warning.es
    assert add(ana, NOW + 15 * DAY).warnings == ()


def withdraw(
    taxpayer: Taxpayer, certificate_id: int | None = None, reason: str = "archivo equivocado"
) -> None:
    with tenant_scope(taxpayer.id):
        staged = certificate_timeline.of(taxpayer.id).staged
    wanted = certificate_id or (staged.id if staged else 0)
    certificate_store.withdraw(tenants.find(taxpayer.ruc), wanted, by="ana", reason=reason)


def test_a_withdrawn_one_never_signs_and_the_one_in_force_goes_on_past_its_day(ana: Taxpayer):
    first = in_force(ana)
    staged = add(ana, NOW + HOUR).certificate.fingerprint
    with pytest.raises(Mistyped, match="por qué"):
        withdraw(ana, reason=" ")
    withdraw(ana)
    assert sorted(places(ana)) == sorted([("current", first), ("never", staged)])
    with tenant_scope(ana.id):
        assert Certificate.get(Certificate.fingerprint == first).replaced_at is None
        line = Audit.get(Audit.action == "certificate_withdrawn", Audit.target == staged)
        Certificate.update(in_force_from=datetime.now(UTC)).where(Certificate.fingerprint == staged).execute()
    assert (in_force(ana), line.by, line.reason) == (first, "ana", "archivo equivocado")


def test_one_that_is_about_to_sign_is_not_withdrawn(ana: Taxpayer):
    add(ana, datetime.now(UTC) + timedelta(seconds=40))
    with pytest.raises(Refused, match="está por hacerlo"):
        withdraw(ana)


def test_one_that_signs_or_is_another_taxpayers_is_not_withdrawn(ana: Taxpayer, beto: Taxpayer):
    add(ana, NOW + HOUR)
    add(beto, NOW + HOUR)
    with every_tenant_scope():
        signing = certificate_timeline.of(ana.id).current.id
        betos = certificate_timeline.of(beto.id).staged.id
    before = places(ana), places(beto)
    for certificate_id in (signing, betos):
        with pytest.raises(Refused, match="no está en espera"):
            withdraw(ana, certificate_id)
    assert (places(ana), places(beto)) == before


def test_work_that_waited_for_a_withdrawn_one_waits_for_a_person(ana: Taxpayer):
    expire(ana)
    add(ana, datetime.now(UTC) + HOUR)
    document_id = ana.import_invoice()
    assert isinstance(ana.step(document_id), Later)
    withdraw(ana)
    assert isinstance(ana.step(document_id), Parked)
    waiting = ana.read(document_id)
    assert (waiting.needs_person_code, waiting.number) == ("certificate_not_valid", None)
    add(ana)
    assert ana.step(document_id) == Moved(State.SIGNED)


def test_a_refused_one_changes_nothing(ana: Taxpayer):
    add(ana, NOW + HOUR)
    before = places(ana)
    with pytest.raises(CertificateRefused):
        add(ana, NOW + 900 * DAY)
    assert places(ana) == before


def test_with_an_expired_certificate_work_waits_for_the_staged_one_and_no_number_is_taken(ana: Taxpayer):
    expire(ana)
    staged = add(ana, datetime.now(UTC) + HOUR)
    document_id = ana.import_invoice()
    outcome = ana.step(document_id)
    assert isinstance(outcome, Later) and 3_000 < outcome.seconds <= 3_600
    waiting = ana.read(document_id)
    assert (waiting.state, waiting.number, waiting.needs_person_code) == (State.DRAFT, None, None)
    assert abs(waiting.next_attempt_at - staged.certificate.signs_from) < timedelta(seconds=5)
    assert "el siguiente firma desde" in waiting.last_error
    assert not numbers_taken(ana)
    [alert] = ana.alerts("certificate_not_valid")
    assert alert.resolved_at is None


def numbers_taken(taxpayer: Taxpayer) -> int:
    with tenant_scope(taxpayer.id):
        return Sequence.select().where(Sequence.tenant_id == taxpayer.id).count()


def test_parked_work_is_due_when_the_certificate_staged_meanwhile_takes_over(
    ana: Taxpayer, services: Services
):
    expire(ana)
    document_id = ana.import_invoice()
    assert isinstance(ana.step(document_id), Parked)
    staged = add(ana, NOW + HOUR)
    waiting = ana.read(document_id)
    assert (waiting.needs_person_code, waiting.last_error_code) == (None, "certificate_not_valid")
    assert waiting.next_attempt_at == staged.certificate.signs_from
    assert ana.claim(Document, document_id) is None
    bring_forward(ana)
    claim = ana.claim(Document, document_id)
    assert claim, "it must be due without anybody asking"
    assert issuing.sign(claim, services) == Moved(State.SIGNED)
    [alert] = ana.alerts("certificate_not_valid")
    assert alert.resolved_at


def test_work_that_waits_for_a_staged_one_goes_on_at_once_with_one_installed_sooner(ana: Taxpayer):
    expire(ana)
    add(ana, NOW + HOUR)
    document_id = ana.import_invoice()
    ana.step(document_id)
    assert ana.claim(Document, document_id) is None
    add(ana)
    assert ana.claim(Document, document_id)
    assert ana.alerts("certificate_not_valid")[0].resolved_at


def test_a_certificate_that_comes_while_work_is_set_aside_is_not_missed(ana: Taxpayer, monkeypatch):
    """It is installed after the step has found none and before the document is parked."""
    expire(ana)
    document_id = ana.import_invoice()
    looks_away = issuing._wait_for_the_taxpayer

    def installed_meanwhile(*given):
        add(ana)
        return looks_away(*given)

    monkeypatch.setattr(issuing, "_wait_for_the_taxpayer", installed_meanwhile)
    assert ana.step(document_id) == Later(0.0, "certificate_not_valid")
    assert ana.claim(Document, document_id)
    with tenant_scope(ana.id):
        standing = Alert.select().where(Alert.tenant_id == ana.id, Alert.resolved_at.is_null())
        assert [alert.kind for alert in standing] == []


def test_two_people_adding_certificates_at_once_leave_one_in_force(ana: Taxpayer):
    at_once(4, lambda place: add(ana, NOW + place * HOUR if place % 2 else None))
    found = [place for place, _ in places(ana)]
    assert (found.count("current"), found.count("staged"), len(found)) == (1, 1, 5)


def test_a_taxpayer_without_any_certificate_waits_for_the_first_staged_one(services: Services):
    ana = take_on(services, "SIN CERTIFICADO")
    with tenant_scope(ana.id):
        Certificate.update(replaced_at=datetime.now(UTC)).where(Certificate.tenant_id == ana.id).execute()
    with tenant_scope(ana.id), pytest.raises(TenantMustAct, match="cargue uno"):
        services.keys.current(ana.id)
    (warning,) = add(ana, NOW + HOUR).warnings
    assert "no se firma" in warning.es
    with tenant_scope(ana.id), pytest.raises(TenantMustAct, match="el siguiente firma desde"):
        services.keys.current(ana.id)


@pytest.mark.parametrize(
    ("begins", "replaced", "place"),
    [
        (NOW - DAY, None, "current"),
        (NOW, None, "current"),
        (NOW + DAY, None, "staged"),
        (NOW - DAY, NOW + DAY, "current"),
        (NOW - DAY, NOW, "replaced"),
        (NOW + DAY, NOW + 2 * DAY, "staged"),
        (NOW + DAY, NOW - DAY, "never"),
        (NOW + DAY, NOW + DAY, "never"),
    ],
)
def test_where_a_certificate_stands_follows_from_two_moments(begins, replaced, place):
    assert place_of(begins, replaced, NOW) == place
