"""Signing: unsigned XML becomes XAdES-BES with the key already open."""

from admin.bench.figures.step import of_step
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop
from app.signing import sign


def _prepare(workshop: Workshop) -> Work:
    built = [workshop.build(piece) for piece in workshop.pieces("013")]
    return Work(lambda turn: sign(built[turn], workshop.key, workshop.now))


SIGN = of_step("sign.ms", "XAdES-BES over 5 lines", Step("sign", _prepare))
