"""Every measurement, in the order it is reported: a new one is a file in ``figures`` and a name here."""

from collections.abc import Sequence

from admin.bench.figures.build import BUILD
from admin.bench.figures.call import CALL_RATIO
from admin.bench.figures.check import CHECK
from admin.bench.figures.database import DATABASE
from admin.bench.figures.delay import P50, P95
from admin.bench.figures.floor import FLOOR_RATIO
from admin.bench.figures.making import BUILD_VALIDATE
from admin.bench.figures.memory import GROWTH, PROCESSES, PSS, RSS
from admin.bench.figures.peak import PEAK
from admin.bench.figures.processor import CPU
from admin.bench.figures.ride import RIDES
from admin.bench.figures.rival_chain import RIVAL_CHAIN
from admin.bench.figures.rival_signer import RIVAL_SIGNER
from admin.bench.figures.rivals import RIVALS
from admin.bench.figures.scaling import SCALE
from admin.bench.figures.sign import SIGN, SIGN_RATIO
from admin.bench.figures.starting import START
from admin.bench.figures.statements import KEYS, QUERIES, WAL
from admin.bench.figures.submit import SUBMIT
from admin.bench.figures.sweep import SWEEPS
from admin.bench.figures.throughput import COLD_DOCS_PER_S, DOCS_PER_S, SUSTAINED_DOCS_PER_S
from admin.bench.figures.validate import VALIDATE
from admin.bench.measurement import Measurement

MEASUREMENTS: tuple[Measurement, ...] = (
    DOCS_PER_S,
    COLD_DOCS_PER_S,
    SUSTAINED_DOCS_PER_S,
    FLOOR_RATIO,
    P50,
    P95,
    VALIDATE,
    BUILD,
    BUILD_VALIDATE,
    SIGN,
    SIGN_RATIO,
    SUBMIT,
    CHECK,
    CALL_RATIO,
    *RIDES,
    *RIVALS,
    RIVAL_SIGNER,
    RIVAL_CHAIN,
    DATABASE,
    *CPU,
    QUERIES,
    WAL,
    KEYS,
    RSS,
    GROWTH,
    PEAK,
    PSS,
    PROCESSES,
    SCALE,
    START,
    *SWEEPS,
)


def chosen(wanted: Sequence[str]) -> tuple[Measurement, ...]:
    """Those whose key, or the part of it before the dot, is among ``wanted``; all of them when it is empty.

    Raises ``LookupError`` naming what there is no measurement for.
    """
    unknown = [word for word in wanted if not any(_answers(one, word) for one in MEASUREMENTS)]
    if unknown:
        known = ", ".join(one.key for one in MEASUREMENTS)
        raise LookupError(f"no measurement is called {', '.join(unknown)}; there are {known}")
    return tuple(one for one in MEASUREMENTS if not wanted or any(_answers(one, word) for word in wanted))


def _answers(one: Measurement, word: str) -> bool:
    return word in (one.key, one.key.partition(".")[0])
