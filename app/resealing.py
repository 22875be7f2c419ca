"""Seals every private key anew with the first of SECRET_KEYS, so that an older one can be dropped."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.auditing import audit
from app.errors import Misconfigured
from app.secrets import SecretBox
from app.store.tenants import Certificate, Tenant
from app.tenancy import SYSTEM, every_tenant_scope

BATCH = 100


@dataclass
class Resealed:
    """How many keys were sealed anew, how many had no need, and whose could be opened by no key of ours."""

    resealed: int = 0
    already: int = 0
    unopened: list[str] = field(default_factory=list)  # RUC and fingerprint

    @property
    def seen(self) -> int:
        """All of them together."""
        return self.resealed + self.already + len(self.unopened)


def reseal(box: SecretBox, *, by: str, tell: Callable[[int], None] = lambda _: None) -> Resealed:
    """Go through the certificates of all taxpayers, replaced ones too, in batches; done again it changes nothing.

    ``tell`` hears after each batch how many have been seen. Signing goes on meanwhile; what no key opens stays as
    it is.
    """
    outcome, last = Resealed(), 0
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
    """How many private keys there are to go through."""
    with every_tenant_scope():
        return int(Certificate.select().count())


def _one(row: Certificate, box: SecretBox, outcome: Resealed) -> None:
    token = bytes(row.sealed_key)
    if box.is_newest(token):
        outcome.already += 1
        return
    try:
        fresh = box.rotate(token)
    except Misconfigured:
        outcome.unopened.append(f"{row.ruc} {row.fingerprint[:16]}")  # type: ignore[attr-defined]
        return
    Certificate.update(sealed_key=fresh).where(Certificate.id == row.id).execute()
    outcome.resealed += 1
