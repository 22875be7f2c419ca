"""A code that is not in the SRI's manual: its explicit word decides, and people are told of the code once."""

import pytest

from app.lifecycle import State

STAGES = {"recepcion": State.RETURNED, "autorizacion": State.REJECTED}


def refuse(simulator, ana, code: str, stage: str, times: int = 1, detail: str = "") -> None:
    entry = {"ruc": ana.ruc, "code": code, "stage": stage, "times": times, "detail": detail}
    simulator.script([entry])


@pytest.mark.parametrize("stage", STAGES)
def test_a_code_nobody_knows_leaves_the_decision_to_the_sris_word_and_is_told(ana, simulator, stage):
    refuse(simulator, ana, "871", stage, detail="nuevo control")
    refused = ana.document(STAGES[stage])
    assert ana.exchanges(refused.id)[-1].messages[0]["code"] == "871"
    [alert] = ana.alerts("unknown_sri_code")
    assert (alert.subject, alert.resolved_at) == ("871", None)
    assert all(word in alert.message for word in ("871", refused.access_key))


def test_one_unknown_code_on_many_documents_is_one_alert_that_counts(ana, simulator):
    refuse(simulator, ana, "872", "recepcion", times=3)
    for _ in range(3):
        ana.document(State.RETURNED)
    [alert] = ana.alerts("unknown_sri_code")
    assert alert.times == 3


def test_a_document_refused_with_an_unknown_code_is_corrected_like_any_other(ana, simulator):
    refuse(simulator, ana, "873", "autorizacion")
    refused = ana.document(State.REJECTED)
    assert ana.correct(refused.id).kept == "key"
    assert ana.bring(refused.id, State.AUTHORIZED).access_key == refused.access_key


@pytest.mark.parametrize(("code", "stage"), [("35", "recepcion"), ("46", "autorizacion")])
def test_a_code_of_the_manual_raises_no_such_alert(ana, simulator, code, stage):
    refuse(simulator, ana, code, stage)
    ana.document(STAGES[stage])
    assert ana.alerts("unknown_sri_code") == []
