"""Files of record: durable, whole, and never outside the storage's root."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from app.errors import Misconfigured
from app.storage import Storage, ride_path

KEY = "2811202601179001691900110010020000001234567890110"
PATH = ride_path(7, KEY, date(2026, 11, 28))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "año con espacio" / "storage"


@pytest.fixture(params=["file", "memory"])
def storage(request, folder: Path) -> Storage:
    return Storage(folder.as_uri() if request.param == "file" else f"memory://{uuid4().hex}")


def test_a_ride_lies_under_its_tenant_year_and_month():
    assert ride_path(7, KEY, date(2026, 1, 2)) == f"7/invoices/2026/01/{KEY}_ride.pdf"


@pytest.mark.parametrize("key", ["", "../../etc/passwd", KEY[:-1], KEY + "1", KEY[:-1] + "٣", KEY + "\n"])
def test_what_is_not_an_access_key_makes_no_path(key):
    with pytest.raises(ValueError, match="access key"):
        ride_path(7, key, date(2026, 11, 28))


def test_what_was_put_is_got_back(storage):
    assert not storage.exists(PATH)
    storage.put(PATH, b"%PDF first")
    storage.put(PATH, b"%PDF second")
    assert storage.exists(PATH)
    assert storage.get(PATH) == b"%PDF second"
    assert storage.url_of(PATH).endswith(PATH)


@pytest.mark.parametrize("url", [Path.as_uri, str], ids=["url", "path"])
def test_a_folder_with_spaces_and_accents_is_the_folder_that_was_named(folder, url):
    storage = Storage(url(folder))
    storage.put(PATH, b"%PDF")
    assert (folder / PATH).read_bytes() == b"%PDF"
    assert storage.url_of(PATH) == (folder / PATH).as_uri()


def test_addresses_shown_to_people_carry_no_credentials():
    storage = Storage("memory://key:secret@bucket/rides")
    assert storage.url_of("1/a.pdf") == "memory://bucket/rides/1/a.pdf"


def test_a_folder_is_forgotten_with_all_that_is_in_it_and_nothing_beside_it(storage):
    for path in ("exports/7/1.csv", "exports/7/2.csv", "exports/77/1.csv"):
        storage.put(path, b"x")
    for _ in range(2):
        storage.forget("exports/7")
    assert [storage.exists(f"exports/{one}/1.csv") for one in (7, 77)] == [False, True]


def test_a_missing_file_says_so(storage):
    with pytest.raises(FileNotFoundError):
        storage.get(PATH)


@pytest.mark.parametrize(
    "path",
    ["", "/etc/x", "../up", "a/../b", "a/./b", "a//b", "a/b/", ".hidden", "a\\b", "a/b\n", "a\0b", "~"],
)
def test_nothing_outside_the_root_can_be_named(storage, path):
    for verb in (storage.get, storage.exists, storage.url_of, storage.forget, lambda p: storage.put(p, b"x")):
        with pytest.raises(ValueError, match="inside the storage"):
            verb(path)


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(folder):
    storage = Storage(folder.as_uri())
    storage.put("1/held", b"old")
    # A folder cannot be replaced by a file, whoever runs the tests.
    (folder / "1" / "taken" / "by-a-folder").mkdir(parents=True)
    with pytest.raises(OSError):
        storage.put("1/taken", b"new")
    assert storage.get("1/held") == b"old"
    assert sorted(entry.name for entry in (folder / "1").iterdir()) == ["held", "taken"]


def test_a_storage_of_an_uninstalled_kind_names_the_setting_and_the_package(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gcsfs", None)
    with pytest.raises(Misconfigured, match=r"STORAGE_URL=gs://bucket/rides: install the package gcsfs"):
        Storage("gs://key:secret@bucket/rides")


def test_an_unknown_kind_of_storage_stops_the_boot():
    with pytest.raises(Misconfigured, match="STORAGE_URL=nowhere://x"):
        Storage("nowhere://x")
