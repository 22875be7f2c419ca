"""What a document asks of PostgreSQL from draft to RIDE: statements, and write-ahead log."""

import statistics

from admin.bench.bench import Bench
from admin.bench.measurement import Against, Goal, Measurement, Reading

_STORED = (
    "select (select sum(length(xml)) from emission) + (select sum(length(xml)) from document_authorization)"
)


def _queries(bench: Bench) -> Reading | None:
    found = bench.saturation.statements
    if found is None:
        return None
    documents = bench.saturation.cold.documents
    return Reading(
        found.calls / documents,
        detail={
            "transactions_per_doc": round(found.transactions / documents, 2),
            "server_ms_per_doc": round(found.server_ms / documents, 2),
        },
    )


def _opened_keys(bench: Bench) -> Reading | None:
    found = bench.saturation.statements
    if found is None:
        return None
    settings = bench.ground.services.settings
    once = len(bench.ground.tenants) * settings.worker_processes
    loads = found.opened_keys
    return Reading(
        loads / bench.saturation.cold.documents,
        ratio=loads / once,
        detail={"loads": loads, "taxpayers_times_processes": once},
    )


def _wal(bench: Bench) -> Reading:
    kilobytes = [batch.costs.wal_bytes / batch.documents / 1024 for batch in bench.saturation.warm]
    stored = bench.ground.observer.value(_STORED) / bench.ground.observer.value(
        "select count(*) from emission"
    )
    middle = statistics.median(kilobytes)
    return Reading(middle, ratio=middle * 1024 / float(stored), spread=(min(kilobytes), max(kilobytes)))


QUERIES = Measurement(
    "db.queries_per_doc",
    "statements of all processes of the service, draft to RIDE, but for what begins and ends transactions",
    "statements",
    None,
    _queries,
    goal=Goal(25, at_least=False),
)
KEYS = Measurement(
    "certificate.loads_per_doc",
    "private keys read and opened for a batch that finds the processes cold",
    "",
    Against("once", "once for each taxpayer and process"),
    _opened_keys,
)
WAL = Measurement(
    "db.wal_kb_per_doc",
    "write-ahead log, draft to RIDE",
    "KB",
    Against("XML", "the XML kept of it, as signed and as authorized"),
    _wal,
    goal=Goal(60, at_least=False),
)
