"""The step that turns an authorized document into a stored RIDE, and its delivery into something due."""

from dataclasses import dataclass

import structlog
from peewee import fn

from app import access_key, branding, delivery, work
from app.alerts import raise_alert, resolve_alert
from app.branding import Look
from app.errors import Text
from app.kept_rides import drawn
from app.kill_points import reached
from app.outcome import Later, Outcome, Stored
from app.services import Services
from app.storage import ride_path
from app.store.documents import Document, DocumentAuthorization
from app.store.people import Alert
from app.store.prepared import NOW, Prepared, arg, row_of, written
from app.tenancy import tenant_scope
from app.work import Claim

log = structlog.get_logger("rides")
STORAGE_AWAY = "storage_away"
AWAY_AFTER = 3
"""Attempts of one RIDE after which people are told that the storage does not take files."""


def generate(claim: Claim, services: Services) -> Outcome:
    """Render from the XML the SRI authorized, store the file, then say so in the row: never the other way round.

    A storage that is full, read-only or gone is tried again for as long as it takes; the row says why.
    """
    task = _print(claim)
    authorization, key, look = task.authorization, task.access_key, task.look
    structlog.contextvars.bind_contextvars(access_key=key)
    carries_xml = services.settings.ride_attach_xml
    ride = drawn(authorization, look.branding, carries_xml=carries_xml)
    if ride.missing_glyphs:
        log.warning("ride_lacks_glyphs", characters="".join(ride.missing_glyphs))
    path = ride_path(claim.tenant_id, key, access_key.parse(key).issue_date)
    try:
        services.storage.put(path, ride.pdf)
    except OSError as error:
        return _later(claim, error)
    reached("before_ride_row")
    with tenant_scope(claim.tenant_id):
        work.finish(
            claim,
            path=path,
            sha256=ride.sha256,
            size=len(ride.pdf),
            pages=ride.pages,
            branding=look.version,
            carries_xml=carries_xml,
            rendered_at=NOW,
        )
        if task.storage_was_away:
            resolve_alert(claim.tenant_id, STORAGE_AWAY, "storage")
        due = delivery.plan(claim.tenant_id, claim.id, bytes(authorization.xml))
    return Stored(due)


_FIELDS = DocumentAuthorization._meta.sorted_fields


def _written() -> str:
    away = Alert.select().where(
        Alert.tenant_id == DocumentAuthorization.tenant_id,
        Alert.kind == STORAGE_AWAY,
        Alert.resolved_at.is_null(),
    )
    found = DocumentAuthorization.select(*_FIELDS, Document.access_key, fn.EXISTS(away))
    found = found.join(Document, on=Document.id == DocumentAuthorization.document_id)
    return written(found.where(DocumentAuthorization.document_id == arg("document")))


_AUTHORIZED = Prepared(_written)


@dataclass(frozen=True)
class _Print:
    authorization: DocumentAuthorization
    access_key: str
    look: Look
    storage_was_away: bool  # when last somebody tried, as an alert says


def _print(claim: Claim) -> _Print:
    with tenant_scope(claim.tenant_id):
        ((*values, key, away),) = _AUTHORIZED.rows(document=claim.id)
        look = branding.current(claim.tenant_id)
    return _Print(row_of(DocumentAuthorization, _FIELDS, values), key, look, away)


def _later(claim: Claim, error: OSError) -> Outcome:
    why = f"{type(error).__name__}: {error}"[:500]
    seconds = work.backoff(claim.attempts, base_s=5)
    with tenant_scope(claim.tenant_id):
        work.sleep(claim, seconds, code=STORAGE_AWAY, why=why)
        if claim.attempts >= AWAY_AFTER:
            told = Text(
                f"el almacén de archivos no guarda los RIDE: {why}", f"the storage takes no RIDE: {why}"
            )
            raise_alert(claim.tenant_id, STORAGE_AWAY, "storage", told)
    return Later(seconds, why)
