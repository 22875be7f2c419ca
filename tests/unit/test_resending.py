"""A person sends a document again: with a reason, on record, and never while the same is on its way."""

import pytest
from cast import Taxpayer
from delivery_cast import delivered, row, rows, send, with_mail

from app import resending, work
from app.errors import Refused
from app.lifecycle import State
from app.store.delivery import Delivery
from app.store.people import Audit
from app.tenancy import tenant_scope


@pytest.fixture
def ana(services, post) -> Taxpayer:
    return with_mail(services, post)


def test_a_person_sends_again_with_a_reason_and_it_is_on_record(ana, post):
    document_id = delivered(ana)
    send(ana, row(ana, document_id).id)
    assert resending.resend(ana.id, document_id, by="ana@x.ec", reason="lo borró") == ["compras@cliente.ec"]
    with pytest.raises(Refused, match="en camino"):
        resending.resend(ana.id, document_id, by="ana@x.ec", reason="otra vez")
    again = rows(ana, document_id)[-1]
    assert (again.kind, again.requested_by, again.reason) == ("resend", "ana@x.ec", "lo borró")
    send(ana, again.id)
    assert resending.resend(ana.id, document_id, to="otro@x.ec", by="ana@x.ec", reason="cambió") == [
        "otro@x.ec"
    ]
    first, second = post.ids("compras@cliente.ec")
    assert first != second
    with tenant_scope(ana.id):
        audited = list(
            Audit.select().where(Audit.action == "resend", Audit.tenant_id == ana.id).order_by(Audit.id)
        )
    assert [(line.reason, line.facts["to"]) for line in audited] == [
        ("lo borró", ["compras@cliente.ec"]),
        ("cambió", ["otro@x.ec"]),
    ]


def test_a_resend_settles_what_was_refused_or_given_up(ana, post):
    post.faults = ["rcpt 550 no"]
    document_id = delivered(ana)
    send(ana, row(ana, document_id).id)
    resending.resend(ana.id, document_id, by="ana", reason="ya corrigió su buzón")
    [alert] = ana.alerts("mail_refused")
    assert alert.resolved_at
    again = rows(ana, document_id)[-1]
    claim = ana.claim(Delivery, again.id)
    with tenant_scope(ana.id):
        work.park(claim, "mail_undelivered", "no salió")
    resending.resend(ana.id, document_id, by="ana", reason="ahora sí")
    assert [one.outcome for one in rows(ana, document_id)] == ["bounced", "replaced", None]


@pytest.mark.parametrize(
    ("to", "reason", "said"),
    [(None, "  ", "motivo"), ("x", "r", "no es una dirección"), (None, "r", "no trae un correo")],
)
def test_a_resend_that_makes_no_sense_is_refused(ana, to, reason, said):
    document_id = delivered(ana, [{"nombre": "x", "valor": "y"}])
    with pytest.raises(Refused, match=said):
        resending.resend(ana.id, document_id, to=to, by="ana", reason=reason)


def test_what_has_no_ride_is_not_sent_again(ana, beto):
    signed = ana.document(State.SIGNED)
    with pytest.raises(Refused, match="todavía no tiene RIDE"):
        resending.resend(ana.id, signed.id, by="ana", reason="r")
    with pytest.raises(Refused, match="no existe"):
        resending.resend(beto.id, signed.id, by="ana", reason="r")
