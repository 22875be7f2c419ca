"""Kinds of comprobante (ficha tabla 3), with the words a RIDE prints."""

DOCUMENT_TYPES = {
    "01": "FACTURA",
    "03": "LIQUIDACIÓN DE COMPRA DE BIENES Y PRESTACIÓN DE SERVICIOS",
    "04": "NOTA DE CRÉDITO",
    "05": "NOTA DE DÉBITO",
    "06": "GUÍA DE REMISIÓN",
    "07": "COMPROBANTE DE RETENCIÓN",
}
