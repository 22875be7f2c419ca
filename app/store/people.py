"""Who may enter the console, with which role for which tenant, and the record of what people did."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    TextField,
)
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from app.errors import Text
from app.store.base import Row, TenantRow


class Person(Row):
    """A console user."""

    id = BigAutoField()
    email = TextField()
    name = TextField()
    password_hash = TextField()
    active = BooleanField(default=True)
    created_at = DateTimeTZField()
    last_login_at = DateTimeTZField(null=True)
    totp_sealed = BlobField(null=True)
    totp_since = DateTimeTZField(null=True)
    totp_step = BigIntegerField(null=True)


class ConsoleSession(Row):
    """One browser in which somebody is signed in; only the hash of what its cookie holds is kept."""

    id = BigAutoField()
    person = ForeignKeyField(Person, backref="sessions")
    token_hash = TextField()
    created_at = DateTimeTZField()
    last_seen_at = DateTimeTZField()
    proven_at = DateTimeTZField()
    address = TextField(null=True)
    agent = TextField(null=True)
    ended_at = DateTimeTZField(null=True)
    ended_by = TextField(null=True)


class RecoveryCode(Row):
    """One code that stands in once for a lost second factor; only its hash is kept."""

    id = BigAutoField()
    person = ForeignKeyField(Person, backref="recovery_codes")
    code_hash = TextField()
    made_at = DateTimeTZField()
    used_at = DateTimeTZField(null=True)


class GrantOfRole(Row):
    """One role of one person: ``admin`` for all tenants (no tenant named), ``viewer`` for one."""

    id = BigAutoField()
    person = ForeignKeyField(Person, backref="grants")
    role = TextField()
    tenant_id = BigIntegerField(null=True)
    granted_by = TextField()
    granted_at = DateTimeTZField()


class Audit(TenantRow):
    """What a person did or was refused; tenant 0 is the installation itself. Append only."""

    id = BigAutoField()
    at = DateTimeTZField()
    by = TextField()
    action = TextField()
    target = TextField()
    result = TextField()
    reason = TextField(null=True)
    address = TextField(null=True)
    facts = BinaryJSONField(index=False)


class Alert(TenantRow):
    """Something a person should know: raised once per subject, resolved when it is over.

    ``kind`` is the rule that raised it, a name of ``app.alert_kinds``. ``told_at`` and ``end_told_at`` are when its
    notices were written, or when it was decided that there are none.
    """

    id = BigAutoField()
    kind = TextField()
    severity = TextField(default="warning")
    subject = TextField()
    message = TextField()
    message_en = TextField(null=True)
    raised_at = DateTimeTZField()
    last_seen_at = DateTimeTZField()
    times = IntegerField()
    resolved_at = DateTimeTZField(null=True)
    acknowledged_at = DateTimeTZField(null=True)
    acknowledged_by = TextField(null=True)
    told_at = DateTimeTZField(null=True)
    end_told_at = DateTimeTZField(null=True)

    @property
    def said(self) -> Text:
        """What it says in both languages; one raised before there were two says it in Spanish."""
        return Text(str(self.message), str(self.message_en or self.message))
