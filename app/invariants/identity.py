"""I1: a document goes to the SRI under one key with one content. I8: nothing of one taxpayer is in another's hands."""

from app.errors import Text
from app.invariants.rule import Rule

KEY_OF_TWO_DOCUMENTS = Rule(
    "I1",
    """
    select min(d.tenant_id) as tenant_id, d.access_key as subject, string_agg(distinct bearer.id::text, ', ') as ids
    from emission e join document d on d.access_key = e.access_key and d.id <> e.document_id
    cross join lateral (values (d.id), (e.document_id)) bearer (id)
    group by d.access_key
    """,
    Text(
        "La clave de acceso {subject} está en más de un comprobante (ids {ids}): no reenvíe ninguno; consulte la "
        "clave en el portal del SRI y vea cuál se autorizó.",
        "The access key {subject} is borne by more than one document (ids {ids}): send none of them again; look the"
        " key up on the SRI's site and see which was authorized.",
    ),
)

TWO_LIVE_KEYS = Rule(
    "I1",
    """
    select {named}, live.keys
    from document d
    join lateral (
        select string_agg(key.access_key, ', ') as keys, count(*) as n
        from (select distinct e.access_key from emission e where e.document_id = d.id) key
        where not exists (
            select from sri_exchange x
            where x.document_id = d.id and x.access_key = key.access_key and x.outcome in ('returned', 'rejected'))
    ) live on live.n > 1
    where d.version > 1
    """,
    Text(
        "El comprobante {name} tiene más de una clave de acceso que el SRI no ha negado ({keys}): podrían "
        "autorizarse todas. Consulte cada una en el portal del SRI antes de reenviar nada.",
        "Document {name} has more than one access key that the SRI has not refused ({keys}): all might be "
        "authorized. Look each up on the SRI's site before sending anything again.",
    ),
)

OTHER_THAN_SIGNED = Rule(
    "I1",
    """
    select {named}, x.id as call
    from sri_exchange x
    join emission e on e.document_id = x.document_id and e.version = x.version
    join document d on d.id = x.document_id
    where x.access_key <> e.access_key or (x.operation = 'submit' and x.request_sha256 <> e.sha256)
    """,
    Text(
        "Del comprobante {name} se envió algo distinto de lo firmado (intercambio {call} con el SRI): compare ese "
        "intercambio con el XML firmado antes de reenviar.",
        "Of document {name} something else was sent than what was signed (call {call} to the SRI): compare that "
        "call with the signed XML before sending again.",
    ),
)

TENANTS_MIXED = Rule(
    "I8",
    """
    with owned as (
        select 'emission' as place, document_id, tenant_id from emission
        union all select 'sri_exchange', document_id, tenant_id from sri_exchange
        union all select 'document_authorization', document_id, tenant_id from document_authorization
        union all select 'history', document_id, tenant_id from history
        union all select 'ride', id, tenant_id from ride
        union all select 'delivery', document_id, tenant_id from delivery
        union all select 'jobs.run', document_id, tenant_id from jobs.run where document_id is not null
    )
    select {named}, o.place, o.tenant_id as other, count(*) as n
    from owned o join document d on d.id = o.document_id
    where o.tenant_id <> d.tenant_id
    group by d.id, o.place, o.tenant_id
    """,
    Text(
        "El comprobante {name} es del contribuyente {tenant_id}, pero {n} filas suyas en «{place}» son del "
        "contribuyente {other}: avise a quien mantiene el sistema y no entregue nada de ese comprobante.",
        "Document {name} belongs to taxpayer {tenant_id}, but {n} rows of it in '{place}' belong to taxpayer "
        "{other}: tell whoever maintains the system and deliver nothing of that document.",
    ),
)

SIGNED_BY_ANOTHER = Rule(
    "I8",
    """
    select {named}, e.version, c.tenant_id as other
    from emission e
    join certificate c on c.id = e.certificate_id
    join document d on d.id = e.document_id
    where c.tenant_id <> d.tenant_id
    """,
    Text(
        "El comprobante {name} del contribuyente {tenant_id} (versión {version}) se firmó con el certificado del "
        "contribuyente {other}: no vale; avise a quien mantiene el sistema.",
        "Document {name} of taxpayer {tenant_id} (version {version}) was signed with the certificate of taxpayer "
        "{other}: it is void; tell whoever maintains the system.",
    ),
)

KEY_OF_ANOTHER_RUC = Rule(
    "I8",
    """
    select {named}, substr(d.access_key, 11, 13) as ruc, t.ruc as own
    from document d join tenant t on t.id = d.tenant_id
    where substr(d.access_key, 11, 13) <> t.ruc
    """,
    Text(
        "La clave de acceso del comprobante {name} lleva el RUC {ruc}, y el contribuyente es {own}: no la envíe; "
        "avise a quien mantiene el sistema.",
        "The access key of document {name} bears the RUC {ruc}, and the taxpayer is {own}: do not send it; tell "
        "whoever maintains the system.",
    ),
)

FILE_OF_ANOTHER = Rule(
    "I8",
    """
    select {named}, r.path
    from ride r join document d on d.id = r.id
    where split_part(r.path, '/', 1) <> d.tenant_id::text or strpos(r.path, d.access_key) = 0
    """,
    Text(
        "El RIDE del comprobante {name} apunta al archivo «{path}», que no es suyo: no lo entregue; avise a quien "
        "mantiene el sistema.",
        "The RIDE of document {name} points to the file '{path}', which is not its own: do not deliver it; tell "
        "whoever maintains the system.",
    ),
)

RULES = (
    KEY_OF_TWO_DOCUMENTS,
    TWO_LIVE_KEYS,
    OTHER_THAN_SIGNED,
    TENANTS_MIXED,
    SIGNED_BY_ANOTHER,
    KEY_OF_ANOTHER_RUC,
    FILE_OF_ANOTHER,
)
