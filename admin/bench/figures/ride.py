"""The RIDE: authorized XML becomes a PDF, by number of lines."""

from admin.bench.figures.step import of_step
from admin.bench.measurement import Measurement
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop
from app.ride import render


def _of(lines: int) -> Measurement:
    def prepare(workshop: Workshop) -> Work:
        pieces = workshop.pieces("016", lines)
        signed = [workshop.sign(piece) for piece in pieces]
        return Work(
            lambda turn: render(signed[turn], number=pieces[turn].access_key, authorized_at=workshop.now)
        )

    return of_step(f"ride.ms_{lines}", f"XML to PDF, {lines} lines", Step(f"ride {lines}", prepare))


RIDES = (_of(1), _of(5), _of(50))
