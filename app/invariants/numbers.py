"""I7: no secuencial twice, and every gap has a reason on record."""

from app.errors import Text
from app.invariants.rule import Rule

NUMBER_TWICE = Rule(
    "I7",
    """
    select tenant_id, min(number) as subject, count(*) as n, string_agg(id::text, ', ') as ids
    from document where sequence_number is not null
    group by {place}, sequence_number having count(*) > 1
    """,
    Text(
        "El número {subject} está en {n} comprobantes (ids {ids}): consulte sus claves en el portal del SRI, vea "
        "cuál se autorizó y no reenvíe los demás.",
        "The number {subject} is borne by {n} documents (ids {ids}): look their keys up on the SRI's site, see "
        "which was authorized and do not send the others again.",
    ),
)

# Reasons on record: a correction gave the number up (SRI code 45), it stays in the access key of the version that
# bore it; or an audit line «numbers_skipped» names the numbering and the first and last number it left out.
GAP = Rule(
    "I7",
    """
    with held as (
        select {place}, sequence_number as number,
               lag(sequence_number, 1, 0) over (partition by {place} order by sequence_number) as before
        from document where sequence_number is not null
    ),
    gap as (
        select {place}, before + 1 as first, number - 1 as last from held where number > before + 1
        union all
        select {place}, last_held.number + 1, next_number - 1
        from sequence q cross join lateral (
            select coalesce(max(d.sequence_number), 0) as number from document d
            where (d.tenant_id, d.environment, d.doc_type, d.establishment, d.emission_point)
                = (q.tenant_id, q.environment, q.doc_type, q.establishment, q.emission_point)) last_held
        where last_held.number < next_number - 1
    ),
    given_up as materialized (
        select distinct e.tenant_id, substr(e.access_key, 24, 1)::smallint as environment,
               substr(e.access_key, 9, 2) as doc_type, substr(e.access_key, 25, 3) as establishment,
               substr(e.access_key, 28, 3) as emission_point, substr(e.access_key, 31, 9)::integer as number
        from document d join emission e on e.document_id = d.id
        where d.version > 1 and substr(e.access_key, 31, 9)::integer is distinct from d.sequence_number
    )
    select s.tenant_id, s.establishment || '-' || s.emission_point as subject, s.environment, s.doc_type,
           to_char(s.first, 'FM000000000') as first, to_char(s.last, 'FM000000000') as last
    from gap s
    where s.last - s.first + 1 > (
        select count(*) from given_up u
        where (u.tenant_id, u.environment, u.doc_type, u.establishment, u.emission_point)
            = (s.tenant_id, s.environment, s.doc_type, s.establishment, s.emission_point)
          and u.number between s.first and s.last)
      and not exists (
        select from audit a
        where a.tenant_id = s.tenant_id and a.action = 'numbers_skipped' and (a.facts ->> 'first')::integer <= s.first
          and (a.facts ->> 'last')::integer >= s.last and a.facts @> jsonb_build_object(
              'environment', s.environment, 'doc_type', s.doc_type, 'establishment', s.establishment,
              'emission_point', s.emission_point))
    """,
    Text(
        "En el punto de emisión {subject} (ambiente {environment}, tipo {doc_type}) faltan los números {first} a "
        "{last}: ningún comprobante los tiene ni consta por qué. Busque en el portal del SRI si se emitieron con "
        "otro sistema.",
        "At the emission point {subject} (ambiente {environment}, type {doc_type}) the numbers {first} to {last} "
        "are missing: no document has them and no reason is on record. Look on the SRI's site whether they were "
        "issued by another system.",
    ),
)

COUNTER_BEHIND = Rule(
    "I7",
    """
    select s.tenant_id, s.establishment || '-' || s.emission_point as subject, s.environment, s.doc_type,
           to_char(s.next_number, 'FM000000000') as next, to_char(d.last, 'FM000000000') as last
    from (select {place}, max(sequence_number) as last from document
          where sequence_number is not null group by {place}) d
    join sequence s using ({place})
    where s.next_number <= d.last
    """,
    Text(
        "El próximo número del punto de emisión {subject} (ambiente {environment}, tipo {doc_type}) sería {next}, y"
        " ya existe el {last}: suspenda la firma en ese punto hasta corregirlo.",
        "The next number of the emission point {subject} (ambiente {environment}, type {doc_type}) would be {next},"
        " and {last} exists already: stop signing at that point until it is mended.",
    ),
)

RULES = (NUMBER_TWICE, GAP, COUNTER_BEHIND)
