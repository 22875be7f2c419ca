"""A batch through the real engine: one of it is refused, part is held back, and its end is told once by a webhook."""

import json

import pytest
from cast import take_on
from documents_cast import invoice
from engine_processes import EngineProcesses
from peewee import fn
from pydantic import SecretStr
from receiver import receiving

from app import batches, holding, intake
from app.intake import Offer
from app.lifecycle import MOVING, State
from app.store.base import database
from app.store.documents import Document
from app.store.engine import Tick
from app.tenancy import every_tenant_scope, tenant_scope

TOGETHER = 12


@pytest.fixture
def ana(services, simulator):
    ana = take_on(services, "ANA MOREIRA CÍA. LTDA.")
    simulator.script([{"ruc": ana.ruc, "code": "52", "stage": "autorizacion", "times": 1}])
    return ana


def states(taxpayer) -> dict[str, int]:
    with tenant_scope(taxpayer.id):
        rows = Document.select(Document.state, fn.count(Document.id)).group_by(Document.state)
        found = dict(rows.tuples())
    database.close()
    return found


def looks() -> int:
    with every_tenant_scope():
        done = Tick.select().where(Tick.schedule == "evaluate_alerts", Tick.outcome == "done").count()
    database.close()
    return int(done)


def test_a_batch_with_one_refused_and_one_held_back_ends_once_however_many_decide(settings, services, ana):
    offers = [
        Offer(json.dumps(invoice(referencia=f"lote {n}")).encode(), f"{n}.json") for n in range(TOGETHER)
    ]
    accepted = intake.accept_all(ana.id, offers, by="ana@example.ec", called="Cierre de mes")
    holding.hold(ana.id, accepted[-1].document_id, by="ana@example.ec", reason="por revisar")
    database.close()
    with receiving() as hook:
        channel = SecretStr(f"webhook+http://127.0.0.1:{hook.port}/?secret=s3creto-largo")
        hastened = settings.model_copy(
            update={"alert_channels": (channel,), "evaluate_alerts_cron": "*/2 * * * * *"}
        )

        def told() -> list[dict]:
            batches.finish_over()  # this process decides as well, all the time
            database.close()
            said = [json.loads(one.body) for one in hook.received]
            return [one for one in said if one["kind"] == batches.FINISHED]

        with EngineProcesses(hastened) as engine:
            engine.until(lambda: bool(told()), 90, "the notice of the batch's end")
            seen = looks()
            engine.until(lambda: looks() >= seen + 3, 60, "three more looks")
            (one,) = told()
    assert states(ana) == {State.AUTHORIZED: TOGETHER - 2, State.REJECTED: 1, State.DRAFT: 1}
    assert (
        f"Autorizados: {TOGETHER - 2}; necesitan a una persona: 2 (rechazados por el SRI: 1)." in one["text"]
    )
    assert (one["event"], one["severity"]) == ("raised", "warning")
    with tenant_scope(ana.id):
        moving = Document.state.in_([str(state) for state in MOVING])
        assert Document.select().where(moving, Document.needs_person_since.is_null()).count() == 0
