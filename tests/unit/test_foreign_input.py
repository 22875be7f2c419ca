"""A moment of ``make security``: no parser of what strangers write raises anything but its own refusal."""

import pytest
from fuzzing.run import fuzz
from fuzzing.targets import Target, targets

SECONDS = 0.5

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_whatever_comes_is_read_or_refused(target: Target):
    tried, failure = fuzz(target, SECONDS)
    assert tried > 0
    assert failure == ""
