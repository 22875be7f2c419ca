"""Every word the console shows, by key; a language is one package of this one, a page or area one file in each."""

import re
from datetime import date
from typing import Final

from babel import dates
from flask_babel import LazyString, get_locale
from markupsafe import Markup, escape

from admin.console.texts import en, es
from app import sentences
from app.errors import Language, Spoken, Text

DEFAULT: Final[Language] = "es"
DAY: Final = "dd MMM yyyy"
_FIGURES: Final = re.compile(r"#(?:[.:,-]#)*")
_DAY: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")
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
    if not kept:
        return ""
    read = sentences.read(kept)
    return kept if read.es == read.en else dated(spoken(read))


def dated(sentence: str) -> str:
    """``sentence`` of ours with its days as the reader writes them, the month in letters."""
    return _DAY.sub(_day_in_words, sentence)


def _day_in_words(found: re.Match[str]) -> str:
    try:
        return dates.format_date(date.fromisoformat(found[0]), DAY, locale=get_locale() or DEFAULT)
    except ValueError:  # thirty-first of February: somebody else's figures
        return found[0]


def within(text: str) -> str:
    """``text`` as it stands within a sentence: its first letter small, unless it begins an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def beginning(text: str) -> str:
    """``text`` as it begins a line; abbreviations in it stay as they are."""
    return text[:1].upper() + text[1:]


def reread_cause(kept: str) -> str:
    """The same of the words of a cause; where the database left figures out, there is a gap."""
    return _FIGURES.sub("…", spoken(sentences.read_cause(kept)))


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
