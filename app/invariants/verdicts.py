"""I5: what the SRI authorized is authorized here, and nothing else. I6, the rows: one RIDE per authorized document."""

from app.errors import Text
from app.invariants.rule import Rule

AUTHORIZED_ONLY_THERE = Rule(
    "I5",
    """
    select {named}, min(x.id) as call
    from document d join sri_exchange x on x.document_id = d.id
    where d.state <> 'authorized' and x.outcome = 'authorized'
    group by d.id
    """,
    Text(
        "El SRI autorizó el comprobante {name} (intercambio {call}) y aquí no consta: no lo corrija ni lo reenvíe; "
        "confirme su clave {subject} en el portal del SRI y avise a quien mantiene el sistema.",
        "The SRI authorized document {name} (call {call}) and that is not on record here: neither correct it nor "
        "send it again; confirm its key {subject} on the SRI's site and tell whoever maintains the system.",
    ),
)

AUTHORIZATION_NOT_KEPT = Rule(
    "I5",
    """
    select {named} from document d
    where d.state = 'authorized'
      and not exists (select from document_authorization a where a.document_id = d.id)
    """,
    Text(
        "El comprobante {name} consta como autorizado y falta la autorización que devolvió el SRI: descárguela del "
        "portal del SRI con la clave {subject}.",
        "Document {name} is on record as authorized and the authorization the SRI gave back is missing: download it"
        " from the SRI's site by the key {subject}.",
    ),
)

AUTHORIZATION_NOT_COUNTED = Rule(
    "I5",
    """
    select {named} from document_authorization a join document d on d.id = a.document_id
    where d.state <> 'authorized'
    """,
    Text(
        "Se guardó una autorización del SRI para el comprobante {name}, que no consta como autorizado: no lo "
        "corrija ni lo reenvíe; confirme su clave {subject} en el portal del SRI.",
        "An authorization of the SRI was stored for document {name}, which is not on record as authorized: neither "
        "correct it nor send it again; confirm its key {subject} on the SRI's site.",
    ),
)

NO_RIDE = Rule(
    "I6",
    """
    select {named} from document d
    where d.state = 'authorized' and not exists (select from ride r where r.id = d.id)
    """,
    Text(
        "El comprobante {name} está autorizado y nadie hará su RIDE: avise a quien mantiene el sistema.",
        "Document {name} is authorized and nobody will make its RIDE: tell whoever maintains the system.",
    ),
)

RIDE_TOO_SOON = Rule(
    "I6",
    """
    select {named} from ride r join document d on d.id = r.id where d.state <> 'authorized'
    """,
    Text(
        "El comprobante {name} tiene un RIDE y no está autorizado: no lo entregue al comprador.",
        "Document {name} has a RIDE and is not authorized: do not deliver it to the buyer.",
    ),
)

RIDE_FORGOTTEN = Rule(
    "I6",
    """
    select {named} from ride r join document d on d.id = r.id
    where r.path is null and r.next_attempt_at is null and r.needs_person_since is null
      and (r.lease_until is null or r.lease_until < now())
    """,
    Text(
        "El RIDE del comprobante {name} no está hecho, no tiene próximo intento y no espera a nadie: reinténtelo "
        "desde la página del comprobante.",
        "The RIDE of document {name} is not made, has no next attempt and waits for nobody: retry it from the "
        "document's page.",
    ),
)

RIDE_INCOMPLETE = Rule(
    "I6",
    """
    select {named} from ride r join document d on d.id = r.id
    where r.path is not null and (r.sha256 is null or r.size is null or r.rendered_at is null)
    """,
    Text(
        "Del RIDE del comprobante {name} consta el archivo, pero no su huella, su tamaño o su fecha: ábralo y "
        "compárelo con lo autorizado antes de entregarlo.",
        "Of the RIDE of document {name} the file is on record, but not its digest, its size or its date: open it "
        "and compare it with what was authorized before delivering it.",
    ),
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
