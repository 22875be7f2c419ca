"""Every word on the pages comes from one place, and every word there is used."""

import re
from pathlib import Path
from string import Formatter

import pytest

import admin.console
from admin.console import engine, texts
from admin.console.cron_words import in_words
from admin.console.texts import LANGUAGES, es
from admin.console.texts.es import TEXTS
from admin.console.texts.merging import merged
from app import causes, sri
from app.lifecycle import Event, State
from app.permissions import Permission
from app.run_results import Result

HERE = Path(admin.console.__file__).parent
SOURCES = [*HERE.rglob("*.html"), *(one for one in HERE.rglob("*.py") if "texts" not in one.parts)]
MADE_UP = re.compile(
    r"^(state|event|run|tick|summary|actor|operation|outcome|said|result|action|delivery|delivered|environment|type"
    r"|role|permission|severity|certified|kept|machine\.queue|pause\.stage|stage|fault|asked|order|shows|sort|who|trail|fact|notice|limit|halt|snooze|sign|circuit|service|process|bulk\.(action|stage|outcome|item|because)|exports\.(stage|why|layout)|trends|attention)\."
)
"""Words of closed sets, looked up by a value from a row."""


def used() -> set[str]:
    keys = set()
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        keys |= set(re.findall(r"""\b(?:t|later|both|marked)\(\s*f?["']([a-z_.0-9]+)["']""", text))
        keys |= set(re.findall(r"""["']((?:schedule|start)\.[a-z_.0-9]+)["']""", text))
        keys |= TEXTS.keys() & set(re.findall(r"""["']([a-z_]+\.[a-z_.0-9]+)["']""", text))
        for stem in re.findall(r"""count_of\(["']([a-z_.]+)["']""", text):
            keys |= {f"{stem}.one", f"{stem}.many"}
    return keys


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_text_a_page_asks_for_is_written():
    missing = {key for key in used() if not key.endswith(".") and key not in TEXTS}
    assert missing == set()


def test_a_text_takes_no_time_as_words_since_its_markup_would_be_read():
    told = re.compile(r"(?<![a-z_])(?:t|count_of)\([^{}]*\|\s*(?:moment|ago)\b")
    pages = {page.name: told.findall(page.read_text(encoding="utf-8")) for page in HERE.rglob("*.html")}
    assert {name: found for name, found in pages.items() if found} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_result_of_a_run_has_its_words(language):
    """Each says what differs in it, and nothing else."""
    said = {
        name.removeprefix("said."): text for name, text in LANGUAGES[language].items() if name[:5] == "said."
    }
    assert {name: placeholders(text) for name, text in said.items()} == {
        result.name.lower(): placeholders(result) for result in Result
    }


@pytest.mark.parametrize(("language", "kind"), [("es", "Programa"), ("en", "Schedule")])
def test_jobs_and_schedules_call_a_schedule_the_same(language, kind):
    words = LANGUAGES[language]
    names = [one.name for one in engine.programmes()]
    called = {name: words.get(f"schedule.{name}", "") for name in names}
    shown = {name: f"{kind}: {said[:1].lower()}{said[1:]}" for name, said in called.items()}
    assert {name: words.get(f"actor.{name}") for name in names} == shown


def test_every_language_says_everything_the_others_say():
    for language, texts_of in LANGUAGES.items():
        missing = sorted(TEXTS.keys() - texts_of.keys())
        extra = sorted(texts_of.keys() - TEXTS.keys())
        assert (missing, extra) == ([], []), (
            f"texts/{language}/ lacks the first and has too much of the second"
        )
        for key, text in texts_of.items():
            assert placeholders(text) == placeholders(TEXTS[key]), f"{language}: {key}"


def test_a_key_written_in_two_files_of_a_language_is_a_mistake():
    with pytest.raises(ValueError, match="skip"):
        merged(es.shell, es.shell)


def test_no_text_is_written_for_nobody():
    stems = tuple(key for key in used() if key.endswith("."))
    asked = used()
    families = ("failure.", "follow.done.", "next.", "schedule.", "document.no_reason.")
    unused = {
        key
        for key in TEXTS
        if key not in asked and not key.startswith((*stems, *families)) and not MADE_UP.match(key)
    }
    assert unused == set()


def test_every_state_and_event_has_its_word():
    for state in State:
        assert texts.has(f"state.{state}")
        assert texts.has(f"document.no_reason.{state}")
    for event in Event:
        assert texts.has(f"event.{event}")


def test_every_schedule_has_a_name_and_says_what_it_does(app):
    for programme in engine.programmes():
        assert texts.has(f"schedule.{programme.name}")
        assert texts.has(f"schedule.{programme.name}.what")


def test_every_way_the_sri_can_be_silent_has_its_sentence():
    sources = "".join(one.read_text(encoding="utf-8") for one in Path(sri.__file__).parent.glob("*.py"))
    kinds = set(re.findall(r'unusable\(\s*"(\w+)"', sources)) | set(
        re.findall(r'return "(\w+)", (?:True|False)', sources)
    )
    assert len(kinds) >= 12
    assert kinds - causes.OWN.keys() == set(), "app/causes.py does not say what these mean and whose they are"


@pytest.mark.parametrize(
    ("cron", "spanish", "english"),
    [
        ("*/10 * * * * *", "Cada 10 segundos", "Every 10 seconds"),
        ("0 */5 * * * *", "Cada 5 minutos", "Every 5 minutes"),
        ("0 0 6 * * *", "A las 06:00", "At 06:00"),
        ("0 6 * * 1", "A las 06:00, sólo el lunes", "At 06:00, only on Monday"),
        ("0 0 6 * 3 *", "A las 06:00, sólo en marzo", "At 06:00, only in March"),
    ],
)
def test_schedules_are_said_in_the_readers_language(app, cron, spanish, english):
    for language, said in (("es", spanish), ("en", english)):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert in_words(cron) == said


def test_every_permission_has_a_name_in_both_languages():
    for language in texts.LANGUAGES.values():
        assert {f"permission.{one}" for one in Permission} <= language.keys()
