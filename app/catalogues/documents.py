"""Kinds of comprobante (ficha tabla 3): the words a RIDE prints, and the names people read."""

from typing import Final

from app.errors import Text

DOCUMENT_TYPES: Final = {
    "01": "FACTURA",
    "03": "LIQUIDACIÓN DE COMPRA DE BIENES Y PRESTACIÓN DE SERVICIOS",
    "04": "NOTA DE CRÉDITO",
    "05": "NOTA DE DÉBITO",
    "06": "GUÍA DE REMISIÓN",
    "07": "COMPROBANTE DE RETENCIÓN",
}

NAMES: Final[dict[str, Text]] = {
    "01": Text("Factura", "Invoice"),
    "03": Text("Liquidación de compra", "Purchase settlement"),
    "04": Text("Nota de crédito", "Credit note"),
    "05": Text("Nota de débito", "Debit note"),
    "06": Text("Guía de remisión", "Waybill"),
    "07": Text("Comprobante de retención", "Withholding certificate"),
}
"""As a letter to the buyer and the console call them."""
