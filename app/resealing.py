"""Seals every private key and second factor anew with the first of SECRET_KEYS, so that an older one can be dropped."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.auditing import audit
from app.errors import Misconfigured
from app.secrets import SecretBox
from app.store.people import Person
from app.store.tenants import Certificate, Tenant
from app.tenancy import SYSTEM, every_tenant_scope

BATCH = 100


@dataclass
class Resealed:
    """How many keys were sealed anew, how many had no need, and whose could be opened by no key of ours."""

    resealed: int = 0
    already: int = 0
    unopened: list[str] = field(default_factory=list)  # RUC and fingerprint, or whose second factor

    @property
    def seen(self) -> int:
        """All of them together."""
        return self.resealed + self.already + len(self.unopened)


def reseal(box: SecretBox, *, by: str, tell: Callable[[int], None] = lambda _: None) -> Resealed:
    """Go through the second factors of all people and the certificates of all taxpayers; again it changes nothing.

    Replaced certificates count too; they are read in batches.

    ``tell`` hears after each batch how many have been seen. Signing goes on meanwhile; what no key opens stays as
    it is.
    """
    outcome, last = Resealed(), 0
    _second_factors(box, outcome)
    while True:
        with every_tenant_scope():
            batch = list(
                Certificate.select(Certificate, Tenant.ruc.alias("ruc"))
                .join(Tenant, on=Tenant.id == Certificate.tenant_id)
                .where(Certificate.id > last)
                .order_by(Certificate.id)
                .limit(BATCH)
                .objects()
            )
            for row in batch:
                _one(row, box, outcome)
            if not batch:
                facts = {"resealed": outcome.resealed, "already": outcome.already}
                audit(SYSTEM, by=by, action="secrets_rotated", target="certificate", facts=facts)
                return outcome
        last = batch[-1].id
        tell(outcome.seen)


def count() -> int:
    """How many secrets there are to go through."""
    with every_tenant_scope():
        return int(
            Certificate.select().count() + Person.select().where(Person.totp_sealed.is_null(False)).count()
        )


def _second_factors(box: SecretBox, outcome: Resealed) -> None:
    for person in Person.select().where(Person.totp_sealed.is_null(False)).order_by(Person.id):
        # somebody who changes theirs meanwhile has sealed it with the newest key already
        same = (Person.id == person.id) & (Person.totp_sealed == person.totp_sealed)
        if fresh := _fresh(bytes(person.totp_sealed or b""), person.email, box, outcome):
            Person.update(totp_sealed=fresh).where(same).execute()


def _one(row: Certificate, box: SecretBox, outcome: Resealed) -> None:
    name = f"{row.ruc} {row.fingerprint[:16]}"  # type: ignore[attr-defined]
    if fresh := _fresh(bytes(row.sealed_key), name, box, outcome):
        Certificate.update(sealed_key=fresh).where(Certificate.id == row.id).execute()


def _fresh(token: bytes, name: str, box: SecretBox, outcome: Resealed) -> bytes | None:
    if box.is_newest(token):
        outcome.already += 1
        return None
    try:
        fresh = box.rotate(token)
    except Misconfigured:
        outcome.unopened.append(name)
        return None
    outcome.resealed += 1
    return fresh
