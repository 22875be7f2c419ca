"""Two taxpayers with everything an address can name, and one person of every role to come and look."""

import json
from dataclasses import dataclass, field
from io import BytesIO

from cast import Taxpayer, take_on
from console_cast import Browser, a_run, signed_in
from documents_cast import invoice
from flask import Flask
from known_addresses import ROLES
from PIL import Image
from trouble_cast import waiting
from werkzeug.routing import Rule

from app import branding, intake, saved_views
from app.access import access_of
from app.alerts import raise_alert
from app.auditing import audit
from app.bulk import proposing
from app.errors import Text
from app.exporting import asking, writing
from app.exporting.asking import Click
from app.intake import Offer
from app.lifecycle import State
from app.permissions import Role
from app.possible import Action
from app.saved_views import Sharing
from app.services import Services
from app.store.documents import Document, SriExchange
from app.store.people import Alert
from app.store.tenants import Certificate, Halt
from app.tenancy import tenant_scope


def picture(image: Image.Image) -> bytes:
    """``image`` as a PNG."""
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


LOGO = picture(Image.new("RGB", (300, 90), "navy"))
SECRET_BUYER = "COMPRADORA SECRETA DE ANA"
VALUES = {
    "version": 1,
    "stage": "signed",
    "what": "start",
    "schedule": "sign_drafts",
    "setting": "alert_pending",
    "filename": "console.css",
}
"""What stands in an address for anything but a row."""
FORM = {"action": "retry", "back": "/", "password": "no es esta"}
"""What is sent to every address that takes a form, beside ``rowid``."""
FORMS: dict[str, dict[str, str]] = {
    "documents.propose_all": {"click": "otro clic cualquiera"},
    "documents.export_all": {"click": "un clic más, cualquiera"},
    "batches.hold": {"click": "retener un lote", "reason": "x"},
    "batches.let_go": {"click": "dejar seguir un lote", "reason": "x"},
    "operations.propose": {"click": "un clic cualquiera", "reason": "x"},
    "operations.change": {"reason": "x"},
    "people.grant": {"role": "viewer"},
    "people.new": {"role": "viewer"},
    "tenants.branding": {"accent": "#1a5276"},
    "certificates.new": {"tenant": "{tenant}"},
    "faults.assign": {"cause": "{cause}"},
    "faults.snooze": {"cause": "{cause}", "for": "4h"},
    "faults.wake": {"cause": "{cause}"},
    "faults.mute": {"cause": "{cause}"},
    "faults.unmute": {"cause": "{cause}"},
    "faults.note": {"cause": "{cause}", "note": "una nota"},
    "faults.runbook": {"cause": "{cause}", "runbook": "https://guia.example.ec/"},
    "views.save": {"address": "/documents/?state=returned", "name": "otra vista"},
    "views.rename": {"name": "otro nombre"},
}
"""What an endpoint is sent beside ``FORM``, where that is not enough: by endpoint."""


@dataclass
class Belongings:
    """Everything of one taxpayer that an address can name, and the words that give it away."""

    taxpayer: Taxpayer
    rows: dict[str, int]
    """The ``row_id`` of a page's addresses, by the page's endpoint; and other ids by the name they have in a rule."""
    cause: str
    """Why documents of theirs stand still at the stage of ``VALUES``."""
    words: set[str] = field(default_factory=set)


def belongings(taxpayer: Taxpayer, buyer: str) -> Belongings:
    """A document with files, talk and a RIDE, and around it everything else an address can name."""
    mail = [{"nombre": "Correo", "valor": f"comprador.{taxpayer.ruc}@x.ec"}]
    document = taxpayer.document(State.AUTHORIZED, razonSocialComprador=buyer, infoAdicional=mail)
    taxpayer.render(document.id)
    run = a_run(taxpayer.id, document.id, error=f"error de {taxpayer.ruc}")
    rows = {"tenants": taxpayer.id, "documents": document.id, "document_id": document.id, "runs": run}
    rows |= around(taxpayer, document) | {"export_id": exported(taxpayer)}
    rows |= {"people": looked_after(taxpayer), "views": shared_view(taxpayer, buyer)}
    waiting(taxpayer, why=f"http: avería de {buyer}")
    rows |= {"batches": batch(taxpayer, buyer), "grant_id": 987_654_321}  # the grant is nobody's
    with tenant_scope(taxpayer.id):
        rows["certificates"] = Certificate.get(Certificate.tenant_id == taxpayer.id).id
    words = {buyer, taxpayer.ruc, str(document.access_key), f"/documents/{document.id}/", f"/runs/{run}/"}
    return Belongings(taxpayer, rows, f"http http: avería de {buyer}", words)


