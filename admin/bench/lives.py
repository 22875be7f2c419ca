"""Documents that one thread, and no worker, leads from step to step just as a worker would."""

from typing import TYPE_CHECKING

from admin.bench.ground import Ground
from app import work
from app.lifecycle import State
from app.services import Services
from app.store.base import database
from app.store.documents import Document
from app.tenancy import one_statement_scope, tenant_scope

if TYPE_CHECKING:
    from workers.job import Job  # at run time it opens the broker, which needs the ground's settings


class Lives:
    """``count`` new documents of ``ground``, each as a draft."""

    def __init__(self, ground: Ground, services: Services, count: int) -> None:
        self._services = services
        self._documents = ground.hand_in("life", count, wake=False)

    def live(self, place: int, *states: State) -> None:
        """Whatever serves these states of the document, each as one message: claim, step, run row."""
        from workers import jobs

        for kind in (jobs.sign_document, jobs.submit_document, jobs.check_authorization, jobs.generate_ride):
            if kind.on in states:
                self._act(kind, *self._documents[place])

    def hasten(self, place: int) -> None:
        """Let the document's next step be due now."""
        tenant_id, document_id = self._documents[place]
        with tenant_scope(tenant_id):
            Document.update(next_attempt_at=work.in_seconds(0)).where(Document.id == document_id).execute()
        database.close()

    def _act(self, kind: "Job", tenant_id: int, document_id: int) -> None:
        from workers.broker import broker
        from workers.middleware.run_history import RunHistory

        message, history = kind.actor.message(tenant_id, document_id), RunHistory()
        history.before_process_message(broker, message)
        with one_statement_scope(tenant_id):
            claim = kind.claiming().take(
                tenant_id,
                document_id,
                owner=self._services.owner,
                lease_s=self._services.settings.lease_s,
            )
        if claim is None:
            raise RuntimeError(f"document {document_id} could not be claimed for {kind.name}")
        kind.step(claim, self._services)
        history.after_process_message(broker, message)
        database.close()  # to the pool, as after every message
