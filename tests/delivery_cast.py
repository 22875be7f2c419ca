"""A taxpayer with a mail server, documents on their way to their buyers, and single sends."""

from cast import Taxpayer, take_on
from post_office import PostOffice
from pydantic import SecretStr

from app import delivery
from app.lifecycle import State
from app.outcome import Outcome
from app.services import Services
from app.store.delivery import Delivery
from app.tenancy import tenant_scope

MAILS = [{"nombre": "Correo", "valor": "compras@cliente.ec"}]


def with_mail(services: Services, post: PostOffice) -> Taxpayer:
    """A taxpayer whose installation has a mail server with short limits."""
    return take_on(services, "ANA MOREIRA CÍA. LTDA.").under(
        smtp_url=SecretStr(post.url),
        mail_from="facturas@instalacion.ec",
        mail_read_timeout_s=0.5,
        mail_total_timeout_s=1.0,
    )


def delivered(ana: Taxpayer, fields: object = MAILS, **changes: object) -> int:
    """An authorized document with its RIDE stored; its id."""
    document = ana.document(State.AUTHORIZED, infoAdicional=fields, **changes)
    ana.render(document.id)
    return document.id


def rows(ana: Taxpayer, document_id: int) -> list[Delivery]:
    with tenant_scope(ana.id):
        return list(Delivery.select().where(Delivery.document_id == document_id).order_by(Delivery.id))


def row(ana: Taxpayer, document_id: int) -> Delivery:
    [only] = rows(ana, document_id)
    return only


def send(ana: Taxpayer, delivery_id: int) -> Outcome:
    ana.make_due(Delivery, delivery_id)
    claim = ana.claim(Delivery, delivery_id)
    assert claim is not None
    return delivery.deliver(claim, ana.services)
