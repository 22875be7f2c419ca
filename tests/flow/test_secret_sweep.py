"""Every secret of an installation, through every path that works or fails, is found nowhere afterwards."""

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from cast import PASSWORD, p12_of, take_on
from console_cast import Browser
from cryptography.fernet import Fernet
from documents_cast import invoice
from engine_processes import EngineProcesses, descendants
from post_office import free_port
from pydantic import SecretStr
from shell import autoriza
from sweep import files, queue, tables

from admin import create_app
from admin.cli import main
from app import people
from app.config import Settings, environment_of
from app.delivery import Delivery
from app.store.base import database
from app.store.documents import Document, Ride
from app.tenancy import every_tenant_scope, tenant_scope

P12 = "Clave/Del:P12_ñ+77310"
SESSION = "sesion-Qw83_kd92Lm-xP01zRt6Yb4Vn7"
SMTP = "correo@Clave:9913/zz"
METRICS = "metricas-0Kd83hWq71Lz5"
WEBHOOK = "gancho-7Yt62Pq9aa"
PERSON = "Clave de Persona 4471!"
REDIS = "redis-Clave_88213"
STORE = "almacen+Clave/5567"
KEY = Fernet.generate_key().decode()


def forms(secret: str) -> Iterator[bytes]:
    """A secret as it is, and as it would look in a URL, in JSON, in hexadecimal and in base64."""
    raw = secret.encode()
    yield from (raw, quote(secret).encode(), quote(secret, safe="").encode(), raw.hex().encode())
    yield json.dumps(secret).strip('"').encode()
    yield base64.b64encode(raw).rstrip(b"=")[:-1]


@pytest.fixture(scope="module")
def settings(settings) -> Settings:
    mail = f"smtp://facturas:{quote(SMTP, safe='')}@127.0.0.1:{free_port()}"
    hook = f"webhook+http://127.0.0.1:{free_port()}/alarma?secret={WEBHOOK}"
    return settings.model_copy(
        update={
            "secret_keys": (SecretStr(KEY),),
            "session_secret": SecretStr(SESSION),
            "smtp_url": SecretStr(mail),
            "mail_from": "facturas@example.ec",
            "metrics_token": SecretStr(METRICS),
            "alert_channels": (SecretStr(hook),),
            "deliver_documents_cron": "*/2 * * * * *",
            "evaluate_alerts_cron": "*/2 * * * * *",
            "log_level": "DEBUG",
        }
    )


@pytest.fixture(scope="module")
def secrets(settings) -> dict[str, str]:
    return {
        "the p12's password": P12,
        "the session secret": SESSION,
        "the mail server's password": SMTP,
        "the token of /metrics": METRICS,
        "the webhook's secret": WEBHOOK,
        "a person's password": PERSON,
        "Redis' password": REDIS,
        "the object store's password": STORE,
        "a key of SECRET_KEYS": KEY,
        "the database's password": str(urlsplit(settings.database_url).password),
    }


def worked(settings: Settings, services, tmp_path: Path) -> tuple[bytes, list[str]]:
    """One invoice all its way through real processes, its mail and an alert failing; output and command lines."""
    ana = take_on(services, "ANA RESERVADA S.A.")
    p12 = tmp_path / "firma.p12"
    p12.write_bytes(p12_of(ana.ruc, "ANA"))
    given = ("certificate", "add", "--ruc", ana.ruc, "--p12", str(p12), "--password-env", "SECRETO")
    draft = tmp_path / "factura.json"
    draft.write_text(json.dumps(invoice(infoAdicional=[{"nombre": "Correo", "valor": "a@example.ec"}])))
    said = [autoriza(settings, *given, SECRETO=PASSWORD), autoriza(settings, *given, SECRETO=P12)]
    with EngineProcesses(settings) as engine:
        said.append(autoriza(settings, "document", "import", "--ruc", ana.ruc, str(draft)))
        engine.until(lambda: _tried(ana.id), 60, "the first attempt at mail")
        pids = [one for pid in engine.supervisor.pids.values() for one in (pid, *descendants(pid))]
        argv = [Path(f"/proc/{pid}/cmdline").read_text(errors="replace") for pid in pids if _lives(pid)]
        for command in ("doctor", "jobs list", "alerts test"):
            said.append(autoriza(settings, *command.split()))
    return b"".join(f"{done.args}{done.stdout}{done.stderr}".encode() for done in said), argv


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").exists()


