"""Taxpayers of this installation: take one on, find one by RUC."""

import re
from dataclasses import dataclass
from email.utils import parseaddr

from peewee import IntegrityError, fn

from app.auditing import audit
from app.documents.base import Issuer
from app.documents.tributary import issuer_problems
from app.errors import Mistyped, Refused, Text
from app.mail.addresses import normal
from app.sri.gateway import Environment
from app.store.tenants import Tenant, TenantDirectory
from app.tenancy import every_tenant_scope, tenant_scope

_RUC = re.compile(r"[0-9]{10}001")
_PROVINCES = (*range(1, 25), 30)


@dataclass(frozen=True)
class TaxpayerFacts:
    """What is printed into every comprobante of a taxpayer; None is left out of the XML."""

    dir_matriz: str
    nombre_comercial: str | None = None
    obligado_contabilidad: bool | None = None
    contribuyente_especial: str | None = None
    agente_retencion: str | None = None
    contribuyente_rimpe: str | None = None
    gran_contribuyente: str | None = None


def create(ruc: str, razon_social: str, environment: Environment, facts: TaxpayerFacts, *, by: str) -> int:
    """Take on the taxpayer ``ruc`` (13 digits) in one ambiente; its id.

    Raises ``Refused`` for a RUC that cannot exist, an empty name, a fact no schema lets pass, or a taxpayer already
    here. The check digit is not looked at: company RUCs given out since 2021 do not follow it.
    """
    name = " ".join(razon_social.split())
    if not _RUC.fullmatch(ruc) or int(ruc[:2]) not in _PROVINCES:
        raise Mistyped(
            Text(
                f"RUC {ruc}: se esperan 13 dígitos que empiezan por la provincia y terminan en 001",
                f"RUC {ruc}: 13 digits are expected that begin with the province and end in 001",
            )
        )
    if not 0 < len(name) <= 300:
        raise Mistyped(
            Text(
                "razón social: se esperan de 1 a 300 caracteres",
                "razón social: 1 to 300 characters are expected",
            )
        )
    if wrong := list(issuer_problems(Issuer(ruc, name, environment=environment, **vars(facts)))):
        raise Mistyped(
            Text(
                "; ".join(problem.sentence("es") for problem in wrong),
                "; ".join(problem.sentence("en") for problem in wrong),
            )
        )
    tenant_id = int(TenantDirectory.insert().execute())
    try:
        with tenant_scope(tenant_id):
            Tenant.insert(
                id=tenant_id,
                ruc=ruc,
                razon_social=name,
                environment=environment,
                created_at=fn.now(),
                **vars(facts),
            ).execute()
            audit(tenant_id, by=by, action="tenant_created", target=ruc)
    except IntegrityError as error:
        TenantDirectory.delete().where(TenantDirectory.id == tenant_id).execute()
        raise Refused(Text(f"el RUC {ruc} ya está registrado", f"RUC {ruc} is registered already")) from error
    return tenant_id


def sign_mail(tenant_id: int, *, by: str, **changes: str) -> Tenant:
    """Set ``mail_sender``, ``mail_reply_to`` (empty: none) or ``mail_language``; the taxpayer as it is then.

    Raises ``Refused`` for an address that is none.
    """
    for name in ("mail_sender", "mail_reply_to"):
        written = changes.get(name, "")
        address = parseaddr(written)[1]
        if ("@" in written or (written and name == "mail_reply_to")) and normal(address) is None:
            raise Mistyped(
                Text(f"«{written}» no es una dirección de correo", f"'{written}' is no mail address")
            )
    with tenant_scope(tenant_id):
        if changes:
            Tenant.update(**{name: value or None for name, value in changes.items()}).where(
                Tenant.id == tenant_id
            ).execute()
            audit(tenant_id, by=by, action="mail_signed", target="tenant", facts=dict(changes))
        row: Tenant = Tenant.get_by_id(tenant_id)
        return row


def find(ruc: str) -> Tenant:
    """The taxpayer with this RUC. Raises ``Refused`` when there is none; for commands of the operator only."""
    with every_tenant_scope():
        found: Tenant | None = Tenant.get_or_none(Tenant.ruc == ruc)
    if found is None:
        raise Refused(
            Text(
                f"no hay contribuyente con RUC {ruc}: créelo con «autoriza tenant create --ruc {ruc} …»",
                f"there is no taxpayer with RUC {ruc}: make one with 'autoriza tenant create --ruc {ruc} …'",
            )
        )
    return found


def every() -> list[Tenant]:
    """All taxpayers by RUC; for commands of the operator only."""
    with every_tenant_scope():
        return list(Tenant.select().order_by(Tenant.ruc))
