"""``autoriza check``: silent about a healthy installation, and precise about every way one can be broken."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from cast import Taxpayer, take_on
from damages import DAMAGES, TOOLS
from pydantic import SecretStr

from app import work
from app.invariants import RULES, Violation, deliveries, find_violations, rule
from app.lifecycle import State
from app.services import Services
from app.store.documents import Document, Ride
from app.store.engine import Run, Tick
from app.store.tenants import Halt
from app.tenancy import SYSTEM, every_tenant_scope, tenant_scope

# What a damage may change, in an order in which rows can be put back.
TABLES = (
    *(
        "tenant",
        "sequence",
        "certificate",
        "halt",
        "document",
        "emission",
        "sri_exchange",
        "document_authorization",
    ),
    *("history", "ride", "delivery", "audit", "alert", "jobs.tick", "jobs.run"),
)
UNGUARD = (
    TOOLS
    + """
set session_replication_role = replica;
alter table document drop constraint document_access_key_key;
drop index document_number;
alter table delivery drop constraint delivery_once;
alter table jobs.tick drop constraint tick_schedule_due_at_key;
"""
)
# However long these tests take, nothing in the healthy installation may become overdue meanwhile.
LATER = """
update document set next_attempt_at = next_attempt_at + interval '1 day', lease_until = lease_until + interval '1 day'
where reference <> 'halted';
update ride set next_attempt_at = next_attempt_at + interval '1 day';
update delivery set next_attempt_at = next_attempt_at + interval '1 day';
update jobs.tick set created_at = now() + interval '1 day', started_at = now() + interval '1 day';
"""


@pytest.fixture(scope="module")
def healthy(services: Services, simulator) -> Services:
    """Two taxpayers with documents in every situation that is in order, in an installation that sends mail."""
    mailing = {"smtp_url": SecretStr("smtp://127.0.0.1:9"), "mail_from": "facturas@instalacion.ec"}
    services = Services(services.settings.model_copy(update=mailing), services.database)
    ana, beto = (take_on(services, name) for name in ("ANA MOREIRA CÍA. LTDA.", "BETO SUMINISTROS S.A."))
    beto.render(beto.document(State.AUTHORIZED, referencia="beto").id)
    for state in (State.DRAFT, State.SIGNED, State.PENDING_AUTHORIZATION, State.AUTHORIZED):
        ana.document(state, referencia=state)
    mail = [{"nombre": "Correo", "valor": "compras@cliente.ec"}]
    ana.render(ana.document(State.AUTHORIZED, referencia="rendered", infoAdicional=mail).id)
    _refused_and_corrected(ana, simulator)
    assert ana.claim(Document, ana.document(State.SIGNED, referencia="held").id)
    parked = ana.claim(Document, ana.import_invoice(referencia="parked"))
    assert parked
    with tenant_scope(ana.id):
        work.park(parked, "no_certificate", "no hay certificado de firma")
    _halted_for_days(ana)
    _engine_at_work()
    return services


def _refused_and_corrected(ana: Taxpayer, simulator) -> None:
    def refused(code: str, stage: str, state: State, reference: str) -> int:
        simulator.script([{"ruc": ana.ruc, "code": code, "stage": stage, "times": 1}])
        return ana.document(state, referencia=reference).id

    refused("35", "recepcion", State.RETURNED, "returned")
    refused("46", "autorizacion", State.REJECTED, "rejected")
    corrected = refused("46", "autorizacion", State.REJECTED, "corrected")
    ana.correct(corrected)
    ana.bring(corrected, State.AUTHORIZED)
    redated = refused("65", "recepcion", State.RETURNED, "redated")
    ana.correct(redated)
    ana.bring(redated, State.PENDING_AUTHORIZATION)


def _halted_for_days(ana: Taxpayer) -> None:
    document = ana.import_invoice(referencia="halted", estab="009")
    long_ago = datetime.now(UTC) - timedelta(days=3)
    with tenant_scope(ana.id):
        Document.update(next_attempt_at=long_ago, published_at=long_ago).where(
            Document.id == document
        ).execute()
        Halt.insert(
            tenant_id=ana.id,
            establishment="009",
            code="56",
            reason="cerrado",
            since=long_ago,
            placed_by="test",
        ).execute()


def _engine_at_work() -> None:
    now = datetime.now(UTC)
    tick = {"schedule": "sign_drafts", "origin": "clock", "by": "test", "created_at": now}
    run = {"message_id": "m", "actor": "sign_drafts", "queue": "sweep", "arguments": {}, "attempt": 1}
    times = {"enqueued_at": now, "started_at": now}
    with tenant_scope(SYSTEM):
        for minute, outcome in enumerate(("done", "missed", "skipped", "failed", "running", "due")):
            due_at = now - timedelta(minutes=9 - minute)
            Tick.insert(**tick, due_at=due_at, started_at=now, outcome=outcome).execute()
        for state, error in (("running", None), ("succeeded", None), ("failed", "se cayó")):
            failed = state in ("failed", "abandoned")
            Run.insert(
                **run, **times, tenant_id=SYSTEM, worker="host:1", state=state, failed=failed, error=error
            ).execute()


@dataclass(frozen=True)
class Breakable:
    """The healthy installation with all guards taken off."""

    services: Services
    cursor: psycopg2.extensions.cursor

    def broken_by(self, sql: str, **options: int) -> list[Violation]:
        """Run ``sql`` as a superuser; what the invariants say then."""
        self.cursor.execute(sql)
        return find_violations(self.services, **options)

    def ride_of(self, reference: str) -> Path:
        """The file of a stored RIDE."""
        with every_tenant_scope():
            document = Document.get(Document.reference == reference)
            path = Ride.get_by_id(document.id).path
        return self.services.settings.autoriza_home / "storage" / path


@pytest.fixture(scope="module")
def unguarded(healthy: Services, servers) -> Iterator[psycopg2.extensions.cursor]:
    name = healthy.settings.database_url.partition("?")[0].rpartition("/")[2]
    connection = psycopg2.connect(servers.superuser_url.replace("/autoriza?", f"/{name}?"))
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(UNGUARD + LATER + "create schema kept;")
    cursor.execute("".join(f"create table kept.{table.split('.')[-1]} as table {table};" for table in TABLES))
    yield cursor
    connection.close()


@pytest.fixture
def installation(healthy: Services, unguarded) -> Iterator[Breakable]:
    files = {path: path.read_bytes() for path in healthy.settings.autoriza_home.rglob("*.pdf")}
    yield Breakable(healthy, unguarded)
    emptied = "".join(f"delete from {table};" for table in TABLES)
    filled = "".join(f"insert into {table} table kept.{table.split('.')[-1]};" for table in TABLES)
    unguarded.execute(emptied + filled)
    for path, content in files.items():
        path.write_bytes(content)


def test_a_healthy_installation_breaks_nothing(installation):
    assert installation.broken_by("select 1") == []


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.what)
def test_what_is_broken_is_named_and_nothing_else(installation, damage):
    found = installation.broken_by(damage.sql)
    assert {violation.invariant for violation in found} == {damage.invariant}
    with every_tenant_scope():
        assert found == damage.rule.violations()
        named = Document.get_or_none(Document.reference == damage.reference)
    if named:
        [violation] = found
        assert violation.tenant_id == named.tenant_id
        assert violation.subject == (named.access_key or str(named.id))
        assert any(
            name in violation.sentence.es for name in (named.number, named.reference, str(named.id)) if name
        )


def test_every_rule_has_a_damage_that_breaks_it():
    assert {damage.rule for damage in DAMAGES} == {*RULES, *deliveries.WHILE_SENDING}


def test_a_gap_names_the_numbers_that_are_missing(installation):
    [gap] = installation.broken_by(
        "update sequence set next_number = next_number + 3 where tenant_id = beto()"
    )
    assert gap.subject == "001-002"
    assert "faltan los números 000000002 a 000000004" in gap.sentence.es


def test_a_gap_with_its_reason_on_record_is_none(installation):
    assert not installation.broken_by(
        """
        update sequence set next_number = next_number + 3 where tenant_id = beto();
        insert into audit (tenant_id, by, action, target, result, reason, facts)
        values (beto(), 'ana', 'numbers_skipped', '001-002', 'done', 'facturero anterior', jsonb_build_object(
            'environment', 1, 'doc_type', '01', 'establishment', '001', 'emission_point', '002',
            'first', 2, 'last', 4))
        """
    )


def test_a_number_that_a_correction_gave_up_is_no_gap(installation):
    assert not installation.broken_by(
        """
        update document d set sequence_number = s.next_number from sequence s
        where d.reference = 'redated' and s.tenant_id = ana() and s.establishment = d.establishment;
        update sequence set next_number = next_number + 1 where tenant_id = ana() and establishment = '001'
        """
    )


@pytest.mark.parametrize(
    ("content", "said"), [(None, "no está en el almacén"), (b"%PDF other", "no es el que se guardó")]
)
def test_a_ride_whose_file_is_not_the_one_stored_is_named(installation, content, said):
    file = installation.ride_of("rendered")
    file.unlink()
    if content:
        file.write_bytes(content)
    [violation] = installation.broken_by("select 1")
    assert violation.invariant == "I6"
    assert violation.subject == file.name.removesuffix("_ride.pdf")
    assert said in violation.sentence.es


def test_older_rides_are_read_as_far_back_as_asked_and_those_of_the_last_hour_always(installation):
    for reference in ("rendered", "beto"):
        installation.ride_of(reference).unlink()
    old = "update ride set rendered_at = now() - interval '{} hours' where id = id_of('{}')"
    assert len(installation.broken_by("select 1", newest_rides=0)) == 2
    assert len(installation.broken_by(old.format(2, "rendered"), newest_rides=0)) == 1
    assert len(installation.broken_by(old.format(3, "beto"), newest_rides=0)) == 0
    assert len(installation.broken_by("select 1", newest_rides=1)) == 1
    assert len(installation.broken_by("select 1", newest_rides=2)) == 2


def test_of_many_alike_the_first_are_listed_and_the_others_counted(installation, monkeypatch):
    monkeypatch.setattr(rule, "SHOWN", 2)
    *shown, more = installation.broken_by(
        "update document set next_attempt_at = null where tenant_id = ana()"
    )
    assert len(shown) == 2
    assert more.sentence.es.startswith(f"Y {more.subject[1:]} casos más como este")


def test_what_is_found_can_be_handed_on_as_json(installation):
    found = installation.broken_by("update document set next_attempt_at = null where reference = 'signed'")
    assert json.loads(json.dumps([asdict(violation) for violation in found]))[0]["invariant"] == "I2"
