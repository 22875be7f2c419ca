"""The catalogue of the SRI's codes holds the whole table of the ficha, for people of both languages."""

import re

import pytest

from app.sri.codes import CATALOGUE, HALTING, Actor, Follow, Stage, describe

STAGE_OF = {"R": "R", "A": "A", "E": "E", "warning": "W", "consulta": "Q"}
FOLLOWS = {
    Follow.POLL: {"43", "70"},
    Follow.RESEND: {"50"},
    Follow.NEW_KEY: {"65"},
    Follow.NEW_NUMBER: {"45"},
    Follow.HALT_TENANT: {"2", "27", "37", "57", "63"},
    Follow.HALT_ESTABLISHMENT: {"10", "56"},
}


@pytest.fixture
def table(shared) -> dict[str, set[str]]:
    """Every code of rules 7.3 with its stages in our letters."""
    rules = (shared / "sri" / "rules.md").read_text(encoding="utf-8")
    rows = rules.partition("### 7.3")[2].partition("\n## ")[0].splitlines()
    found: dict[str, set[str]] = {}
    for codes, _, stages, *_ in (row.strip("| ").split(" | ") for row in rows if re.match(r"\| \**\d", row)):
        for code in re.findall(r"\d+", codes):
            found[code] = {STAGE_OF[stage] for stage in stages.split("/")}
    return found


def test_every_code_of_the_table_is_in_the_catalogue_and_no_other(table):
    assert len(table) == 37
    assert set(CATALOGUE) == set(table)


def test_every_code_is_raised_where_the_table_says(table):
    also_a_question = {"80": {Stage.QUERY}}  # the table's own text: "(in the query)"
    for code, stages in table.items():
        assert CATALOGUE[code].stages == {*map(Stage, stages)} | also_a_question.get(code, set()), code


@pytest.mark.parametrize("code", sorted(CATALOGUE, key=int))
def test_every_code_says_what_it_means_and_what_to_do_in_both_languages(code):
    row = CATALOGUE[code]
    sentences = (*row.meaning, *row.remedy)
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in sentences)
    assert len(set(sentences)) == 4
    assert row.text == row.text.upper()
    assert (row.actor is Actor.NOBODY) == (row.follow in (Follow.POLL, Follow.RESEND, Follow.SHOW))


@pytest.mark.parametrize("follow", FOLLOWS)
def test_what_follows_automatically_follows_these_codes_only(follow):
    assert {code for code, row in CATALOGUE.items() if row.follow is follow} == FOLLOWS[follow]


def test_the_halting_codes_are_the_seven():
    assert {"2", "10", "27", "37", "56", "57", "63"} == HALTING


def test_a_code_outside_the_catalogue_is_left_to_a_person():
    unknown = describe("871")
    assert (unknown.code, unknown.actor, unknown.follow, unknown.stages) == (
        "871",
        Actor.OPERATOR,
        Follow.PERSON,
        frozenset(),
    )
