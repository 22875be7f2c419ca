"""The step that turns an authorized document into a stored RIDE."""

import structlog
from peewee import fn

from app import access_key, work
from app.kill_points import reached
from app.outcome import Done, Outcome
from app.ride import render
from app.services import Services
from app.storage import ride_path
from app.store.documents import Document, DocumentAuthorization
from app.tenancy import tenant_scope
from app.work import Claim


def generate(claim: Claim, services: Services) -> Outcome:
    """Render from the XML the SRI authorized, store the file, then say so in the row: never the other way round."""
    with tenant_scope(claim.tenant_id):
        authorization = DocumentAuthorization.get_by_id(claim.id)
        document = Document.get_by_id(claim.id)
    structlog.contextvars.bind_contextvars(access_key=document.access_key)
    ride = render(
        bytes(authorization.xml), number=authorization.number, authorized_at=authorization.authorized_at
    )
    key = str(document.access_key)
    path = ride_path(claim.tenant_id, key, access_key.parse(key).issue_date)
    services.storage.put(path, ride.pdf)
    reached("before_ride_row")
    with tenant_scope(claim.tenant_id):
        work.finish(
            claim, path=path, sha256=ride.sha256, size=len(ride.pdf), pages=ride.pages, rendered_at=fn.now()
        )
    return Done("stored")
