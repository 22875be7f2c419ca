"""Faults of what people do and hand in: certificates, halts, retries, disks, strange documents."""

import contextlib
import time
from datetime import UTC, datetime, timedelta

from cast import PASSWORD, Taxpayer, p12_of

from app import certificate_store, halts, retrying, tenants
from app.errors import AutorizaError, Invalid, Refused
from app.store.documents import Document, Emission, SriExchange
from app.store.tenants import Certificate
from app.tenancy import every_tenant_scope, tenant_scope
from faults.fault import Fault
from faults.ground import Ground
from faults.oracle import receptions

BY = "trial"
STRANGE = "😀 ‏مرحبا‏ Ñandú ﬁ \u202eabc 𝔘"
LINES = 10_000


def _storage_gone(ground: Ground) -> None:
    """Where the RIDEs lie there is no folder any more, as when its disk is away."""
    storage = ground.settings.autoriza_home / "storage"
    ground.until(storage.is_dir, 30, "the first RIDE")
    away = storage.with_name("away")
    storage.rename(away)
    storage.touch()
    ground.strike()
    ground.wait(ground.scale.outage_s / 3)
    storage.unlink()
    away.rename(storage)


def _file_deleted(ground: Ground) -> None:
    """A RIDE's file is lost after its row was written; reading it makes it again."""


def _no_part_is_left(ground: Ground) -> list[str]:
    """But what each writer had open when the disk went, and could not remove: housekeeping does."""
    settings = ground.settings
    left = [path.name for path in (settings.autoriza_home / "storage").rglob("*.part")]
    at_work = settings.ride_processes * settings.ride_threads
    return [f"{len(left)} unfinished files were left"] if len(left) > at_work else []


def _strange_documents(ground: Ground) -> None:
    ground.strike()
    line = {
        "codigoPrincipal": "A",
        "descripcion": "x",
        "cantidad": 1,
        "precioUnitario": "1.00",
        "impuestos": [{"codigo": "2", "codigoPorcentaje": "4"}],
    }
    taxpayer = ground.taxpayers[0]
    total = {"pagos": [{"formaPago": "20", "total": f"{LINES * 1.15:.2f}"}]}
    offers = [
        {"razonSocialComprador": STRANGE},
        {"razonSocialComprador": "a\x00b\x07"},
        {"detalles": [line] * LINES, **total},
        {
            "detalles": [{**line, "descripcion": STRANGE * 10}],
            "pagos": [{"formaPago": "20", "total": "1.15"}],
        },
    ]
    for changes in offers:
        with contextlib.suppress(Invalid):
            document_id = taxpayer.import_invoice(**changes)
            ground.documents.append((taxpayer, document_id))
            if len(changes.get("detalles", ())) > 1:
                ground.expected[document_id] = "returned"


def _expired(ground: Ground) -> None:
    taxpayer = ground.taxpayers[0]
    with tenant_scope(taxpayer.id):
        ground.seen["numbers"] = _numbers(taxpayer)
        Certificate.update(not_after=datetime.now(UTC) - timedelta(days=1)).where(
            Certificate.tenant_id == taxpayer.id
        ).execute()
    ground.strike()
    late = taxpayer.import_invoice()
    ground.documents.append((taxpayer, late))
    ground.until(
        lambda: taxpayer.read(late).needs_person_code == "certificate_not_valid", 60, "the draft set aside"
    )
    ground.seen["took_number"] = taxpayer.read(late).sequence_number
    ground.until(lambda: _others_rest(ground, taxpayer), ground.scale.patience_s, "the others at rest")
    _install(ground, taxpayer)


def _numbers(taxpayer: Taxpayer) -> int:
    return int(Document.select().where(Document.sequence_number.is_null(False)).count())


def _others_rest(ground: Ground, taxpayer: Taxpayer) -> bool:
    with every_tenant_scope():
        moving = Document.select().where(Document.tenant_id != taxpayer.id, Document.state != "authorized")
        return not moving.exists()


def _install(ground: Ground, taxpayer: Taxpayer) -> None:
    tenant = tenants.find(taxpayer.ruc)
    p12 = p12_of(taxpayer.ruc, "CONTRIBUYENTE")
    certificate_store.install(tenant, p12, PASSWORD, ground.services.box, by=BY)


