"""Signing: unsigned XML becomes XAdES-BES with the key already open."""

from admin.bench.bench import Bench
from admin.bench.figures.rsa import AGAINST, RSA
from admin.bench.figures.step import of_step
from admin.bench.measurement import Goal, Measurement, Reading
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop
from app.signing import sign


def _prepare(workshop: Workshop) -> Work:
    built = [workshop.build(piece) for piece in workshop.pieces("013")]
    return Work(lambda turn: sign(built[turn], workshop.key, workshop.now))


def _ratio(bench: Bench) -> Reading:
    ratio = bench.timings.ratio(STEP, RSA)
    return Reading(ratio, ratio=ratio)


STEP = Step("sign", _prepare)
SIGN = of_step("sign.ms", "XAdES-BES over 5 lines", STEP)
SIGN_RATIO = Measurement(
    "sign.ratio_rsa",
    "XAdES-BES over 5 lines, key cached",
    "×",
    AGAINST,
    _ratio,
    goal=Goal(2.5, at_least=False),
    steps=(RSA, STEP),
)
