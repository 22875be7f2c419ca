"""What a person held back, as the pages tell of it: it is not late, and it is let go on rather than retried."""

import re
from datetime import UTC, datetime, timedelta

from cast import Taxpayer
from console_cast import change, signed_in, words

from app import holding
from app.lifecycle import State
from app.permissions import Role
from app.store.documents import Document


def held(taxpayer: Taxpayer) -> Document:
    document = taxpayer.document(State.SIGNED)
    holding.hold(taxpayer.id, document.id, by="sara", reason="los precios")
    return document


def test_what_a_person_held_back_is_not_late_and_what_moves_beside_it_is(viewer_of, ana: Taxpayer):
    old = datetime.now(UTC) - timedelta(hours=9)
    change(held(ana), created_at=old)
    beside, viewer = ana.document(State.SIGNED), viewer_of(ana)
    page = words(viewer.read("/"))
    assert "tarda demasiado" not in page and "Tarda más de lo normal" not in page
    change(beside, created_at=old + timedelta(hours=2))
    page = words(viewer.read("/"))
    assert "Tarda más de lo normal: firmados; el más antiguo llegó hace 7 h" in page
    assert "tarda demasiado 1 con más de" in page


def test_what_was_held_back_is_let_go_on_and_not_retried(browser, ana: Taxpayer):
    sara = signed_in(browser(), Role.SUPERVISOR, (ana.id,))
    held(ana)
    page = sara.read("/failures/")
    (label,) = re.findall(r'<button class="quiet">(Dejar seguir \(\d+\))</button>', page)
    assert "Reintentar todos" not in page
    (place,) = set(re.findall(r'href="(/failures/signed/\?cause=held_back[^"]*)"', page))
    page = sara.read(place.replace("&amp;", "&"))
    assert label in page
    assert re.search(r'<button name="action" value="retry" class="quiet">Dejar seguir</button>', page)
