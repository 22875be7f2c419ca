"""Failures shows the first groups only, and says of how many, and how to see others."""

import pytest
from cast import Taxpayer
from console_cast import Browser, words
from trouble_cast import parked, waiting

from admin.console import trouble_groups


@pytest.fixture
def anas(viewer_of, ana: Taxpayer) -> Browser:
    """Somebody who sees three causes of Ana's, of which one waits for a person."""
    waiting(ana, why="http: uno")
    waiting(ana, why="http: dos")
    parked(ana, "undecided", "el SRI no decidió")
    return viewer_of(ana)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "Se muestran 2 de 3 causas: elija de quién dependen"),
        ("en", "2 of 3 causes are shown: choose whose"),
    ],
)
def test_more_causes_than_are_shown_are_said_in_the_readers_language(
    anas: Browser, monkeypatch, language, said
):
    anas.post("/preferences", {"language": language})
    assert trouble_groups.MOST_GROUPS == 60
    assert said not in words(anas.read("/failures/"))
    monkeypatch.setattr(trouble_groups, "MOST_GROUPS", 2)
    page = anas.read("/failures/")
    assert said in words(page)
    assert page.count('class="card group') == 2
    narrowed = anas.read("/failures/?fault=decide")
    assert 'class="flash warning"' not in narrowed
    assert narrowed.count('class="card group') == 1
