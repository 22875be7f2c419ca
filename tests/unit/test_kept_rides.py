"""RIDE files that are missing or altered are made again; a storage that fails loses nothing and the row says why."""

import hashlib
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cast import Taxpayer
from needs import lacking

from app import kept_rides, rides, work
from app.lifecycle import State
from app.outcome import Later, Stored
from app.services import Services
from app.storage import Storage
from app.store.documents import DocumentAuthorization, Ride
from app.tenancy import tenant_scope


def rendered(ana: Taxpayer) -> tuple[Ride, DocumentAuthorization, Path]:
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    with tenant_scope(ana.id):
        ride = Ride.get_by_id(document.id)
        authorization = DocumentAuthorization.get_by_id(document.id)
    return ride, authorization, ana.services.settings.autoriza_home / "storage" / ride.path


def read(ana: Taxpayer, document_id: int) -> Ride:
    with tenant_scope(ana.id):
        return Ride.get_by_id(document_id)


@pytest.mark.parametrize(("damage", "condition"), [(None, "missing"), (b"%PDF other", "altered")])
@pytest.mark.parametrize("mend", [True, False])
def test_what_is_asked_for_is_always_what_was_stored(ana, damage, condition, mend):
    ride, authorization, file = rendered(ana)
    file.unlink()
    if damage:
        file.write_bytes(damage)
    got = kept_rides.fetch(ride, authorization, ana.services, mend=mend)
    assert got.condition == condition
    assert hashlib.sha256(got.pdf).hexdigest() == ride.sha256
    assert (file.exists() and file.read_bytes() == got.pdf) == mend
    if mend:
        assert kept_rides.fetch(ride, authorization, ana.services).condition == "kept"


def test_a_storage_that_is_away_still_gives_the_person_their_ride(ana):
    ride, authorization, _ = rendered(ana)
    gone = Services(ana.services.settings, ana.services.database)
    vars(gone)["storage"] = Storage("memory://nowhere")
    vars(gone)["storage"]._remote = Broken()
    got = kept_rides.fetch(ride, authorization, gone, mend=True)
    assert (got.condition, got.said) == ("away", "ConnectionError: no route")
    assert hashlib.sha256(got.pdf).hexdigest() == ride.sha256


class Broken:
    """What an object store's library may raise: errors of its own."""

    async_impl = False

    def __getattr__(self, verb: str):
        def act(*_: object) -> None:
            raise type("ConnectionError", (Exception,), {})("no route")

        return act


def test_the_nightly_look_makes_again_what_is_missing_and_tells_of_what_was_altered(ana):
    _, _, missing = rendered(ana)
    _, _, altered = rendered(ana)
    _, _, good = rendered(ana)
    before = [file.read_bytes() for file in (missing, altered, good)]
    missing.unlink()
    altered.write_bytes(b"%PDF forged")
    half = good.with_name(f".{good.name}.0123456789ab.part")
    half.touch()
    os.utime(half, (0, 0))
    found = kept_rides.reconcile(ana.id, ana.services, within_s=60)
    assert (found.parts, half.exists()) == (1, False)
    assert (found.looked, found.missing, found.altered, found.more) == (3, 1, 1, False)
    assert [file.read_bytes() for file in (missing, altered, good)] == before
    [alert] = ana.alerts("ride_altered")
    assert alert.subject == altered.name.removesuffix("_ride.pdf")


def test_the_look_goes_on_where_its_time_ended(ana):
    for _ in range(3):
        rendered(ana)
    found = kept_rides.reconcile(ana.id, ana.services, within_s=-1)
    assert (found.looked, found.more) == (1, True)
    rest = kept_rides.reconcile(ana.id, ana.services, after=found.last, within_s=60)
    assert (rest.looked, rest.more) == (2, False)


def test_one_made_again_by_another_release_is_recorded_as_it_is_now(ana):
    ride, _, file = rendered(ana)
    file.unlink()
    with tenant_scope(ana.id):
        Ride.update(sha256="of-another-release").where(Ride.id == ride.id).execute()
    kept_rides.reconcile(ana.id, ana.services, within_s=60)
    assert read(ana, ride.id).sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_proof_names_each_difference_and_changes_nothing(ana):
    _, _, missing = rendered(ana)
    _, _, altered = rendered(ana)
    other, _, file = rendered(ana)
    rendered(ana)
    file.write_bytes(b"%PDF of another release")
    with tenant_scope(ana.id):
        of_another = hashlib.sha256(file.read_bytes()).hexdigest()
        Ride.update(sha256=of_another).where(Ride.id == other.id).execute()
    missing.unlink()
    altered.write_bytes(b"%PDF forged")
    said = [one.difference for one in kept_rides.verified(ana.id, ana.services)]
    today = "dibujado hoy sería otro: se hizo con otra versión del programa"
    assert said == ["falta", "no es el que se guardó", today, ""]
    [only] = kept_rides.verified(ana.id, ana.services, only=other.id)
    assert only.difference == today
    assert list(kept_rides.verified(ana.id, ana.services, only=other.id + 1000)) == []
    assert not missing.exists()


