"""``autoriza delivery bounce``: mail that came back is read and put on record."""

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from admin.cli.output import json_option, out, print_json
from admin.installation import connect
from app import bounces
from app.bounces import Recorded

_SAID = {
    "bounced": "{number} did not reach {address}: {said}",
    "known": "{number} to {address}: on record already",
    "delayed": "{number} to {address} is late: {said}",
    "arrived": "{number} reached {address}",
    "foreign": "says nothing about a delivery of ours",
}


@click.group()
def delivery() -> None:
    """Mail to buyers."""


@delivery.command("bounce")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path)
)
@json_option
def bounce(files: tuple[Path, ...], as_json: bool) -> None:
    """Read what mail servers sent back: a message each, an mbox, a Maildir, or - for one message on stdin."""
    services = connect()
    with services.database.connection_context():
        found = [(name, bounces.record(raw)) for file in files for name, raw in _messages(file)]
    if as_json:
        print_json([{"file": name, **vars(one)} for name, one in found])
        return
    for name, one in found:
        out.print(f"{name}: {_sentence(one)}", markup=False)


def _sentence(one: Recorded) -> str:
    return _SAID[one.result].format(number=one.number, address=one.address, said=one.said)


def _messages(file: Path) -> Iterator[tuple[str, bytes]]:
    if str(file) == "-":
        yield "stdin", sys.stdin.buffer.read(bounces.LARGEST + 1)
    elif file.is_dir():
        box = mailbox.Maildir(file, create=False)
        yield from ((f"{file}/{key}", box.get_bytes(key)) for key in sorted(box.keys()))
    elif file.open("rb").read(5) == b"From ":
        many = mailbox.mbox(file, create=False)
        yield from ((f"{file}:{place}", many.get_bytes(key)) for place, key in enumerate(many.keys(), 1))
    else:
        yield str(file), file.read_bytes()


COMMANDS = (delivery,)
