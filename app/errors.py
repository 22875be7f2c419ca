"""Every error the service raises on purpose, sorted by who must act.

AutorizaError
├── Unavailable      nobody: the SRI gave no usable answer; wait and ask again
├── TenantMustAct    the taxpayer: certificate, permit, data held by the SRI
├── Invalid          the caller: what was handed in is wrong, nothing was stored
├── Misconfigured    the operator: a setting, a server, a role in the database
└── Refused          the person at the console or shell: not possible now, and why

Anything else that is raised is a bug of ours.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple


class Text(NamedTuple):
    """One sentence for people, in both languages of the product."""

    es: str
    en: str


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a document that was handed in.

    ``field`` is the SRI's own path (``infoFactura.importeTotal``, ``detalles[2].descripcion``, counted from 1),
    ``rule`` says what is broken, ``fix`` what to do, ``code`` is the SRI message code it would have earned.
    """

    field: str
    rule: Text
    fix: Text
    code: str = ""

    def sentence(self, language: Literal["es", "en"] = "es") -> str:
        """Field, rule and fix as one line of text."""
        earned = f" [SRI {self.code}]" if self.code else ""
        if language == "en":
            return f"{self.field}: {self.rule.en}{earned}. {self.fix.en}"
        return f"{self.field}: {self.rule.es}{earned}. {self.fix.es}"


class AutorizaError(Exception):
    """Base of everything raised on purpose."""


class Unavailable(AutorizaError):
    """The SRI gave no usable answer: nothing is known about the document's fate.

    ``kind`` is one short word (``timeout``, ``refused``, ``http``, ``not_xml``, ``fault``, ``too_large``, …);
    ``sent`` is False only when it is certain that the request never left; ``raw`` is what came back, capped.
    """

    def __init__(
        self, kind: str, detail: str, *, sent: bool = True, http_status: int | None = None, raw: bytes = b""
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.sent = sent
        self.http_status = http_status
        self.raw = raw


class TenantMustAct(AutorizaError):
    """Work of this tenant waits until the taxpayer mends something; ``code`` names it for machines."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Invalid(AutorizaError):
    """What was handed in is refused whole; ``problems`` lists everything wrong with it at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.sentence() for problem in problems))
        self.problems = problems


class Misconfigured(AutorizaError):
    """A setting, server or database role is wrong; the text names it and says how to mend it."""


class Refused(AutorizaError):
    """A person asked for something that is not possible now; ``text`` says why, in both languages where it is known."""

    def __init__(self, said: str | Text) -> None:
        self.text = said if isinstance(said, Text) else Text(said, said)
        super().__init__(self.text.es)
