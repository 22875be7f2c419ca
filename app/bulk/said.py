"""Why an item was left alone, as it is kept: a word of ``BECAUSE``, what broke, or a sentence in both languages."""

from app.errors import Text

_BETWEEN = "\n"
_MOST = 500


def kept(sentence: Text) -> str:
    """``sentence`` as one value of a row: Spanish, then English, a line each."""
    return _BETWEEN.join(_line(each) for each in sentence)


def broke(bug: Exception) -> str:
    """What broke, in the words of whatever broke."""
    return _line(f"{type(bug).__name__}: {bug}")


def read(said: str) -> Text | str:
    """What is kept: the sentence in both languages, or the word or words that have but one."""
    es, between, en = said.partition(_BETWEEN)
    return Text(es, en) if between else said


def _line(words: str) -> str:
    return " ".join(words.split())[:_MOST]
