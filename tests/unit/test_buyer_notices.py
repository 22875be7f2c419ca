"""A buyer who got a document is told what became of it: each address once per state, in the taxpayer's language."""

import pytest
from cast import Taxpayer
from delivery_cast import delivered, rows, send, with_mail

from app import buyer_notices, tenants
from app.errors import Refused
from app.invariants import find_violations
from app.lifecycle import State
from app.mail import words


@pytest.fixture
def ana(services, post) -> Taxpayer:
    return with_mail(services, post)


def sent(ana: Taxpayer, addresses: str = "uno@x.ec;dos@x.ec") -> int:
    document_id = delivered(ana, [{"nombre": "Correo", "valor": addresses}])
    for each in rows(ana, document_id):
        send(ana, each.id)
    return document_id


def test_every_address_it_reached_is_told_once_of_each_state(ana, post):
    document_id = sent(ana)
    say = {"by": "ana", "reason": "lo anulamos en el portal"}
    assert buyer_notices.notify(ana.id, document_id, "annulled", **say) == ["dos@x.ec", "uno@x.ec"]
    assert buyer_notices.notify(ana.id, document_id, "annulled", **say) == []
    for each in rows(ana, document_id)[2:]:
        send(ana, each.id)
    first, _, notice, _ = post.taken
    assert notice.mail["Subject"].startswith("ANULADO: Factura 001-002-")
    assert notice.mail["Message-ID"] != first.mail["Message-ID"]
    assert list(notice.mail.iter_attachments()) == []
    for kind in ("plain", "html"):
        text = notice.mail.get_body((kind,)).get_content()
        assert "ya no tiene validez tributaria" in text
        assert ana.read(document_id).number in text
    assert ana.read(document_id).state == State.AUTHORIZED
    assert [one for one in find_violations(ana.services) if one.tenant_id == ana.id] == []


def test_a_taxpayer_who_writes_english_tells_it_in_english(ana, post):
    tenants.sign_mail(ana.id, by="ana", mail_language="en")
    document_id = sent(ana, "uno@x.ec")
    buyer_notices.notify(ana.id, document_id, "annulment_refused", by="ana", reason="r")
    send(ana, rows(ana, document_id)[-1].id)
    assert post.taken[-1].mail["Subject"].startswith("Still valid: Invoice")
    assert '<html lang="en">' in post.taken[-1].mail.get_body(("html",)).get_content()


def test_a_notice_that_makes_no_sense_is_refused(ana, post):
    document_id, unsent = sent(ana, "uno@x.ec"), delivered(ana)
    draft = ana.import_invoice()
    for wrong, said in (
        ((draft, "annulled", "r"), "no está autorizado"),
        ((unsent, "annulled", "r"), "no se entregó"),
        ((document_id, "lost", "r"), "no es un estado"),
        ((document_id, "annulled", " "), "indique por qué"),
    ):
        with pytest.raises(Refused, match=said):
            buyer_notices.notify(ana.id, *wrong[:2], by="ana", reason=wrong[2])


def test_there_are_words_for_every_state():
    assert set(words.NEWS) == set(buyer_notices.STATES)
