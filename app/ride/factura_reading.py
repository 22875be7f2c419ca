"""What the RIDE of a factura prints, read from its XML (versions 1.0.0 to 2.1.0)."""

from dataclasses import dataclass, replace
from decimal import Decimal

from app.ride import taxed
from app.ride.amounts import value
from app.ride.factura_blocks import blocks
from app.ride.reading import (
    Entry,
    Issuer,
    Ledger,
    Line,
    Payment,
    Section,
    Source,
    Stub,
    Sums,
    additional,
    issuer,
    stub,
)

_CODES = taxed.Codes("codigoPrincipal", "codigoAuxiliar")
_FREIGHT = {
    "fleteInternacional": "FLETE INTERNACIONAL",
    "seguroInternacional": "SEGURO INTERNACIONAL",
    "gastosAduaneros": "GASTOS ADUANEROS",
    "gastosTransporteOtros": "GASTOS TRANSPORTE OTROS",
}
_CENTS = Decimal("0.02")


@dataclass(frozen=True)
class Factura:
    """All a factura's RIDE shows; ``blocks`` are the rarer ones."""

    issuer: Issuer
    stub: Stub
    buyer_name: str
    buyer_id: str
    buyer_address: str
    issue_date: str
    plate: str
    waybill: str
    lines: tuple[Line, ...]
    additional: tuple[Entry, ...]
    payments: tuple[Payment, ...]
    sums: Sums
    blocks: tuple[Section | Ledger, ...]


def read_factura(source: Source) -> Factura:
    """The printed view of a ``<factura>``; whatever is missing is empty."""
    info = source.fields(element) if (element := source.root.find("infoFactura")) is not None else {}
    get = info.get
    return Factura(
        issuer=issuer(source, "infoFactura"),
        stub=stub(source, "FACTURA"),
        buyer_name=get("razonSocialComprador", ""),
        buyer_id=get("identificacionComprador", ""),
        buyer_address=get("direccionComprador", ""),
        issue_date=get("fechaEmision", ""),
        plate=get("placa", ""),
        waybill=get("guiaRemision", ""),
        lines=taxed.lines(source, _CODES),
        additional=additional(source),
        payments=taxed.payments(source, "infoFactura"),
        sums=_sums(source, info),
        blocks=blocks(source),
    )


def _sums(source: Source, info: dict[str, str]) -> Sums:
    get = info.get
    freight = tuple(Entry(label, info[tag]) for tag, label in _FREIGHT.items() if info.get(tag))
    withheld = _summed(source, "RETENCIONES", "retenciones/retencion/valor")
    sums = Sums(
        taxes=taxed.taxes(source, "infoFactura"),
        net=get("totalSinImpuestos", ""),
        total=get("importeTotal", ""),
        currency=get("moneda", ""),
        discount=get("totalDescuento", ""),
        tip=get("propina", ""),
        subsidy=get("totalSubsidio", ""),
        added=(*freight, *withheld),
    )
    return _with_charges(source, sums)


def _with_charges(source: Source, sums: Sums) -> Sums:
    """Charges of third parties belong above the total only when this document counts them in."""
    charges = _summed(source, "OTROS RUBROS DE TERCEROS", "otrosRubrosTerceros/rubro/total")
    parts = [
        value(sums.net),
        value(sums.tip),
        *(value(tax.amount) - value(tax.refund) for tax in sums.taxes),
        *(value(entry.text) for entry in (*sums.added, *charges)),
    ]
    over = sum(parts) - value(sums.total)
    lowered = sum(value(tax.extra_discount) for tax in sums.taxes)
    counted_in = any(abs(over - discount) <= _CENTS for discount in (0, lowered))
    return replace(sums, added=(*sums.added, *charges)) if charges and counted_in else sums


def _summed(source: Source, label: str, path: str) -> tuple[Entry, ...]:
    every = [value(source.clean(element.text)) for element in source.all(path)]
    return (Entry(label, f"{sum(every):f}"),) if every else ()
