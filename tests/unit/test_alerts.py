"""Alerts: raised once per subject, as grave as their kind, taken on by one person, over by themselves."""

import re
from pathlib import Path

import pytest

import app
from app.alert_kinds import KINDS
from app.alerts import acknowledge, raise_alert, resolve_alert
from app.errors import Refused, Text
from app.tenancy import tenant_scope


def test_an_alert_stands_once_per_subject_and_is_as_grave_as_its_kind(ana):
    with tenant_scope(ana.id):
        for _ in range(3):
            raise_alert(ana.id, "mail_refused", "uno", Text("el servidor dijo no", "el servidor dijo no"))
        raise_alert(ana.id, "unknown_sri_word", "otro", Text("CASI AUTORIZADO", "CASI AUTORIZADO"))
        raise_alert(ana.id, "of a release to come", "otro", Text("algo", "algo"))
    (refused,) = ana.alerts("mail_refused")
    assert (refused.times, refused.severity) == (3, "warning")
    assert ana.alerts("unknown_sri_word")[0].severity == "critical"
    assert ana.alerts("of a release to come")[0].severity == "warning"


def test_one_person_takes_an_alert_on_while_it_stands(ana):
    with tenant_scope(ana.id):
        raise_alert(ana.id, "undecided", "uno", Text("el SRI no decide", "el SRI no decide"))
    (alert,) = ana.alerts("undecided")
    with tenant_scope(ana.id):
        acknowledge(ana.id, alert.id, by="olga@example.ec")
        with pytest.raises(Refused, match="alguien ya la atiende"):
            acknowledge(ana.id, alert.id, by="pedro@example.ec")
        resolve_alert(ana.id, "undecided", "uno")
    (over,) = ana.alerts("undecided")
    assert over.acknowledged_by == "olga@example.ec"
    assert over.resolved_at is not None


def test_another_taxpayers_alert_cannot_be_taken_on(ana, beto):
    with tenant_scope(ana.id):
        raise_alert(ana.id, "undecided", "suya", Text("el SRI no decide", "el SRI no decide"))
    (alert,) = ana.alerts("undecided")
    with tenant_scope(beto.id), pytest.raises(Refused):
        acknowledge(beto.id, alert.id, by="beto@example.ec")


def test_every_kind_that_the_code_raises_is_in_the_table():
    root = Path(app.__file__).parent
    sources = [*root.rglob("*.py"), *(root.parent / "workers").rglob("*.py")]
    said = "".join(one.read_text(encoding="utf-8") for one in sources)
    raised = set(re.findall(r'(?:raise|keep)_alert\(\s*[\w.]+,\s*"(\w+)"', said))
    assert len(raised) >= 3
    assert raised <= KINDS.keys()
