"""Taxes a factura can carry (ficha tabla 16) and the percentage codes of those that are not IVA."""

from app.catalogues import iva

IVA = "2"
ICE = "3"
IRBPNR = "5"

TAXES = {IVA: "IVA", ICE: "ICE", IRBPNR: "IRBPNR"}

# Ficha tabla 18. Its rates change every year and by product: the code is checked, the rate is the issuer's.
_ICE_LISTED = frozenset((3011, 3021, 3023, 3031, 3033, 3041, 3043, 3053, 3054, 3092, 3093, 3101, 3111))
_ICE_RANGES = ((3073, 3081), (3500, 3599), (3600, 3699), (3700, 3799), (3800, 3899))
_IRBPNR_LISTED = frozenset({"5001"})


def known(tax: str, code: str) -> bool:
    """True when the SRI lists ``code`` as a codigoPorcentaje of ``tax``, on any day."""
    if tax == IVA:
        return iva.find(code) is not None
    if tax == ICE:
        return int(code) in _ICE_LISTED or any(low <= int(code) <= high for low, high in _ICE_RANGES)
    return tax == IRBPNR and code in _IRBPNR_LISTED
