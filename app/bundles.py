"""Many documents as one file: all RIDEs in one PDF, or XML and RIDE of each in a ZIP."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pypdf import PdfReader, PdfWriter

from app.document_files import DocumentFiles

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files make the same ZIP


def one_pdf(documents: Iterable[DocumentFiles], target: Path) -> int:
    """Write the RIDEs of ``documents`` one after the other, each in the outline; what they share is kept once.

    Returns how many; those without a RIDE are left out, and for none nothing is written.
    """
    writer, written = PdfWriter(), 0
    for one in documents:
        if one.ride is not None:
            writer.append(PdfReader(BytesIO(one.ride)), outline_item=one.number, import_outline=False)
            written += 1
    if written:
        writer.compress_identical_objects()
        with _beside(target) as part:
            writer.write(part)
            part.replace(target)
    return written


def one_zip(documents: Iterable[DocumentFiles], target: Path) -> int:
    """Write ``KEY.xml`` (the authorization envelope) and ``KEY_ride.pdf`` of each; how many documents."""
    written = 0
    with _beside(target) as part:
        with ZipFile(part, "w", ZIP_DEFLATED) as archive:
            for one in documents:
                written += 1
                archive.writestr(member(f"{one.access_key}.xml"), one.xml)
                if one.ride is not None:
                    archive.writestr(member(f"{one.access_key}_ride.pdf"), one.ride)
        if written:
            part.replace(target)
    return written


def member(name: str) -> ZipInfo:
    """The entry ``name`` of a ZIP, always dated the same."""
    entry = ZipInfo(name, _LONG_AGO)
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
    return entry


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A name beside ``target`` to write to; nothing of it is left unless it was renamed."""
    part = target.with_name(f".{target.name}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)
