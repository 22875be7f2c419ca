"""The issuer, the day and the valid invoice that document tests start from."""

import copy
from dataclasses import replace
from datetime import date
from typing import Any

from app import access_key
from app.documents.base import Draft, Identity, Issuer
from app.documents.registry import document_type
from app.sri.gateway import Environment

ON = date(2026, 3, 2)

ISSUER = Issuer(
    ruc="1790012345001",
    razon_social="Exportaciones Ñandú & Cía.",
    dir_matriz="Av. Amazonas N34-56, Quito",
    environment=Environment.PRUEBAS,
    nombre_comercial="Ñandú",
    dir_establecimiento="Guayaquil",
    obligado_contabilidad=True,
)

LEGENDED = replace(
    ISSUER,
    contribuyente_especial="5368",
    agente_retencion="1",
    contribuyente_rimpe="CONTRIBUYENTE RÉGIMEN RIMPE",
    gran_contribuyente="NAC-GCFOIOC21-00000868-E",
    provider_ruc="1793210987001",
)
"""The same taxpayer with every legend there is, served by a provider."""

_INVOICE: dict[str, Any] = {
    "codDoc": "01",
    "estab": "001",
    "ptoEmi": "002",
    "tipoIdentificacionComprador": "05",
    "razonSocialComprador": "María Núñez",
    "identificacionComprador": "1710034065",
    "pagos": [{"formaPago": "20", "total": "23.00"}],
    "detalles": [
        {
            "codigoPrincipal": "A-1",
            "descripcion": "Producto",
            "cantidad": 2,
            "precioUnitario": "10.00",
            "impuestos": [{"codigo": "2", "codigoPorcentaje": "4"}],
        }
    ],
}

_CREDIT_NOTE: dict[str, Any] = {
    "codDoc": "04",
    "estab": "001",
    "ptoEmi": "002",
    "tipoIdentificacionComprador": "05",
    "razonSocialComprador": "María Núñez",
    "identificacionComprador": "1710034065",
    "codDocModificado": "01",
    "numDocModificado": "001-002-000000007",
    "fechaEmisionDocSustento": "27/02/2026",
    "motivo": "Devolución de mercadería",
    "detalles": [
        {
            "codigoInterno": "A-1",
            "descripcion": "Producto",
            "cantidad": 1,
            "precioUnitario": "10.00",
            "impuestos": [{"codigo": "2", "codigoPorcentaje": "4"}],
        }
    ],
}


def credit_note(**changes: Any) -> dict[str, Any]:
    """A valid nota de crédito of USD 11.50 as JSON, with some of its fields changed; None takes a field away."""
    values = copy.deepcopy(_CREDIT_NOTE) | changes
    return {name: value for name, value in values.items() if value is not None}


def invoice(**changes: Any) -> dict[str, Any]:
    """A valid invoice of USD 23.00 as JSON, with some of its fields changed; None takes a field away."""
    values = copy.deepcopy(_INVOICE) | changes
    return {name: value for name, value in values.items() if value is not None}


def line(**changes: Any) -> list[dict[str, Any]]:
    """The lines of ``invoice()`` with some fields of its only line changed."""
    return [copy.deepcopy(_INVOICE["detalles"][0]) | changes]


def identity(draft: Draft, on: date = ON, sequence_number: int = 7) -> Identity:
    """What numbering would give ``draft``."""
    place = (draft.establishment, draft.emission_point)
    key = access_key.build(
        on, draft.doc_type, ISSUER.ruc, ISSUER.environment, *place, sequence_number, 12345678
    )
    return Identity(key, on, *place, sequence_number)


def built(draft: Draft, on: date = ON, issuer: Issuer = ISSUER) -> bytes:
    """The unsigned XML of ``draft``."""
    return document_type(draft.doc_type).build_xml(draft.content, issuer, identity(draft, on))