def _tried(tenant_id: int) -> bool:
    with tenant_scope(tenant_id):
        rode = Ride.select().where(Ride.path.is_null(False)).exists()
        return bool(rode and Delivery.select().where(Delivery.attempts > 0).exists())


def broken(settings: Settings, monkeypatch) -> int:
    """Let the command line say what it has to say when each address is wrong, secrets in it; how many refusals."""
    url = settings.database_url
    password = str(urlsplit(url).password)
    refused, bound = 0, database.obj
    for changes in (
        {"DATABASE_URL": f"postgresql://autoriza:{password}@127.0.0.1:1/x"},
        {"DATABASE_URL": f"postgresql://autoriza:{password}@127.0.0.1:puerto/x"},
        {"DATABASE_URL": f"postgresql://autoriza:{password}@[::1/x"},
        {"DATABASE_URL": f"mysql://autoriza:{password}@127.0.0.1/x"},
        {"REDIS_URL": f"redis://:{REDIS}@127.0.0.1:1/0"},
        {"REDIS_URL": f"redis://:{REDIS}@127.0.0.1:puerto/0"},
        {"REDIS_URL": f"http://:{REDIS}@127.0.0.1/0"},
        {"STORAGE_URL": f"ftp://ana:{quote(STORE, safe='')}@127.0.0.1:1/x"},
        {"STORAGE_URL": f"nada://ana:{quote(STORE, safe='')}@127.0.0.1:1/x"},
        {"SMTP_URL": f"http://ana:{quote(SMTP, safe='')}@127.0.0.1:1"},
        {"SMTP_URL": f"smtp://ana:{quote(SMTP, safe='')}@127.0.0.1:puerto"},
        {"ALERT_CHANNELS": f"webhook+http://127.0.0.1:puerto/?secret={WEBHOOK}"},
        {"SESSION_SECRET": PERSON},
        {"SECRET_KEYS": f"{KEY[:-3]}"},
        {"PORT": "x"},
    ):
        with monkeypatch.context() as given:
            for name, value in {**environment_of(settings), **changes}.items():
                given.setenv(name, value)
            given.setattr(sys, "argv", ["autoriza", "doctor"])
            with pytest.raises(SystemExit) as end:
                main()
        refused += bool(end.value.code)
        database.initialize(bound)
    return refused


def seen(services, settings: Settings) -> bytes:
    """Every page of the console without an argument, wrong logins, /metrics with and without its token."""
    people.create("olga@example.ec", "Olga", PERSON, "admin", (), by="test")
    app = create_app(services)
    admin, stranger = Browser(app.test_client()), Browser(app.test_client())
    assert stranger.sign_in("olga@example.ec", PERSON[:-1]).status_code == 401
    assert admin.sign_in("olga@example.ec", PERSON).status_code == 302
    pages = [
        admin.get(rule.rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    pages.append(stranger.get("/metrics", headers={"Authorization": f"Bearer {METRICS}x"}))
    pages.append(stranger.get("/metrics", headers={"Authorization": f"Bearer {METRICS}"}))
    with every_tenant_scope():
        ids = [document.id for document in Document.select(Document.id)]
    pages += [admin.get(f"/documents/{one}/") for one in ids]
    assert len(pages) > 10
    return b"".join(f"{page.status} {page.headers}".encode() + page.get_data() for page in pages)


@pytest.mark.timeout(240)
def test_no_secret_is_found_anywhere(
    settings, services, servers, secrets, tmp_path, caplog, capfd, monkeypatch
):
    caplog.set_level("DEBUG")
    said, argv = worked(settings, services, tmp_path)
    pages = seen(services, settings)
    assert broken(settings, monkeypatch) == 15
    places = {
        "the output of commands": said,
        "the command lines of processes": "".join(argv).encode(),
        "pages": pages,
        "this process' log and what it said": caplog.text.encode() + "".join(capfd.readouterr()).encode(),
        "the tables": tables(services, servers.superuser_url),
        "the queue": queue(settings),
        "files: logs and storage": files(settings.autoriza_home),
    }
    assert b"authorized" in places["files: logs and storage"] and b"_ride.pdf" in places["the tables"]
    found = [
        f"{name} in {place}"
        for name, secret in secrets.items()
        for place, content in places.items()
        if any(form in content for form in forms(secret))
    ]
    assert found == []
