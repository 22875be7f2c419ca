"""Deliveries: who is sent a document, on which occasion, and what became of it."""

from peewee import BigAutoField, BigIntegerField, IntegerField, TextField
from playhouse.postgres_ext import DateTimeTZField

from app.store.base import WorkRow


class Delivery(WorkRow):
    """XML and RIDE of one document to one address on one occasion; without an ``outcome`` it is under way.

    One that ``bounced`` with a ``sent_at`` came back after the server had taken it, at ``bounced_at``; it is
    ``made_good_at`` when a resend of the same document was taken.
    ``no_address`` and ``invalid_address`` were never sent: a person hands the RIDE over.
    """

    id = BigAutoField()
    document_id = BigIntegerField()
    address = TextField()
    kind = TextField()
    occasion = TextField()
    requested_by = TextField(null=True)
    reason = TextField(null=True)
    message_id = TextField(null=True)
    first_tried_at = DateTimeTZField(null=True)
    sent_at = DateTimeTZField(null=True)
    bounced_at = DateTimeTZField(null=True)
    made_good_at = DateTimeTZField(null=True)
    outcome = TextField(null=True)
    server_code = IntegerField(null=True)
    server_said = TextField(null=True)
    cause = TextField(null=True)
    created_at = DateTimeTZField()
