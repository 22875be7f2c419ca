"""How much a benchmark run does."""

from dataclasses import dataclass, field

from admin.bench.watching import Unwatched, Watch

PER_SECOND = 5
"""Documents a second that the open-loop generator hands in."""
LINES = 5
"""Lines of every document but those made to compare sizes."""
TENANTS = 6
OPEN_LOOP_TENANTS = 5


@dataclass(frozen=True)
class Options:
    """The sizes of one run; the defaults give figures worth comparing."""

    documents: int = 600  # of each batch
    batches: int = 3  # timed ones, after one that warms up
    seconds: int = 40  # of the open loop
    rounds: int = 100  # of the steps timed one by one
    cores: int = 2  # the whole run is held to
    due: int = 100_000  # documents of one sweep
    crowd: int = 5_000_000  # documents among which nothing is due
    watch: Watch = field(default_factory=Unwatched)
