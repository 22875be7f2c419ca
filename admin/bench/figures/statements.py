"""What a document asks of PostgreSQL from draft to RIDE: statements, and write-ahead log."""

import statistics

from admin.bench.bench import Bench
from admin.bench.measurement import Against, Measurement, Reading

_STORED = (
    "select (select sum(length(xml)) from emission) + (select sum(length(xml)) from document_authorization)"
)


def _queries(bench: Bench) -> Reading | None:
    found = bench.saturation.statements
    if found is None:
        return None
    documents = bench.saturation.cold.documents
    return Reading(
        found.calls / documents, detail={"server_ms_per_doc": round(found.server_ms / documents, 2)}
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
    "statements of all processes of the service, draft to RIDE, begin and commit among them",
    "statements",
    None,
    _queries,
)
WAL = Measurement(
    "db.wal_kb_per_doc",
    "write-ahead log, draft to RIDE",
    "KB",
    Against("XML", "the XML kept of it, as signed and as authorized"),
    _wal,
)
