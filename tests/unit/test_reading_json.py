"""A file that is no JSON is refused with words that say where, in both languages."""

from datetime import date

import pytest

from app.documents.reading import read
from app.errors import Invalid


@pytest.mark.parametrize(
    ("written", "es", "en"),
    [
        (
            b'{"codDoc": "01"\n "x": 1}',
            "no se entiende a partir de la línea 2, columna 2",
            "it is not understood from line 2, column 2 on",
        ),
        (b'{"total": NaN}', "NaN no es un número", "NaN is not a number"),
        (
            b'{"total": 1e9999999999999999999}',
            "1e9999999999999999999 es un número desmedido",
            "1e9999999999999999999 is a number out of all proportion",
        ),
        (
            b'{"total": ' + b"9" * 5_000 + b"}",
            f"{'9' * 30}… es un número desmedido",
            f"{'9' * 30}… is a number out of all proportion",
        ),
        (b'{"total": 1, "total": 2}', "«total» está dos veces", "'total' is there twice"),
        (b'{"x": "\xff"}', "no está escrito en UTF-8", "it is not written in UTF-8"),
        (b'{"a":' * 60_000, "está anidado sin fin", "it is nested without end"),
    ],
)
def test_it_says_what_is_wrong_and_where(written, es, en):
    with pytest.raises(Invalid) as refused:
        read(written, "f.json", date(2026, 11, 26))
    (problem,) = refused.value.problems
    assert problem.rule.es == f"no es JSON válido: {es}"
    assert problem.rule.en == f"is not valid JSON: {en}"
