"""The engine's own record: schedules, their ticks, and every run of every message."""

from peewee import BigAutoField, BigIntegerField, IntegerField, TextField
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from app.store.base import Row, TenantRow


class Schedule(Row):
    """A periodic actor as the scheduler last announced it; pausing it is a fact of this row."""

    name = TextField(primary_key=True)
    cron = TextField()
    timezone = TextField()
    actor = TextField()
    paused_since = DateTimeTZField(null=True)
    paused_by = TextField(null=True)
    updated_at = DateTimeTZField()

    class Meta:
        schema = "jobs"


class Tick(Row):
    """One due time of one schedule; unique, so two schedulers make one tick."""

    id = BigAutoField()
    schedule = TextField()
    due_at = DateTimeTZField()
    origin = TextField()
    by = TextField()
    outcome = TextField()
    started_at = DateTimeTZField(null=True)
    finished_at = DateTimeTZField(null=True)
    tenants = IntegerField(null=True)
    detail = TextField(null=True)
    created_at = DateTimeTZField()

    class Meta:
        schema = "jobs"


class Run(TenantRow):
    """One execution of one message; tenant 0 is work of the engine itself."""

    id = BigAutoField()
    document_id = BigIntegerField(null=True)
    tick_id = BigIntegerField(null=True)
    message_id = TextField()
    actor = TextField()
    queue = TextField()
    arguments = BinaryJSONField(index=False)
    attempt = IntegerField()
    state = TextField()
    outcome = TextField(null=True)
    summary = BinaryJSONField(index=False, null=True)
    enqueued_at = DateTimeTZField()
    started_at = DateTimeTZField()
    finished_at = DateTimeTZField(null=True)
    worker = TextField()
    error_class = TextField(null=True)
    error = TextField(null=True)
    traceback = TextField(null=True)
    retried_by = TextField(null=True)

    class Meta:
        schema = "jobs"
