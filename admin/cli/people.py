"""``autoriza user``: who may enter the console."""

import click

from admin.cli.output import json_option, out, print_json, print_records
from admin.installation import connect
from app import accounts, passwords, people, second_factor, tenants
from app.config import secret_from_environment
from app.errors import Refused, Text
from app.permissions import Role
from app.store.people import GrantOfRole, Person


@click.group()
def user() -> None:
    """People of the console."""


@user.command("create")
@click.option("--email", required=True)
@click.option("--name", default="", help="As shown in the console; default: the address.")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option(
    "--ruc",
    "rucs",
    multiple=True,
    metavar="R",
    help="A taxpayer the role is for; repeat for more. None for admin.",
)
@click.option(
    "--password-env", metavar="NAME", help="Environment variable with the password; else one is made up."
)
@json_option
def create(
    email: str, name: str, role: str, rucs: tuple[str, ...], password_env: str | None, as_json: bool
) -> None:
    """Let somebody in; without --password-env a password is made up and shown once."""
    password = secret_from_environment(password_env) if password_env else passwords.made_up()
    services = connect()
    with services.database.connection_context():
        seen = tuple(tenants.find(ruc).id for ruc in rucs)
        people.create(email, name or email, password, Role(role), seen, by="command line")
    made_up = None if password_env else password
    if as_json:
        print_json({"email": email.lower(), "role": role, "password": made_up})
    else:
        out.print(
            f"{email.lower()} may enter as {role}" + (f"; password: {made_up}" if made_up else ""),
            markup=False,
        )


@user.command("password")
@click.option("--email", required=True)
@click.option(
    "--password-env", metavar="NAME", help="Environment variable with the password; else one is made up."
)
@json_option
def password(email: str, password_env: str | None, as_json: bool) -> None:
    """A new password; every session of theirs ends."""
    chosen = secret_from_environment(password_env) if password_env else passwords.made_up()
    services = connect()
    with services.database.connection_context():
        accounts.set_password(_known(email).id, chosen, by="command line")
    shown = None if password_env else chosen
    if as_json:
        print_json({"email": email.lower(), "password": shown})
    else:
        out.print("the password has changed" + (f": {shown}" if shown else ""), markup=False)


@user.command("forget-factor")
@click.option("--email", required=True)
def forget_factor(email: str) -> None:
    """For who lost phone and recovery codes: the password alone is enough again."""
    services = connect()
    with services.database.connection_context():
        second_factor.turn_off(_known(email).id, by="command line")
    out.print(f"{email.lower()} enters by password alone", markup=False)


def _known(email: str) -> Person:
    person = people.find(email)
    if person is None:
        raise Refused(Text(f"no hay una cuenta de {email}", f"there is no account of {email}"))
    return person


@user.command("list")
@json_option
def list_people(as_json: bool) -> None:
    """Everybody who may enter, with roles."""
    services = connect()
    with services.database.connection_context():
        rucs = {row.id: row.ruc for row in tenants.every()}
        grants = list(GrantOfRole.select(GrantOfRole, Person).join(Person).order_by(Person.email))
    print_records(
        as_json,
        [
            {
                "email": grant.person.email,
                "role": grant.role,
                "tenant": rucs.get(grant.tenant_id, "all") if grant.tenant_id else "all",
                "active": grant.person.active,
                "last_login_at": grant.person.last_login_at,
            }
            for grant in grants
        ],
        ("email", "role", "tenant", "active", "last_login_at"),
    )


COMMANDS = (user,)
