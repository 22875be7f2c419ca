"""An old dump is restored over what was issued since: no number is taken until the SRI was asked; nothing is lost."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from cast import Taxpayer
from documents_cast import line
from shell import autoriza

from app import access_key, continuity, halts, intake, issuing
from app.config import Settings
from app.correcting import correct
from app.errors import Refused
from app.invariants import find_violations
from app.lifecycle import State
from app.outcome import Held, Parked
from app.services import Services
from app.store.base import database
from app.store.documents import Document, Emission, Ride
from app.store.people import Audit
from app.store.tenants import Sequence, Tenant
from app.tenancy import every_tenant_scope, tenant_scope


class Vault:
    """Dumps of an installation's database, and their restoration in its place."""

    def __init__(self, settings: Settings, services: Services, superuser_url: str, folder: Path) -> None:
        self.url, self.services = settings.database_url, services
        self.name = self.url.partition("?")[0].rpartition("/")[2]
        self.superuser_url = superuser_url
        self.file = folder / "anoche.dump"

    def dump(self) -> None:
        assert autoriza(self.services.settings, "backup", str(self.file)).returncode == 0
        assert self.file.stat().st_mode & 0o077 == 0

    def restore(self) -> None:
        """What the guide says: an empty database under the old name, then the dump."""
        self.services.database.close_all()
        admin = psycopg2.connect(self.superuser_url.replace("/autoriza?", "/postgres?"))
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(f"drop database {self.name} with (force)")
            cursor.execute(f"create database {self.name} owner autoriza")
        admin.close()
        done = autoriza(self.services.settings, "restore", str(self.file))
        assert done.returncode == 0, done.stderr


@pytest.fixture
def vault(settings, services, servers, tmp_path) -> Iterator[Vault]:
    kept = Vault(settings.model_copy(), services, servers.superuser_url, tmp_path)
    yield kept
    with every_tenant_scope():  # the next test begins with nothing to ask
        for tenant in list(Tenant.select()):
            halts.end_restored(tenant.id, by="test", reason="end of the test")


def reconcile(settings: Settings, *arguments: str) -> tuple[int, dict]:
    quick = {"ASK_BEFORE_RESEND_S": "0.1", "TIME_SCALE": "0.05"}
    done = autoriza(settings, "reconcile", *arguments, "--json", **quick)
    assert done.returncode in (0, 1) and done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def next_number(ana: Taxpayer) -> int:
    with tenant_scope(ana.id):
        return Sequence.get(Sequence.tenant_id == ana.id, Sequence.doc_type == "01").next_number


def standing(ana: Taxpayer) -> list[str]:
    with tenant_scope(ana.id):
        return [halt.code for halt in halts.Halt.select().where(halts.Halt.lifted_at.is_null())]


def test_after_an_old_dump_numbering_waits_and_all_that_was_issued_since_comes_back(
    settings, services, ana, vault
):
    kept = ana.document(State.AUTHORIZED)
    waiting = ana.import_invoice(referencia="pedido-77", razonSocialComprador="Rosa Vera")
    refused = ana.document(State.SIGNED, razonSocialComprador="Luis Paz")
    vault.dump()
    issued = ana.bring(waiting, State.AUTHORIZED)  # the draft of the dump, and two that the dump never saw
    ana.bring(refused.id, State.AUTHORIZED)
    later = [ana.document(State.AUTHORIZED, razonSocialComprador=f"Cliente {n}") for n in (1, 2)]
    lost_reference = ana.import_invoice(referencia="pedido-99", razonSocialComprador="Eva Ruiz")
    lost = ana.bring(lost_reference, State.AUTHORIZED)
    vault.restore()

    before = next_number(ana)
    assert isinstance(ana.step(waiting), Held)
    assert ana.read(waiting).state == State.DRAFT and next_number(ana) == before
    assert standing(ana) == [halts.RESTORED]
    with pytest.raises(Refused, match="autoriza reconcile"):
        halts.lift(ana.id, None, by="olga", reason="prisa")

    status, [told] = reconcile(settings, "--ruc", ana.ruc)
    assert (status, told["open"], standing(ana)) == (0, [], [])
    back = ana.read(waiting)
    assert (back.state, back.access_key, back.reference) == ("authorized", issued.access_key, "pedido-77")
    assert ana.history(waiting) == ["imported", "signed", "authorized"]
    with tenant_scope(ana.id):
        found = {one.access_key: one for one in Document.select().where(Document.tenant_id == ana.id)}
        for known in (kept, *later, lost):
            assert found[known.access_key].state == "authorized"
            assert Ride.get_by_id(found[known.access_key].id)
        copies = {one.access_key: bytes(one.xml) for one in Emission.select()}
    assert len(copies[lost.access_key]) > 1_000
    assert next_number(ana) == access_key.parse(lost.access_key).sequence_number + 1
    assert [one for one in find_violations(services) if one.tenant_id == ana.id] == []

    again = intake.accept(
        ana.id,
        json.dumps(found[lost.access_key].content | {"referencia": "pedido-99"}).encode(),
        "pedido-99.json",
        by="test",
    )
    assert (again.new, again.document_id) == (False, found[lost.access_key].id)
    assert ana.bring(refused.id, State.AUTHORIZED).access_key == refused.access_key
    fresh = ana.document(State.AUTHORIZED, razonSocialComprador="Quien sigue")
    assert fresh.sequence_number == access_key.parse(lost.access_key).sequence_number + 1
    assert reconcile(settings, "--ruc", ana.ruc)[1][0]["adopted"] == []


