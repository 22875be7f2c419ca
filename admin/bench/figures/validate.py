"""Validating: a caller's JSON becomes a draft, with every rule tried and every total computed."""

from admin.bench.figures.step import of_step
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop
from app.documents.reading import read


def _prepare(workshop: Workshop) -> Work:
    pieces, today = workshop.pieces("011"), workshop.now.date()
    return Work(lambda turn: read(pieces[turn].raw, "taller", today))


VALIDATE = of_step("validate.ms", "JSON to draft, 5 lines", Step("validate", _prepare))
