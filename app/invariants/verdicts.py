"""I5: what the SRI authorized is authorized here, and nothing else. I6, the rows: one RIDE per authorized document."""

from app.invariants.rule import Rule

AUTHORIZED_ONLY_THERE = Rule(
    "I5",
    """
    select {named}, min(x.id) as call
    from document d join sri_exchange x on x.document_id = d.id
    where d.state <> 'authorized' and x.outcome = 'authorized'
    group by d.id
    """,
    "El SRI autorizó el comprobante {name} (intercambio {call}) y aquí no consta: no lo corrija ni lo reenvíe; "
    "confirme su clave {subject} en el portal del SRI y avise a quien mantiene el sistema.",
)

AUTHORIZATION_NOT_KEPT = Rule(
    "I5",
    """
    select {named} from document d
    where d.state = 'authorized'
      and not exists (select from document_authorization a where a.document_id = d.id)
    """,
    "El comprobante {name} consta como autorizado y falta la autorización que devolvió el SRI: descárguela del portal "
    "del SRI con la clave {subject}.",
)

AUTHORIZATION_NOT_COUNTED = Rule(
    "I5",
    """
    select {named} from document_authorization a join document d on d.id = a.document_id
    where d.state <> 'authorized'
    """,
    "Se guardó una autorización del SRI para el comprobante {name}, que no consta como autorizado: no lo corrija ni lo "
    "reenvíe; confirme su clave {subject} en el portal del SRI.",
)

NO_RIDE = Rule(
    "I6",
    """
    select {named} from document d
    where d.state = 'authorized' and not exists (select from ride r where r.id = d.id)
    """,
    "El comprobante {name} está autorizado y nadie hará su RIDE: avise a quien mantiene el sistema.",
)

RIDE_TOO_SOON = Rule(
    "I6",
    """
    select {named} from ride r join document d on d.id = r.id where d.state <> 'authorized'
    """,
    "El comprobante {name} tiene un RIDE y no está autorizado: no lo entregue al comprador.",
)

RIDE_FORGOTTEN = Rule(
    "I6",
    """
    select {named} from ride r join document d on d.id = r.id
    where r.path is null and r.next_attempt_at is null and r.needs_person_since is null
      and (r.lease_until is null or r.lease_until < now())
    """,
    "El RIDE del comprobante {name} no está hecho, no tiene próximo intento y no espera a nadie: reinténtelo desde la "
    "página del comprobante.",
)

RIDE_INCOMPLETE = Rule(
    "I6",
    """
    select {named} from ride r join document d on d.id = r.id
    where r.path is not null and (r.sha256 is null or r.size is null or r.rendered_at is null)
    """,
    "Del RIDE del comprobante {name} consta el archivo, pero no su huella, su tamaño o su fecha: ábralo y compárelo "
    "con lo autorizado antes de entregarlo.",
)

RULES = (
    AUTHORIZED_ONLY_THERE,
    AUTHORIZATION_NOT_KEPT,
    AUTHORIZATION_NOT_COUNTED,
    NO_RIDE,
    RIDE_TOO_SOON,
    RIDE_FORGOTTEN,
    RIDE_INCOMPLETE,
)
