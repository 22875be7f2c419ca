"""Reading a caller's values into a typed model without stopping at the first thing that is wrong."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.documents.grammar import STRUCTURE, empty, missing
from app.errors import Problem, Text

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[int | str, ...]

UNKNOWN_NAME = Text("es un nombre desconocido", "is an unknown name")


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """What could be read, what was refused, and the top-level names that are ``lost`` to a refusal."""

    content: Model
    problems: list[Problem]
    lost: frozenset[str]


def load(model: type[Model], values: Mapping[str, Any], sections: Mapping[str, str]) -> Loaded[Model]:
    """Fill ``model``, whose own fields must all be optional, and list every value it refuses.

    A refused text deep inside is replaced and any other refused value takes its whole top-level field away,
    so that the rules can still be tried on the rest. ``sections`` says where the SRI keeps a flat name.
    """
    try:
        return Loaded(model.model_validate(values), [], frozenset())
    except ValidationError as error:
        details = _without_echoes(error.errors(include_url=False))
    rest = copy.deepcopy(dict(values))
    for detail in details:
        _take_away(rest, detail)
    problems = [_problem(detail, sections) for detail in details]
    return Loaded(model.model_validate(rest), problems, frozenset(values) - frozenset(rest))


def _without_echoes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """pydantic calls a list too short when its elements were refused; those refusals are enough."""
    within = {detail["loc"][:end] for detail in details for end in range(len(detail["loc"]))}
    return [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in within]


def path_of(location: Location, sections: Mapping[str, str]) -> str:
    """The SRI's path of a place in our JSON: ("detalles", 1, "descripcion") is detalles[2].descripcion."""
    names = [f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in location]
    section = sections.get(str(location[0])) if location else None
    return f"{section}{''.join(names)}" if section else "".join(names).lstrip(".")


def _take_away(values: dict[str, Any], detail: ErrorDetails) -> None:
    location = detail["loc"]
    if not location:
        values.clear()
        return
    parent: Any = values
    for step in location[:-1]:
        try:
            parent = parent[step]
        except (KeyError, IndexError, TypeError):
            return  # an earlier error already took the field away
    kind = detail["type"]
    if len(location) > 1 and kind == "extra_forbidden":
        parent.pop(location[-1], None)
    elif len(location) > 1 and kind == "facet" and detail["ctx"]["free_text"]:
        parent[location[-1]] = "x"
    else:
        values.pop(str(location[0]), None)


def _problem(detail: ErrorDetails, sections: Mapping[str, str]) -> Problem:
    field = path_of(detail["loc"], sections) or "JSON"
    context = detail.get("ctx", {})
    match detail["type"]:
        case "facet":
            return Problem(field, context["rule"], context["fix"], STRUCTURE)
        case "missing":
            return missing(field)
        case "extra_forbidden":
            return Problem(
                field, UNKNOWN_NAME, Text("Quítelo o corríjalo", "Remove it or mend it"), STRUCTURE
            )
        case "too_short":
            return empty(field)
        case "too_long":
            most = context["max_length"]
            rule = Text(f"admite {most} elementos", f"allows {most} elements")
            return Problem(field, rule, Text("Quite los que sobran", "Remove the excess ones"), STRUCTURE)
        case "literal_error":
            rule = Text("tiene un valor no admitido", "has a value that is not allowed")
            expected = context["expected"]
            return Problem(field, rule, Text(f"Use {expected}", f"Use {expected}"), STRUCTURE)
        case _:
            rule = Text("no tiene la estructura esperada", "does not have the expected structure")
            fix = Text(
                "Use una lista o un objeto, según la guía", "Use a list or an object, as the guide says"
            )
            return Problem(field, rule, fix, STRUCTURE)
