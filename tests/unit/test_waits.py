"""How long the simulator takes: fixed, from a range, or with the long tail of a real service."""

from statistics import median, quantiles

import pytest

from app.errors import Misconfigured
from app.sri.simulator import Between, Lognormal, read_wait
from app.sri.simulator.waits import draw


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("0", 0.0),
        ("0.2", 0.2),
        (" 3 ", 3.0),
        ("0.1-1.5", Between(0.1, 1.5)),
        ("2-2", Between(2, 2)),
        ("lognormal:0.3,0.8", Lognormal(0.3, 0.8)),
        ("lognormal:1,1", Lognormal(1, 1)),
    ],
)
def test_a_wait_is_written_in_three_forms(text, wait):
    assert read_wait(text) == wait


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "-1", "1-", "-", "2-1", "1-2-3", "nan", "inf", "lognormal:0.3", "lognormal:0.8,0.3"),
        *("lognormal:0,1", "normal:0.3,0.8", "lognormal:1,2,3", "lognormal:a,b"),
    ],
)
def test_anything_else_is_refused_with_the_three_forms(text):
    with pytest.raises(Misconfigured, match=r"seconds \(0.2\), a range \(0.1-1.5\) or lognormal"):
        read_wait(text)


def test_a_fixed_wait_is_always_the_same():
    assert {draw(0.2) for _ in range(9)} == {0.2}


def test_a_range_is_used_evenly_and_whole():
    drawn = [draw(Between(1, 3)) for _ in range(4000)]
    assert 1 <= min(drawn) < 1.05 < 2.95 < max(drawn) <= 3
    assert 1.9 < median(drawn) < 2.1


def test_half_of_a_lognormals_waits_are_below_its_median_and_one_in_twenty_above_its_p95():
    drawn = [draw(Lognormal(0.3, 0.8)) for _ in range(20_000)]
    assert 0.28 < median(drawn) < 0.32
    assert 0.73 < quantiles(drawn, n=20)[-1] < 0.87
