"""The dated tables say which code held on which day."""

from datetime import date

import pytest

from app.catalogues import iva
from app.catalogues.taxes import known


@pytest.mark.parametrize(
    ("code", "day", "valid"),
    [
        ("2", date(2016, 5, 31), True),
        ("2", date(2016, 6, 1), False),
        ("3", date(2016, 6, 1), True),
        ("3", date(2017, 5, 31), True),
        ("3", date(2017, 6, 1), False),
        ("2", date(2017, 6, 1), True),
        ("2", date(2024, 3, 31), True),
        ("2", date(2024, 4, 1), False),
        ("4", date(2024, 3, 31), False),
        ("4", date(2024, 4, 1), True),
        ("5", date(2024, 4, 1), True),
        ("8", date(2026, 2, 16), True),
        ("0", date(2013, 1, 1), True),
        ("6", date(2026, 1, 1), True),
        ("7", date(2026, 1, 1), True),
    ],
)
def test_a_rate_holds_only_within_its_days(code, day, valid):
    assert iva.find(code).valid_on(day) is valid
    assert (code in iva.codes_on(day)) is valid


def test_on_every_day_exactly_one_general_rate_holds():
    for day in (date(2015, 1, 1), date(2016, 12, 31), date(2020, 1, 1), date(2024, 4, 1), date(2026, 11, 24)):
        assert len({"2", "3", "4"} & set(iva.codes_on(day))) == 1


@pytest.mark.parametrize(
    ("tax", "code", "listed"),
    [
        ("2", "4", True),
        ("2", "9", False),
        ("3", "3031", True),
        ("3", "3680", True),
        ("3", "1", False),
        ("5", "5001", True),
        ("5", "4", False),
    ],
)
def test_each_tax_has_its_own_codes(tax, code, listed):
    assert known(tax, code) is listed
