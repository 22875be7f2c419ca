"""A document and all that is kept of its life: emissions, exchanges with the SRI, verdict, history, RIDE."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    DateField,
    DecimalField,
    IntegerField,
    SmallIntegerField,
    TextField,
)
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from app.store.base import TenantRow, WorkRow


class Document(WorkRow):
    """One comprobante. ``state`` is written by ``app.store.advance`` only."""

    heavy = frozenset({"content"})
    id = BigAutoField()
    reference = TextField()
    content_sha256 = TextField()
    content = BinaryJSONField(index=False)
    doc_type = TextField()
    environment = SmallIntegerField()
    establishment = TextField()
    emission_point = TextField()
    requested_date = DateField(null=True)
    sequence_number = IntegerField(null=True)
    number = TextField(null=True)
    issue_date = DateField(null=True)
    access_key = TextField(null=True)
    version = IntegerField(default=0)
    state = TextField()
    buyer_id = TextField()
    buyer_name = TextField()
    buyer_key = TextField()
    total = DecimalField(max_digits=14, decimal_places=2)
    modified_type = TextField(null=True)
    modified_number = TextField(null=True)
    refused_code = TextField(null=True)
    refused_text = TextField(null=True)
    cause = TextField(null=True)
    imported_by = TextField()
    batch_id = BigIntegerField(null=True)
    created_at = DateTimeTZField()
    signed_at = DateTimeTZField(null=True)
    received_at = DateTimeTZField(null=True)
    authorized_at = DateTimeTZField(null=True)
    finished_at = DateTimeTZField(null=True)


class Emission(TenantRow):
    """One signed version of a document, byte for byte as it is sent; never changed."""

    document_id = BigIntegerField()
    version = IntegerField()
    access_key = TextField()
    xml = BlobField()
    sha256 = TextField()
    certificate_id = BigIntegerField(null=True)
    by = TextField()
    reason = TextField()
    created_at = DateTimeTZField()

    class Meta:
        primary_key = CompositeKey("document_id", "version")


class SriExchange(TenantRow):
    """One call to the SRI. Committed before the call without outcome; completed once."""

    id = BigAutoField()
    document_id = BigIntegerField()
    version = IntegerField()
    access_key = TextField()
    environment = SmallIntegerField()
    operation = TextField()
    request_sha256 = TextField()
    started_at = DateTimeTZField()
    finished_at = DateTimeTZField(null=True)
    outcome = TextField(null=True)
    sent = BooleanField(null=True)
    http_status = IntegerField(null=True)
    messages = BinaryJSONField(index=False, null=True)
    detail = TextField(null=True)
    response = BlobField(null=True)


class DocumentAuthorization(TenantRow):
    """The SRI's yes, with the comprobante as it came back; the RIDE is made from these bytes."""

    document_id = BigIntegerField(primary_key=True)
    number = TextField()
    authorized_at = DateTimeTZField(null=True)
    xml = BlobField()
    sha256 = TextField()
    as_sent = BooleanField()
    exchange_id = BigIntegerField(null=True)
    recorded_at = DateTimeTZField()


class History(TenantRow):
    """One event of a document's life; appended in the transaction that changes the state."""

    document_id = BigIntegerField()
    seq = IntegerField()
    event = TextField()
    from_state = TextField(null=True)
    to_state = TextField()
    by = TextField()
    reason = TextField(null=True)
    facts = BinaryJSONField(index=False)
    at = DateTimeTZField()

    class Meta:
        primary_key = CompositeKey("document_id", "seq")


class Ride(WorkRow):
    """The PDF of an authorized document; ``id`` is the document's. The file is durable before ``path`` is set.

    ``branding`` (the version of the taxpayer's) and ``carries_xml`` say what it was drawn with.
    """

    path = TextField(null=True)
    sha256 = TextField(null=True)
    size = IntegerField(null=True)
    pages = IntegerField(null=True)
    deliveries = IntegerField(null=True)
    branding = IntegerField(null=True)
    carries_xml = BooleanField(null=True)
    cause = TextField(null=True)
    created_at = DateTimeTZField()
    rendered_at = DateTimeTZField(null=True)
