"""``autoriza slo``: the goals, and whether they are met."""

from typing import Any

import click

from admin.cli.output import json_option, print_json, print_table
from admin.installation import connect
from app import slo
from app.slo import ALL, Measured
from app.store.tenants import Tenant
from app.tenancy import every_tenant_scope


@click.command("slo")
@click.option(
    "--hours", type=click.FloatRange(0.1, 168), default=24, show_default=True, help="How far back to look."
)
@click.option("--strict", is_flag=True, help="Status 1 when a goal of all taxpayers together is missed.")
@json_option
def goals(hours: float, strict: bool, as_json: bool) -> None:
    """The goals of each taxpayer, of all together and of the machine, measured over the last hours."""
    services = connect()
    with services.database.connection_context(), every_tenant_scope():
        found = [*slo.measure(hours=hours), *slo.measure_machine(hours=hours)]
        names = {row.id: row.ruc for row in Tenant.select(Tenant.id, Tenant.ruc)}
    if as_json:
        print_json([_as_json(one, names) for one in found])
    else:
        print_table(
            ("taxpayer", "goal", "must be", "is", "of", "met"),
            [
                (
                    names.get(one.tenant_id, "all"),
                    one.goal.title.en,
                    _bound(one),
                    _value(one),
                    one.of,
                    _met(one),
                )
                for one in found
                if one.of or one.tenant_id == ALL
            ],
        )
    if strict and any(one.met is False and one.tenant_id == ALL for one in found):
        raise click.exceptions.Exit(1)


def _as_json(one: Measured, names: dict[int, str]) -> dict[str, Any]:
    return {
        "tenant": names.get(one.tenant_id),
        "goal": one.goal.name,
        "unit": one.goal.unit,
        "bound": one.goal.bound,
        "at_most": one.goal.at_most,
        "value": one.value,
        "of": one.of,
        "met": one.met,
    }


def _bound(one: Measured) -> str:
    return ("< " if one.goal.at_most else "> ") + _said(one.goal.bound, one)


def _value(one: Measured) -> str:
    return "" if one.value is None else _said(one.value, one)


def _said(value: float, one: Measured) -> str:
    return f"{value:.3g} s" if one.goal.unit == "s" else f"{100 * value:.3g} %"


def _met(one: Measured) -> str:
    return {True: "yes", False: "NO", None: ""}[one.met]


COMMANDS = (goals,)
