"""A document reaches its buyer: once per address, whatever the mail server does, and it stays authorized."""

import hashlib
import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from cast import Taxpayer, take_on
from delivery_cast import delivered, row, rows, send, with_mail
from lxml import etree
from pydantic import SecretStr
from pypdf import PdfReader

from app import delivery, work
from app.lifecycle import State
from app.outcome import Done, Held, Later, Parked, Stored
from app.store.delivery import Delivery
from app.store.documents import DocumentAuthorization, Ride
from app.store.tenants import Tenant
from app.tenancy import tenant_scope


@pytest.fixture
def ana(services, post) -> Taxpayer:
    return with_mail(services, post)


def test_the_buyer_gets_the_authorized_xml_and_the_ride_in_one_message(ana, post):
    document = ana.read(delivered(ana, razonSocialComprador="Peña & Hijos"))
    assert send(ana, row(ana, document.id).id) == Done("sent")
    [letter] = post.taken
    mail = letter.mail
    assert (letter.sender, letter.recipient) == ("facturas@instalacion.ec", "compras@cliente.ec")
    assert mail["Subject"] == f"Factura {document.number} de ANA MOREIRA CÍA. LTDA."
    assert mail["From"].addresses[0].display_name == "ANA MOREIRA CÍA. LTDA."
    assert mail["To"].addresses[0].addr_spec == "compras@cliente.ec"
    name, pdf = letter.attachment("application/pdf")
    assert name == f"{document.access_key}_ride.pdf"
    with tenant_scope(ana.id):
        assert hashlib.sha256(pdf).hexdigest() == Ride.get_by_id(document.id).sha256
    name, xml = letter.attachment("application/xml")
    assert name == f"{document.access_key}.xml"
    wrapper = etree.fromstring(xml)
    with tenant_scope(ana.id):
        authorization = DocumentAuthorization.get_by_id(document.id)
    assert wrapper.findtext("estado") == "AUTORIZADO"
    assert wrapper.findtext("numeroAutorizacion") == authorization.number
    assert wrapper.findtext("ambiente") == "PRUEBAS"
    assert datetime.fromisoformat(wrapper.findtext("fechaAutorizacion")) == authorization.authorized_at
    assert wrapper.findtext("comprobante").encode() == bytes(authorization.xml)
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    for said in (document.number, document.access_key, "23.00", "Peña & Hijos", "PRUEBAS"):
        assert said in text
    assert "Peña &amp; Hijos" in html
    assert '<html lang="es">' in html
    assert '<th scope="row"' in html
    sent = row(ana, document.id)
    assert (sent.outcome, sent.message_id, sent.next_attempt_at) == ("sent", mail["Message-ID"], None)
    assert sent.sent_at


def test_every_distinct_address_gets_one_message_of_its_own(ana, post):
    document_id = delivered(
        ana,
        [
            {"nombre": "CORREO ELECTRÓNICO", "valor": "a@x.ec; B@X.EC ,a@X.ec"},
            {"nombre": "E-mail", "valor": "c@x.ec"},
            {"nombre": "Correo del vendedor", "valor": "vendedor@emisor.ec"},
            {"nombre": "Dirección", "valor": "nobody@street.ec"},
        ],
    )
    found = rows(ana, document_id)
    assert [one.address for one in found] == ["a@x.ec", "B@x.ec", "c@x.ec"]
    for one in found:
        send(ana, one.id)
    assert [one.recipient for one in post.taken] == ["a@x.ec", "B@x.ec", "c@x.ec"]
    assert len({one.mail["Message-ID"] for one in post.taken}) == 3


@pytest.mark.parametrize(
    ("fields", "outcomes"),
    [
        ([{"nombre": "Teléfono", "valor": "022345678"}], [("", "no_address")]),
        (
            [{"nombre": "Email", "valor": "no tiene"}],
            [("no", "invalid_address"), ("tiene", "invalid_address")],
        ),
        (
            [{"nombre": "Email", "valor": "a@x.ec;a@@b"}],
            [("a@x.ec", None), ("a@@b", "invalid_address")],
        ),
    ],
)
def test_what_cannot_be_sent_is_marked_for_a_person_to_hand_over(ana, fields, outcomes):
    found = rows(ana, delivered(ana, fields))
    assert [(one.address, one.outcome) for one in found] == outcomes
    assert all((one.next_attempt_at is None) == (one.outcome is not None) for one in found)


