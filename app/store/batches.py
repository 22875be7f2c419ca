"""Batches: what was handed in together."""

from peewee import BigAutoField, IntegerField, TextField
from playhouse.postgres_ext import DateTimeTZField

from app.store.base import TenantRow


class Batch(TenantRow):
    """Documents that came in one transaction. Written while they come, and once more when it is over.

    ``documents`` are those that were new. ``authorized``, ``waiting`` and ``refused`` say how they stood at the end.
    """

    id = BigAutoField()
    by = TextField()
    at = DateTimeTZField()
    called = TextField()
    files = IntegerField()
    documents = IntegerField(default=0)
    finished_at = DateTimeTZField(null=True)
    authorized = IntegerField(null=True)
    waiting = IntegerField(null=True)
    refused = IntegerField(null=True)
