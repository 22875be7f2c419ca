"""A corrected document is on its way again at once: its next step is published, whatever the sweeps do."""

import json

import pytest

from app.errors import Refused
from app.lifecycle import State
from app.outcome import Moved


def test_a_correction_wakes_the_signature(engine, ana, simulator):
    simulator.script([{"ruc": ana.ruc, "code": "35", "stage": "recepcion", "times": 1}])
    returned = ana.document(State.RETURNED)
    done = engine.by_hand.correct(ana.id, returned.id, by="olga@example.ec", reason="ya está bien")
    assert done.document_id == returned.id
    client = engine.broker.client
    [message] = client.hvals("autoriza:sign.msgs")
    assert (json.loads(message)["actor_name"], json.loads(message)["args"]) == (
        "sign_document",
        [ana.id, returned.id],
    )
    assert ana.step(returned.id) == Moved(State.SIGNED)


def test_a_refused_correction_wakes_nobody(engine, ana):
    document_id = ana.import_invoice()
    with pytest.raises(Refused, match="todavía no se ha enviado"):
        engine.by_hand.correct(ana.id, document_id, by="olga", reason="x")
    assert engine.broker.client.keys("autoriza:sign*") == []
