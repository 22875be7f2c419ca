"""``autoriza document resend`` and ``notify``, ``autoriza tenant mail``: what goes to buyers, and how it is signed."""

import click

from admin.cli.documents import known, of_ruc
from admin.cli.output import json_option, out, print_json
from admin.installation import connect
from app import buyer_notices, tenants
from app.finding import find_document


@click.command("resend")
@known
@of_ruc
@click.option("--to", metavar="ADDRESS", help="Default: the addresses it went to.")
@click.option("--reason", required=True, metavar="T", help="Kept in the audit.")
@json_option
def resend(known: str, ruc: str | None, to: str | None, reason: str, as_json: bool) -> None:
    """Send XML and RIDE of an authorized document to its buyer once more."""
    services = connect()
    from workers import by_hand

    with services.database.connection_context():
        found = find_document(known, ruc)
        sent = by_hand.resend(found.tenant_id, found.id, to=to, by="command line", reason=reason)
    if as_json:
        print_json({"id": found.id, "to": sent})
        return
    waits = "" if services.settings.smtp_url.get_secret_value() else "; SMTP_URL is empty, so it waits"
    out.print(f"document {found.id} goes to {', '.join(sent)}{waits}", markup=False)


@click.command("notify")
@known
@of_ruc
@click.option(
    "--state", type=click.Choice(buyer_notices.STATES), required=True, help="What the SRI's portal says."
)
@click.option("--reason", required=True, metavar="T", help="Kept in the audit.")
@json_option
def notify(known: str, ruc: str | None, state: str, reason: str, as_json: bool) -> None:
    """Tell the buyer by mail what became of a document they got; once per state and address."""
    services = connect()
    from workers import by_hand

    with services.database.connection_context():
        found = find_document(known, ruc)
        told = by_hand.notify(found.tenant_id, found.id, state, by="command line", reason=reason)
    if as_json:
        print_json({"id": found.id, "to": told})
    else:
        out.print(
            f"document {found.id}, {state}: {', '.join(told) or 'everybody was told before'}", markup=False
        )


@click.command("mail")
@click.option("--ruc", required=True, metavar="R")
@click.option("--sender", metavar="S", help="A name, an address, or 'Name <address>'; '' takes it away.")
@click.option("--reply-to", metavar="ADDRESS", help="Where answers go; '' takes it away.")
@click.option("--language", type=click.Choice(["es", "en"]))
@json_option
def mail(ruc: str, sender: str | None, reply_to: str | None, language: str | None, as_json: bool) -> None:
    """How mail to a taxpayer's buyers is signed; without options, what it is now."""
    services = connect()
    with services.database.connection_context():
        changes = {"sender": sender, "reply_to": reply_to, "language": language}
        given = {f"mail_{name}": value for name, value in changes.items() if value is not None}
        row = tenants.sign_mail(tenants.find(ruc).id, by="command line", **given)
    record = {"sender": row.mail_sender, "reply_to": row.mail_reply_to, "language": row.mail_language}
    if as_json:
        print_json(record)
    else:
        out.print(", ".join(f"{name}: {value or '—'}" for name, value in record.items()), markup=False)


OF_DOCUMENTS = (resend, notify)
OF_TENANTS = (mail,)
