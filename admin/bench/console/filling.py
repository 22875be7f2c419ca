"""Fills an installation with documents and all that is kept of them, by set-based SQL, as the application role."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from app import counting, rollups
from app.store.base import database
from app.tenancy import every_tenant_scope

CHUNK = 50_000
TABLES = (
    *("document", "emission", "sri_exchange", "document_authorization", "history", "ride", "delivery"),
    *("audit", "alert", "batch", "tally", "tally_change", "jobs.run", "sequence", "buyer_word"),
)
"""What is filled, and vacuumed afterwards as autovacuum would have by then."""

# One document in fifty is not authorized; one taxpayer has four tenths of everything. Time runs with the id.
_DOCUMENTS = """
insert into document (tenant_id, reference, content_sha256, content, doc_type, environment, establishment,
    emission_point, sequence_number, number, issue_date, access_key, version, state, buyer_id, buyer_name, buyer_key,
    total, imported_by, created_at, signed_at, received_at, authorized_at, finished_at, next_attempt_at,
    last_error_code, last_error, needs_person_since, needs_person_code, needs_person_reason, refused_code, refused_text,
    batch_id)
select t, 'ref-' || n, md5(n::text), jsonb_build_object('detalles', jsonb_build_array(jsonb_build_object(
        'codigoPrincipal', 'A1', 'descripcion', repeat('servicio ', 20), 'cantidad', '1', 'precioUnitario', '20',
        'precioTotalSinImpuesto', '20'))), '01', 1, '001', '002', n,
    '001-002-' || lpad(n::text, 9, '0'), at::date, lpad(n::text, 49, '0'), 1, state,
    lpad((n %% 90000)::text, 10, '0'), 'Cliente ' || n %% 90000, 'cliente ' || n %% 90000, 10 + n %% 500, 'bench',
    at, at + interval '1 s', at + interval '2 s',
    case when state = 'authorized' then at + interval '5 s' end,
    case when state in ('authorized', 'returned', 'rejected') then at + interval '5 s' end,
    case when state in ('signed', 'pending_authorization') and n %% 150 <> 0 then now() + interval '10 min' end,
    case when state = 'signed' then 'http' when state = 'pending_authorization' then 'pending' end,
    case when state = 'signed' then 'http: 503 Service Unavailable' end,
    case when n %% 150 = 0 then at end, case when n %% 150 = 0 then 'undecided' end,
    case when n %% 150 = 0 then 'el SRI no ha decidido en 24 horas' end,
    case when state in ('returned', 'rejected') then '52' end,
    case when state in ('returned', 'rejected') then 'ERROR EN DIFERENCIAS' end,
    case when n %% 10 = 1 then 1 + n / 2000 end