def test_a_storage_that_fails_delays_the_ride_and_says_why(ana):
    document = ana.document(State.AUTHORIZED)
    services = Services(ana.services.settings, ana.services.database)
    storage = vars(services)["storage"] = Storage("memory://rides")
    storage._remote = Broken()
    failing = replace(ana, services=services)
    for _ in range(6):
        assert isinstance(failing.render(document.id), Later)
    waiting = read(ana, document.id)
    assert (waiting.path, waiting.needs_person_since, waiting.last_error_code) == (None, None, "storage_away")
    assert "no route" in waiting.last_error
    assert waiting.next_attempt_at > datetime.now(UTC)
    assert len(ana.alerts("storage_away")) == 1
    assert ana.read(document.id).state == State.AUTHORIZED
    assert ana.render(document.id) == Stored(0)
    [alert] = ana.alerts("storage_away")
    assert alert.resolved_at


WRITER = """
import sys
from app.storage import Storage
storage = Storage(sys.argv[1])
if len(sys.argv) > 2:
    import os
    os.setuid(65534)
try:
    storage.put("7/invoices/2026/11/a.pdf", b"x" * 3_000_000)
except OSError as error:
    print(type(error).__name__, error.errno)
"""


def written_by_another(*arguments: str) -> str:
    here = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-c", WRITER, *arguments],
        env={**os.environ, "PYTHONPATH": here},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_folder_that_may_not_be_written_to_is_an_error_of_the_storage(tmp_path):
    folder = tmp_path / "storage"
    folder.mkdir(mode=0o555)
    as_nobody = ("drop",) if os.getuid() == 0 else ()
    assert written_by_another(folder.as_uri(), *as_nobody) == "PermissionError 13"
    assert list(folder.iterdir()) == []


def test_a_writer_killed_before_its_file_has_its_name_leaves_what_was_there_and_no_rest(tmp_path):
    folder, trigger = tmp_path / "storage", tmp_path / "kill"
    storage = Storage(folder.as_uri())
    storage.put("7/invoices/2026/11/a.pdf", b"%PDF of before")
    trigger.touch()
    program = (
        "import sys; from pathlib import Path; from app import kill_points; from app.storage import Storage\n"
        "kill_points.arm('before_rename', Path(sys.argv[2]))\n"
        "Storage(sys.argv[1]).put('7/invoices/2026/11/a.pdf', b'%PDF half')"
    )
    here = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-c", program, folder.as_uri(), str(trigger)]
    killed = subprocess.run(command, env={**os.environ, "PYTHONPATH": here}, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert storage.get("7/invoices/2026/11/a.pdf") == b"%PDF of before"
    [_, part] = sorted((folder / "7/invoices/2026/11").iterdir(), key=lambda file: file.suffix != ".pdf")
    assert part.suffix == ".part"
    assert storage.forget_parts("7/invoices") == 0  # its writer might still be at work
    os.utime(part, (0, 0))
    (folder / "7/invoices/.notes.part").touch()
    os.utime(folder / "7/invoices/.notes.part", (0, 0))
    assert storage.forget_parts("7/invoices") == 1
    assert not part.exists()
    assert (folder / "7/invoices/.notes.part").exists()  # not ours


def test_a_storage_slower_than_a_lease_makes_one_ride_of_two_writers(ana, monkeypatch):
    document = ana.document(State.AUTHORIZED)
    ana.make_due(Ride, document.id)
    slow = ana.claim(Ride, document.id, lease_s=-1)  # its lease runs out while the storage takes its time
    put = Storage.put

    def in_time(storage: Storage, path: str, content: bytes) -> None:
        monkeypatch.setattr(Storage, "put", put)
        assert ana.render(document.id) == Stored(0)
        put(storage, path, content)

    monkeypatch.setattr(Storage, "put", in_time)
    with pytest.raises(work.Refused):
        rides.generate(slow, ana.services)
    ride = read(ana, document.id)
    assert hashlib.sha256(ana.services.storage.get(ride.path)).hexdigest() == ride.sha256
    assert ride.deliveries == 1
    assert [one.difference for one in kept_rides.verified(ana.id, ana.services)] == [""]


def test_a_full_disk_leaves_no_part_behind(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        lacking("a file system of 1 MB of its own (mount, as root)")
    try:
        assert written_by_another(folder.as_uri()) == "OSError 28"
        assert [file for file in folder.rglob("*") if file.is_file()] == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)
