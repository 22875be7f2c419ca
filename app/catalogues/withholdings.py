"""Withholdings a factura of the fuel and press trades carries (ficha tablas 22 and 23), each with its tarifa."""

from decimal import Decimal

TAX = "4"  # IVA presuntivo y renta

# Codes 5 and 6 of tabla 23 belong to comprobantes de retención.
TARIFAS = {
    "3": Decimal(1),  # IVA presuntivo of fuels: 4, 5.85, 13 or 100 % of an amount no factura shows
    "4": Decimal("0.12"),  # publishers, on the margin of their vendors
    "327": Decimal("0.20"),  # renta, 2 per mil
    "328": Decimal("0.30"),  # renta, 3 per mil
}

INCOME = frozenset({"327", "328"})
"""Those that are their tarifa's share of the subtotal."""
