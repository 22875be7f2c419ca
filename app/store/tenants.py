"""Taxpayers and what they own before any document: establishments, numbering, certificates, halts."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    IntegerField,
    SmallIntegerField,
    TextField,
)
from playhouse.postgres_ext import DateTimeTZField

from app.store.base import Row, TenantRow


class TenantDirectory(Row):
    """The ids of all tenants and nothing else: what the system scope is made of."""

    id = BigAutoField()


class Tenant(Row):
    """One taxpayer (RUC) in one ambiente."""

    id = BigIntegerField(primary_key=True)
    ruc = TextField()
    razon_social = TextField()
    nombre_comercial = TextField(null=True)
    dir_matriz = TextField()
    environment = SmallIntegerField()
    obligado_contabilidad = BooleanField(null=True)
    contribuyente_especial = TextField(null=True)
    agente_retencion = TextField(null=True)
    contribuyente_rimpe = TextField(null=True)
    gran_contribuyente = TextField(null=True)
    mail_sender = TextField(null=True)
    mail_reply_to = TextField(null=True)
    mail_language = TextField(default="es")
    code_seed = BlobField()  # the database draws it when the row is made; never changed
    active = BooleanField(default=True)
    created_at = DateTimeTZField()


class Establishment(TenantRow):
    """Estab: 3 digits of the number, and its address (dirEstablecimiento)."""

    code = TextField()
    address = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("tenant_id", "code")


class EmissionPoint(TenantRow):
    """PtoEmi: 3 digits of the number."""

    establishment = TextField()
    code = TextField()

    class Meta:
        primary_key = CompositeKey("tenant_id", "establishment", "code")


class Sequence(TenantRow):
    """The next secuencial of one ambiente, type, establishment and emission point; locked while one is taken."""

    environment = SmallIntegerField()
    doc_type = TextField()
    establishment = TextField()
    emission_point = TextField()
    next_number = IntegerField()

    class Meta:
        primary_key = CompositeKey("tenant_id", "environment", "doc_type", "establishment", "emission_point")


class Certificate(TenantRow):
    """A signing certificate, in force until ``replaced_at``, which may lie ahead; its private key rests sealed.

    One per tenant is not replaced: the last, in force or staged. ``app.certificate_timeline`` tells which signs now.
    """

    id = BigAutoField()
    fingerprint = TextField()
    subject = TextField()
    issuer = TextField()
    serial = TextField()
    not_before = DateTimeTZField()
    not_after = DateTimeTZField()
    certificate = BlobField()
    sealed_key = BlobField()
    added_by = TextField()
    added_at = DateTimeTZField()
    in_force_from = DateTimeTZField()
    replaced_at = DateTimeTZField(null=True)


class Halt(TenantRow):
    """Signing and sending of a tenant or one establishment stands still until a person, or its time, lifts it."""

    id = BigAutoField()
    establishment = TextField(null=True)
    code = TextField()
    reason = TextField()
    since = DateTimeTZField()
    placed_by = TextField()
    resume_at = DateTimeTZField(null=True)
    lifted_at = DateTimeTZField(null=True)
    lifted_by = TextField(null=True)
    lift_reason = TextField(null=True)


class BrandingVersion(TenantRow):
    """Logo and accent colour of a taxpayer's RIDEs from one change to the next; never changed itself."""

    version = IntegerField()
    logo = BlobField(null=True)
    accent = TextField(null=True)
    by = TextField()
    created_at = DateTimeTZField()

    class Meta:
        table_name = "branding"
        primary_key = CompositeKey("tenant_id", "version")
