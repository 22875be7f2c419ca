"""What machines ask: does the process live, is the installation ready, and its figures, of no taxpayer's data."""

import re
import subprocess

import pytest
from needs import lacking
from valkey_settings import eviction

from admin import create_app
from app import metrics, redis_health
from app.config import Settings
from app.lifecycle import State
from app.services import Services
from app.store.base import database
from app.store.engine import Circuit

TOKEN = "only-prometheus-knows"


@pytest.fixture
def console(app, services):
    """Opens a console of this installation with some settings changed; the answers of before are not remembered."""

    def open_one(**changed):
        settings = Settings(**(services.settings.model_dump() | {"metrics_token": TOKEN} | changed))
        return create_app(Services(settings, services.database)).test_client()

    return open_one


def figures(client) -> str:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def value(page: str, sample: str) -> float:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", page, re.MULTILINE)
    assert found, f"{sample} is not among\n{page}"
    return float(found[1])


def test_figures_are_told_to_whoever_has_the_token_and_to_nobody_else(console, anonymous):
    assert anonymous.get("/metrics").status_code == 404
    client = console()
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer guess"}).status_code == 401
    assert value(figures(client), 'autoriza_up{part="database"}') == 1


def test_the_figures_say_what_waits_and_since_when_and_name_no_taxpayer(console, ana):
    ana.import_invoice()
    ana.document(State.PENDING_AUTHORIZATION)
    authorized = ana.document(State.AUTHORIZED)
    page = figures(console())
    assert value(page, 'autoriza_documents{state="draft"}') >= 1
    assert value(page, 'autoriza_documents{state="pending_authorization"}') >= 1
    assert value(page, 'autoriza_oldest_seconds{stage="draft"}') > 0
    assert value(page, 'autoriza_artefacts_waiting{stage="ride"}') >= 1
    assert value(page, "autoriza_certificate_seconds_left") > 0
    assert value(page, 'autoriza_queue_messages{place="ready",queue="sri"}') >= 0
    for secret in (ana.ruc, "MOREIRA", authorized.access_key, authorized.buyer_name, TOKEN):
        assert secret not in page
    assert "tenant=" not in page
    own = figures(console(metrics_per_tenant=True))
    assert value(own, f'autoriza_documents{{state="draft",tenant="{ana.id}"}}') == 1
    assert value(own, f'autoriza_certificate_seconds_left{{tenant="{ana.id}"}}') > 0


def test_an_open_circuit_shows(console):
    sample = 'autoriza_circuit_open{ambiente="2",service="query"}'
    assert value(figures(console()), sample) == 0
    changed = Circuit.update(state="open").where(Circuit.environment == 2, Circuit.service == "query")
    changed.execute()
    try:
        assert value(figures(console()), sample) == 1
    finally:
        Circuit.update(state="closed").where(Circuit.environment == 2).execute()


def test_what_all_processes_counted_adds_up_and_waits_while_redis_is_away(console, services):
    from workers.figures import COUNTS, Carrier

    client = redis_health.open_client(services.settings.redis_url)
    nobody = redis_health.open_client("redis://127.0.0.1:1/0")
    client.delete(COUNTS)
    first, second = (Carrier(client, "worker", name) for name in ("one", "two"))
    for carrier in (first, second):
        carrier.hand_over()  # what other tests counted
    client.delete(COUNTS)
    call = metrics.SRI_CALLS.labels("1", "submit", "returned")
    call.observe(0.3)
    first._client, reachable = nobody, first._client
    first.hand_over()
    first._client = reachable
    call.observe(7)
    first.hand_over()
    first.hand_over()
    page = figures(console())
    labels = 'ambiente="1",outcome="returned",service="submit"'
    assert value(page, f"autoriza_sri_call_seconds_count{{{labels}}}") == 2
    assert value(page, f"autoriza_sri_call_seconds_sum{{{labels}}}") == pytest.approx(7.3)
    second.hand_over()  # the same counts stand for another process here
    assert value(figures(console()), f"autoriza_sri_call_seconds_count{{{labels}}}") == 4
    assert value(page, 'autoriza_resident_bytes{kind="worker"}') > 1_000_000


def test_steps_and_calls_count_themselves(ana):
    def counted() -> dict[str, float]:
        return {key: value for key, value in metrics._samples() if "sri_call_seconds_count" in key}

    before = counted()
    ana.document(State.AUTHORIZED)
    added = {key for key, value in counted().items() if value > before.get(key, 0)}
    assert any('"service": "submit"' in key and "received" in key for key in added), added
    assert any('"service": "query"' in key and "authorized" in key for key in added), added


def test_a_part_that_is_away_is_said_to_be_away(console, services, monkeypatch):
    from workers import broker

    client = console()
    monkeypatch.setattr(broker.broker, "client", redis_health.open_client("redis://127.0.0.1:1/0"))
    page = figures(client)
    assert value(page, 'autoriza_up{part="redis"}') == 0
    assert value(page, 'autoriza_up{part="database"}') == 1


def test_prometheus_itself_takes_the_page(console, ana):
    ana.document(State.AUTHORIZED)
    page = figures(console(metrics_per_tenant=True))
    try:
        said = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True)
    except FileNotFoundError:
        lacking("promtool (package prometheus)")
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_ready_is_an_installation_whose_parts_all_work(console, services):
    answer = console().get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {"database": "ok", "migrations": "ok", "clock": "ok", "redis": "ok"},
    )
    away = console(redis_url="redis://127.0.0.1:1/0").get("/readyz")
    assert away.status_code == 503
    assert "Redis no responde" in away.json["redis"]


def test_not_ready_are_a_redis_that_drops_messages_and_a_database_without_its_tables(console, services):
    database.execute_sql("delete from schema_migration where name = '0002_engine'")
    try:
        with eviction(services.settings.redis_url, "allkeys-lru"):
            answer = console().get("/readyz")
    finally:
        database.execute_sql("insert into schema_migration (name, applied) values ('0002_engine', now())")
    assert answer.status_code == 503
    assert "allkeys-lru" in answer.json["redis"]
    assert "0002_engine" in answer.json["migrations"]
    assert answer.json["clock"] == "ok"


def test_a_clock_that_is_wrong_is_not_ready(console, monkeypatch):
    from app import readiness

    real = readiness.time.time
    monkeypatch.setattr(readiness.time, "time", lambda: real() + 6)
    assert "difiere 6.0 s" in console().get("/readyz").json["clock"]


def test_the_figures_are_read_seldom_however_often_they_are_asked_for(console):
    client, asked, pool = console(), [], database.obj
    real = pool.execute_sql

    def listen(sql, *rest, **more):
        asked.append(sql)
        return real(sql, *rest, **more)

    pool.execute_sql = listen
    try:
        for _ in range(5):
            figures(client)
    finally:
        pool.execute_sql = real
    assert sum("from tenant t\n" in sql for sql in asked) == 1
