"""``autoriza pause``: hold a queue, a stage or a service of the SRI back, and let it go on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from admin.cli.output import json_option, out, print_records
from admin.installation import connect
from app import pausing
from app.pausing import EVERYTHING, subject_of

MOST_HOURS = 24 * 30
SUBJECTS = ", ".join(map(str, EVERYTHING))


def hours_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command ``--hours``, after which what it does is undone."""
    text = "Goes on by itself after so many hours; default: not before somebody says so."
    return click.option("--hours", type=click.FloatRange(0.01, MOST_HOURS), metavar="H", help=text)(command)


def moment_in(hours: float | None) -> datetime | None:
    """So many hours from now; None for never."""
    return datetime.now(UTC) + timedelta(hours=hours) if hours else None


@click.group()
def pause() -> None:
    """What people hold back, and until when. One taxpayer: autoriza tenant halt."""


@pause.command("start", epilog=f"WHAT is one of: {SUBJECTS}")
@click.argument("what")
@click.option("--reason", required=True, metavar="T", help="Shown in the console and kept in the audit.")
@hours_option
def start(what: str, reason: str, hours: float | None) -> None:
    """Hold WHAT back: nothing of it is taken, lost or counted as an attempt."""
    services = connect()
    from workers import by_hand

    subject = subject_of(what)
    with services.database.connection_context():
        by_hand.hold(subject, by="command line", reason=reason, until=moment_in(hours))
    out.print(f"{subject} is paused; it holds back: {', '.join(subject.stages)}")


@pause.command("end")
@click.argument("what")
@click.option("--reason", default="", metavar="T", help="Kept in the audit.")
def end(what: str, reason: str) -> None:
    """Let WHAT go on: what waited is published at once."""
    services = connect()
    from workers import by_hand

    subject = subject_of(what)
    with services.database.connection_context():
        by_hand.let_go(subject, by="command line", reason=reason)
    out.print(f"{subject} goes on")


@pause.command("list")
@json_option
def list_pauses(as_json: bool) -> None:
    """What is paused now: by whom, why, since and until when."""
    services = connect()
    with services.database.connection_context():
        records = [
            {
                "what": str(pausing.of_row(row)),
                "stages": ", ".join(pausing.of_row(row).stages),
                "reason": row.reason,
                "by": row.by,
                "since": row.since,
                "until": row.resume_at,
            }
            for row in pausing.standing()
        ]
    print_records(as_json, records, ("what", "stages", "reason", "by", "since", "until"))


COMMANDS = (pause,)
