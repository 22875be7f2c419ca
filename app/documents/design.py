"""What is a comprobante type's own; everything the types share works from such a design."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from app.documents.base import Modified
from app.documents.blocks import Content
from app.documents.grammar import Group
from app.errors import Problem, Text

if TYPE_CHECKING:
    from app.ride.layout import Printed
    from app.ride.reading import Source

C = TypeVar("C", bound=Content)
Rule = Callable[[C, date], Iterator[Problem]]


@dataclass(frozen=True)
class Design(Generic[C]):
    """One type.

    ``complete`` fills in every amount and reports those that disagree; ``rules`` refuse, ``warnings`` tell.
    ``sri_rules`` are those the SRI itself applies to a finished document. ``dead`` elements are read in old
    documents and refused in new ones, for the reason given; with one of ``beyond_sums`` a document is not reckoned.
    """

    code: str  # ficha tabla 3
    name: str  # the SRI's word, our spelling
    root: str
    info: str  # tag of its own head: infoFactura, infoNotaCredito
    versions: Mapping[str, Group]
    emitted: Callable[[Mapping[str, Any]], str]  # the version a content is written in
    model: type[C]
    total: str  # what the buyer pays or is given back
    added: frozenset[str]  # fields the total is made of beside the lines
    required: tuple[str, ...]
    complete: Callable[[C, list[Problem]], C]
    rules: tuple[Rule[C], ...]
    warnings: tuple[Rule[C], ...]
    sri_rules: tuple[Rule[C], ...]
    ride: "Callable[[Source], Printed]"
    lines: str = "detalles"  # what its sums are made of; without them nothing is reckoned
    asked_by_ficha: frozenset[str] = frozenset()  # required, although no schema asks
    dead: Mapping[str, Text] = field(default_factory=dict)
    beyond_sums: frozenset[str] = frozenset()
    modified: Callable[[C], Modified | None] = lambda _content: None

    @property
    def version(self) -> str:
        """The version emitted by default."""
        return self.emitted({})

    @cached_property
    def sections(self) -> dict[str, str]:
        """Where the SRI keeps each name that our JSON writes flat."""
        tributary = dict.fromkeys(("estab", "ptoEmi", "codDoc"), "infoTributaria")
        latest = self.versions[max(self.versions)]
        _, head = latest.places[self.info]
        parts = head.shape.parts if isinstance(head.shape, Group) else ()
        return tributary | {part.tag: self.info for part in parts}

    def path(self, name: str) -> str:
        """The SRI's path of a top-level name of our JSON."""
        return f"{self.sections[name]}.{name}" if name in self.sections else name
