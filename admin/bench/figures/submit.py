"""Submitting: the client's side of validarComprobante with a signed document of about 9 KB."""

from admin.bench.figures.step import of_step
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop


def _prepare(workshop: Workshop) -> Work:
    pieces = workshop.pieces("014")
    signed = [workshop.sign(piece) for piece in pieces]
    client = workshop.sri(pieces[0])
    return Work(lambda turn: client.submit(signed[turn]))


STEP = Step("submit", _prepare)
SUBMIT = of_step("submit.ms", "SOAP call that submits, client side", STEP)
