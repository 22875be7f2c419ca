"""What the RIDE of a factura prints, read from its XML (versions 1.0.0 to 2.1.0)."""

from dataclasses import dataclass
from typing import Any

from app.catalogues import iva
from app.ride.reading import (
    Entry,
    Issuer,
    Line,
    Payment,
    Section,
    Source,
    Stub,
    Tax,
    additional,
    issuer,
    stub,
)

_EXPORT = {
    "comercioExterior": "Comercio exterior",
    "incoTermFactura": "Incoterm",
    "lugarIncoTerm": "Lugar Incoterm",
    "paisOrigen": "País origen",
    "puertoEmbarque": "Puerto embarque",
    "puertoDestino": "Puerto destino",
    "paisDestino": "País destino",
    "paisAdquisicion": "País adquisición",
    "incoTermTotalSinImpuestos": "Incoterm total sin impuestos",
}
_REIMBURSEMENT = {
    "codDocReembolso": "Tipo de comprobante",
    "totalComprobantesReembolso": "Total comprobantes",
    "totalBaseImponibleReembolso": "Total base imponible",
    "totalImpuestoReembolso": "Total impuestos",
}
_TRANSPORT = {
    "dirPartida": "Punto de partida",
    "dirDestinatario": "Punto de llegada",
    "fechaIniTransporte": "Fecha inicio transporte",
    "fechaFinTransporte": "Fecha fin transporte",
    "razonSocialTransportista": "Transportista",
    "rucTransportista": "Identificación (Transportista)",
    "placa": "Placa",
}
_THIRD_PARTIES = "otrosRubrosTerceros/rubro"
_COMPENSATIONS = "infoFactura/compensaciones/compensacion"
_DESTINATION = ("motivoTraslado", "docAduaneroUnico", "codEstabDestino", "ruta")
_FISCAL_MACHINE = {"marca": "Marca", "modelo": "Modelo", "serie": "Serie"}
_WITHHELD = {"valorRetIva": "Valor retenido IVA", "valorRetRenta": "Valor retenido renta"}


@dataclass(frozen=True)
class Factura:
    """All a factura's RIDE shows; ``freight`` are an exporter's charges, ``sections`` the rarer blocks."""

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
    taxes: tuple[Tax, ...]
    net: str
    discount: str
    tip: str
    total: str
    currency: str
    subsidy: str
    freight: tuple[Entry, ...]
    sections: tuple[Section, ...]


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
        lines=tuple(_line(source, element) for element in source.all("detalles/detalle")),
        additional=additional(source),
        payments=tuple(_payment(source, element) for element in source.all("infoFactura/pagos/pago")),
        taxes=_taxes(source),
        net=get("totalSinImpuestos", ""),
        discount=get("totalDescuento", ""),
        tip=get("propina", ""),
        total=get("importeTotal", ""),
        currency=get("moneda", ""),
        subsidy=get("totalSubsidio", ""),
        freight=_freight(info),
        sections=_sections(source),
    )


def _line(source: Source, element: Any) -> Line:
    get = source.fields(element).get
    extra = [
        f"{source.clean(each.get('nombre'))}: {source.clean(each.get('valor'))}"
        for each in source.all("detallesAdicionales/detAdicional", element)
    ]
    if unit := get("unidadMedida"):
        extra.append(f"Unidad: {unit}")
    return Line(
        code=get("codigoPrincipal", ""),
        auxiliary_code=get("codigoAuxiliar", ""),
        quantity=get("cantidad", ""),
        description=get("descripcion", ""),
        extra=tuple(extra),
        unit_price=get("precioUnitario", ""),
        unsubsidized_price=get("precioSinSubsidio", ""),
        discount=get("descuento", ""),
        total=get("precioTotalSinImpuesto", ""),
    )


def _payment(source: Source, element: Any) -> Payment:
    get = source.fields(element).get
    return Payment(get("formaPago", ""), get("total", ""), get("plazo", ""), get("unidadTiempo", ""))


