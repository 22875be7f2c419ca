"""Lengths of time in sentences that are kept: never "1 minutos", and no more exact than a reader needs."""

import pytest

from app.durations import in_words


@pytest.mark.parametrize(
    ("seconds", "es", "en"),
    [
        (0.2, "0 segundos", "0 seconds"),
        (1, "1 segundo", "1 second"),
        (60, "60 segundos", "60 seconds"),
        (119, "119 segundos", "119 seconds"),
        (120, "2 minutos", "2 minutes"),
        (659.6, "11 minutos", "11 minutes"),
        (3_600, "60 minutos", "60 minutes"),
        (7_200, "2 horas", "2 hours"),
        (86_400 * 1.5, "36 horas", "36 hours"),
        (86_400 * 3, "3 días", "3 days"),
    ],
)
def test_a_length_of_time_is_said_in_the_largest_unit_of_which_there_are_two(seconds, es, en):
    assert in_words(seconds) == (es, en)