from (
    select n, %(first)s + case when n %% 10 < 4 then 0 else n %% %(tenants)s end as t,
        now() - interval '1 day' * %(days)s * (1 - n::float8 / %(documents)s) as at,
        case n %% 300 when 0 then 'pending_authorization' when 50 then 'returned' when 100 then 'rejected'
            when 150 then 'pending_authorization' when 200 then 'signed' when 250 then 'signed'
            else 'authorized' end as state
    from generate_series(%(start)s, %(end)s) n
) made
"""
# A tenth of all came in batches of two hundred, of the first taxpayer; the last one is not over.
_BATCHES = (
    """insert into batch (id, tenant_id, by, at, called, files, documents, finished_at, authorized, waiting, refused)
    select n, %(first)s, 'bench', at, 'ventas ' || n || '.json', 200, 200, case when over then at end,
        case when over then 200 end, case when over then 0 end, case when over then 0 end
    from (select n, n <= %(documents)s / 2000 as over, now() - interval '1 day' * %(days)s
        * greatest(0, 1 - n * 2000.0::float8 / %(documents)s) as at
        from generate_series(1, 1 + %(documents)s / 2000) n) made""",
    "select setval(pg_get_serial_sequence('batch', 'id'), 2 + %(documents)s / 2000)",
)
_WHICH = "where d.id between %(start)s and %(end)s"
_LIVES = (
    """insert into emission select d.id, 1, d.tenant_id, d.access_key, '<factura/>', md5(d.id::text), c.id, 'autoriza',
    'first emission', d.signed_at from document d join certificate c using (tenant_id) {which}""",
    """insert into history (document_id, seq, tenant_id, event, from_state, to_state, by, facts, at)
    select d.id, e.seq, d.tenant_id, e.event, e.was, e.now_is, 'SRI', '{empty}', d.created_at + e.seq * interval '1 s'
    from document d cross join (values
        (1, 'imported', null, 'draft'), (2, 'signed', 'draft', 'signed'),
        (3, 'received', 'signed', 'pending_authorization'), (4, 'rejected', 'pending_authorization', 'rejected'),
        (5, 'authorized', 'rejected', 'authorized')) e (seq, event, was, now_is) {which} order by d.id, e.seq""",
    """insert into sri_exchange (tenant_id, document_id, version, access_key, environment, operation, request_sha256,
        started_at, finished_at, outcome, sent, http_status, messages, response)
    select d.tenant_id, d.id, 1, d.access_key, 1, c.operation, 'x', d.created_at + c.wait, d.created_at + c.wait * 2,
        case when d.id %% 500 = 9 then 'unavailable' else c.outcome end, true, 200, '[]', '<respuesta/>'
    from document d cross join (values ('submit', 'received', interval '0.4 s'),
        ('query', 'authorized', interval '0.9 s')) c (operation, outcome, wait) {which} order by d.id""",
    """insert into document_authorization (document_id, tenant_id, number, authorized_at, xml, sha256, as_sent)
    select d.id, d.tenant_id, d.access_key, d.authorized_at, '<factura/>', 'x', true
    from document d {which} and state = 'authorized'""",
    """insert into ride (id, tenant_id, path, sha256, size, pages, rendered_at, deliveries)
    select d.id, d.tenant_id, 'x', 'x', 9000, 1, d.authorized_at, 1 from document d {which} and state = 'authorized'""",
    """insert into delivery (tenant_id, document_id, address, kind, occasion, message_id, sent_at, outcome)
    select d.tenant_id, d.id, 'cliente@example.ec', 'first', '', '<x>', d.authorized_at, 'sent'
    from document d {which} and state = 'authorized'""",
    """insert into jobs.run (failed, tenant_id, document_id, message_id, actor, queue, arguments, attempt, state,
        enqueued_at, started_at, finished_at, worker, version, outcome, error_class, error)
    select bad, tenant_id, id, md5(id::text), actor, 'sri', '{empty}', 1,
        case when bad then 'failed' else 'succeeded' end, at, at + interval '0.2 s', at + interval '0.5 s', 'host:1',
        '0.1.0', 'done', case when bad then 'ValueError' end, case when bad then 'raro' end
    from (
        select d.id, d.tenant_id, a.actor, d.id %% 200 = 7 as bad,
            now() - interval '20 hours' * (1 - d.id::float8 / %(documents)s) as at
        from document d cross join (values ('sign_document'), ('submit_document'), ('check_authorization'),
            ('generate_ride')) a (actor) {which} order by d.id
    ) runs""",
)
_ELSE = (
    "insert into audit (tenant_id, by, action, target, result, at) select %(first)s + n %% %(tenants)s, 'bench', "
    "'retry', 'document ' || n, 'done', now() from generate_series(1, %(documents)s / 20) n",
    "insert into alert (tenant_id, kind, subject, message, resolved_at) select %(first)s + n %% %(tenants)s, "
    "'undecided', n::text, 'bench', now() from generate_series(1, %(documents)s / 50) n",
)


@dataclass(frozen=True)
class Size:
    """How much there is to be."""

    documents: int
    tenants: int
    days: int = 30
    """How long ago the first document came."""


def fill(size: Size, say: Callable[[str, int], None]) -> int:
    """Taxpayers, documents and their lives; the id of the first taxpayer. ``say`` hears what is done, and how much."""
    first = _taxpayers(size.tenants)
    known = {"first": first, **asdict(size)}
    with every_tenant_scope():
        for sql in _BATCHES:
            database.execute_sql(sql, known)
    for start in range(1, size.documents + 1, CHUNK):
        chunk = known | {"start": start, "end": min(start + CHUNK - 1, size.documents)}
        for sql in (_DOCUMENTS, *(life.format(which=_WHICH, empty="{}") for life in _LIVES)):
            with every_tenant_scope():
                database.execute_sql("set local synchronous_commit = off")
                database.execute_sql("set local statement_timeout = 0")
                database.execute_sql(sql, chunk)
        with every_tenant_scope():
            counting.fold()
        say("documents", chunk["end"])
    with every_tenant_scope():
        for sql in _ELSE:
            database.execute_sql(sql, known)
    _settle(size, say)
    return first


def _taxpayers(count: int) -> int:
    with every_tenant_scope():
        rows = database.execute_sql(
            "insert into tenant_directory select from generate_series(1, %s) returning id", (count,)
        ).fetchall()
    with every_tenant_scope():
        ids = [row[0] for row in rows]
        database.execute_sql(
            "insert into tenant (id, ruc, razon_social, dir_matriz, environment) select id, "
            "'179' || lpad(id::text, 7, '0') || '001', 'CONTRIBUYENTE ' || id, 'Quito', 1 from unnest(%s) id",
            (ids,),
        )
        database.execute_sql(
            "insert into certificate (tenant_id, fingerprint, subject, issuer, serial, not_before, not_after, "
            "certificate, sealed_key, added_by) select id, 'x', 'x', 'x', 'x', now(), now() + interval '1 year', '', "
            "'', 'bench' from unnest(%s) id",
            (ids,),
        )
        database.execute_sql(
            "insert into sequence select id, 1, '01', '001', '002', 1000000000 from unnest(%s) id", (ids,)
        )
    return int(min(ids))


def _settle(size: Size, say: Callable[[str, int], None]) -> None:
    """What autovacuum and the schedules would have done by then."""
    _vacuum(TABLES)
    say("tables vacuumed", len(TABLES))
    with every_tenant_scope():
        since = "insert into jobs.rolled (upto) values (now() - make_interval(days => %s))"
        database.execute_sql(since, (size.days,))
    say("hours rolled up", rollups.roll_up())
    _vacuum(("rollup",))


def _vacuum(tables: Sequence[str]) -> None:
    connection = database.connection()
    connection.commit()
    connection.autocommit = True  # vacuum runs in no transaction
    try:
        with connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 0")
            for table in tables:
                cursor.execute(f"vacuum analyze {table}")
            cursor.execute("reset statement_timeout")
    finally:
        connection.autocommit = False
