"""Bulk operations and their items."""

from peewee import BigAutoField, BigIntegerField, CompositeKey, IntegerField, TextField
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField

from app.store.base import Row, TenantRow


class Bulk(Row):
    """What a person asked for many documents at once. Row-level security shows it to those who see all its tenants."""

    id = BigAutoField()
    tenant_ids = ArrayField(BigIntegerField, index=False)
    action = TextField()
    described = BinaryJSONField(index=False)
    stage = TextField(default="proposed")
    items = IntegerField(default=0)
    reason = TextField(null=True)
    by = TextField()
    click = TextField()
    asked_by = TextField(null=True)
    approved_by = TextField(null=True)
    approved_at = DateTimeTZField(null=True)
    created_at = DateTimeTZField()
    started_at = DateTimeTZField(null=True)
    changed_by = TextField(null=True)
    changed_at = DateTimeTZField(null=True)
    finished_at = DateTimeTZField(null=True)
    next_step_at = DateTimeTZField(null=True)


class BulkItem(TenantRow):
    """One document of a bulk operation, as of the click; without an ``outcome`` its turn is still to come."""

    bulk_id = BigIntegerField()
    document_id = BigIntegerField()
    outcome = TextField(null=True)
    said = TextField(null=True)
    at = DateTimeTZField(null=True)

    class Meta:
        primary_key = CompositeKey("bulk_id", "document_id")
