"""The 49 digits: built, checked and taken apart."""

from datetime import date

import pytest

from app import access_key
from app.errors import Invalid
from app.sri.gateway import Environment

FICHA = "0503201201176001321000110010030009900641234567814"
VALID = [
    FICHA,
    "0211202401050306179800120010020000000677300995216",
    "0603201304176001321000110015010000000461234567817",
    "1811202301179001691900120721260002540020711013510",  # módulo 11 gives 11
    "2312202207080210902500120020010000000039846951111",  # módulo 11 gives 10
]
MISPRINTED = [
    "0403201301176815353000110015010000000081234567816",
    "2111202401176001321000110010010000011171234567810",
]


@pytest.mark.parametrize("key", VALID)
def test_a_real_key_is_valid_and_is_rebuilt_from_its_parts(key):
    assert access_key.is_valid(key)
    assert str(access_key.parse(key)) == key


@pytest.mark.parametrize("key", [*MISPRINTED, FICHA[:-1], FICHA + "0", "x" + FICHA[1:], "", "٣" * 49])
def test_a_key_misprinted_cut_or_with_other_characters_is_not_valid(key):
    assert not access_key.is_valid(key)


def test_the_example_of_the_ficha_has_check_digit_six():
    assert access_key.check_digit("41261533") == "6"


def test_any_single_wrong_digit_is_noticed():
    for place, digit in enumerate(FICHA[:-1]):
        wrong = FICHA[:place] + str((int(digit) + 1) % 10) + FICHA[place + 1 :]
        assert not access_key.is_valid(wrong)


def test_a_new_key_carries_every_part_in_its_place():
    key = access_key.build(
        date(2012, 3, 5), "01", "1760013210001", Environment.PRUEBAS, "001", "003", 990064, 12345678
    )
    assert key == FICHA
    parts = access_key.parse(key)
    assert parts.issue_date == date(2012, 3, 5)
    assert parts.number == "001-003-000990064"
    assert parts.environment is Environment.PRUEBAS


def test_a_part_of_the_wrong_width_makes_no_key():
    with pytest.raises(ValueError, match="48 digits"):
        access_key.build(date(2026, 1, 1), "01", "123", Environment.PRUEBAS, "001", "001", 1, 1)


@pytest.mark.parametrize("day", ["31022024", "00012024"])
def test_a_key_of_a_day_that_does_not_exist_is_refused_with_the_code_of_the_sri(day):
    body = day + FICHA[8:48]
    with pytest.raises(Invalid) as refusal:
        access_key.parse(body + access_key.check_digit(body))
    assert refusal.value.problems[0].code == "80"
