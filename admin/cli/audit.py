"""``autoriza audit``: whether the record of what people did is what was sealed."""

import click

from admin.cli.output import json_option, out, print_json
from admin.installation import connect
from app import audit_chain
from app.tenancy import every_tenant_scope


@click.group()
def audit() -> None:
    """The record of what people did and were refused."""


@audit.command("verify")
@click.option(
    "--against", metavar="HASH", help="A hash noted down earlier, which one of the seals must bear."
)
@json_option
def verify(against: str | None, as_json: bool) -> None:
    """Compute every seal of the audit again; status 1 when one does not fit."""
    services = connect()
    noted = _digest(against) if against else None
    with services.database.connection_context(), every_tenant_scope():
        newest, broken = audit_chain.last(), audit_chain.broken()
        known = noted is None or audit_chain.has(noted)
    if as_json:
        print_json(
            {
                "sealed_up_to": newest and newest.up_to,
                "sealed_at": newest and newest.at,
                "hash": newest and newest.hash.hex(),
                "broken_after": broken and broken.after,
                "hash_known": known,
            }
        )
    elif newest is None:
        out.print("nothing is sealed yet: the schedule keep_house does so")
    elif broken:
        out.print(
            f"lines {broken.after + 1} to {broken.seal.up_to} are not what was sealed on "
            f"{broken.seal.at:%Y-%m-%d %H:%M} UTC: {broken.seal.lines} lines then, {broken.found} now; compare them "
            "with a backup of that day"
        )
    else:
        out.print(
            f"every line up to {newest.up_to} is what was sealed, the last on {newest.at:%Y-%m-%d %H:%M} UTC"
        )
        out.print(f"note this hash down elsewhere, for --against: {newest.hash.hex()}")
    if not known:
        out.print("no seal bears the hash you noted down: the audit was cut off or written anew")
    if broken or not known:
        raise click.exceptions.Exit(1)


def _digest(written: str) -> bytes:
    try:
        found = bytes.fromhex(written.strip())
    except ValueError:
        found = b""
    if len(found) != 32:
        raise click.BadParameter("a hash has 64 hexadecimal digits", param_hint="--against")
    return found


COMMANDS = (audit,)
