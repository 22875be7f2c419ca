"""What is kept with a row in Spanish is read in English, and what a person wrote as they wrote it."""

import re

import pytest

from app import sentences
from app.errors import Text
from app.store.base import database

NAMES = sorted(sentences._TEMPLATES)
ODD = ("7", "001-002-000000009", "2026-01-02", "a: b, «c» y {d}\nla segunda línea", "compras+1@cliente.ec")


def holes(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shift", range(len(ODD)))
def test_every_sentence_is_recognised_whatever_stands_in_it(name, shift):
    template = sentences._TEMPLATES[name]
    facts = {hole: ODD[(place + shift) % len(ODD)] for place, hole in enumerate(sorted(holes(template.es)))}
    if name == "failed":
        facts["times"] = "5"
    said = sentences.said(name, **facts)
    assert sentences.read(said.es) == said


@pytest.mark.parametrize("name", NAMES)
def test_what_english_names_spanish_keeps(name):
    template = sentences._TEMPLATES[name]
    assert holes(template.en) <= holes(template.es)


@pytest.mark.parametrize("name", NAMES)
def test_a_cause_without_what_only_one_occurrence_says_is_read_too(services, name):
    template = sentences._TEMPLATES[name]
    facts = {hole: ODD[place % 3] for place, hole in enumerate(sorted(holes(template.es)))}
    with services.database.connection_context():
        spoken = database.execute_sql("select cause_of('x', %s)", (template.es.format(**facts),))
        [cause] = spoken.fetchone()
    kept = cause.partition(" ")[2] if cause.startswith("x ") else cause
    found = sentences.read_cause(kept)
    assert (found.es, found.en != found.es) == (kept, True)


@pytest.mark.parametrize(
    "words", ["", "el cliente pidió esperar", "falló dos veces", "timeout: read", "crashed", "llegó la hora"]
)
def test_what_a_person_or_a_server_wrote_stays_as_it_is(words):
    assert sentences.read(words) == Text(words, words)
