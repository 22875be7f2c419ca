"""What is seen of steps at work in real processes: lines that say whose they are, spans, bugs told scrubbed."""

import gzip
import json
from pathlib import Path

import pytest
from engine_processes import EngineProcesses
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pydantic import SecretStr
from receiver import Received, receiving

from app import error_reports
from app.lifecycle import State
from app.services import Services
from app.store.documents import Document, Ride
from app.tenancy import tenant_scope

SECRET = "clave-smtp-que-nadie-ve"
# Runs first in every process of this installation: rendering fails, with a secret and an address in its message.
BREAKS = f"""
import app.rides
def broken(*_, **__):
    raise RuntimeError("no se pudo con {SECRET} de comprador@cliente.ec")
app.rides.drawn = broken
"""


@pytest.fixture(scope="module")
def watched(services, ana, tmp_path_factory):
    """One document until its RIDE has failed, under a collector and an error tracker; what all of them got."""
    inside = tmp_path_factory.mktemp("inside")
    (inside / "sitecustomize.py").write_text(
        "import sys\nif 'dramatiq' in ' '.join(sys.orig_argv):\n"
        + "".join(f"    {line}\n" for line in BREAKS.strip().splitlines())
    )
    with receiving() as collector, receiving() as tracker:
        settings = services.settings.model_copy(
            update={
                "smtp_url": SecretStr(f"smtp://u:{SECRET}@127.0.0.1:9"),
                "mail_from": "facturas@example.ec",
                "otel_exporter_otlp_endpoint": f"http://127.0.0.1:{collector.port}",
                "otel_exporter_otlp_headers": SecretStr("x-cliente=autoriza"),
                "sentry_dsn": SecretStr(f"http://llave@127.0.0.1:{tracker.port}/7"),
                "worker_processes": 1,
                "worker_threads": 2,
            }
        )
        document_id = ana.import_invoice()

        def failed() -> bool:
            with tenant_scope(ana.id):
                done = Document.get_by_id(document_id).state == State.AUTHORIZED
                return done and Ride.get_by_id(document_id).last_error_code == "failed"

        with EngineProcesses(settings, inside=(inside,)) as engine:
            engine.until(failed, 120, "a RIDE that fails")
            engine.until(lambda: len(spans(collector.received)) >= 4, 30, "spans of its steps")
            engine.until(lambda: bool(events(tracker.received)), 30, "an event of its bug")
            # The RIDE is due again after its failure, and only a sweep finds it then.
            engine.until(lambda: bool(counted(told_by(settings))), 60, "a sweep that found something")
        yield ana.read(document_id), told_by(settings), list(collector.received), list(tracker.received)


@pytest.fixture(scope="module")
def ana(services: Services):
    from cast import take_on

    return take_on(services, "ANA MOREIRA CÍA. LTDA.")


def told_by(settings) -> list[dict]:
    """The lines of the worker's log so far; one being written is not yet one."""
    log = Path(settings.autoriza_home) / "logs" / "worker.log"
    return [
        json.loads(line)
        for line in log.read_text().splitlines(keepends=True)
        if line.startswith("{") and line.endswith("\n")
    ]


def counted(lines: list[dict]) -> list[dict]:
    """What sweeps over all taxpayers said of those they found work for."""
    return [line for line in lines if line["event"] == "run_summary" and "tenants" in line]


def spans(received: list[Received]):
    found = []
    for one in received:
        if one.path == "/v1/traces":
            message = ExportTraceServiceRequest()
            message.ParseFromString(one.body)
            for resource in message.resource_spans:
                for scope in resource.scope_spans:
                    found += [(resource.resource, span) for span in scope.spans]
    return found


def events(received: list[Received]) -> list[dict]:
    found = []
    for one in received:
        body = gzip.decompress(one.body) if one.headers.get("Content-Encoding") == "gzip" else one.body
        for line in body.splitlines():
            told = json.loads(line) if line.startswith(b"{") else {}
            if "exception" in told:
                found.append(told)
    return found


