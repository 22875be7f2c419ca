"""What the tests of alert rules look with."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from peewee import SQL, fn

from app import alert_watch, processes
from app.alert_rules import Look
from app.services import Services
from app.store.base import database
from app.store.documents import Document
from app.store.engine import Circuit, Process
from app.store.people import Alert
from app.tenancy import every_tenant_scope

QUEUES = ("ride", "sri", "sweep")
Looking = Callable[..., list[Alert]]


def ago(**span: float):
    return fn.now() - SQL("make_interval(secs => %s)", (timedelta(**span).total_seconds(),))


def all_is_well() -> None:
    """Workers and scheduler are heard of, the SRI answers, nobody waits and nothing was alarming of late."""
    for kind in ("worker", "scheduler"):
        processes.beat(f"{kind}:1", kind, queues=QUEUES if kind == "worker" else ())
    database.execute_sql("delete from jobs.heard")
    Process.update(started_at=ago(minutes=10)).execute()
    Circuit.update(state="closed", failures=0, changed_at=ago(hours=1)).execute()
    with every_tenant_scope():
        Alert.update(resolved_at=ago(hours=1)).execute()
        Document.update(created_at=fn.now(), signed_at=fn.now(), received_at=fn.now()).execute()


def looking(services: Services) -> Looking:
    """Looks under changed settings; the alerts of a kind that stand afterwards."""

    def act(kind: str, **changed: Any) -> list[Alert]:
        settings = services.settings.model_copy(update=changed)
        alert_watch.look(Look(Services(settings, services.database), QUEUES))
        with every_tenant_scope():
            return list(
                Alert.select()
                .where(Alert.kind == kind, Alert.resolved_at.is_null())
                .order_by(Alert.tenant_id, Alert.subject)
            )

    return act
