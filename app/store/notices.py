"""Notices: who was told that an alert was raised or is over, through which channel, and what became of it."""

from peewee import BigAutoField, BigIntegerField, TextField
from playhouse.postgres_ext import DateTimeTZField

from app.store.base import WorkRow


class Notice(WorkRow):
    """One event of one alert for one channel; without an ``outcome`` it is under way.

    ``channel`` is a fingerprint of the channel's address, which holds secrets and stays in the settings.
    """

    id = BigAutoField()
    alert_id = BigIntegerField()
    event = TextField()
    channel = TextField()
    channel_name = TextField()
    outcome = TextField(null=True)
    created_at = DateTimeTZField()
    sent_at = DateTimeTZField(null=True)
