"""Making the XML: a caller's JSON, judged by every rule, becomes the unsigned document."""

from admin.bench.figures.step import of_step
from admin.bench.measurement import Goal
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop
from app.documents.reading import read
from app.documents.registry import document_type

_RSA_MS = 0.25
"""What a raw RSA-2048 signature takes where the goal was set."""


def _prepare(workshop: Workshop) -> Work:
    pieces, today = workshop.pieces("018"), workshop.now.date()

    def act(turn: int) -> None:
        draft = read(pieces[turn].raw, "taller", today)
        document_type(draft.doc_type).build_xml(draft.content, workshop.issuer, pieces[turn].identity)

    return Work(act)


BUILD_VALIDATE = of_step(
    "build_validate.ms",
    "JSON to validated XML, 5 lines",
    Step("build and validate", _prepare),
    Goal(0.5, at_least=False, against_of=_RSA_MS),
)
