"""I6, the files: a RIDE that a row points to is there, byte for byte."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from app.errors import Text
from app.invariants.rule import Violation
from app.storage import Storage
from app.store.base import database

_NEWEST = """
select r.tenant_id, d.access_key, d.number, r.path, r.sha256
from ride r join document d on d.id = r.id
where r.path is not null and r.rendered_at >= least(
    now() - interval '1 hour',
    (select min(newest.rendered_at) from (
        select rendered_at from ride where path is not null and rendered_at is not null
        order by rendered_at desc limit %s) newest))
"""


@dataclass(frozen=True)
class RideFile:
    """Where a RIDE should lie and what it should be."""

    tenant_id: int
    access_key: str
    number: str
    path: str
    sha256: str


def newest(count: int) -> list[RideFile]:
    """The ``count`` RIDEs made last, and all of the last hour; inside the system scope."""
    return [RideFile(*row) for row in database.execute_sql(_NEWEST, (count,)).fetchall()]


def damaged(rides: Iterable[RideFile], storage: Storage) -> list[Violation]:
    """Those whose file is missing, unreadable or another; reads every file, so keep it outside any transaction."""
    return [
        Violation("I6", ride.tenant_id, ride.access_key, sentence)
        for ride in rides
        if (sentence := _wrong(ride, storage))
    ]


def _wrong(ride: RideFile, storage: Storage) -> Text | None:
    try:
        stored = storage.get(ride.path)
    except FileNotFoundError:
        return _about(
            ride,
            "no está en el almacén: ábralo desde la página del comprobante, que lo vuelve a hacer",
            "is not in the storage: open it from the document's page, which makes it again",
        )
    except (OSError, ValueError) as error:
        return _about(
            ride,
            f"no se puede leer ({error}): revise el almacén de archivos",
            f"cannot be read ({error}): look at the storage",
        )
    if hashlib.sha256(stored).hexdigest() != ride.sha256:
        return _about(
            ride,
            "no es el que se guardó: no lo entregue; compárelo con lo autorizado por el SRI",
            "is not the one that was stored: do not deliver it; compare it with what the SRI authorized",
        )
    return None


def _about(ride: RideFile, es: str, en: str) -> Text:
    return Text(
        f"El archivo del RIDE del comprobante {ride.number} («{ride.path}») {es}.",
        f"The file of the RIDE of document {ride.number} ('{ride.path}') {en}.",
    )
