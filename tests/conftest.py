"""What every test may ask for; servers are real and start once per run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg2
import pytest
import redis
from cast import Taxpayer, take_on
from cryptography.fernet import Fernet
from needs import lacking
from post_office import PostOffice

from app import embedded
from app.config import Settings
from app.embedded import Servers
from app.migrating import migrate
from app.services import Services, open_services
from app.store.base import database

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "autoriza"
WAITING = {"flow", "rehearsal", "faults"}
_numbers = count(1)

for name in Settings.model_fields:  # what a developer has set for his own installation decides nothing here
    os.environ.pop(name.upper(), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update`` lets the golden XML follow the code, after the official schema passed it."""
    parser.addoption("--update", action="store_true", help="rewrite tests/golden/*/*.xml")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that mostly wait for real processes are spread among those that compute, so that both go on at once."""
    files = list(dict.fromkeys(item.path for item in items))
    waiting = [file for file in files if file.parent.name in WAITING]
    computing = [file for file in files if file.parent.name not in WAITING]
    turns = {
        file: (place / len(queue), queue is computing)
        for queue in (waiting, computing)
        for place, file in enumerate(queue)
    }
    items.sort(key=lambda item: turns[item.path])


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of official schemas, contracts and real documents, read in place."""
    folder = ROOT.parent / "shared"
    if not (folder / "sri" / "xsd").is_dir():
        lacking("../shared (official schemas and samples)")
    return folder


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Valkey of this run, the first database migrated as the template of all others."""
    home = Path(tempfile.mkdtemp(prefix="autoriza-tests-"))
    home.chmod(0o755)
    with embedded.start(home) as started:
        migrate(started.database_url)
        yield started
    outside = home / "outside"
    if outside.is_symlink():
        shutil.rmtree(outside.resolve())
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def simulator():
    """The SRI of this run, over HTTP, with no delays; each test brings a taxpayer of its own to it."""
    from app.sri.simulator import Simulator

    with Simulator() as started:
        yield started


@pytest.fixture(scope="module")
def settings(servers: Servers, simulator, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an installation that only this module knows: a new database, an own part of Valkey, a folder."""
    number = next(_numbers)
    home = tmp_path_factory.mktemp("home")
    redis_url = servers.redis_url.replace("db=0", f"db={number % 16}")
    with redis.Redis.from_url(redis_url) as part:
        part.flushdb()  # messages of a module sixteen before name the rows of another database
    return Settings(
        _env_file=None,
        autoriza_home=home,
        database_url=new_database(servers, f"autoriza_{number}"),
        redis_url=redis_url,
        secret_keys=Fernet.generate_key().decode(),
        session_secret="only-for-tests-" + "x" * 32,
        sri_pruebas_url=simulator.url,
        sri_produccion_url=simulator.url,
        circuit_opens_after=1_000,  # faults of one test must not hold up the next
    )


@pytest.fixture(scope="module")
def services(settings: Settings) -> Iterator[Services]:
    """The opened services of this module's installation; its tables are bound to them meanwhile."""
    opened = open_services(settings, connections=20)
    yield opened
    opened.database.close_all()


@pytest.fixture(autouse=True)
def _no_connection_left_open() -> Iterator[None]:
    yield
    if database.obj is not None and not database.is_closed():
        database.close()


@pytest.fixture
def post() -> Iterator[PostOffice]:
    """A mail server that takes everything until told otherwise."""
    office = PostOffice().open()
    yield office
    office.close()


@pytest.fixture
def ana(services: Services) -> Taxpayer:
    """A taxpayer in pruebas with a certificate, whom no other test knows."""
    return take_on(services, "ANA MOREIRA CÍA. LTDA.")


@pytest.fixture
def beto(services: Services) -> Taxpayer:
    """Another taxpayer, who must never see anything of Ana's."""
    return take_on(services, "BETO SUMINISTROS S.A.")


def new_database(servers: Servers, name: str) -> str:
    """The address of a new database with every table and no row."""
    admin = psycopg2.connect(servers.superuser_url.replace("/autoriza?", "/postgres?"))
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"create database {name} template {TEMPLATE} owner autoriza")
    admin.close()
    url = servers.database_url.replace("/autoriza?", f"/{name}?")
    with psycopg2.connect(url) as fresh, fresh.cursor() as cursor:
        cursor.execute(
            "update continuity set mark = continuity_mark()"
        )  # a copy on purpose, not a restored one
    fresh.close()
    return url