def test_every_line_of_a_step_says_whose_it_is(watched):
    document, lines, *_ = watched
    steps = [
        line
        for line in lines
        if line.get("actor") in ("sign_document", "submit_document", "check_authorization")
    ]
    told = [line for line in steps if line["event"] == line["actor"]]
    assert {line["actor"] for line in told} == {"sign_document", "submit_document", "check_authorization"}
    for line in steps:
        assert line["tenant"] == document.tenant_id
        assert line["document"] == document.id
        assert len(line["message"]) == 36
    for line in told:
        assert line["access_key"] == document.access_key


def test_a_failed_run_says_why_and_a_sweep_what_it_counted(watched):
    document, lines, *_ = watched
    failed = next(line for line in lines if line["event"] == "run_failed")
    assert (failed["actor"], failed["document"]) == ("generate_ride", document.id)
    assert failed["error_class"] == "RuntimeError"
    swept = counted(lines)[0]
    assert swept["actor"] and swept["seconds"] >= 0


def test_the_collector_gets_a_span_per_step_with_the_calls_to_the_sri_inside(watched):
    document, _, received, _ = watched
    by_name = {}
    for resource, span in spans(received):
        assert {one.key: one.value.string_value for one in resource.attributes}[
            "service.name"
        ] == "autoriza-worker"
        by_name.setdefault(span.name, []).append(span)
    submit, call = by_name["submit_document"][0], by_name["sri.submit"][0]
    assert call.parent_span_id == submit.span_id
    assert submit.start_time_unix_nano <= call.start_time_unix_nano < call.end_time_unix_nano
    attributes = {one.key: one.value for one in submit.attributes}
    assert (attributes["tenant"].int_value, attributes["document"].int_value) == (
        document.tenant_id,
        document.id,
    )
    assert {one.key: one.value.string_value for one in call.attributes}["outcome"]
    assert by_name["generate_ride"][0].status.message == "RuntimeError"
    assert all(one.headers["x-cliente"] == "autoriza" for one in received)
    whole = b"".join(one.body for one in received)
    assert document.access_key.encode() not in whole


def test_the_tracker_gets_the_bug_and_where_it_is_but_no_secret(watched):
    document, *_, received = watched
    event = events(received)[0]
    (raised,) = event["exception"]["values"]
    assert raised["type"] == "RuntimeError"
    assert raised["value"] == "no se pudo con … de …"
    assert any(frame["function"] == "generate" for frame in raised["stacktrace"]["frames"])
    assert all("vars" not in frame for frame in raised["stacktrace"]["frames"])
    assert event["tags"]["document"] == str(document.id)
    assert event["release"].startswith("autoriza-0")
    whole = b"".join(
        gzip.decompress(one.body) if one.body[:2] == b"\x1f\x8b" else one.body for one in received
    )
    for secret in (SECRET, "comprador@cliente.ec", document.buyer_name, document.access_key):
        assert secret.encode() not in whole


def test_every_secret_of_the_settings_is_known_to_the_scrubber(services):
    given = services.settings.model_dump() | {
        "database_url": "postgresql://u:cl%40ve-de-base@host/d",
        "redis_url": "rediss://:clave-redis@host:6379",
        "alert_channels": "webhook+https://h/p?secret=clave-gancho tgram://clave-token/1",
        "metrics_token": "clave-de-metricas",
        "smtp_url": "smtp://u:clave%2Fsmtp@h:25",
        "mail_from": "a@b.ec",
    }
    secrets = error_reports.secrets_of(type(services.settings)(**given))
    said = "cl@ve-de-base cl%40ve-de-base clave-redis clave-de-metricas clave/smtp clave%2Fsmtp tgram://clave-token/1"
    assert error_reports.scrubbed({"a": [said]}, secrets) == {"a": ["… … … … … … …"]}
    key = services.settings.secret_keys[0].get_secret_value()
    assert error_reports.scrubbed(f"Fernet {key}", secrets) == "Fernet …"
