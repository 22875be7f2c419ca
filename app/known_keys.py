"""Access keys of a taxpayer found outside the database: in files people hand in, and in the storage's names."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from app import access_key
from app.access_key import AccessKey
from app.errors import Invalid
from app.numeric_codes import numeric_code
from app.storage import Storage

_KEY = re.compile(rb"(?<![0-9])[0-9]{49}(?![0-9])")
_RIDE = re.compile(r"([0-9]{49})_ride\.pdf")


def in_text(raw: bytes, ruc: str) -> set[str]:
    """Keys issued by ``ruc`` in any text: the SRI portal's report, a log, the index of an archive, a mail.

    UTF-16 is read as well; whatever is no key, or another taxpayer's, is passed over.
    """
    return {
        key for key in (found.decode() for found in _KEY.findall(raw.replace(b"\0", b""))) if _is_of(key, ruc)
    }


def in_storage(storage: Storage, tenant_id: int, ruc: str, since: date, until: date) -> set[str]:
    """Keys whose RIDE lies in the storage for the months from ``since`` to ``until``. Raises ``OSError``."""
    names = (
        name
        for month in _months(since, until)
        for name in storage.names_in(f"{tenant_id}/invoices/{month:%Y/%m}")
    )
    found = (match[1] for match in map(_RIDE.fullmatch, names) if match)
    return {key for key in found if _is_of(key, ruc)}


def worked_out(seed: bytes, part: AccessKey, days: Iterable[date], turns: Iterable[int]) -> Iterator[str]:
    """The keys that the number of ``part`` can have had on ``days``; the date and digits of ``part`` do not matter."""
    place = (part.environment, part.doc_type, part.establishment, part.emission_point, part.sequence_number)
    codes = [numeric_code(seed, *place, turn) for turn in turns]
    for day in days:
        for code in codes:
            yield access_key.build(day, part.doc_type, part.ruc, part.environment, *place[2:], code)


def _is_of(key: str, ruc: str) -> bool:
    try:
        return access_key.parse(key).ruc == ruc
    except Invalid:
        return False


def _months(since: date, until: date) -> Iterator[date]:
    month = since.replace(day=1)
    while month <= until:
        yield month
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
