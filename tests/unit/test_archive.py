"""Batches and archives: every authorized document of the filter, whole, and any later change is named."""

import csv
import io
import json
import shutil
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from cast import Taxpayer
from lxml import etree
from pypdf import PdfReader

from app import archive, bundles, document_files
from app.errors import Refused
from app.lifecycle import State
from app.store.documents import Document, Ride
from app.tenancy import tenant_scope

HOW_MANY = 5


@pytest.fixture
def rendered(ana) -> list[Document]:
    documents = [
        ana.document(State.AUTHORIZED, razonSocialComprador=f"=CLIENTE {n}") for n in range(HOW_MANY)
    ]
    for document in documents:
        ana.render(document.id)
    ana.document(State.SIGNED)
    return documents


def files(ana: Taxpayer, month: str | None = None) -> list[document_files.DocumentFiles]:
    return list(document_files.each(ana.id, ana.services, month, State.AUTHORIZED))


def this_month(document: Document) -> str:
    return f"{document.issue_date:%Y-%m}"


def test_the_documents_of_a_filter_are_those_of_that_month(ana, beto, rendered, monkeypatch):
    monkeypatch.setattr(document_files, "PAGE", 2)
    month = this_month(rendered[0])
    assert [one.access_key for one in files(ana, month)] == [one.access_key for one in rendered]
    assert document_files.count(ana.id, month, State.AUTHORIZED) == HOW_MANY
    assert files(ana, "2001-01") == files(beto) == []
    assert document_files.first_and_next("2026-12") == (date(2026, 12, 1), date(2027, 1, 1))
    assert len(files(ana)) == HOW_MANY


def test_all_rides_make_one_pdf_that_keeps_what_they_share_once(ana, rendered, tmp_path):
    target = tmp_path / "all.pdf"
    assert bundles.one_pdf(files(ana), target) == HOW_MANY
    pdf = PdfReader(target)
    singles = [one.ride for one in files(ana)]
    assert len(pdf.pages) == sum(len(PdfReader(io.BytesIO(one)).pages) for one in singles)
    for page, document in zip(pdf.pages, rendered, strict=True):
        assert document.access_key in page.extract_text().replace("\n", "")
    assert [entry.title for entry in pdf.outline] == [one.number for one in rendered]
    assert target.stat().st_size < 0.6 * sum(map(len, singles))
    assert [file.name for file in tmp_path.iterdir()] == ["all.pdf"]


def test_a_zip_holds_the_envelope_and_the_ride_of_each_and_is_always_the_same(ana, rendered, tmp_path):
    for name in ("one.zip", "two.zip"):
        assert bundles.one_zip(files(ana), tmp_path / name) == HOW_MANY
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with ZipFile(tmp_path / "one.zip") as zipped:
        assert sorted(zipped.namelist()) == sorted(
            name for one in rendered for name in (f"{one.access_key}.xml", f"{one.access_key}_ride.pdf")
        )
        wrapper = etree.fromstring(zipped.read(f"{rendered[0].access_key}.xml"))
    assert wrapper.findtext("numeroAutorizacion") == rendered[0].access_key


def test_nothing_found_writes_nothing(ana, tmp_path):
    assert (
        bundles.one_pdf(files(ana), tmp_path / "x.pdf")
        == bundles.one_zip(files(ana), tmp_path / "x.zip")
        == 0
    )
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(params=["folder", "archive.zip"])
def exported(request, ana, rendered, tmp_path) -> tuple[Path, archive.Written]:
    target = tmp_path / "out" / request.param
    month = this_month(rendered[0])
    return target, archive.export(files(ana, month), target, ruc=ana.ruc, month=month)


def test_an_export_proves_itself(exported, rendered):
    target, written = exported
    assert (written.documents, written.files) == (HOW_MANY, 2 * HOW_MANY + 2)
    assert archive.verify(target, sha256=written.sha256) == (HOW_MANY, [])
    assert [entry.name for entry in target.parent.iterdir()] == [target.name]
    found = contents(target)
    index = json.loads(found["index.json"])
    assert [one["access_key"] for one in index["documents"]] == [one.access_key for one in rendered]
    table = list(csv.DictReader(io.StringIO(found["index.csv"].decode("utf-8-sig"))))
    assert [row["xml_sha256"] for row in table] == [one["xml_sha256"] for one in index["documents"]]
    assert table[0]["buyer_name"] == "'=CLIENTE 0"


