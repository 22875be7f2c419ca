"""Checking: the client's side of autorizacionComprobante with the whole document coming back."""

from admin.bench.figures.step import of_step
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop


def _prepare(workshop: Workshop) -> Work:
    pieces = workshop.pieces("015")
    client = workshop.sri(pieces[0])
    for piece in pieces:
        client.submit(workshop.sign(piece))
    return Work(lambda turn: client.query(pieces[turn].access_key))


CHECK = of_step("check.ms", "SOAP call that asks for the verdict, client side", Step("check", _prepare))
