"""A person has a RIDE drawn again from what the SRI authorized, whatever became of the stored file."""

from app import kept_rides, work
from app.auditing import audit
from app.errors import Mistyped, Refused, Text
from app.services import Services
from app.store.documents import DocumentAuthorization, Ride
from app.tenancy import tenant_scope

NOT_STORED = Text(
    "todavía no tiene un RIDE guardado, o se está trabajando en él",
    "it has no stored RIDE yet, or it is being worked on",
)
AWAY = Text(
    "el almacén de archivos no responde ahora; inténtelo en un momento",
    "the storage does not answer now; try again in a moment",
)


def rebuild(tenant_id: int, document_id: int, services: Services, *, by: str, reason: str) -> bool:
    """Draw and store the RIDE anew with its own branding; whether it differs from the one on record before.

    Outside any scope. Raises ``Refused`` without a reason, before there is a RIDE, and when the storage does not
    take it; ``Invalid`` when the authorized XML cannot be drawn. Then nothing has changed.
    """
    if not reason.strip():
        raise Mistyped(Text("indique por qué se rehace el RIDE", "say why the RIDE is drawn again"))
    with tenant_scope(tenant_id):
        ride = Ride.get_or_none(
            Ride.tenant_id == tenant_id, Ride.id == document_id, Ride.path.is_null(False), work.free(Ride)
        )
        if ride is None:
            raise Refused(NOT_STORED)
        authorization = DocumentAuthorization.get(
            (DocumentAuthorization.tenant_id == tenant_id)
            & (DocumentAuthorization.document_id == document_id)
        )
    made = kept_rides.drawn_again(ride, authorization, services)
    try:
        services.storage.put(str(ride.path), made.pdf)
    except OSError as error:
        raise Refused(AWAY) from error
    with tenant_scope(tenant_id):
        Ride.update(sha256=made.sha256, size=len(made.pdf), pages=made.pages).where(
            Ride.tenant_id == tenant_id, Ride.id == document_id
        ).execute()
        facts = {"before": ride.sha256, "after": made.sha256}
        audit(
            tenant_id,
            by=by,
            action="rebuild_ride",
            target=f"document {document_id}",
            reason=reason,
            facts=facts,
        )
    return bool(made.sha256 != ride.sha256)
