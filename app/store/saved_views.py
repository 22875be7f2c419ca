"""Views of the console's lists that people keep, and with whom they share them."""

from peewee import BigAutoField, BigIntegerField, BooleanField, CompositeKey, TextField
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from app.store.base import Row, TenantRow


class SavedView(Row):
    """One person's view: a list by its own name, and what it is asked for. It holds no address and no row."""

    id = BigAutoField()
    person_id = BigIntegerField()
    name = TextField()
    page = TextField()
    asked = BinaryJSONField(index=False)
    for_everybody = BooleanField(default=False)
    created_at = DateTimeTZField()


class SavedViewShare(TenantRow):
    """Whoever holds ``role`` for the taxpayer is offered the view."""

    view_id = BigIntegerField()
    role = TextField()

    class Meta:
        primary_key = CompositeKey("tenant_id", "role", "view_id")
