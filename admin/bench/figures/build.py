"""Building: a draft with its number becomes the unsigned XML."""

from admin.bench.figures.step import of_step
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop


def _prepare(workshop: Workshop) -> Work:
    pieces = workshop.pieces("012")
    return Work(lambda turn: workshop.build(pieces[turn]))


BUILD = of_step("build.ms", "draft to unsigned XML, 5 lines", Step("build", _prepare))
