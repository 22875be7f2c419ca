"""Exports of lists."""

from peewee import BigAutoField, BigIntegerField, BooleanField, IntegerField, TextField
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField

from app.store.base import Row


class Export(Row):
    """What a person asked to take away, and its file. Row-level security shows it to those who see all its tenants."""

    id = BigAutoField()
    tenant_ids = ArrayField(BigIntegerField, index=False)
    person_id = BigIntegerField()
    by = TextField()
    roles = ArrayField(TextField, index=False)
    language = TextField()
    layout = TextField(default="plain")
    list = TextField()
    asked = BinaryJSONField(index=False)
    terms = BinaryJSONField(index=False)
    oldest_first = BooleanField()
    last_id = BigIntegerField()
    most_rows = IntegerField()
    click = TextField()
    created_at = DateTimeTZField()
    stage = TextField(default="waiting")
    why = TextField(null=True)
    narrowed = BooleanField(default=False)
    fence = BigIntegerField(default=0)
    attempts = IntegerField(default=0)
    next_step_at = DateTimeTZField(null=True)
    of_tenant = BigIntegerField(null=True)
    place = BigIntegerField(null=True)
    complete = BooleanField(default=False)
    capped = BooleanField(default=False)
    pieces = ArrayField(TextField, index=False)
    rows = IntegerField(default=0)
    rows_of = BinaryJSONField(index=False)
    amounts = BinaryJSONField(index=False)
    bytes = BigIntegerField(default=0)
    sha256 = TextField(null=True)
    started_at = DateTimeTZField(null=True)
    finished_at = DateTimeTZField(null=True)
    expires_at = DateTimeTZField(null=True)
    removed_at = DateTimeTZField(null=True)

    @property
    def shown(self) -> str:
        """The stage as people are told it: what somebody stopped did not fail."""
        return "stopped" if self.why == "stopped" else str(self.stage)
