"""A document's life in one thread, twice: bare, and with all that a worker does around each step."""

from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop
from app.lifecycle import State
from app.ride import render
from app.storage import ride_path


def _bare(workshop: Workshop) -> Work:
    pieces, storage = workshop.pieces("021"), workshop.services.storage
    client = workshop.sri(pieces[0])

    def act(turn: int) -> None:
        piece = pieces[turn]
        signed = workshop.sign(piece)
        client.submit(signed)
        client.query(piece.access_key)
        ride = render(signed, number=piece.access_key, authorized_at=workshop.now)
        storage.put(ride_path(0, piece.access_key, workshop.now.date()), ride.pdf)

    return Work(act)


def _to_sri(workshop: Workshop) -> Work:
    lives = workshop.lives
    return Work(lambda turn: lives.live(turn, State.DRAFT, State.SIGNED))


def _to_ride(workshop: Workshop) -> Work:
    lives = workshop.lives
    return Work(
        lambda turn: lives.live(turn, State.PENDING_AUTHORIZATION, State.AUTHORIZED), before=lives.hasten
    )


BARE = Step("bare life", _bare)
"""Build, sign, submit, query, render, store the PDF: nothing else."""
TO_SRI = Step("life to the SRI", _to_sri)
"""Sign and submit, as the worker does them."""
TO_RIDE = Step("life to the RIDE", _to_ride)
"""Check and RIDE of the document that ``TO_SRI`` has submitted in the same round."""