def _taxes(source: Source) -> tuple[Tax, ...]:
    """Header taxes; a missing tarifa is taken from the lines, then from the catalogue (IVA only)."""
    told: dict[tuple[str, str], str] = {}
    for element in source.all("detalles/detalle/impuestos/impuesto"):
        each = source.fields(element)
        told.setdefault((each.get("codigo", ""), each.get("codigoPorcentaje", "")), each.get("tarifa", ""))
    stated = source.all("infoFactura/totalConImpuestos/totalImpuesto")
    return tuple(_tax(source.fields(element), told) for element in stated)


def _tax(total: dict[str, str], told: dict[tuple[str, str], str]) -> Tax:
    kind, code = total.get("codigo", ""), total.get("codigoPorcentaje", "")
    rate = iva.find(code)
    return Tax(
        tax=kind,
        code=code,
        percent=total.get("tarifa") or told.get((kind, code)) or (str(rate.percent) if rate else ""),
        base=total.get("baseImponible", ""),
        amount=total.get("valor", ""),
        refund=total.get("valorDevolucionIva", ""),
    )


def _freight(info: dict[str, str]) -> tuple[Entry, ...]:
    labels = {
        "fleteInternacional": "FLETE INTERNACIONAL",
        "seguroInternacional": "SEGURO INTERNACIONAL",
        "gastosAduaneros": "GASTOS ADUANEROS",
        "gastosTransporteOtros": "GASTOS TRANSPORTE OTROS",
    }
    return tuple(Entry(label, info[tag]) for tag, label in labels.items() if info.get(tag))


def _sections(source: Source) -> tuple[Section, ...]:
    """Every optional block that is there, under the name the ficha's annexes give it."""
    waybill, reimbursed = "infoSustitutivaGuiaRemision", source.section("", "infoFactura", _REIMBURSEMENT)
    every = (
        source.section("COMERCIO EXTERIOR", "infoFactura", _EXPORT),
        Section("REEMBOLSO DE GASTOS", reimbursed.entries + _reimbursed(source)),
        Section(
            "SUSTITUTIVA DE GUÍA DE REMISIÓN",
            source.section("", waybill, _TRANSPORT).entries + _destinations(source, waybill),
        ),
        Section("OTROS RUBROS DE TERCEROS", _listed(source, _THIRD_PARTIES, "concepto", "total")),
        Section("COMPENSACIONES", _listed(source, _COMPENSATIONS, "codigo", "valor")),
        Section(
            "RETENCIONES",
            source.section("", "infoFactura", _WITHHELD).entries
            + _listed(source, "retenciones/retencion", "codigoPorcentaje", "valor"),
        ),
        source.section("MÁQUINA FISCAL", "maquinaFiscal", _FISCAL_MACHINE),
        source.section("FACTURA COMERCIAL NEGOCIABLE", "tipoNegociable", {"correo": "Correo"}),
    )
    return tuple(section for section in every if section.entries)


def _listed(source: Source, path: str, label: str, text: str) -> tuple[Entry, ...]:
    return tuple(
        Entry(source.text(label, element), source.text(text, element)) for element in source.all(path)
    )


def _destinations(source: Source, below: str) -> tuple[Entry, ...]:
    every = [source.fields(element) for element in source.all(f"{below}/destinos/destino")]
    told = (" · ".join(each[tag] for tag in _DESTINATION if each.get(tag)) for each in every)
    return tuple(Entry("Destino", text) for text in told)


def _reimbursed(source: Source) -> tuple[Entry, ...]:
    """One entry per reimbursed document: its number, then who issued it, when, and its taxed bases."""
    entries = []
    for element in source.all("reembolsos/reembolsoDetalle"):
        get = source.fields(element).get
        number = "-".join(get(f"{tag}DocReembolso", "") for tag in ("estab", "ptoEmi", "secuencial"))
        bases = (
            source.text(tag, tax)
            for tax in source.all("detalleImpuestos/detalleImpuesto", element)
            for tag in ("baseImponibleReembolso", "impuestoReembolso")
        )
        facts = (get("identificacionProveedorReembolso"), get("fechaEmisionDocReembolso"), *bases)
        entries.append(Entry(number, " · ".join(fact for fact in facts if fact)))
    return tuple(entries)
