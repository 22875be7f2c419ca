"""Groups of failures, one row per taxpayer, stage and cause: what the engine saw of them, and what people decided."""

from peewee import BigIntegerField, BooleanField, CompositeKey, TextField
from playhouse.postgres_ext import DateTimeTZField

from app.store.base import TenantRow


class FailureGroup(TenantRow):
    """Since when a group is there, when it last grew, and how many stand in it; ``person_n`` wait for a person."""

    stage = TextField()
    cause = TextField()
    n = BigIntegerField()
    person_n = BigIntegerField()
    first_seen_at = DateTimeTZField()
    last_seen_at = DateTimeTZField()
    changed_at = DateTimeTZField()
    gone_at = DateTimeTZField(null=True)
    inherited = BooleanField(default=False)

    class Meta:
        primary_key = CompositeKey("tenant_id", "stage", "cause")


class FailureCare(TenantRow):
    """What people decided about a group; it outlives the group, so that its note is there when it comes back."""

    stage = TextField()
    cause = TextField()
    assignee_id = BigIntegerField(null=True)
    assigned_by = TextField(null=True)
    assigned_at = DateTimeTZField(null=True)
    snoozed_until = DateTimeTZField(null=True)
    snoozed_by = TextField(null=True)
    snoozed_at = DateTimeTZField(null=True)
    snoozed_n = BigIntegerField(null=True)
    wakes_at_n = BigIntegerField(null=True)
    woken_at = DateTimeTZField(null=True)
    woken_because = TextField(null=True)
    woken_n = BigIntegerField(null=True)
    muted_at = DateTimeTZField(null=True)
    muted_by = TextField(null=True)
    note = TextField(null=True)
    noted_by = TextField(null=True)
    noted_at = DateTimeTZField(null=True)
    runbook = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("tenant_id", "stage", "cause")
