"""The signing keys of this process, by taxpayer: opened once per certificate, switched when the next one takes over."""

from datetime import UTC, datetime

from app import certificate_timeline, certificate_watch
from app.certificate_texts import day
from app.errors import TenantMustAct, Text
from app.secrets import SecretBox
from app.sentences import said
from app.signing import SigningKey, signing_key
from app.store.tenants import Certificate


class KeyRing:
    """Signing keys by tenant, kept in memory."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box
        self._keys: dict[int, tuple[int, SigningKey]] = {}

    def current(self, tenant_id: int) -> tuple[int, SigningKey]:
        """The tenant's certificate id and key, inside its scope; a staged one counts from its moment on.

        Raises ``TenantMustAct`` when there is none or it is not valid now: before any number is taken.
        """
        now = datetime.now(UTC)
        timeline = certificate_timeline.of(tenant_id)
        held, next_one = timeline.current, timeline.staged
        if held is None:
            raise TenantMustAct("no_certificate", _without(next_one))
        if not certificate_timeline.is_valid(held, now):
            raise TenantMustAct("certificate_not_valid", _outside_its_days(held, next_one))
        known = self._keys.get(tenant_id)
        if known is None or known[0] != held.id:
            known = self._keys[tenant_id] = (held.id, self._open(held.id))
            certificate_watch.look(
                tenant_id, now
            )  # it may have just taken over: what was wrong before is over
        return known

    def _open(self, certificate_id: int) -> SigningKey:
        row = Certificate.get_by_id(certificate_id)
        return signing_key(self._box.open(bytes(row.sealed_key)), bytes(row.certificate))


def _without(next_one: Certificate | None) -> Text:
    if next_one is None:
        return said("no_certificate")
    return said("no_certificate_yet", start=day(next_one.in_force_from))


def _outside_its_days(held: Certificate, next_one: Certificate | None) -> Text:
    days = {"first": day(held.not_before), "last": day(held.not_after)}
    if next_one is None:
        return said("certificate_not_valid", **days)
    return said("certificate_not_valid_yet", start=day(next_one.in_force_from), **days)
