"""Making a RIDE: the file is durable before the row says that it exists, and a document has one."""

import hashlib
from dataclasses import replace
from io import BytesIO

import pytest
from cast import Taxpayer
from pypdf import PdfReader

from app import rides, work
from app.lifecycle import State
from app.outcome import Later, Stored
from app.services import Services
from app.storage import Storage
from app.store.documents import Ride
from app.tenancy import tenant_scope


def ride(taxpayer: Taxpayer, document_id: int) -> Ride:
    with tenant_scope(taxpayer.id):
        return Ride.get_by_id(document_id)


def test_a_stored_ride_is_what_its_row_says(ana):
    document = ana.document(State.AUTHORIZED)
    assert ana.render(document.id) == Stored(0)
    row = ride(ana, document.id)
    file = ana.services.storage.get(row.path)
    assert row.path == f"{ana.id}/invoices/{document.issue_date:%Y/%m}/{document.access_key}_ride.pdf"
    assert (row.size, row.sha256) == (len(file), hashlib.sha256(file).hexdigest())
    assert row.pages == len(PdfReader(BytesIO(file)).pages)
    assert (row.next_attempt_at, row.lease_until, row.last_error) == (None, None, None)
    assert row.rendered_at


def test_a_ride_made_twice_is_the_same_file(ana):
    document = ana.document(State.AUTHORIZED)
    late = ana.claim(Ride, document.id, lease_s=-1)
    ana.render(document.id)
    row = ride(ana, document.id)
    first = ana.services.storage.get(row.path)
    with pytest.raises(work.Refused):
        rides.generate(late, ana.services)
    assert ana.services.storage.get(row.path) == first
    assert ride(ana, document.id).__data__ == row.__data__


def test_a_full_disk_leaves_the_document_authorized_and_its_ride_not_made(ana, monkeypatch):
    document = ana.document(State.AUTHORIZED)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Storage, "put", full)
        assert isinstance(ana.render(document.id), Later)
    waiting = ride(ana, document.id)
    assert (waiting.path, waiting.lease_until, waiting.last_error_code) == (None, None, "storage_away")
    assert "No space left on device" in waiting.last_error
    assert ana.read(document.id).state == State.AUTHORIZED
    assert ana.render(document.id) == Stored(0)


def test_a_row_never_points_to_a_file_that_is_not_there(ana):
    document = ana.document(State.AUTHORIZED)

    class Watched(Storage):
        def put(self, path: str, content: bytes) -> None:
            assert ride(ana, document.id).path is None
            super().put(path, content)

    watched = Services(ana.services.settings, ana.services.database)
    vars(watched)["storage"] = Watched((ana.services.settings.autoriza_home / "storage").as_uri())
    replace(ana, services=watched).render(document.id)
    assert watched.storage.exists(ride(ana, document.id).path)


def test_characters_that_no_font_has_are_told_to_whoever_reads_the_log(ana, capsys):
    document = ana.document(State.AUTHORIZED, razonSocialComprador="茶 TÉ S.A. 🍵")
    ana.render(document.id)
    [line] = [one for one in capsys.readouterr().out.splitlines() if "ride_lacks_glyphs" in one]
    assert "茶🍵" in line
    file = ana.services.storage.get(ride(ana, document.id).path)
    assert "□ TÉ S.A. □" in PdfReader(BytesIO(file)).pages[0].extract_text()
