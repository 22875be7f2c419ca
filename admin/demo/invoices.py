"""Made-up invoices as a shop's system would hand them in: JSON in the SRI's own field names."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.catalogues import iva

GOODS = {"codigo": "2", "codigoPorcentaje": "4"}  # IVA 15 %
FOOD = {"codigo": "2", "codigoPorcentaje": "0"}  # IVA 0 %
BRICKS = {"codigo": "2", "codigoPorcentaje": "5"}  # IVA 5 %, building materials
EXEMPT = {"codigo": "2", "codigoPorcentaje": "7"}

CATALOGUE = (
    ("CAF-250", "Café lojano molido 250 g", "4.35", FOOD),
    ("CHO-070", "Chocolate negro 70 % cacao fino de aroma", "3.9250", GOODS),
    ("ROS-024", "Rosas de exportación, ramo de 24 tallos", "12.50", FOOD),
    ("LAD-600", "Ladrillo visto 600 unidades", "168.00", BRICKS),
    ("CEM-050", "Cemento portland 50 kg", "7.95", BRICKS),
    ("SOM-001", "Sombrero de paja toquilla, Montecristi", "65.00", GOODS),
    ("SRV-HOR", "Servicio técnico por hora (instalación, ñandú & compañía)", "28.50", GOODS),
    ("LIB-101", "Libro «Cumandá», edición escolar", "9.80", EXEMPT),
    ("PAN-012", "Pan de yuca, docena", "2.40", FOOD),
)
BUYERS = (
    ("04", "1790016919001", "CORPORACIÓN FAVORITA C.A.", "Av. General Enríquez, Sangolquí"),
    ("05", "1710034065", "MARÍA JOSÉ NÚÑEZ CALDERÓN", "La Floresta, Quito"),
    ("04", "0990004196001", "CORPORACIÓN EL ROSADO S.A.", "9 de Octubre 729, Guayaquil"),
    ("06", "PA-0457712", "JØRGEN Ó SÚILLEABHÁIN", "Hotel Plaza Grande, Quito"),
    ("07", "9999999999999", "CONSUMIDOR FINAL", None),
    ("08", "X8812-77", "BLÜTENIMPORT MÜNCHEN GMBH", "Großmarkthalle 4, München"),
)
PAYMENTS = ("01", "20", "19", "16")


def sample_invoices(seed: int, count: int, reference: str) -> Iterator[Mapping[str, Any]]:
    """``count`` different valid invoices; the same arguments give the same invoices."""
    for place in range(count):
        yield sample_invoice(seed * 31 + place, f"{reference}-{place + 1}")


def sample_invoice(variety: int, reference: str, lines: int | None = None) -> Mapping[str, Any]:
    """One valid invoice of ``lines`` lines (default: 1 to 5, once in a while 40), today's rates."""
    kind, number, name, address = BUYERS[variety % len(BUYERS)]
    final_consumer = kind == "07"
    how_many = lines or (1 if final_consumer else 40 if variety % 23 == 22 else 1 + variety % 5)
    details = [_line(variety + step, cheap=final_consumer) for step in range(how_many)]
    invoice: dict[str, Any] = {
        "codDoc": "01",
        "referencia": reference,
        "estab": "001",
        "ptoEmi": "001",
        "tipoIdentificacionComprador": kind,
        "identificacionComprador": number,
        "razonSocialComprador": name,
        "detalles": details,
        "pagos": [{"formaPago": PAYMENTS[variety % len(PAYMENTS)], "total": str(_total(details))}],
        "infoAdicional": [
            {"nombre": "Correo", "valor": f"cliente{variety}@ejemplo.ec"},
            {"nombre": "Pedido", "valor": f"P-{10_000 + variety}"},
        ],
    }
    return {**invoice, **({"direccionComprador": address} if address else {})}


def _line(variety: int, *, cheap: bool) -> dict[str, Any]:
    code, text, price, tax = CATALOGUE[0 if cheap else variety % len(CATALOGUE)]
    return {
        "codigoPrincipal": code,
        "descripcion": text,
        "cantidad": str(1 + variety % 3),
        "precioUnitario": price,
        "descuento": "0.50" if variety % 4 == 3 and not cheap else "0.00",
        "impuestos": [tax],
    }


def _total(details: list[dict[str, Any]]) -> Decimal:
    """What the buyer pays: the lines, and on the sum of each rate its tax (rules 2.5)."""
    bases: dict[str, Decimal] = {}
    for line in details:
        amount = Decimal(line["cantidad"]) * Decimal(line["precioUnitario"]) - Decimal(line["descuento"])
        code = line["impuestos"][0]["codigoPorcentaje"]
        bases[code] = bases.get(code, Decimal(0)) + _cents(amount)
    return sum((base + _cents(base * _percent(code) / 100) for code, base in bases.items()), Decimal(0))


def _percent(code: str) -> Decimal:
    rate = iva.find(code)
    return rate.percent if rate else Decimal(0)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
