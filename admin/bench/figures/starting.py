"""Starting: how soon after ``autoriza up`` documents are taken."""

import statistics

from admin.bench.bench import Bench
from admin.bench.measurement import Goal, Measurement, Reading


def _take(bench: Bench) -> Reading:
    spent = bench.starting
    return Reading(statistics.median(spent), spread=(min(spent), max(spent)))


START = Measurement(
    "api_start_s",
    "from autoriza up on an existing data folder to the first document it takes from a program that runs already",
    "s",
    None,
    _take,
    goal=Goal(3, at_least=False),
)
