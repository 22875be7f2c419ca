"""The engine's own record: schedules, their ticks, and every run of every message."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CompositeKey,
    IntegerField,
    SmallIntegerField,
    TextField,
)
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField

from app.store.base import Row, TenantRow


class Circuit(Row):
    """How one service of one ambiente of the SRI stands; see ``app.circuit``."""

    environment = SmallIntegerField()
    service = TextField()
    state = TextField()
    failures = IntegerField()
    changed_at = DateTimeTZField()
    probe_at = DateTimeTZField(null=True)
    reason = TextField(null=True)
    on_record_since = DateTimeTZField()

    class Meta:
        schema = "jobs"
        primary_key = CompositeKey("environment", "service")


class Outage(Row):
    """A time in which one service of one ambiente was away; no ``until`` while it lasts. See ``app.outages``."""

    id = BigAutoField()
    environment = SmallIntegerField()
    service = TextField()
    since = DateTimeTZField()
    until = DateTimeTZField(null=True)
    reason = TextField(null=True)
    last_reason = TextField(null=True)
    probes = IntegerField(default=0)

    class Meta:
        schema = "jobs"


class Pause(Row):
    """What a person holds back, from when until when; see ``app.pausing``."""

    id = BigAutoField()
    scope = TextField()
    subject = TextField()
    environment = SmallIntegerField(null=True)
    reason = TextField()
    by = TextField()
    since = DateTimeTZField()
    resume_at = DateTimeTZField(null=True)
    ended_at = DateTimeTZField(null=True)
    ended_by = TextField(null=True)
    end_reason = TextField(null=True)

    class Meta:
        schema = "jobs"


class AlertSetting(Row):
    """What an admin set about alerts instead of a setting; see ``app.alert_settings``."""

    name = TextField(primary_key=True)
    value = TextField()
    by = TextField()
    reason = TextField()
    at = DateTimeTZField()

    class Meta:
        schema = "jobs"


class Process(Row):
    """A worker or scheduler process that says regularly that it lives, and what it is doing."""

    name = TextField(primary_key=True)
    kind = TextField()
    host = TextField()
    pid = IntegerField()
    version = TextField()
    queues = ArrayField(TextField, index=False)
    threads = IntegerField()
    work = BinaryJSONField(index=False)
    draining = BooleanField(default=False)
    memory = BigIntegerField(null=True)
    started_at = DateTimeTZField()
    beat_at = DateTimeTZField()

    class Meta:
        schema = "jobs"


class Schedule(Row):
    """A periodic actor as the scheduler last announced it; pausing it, or setting its cron, is a fact of this row."""

    name = TextField(primary_key=True)
    cron = TextField()
    timezone = TextField()
    actor = TextField()
    paused_since = DateTimeTZField(null=True)
    paused_by = TextField(null=True)
    pause_reason = TextField(null=True)
    resume_at = DateTimeTZField(null=True)
    missed_policy = TextField(default="skip")
    cron_set = TextField(null=True)
    cron_set_by = TextField(null=True)
    cron_set_reason = TextField(null=True)
    cron_before = TextField(null=True)
    cron_before_since = DateTimeTZField(null=True)
    cron_since = DateTimeTZField(null=True)
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
    """One execution of one message; tenant 0 is work of the engine itself. ``failed`` decides how long it is kept."""

    id = BigAutoField()
    failed = BooleanField(default=False)
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
    version = TextField(null=True)
    error_class = TextField(null=True)
    error_code = TextField(null=True)
    error = TextField(null=True)
    traceback = TextField(null=True)
    retried_by = TextField(null=True)

    class Meta:
        schema = "jobs"
