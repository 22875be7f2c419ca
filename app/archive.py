"""A month of a taxpayer's documents to keep elsewhere: XML and RIDE of each, and an index that proves them."""

import csv
import hashlib
import io
import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from zipfile import BadZipFile, ZipFile

from lxml import etree

from app.bundles import member
from app.document_files import DocumentFiles
from app.errors import Refused, Text

JSON, CSV, FOLDER = "index.json", "index.csv", "documents"
MOST_GROWTH = 100
"""Exports are not compressed; somebody may have packed one again."""
COLUMNS = (
    *("access_key", "number", "doc_type", "issue_date", "buyer_id", "buyer_name", "total"),
    *("authorization", "authorized_at", "xml", "xml_sha256", "ride", "ride_sha256"),
)


@dataclass(frozen=True)
class Written:
    """What an export came to; ``sha256`` is that of index.json, which stands for everything in it."""

    documents: int
    files: int
    sha256: str


def export(documents: Iterable[DocumentFiles], target: Path, *, ruc: str, month: str) -> Written:
    """Write ``documents`` to the folder or, when it ends in .zip, the file ``target``: whole, or not at all.

    Raises ``Refused`` when it is there already.
    """
    if target.exists():
        raise Refused(
            Text(
                f"«{target}» ya existe: indique otro destino",
                f"'{target}' exists already: name another destination",
            )
        )
    with _Destination(target) as place:
        records = [_kept(place, one) for one in documents]
        said = {"ruc": ruc, "month": month, "documents": records}
        index = (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
        place.write(JSON, index)
        place.write(CSV, _table(records))
        place.keep()
    files = 2 + sum(1 + (record["ride"] is not None) for record in records)
    return Written(len(records), files, hashlib.sha256(index).hexdigest())


def verify(path: Path, *, sha256: str | None = None) -> tuple[int, list[str]]:
    """How many documents an export holds, and each difference between it and its index, in words.

    ``sha256`` is what ``export`` said; with it an index that was rewritten together with its files is found too.
    """
    try:
        with _opened(path) as files:
            return _compared(files, sha256)
    except (OSError, BadZipFile, KeyError, ValueError, TypeError, AttributeError) as error:
        return 0, [f"{JSON}: no se puede leer ({type(error).__name__}: {error})"]


@dataclass(frozen=True)
class Contents:
    """What lies in an export."""

    names: frozenset[str]
    read: Callable[[str], bytes]


def _compared(files: Contents, sha256: str | None) -> tuple[int, list[str]]:
    index = files.read(JSON)
    records = list(json.loads(index)["documents"])
    wrong = []
    if sha256 is not None and hashlib.sha256(index).hexdigest() != sha256.lower():
        wrong.append(f"{JSON}: no es el índice que se exportó")
    if CSV not in files.names or files.read(CSV) != _table(records):
        wrong.append(f"{CSV}: no dice lo mismo que {JSON}")
    named = {JSON, CSV}
    for record in records:
        for kind in ("xml", "ride"):
            if record.get(kind) is not None:
                named.add(record[kind])
                wrong += _difference(files, record, kind)
    wrong += [f"{name}: no está en el índice" for name in sorted(files.names - named)]
    return len(records), wrong


def _kept(place: "_Destination", one: DocumentFiles) -> dict[str, Any]:
    xml, ride = f"{FOLDER}/{one.access_key}.xml", f"{FOLDER}/{one.access_key}_ride.pdf"
    place.write(xml, one.xml)
    if one.ride is not None:
        place.write(ride, one.ride)
    return {
        "access_key": one.access_key,
        "number": one.number,
        "doc_type": one.doc_type,
        "issue_date": one.issue_date.isoformat(),
        "buyer_id": one.buyer_id,
        "buyer_name": one.buyer_name,
        "total": str(one.total),
        "authorization": one.authorization,
        "authorized_at": one.authorized_at.isoformat() if one.authorized_at else None,
        "xml": xml,
        "xml_sha256": hashlib.sha256(one.xml).hexdigest(),
        "ride": ride if one.ride is not None else None,
        "ride_sha256": hashlib.sha256(one.ride).hexdigest() if one.ride is not None else None,
    }


def _table(records: Iterable[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_plain(record.get(column)) for column in COLUMNS] for record in records)
    return ("\ufeff" + text.getvalue()).encode()  # spreadsheets know UTF-8 by this mark


def _plain(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _difference(files: Contents, record: Mapping[str, Any], kind: str) -> list[str]:
    name = record[kind]
    if name not in files.names:
        return [f"{name}: falta"]
    content = files.read(name)
    if hashlib.sha256(content).hexdigest() != record.get(f"{kind}_sha256"):
        return [f"{name}: no es el archivo que se exportó"]
    if kind == "xml" and not _is_of(content, str(record.get("access_key"))):
        return [f"{name}: no es la autorización de {record.get('access_key')}"]
    return []


def _is_of(xml: bytes, access_key: str) -> bool:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        inside = etree.fromstring(xml, parser).findtext("comprobante") or ""
        return etree.fromstring(inside.encode(), parser).findtext("infoTributaria/claveAcceso") == access_key
    except (etree.XMLSyntaxError, ValueError):
        return False


@contextmanager
def _opened(path: Path) -> Iterator[Contents]:
    """The files of an export by name, read one at a time: a month may be larger than memory."""
    if path.is_dir():
        found = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
        yield Contents(frozenset(found), lambda name: found[name].read_bytes())
    else:
        with ZipFile(path) as archive:
            names = frozenset(name for name in archive.namelist() if not name.endswith("/"))
            yield Contents(names, lambda name: _unpacked(archive, name))


def _unpacked(archive: ZipFile, name: str) -> bytes:
    """One file of a ZIP; raises ``ValueError`` for one that grows beyond what any text of ours shrinks to."""
    entry = archive.getinfo(name)
    if entry.file_size > MOST_GROWTH * entry.compress_size + 2**20:
        raise ValueError(f"{name} grows from {entry.compress_size} to {entry.file_size} bytes")
    return archive.read(entry)


class _Destination:
    """A folder or a ZIP under a name of its own, which becomes ``target`` when it is complete."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        self._zipped = target.suffix.lower() == ".zip"
        self._open = ExitStack()

    def __enter__(self) -> "_Destination":
        self._target.parent.mkdir(parents=True, exist_ok=True)
        if self._zipped:
            self._zip = self._open.enter_context(ZipFile(self._part, "w"))
        else:
            (self._part / FOLDER).mkdir(parents=True)
        return self

    def write(self, name: str, content: bytes) -> None:
        """One file of it."""
        if self._zipped:
            self._zip.writestr(member(name), content)
        else:
            (self._part / name).write_bytes(content)

    def keep(self) -> None:
        """It is complete."""
        self._open.close()
        self._part.rename(self._target)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
        if self._part.is_dir():
            shutil.rmtree(self._part)
        else:
            self._part.unlink(missing_ok=True)
