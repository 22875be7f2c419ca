"""What is to be signed: a draft's content and who issues it, as the XML names them."""

from dataclasses import dataclass
from typing import Any

from app.documents.base import Issuer
from app.sri.gateway import Environment
from app.store.documents import Document
from app.store.prepared import Prepared

_READ = Prepared("""
select d.content, t.code_seed, e.address, t.ruc, t.razon_social, t.dir_matriz, t.nombre_comercial,
       t.obligado_contabilidad, t.contribuyente_especial,
       t.agente_retencion, t.contribuyente_rimpe, t.gran_contribuyente
from document d
join tenant t on t.id = d.tenant_id
join establishment e on e.tenant_id = d.tenant_id and e.code = d.establishment
where d.tenant_id = %(tenant)s and d.id = %(document)s
""")


@dataclass(frozen=True)
class Sale:
    """What a document says, by whom, and the secret its issuer's numeric codes are worked out from."""

    content: Any
    issuer: Issuer
    code_seed: Any


def read(document: Document, provider_ruc: str) -> Sale:
    """The claimed document's, inside the tenant's scope; ``provider_ruc`` is the installation's, or empty."""
    (
        (content, seed, address, ruc, name, head_office, trade_name, accounts, special, agent, rimpe, large),
    ) = _READ.rows(tenant=document.tenant_id, document=document.id)
    issuer = Issuer(
        ruc=ruc,
        razon_social=name,
        dir_matriz=head_office,
        environment=Environment(document.environment),
        nombre_comercial=trade_name,
        dir_establecimiento=address,
        obligado_contabilidad=accounts,
        contribuyente_especial=special,
        agente_retencion=agent,
        contribuyente_rimpe=rimpe,
        gran_contribuyente=large,
        provider_ruc=provider_ruc or None,
    )
    return Sale(content, issuer, seed)
