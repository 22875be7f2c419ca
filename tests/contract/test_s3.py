"""RIDEs in an object store, over HTTP against a server that speaks S3: kept, read back, and its failures told."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count

import boto3
import pytest
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

from app import kept_rides, storage
from app.lifecycle import State
from app.outcome import Later, Stored
from app.services import Services
from app.storage import Storage, ride_path
from app.store.documents import DocumentAuthorization, Ride
from app.tenancy import tenant_scope

PATH = ride_path(7, "2811202601179001691900110010020000001234567890110", date(2026, 11, 28))
_buckets = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"http://{host}:{port}"
    started.stop()


@pytest.fixture(autouse=True)
def account(server: str, monkeypatch) -> None:
    """What an operator sets for the store itself, beside STORAGE_URL."""
    given = {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "ENDPOINT_URL": server}
    for name, value in (given | {"DEFAULT_REGION": "us-east-1", "EC2_METADATA_DISABLED": "true"}).items():
        monkeypatch.setenv(f"AWS_{name}", value)
    S3FileSystem.clear_instance_cache()


@pytest.fixture
def url(server: str) -> str:
    bucket = f"rides-{next(_buckets)}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    return f"s3://{bucket}/kept"


def test_a_folder_is_forgotten_and_nothing_beside_it(url):
    kept = Storage(url)
    for path in ("exports/7/00001-1.csv", "exports/7/00002-1.csv", "exports/77/00001-1.csv"):
        kept.put(path, b"x")
    for _ in range(2):
        kept.forget("exports/7")
    assert [kept.exists(f"exports/{one}/00001-1.csv") for one in (7, 77)] == [False, True]


def test_what_was_put_is_got_back(url):
    kept = Storage(url)
    assert not kept.exists(PATH)
    with pytest.raises(FileNotFoundError):
        kept.get(PATH)
    kept.put(PATH, b"%PDF first")
    kept.put(PATH, b"%PDF second")
    assert kept.exists(PATH)
    assert kept.get(PATH) == b"%PDF second"
    assert Storage(url).get(PATH) == b"%PDF second"
    bucket, _, folder = url.removeprefix("s3://").partition("/")
    [stored] = boto3.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert stored["Key"] == f"{folder}/{PATH}"
    assert kept.url_of(PATH) == f"{url}/{PATH}"


def test_a_ride_is_kept_there_and_made_again_when_it_is_gone(url, ana):
    services = Services(ana.services.settings.model_copy(update={"storage_url": url}), ana.services.database)
    there = replace(ana, services=services)
    document = there.document(State.AUTHORIZED)
    assert there.render(document.id) == Stored(0)
    with tenant_scope(ana.id):
        ride, authorization = Ride.get_by_id(document.id), DocumentAuthorization.get_by_id(document.id)
    first = services.storage.get(ride.path)
    bucket, _, folder = url.removeprefix("s3://").partition("/")
    boto3.client("s3").delete_object(Bucket=bucket, Key=f"{folder}/{ride.path}")
    assert kept_rides.fetch(ride, authorization, services, mend=True).condition == "missing"
    assert services.storage.get(ride.path) == first


def test_a_bucket_that_does_not_exist_is_an_error_of_the_storage(server):
    nowhere = Storage("s3://never-made/kept")
    with pytest.raises(OSError):
        nowhere.put(PATH, b"x")
    with pytest.raises(FileNotFoundError):
        nowhere.get(PATH)


def test_a_store_that_is_gone_delays_the_ride(url, ana, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
    S3FileSystem.clear_instance_cache()
    services = Services(ana.services.settings.model_copy(update={"storage_url": url}), ana.services.database)
    there = replace(ana, services=services)
    document = there.document(State.AUTHORIZED)
    assert isinstance(there.render(document.id), Later)
    with tenant_scope(ana.id):
        assert Ride.get_by_id(document.id).last_error_code == "storage_away"
    assert ana.read(document.id).state == State.AUTHORIZED


def test_a_store_that_never_answers_costs_no_more_than_the_limit(url, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Thread(target=_accept, args=(silent,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        S3FileSystem.clear_instance_cache()
        monkeypatch.setattr(storage, "LIMIT_S", 2)
        began = time.monotonic()
        with pytest.raises(OSError):
            Storage(url).put(PATH, b"x")
        assert time.monotonic() - began < 5


def _accept(silent: socket.socket) -> None:
    held = []
    try:
        while True:
            held.append(silent.accept())
    except OSError:
        return


def test_without_credentials_the_store_says_so(url, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_") and "KEY" in name]:
        monkeypatch.delenv(name)
    S3FileSystem.clear_instance_cache()
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setattr(storage, "LIMIT_S", 10)
    with pytest.raises(OSError):
        Storage(url).get(PATH)
