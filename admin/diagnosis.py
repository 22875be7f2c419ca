"""What ``autoriza doctor`` looks at: everything an installation needs, each with what to do about it."""

import shutil
import time
from collections.abc import Callable, Iterator

import redis
from peewee import PeeweeException

from admin import diagnosis_of_work
from admin.findings import Finding
from admin.installation import connect
from app import redis_health
from app.config import Settings
from app.errors import AutorizaError, Misconfigured, Unavailable
from app.mail.server import Taken, mail_server
from app.migrating import pending
from app.services import Services
from app.sri.gateway import Environment


def examine(settings: Settings) -> list[Finding]:
    """Every finding; the rest is left out when the database cannot be reached, because it depends on it."""
    try:
        services = connect(settings)
    except (AutorizaError, PeeweeException) as error:
        what = "settings" if isinstance(error, Misconfigured) else "database"
        return [Finding(what, "wrong", str(error).strip())]
    findings = [Finding("database", "good", f"reached as an ordinary role ({_server(services)})")]
    for name, look in _LOOKS:
        try:
            findings += look(services)
        except (AutorizaError, PeeweeException, redis.RedisError, OSError) as error:
            findings.append(Finding(name, "wrong", str(error).strip()))
    services.database.close_all()
    return findings


def _server(services: Services) -> str:
    with services.database.connection_context():
        return f"PostgreSQL {services.database.server_version // 10_000}"


def _migrations(services: Services) -> Iterator[Finding]:
    missing = pending(services.settings.database_url)
    if missing:
        yield Finding("migrations", "wrong", f"run 'autoriza migrate': {', '.join(missing)}")
    else:
        yield Finding("migrations", "good")


def _clock(services: Services) -> Iterator[Finding]:
    with services.database.connection_context():
        row = services.database.execute_sql("select extract(epoch from clock_timestamp())").fetchone()
    skew = abs(float(row[0]) - time.time())
    good = skew < 5
    yield Finding(
        "clock",
        "good" if good else "wrong",
        f"{skew:.1f} s from PostgreSQL's" + ("" if good else ": run NTP"),
    )


def _redis(services: Services) -> Iterator[Finding]:
    client = redis_health.open_client(services.settings.redis_url)
    policy = str(client.info("memory").get("maxmemory_policy", "unknown"))
    if policy == "noeviction":
        yield Finding("redis", "good", "keeps every key (noeviction)")
    else:
        yield Finding(
            "redis", "wrong", f"maxmemory-policy is {policy}: set noeviction, or messages vanish silently"
        )


def _storage(services: Services) -> Iterator[Finding]:
    services.storage.put("doctor/probe.txt", b"autoriza")
    if services.storage.get("doctor/probe.txt") != b"autoriza":
        raise Misconfigured("the storage does not give back what was written")
    yield Finding("storage", "good", services.storage.url_of("doctor").removesuffix("/doctor"))


def _secrets(services: Services) -> Iterator[Finding]:
    services.box.open(services.box.seal(b"probe"))
    yield Finding("secrets", "good")
    if len(services.settings.session_secret.get_secret_value()) < 32:
        yield Finding("session secret", "wrong", "SESSION_SECRET needs at least 32 characters")


def _sri(services: Services) -> Iterator[Finding]:
    settings = services.settings
    for name, environment, url in (
        ("pruebas", Environment.PRUEBAS, settings.sri_pruebas_url),
        ("producción", Environment.PRODUCCION, settings.sri_produccion_url),
    ):
        try:
            services.sri_of(environment).visit()
            yield Finding(f"SRI {name}", "good", url)
        except Unavailable as silence:
            yield Finding(f"SRI {name}", "wrong" if silence.kind == "tls" else "note", _advice(url, silence))


def _advice(url: str, silence: Unavailable) -> str:
    """An open port proves nothing: a firewall's page or one about maintenance is no SRI either."""
    if silence.kind == "tls":
        return f"{url} does not prove itself ({silence.detail}): is something between, or a wrong clock?"
    if silence.sent:
        return f"{url} is reached and gives no service now ({silence}): the SRI itself, or what answers in its place"
    return f"{url} cannot be reached now ({silence}): a firewall, or the SRI itself"


def _mail(services: Services) -> Iterator[Finding]:
    server = mail_server(services.settings)
    if server is None:
        yield Finding("mail", "note", "SMTP_URL is empty: what goes to buyers waits")
        return
    answer = server.probe()
    good = isinstance(answer, Taken)
    yield Finding("mail", "good" if good else "wrong", services.settings.mail_from if good else answer.said)


def _disk(services: Services) -> Iterator[Finding]:
    free = shutil.disk_usage(services.settings.autoriza_home.resolve().parent).free // 2**20
    yield Finding("disk", "good" if free > 500 else "wrong", f"{free} MB free")


_LOOKS: tuple[tuple[str, Callable[[Services], Iterator[Finding]]], ...] = (
    ("migrations", _migrations),
    ("clock", _clock),
    ("redis", _redis),
    ("storage", _storage),
    ("secrets", _secrets),
    ("SRI", _sri),
    ("mail", _mail),
    ("disk", _disk),
    ("numbering", diagnosis_of_work.numbering),
    ("taxpayers", diagnosis_of_work.taxpayers),
    ("pauses", diagnosis_of_work.pauses),
    ("permissions", diagnosis_of_work.permissions),
    ("processes", diagnosis_of_work.at_work),
    ("versions", diagnosis_of_work.versions),
)