def test_a_worker_that_took_its_draft_before_the_halt_takes_no_number_after_it(services, ana, vault):
    ana.document(State.AUTHORIZED)
    draft, before = ana.import_invoice(), next_number(ana)
    claim, told_before = ana.claim(Document, draft), told_of_restores()
    database.execute_sql("update continuity set mark = 'elsewhere'")
    assert continuity.hold_if_displaced(by="another worker") >= 1
    assert isinstance(issuing.sign(claim, services), Held)
    assert (next_number(ana), standing(ana)) == (before, [halts.RESTORED])
    assert ana.read(draft).state == State.DRAFT
    assert told_of_restores() == told_before + 1, "it was found out once"


def told_of_restores() -> int:
    with every_tenant_scope():
        return int(Audit.select().where(Audit.action == continuity.HELD).count())


def test_a_silent_sri_and_one_that_is_still_deciding_keep_numbering_held(settings, simulator, ana, vault):
    ana.document(State.AUTHORIZED)
    vault.dump()
    lost = ana.document(State.AUTHORIZED)
    vault.restore()
    simulator.script(
        [{"ruc": ana.ruc, "number": lost.number, "fault": "in_process", "stage": "autorizacion", "times": 1}]
    )
    status, [told] = reconcile(settings, "--ruc", ana.ruc)
    assert status == 1 and "aún decide 1" in told["open"][0]
    assert standing(ana) == [halts.RESTORED]
    nowhere = settings.model_copy(update={"sri_pruebas_url": "http://127.0.0.1:9"})
    status, [told] = reconcile(
        nowhere, "--ruc", ana.ruc, "--since", f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    )
    assert status == 1 and "no respondió" in told["open"][0]
    assert reconcile(settings, "--ruc", ana.ruc)[0] == 0
    assert standing(ana) == []


def test_keys_that_cannot_be_worked_out_come_from_a_list_and_a_person_vouches(
    settings, ana, vault, tmp_path, monkeypatch
):
    from app import issuing

    monkeypatch.setattr(issuing, "numeric_code", lambda *_: 13572468)  # as the release before drew its digits
    ana.document(State.AUTHORIZED)
    vault.dump()
    lost = ana.document(State.AUTHORIZED, razonSocialComprador="Eva Ruiz")
    vault.restore()
    status, [told] = reconcile(settings, "--ruc", ana.ruc)
    assert status == 1 and told["adopted"] == [] and "--keys" in told["open"][0]
    report = tmp_path / "reporte.txt"
    report.write_bytes(
        f"COMPROBANTE\tCLAVE_ACCESO\nFactura\t{lost.access_key}\nde otro\t{'1' * 49}\n".encode("latin-1")
    )
    status, [told] = reconcile(
        settings,
        "--ruc",
        ana.ruc,
        "--keys",
        str(report),
        "--accept",
        "--reason",
        "reporte completo del portal",
    )
    assert (status, told["adopted"]) == (0, [lost.access_key])
    assert next_number(ana) == 3


def test_a_draft_that_may_be_one_of_them_waits_for_a_person(settings, ana, vault):
    ana.document(State.AUTHORIZED)
    similar = ana.import_invoice(razonSocialComprador="Rosa Vera")
    vault.dump()
    ana.document(State.AUTHORIZED, razonSocialComprador="Rosa Vera Mena")
    vault.restore()
    assert reconcile(settings, "--ruc", ana.ruc)[0] == 0
    held = ana.read(similar)
    assert (held.state, held.needs_person_code) == ("draft", "maybe_issued")
    assert "001-002-000000002" in held.needs_person_reason


def test_a_disk_taken_back_in_time_shows_at_the_first_answer_and_nothing_becomes_anothers(
    settings, ana, vault
):
    ana.document(State.AUTHORIZED)
    with tenant_scope(ana.id):  # what a snapshot of the whole disk forgets without a trace
        Sequence.update(next_number=1).where(Sequence.tenant_id == ana.id).execute()
        Document.update(sequence_number=None, number=None, access_key=None).execute()
        database.execute_sql("alter table emission disable trigger user")
        Emission.delete().where(Emission.tenant_id == ana.id).execute()
        database.execute_sql("alter table emission enable trigger user")
    paid = [{"formaPago": "20", "total": "34.50"}]
    document = ana.document(
        State.PENDING_AUTHORIZATION, razonSocialComprador="Otra Venta", detalles=line(cantidad=3), pagos=paid
    )
    assert isinstance(ana.step(document.id), Parked)
    assert standing(ana) == [halts.RESTORED]
    assert reconcile(settings, "--ruc", ana.ruc)[0] == 1
    assert ana.read(document.id).state == State.RETURNED
    correct(ana.id, document.id, by="olga", reason="el número era de otra", new_number=True)
    assert reconcile(settings, "--ruc", ana.ruc, "--accept", "--reason", "descargada del portal")[0] == 0
    assert ana.bring(document.id, State.AUTHORIZED).sequence_number == 2


def test_workers_that_start_on_a_restored_database_stop_every_taxpayer_by_themselves(
    services, ana, beto, vault
):
    vault.dump()
    assert continuity.hold_if_displaced(by="test") == 0
    full = autoriza(services.settings, "restore", str(vault.file))
    assert full.returncode == 1 and "no está vacía" in full.stderr
    vault.restore()
    assert continuity.hold_if_displaced(by="autoriza worker") >= 2
    assert standing(ana) == standing(beto) == [halts.RESTORED]
    assert continuity.hold_if_displaced(by="autoriza worker") == 0
    [alert] = ana.alerts(halts.PLACED)
    assert "autoriza reconcile" in alert.message
    known = continuity.last_known()
    assert known is None or datetime.now(known.tzinfo) - known < timedelta(days=1)
    assert database.obj is services.database