def test_a_ride_made_again_plans_nothing_twice(ana):
    document_id = delivered(ana)
    with tenant_scope(ana.id):
        xml = bytes(DocumentAuthorization.get_by_id(document_id).xml)
        delivery.plan(ana.id, document_id, xml)
    assert len(rows(ana, document_id)) == 1


def test_what_an_older_release_left_unplanned_is_planned_by_the_sweep(ana):
    document_id = delivered(ana)
    other = delivered(ana)
    with tenant_scope(ana.id):
        Ride.update(deliveries=None).where(Ride.id == other).execute()
        Ride.update(deliveries=0).where(
            Ride.id == document_id
        ).execute()  # stored before there were deliveries
    assert delivery.tenants_with_unplanned() == [ana.id]
    assert delivery.plan_missing(ana.id) == 1
    assert delivery.tenants_with_unplanned() == []


def test_a_temporary_refusal_is_tried_again_later(ana, post):
    post.faults = ["rcpt 450 greylisted, come back"]
    document_id = delivered(ana)
    outcome = send(ana, row(ana, document_id).id)
    assert isinstance(outcome, Later)
    waiting = row(ana, document_id)
    assert (waiting.outcome, waiting.last_error, waiting.attempts) == (None, "450 greylisted, come back", 1)
    assert waiting.next_attempt_at > datetime.now(UTC)
    assert send(ana, waiting.id) == Done("sent")
    assert len(post.taken) == 1
    assert not ana.alerts("mail_refused")


@pytest.mark.parametrize("fault", ["rcpt 550 5.1.1 no such user", "data 552 too large"])
def test_a_refusal_for_good_is_kept_in_the_servers_words_and_told(ana, post, fault):
    post.faults = [fault]
    document_id = delivered(ana)
    send(ana, row(ana, document_id).id)
    bounced = row(ana, document_id)
    assert (bounced.outcome, bounced.next_attempt_at) == ("bounced", None)
    assert f"{bounced.server_code} {bounced.server_said}" == fault.partition(" ")[2]
    [alert] = ana.alerts("mail_refused")
    assert bounced.server_said in alert.message
    assert ana.read(document_id).state == State.AUTHORIZED


def test_what_is_held_against_the_sender_is_no_fault_of_the_address(ana, post):
    post.faults = ["mail 550 sender not allowed"] * 3
    document_id = delivered(ana)
    for _ in range(3):
        assert isinstance(send(ana, row(ana, document_id).id), Later)
    [alert] = ana.alerts("mail_away")
    assert "550 sender not allowed" in alert.message
    assert send(ana, row(ana, document_id).id) == Done("sent")
    [alert] = ana.alerts("mail_away")
    assert alert.resolved_at


@pytest.mark.parametrize("fault", ["stall", "drip"])
def test_a_server_that_stalls_costs_no_more_than_the_limit(ana, post, fault):
    post.faults = [fault]
    document_id = delivered(ana)
    began = datetime.now(UTC)
    assert isinstance(send(ana, row(ana, document_id).id), Later)
    assert (datetime.now(UTC) - began).total_seconds() < 2
    assert row(ana, document_id).last_error_code in ("mail_maybe", "mail_later")


def test_a_connection_dropped_after_the_message_was_taken_brings_the_same_message_again(ana, post):
    post.faults = ["drop"]
    document_id = delivered(ana)
    assert isinstance(send(ana, row(ana, document_id).id), Later)
    assert row(ana, document_id).last_error_code == "mail_maybe"
    assert send(ana, row(ana, document_id).id) == Done("sent")
    first, second = post.ids("compras@cliente.ec")
    assert first == second == row(ana, document_id).message_id