def around(taxpayer: Taxpayer, document: Document) -> dict[str, int]:
    """What is on record about it and its taxpayer: a call, an alert, a bulk operation; a halt and a line of audit."""
    ruc = taxpayer.ruc
    with tenant_scope(taxpayer.id):
        said = f"alerta de {ruc}"
        raise_alert(taxpayer.id, "undecided", f"asunto {ruc}", Text(said, said))
        halt = {"code": "57", "reason": f"suspensión {ruc}", "placed_by": "SRI"}
        Halt.insert(tenant_id=taxpayer.id, since=document.created_at, **halt).execute()
        audit(taxpayer.id, by="test", action="retry", target=f"traza {ruc}")
        one = Document.select(Document.tenant_id, Document.id).where(Document.id == document.id)
        click = {"by": f"{ruc}@example.ec", "click": f"clic {ruc}"}
        return {
            "exchange_id": SriExchange.get(SriExchange.document_id == document.id).id,
            "alerts": Alert.get(Alert.tenant_id == taxpayer.id, Alert.kind == "undecided").id,
            "bulk_id": proposing.propose(Action.REBUILD_RIDE, one, described={}, **click).id,
        }


def looked_after(taxpayer: Taxpayer) -> int:
    """Their logo, and an account for what is done to accounts, so that nobody who walks is shut out by another."""
    branding.change(taxpayer.id, by="test", logo=LOGO)
    return taxpayer.viewer(f"de.{taxpayer.ruc}@example.ec")


def shared_view(taxpayer: Taxpayer, buyer: str) -> int:
    """A view that an operator of theirs shares with all who work for them; its id."""
    sharing = Sharing((Role.VIEWER, Role.OPERATOR), (taxpayer.id,))
    access = access_of(taxpayer.operator(f"opera.{taxpayer.ruc}@example.ec"))
    return saved_views.keep(access, f"vista de {taxpayer.ruc}", "documents.index_view", {"q": buyer}, sharing)


def batch(taxpayer: Taxpayer, buyer: str) -> int:
    """Two drafts imported together under the buyer's name; the id of their batch."""
    named = [Offer(json.dumps(invoice(referencia=f"{buyer} {n}")).encode(), f"{n}.json") for n in (1, 2)]
    return intake.accept_all(taxpayer.id, named, by="test", called=f"lote de {buyer}")[0].batch or 0


def exported(taxpayer: Taxpayer) -> int:
    """Everything of theirs in a file that one of their viewers asked for; its id."""
    access = access_of(taxpayer.viewer(f"exporta.{taxpayer.ruc}@example.ec"))
    assert access is not None
    with tenant_scope(taxpayer.id):
        export = asking.ask(access, (), (taxpayer.id,), Click("un clic", {}), most_rows=1_000, at_once=2)
    while writing.step(export.id, taxpayer.services).more:
        pass
    return int(export.id)


@dataclass
class World:
    """Ana's and Beto's belongings, and who comes to look: everybody but the admin belongs to Beto."""

    app: Flask
    anas: Belongings
    betos: Belongings
    browsers: dict[str, Browser]
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, who: str) -> str:
        """The form token of somebody's session, asked for once."""
        if who not in self.tokens:
            self.tokens[who] = self.browsers[who].token()
        return self.tokens[who]


def made(app: Flask, services: Services) -> World:
    """A new world."""
    ana, beto = take_on(services, "ANA MOREIRA CÍA. LTDA."), take_on(services, "BETO SUMINISTROS S.A.")
    anas, betos = belongings(ana, SECRET_BUYER), belongings(beto, "CLIENTE DE BETO")
    who = {"anonymous": Browser(app.test_client())}
    for role in ROLES:
        of = () if role == "admin" else (beto.id,)
        who[role] = signed_in(Browser(app.test_client()), Role(role), of)
    return World(app, anas, betos, who)


def address(app: Flask, rule: Rule, of: Belongings) -> str:
    """The address of ``rule`` about what one taxpayer has."""
    page = rule.endpoint.partition(".")[0]
    values = VALUES | of.rows | {"row_id": of.rows.get(page, of.rows["documents"])}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(
            rule.endpoint, {name: values[name] for name in rule.arguments}
        )


def form(rule: Rule, of: Belongings) -> dict[str, str | int]:
    """What is sent there."""
    page = rule.endpoint.partition(".")[0]
    special = {
        name: said.format(tenant=of.taxpayer.id, cause=of.cause)
        for name, said in FORMS.get(rule.endpoint, {}).items()
    }
    return FORM | special | {"rowid": of.rows.get(page, of.rows["documents"])}


def ask(world: World, who: str, rule: Rule, method: str, whose: Belongings) -> tuple[int, str]:
    """Somebody asks for an address; the status and the text that come back."""
    browser, place = world.browsers[who], address(world.app, rule, whose)
    if rule.endpoint == "login.sign_out" and method == "POST" and browser.email:
        email, status = browser.email, browser.post(place).status_code
        browser.email = ""
        assert browser.sign_in(email).status_code == 302
        world.tokens.pop(who, None)
        return status, ""
    # an address of their own each: after ten wrong passwords for one it is closed
    sent = form(rule, whose) | {"email": f"nadie@{who}.example.ec"}
    sent |= {"csrf_token": world.token(who)} if method == "POST" else {}
    body = None if method in ("GET", "HEAD") else sent
    answer = browser.client.open(place, method=method, data=body, buffered=True)
    return answer.status_code, answer.get_data().decode("utf-8", "replace")
