"""What people write in the search box, and what it is taken for."""

from datetime import datetime, timedelta

import pytest

from app.search import words
from app.search.values import ECUADOR
from app.search.words import Term, Unclear, parse


def asked(written: str) -> dict[str, str]:
    return {term.name: term.value for term in parse(written)}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("7" * 49, {"key": "7" * 49}),
        (f"  {'7' * 24} {'7' * 25} ", {"key": "7" * 49}),
        ("001-002-3", {"number": "001-002-000000003"}),
        ("001002000000003", {"number": "001-002-000000003"}),
        ("66", {"sequence": "66"}),
        ("000000066", {"sequence": "66"}),
        ("id:66", {"id": "66"}),
        ("23,50", {"amount": "23.50"}),
        ("$25", {"amount": "25.00"}),
        ("total:1234.5", {"amount": "1234.50"}),
        ("1712345678", {"buyer": "1712345678"}),
        ("1790016919001", {"party": "1790016919001"}),
        ("Núñez Pérez", {"buyer": "Núñez Pérez"}),
        (
            "5E0C0000-0000-4000-8000-00000000000A",
            {"message": "5e0c0000-0000-4000-8000-00000000000a"},
        ),
        ("", {}),
    ],
)
def test_bare_words_are_told_by_their_shape(written, meant):
    assert asked(written) == meant


def test_qualifiers_combine_with_each_other_and_with_bare_words_in_both_languages():
    written = 'estado:devuelto error:43 tenant:1790016919001 type:nota_credito buyer:"Núñez Pérez"'
    assert asked(written) == {
        "state": "returned",
        "error": "43",
        "tenant": "1790016919001",
        "type": "04",
        "buyer": "Núñez Pérez",
    }
    assert asked("núñez state:draft p") == {"state": "draft", "buyer": "núñez p"}


def test_a_day_is_a_day_in_ecuador():
    assert asked("desde:2026-11-01") == {"after": "2026-11-01T05:00:00+00:00"}
    assert asked("before:01/11/2026") == {"before": "2026-11-01T05:00:00+00:00"}
    assert asked("hasta:2026-11-01") == {"until": "2026-11-02T05:00:00+00:00"}
    for name in ("after", "before", "until"):
        assert asked(f"{name}:2026-11-01T08:30") == {name: "2026-11-01T13:30:00+00:00"}
    began = datetime.now(ECUADOR).replace(hour=0, minute=0, second=0, microsecond=0)
    assert datetime.fromisoformat(asked("after:ayer")["after"]) == began - timedelta(days=1)
    ago = datetime.now(ECUADOR) - datetime.fromisoformat(asked("after:12h")["after"])
    assert abs(ago - timedelta(hours=12)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("fecha:2026-11", "2026-11-01..2026-11-30"),
        ("issued:02/2028", "2028-02-01..2028-02-29"),
        ("emitido:24/11/2026", "2026-11-24..2026-11-24"),
        ("fecha:2026-11-24..2026-12-02", "2026-11-24..2026-12-02"),
        ("fecha:2026-10..2026-11", "2026-10-01..2026-11-30"),
        ("fecha:2026-11-24..", "2026-11-24..2100-12-31"),
        ("fecha:..2026-11", "2000-01-01..2026-11-30"),
    ],
)
def test_days_of_issue_are_a_month_a_day_or_a_stretch(written, days):
    assert asked(written) == {"issued": days}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("colour:red", "«colour:» no es un filtro; los que hay son tenant:, state:"),
        ("state:", "«state:» necesita un valor pegado a los dos puntos, por ejemplo state:returned"),
        ("state: returned", "necesita un valor"),
        ('state:""', "necesita un valor"),
        ("state:gone", "«state:gone» no se entiende: los estados son"),
        ("after:2026-13-01", "una fecha se escribe 2026-11-01"),
        ("after:1999-01-01", "una fecha se escribe"),
        ("after:2026-11-01T24:00", "una fecha se escribe"),
        ("after:2026-13-01T08:00", "una fecha se escribe"),
        ("number:77", "establecimiento, punto y secuencial"),
        ("key:123", "49 dígitos"),
        ("issued:2026-13", "los días de emisión se escriben 2026-11, 2026-11-24"),
        ("fecha:2026-11-02..2026-11-01", "el primer día va antes"),
        ("fecha:..", "el primer día va antes"),
        ("sequence:1234567890", "hasta 9 dígitos"),
        ("id:-5", "número entero positivo"),
        ("id:9223372036854775808", "número entero positivo"),
        ("message:xyz", "32 dígitos hexadecimales"),
        ("error:%", "letras, dígitos"),
        ("type:99", "los tipos son"),
        ("attention:nobody", "solo hay person, persona, moving"),
        ("state:draft state:signed", "dos veces"),
        ("a" * 301, "más de 300"),
        ("tenant:" + "x" * 201, "demasiado largo"),
    ],
)
def test_what_cannot_be_meant_is_explained_in_both_languages(written, said):
    with pytest.raises(Unclear) as why:
        parse(written)
    assert said in why.value.text.es
    assert why.value.text.en
    assert why.value.text.en != why.value.text.es


def test_what_was_asked_can_be_written_again_with_one_condition_less():
    terms = parse('state:returned buyer:"Núñez Pérez" desde:2026-11-01')
    assert words.without(terms, "state") == 'buyer:"Núñez Pérez" after:2026-11-01'
    assert parse(words.without(terms, "nothing")) == terms
    assert Term("party", "1790016919001", "1790016919001").again == "1790016919001"
