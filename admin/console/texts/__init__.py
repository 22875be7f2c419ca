"""Every word the console shows, by key; a language is one package of this one, a page or area one file in each."""

from typing import Final

from flask_babel import LazyString, get_locale
from markupsafe import Markup, escape

from admin.console.texts import en, es
from app import sentences
from app.errors import Language, Spoken, Text

DEFAULT: Final[Language] = "es"
LANGUAGES: Final = {"es": es.TEXTS, "en": en.TEXTS}
"""Each language with its texts; all have the same keys and placeholders."""


def language() -> Language:
    """The language of the person who asks; Spanish for nobody in particular."""
    locale = get_locale()
    return "en" if locale and locale.language == "en" else DEFAULT


def t(key: str, **values: object) -> str:
    """The text ``key`` with ``values`` filled in; raises ``KeyError`` for a key nobody wrote."""
    text = LANGUAGES[language()][key]
    return text.format(**values) if values else text


def marked(key: str, **values: object) -> Markup:
    """The text ``key`` for a page, with values that may be markup themselves, such as a time; the rest is escaped."""
    return escape(t(key)).format(**values)


def both(key: str, **values: object) -> Text:
    """The text ``key`` in both languages, for whoever reads it."""
    return Text(*(LANGUAGES[each][key].format(**values) for each in Text._fields))


def spoken(text: Text) -> str:
    """A sentence of the service in the language of the person who asks."""
    return text.read_in(language())


def reread(kept: str | None) -> str:
    """What is kept with a row in Spanish: ours in the reader's language, anybody else's words as they are."""
    return spoken(sentences.read(kept)) if kept else ""


def reread_cause(kept: str) -> str:
    """The same of the words of a cause."""
    return spoken(sentences.read_cause(kept))


def why(refusal: Spoken) -> str:
    """Why somebody was refused what they asked for, in their language."""
    return spoken(refusal.text)


def later(key: str) -> LazyString:
    """The text ``key`` in the language of whoever reads it: for names given when a module is imported."""
    return LazyString(t, key)


def has(key: str) -> bool:
    """Whether there is such a text."""
    return key in LANGUAGES[DEFAULT]


def word(group: str, value: str) -> str:
    """The text for ``value`` of a closed set, such as a state; the value itself when it has none."""
    return LANGUAGES[language()].get(f"{group}.{value}", value)


def count_of(key: str, number: int) -> str:
    """``number`` of something: the text ``key.one`` for one, else ``key.many``."""
    return t(f"{key}.one" if number == 1 else f"{key}.many", n=number)
