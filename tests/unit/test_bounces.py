"""Mail that comes back hours after the buyer's server took it is on record, told once, and a person's to resend."""

from email.message import EmailMessage

import pytest
from cast import Taxpayer
from delivery_cast import delivered, row, rows, send, with_mail

from app import bounces, resending
from app.lifecycle import State
from app.mail.bounces import LARGEST, read

BUYER = "compras@cliente.ec"
TEMPLATE = """\
Return-Path: <>
To: {to}
From: Mail Delivery System <MAILER-DAEMON@mx.cliente.ec>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.cliente.ec
Arrival-Date: Mon, 2 Mar 2026 16:15:09 -0500

Final-Recipient: rfc822; {buyer}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--B
Content-Type: {back}

{returned}
--B--
"""


@pytest.fixture
def ana(services, post) -> Taxpayer:
    return with_mail(services, post).under(mail_bounces_to="devueltos@instalacion.ec")


def sent(ana: Taxpayer) -> int:
    document_id = delivered(ana)
    send(ana, row(ana, document_id).id)
    return document_id


def notification(message_id: str = "", to: str = "facturas@instalacion.ec", **changes: str) -> bytes:
    fields = {
        "to": to,
        "buyer": BUYER,
        "action": "failed",
        "status": "5.1.1",
        "said": "550 5.1.1 <compras@cliente.ec>: Recipient address rejected: User unknown",
        "back": "text/rfc822-headers",
        "returned": f"From: x@y.ec\nMessage-ID: {message_id}\nSubject: Factura\n",
    }
    return TEMPLATE.format(**fields | changes).encode()


def test_what_comes_back_later_is_on_record_in_the_servers_words_and_told_once(ana, post):
    document_id = sent(ana)
    raw = notification(post.taken[0].mail["Message-ID"])
    first, second = bounces.record(raw), bounces.record(raw)
    assert (first.result, second.result) == ("bounced", "known")
    assert (first.document_id, first.address) == (document_id, BUYER)
    bounced = row(ana, document_id)
    assert (bounced.outcome, bounced.server_code) == ("bounced", 550)
    assert "User unknown" in bounced.server_said
    assert bounced.sent_at < bounced.bounced_at
    [alert] = ana.alerts("mail_refused")
    assert (alert.times, "fue devuelto" in alert.message) == (1, True)
    assert ana.read(document_id).state == State.AUTHORIZED
    resending.resend(ana.id, document_id, by="ana", reason="dio otro correo", to="otro@cliente.ec")


def test_the_address_it_came_back_to_names_the_message_whatever_it_contains(ana, post):
    document_id = sent(ana)
    came_back_to = post.taken[0].sender
    assert came_back_to.startswith("devueltos+")
    raw = notification(to=came_back_to, back="text/plain", returned="nothing of ours")
    assert bounces.record(raw).document_id == document_id


def test_without_an_address_of_its_own_it_comes_back_to_the_installation(services, post):
    ana = with_mail(services, post)
    sent(ana)
    assert post.taken[0].sender == "facturas@instalacion.ec"


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({"back": "message/rfc822"}, "bounced"),
        ({"action": "delayed", "status": "4.4.1"}, "delayed"),
        ({"action": "failed", "status": "4.2.2"}, "delayed"),
        ({"action": "delivered", "status": "2.0.0"}, "arrived"),
    ],
)
def test_only_a_failure_for_good_counts(ana, post, changes, result):
    document_id = sent(ana)
    assert bounces.record(notification(post.taken[0].mail["Message-ID"], **changes)).result == result
    assert row(ana, document_id).outcome == ("bounced" if result == "bounced" else "sent")


def test_an_older_server_that_writes_only_to_people_is_understood(ana, post):
    document_id = sent(ana)
    mail = EmailMessage()
    mail["To"], mail["X-Failed-Recipients"] = post.taken[0].sender, BUYER
    mail.set_content("This is the mail system.\n\n  SMTP error: 552 mailbox is full\n\n" + "x" * 2000)
    assert bounces.record(mail.as_bytes()).said == "SMTP error: 552 mailbox is full"
    assert row(ana, document_id).server_code == 552


def out_of_office(to: str) -> bytes:
    mail = EmailMessage()
    mail["To"], mail["Auto-Submitted"], mail["Subject"] = to, "auto-replied", "Estoy de vacaciones"
    mail.set_content("Vuelvo el 550 de marzo")
    return mail.as_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe nothing \0",
        notification("<" + "a" * 40 + "@autoriza>"),
        notification("<other@x>"),
        out_of_office("devueltos+" + "b" * 40 + "@instalacion.ec"),
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n--x--",
        b"x" * (LARGEST + 1),
    ],
    ids=["empty", "junk", "unknown", "foreign", "out of office", "hollow", "huge"],
)
def test_what_says_nothing_about_a_delivery_changes_nothing(ana, raw):
    assert bounces.record(raw).result == "foreign"


def test_a_reply_to_a_delivery_is_no_bounce(ana, post):
    document_id = sent(ana)
    assert bounces.record(out_of_office(post.taken[0].sender)).result == "foreign"
    assert row(ana, document_id).outcome == "sent"


def test_a_notification_of_many_levels_is_read_without_harm():
    nested = b"Content-Type: message/rfc822\n\n" * 500
    assert read(b"To: devueltos+" + b"c" * 40 + b"@x.ec\n" + nested) is None


def test_a_return_that_is_heard_of_after_a_resend_was_taken_is_nobodys_to_act_on(ana, post):
    document_id = sent(ana)
    first = post.taken[0].mail["Message-ID"]
    resending.resend(ana.id, document_id, to="otro@cliente.ec", by="ana", reason="dio otro correo")
    send(ana, rows(ana, document_id)[-1].id)
    assert bounces.record(notification(first)).result == "bounced"
    assert rows(ana, document_id)[0].made_good_at
    assert not ana.alerts("mail_refused")


def test_a_resend_that_was_taken_ends_the_alert_about_the_address_it_came_back_from(ana, post):
    document_id = sent(ana)
    bounces.record(notification(post.taken[0].mail["Message-ID"]))
    resending.resend(ana.id, document_id, to="otro@cliente.ec", by="ana", reason="dio otro correo")
    [standing] = ana.alerts("mail_refused")
    assert standing.resolved_at is None
    send(ana, rows(ana, document_id)[-1].id)
    [over] = ana.alerts("mail_refused")
    assert over.resolved_at
    assert rows(ana, document_id)[0].made_good_at