def contents(target: Path) -> dict[str, bytes]:
    if target.is_dir():
        return {f.relative_to(target).as_posix(): f.read_bytes() for f in target.rglob("*") if f.is_file()}
    with ZipFile(target) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def rewrite(target: Path, changes: dict[str, bytes | None]) -> None:
    found = contents(target) | changes
    if target.is_dir():
        shutil.rmtree(target)
        for name, content in found.items():
            if content is not None:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(content)
    else:
        with ZipFile(target, "w") as zipped:
            for name, content in found.items():
                if content is not None:
                    zipped.writestr(name, content)


def test_each_difference_is_named(exported, rendered):
    target, written = exported
    first, second = (f"documents/{one.access_key}" for one in rendered[:2])
    table = contents(target)["index.csv"].replace(b"CLIENTE 4", b"CLIENTE 9")
    changes = {
        f"{first}.xml": None,
        f"{second}_ride.pdf": b"%PDF",
        "documents/extra.txt": b"",
        "index.csv": table,
    }
    rewrite(target, changes)
    assert archive.verify(target, sha256=written.sha256)[1] == [
        "index.csv: no dice lo mismo que index.json",
        f"{first}.xml: falta",
        f"{second}_ride.pdf: no es el archivo que se exportó",
        "documents/extra.txt: no está en el índice",
    ]


def test_an_index_rewritten_with_its_files_is_found_by_what_the_export_said(exported):
    target, written = exported
    index = json.loads(contents(target)["index.json"])
    del index["documents"][1:]
    kept = {index["documents"][0]["xml"], index["documents"][0]["ride"]}
    gone = {name: None for name in contents(target) if name.startswith("documents/") and name not in kept}
    csv_ = archive._table(index["documents"])
    rewrite(target, {**gone, "index.json": json.dumps(index).encode(), "index.csv": csv_})
    assert archive.verify(target) == (1, [])
    assert archive.verify(target, sha256=written.sha256)[1] == ["index.json: no es el índice que se exportó"]


def test_the_xml_of_another_document_is_found_even_where_the_index_agrees(exported):
    target, _ = exported
    found = contents(target)
    index = json.loads(found["index.json"])
    one, two = index["documents"][:2]
    one["xml_sha256"] = two["xml_sha256"]
    changes = {one["xml"]: found[two["xml"]], "index.json": json.dumps(index).encode()}
    rewrite(target, {**changes, "index.csv": archive._table(index["documents"])})
    assert archive.verify(target)[1] == [f"{one['xml']}: no es la autorización de {one['access_key']}"]


def test_what_is_no_export_says_so(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"no zip")
    assert archive.verify(tmp_path / "x.zip")[0] == 0
    (tmp_path / "index.json").write_text("[]")
    assert len(archive.verify(tmp_path)[1]) == 1


def test_an_export_never_writes_over_anything_and_leaves_no_half(ana, rendered, tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(Refused, match="ya existe"):
        archive.export(files(ana), tmp_path / "there", ruc=ana.ruc, month="2026-01")

    def broken():
        yield files(ana)[0]
        raise OSError("the storage went away")

    for name in ("half", "half.zip"):
        with pytest.raises(OSError, match="went away"):
            archive.export(broken(), tmp_path / name, ruc=ana.ruc, month="2026-01")
    assert [entry.name for entry in tmp_path.iterdir()] == ["there"]


def test_a_document_whose_ride_is_not_made_yet_is_archived_without_it(ana, tmp_path):
    document = ana.document(State.AUTHORIZED)
    written = archive.export(files(ana), tmp_path / "x", ruc=ana.ruc, month=this_month(document))
    assert (written.documents, written.files) == (1, 3)
    assert archive.verify(tmp_path / "x") == (1, [])
    with tenant_scope(ana.id):
        assert Ride.get_by_id(document.id).path is None
