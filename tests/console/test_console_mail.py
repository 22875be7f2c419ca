"""Mail that did not reach its buyer: the page of the document says so and what to do, and it is found and counted."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from cast import Taxpayer
from console_cast import a_run, words
from delivery_cast import delivered, row, rows, send, with_mail
from peewee import fn

from app import bounces, resending
from app.mail import refusals
from app.search import finding, mailed
from app.search.keyset import Place
from app.search.words import parse
from app.store.base import database
from app.store.delivery import Delivery
from app.tenancy import every_tenant_scope, tenant_scope

BUYER = "compras@cliente.ec"
GOOD = "buena@cliente.ec"


def notification(message_id: str, said: str = "550 5.1.1 <compras@cliente.ec>: User unknown") -> bytes:
    """What a server sends back hours later, as the older kind that names the recipient in its head."""
    mail = EmailMessage()
    mail["To"], mail["X-Failed-Recipients"], mail["References"] = "facturas@x.ec", BUYER, message_id
    mail.set_content(f"This message was not delivered:\n{said}\n")
    return mail.as_bytes()


@pytest.fixture
def ana(services, post) -> Taxpayer:
    return with_mail(services, post)


@pytest.fixture
def returned(ana: Taxpayer, post) -> int:
    """A document whose mail the buyer's server took and sent back an hour later; its id."""
    document_id = delivered(ana)
    send(ana, row(ana, document_id).id)
    assert bounces.record(notification(post.taken[-1].mail["Message-ID"])).result == "bounced"
    with tenant_scope(ana.id):
        earlier = {"sent_at": fn.now() - timedelta(hours=1)}
        Delivery.update(**earlier).where(Delivery.document_id == document_id).execute()
    return document_id


@pytest.fixture
def refused(ana: Taxpayer, post) -> int:
    """A document whose mail the buyer's server refused at once; its id."""
    post.faults = ["rcpt 550 5.2.2 over quota"]
    document_id = delivered(ana)
    delivery = row(ana, document_id)
    send(ana, delivery.id)
    run = {"actor": "deliver_document", "state": "succeeded", "outcome": "refused: 550 5.2.2 over quota"}
    a_run(ana.id, document_id, **run, error=None, error_class=None)
    return document_id


def test_the_card_says_that_the_buyer_has_not_got_it_why_and_what_to_do(admin, returned, refused):
    for document_id, why in ((returned, "esa dirección no existe"), (refused, "el buzón está lleno")):
        page = words(admin.read(f"/documents/{document_id}/"))
        assert f"El comprador no lo ha recibido: el correo a {BUYER} fue devuelto porque {why}." in page
        assert "reenvíelo a ella" in page
        assert "Nada más" not in page


def test_a_return_is_told_when_it_was_recorded_and_the_sending_when_it_was_sent(admin, ana, returned):
    page = words(admin.read(f"/documents/{returned}/?show=mail"))
    back, sent = page.index("Devuelto por el correo del comprador"), page.index("Entrega: Enviado")
    assert back < sent
    assert "Motivo: esa dirección no existe." in page
    assert "5.1.1 550" not in page


def test_a_refused_mail_is_no_job_that_ended_well(admin, refused):
    page = words(admin.read(f"/documents/{refused}/"))
    story = page[page.index("Todo lo que pasó") :]
    assert "Rechazado por el correo del comprador" in story
    assert "Enviar al comprador Terminó bien" not in story


