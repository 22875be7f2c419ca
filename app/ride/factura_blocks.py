"""The rarer blocks of a factura as its RIDE prints them, under the names the ficha's annexes give them."""

from typing import Any

from app.catalogues.countries import COUNTRIES
from app.catalogues.documents import DOCUMENT_TYPES
from app.catalogues.taxes import TAXES
from app.ride.amounts import percent, value
from app.ride.reading import Entry, Figure, Ledger, Section, Source
from app.ride.taxed import compensations, machine

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
_COUNTRIES = frozenset({"País origen", "País destino", "País adquisición"})
_TRANSPORT = {
    "dirPartida": "Punto de partida",
    "dirDestinatario": "Punto de llegada",
    "fechaIniTransporte": "Fecha inicio transporte",
    "fechaFinTransporte": "Fecha fin transporte",
    "razonSocialTransportista": "Transportista",
    "rucTransportista": "Identificación (Transportista)",
    "placa": "Placa",
}
_WAYBILL = "infoSustitutivaGuiaRemision"
_DESTINATION = {
    "motivoTraslado": "",
    "docAduaneroUnico": "documento aduanero ",
    "codEstabDestino": "establecimiento ",
    "ruta": "",
}
_WITHHELD = {"valorRetIva": "Valor retenido IVA", "valorRetRenta": "Valor retenido renta"}
_SUPPLIERS = {"01": "persona natural", "02": "sociedad"}


def blocks(source: Source) -> tuple[Section | Ledger, ...]:
    """Every optional block that is there."""
    waybill = source.section("", _WAYBILL, _TRANSPORT).entries + _destinations(source)
    sections = (
        _export(source),
        _reimbursement(source),
        Section("SUSTITUTIVA DE GUÍA DE REMISIÓN", waybill),
        _listed(source, "OTROS RUBROS DE TERCEROS", "otrosRubrosTerceros/rubro", "concepto", "total"),
        _withholdings(source),
        compensations(source, "infoFactura"),
        machine(source),
        source.section("FACTURA COMERCIAL NEGOCIABLE", "tipoNegociable", {"correo": "Correo"}),
    )
    return tuple(block for block in sections if (block.rows if isinstance(block, Ledger) else block.entries))


def _export(source: Source) -> Section:
    block = source.section("COMERCIO EXTERIOR", "infoFactura", _EXPORT)
    named = (
        Entry(entry.label, _country(entry.text) if entry.label in _COUNTRIES else entry.text)
        for entry in block.entries
    )
    return Section(block.title, tuple(named))


def _country(code: str) -> str:
    return f"{code} {COUNTRIES[code]}" if code in COUNTRIES else code


def _destinations(source: Source) -> tuple[Entry, ...]:
    every = [source.fields(element) for element in source.all(f"{_WAYBILL}/destinos/destino")]
    told = (
        " · ".join(f"{name}{each[tag]}" for tag, name in _DESTINATION.items() if each.get(tag))
        for each in every
    )
    return tuple(Entry("Destino", text) for text in told)


def _listed(source: Source, title: str, path: str, words: str, sum_: str) -> Ledger:
    rows = (Figure(source.text(words, each), (source.text(sum_, each),)) for each in source.all(path))
    return Ledger(title, ("VALOR",), tuple(rows))


def _withholdings(source: Source) -> Ledger:
    """Those of tabla 23, which the total counts in, then those the buyer told of."""
    rows = [
        Figure(
            f"Retención {source.text('codigoPorcentaje', each)} (tarifa {source.text('tarifa', each)})",
            (source.text("valor", each),),
        )
        for each in source.all("retenciones/retencion")
    ]
    told = source.section("", "infoFactura", _WITHHELD).entries
    rows += [Figure(entry.label, (entry.text,)) for entry in told if value(entry.text) or rows]
    return Ledger("RETENCIONES", ("VALOR",), tuple(rows))


def _reimbursement(source: Source) -> Ledger:
    """Every reimbursed document with its taxes, then the head's own totals."""
    rows = [row for each in source.all("reembolsos/reembolsoDetalle") for row in _reimbursed(source, each)]
    head = "infoFactura/total{}Reembolso"
    if total := source.text(head.format("Comprobantes")):
        sums = tuple(source.text(head.format(part)) for part in ("BaseImponible", "Impuesto"))
        rows.append(Figure(f"Total de comprobantes {total}", sums, "strong"))
    return Ledger("REEMBOLSO DE GASTOS", ("BASE", "IMPUESTO"), tuple(rows))


def _reimbursed(source: Source, element: Any) -> list[Figure]:
    number = "-".join(source.text(f"{tag}DocReembolso", element) for tag in ("estab", "ptoEmi", "secuencial"))
    kind = source.text("codDocReembolso", element)
    title = f"{DOCUMENT_TYPES.get(kind, f'TIPO {kind}')} {number} · {source.text('fechaEmisionDocReembolso', element)}"
    about = (
        f"Proveedor {source.text('identificacionProveedorReembolso', element)}",
        _SUPPLIERS.get(source.text("tipoProveedorReembolso", element), ""),
        _country(source.text("codPaisPagoProveedorReembolso", element)),
    )
    return [
        Figure(title, (), "strong"),
        *(_reimbursed_tax(source, tax) for tax in source.all("detalleImpuestos/detalleImpuesto", element)),
        Figure(" · ".join(fact for fact in about if fact), (), "remark"),
        Figure(f"Aut. {source.text('numeroautorizacionDocReemb', element)}", (), "remark"),
    ]


def _reimbursed_tax(source: Source, element: Any) -> Figure:
    kind = source.text("codigo", element)
    words = f"{TAXES.get(kind, kind)} {percent(source.text('tarifa', element))}%"
    sums = (source.text("baseImponibleReembolso", element), source.text("impuestoReembolso", element))
    return Figure(words, sums)
