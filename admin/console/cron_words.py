"""How often, in words: a cron expression as people say it, in the reader's language."""

import calendar
import re
from functools import lru_cache

from babel import Locale
from cron_descriptor import (
    ExpressionDescriptor,
    FormatException,
    MissingFieldException,
    Options,
    WrongArgumentException,
)

from admin.console.texts import language

LOCALES = {"es": "es_ES", "en": "en_US"}
_ENGLISH = re.compile(
    r"\b(" + "|".join([*list(calendar.day_name), *[month for month in calendar.month_name if month]]) + r")\b"
)


def in_words(cron: str) -> str:
    """``cron`` (five fields, or six with the seconds first) in words; as it is, when there are none for it."""
    return _described(cron, language())


@lru_cache(maxsize=256)
def _described(cron: str, speech: str) -> str:
    options = Options()
    options.use_24hour_time_format = True
    options.locale_code = LOCALES[speech]
    try:
        said = str(ExpressionDescriptor(cron, options).get_description())
    except (FormatException, MissingFieldException, WrongArgumentException):
        return cron
    return _ENGLISH.sub(lambda found: _named(found[1], speech), said)


def _named(english: str, speech: str) -> str:
    """The name of a day or month: the describing library takes them from the process, which speaks English."""
    locale = Locale.parse(speech)
    if english in calendar.day_name:
        return str(locale.days["format"]["wide"][list(calendar.day_name).index(english)])
    return str(locale.months["format"]["wide"][list(calendar.month_name).index(english)])
