"""Every error the service raises on purpose, sorted by who must act.

AutorizaError
├── Unavailable      nobody: the SRI gave no usable answer; wait and ask again
├── Misconfigured    the operator: a setting, a server, a role in the database; in English, as the logs are
└── Spoken           said to a person, in Spanish and English
    ├── TenantMustAct    the taxpayer: certificate, permit, data held by the SRI
    ├── Invalid          the caller: what was handed in is wrong, nothing was stored
    └── Refused          the person at the console or shell: not possible now, and why
        └── Mistyped         what they wrote cannot be meant, or is missing: nothing was attempted

Anything else that is raised is a bug of ours.
"""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Language = Literal["es", "en"]
LANGUAGES: Final[tuple[Language, Language]] = ("es", "en")


class Text(NamedTuple):
    """One sentence for people, in both languages of the product."""

    es: str
    en: str

    def read_in(self, language: Language) -> str:
        """The sentence in ``language``."""
        return self.en if language == "en" else self.es


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

    def sentence(self, language: Language = "es") -> str:
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


class Spoken(AutorizaError):
    """Said to a person in their language: ``text`` is the sentence in both."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.es)
        self.text = text


class TenantMustAct(Spoken):
    """Work of this tenant waits until the taxpayer mends something; ``code`` names it for machines."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text)
        self.code = code


class Invalid(Spoken):
    """What was handed in is refused whole; ``problems`` lists everything wrong with it at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        es, en = ("; ".join(each.sentence(language) for each in problems) for language in LANGUAGES)
        super().__init__(Text(es, en))
        self.problems = problems


class Misconfigured(AutorizaError):
    """A setting, server or database role is wrong; the text names it and says how to mend it."""


class Refused(Spoken):
    """A person asked for something that is not possible now; ``text`` says why."""


class Mistyped(Refused):
    """A form was filled in wrongly, or not to its end; ``text`` says what to write."""
