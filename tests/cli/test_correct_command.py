"""Correcting and lifting halts from the command line: what a person types, and what the tables say afterwards."""

import json

import pytest
from cast import Taxpayer
from documents_cast import invoice
from shell import autoriza

from app.lifecycle import State
from app.store.documents import Document


@pytest.fixture(autouse=True)
def _installation(services):
    """Every test here works on this module's installation."""


def refused(simulator, ana: Taxpayer, code: str, stage: str, state: State) -> Document:
    simulator.script([{"ruc": ana.ruc, "code": code, "stage": stage, "times": 1, "detail": "dice el SRI"}])
    return ana.document(state)


def file(tmp_path, **changes: object) -> str:
    path = tmp_path / "corregida.json"
    path.write_text(json.dumps(invoice(**changes)))
    return str(path)


def correct(settings, *arguments: str):
    return autoriza(settings, "document", "correct", *arguments)


def test_a_returned_document_is_corrected_with_a_file_and_shown_with_both_versions(
    settings, ana: Taxpayer, simulator, tmp_path
):
    before = refused(simulator, ana, "35", "recepcion", State.RETURNED)
    content = file(tmp_path, razonSocialComprador="Eva")
    reason = ["--reason", "mal el nombre"]
    done = correct(settings, before.number, "--ruc", ana.ruc, "--file", content, *reason, "--json")
    assert json.loads(done.stdout) == {"id": before.id, "kept": "key", "warnings": []}
    after = ana.bring(before.id, State.AUTHORIZED)
    assert (after.access_key, after.buyer_name) == (before.access_key, "Eva")
    shown = json.loads(autoriza(settings, "document", "show", str(before.id), "--json").stdout)
    assert [(one["version"], one["by"], one["reason"]) for one in shown["emissions"]] == [
        (1, "autoriza", "first emission"),
        (2, "command line", "mal el nombre"),
    ]
    said = autoriza(settings, "document", "show", str(before.id)).stdout
    assert "versions" in said and "mal el nombre" in said


def test_what_is_refused_is_said_and_nothing_changes(settings, ana: Taxpayer, simulator, tmp_path):
    before = refused(simulator, ana, "46", "autorizacion", State.REJECTED)
    wrong = correct(settings, str(before.id), "--file", file(tmp_path, estab="009"), "--reason", "x")
    assert (wrong.returncode, "infoTributaria.estab" in wrong.stderr) == (2, True)
    number = correct(settings, str(before.id), "--new-number", "--reason", "x")
    assert (number.returncode, "después del código 45" in number.stderr) == (1, True)
    silent = correct(settings, str(before.id))
    assert (silent.returncode, "--reason" in silent.stderr) == (2, True)
    assert ana.read(before.id).__data__ == before.__data__


def test_after_45_a_new_number_is_taken_and_the_xml_of_the_last_version_comes_out(
    settings, ana: Taxpayer, simulator
):
    before = refused(simulator, ana, "45", "recepcion", State.RETURNED)
    done = correct(settings, str(before.id), "--new-number", "--reason", "usado en otro sistema")
    assert "new number and key" in done.stdout
    after = ana.bring(before.id, State.AUTHORIZED)
    assert after.number != before.number
    xml = autoriza(settings, "document", "xml", str(before.id)).stdout
    assert after.access_key in xml and before.access_key not in xml


@pytest.mark.parametrize(
    ("code", "where", "option"), [("2", "all", []), ("10", "001", ["--establishment", "001"])]
)
def test_a_halt_is_listed_with_its_reason_and_lifted(settings, ana: Taxpayer, simulator, code, where, option):
    refused(simulator, ana, code, "autorizacion", State.REJECTED)
    [halt] = json.loads(autoriza(settings, "tenant", "halts", "--ruc", ana.ruc, "--json").stdout)
    assert (halt["ruc"], halt["establishment"], halt["code"], halt["reason"], halt["by"]) == (
        ana.ruc,
        where,
        code,
        "dice el SRI",
        "SRI",
    )
    lift = ["tenant", "lift", "--ruc", ana.ruc, *option]
    assert autoriza(settings, *lift, "--reason", "ya se arregló").stdout == "1 lifted\n"
    assert json.loads(autoriza(settings, "tenant", "halts", "--ruc", ana.ruc, "--json").stdout) == []
    again = autoriza(settings, *lift, "--reason", "otra vez")
    assert (again.returncode, "ninguna suspensión" in again.stderr) == (1, True)