def test_after_a_day_without_luck_a_person_is_asked(ana, post):
    post.close()
    document_id = delivered(ana)
    one = row(ana, document_id).id
    assert isinstance(send(ana, one), Later)
    with tenant_scope(ana.id):
        Delivery.update(first_tried_at=work.in_seconds(-25 * 3600)).where(Delivery.id == one).execute()
    assert isinstance(send(ana, one), Parked)
    parked = row(ana, document_id)
    assert parked.needs_person_code == "mail_undelivered"
    assert "24 horas" in parked.needs_person_reason
    assert len(ana.alerts("mail_undelivered")) == 1


def test_without_a_mail_server_deliveries_wait_and_nobody_is_alarmed(services):
    ana = take_on(services, "SIN CORREO S.A.")
    document_id = delivered(ana)
    assert isinstance(send(ana, row(ana, document_id).id), Held)
    waiting = row(ana, document_id)
    assert (waiting.attempts, waiting.last_error, waiting.lease_until) == (0, None, None)


def test_two_workers_never_both_send(ana, post):
    one = row(ana, delivered(ana))
    late = ana.claim(Delivery, one.id, lease_s=-1)
    send(ana, one.id)
    with pytest.raises(work.Refused):
        delivery.deliver(late, ana.services)
    first, second = post.ids("compras@cliente.ec")
    assert first == second


def test_a_taxpayer_chooses_name_answer_address_and_language(ana, post):
    with tenant_scope(ana.id):
        Tenant.update(
            mail_sender="Ana <ventas@ana.ec>", mail_reply_to="cobros@ana.ec", mail_language="en"
        ).where(Tenant.id == ana.id).execute()
    document = ana.read(delivered(ana))
    send(ana, row(ana, document.id).id)
    [letter] = post.taken
    assert letter.sender == "facturas@instalacion.ec"  # where bounces go
    assert letter.mail["From"] == "Ana <ventas@ana.ec>"
    assert letter.mail["Reply-To"] == "cobros@ana.ec"
    assert letter.mail["Subject"] == f"Invoice {document.number} from ANA MOREIRA CÍA. LTDA."


def test_nothing_a_person_wrote_can_start_a_header(services, post):
    eve = take_on(services, "EVE S.A.").under(smtp_url=SecretStr(post.url), mail_from="f@i.ec")
    fields = [{"nombre": "Email", "valor": "a@x.ec>RCPT:<b@x.ec;x@y.ec"}]
    document_id = delivered(eve, fields)
    with tenant_scope(eve.id):
        Tenant.update(
            razon_social="EVE\r\nBcc: victim@x.ec\r\n\r\n<b>x", mail_sender='Eve"\r\nX-Evil: 1 <a@b.ec>\n'
        ).where(Tenant.id == eve.id).execute()
    [good] = [one for one in rows(eve, document_id) if one.outcome is None]
    assert send(eve, good.id) == Done("sent")
    [letter] = post.taken
    assert set(letter.mail.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
        *("MIME-Version", "Content-Type"),
    }
    assert letter.recipient == "x@y.ec"
    assert not re.search(rb"^(Bcc|X-Evil)", letter.content, re.MULTILINE)
    assert "&lt;b&gt;x" in letter.mail.get_body(("html",)).get_content()


def test_the_authorized_xml_can_travel_inside_the_pdf(ana):
    inside = ana.under(ride_attach_xml=True)
    document = inside.document(State.AUTHORIZED)
    assert inside.render(document.id) == Stored(0)
    with tenant_scope(ana.id):
        ride = Ride.get_by_id(document.id)
        xml = bytes(DocumentAuthorization.get_by_id(document.id).xml)
    pdf = ana.services.storage.get(ride.path)
    assert hashlib.sha256(pdf).hexdigest() == ride.sha256
    assert PdfReader(BytesIO(pdf)).attachments == {f"{document.access_key}.xml": [xml]}
    assert PdfReader(BytesIO(pdf)).metadata.title == f"FACTURA {document.number}"
