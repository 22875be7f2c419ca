"""I6, the deliveries: what is authorized is on its way to its buyer, once per address and occasion."""

from app.errors import Text
from app.invariants.rule import Rule

NOT_PLANNED = Rule(
    "I6",
    """
    select {named} from ride r join document d on d.id = r.id
    where r.path is not null and r.deliveries is null and r.rendered_at < now() - interval '10 minutes'
    """,
    Text(
        "El comprobante {name} tiene su RIDE y nadie planea entregarlo al comprador: vea si el programa "
        "«deliver_documents» está en marcha.",
        "Document {name} has its RIDE and nobody plans to deliver it to the buyer: see whether the schedule "
        "'deliver_documents' is running.",
    ),
)

DELIVERY_LOST = Rule(
    "I6",
    """
    select {named}, r.deliveries as planned, count(v.id) as n
    from ride r join document d on d.id = r.id
    left join delivery v on v.document_id = d.id and v.kind = 'first'
    where r.deliveries > 0
    group by d.id, r.deliveries having count(v.id) < r.deliveries
    """,
    Text(
        "Del comprobante {name} se planearon {planned} entregas y constan {n}: reenvíelo al comprador y avise a "
        "quien mantiene el sistema.",
        "Of document {name}, {planned} deliveries were planned and {n} are on record: send it to the buyer again "
        "and tell whoever maintains the system.",
    ),
)

DELIVERED_TWICE = Rule(
    "I6",
    """
    select {named}, v.address, count(*) as n
    from delivery v join document d on d.id = v.document_id
    group by d.id, v.address, v.kind, v.occasion having count(*) > 1
    """,
    Text(
        "El comprobante {name} consta {n} veces como entrega a «{address}» por el mismo motivo: avise a quien "
        "mantiene el sistema.",
        "Document {name} is on record {n} times as a delivery to '{address}' for the same occasion: tell whoever "
        "maintains the system.",
    ),
)

DELIVERED_TOO_SOON = Rule(
    "I6",
    """
    select {named} from delivery v join document d on d.id = v.document_id
    where d.state <> 'authorized'
    group by d.id
    """,
    Text(
        "El comprobante {name} tiene una entrega al comprador y no está autorizado: avise al comprador que no lo "
        "use.",
        "Document {name} has a delivery to the buyer and is not authorized: tell the buyer not to use it.",
    ),
)

DELIVERY_FORGOTTEN = Rule(
    "I2",
    """
    select {named}, v.address from delivery v join document d on d.id = v.document_id
    where v.outcome is null and v.next_attempt_at is null and v.needs_person_since is null
      and (v.lease_until is null or v.lease_until < now())
    """,
    Text(
        "La entrega del comprobante {name} a «{address}» no está hecha, no tiene próximo intento y no espera a "
        "nadie: reenvíelo.",
        "The delivery of document {name} to '{address}' is not done, has no next attempt and waits for nobody: send"
        " it again.",
    ),
)

DELIVERY_STUCK = Rule(
    "I3",
    """
    with overdue as (
        select {named}, v.tenant_id as owner, v.address, v.next_attempt_at as since, v.published_at, v.lease_until
        from delivery v join document d on d.id = v.document_id
        where v.outcome is null and not {paused_mail} and v.next_attempt_at < now() - interval '2 minutes'
    )
    select * from overdue
    where (lease_until is null and (published_at is null or published_at < now() - interval '2 minutes')
           and not exists (
               select from jobs.run w where w.tenant_id = overdue.owner and w.actor = 'deliver_document'
               and w.state = 'succeeded' and w.outcome <> 'nothing to do'
               and w.started_at > now() - interval '2 minutes'))
       or lease_until < now() - interval '2 minutes'
    """,
    Text(
        "La entrega del comprobante {name} a «{address}» debía salir a las {since} y nadie la envía: vea si los "
        "procesos de la cola «mail» y el programador están en marcha.",
        "The delivery of document {name} to '{address}' was to leave at {since} and nobody sends it: see whether "
        "the processes of the queue 'mail' and the scheduler are running.",
    ),
)

RULES = (NOT_PLANNED, DELIVERY_LOST, DELIVERED_TWICE, DELIVERED_TOO_SOON, DELIVERY_FORGOTTEN)
WHILE_SENDING = (DELIVERY_STUCK,)
"""What holds only where there is a mail server: without one, deliveries wait for it."""
