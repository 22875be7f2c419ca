"""How many of everything, and how it went hour by hour: what triggers count and a schedule folds."""

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    DecimalField,
    DoubleField,
    IntegerField,
    SmallIntegerField,
    TextField,
)
from playhouse.postgres_ext import DateTimeTZField

from app.store.base import TenantRow


class Tally(TenantRow):
    """How many rows stand at one ``stage`` for one ``cause`` (empty: no trouble), and the money of their documents.

    Stages are the states of documents, ``ride`` and ``mail`` for work under way, ``kept`` and outcomes for work done.
    Changes not folded yet are in ``tally_change``.
    """

    stage = TextField()
    person = BooleanField()
    cause = TextField()
    n = BigIntegerField()
    amount = DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        primary_key = CompositeKey("tenant_id", "stage", "person", "cause")


class Rollup(TenantRow):
    """What happened within ``grain`` seconds from ``at``: ``n`` times within one bin of ``app.rollups.EDGES``.

    Tenant 0 is the sum of all.
    """

    grain = IntegerField()
    at = DateTimeTZField()
    measure = TextField()
    subject = TextField()
    bin = SmallIntegerField()
    n = BigIntegerField()
    seconds = DoubleField()

    class Meta:
        primary_key = CompositeKey("tenant_id", "grain", "measure", "at", "subject", "bin")
