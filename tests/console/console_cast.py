"""Browsers for console tests: somebody's cookies, and the form token filled in as the page gave it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import pytest
from argon2 import PasswordHasher
from cast import CONSOLE_PASSWORD, Taxpayer
from flask import Flask
from flask.testing import FlaskClient
from peewee import fn
from werkzeug.test import TestResponse

from admin import create_app
from app import passwords, people
from app.services import Services
from app.store.documents import Document
from app.store.engine import Run
from app.tenancy import tenant_scope

_people = count(1)
_addresses = count(1)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """Somebody's browser."""

    client: FlaskClient
    email: str = ""

    def get(self, address: str, **options) -> TestResponse:
        return self.client.get(address, **options)

    def read(self, address: str) -> str:
        """The page at ``address``, which must be there."""
        answer = self.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.get_data(as_text=True)

    def post(self, address: str, form: dict | None = None, **options) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.token(), **(form or {})}, **options)

    def token(self) -> str:
        found = _TOKEN.search(self.get("/" if self.email else "/login").get_data(as_text=True))
        assert found, "no form on the page"
        return found[1]

    def sign_in(self, email: str, password: str = CONSOLE_PASSWORD, **form: str) -> TestResponse:
        answer = self.post("/login", {"email": email, "password": password, **form})
        self.email = email if answer.status_code == 302 else ""
        return answer


def signed_in(browser: Browser, role: people.Role, tenant_ids: tuple[int, ...]) -> Browser:
    """A new person with this role, signed in with ``browser``."""
    email = f"{role}{next(_people)}@example.ec"
    people.create(email, "Pat Prueba", CONSOLE_PASSWORD, role, tenant_ids, by="test")
    assert browser.sign_in(email).status_code == 302
    return browser


def words(page: str) -> str:
    """The page as a reader sees it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def change(document: Document, **values) -> None:
    """Write columns of a document, but for its state."""
    with tenant_scope(document.tenant_id):
        Document.update(**values).where(Document.id == document.id).execute()


def a_run(tenant_id: int, document_id: int | None = None, **values) -> int:
    """A run on record, failed unless told otherwise; its id."""
    row = {
        "tenant_id": tenant_id,
        "document_id": document_id,
        "message_id": "5e0c",
        "actor": "submit_document",
        "queue": "sri",
        "arguments": {"args": [tenant_id, document_id], "kwargs": {}},
        "attempt": 1,
        "state": "failed",
        "enqueued_at": fn.now(),
        "started_at": fn.now(),
        "finished_at": fn.now(),
        "worker": "dyno:1",
        "error_class": "ValueError",
        "error": "algo raro",
        "traceback": "Traceback (most recent call last): algo raro",
    }
    with tenant_scope(tenant_id):
        row |= values
        row["failed"] = row["state"] in ("failed", "abandoned")
        return int(Run.insert(row).execute())


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords of these tests are hashed cheaply: proving one takes a tenth of a second otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobodys.cache_clear()  # a module before may have made it at the full cost
        yield
    passwords._nobodys.cache_clear()


@pytest.fixture(scope="module")
def app(services: Services) -> Iterator[Flask]:
    """The console of this module's installation; what it enqueues goes to this module's part of Valkey."""
    console = create_app(services)
    from workers import broker as queues  # it binds to the settings in use, so not before there are any

    client = queues.open_client(services.settings.redis_url)
    with pytest.MonkeyPatch.context() as patch:
        scripts = {name: client.register_script(one.script) for name, one in queues.broker.scripts.items()}
        patch.setattr(queues.broker, "client", client)
        patch.setattr(queues.broker, "scripts", scripts)
        yield console
    client.close()


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """A new browser in which nobody is signed in, at an address of its own unless told otherwise."""

    def open_one(address: str | None = None) -> Browser:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address or f"203.0.{next(_addresses)}.7"
        return Browser(client)

    return open_one


@pytest.fixture
def anonymous(browser: Callable[..., Browser]) -> Browser:
    """Somebody who has not signed in."""
    return browser()


@pytest.fixture
def admin(browser: Callable[..., Browser]) -> Browser:
    """A signed-in admin."""
    return signed_in(browser(), "admin", ())


@pytest.fixture
def viewer_of(browser: Callable[..., Browser]) -> Callable[..., Browser]:
    """Signs in a new viewer of the taxpayers named."""
    return lambda *taxpayers: signed_in(browser(), "viewer", tuple(one.id for one in taxpayers))


@pytest.fixture
def betos_viewer(viewer_of: Callable[..., Browser], beto: Taxpayer) -> Browser:
    """A signed-in viewer of Beto, who must find nothing of Ana's."""
    return viewer_of(beto)
