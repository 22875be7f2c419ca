"""Two of the faults of ``make faults``, with fewer invoices; CI runs a third of them beside the suite."""

import pytest

from faults.registry import find
from faults.scale import TENTH
from faults.trial import run

INVOICES = 30
SEED = 7


@pytest.mark.faults
@pytest.mark.timeout(200)
@pytest.mark.parametrize("name", ["F4", "F17i"])
def test_nothing_is_lost_doubled_or_stuck(name: str):
    (fault,) = find([name])
    outcome = run(fault, TENTH, SEED, INVOICES)
    assert outcome.violations == []
