"""What a run came to is read by everybody in their own language, whatever the engine says of it."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cast import Taxpayer
from console_cast import Browser, a_run, words

import app
import workers
from admin.console import run_words
from app.lifecycle import State
from app.run_results import Result, recognise

FACTS = {"state": "signed", "seconds": "12", "why": "timeout", "said": "550 no such user"}
LONG_AGO = dict.fromkeys(("started_at", "finished_at"), datetime.now(UTC) - timedelta(hours=1))
"""What happens to its document meanwhile tells of a run already."""
READ = {
    Result.LEFT: ("lo toma el barrido de su contribuyente", "its taxpayer's sweep takes it"),
    Result.MOVED.format(**FACTS): ("Pasó a: Firmado", "Moved to: Signed"),
    Result.AGAIN.format(**FACTS): (
        "Otra vez en 12 s: el SRI no respondió a tiempo",
        "Again in 12 s: the SRI did not answer in time",
    ),
    Result.AGAIN.format(seconds="60", why="451 vuelva luego"): ("451 vuelva luego", "451 vuelva luego"),
    Result.HELD.format(why=Result.PAUSED): ("No se intentó: está en pausa", "Not tried: it is paused"),
    Result.HELD.format(why=Result.NO_MAIL): ("el correo no está configurado", "mail is not set up"),
    Result.HELD.format(why=Result.PROBED): ("una llamada a la vez", "one call at a time"),
    Result.BOUNCED.format(**FACTS): (
        "El correo del comprador lo rechazó: 550 no such user",
        "The buyer's mail refused it: 550 no such user",
    ),
    Result.PARKED.format(why="llegó la hora indicada"): (
        "Espera a una persona: llegó la hora indicada",
        "Waits for a person: the time that was set has come",
    ),
}


@pytest.mark.parametrize("result", Result)
def test_every_result_is_recognised_whatever_stands_in_it(result):
    known = recognise(result.format(**FACTS))
    assert known
    assert known[0] is result and known[1].items() <= FACTS.items()


@pytest.mark.parametrize("kept", READ)
def test_the_page_of_jobs_and_the_document_say_it_to_everybody(viewer_of, ana: Taxpayer, kept):
    document = ana.document(State.DRAFT)
    a_run(ana.id, document.id, state="succeeded", outcome=kept, error_class=None, error=None, **LONG_AGO)
    assert _unsaid(viewer_of(ana), document.id, READ[kept]) == []


def test_that_a_process_died_is_said_to_everybody(viewer_of, ana: Taxpayer):
    document = ana.document(State.DRAFT)
    a_run(ana.id, document.id, state="abandoned", error=Result.DIED, error_class=None, **LONG_AGO)
    said = ("El proceso cayó mientras trabajaba", "The process died while it worked")
    assert _unsaid(viewer_of(ana), document.id, said) == []


def test_what_became_of_a_sweep_is_said_to_everybody(viewer_of, ana: Taxpayer):
    told = {"outcome": Result.UNDER_WAY}
    values = {"actor": "sign_tenant_drafts", "state": "succeeded", "error_class": None, "error": None}
    a_run(ana.id, summary=told, outcome=Result.UNDER_WAY, traceback=None, **values)
    reader = viewer_of(ana)
    for language, said in (("es", "Ya estaba en marcha"), ("en", "It was under way already")):
        assert said in _read(reader, "/runs/?actor=sign_tenant_drafts", language)


def test_what_is_none_of_ours_is_shown_as_it_is():
    assert run_words.outcome("OSError: x") == "OSError: x"
    assert run_words.outcome(None) == "—"


def test_no_step_says_what_has_no_words():
    """A result written in place would be English for everybody."""
    found = []
    for package in (app, workers):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (
                    isinstance(call, ast.Call)
                    and getattr(call.func, "id", "") in ("Held", "Done")
                    and call.args
                ):
                    written = call.args[0]
                    found += [path.name] if isinstance(written, ast.Constant | ast.JoinedStr) else []
    assert found == []


def _unsaid(reader: Browser, document_id: int, said: tuple[str, str]) -> list[tuple[str, str]]:
    """The pages, each with the language, that do not say it."""
    return [
        (page, language)
        for language, expected in zip(("es", "en"), said, strict=True)
        for page in ("/runs/", f"/documents/{document_id}/?show=job")
        if expected not in _read(reader, page, language)
    ]


def _read(reader: Browser, page: str, language: str) -> str:
    answer = reader.get(page, headers={"Accept-Language": language}).get_data(as_text=True)
    return words(answer).replace("&#39;", "'")
