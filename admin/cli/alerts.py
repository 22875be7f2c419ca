"""Alerts: what stands, who looks after it, and whether notices arrive."""

import click

from admin.cli.output import json_option, out, print_json, print_records, spoken
from admin.installation import connect
from app import alert_settings, notices
from app import alerts as standing
from app.alert_kinds import KINDS
from app.auditing import audit
from app.errors import Refused, Text
from app.store.people import Alert
from app.tenancy import SYSTEM, every_tenant_scope, tenant_scope

COLUMNS = (
    "id",
    "severity",
    "kind",
    "tenant_id",
    "subject",
    "message",
    "raised_at",
    "times",
    "acknowledged_by",
)


@click.group()
def alerts() -> None:
    """What people should know, and how they are told."""


@alerts.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@json_option
def list_alerts(everything: bool, as_json: bool) -> None:
    """Alerts that stand, the newest first."""
    services = connect()
    with services.database.connection_context(), every_tenant_scope():
        rows = Alert.select().order_by(Alert.id.desc()).limit(500)
        if not everything:
            rows = rows.where(Alert.resolved_at.is_null())
        names = (*COLUMNS, "resolved_at")
        told = [{name: getattr(row, name) for name in names} | {"message": spoken(row.said)} for row in rows]
    columns = (*COLUMNS, "resolved_at") if everything else COLUMNS
    print_records(as_json, told, columns)


@alerts.command("acknowledge")
@click.argument("alert_id", type=click.IntRange(1))
@click.option("--by", required=True, metavar="WHO", help="Who looks after it.")
def acknowledge(alert_id: int, by: str) -> None:
    """Say that somebody looks after an alert."""
    services = connect()
    with services.database.connection_context():
        with every_tenant_scope():
            row = Alert.get_or_none(Alert.id == alert_id)
        if row is None:
            raise Refused(Text(f"no hay una alerta {alert_id}", f"there is no alert {alert_id}"))
        with tenant_scope(row.tenant_id):
            standing.acknowledge(row.tenant_id, alert_id, by=by)
    out.print(f"alert {alert_id}: {by} looks after it")


@alerts.command("test")
@json_option
def test_channels(as_json: bool) -> None:
    """Send a message to every one of ALERT_CHANNELS; status 1 when one does not take it."""
    services = connect()
    said = notices.test(services)
    with services.database.connection_context(), tenant_scope(SYSTEM):
        audit(SYSTEM, by="command line", action="alerts_tested", target=", ".join(said) or "no channel")
    if not said:
        raise Refused(
            Text("ALERT_CHANNELS está vacío: nadie recibe avisos", "ALERT_CHANNELS is empty: nobody is told")
        )
    records = [{"channel": name, "answer": why or "taken"} for name, why in said.items()]
    print_records(as_json, records, ("channel", "answer"))
    if any(said.values()):
        raise click.exceptions.Exit(1)


@alerts.command("kinds")
@json_option
def list_kinds(as_json: bool) -> None:
    """Every kind of alert, how grave it is, and its name."""
    records = [
        {"kind": name, "severity": kind.severity, "title_es": kind.title.es, "title_en": kind.title.en}
        for name, kind in KINDS.items()
    ]
    if as_json:
        print_json(records)
    else:
        print_records(False, records, ("kind", "severity", "title_es"))


@alerts.command("rules")
@json_option
def list_rules(as_json: bool) -> None:
    """From when on something is alarming and when people are told: in force, as configured, and who changed it."""
    services = connect()
    with services.database.connection_context():
        in_force, changes = alert_settings.in_force(services.settings), alert_settings.changes()
    records = [
        {
            "name": name,
            "value": alert_settings.as_text(getattr(in_force, name)),
            "configured": alert_settings.as_text(getattr(services.settings, name)),
            "changed_by": changes[name].by if name in changes else None,
            "reason": changes[name].reason if name in changes else None,
        }
        for name in alert_settings.CHANGEABLE
    ]
    print_records(as_json, records, ("name", "value", "configured", "changed_by", "reason"))


@alerts.command("set")
@click.argument("name")
@click.argument("value")
@click.option("--reason", required=True, metavar="T", help="Shown in the console and kept in the audit.")
def set_rule(name: str, value: str, reason: str) -> None:
    """Let VALUE hold instead of the setting NAME, from the next look on, within a minute."""
    services = connect()
    with services.database.connection_context():
        settings = services.settings
        now = alert_settings.change(name.lower(), value, by="command line", reason=reason, settings=settings)
    out.print(f"{name.lower()} is {now}")


@alerts.command("as-configured")
@click.argument("name")
def as_configured(name: str) -> None:
    """Let the setting NAME hold again."""
    services = connect()
    with services.database.connection_context():
        now = alert_settings.give_back(name.lower(), by="command line", settings=services.settings)
    out.print(f"{name.lower()} is {now}, as configured")


COMMANDS = (alerts,)
