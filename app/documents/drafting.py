"""A draft of any type: every check passed, every amount written out, ready to be numbered and built."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from app.documents.amounts import cents
from app.documents.base import Draft
from app.documents.design import C, Design
from app.documents.grammar import MISSING, STRUCTURE, missing
from app.documents.intake import UNKNOWN_NAME, load
from app.documents.sums import DIFFERENCES
from app.documents.tributary import GIVEN_BY_US
from app.errors import Invalid, Problem, Text

NOT_SAID = {"referencia", "codDoc"}


def draft(design: Design[C], values: Mapping[str, Any], on: date, known: list[Problem]) -> Draft:
    """The draft of ``values`` (flat, SRI names) dated ``on``; ``known`` is what a reader already found wrong.

    Raises ``Invalid`` with all of ``known`` and everything else that is wrong.
    """
    content, problems, whole = _judged(design, values, on, known)
    if problems or whole is None:
        raise Invalid(tuple(problems))
    return Draft(
        doc_type=design.code,
        establishment=content.estab or "",
        emission_point=content.ptoEmi or "",
        buyer_id=content.identificacionComprador or "",
        buyer_name=content.razonSocialComprador or "",
        total=cents(getattr(whole, design.total)),
        content={"codDoc": design.code} | {k: v for k, v in whole.written().items() if k not in NOT_SAID},
        reference=content.referencia,
        warnings=tuple(problem for warning in design.warnings for problem in warning(whole, on)),
        modified=design.modified(whole),
    )


def _judged(
    design: Design[C], values: Mapping[str, Any], on: date, known: list[Problem]
) -> tuple[C, list[Problem], C | None]:
    """The content as given, all that is wrong with it, and the content complete when its lines can be read."""
    loaded = load(design.model, {k: v for k, v in values.items() if v is not None}, design.sections)
    content, reported = loaded.content, {problem.field for problem in known}
    problems = known + [_explained(design, p) for p in loaded.problems if p.field not in reported]
    sums: list[Problem] = []
    whole = design.complete(content, sums) if getattr(content, design.lines, None) else None
    reported = {problem.field for problem in problems + sums}
    found = sums + [p for p in _broken(design, content, whole, on) if not _echoes(p, reported)]
    if design.added & loaded.lost:  # a sum that lacks one of its parts says nothing
        about = {design.path(design.total), design.path("pagos")}
        found = [p for p in found if p.code != DIFFERENCES or p.field not in about]
    return content, problems + found, whole


def _broken(design: Design[C], content: C, whole: C | None, on: date) -> list[Problem]:
    """Every name that is missing and every rule that is broken."""
    absent = []
    for name in design.required:
        if getattr(content, name) in (None, ()):
            problem = missing(design.path(name))
            # What only the ficha asks for the XSD, and so code 35, does not know.
            absent.append(replace(problem, code="") if name in design.asked_by_ficha else problem)
    return absent + [problem for rule in design.rules for problem in rule(whole or content, on)]


def _echoes(problem: Problem, reported: set[str]) -> bool:
    """A field that was refused is gone from the model; that it is then missing is no news."""
    inside = (f"{problem.field}[", f"{problem.field}.")
    return problem.rule == MISSING and any(
        field == problem.field or field.startswith(inside) for field in reported
    )


def _explained(design: Design[C], problem: Problem) -> Problem:
    if problem.rule != UNKNOWN_NAME:
        return problem
    name = problem.field.rpartition(".")[2]
    if name in design.dead:
        return Problem(problem.field, design.dead[name], Text("Quítelo", "Remove it"))
    if name in GIVEN_BY_US:
        rule = Text(
            "no se recibe: lo pone el servicio al firmar", "is not accepted: the service sets it when signing"
        )
        return Problem(problem.field, rule, Text("Quítelo", "Remove it"), STRUCTURE)
    return problem