def _took_none(ground: Ground) -> list[str]:
    return ["a number was taken without a certificate"] if ground.seen["took_number"] else []


def _bad_certificates(ground: Ground) -> None:
    """A wrong password and a broken file are refused; then the certificate is replaced in the middle of the work."""
    taxpayer = ground.taxpayers[0]
    tenant, good = tenants.find(taxpayer.ruc), p12_of(taxpayer.ruc, "CONTRIBUYENTE")
    ground.strike()
    ground.seen["taken"] = []
    for p12, password in ((good, "otra"), (good[:-200], PASSWORD), (b"nothing", PASSWORD)):
        try:
            certificate_store.install(tenant, p12, password, ground.services.box, by=BY)
            ground.seen["taken"].append(password)
        except AutorizaError:
            continue
    _install(ground, taxpayer)


def _refused_and_signed_once(ground: Ground) -> list[str]:
    with every_tenant_scope():
        again = Emission.select().where(Emission.version > 1).count()
    found = [f"{again} documents were signed again"] if again else []
    return found + [f"a bad certificate was taken ({one})" for one in ground.seen["taken"]]


def _halted(ground: Ground) -> None:
    taxpayer = ground.taxpayers[0]
    ground.strike()
    halts.place(taxpayer.id, None, code="trial", reason="prueba", by=BY)
    time.sleep(ground.settings.sri_total_timeout_s)  # what was under way may end
    before = len([call for call in receptions(ground) if call.ruc == taxpayer.ruc])
    ground.wait(ground.scale.outage_s)
    ground.seen["sent"] = len([call for call in receptions(ground) if call.ruc == taxpayer.ruc]) - before
    halts.lift(taxpayer.id, None, by=BY, reason="prueba")


def _nothing_sent(ground: Ground) -> list[str]:
    sent = ground.seen["sent"]
    return [f"{sent} documents were sent while their taxpayer was halted"] if sent else []


def _people_retry(ground: Ground) -> None:
    """The SRI answers late; meanwhile people ask for everything to be tried again, twice each."""
    ground.simulator.script([{"fault": "stall", "seconds": 1.0, "times": 60}])
    ground.strike()
    refused = 0
    for taxpayer, document_id in ground.rng.sample(ground.documents, min(100, len(ground.documents))) * 2:
        try:
            retrying.retry(taxpayer.id, document_id, by=BY)
        except Refused:
            refused += 1
    ground.seen["refused"] = refused
    ground.simulator.heal()


def _one_call_at_a_time(ground: Ground) -> list[str]:
    """No two calls about one document overlapped."""
    with every_tenant_scope():
        first, second = SriExchange.alias(), SriExchange.alias()
        both = (
            first.select(first.document_id)
            .join(second, on=((first.document_id == second.document_id) & (first.id < second.id)))
            .where(second.started_at < first.finished_at)
        )
        return [f"document {row.document_id} was in two calls at once" for row in both.limit(5)]


FAULTS = (
    Fault(
        "F43s",
        "the storage of RIDEs is away",
        "documents stay authorized, every RIDE is made afterwards",
        _storage_gone,
        _no_part_is_left,
    ),
    Fault(
        "F44",
        "emoji, right-to-left text, control characters, ten thousand lines",
        "each affects itself only",
        _strange_documents,
        invoices=0.5,
    ),
    Fault(
        "F45",
        "a taxpayer's certificate runs out in the middle of the work",
        "no number is taken, the others go on, a new one ends it",
        _expired,
        _took_none,
        invoices=0.5,
    ),
    Fault(
        "F46",
        "a wrong password, a broken certificate, one replaced in the middle of the work",
        "the bad ones are refused, nothing is signed again",
        _bad_certificates,
        _refused_and_signed_once,
    ),
    Fault(
        "F48",
        "a halt is placed on a taxpayer with work in flight",
        "nothing more is sent until it is lifted",
        _halted,
        _nothing_sent,
    ),
    Fault(
        "F51",
        "people ask for a retry while the SRI's answer is on its way",
        "one call at a time for each document",
        _people_retry,
        _one_call_at_a_time,
    ),
)
