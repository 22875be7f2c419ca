"""I2 and I3: nothing is forgotten or stuck. I4: every history is a legal path. I10, I11: failures and ticks tell."""

from app.errors import Text
from app.invariants.rule import Rule

FORGOTTEN = Rule(
    "I2",
    """
    select {named} from document d
    where d.state in ({moving}) and d.next_attempt_at is null and d.needs_person_since is null
      and (d.lease_until is null or d.lease_until < now())
    """,
    Text(
        "El comprobante {name} no está terminado, no tiene próximo intento y no espera a nadie: reinténtelo desde "
        "su página.",
        "Document {name} is not done, has no next attempt and waits for nobody: retry it from its page.",
    ),
)

STUCK = Rule(
    "I3",
    """
    with overdue as (
        select {named}, 'El comprobante' as what, 'Document' as what_en, d.next_attempt_at as since, d.published_at,
               d.lease_until, d.lease_owner,
               case d.state when 'draft' then 'sign_document' when 'signed' then 'submit_document'
               else 'check_authorization' end as actor
        from document d
        where d.state in ({moving}) and d.next_attempt_at < now() - interval '2 minutes'
          and not exists (
              select from jobs.circuit c where c.environment = d.environment and c.state <> 'closed'
              and case d.state when 'pending_authorization' then c.service = 'query'
                  -- what may have arrived is asked about before it is sent again
                  when 'signed' then c.service = 'submit' or coalesce((
                      select x.sent is distinct from false and x.outcome is distinct from 'try_again'
                      from sri_exchange x where x.document_id = d.id and x.version = d.version
                      and x.operation = 'submit' order by x.id desc limit 1), false) end)
          and not (d.state in ('draft', 'signed') and exists (
              select from halt h where h.tenant_id = d.tenant_id and h.lifted_at is null
              and (h.establishment is null or h.establishment = d.establishment)))
          and not {paused}
        union all
        select {named}, 'El RIDE del comprobante', 'The RIDE of document', r.next_attempt_at, r.published_at,
               r.lease_until, r.lease_owner,
               'generate_ride'
        from ride r join document d on d.id = r.id
        where r.path is null and r.next_attempt_at < now() - interval '2 minutes' and not {paused_ride}
    )
    select *, case when lease_until is null then 'nadie lo ha tomado'
                   else 'el proceso ' || lease_owner || ' lo dejó a medias' end as why,
        case when lease_until is null then 'nobody has taken it'
             else 'the process ' || lease_owner || ' left it half done' end as why_en
    from overdue
    where (lease_until is null and (published_at is null or published_at < now() - interval '2 minutes')
           -- a long queue of a tenant's is no stand-still: at its pace, or behind others, it moves
           and not exists (
               select from jobs.run w where w.tenant_id = overdue.tenant_id and w.actor = overdue.actor
               and w.state = 'succeeded' and w.outcome <> 'nothing to do'
               and w.started_at > now() - interval '2 minutes'))
       or lease_until < now() - interval '2 minutes'
    """,
    Text(
        "{what} {name} debía avanzar a las {since} y {why}: vea si los procesos y el programador están en marcha.",
        "{what_en} {name} was to go on at {since} and {why_en}: see whether the processes and the scheduler are "
        "running.",
    ),
)

CROOKED = Rule(
    "I4",
    """
    select {named}, coalesce(min(h.place), 1) as step
    from document d
    left join (
        select document_id, seq, event, from_state, to_state, row_number() over path as place,
               lag(to_state) over path as before, lead(seq) over path is null as ends
        from history window path as (partition by document_id order by seq)
    ) h on h.document_id = d.id
    where h.document_id is null
       or h.seq <> h.place
       or h.from_state is distinct from h.before
       or h.event || ' ' || coalesce(h.from_state, '') || ' ' || h.to_state not in ({moves})
       or (h.ends and h.to_state <> d.state)
    group by d.id
    """,
    Text(
        "La historia del comprobante {name} no cuadra en su paso {step}: falta uno, sobra uno, o no lleva al estado"
        " en que está. Compare su historia con los intercambios con el SRI y avise a quien mantiene el sistema.",
        "The history of document {name} does not add up at its step {step}: one is missing, one is too many, or it "
        "does not lead to the state it is in. Compare its history with the calls to the SRI and tell whoever "
        "maintains the system.",
    ),
)

MUTE_FAILURE = Rule(
    "I10",
    """
    select r.tenant_id, r.id::text as subject, r.actor, r.worker, r.started_at as since
    from jobs.run r where r.state in ('failed', 'abandoned') and coalesce(r.error, '') = ''
    """,
    Text(
        "La ejecución {subject} de {actor}, de las {since}, falló sin decir por qué: busque la causa en los "
        "registros del proceso {worker}.",
        "The run {subject} of {actor}, of {since}, failed without saying why: look for the cause in the logs of the"
        " process {worker}.",
    ),
)

MUTE_WAIT = Rule(
    "I10",
    """
    select {named}, 'El comprobante' as what, 'Document' as what_en from document d
    where d.needs_person_since is not null
      and (coalesce(d.needs_person_reason, '') = '' or coalesce(d.needs_person_code, '') = '')
    union all
    select {named}, 'El RIDE del comprobante', 'The RIDE of document' from ride r join document d on d.id = r.id
    where r.needs_person_since is not null
      and (coalesce(r.needs_person_reason, '') = '' or coalesce(r.needs_person_code, '') = '')
    union all
    select {named}, 'La entrega del comprobante', 'The delivery of document'
    from delivery v join document d on d.id = v.document_id
    where (v.needs_person_since is not null
           and (coalesce(v.needs_person_reason, '') = '' or coalesce(v.needs_person_code, '') = ''))
       or (v.outcome = 'bounced' and coalesce(v.server_said, '') = '' and v.server_code is null)
    """,
    Text(
        "{what} {name} espera a una persona y no dice para qué: mire su último error y reinténtelo desde su página.",
        "{what_en} {name} waits for a person and does not say what for: look at its last error and retry it from "
        "its page.",
    ),
)

TICK_TWICE = Rule(
    "I11",
    """
    select 0 as tenant_id, schedule as subject, count(*) as n, due_at as since
    from jobs.tick group by schedule, due_at having count(*) > 1
    """,
    Text(
        "El programa {subject} corrió {n} veces para la misma hora ({since}): vea si dos programadores usan bases "
        "de datos distintas o si falta la restricción única.",
        "The schedule {subject} ran {n} times for the same moment ({since}): see whether two schedulers use "
        "different databases or the unique constraint is missing.",
    ),
)

TICK_UNFINISHED = Rule(
    "I11",
    """
    select 0 as tenant_id, schedule as subject, id, due_at as since
    from jobs.tick
    where (outcome = 'due' and created_at < now() - interval '10 minutes')
       or (outcome = 'running' and started_at < now() - interval '10 minutes')
    """,
    Text(
        "El programa {subject} de las {since} no ha terminado en diez minutos (turno {id}): vea si hay un proceso "
        "que atienda la cola «sweep».",
        "The schedule {subject} of {since} has not ended within ten minutes (tick {id}): see whether a process "
        "serves the queue 'sweep'.",
    ),
)

RULES = (
    FORGOTTEN,
    STUCK,
    CROOKED,
    MUTE_FAILURE,
    MUTE_WAIT,
    TICK_TWICE,
    TICK_UNFINISHED,
)
