"""One source of truth: what a model reads is the very facet by which the grammar judges that element."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from agreement import DESIGNS

from app.documents.blocks import Block
from app.documents.facets import Facet
from app.documents.grammar import Group, Leaf, Several, Shape, Tagged
from app.documents.tributary import GIVEN_BY_US

# What a draft does not read although the grammar knows it: the service's own part, and elements that are dead.
DEAD = {tag for design in DESIGNS.values() for tag in design.dead}


def elements(shape: Shape, path: str = "") -> Iterator[tuple[str, Facet]]:
    """Path and facet of every value, lists unwrapped."""
    match shape:
        case Leaf(facet):
            yield path, facet
        case Several(_, each):
            yield from elements(each, path)
        case Tagged(attributes, text):
            for name, facet in [(each.name, each.facet) for each in attributes] + ([text] if text else []):
                yield f"{path}.{name}", facet
        case Group(parts):
            for part in parts:
                if part.tag not in DEAD:
                    yield from elements(part.shape, f"{path}.{part.tag}" if path else part.tag)


def fields(kind: Any, path: str = "", facet: Facet | None = None) -> Iterator[tuple[str, Facet | None]]:
    """Path and facet of every value a model reads, lists and options unwrapped."""
    origin = get_origin(kind)
    if origin is Annotated:
        inner, *marks = get_args(kind)
        yield from fields(inner, path, next((mark for mark in marks if hasattr(mark, "rule")), facet))
    elif origin in (Union, UnionType):
        (inner,) = (each for each in get_args(kind) if each is not NoneType)
        yield from fields(inner, path, facet)
    elif origin is tuple:
        yield from fields(get_args(kind)[0], path, facet)
    elif isinstance(kind, type) and issubclass(kind, Block):
        for name, info in kind.model_fields.items():
            marks = [mark for mark in info.metadata if hasattr(mark, "rule")]
            yield from fields(
                info.annotation, f"{path}.{name}" if path else name, marks[0] if marks else None
            )
    else:
        yield path, facet


def flat(path: str, info: str) -> str:
    return path.removeprefix(f"{info}.").removeprefix("infoTributaria.")


@pytest.mark.parametrize("root", DESIGNS)
def test_every_element_is_read_by_its_own_facet(root):
    design = DESIGNS[root]
    for version in {design.version, max(design.versions)}:
        official = {flat(path, design.info): facet for path, facet in elements(design.versions[version])}
        ours = dict(fields(design.model))
        unread = set(official) - set(ours)
        assert unread <= GIVEN_BY_US
        assert {name: ours[name] for name in official.keys() & ours if name != "codDoc"} == {
            name: official[name] for name in official.keys() & ours if name != "codDoc"
        }


@pytest.mark.parametrize("root", DESIGNS)
def test_a_model_reads_nothing_that_no_version_has(root):
    design = DESIGNS[root]
    known = {flat(path, design.info) for shape in design.versions.values() for path, _ in elements(shape)}
    assert set(dict(fields(design.model))) - known == {"referencia"}
