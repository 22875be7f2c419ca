"""Every word the console shows, by key; a language is one file of this package."""

from admin.console.texts.es import TEXTS


def t(key: str, **values: object) -> str:
    """The text ``key`` with ``values`` filled in; raises ``KeyError`` for a key nobody wrote."""
    text = TEXTS[key]
    return text.format(**values) if values else text


def has(key: str) -> bool:
    """Whether there is such a text."""
    return key in TEXTS


def word(group: str, value: str) -> str:
    """The text for ``value`` of a closed set, such as a state; the value itself when it has none."""
    return TEXTS.get(f"{group}.{value}", value)


def count_of(key: str, number: int) -> str:
    """``number`` of something: the text ``key.one`` for one, else ``key.many``."""
    return t(f"{key}.one" if number == 1 else f"{key}.many", n=number)
