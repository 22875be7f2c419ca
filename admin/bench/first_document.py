"""A process that is running already and hands a document in as soon as an installation takes it.

``python -m admin.bench.first_document HOME RUC FILE`` says "ready" once it is, and "accepted" after the document is.
"""

import json
import sys
import time
from pathlib import Path

import psycopg2
from peewee import PeeweeException

from app import intake, tenants
from app.config import load_settings
from app.errors import AutorizaError
from app.services import open_services

_PAUSE_S = 0.01


def main(home: Path, ruc: str, file: Path) -> None:
    """Hand ``file`` in for the taxpayer, again and again until it is taken."""
    raw = file.read_bytes()
    _say("ready")
    while not _hand_in(home, ruc, raw, file.name):
        time.sleep(_PAUSE_S)
    _say("accepted")


def _hand_in(home: Path, ruc: str, raw: bytes, name: str) -> bool:
    try:
        where = json.loads((home / "servers.json").read_text(encoding="utf-8"))
        psycopg2.connect(where["database_url"]).close()
        services = open_services(
            load_settings(database_url=where["database_url"], redis_url=where["redis_url"])
        )
        try:
            intake.accept(tenants.find(ruc).id, raw, name, by="bench")
        finally:
            services.database.close_all()
    except (FileNotFoundError, psycopg2.OperationalError, PeeweeException, AutorizaError):
        return False  # not there yet; a document that is never taken runs into the caller's patience
    return True


def _say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
