"""The signing keys of this process, by taxpayer: opened once per certificate, switched when the next one takes over."""

from datetime import UTC, datetime

from app import certificate_timeline, certificate_watch
from app.certificate_texts import day
from app.errors import TenantMustAct
from app.secrets import SecretBox
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
        help_is_near = f"el siguiente firma desde el {day(next_one.in_force_from)}" if next_one else ""
        if held is None:
            remedy = help_is_near or "cargue uno (autoriza certificate add)"
            raise TenantMustAct("no_certificate", f"no hay certificado de firma: {remedy}")
        if not certificate_timeline.is_valid(held, now):
            raise TenantMustAct(
                "certificate_not_valid",
                f"el certificado vale del {day(held.not_before)} al {day(held.not_after)}: "
                + (help_is_near or "cargue uno vigente"),
            )
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
