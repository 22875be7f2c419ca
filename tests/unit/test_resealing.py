"""Private keys under a new secret: all of them, in batches, once, and signing needs the old one no more."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cast import PASSWORD, Taxpayer, p12_of, take_on
from signing_cast import factura

from app import certificate_store, resealing, tenants
from app.errors import Misconfigured
from app.key_ring import KeyRing
from app.secrets import SecretBox, new_key
from app.services import Services
from app.signing import sign, verify
from app.store.people import Audit
from app.store.tenants import Certificate
from app.tenancy import SYSTEM, every_tenant_scope, tenant_scope


@pytest.fixture
def old(services: Services) -> str:
    """The one secret of this installation."""
    return services.settings.secret_keys[0].get_secret_value()


@pytest.fixture
def many(services: Services) -> Iterator[list[Taxpayer]]:
    """Five taxpayers, one of them with a replaced and a current certificate; all keys under the old secret."""
    found = [take_on(services, f"CONTRIBUYENTE {place}") for place in range(5)]
    p12, tenant = p12_of(found[0].ruc, "SIGUIENTE"), tenants.find(found[0].ruc)
    certificate_store.install(tenant, p12, PASSWORD, services.box, by="test")
    yield found
    with every_tenant_scope():
        Certificate.delete().execute()


def total() -> int:
    with every_tenant_scope():
        return Certificate.select().count()


def can_sign(taxpayer: Taxpayer, secret: str) -> bool:
    with tenant_scope(taxpayer.id):
        try:
            _, key = KeyRing(SecretBox([secret])).current(taxpayer.id)
        except Misconfigured:
            return False
    verify(sign(factura(), key, datetime.now(UTC)))
    return True


def test_after_rotation_the_old_secret_can_be_dropped_and_before_it_cannot(many, old, monkeypatch):
    monkeypatch.setattr(resealing, "BATCH", 2)
    new, heard = new_key(), []
    assert not can_sign(many[0], new)
    outcome = resealing.reseal(SecretBox([new, old]), by="test", tell=heard.append)
    assert (outcome.resealed, outcome.already, outcome.unopened) == (total(), 0, [])
    assert heard == sorted(heard) and heard[-1] == total() == resealing.count() and len(heard) > 2
    assert all(can_sign(taxpayer, new) for taxpayer in many)
    assert not can_sign(many[0], old)


def test_a_second_rotation_has_nothing_to_do_and_writes_nothing(many, old):
    box = SecretBox([new_key(), old])
    resealing.reseal(box, by="test")
    with every_tenant_scope():
        before = {row.id: bytes(row.sealed_key) for row in Certificate.select()}
    outcome = resealing.reseal(box, by="test")
    assert (outcome.resealed, outcome.already) == (0, len(before))
    with every_tenant_scope():
        assert {row.id: bytes(row.sealed_key) for row in Certificate.select()} == before


def test_a_key_that_no_secret_opens_is_named_and_does_not_hold_up_the_others(many, old):
    with tenant_scope(many[1].id):
        strange = SecretBox([new_key()]).seal(b"x")
        Certificate.update(sealed_key=strange).where(Certificate.tenant_id == many[1].id).execute()
    outcome = resealing.reseal(SecretBox([new_key(), old]), by="test")
    assert [name.split()[0] for name in outcome.unopened] == [many[1].ruc]
    assert outcome.resealed == outcome.seen - 1 == total() - 1


def test_it_is_on_the_record_by_whom(many, old):
    resealing.reseal(SecretBox([new_key(), old]), by="Vera")
    with tenant_scope(SYSTEM):
        row = Audit.select().where(Audit.action == "secrets_rotated").order_by(Audit.id.desc()).first()
    assert (row.by, row.facts["resealed"]) == ("Vera", total())