def test_it_is_found_counted_and_gone_once_a_resend_was_taken(
    admin, viewer_of, ana: Taxpayer, returned, refused
):
    viewer = viewer_of(ana)
    page = words(viewer.read("/"))
    assert "Correos devueltos: 2 comprobantes" in page
    for asked in ("mail:bounced", "correo:devuelto"):
        found = admin.read(f"/documents/?q={asked}&tenant={ana.id}")
        assert f"/documents/{returned}/" in found
        assert f"/documents/{refused}/" in found
    resending.resend(ana.id, returned, to=GOOD, by="ana", reason="dio otro correo")
    send(ana, rows(ana, returned)[-1].id)
    assert f"/documents/{returned}/" not in admin.read(f"/documents/?q=mail:bounced&tenant={ana.id}")
    assert "El correo de un comprobante fue devuelto" in words(viewer.read("/"))
    assert "Nada más" in words(admin.read(f"/documents/{returned}/"))
    [alert] = [one for one in ana.alerts("mail_refused") if one.resolved_at]
    assert BUYER in alert.subject


@pytest.mark.parametrize("asked", [GOOD, f"mail:{GOOD}", "mail:buena@CLIENTE.ec"])
def test_a_document_is_found_by_the_address_it_went_to(admin, ana: Taxpayer, asked):
    mine = delivered(ana, [{"nombre": "Correo", "valor": GOOD}])
    other = delivered(ana)
    page = admin.read(f"/documents/?q={asked}&tenant={ana.id}")
    assert f"/documents/{mine}/" in page
    assert f"/documents/{other}/" not in page
    assert f"/documents/{mine}/" in admin.read(f"/documents/?q=state:authorized {asked}&tenant={ana.id}")
    assert f"/documents/{mine}/" not in admin.read(f"/documents/?q=state:draft mail:{GOOD}&tenant={ana.id}")


def test_more_returned_mail_than_is_looked_at_says_so_and_is_exported_whole(
    viewer_of, ana: Taxpayer, returned, refused, monkeypatch
):
    viewer, query = viewer_of(ana), "q=mail:bounced"
    assert "De esos correos se miran" not in viewer.read(f"/documents/?{query}")
    monkeypatch.setattr(mailed, "MOST", 1)
    assert "De esos correos se miran" in viewer.read(f"/documents/?{query}")
    file = viewer.get(f"/documents/export.csv?{query}")
    assert "-1-filas.csv" in file.headers["Content-Disposition"]
    with tenant_scope(ana.id):
        wanted = finding.resolve(parse("mail:bounced"), [ana.id])
        monkeypatch.setattr(finding, "find", lambda *_: pytest.fail("what it finds would be thrown away"))
        assert finding.find_all(wanted, Place(True), 9) == sorted([returned, refused])


def test_what_an_address_is_not_is_explained(admin):
    assert admin.get("/documents/?q=mail:nadie").status_code == 400


def test_returned_mail_is_looked_up_by_its_own_index(ana: Taxpayer, returned):
    with every_tenant_scope():
        assert mailed.returned([ana.id]) == 1
        assert mailed.returned(None) >= 1
        database.execute_sql("set local enable_seqscan = off")
        query = Delivery.select(Delivery.document_id).where(Delivery.tenant_id == ana.id, mailed.STANDS)
        sql, values = query.sql()
        plan = "\n".join(one[0] for one in database.execute_sql(f"explain {sql}", values).fetchall())
    assert "delivery_returned" in plan


def test_the_alert_is_a_sentence_that_leads_to_the_document(admin, ana: Taxpayer, returned):
    [alert] = ana.alerts("mail_refused")
    assert alert.severity == "warning"
    assert alert.message.startswith("El correo de ")
    assert alert.message.count("5.1.1") == 1
    document = ana.read(returned)
    page = admin.read(f"/alerts/?kind=mail_refused&tenant={ana.id}")
    assert f'href="/documents/?q={document.access_key}"' in page
    assert admin.get(f"/documents/?q={document.access_key}").location == f"/documents/{returned}/"


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("550 5.1.1 no such user", "esa dirección no existe"),
        ("552 5.2.2 over quota", "el buzón está lleno"),
        ("554 5.7.26 unauthenticated", "no admite este mensaje por sus reglas"),
        ("550 go away", "no lo aceptó"),
        (None, "no lo aceptó"),
    ],
)
def test_a_refusal_is_said_in_words(said, means):
    assert means in refusals.meaning(said).es
