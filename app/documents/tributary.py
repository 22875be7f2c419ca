"""The issuer's facts as they are written into every comprobante: infoTributaria and three of the type's own block."""

import unicodedata
from collections.abc import Iterator

from app.documents.base import Identity, Issuer
from app.documents.dates import written
from app.documents.facets import Facet
from app.documents.structures import INFO_TRIBUTARIA
from app.documents.vocabulary import LABEL, RESOLUTION, RIMPE, RUC, TEXT_300, WITHHOLDING_RESOLUTION
from app.errors import Problem

_FACETS: dict[str, tuple[str, Facet]] = {
    "ruc": ("ruc", RUC),
    "razon_social": ("razonSocial", TEXT_300),
    "dir_matriz": ("dirMatriz", TEXT_300),
    "nombre_comercial": ("nombreComercial", TEXT_300),
    "dir_establecimiento": ("dirEstablecimiento", TEXT_300),
    "contribuyente_especial": ("contribuyenteEspecial", RESOLUTION),
    "agente_retencion": ("agenteRetencion", WITHHOLDING_RESOLUTION),
    "contribuyente_rimpe": ("contribuyenteRimpe", RIMPE),
    "gran_contribuyente": ("Gran Contribuyente", LABEL),
}
GIVEN_IN_INFO = frozenset(
    {"fechaEmision", "dirEstablecimiento", "contribuyenteEspecial", "obligadoContabilidad"}
)
GIVEN_BY_US = frozenset(part.tag for part in INFO_TRIBUTARIA.parts) | GIVEN_IN_INFO
"""Facts of the issuer and of numbering; of these a draft sets none but type, estab and ptoEmi."""


def info_tributaria(code: str, issuer: Issuer, identity: Identity) -> dict[str, str | None]:
    """infoTributaria by tag; what the issuer does not have is empty."""
    return {
        "ambiente": str(int(issuer.environment)),
        "tipoEmision": "1",
        "razonSocial": _nfc(issuer.razon_social),
        "nombreComercial": _nfc(issuer.nombre_comercial),
        "ruc": issuer.ruc,
        "claveAcceso": identity.access_key,
        "codDoc": code,
        "estab": identity.establishment,
        "ptoEmi": identity.emission_point,
        "secuencial": f"{identity.sequence_number:09d}",
        "dirMatriz": _nfc(issuer.dir_matriz),
        "agenteRetencion": issuer.agente_retencion,
        "contribuyenteRimpe": _nfc(issuer.contribuyente_rimpe),
    }


def info_of_type(issuer: Issuer, identity: Identity) -> dict[str, str | None]:
    """What the service adds to infoFactura, infoNotaCredito and their like."""
    obliged = {None: None, True: "SI", False: "NO"}[issuer.obligado_contabilidad]
    return {
        "fechaEmision": written(identity.issue_date),
        "dirEstablecimiento": _nfc(issuer.dir_establecimiento),
        "contribuyenteEspecial": issuer.contribuyente_especial,
        "obligadoContabilidad": obliged,
    }


def issuer_problems(issuer: Issuer) -> Iterator[Problem]:
    """Every fact of ``issuer`` that no schema would let pass; they would spoil each of its documents."""
    for name, (tag, facet) in _FACETS.items():
        value = getattr(issuer, name)
        if value and (broken := facet.rule(value)):
            yield Problem(tag, broken, facet.fix, "35")


def _nfc(text: str | None) -> str | None:
    return unicodedata.normalize("NFC", text) if text else None
