"""Documents out of thin air: any that a schema must pass, and drafts that keep every rule as well."""

import re
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.catalogues.countries import COUNTRIES
from app.catalogues.withholdings import TARIFAS
from app.documents.additional import is_provider
from app.documents.facets import Amount, Code, Facet, Words
from app.documents.factura import DESIGN as FACTURA
from app.documents.grammar import Group, Leaf, Several, Shape, Tagged
from app.documents.intake import load

LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"))
TEXTS = st.text(LETTERS, min_size=1, max_size=40).map(lambda text: re.sub(r"\s+", " ", text).strip() or "ñ")
LONG = st.integers(1, 300).map(lambda length: "Ñ" * length)
BUYERS = (("04", "1790016919001"), ("05", "1710034065"), ("06", "PA-0457712"), ("08", "X8812-77"))
PEOPLE = st.sampled_from((*BUYERS, ("04", "1793194515001"), ("04", "1710034065001")))
IVA_CODES = ("0", "4", "5", "6", "7", "8", "10")


def document(shape: Shape) -> st.SearchStrategy[Any]:
    """Any value a grammar lets pass, as its reader gives it; optional parts come and go."""
    match shape:
        case Leaf(facet):
            return value(facet)
        case Tagged(attributes, text):
            named = [(each.name, each.facet) for each in attributes] + ([text] if text else [])
            return st.fixed_dictionaries({name: value(facet) for name, facet in named})
        case Several(_, each, most, least):
            return st.lists(document(each), min_size=max(least, 1), max_size=min(most or 3, 3))
        case Group(parts):
            return st.fixed_dictionaries(
                {part.tag: document(part.shape) for part in parts if part.required},
                optional={part.tag: document(part.shape) for part in parts if not part.required},
            )


def value(facet: Facet) -> st.SearchStrategy[str]:
    """A text at or within the limits of a simple type."""
    match facet:
        case Words(longest, shortest):
            return st.one_of(
                st.text(LETTERS, min_size=shortest, max_size=min(longest, 40)),
                st.just("x" * longest),
                st.just("😀" * longest),
            )
        case Code(pattern, _, longest, shortest):
            if digits := re.fullmatch(r"\[0-9\]\{(\d+),(\d+)\}", pattern):
                return st.text("0123456789", min_size=int(digits[1]), max_size=int(digits[2]))
            if re.fullmatch(r"[^][{}()*?]*", pattern):
                return st.sampled_from(pattern.split("|"))
            codes = st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True)
            return codes.map(lambda code: code[:longest].ljust(shortest, "A")) if longest else codes
        case Amount(digits, places):
            whole = digits - places
            amounts = st.decimals(0, Decimal(10) ** whole - 1, allow_nan=False, places=places)
            return st.one_of(
                amounts.map(lambda amount: format(amount, "f")), st.just("9" * whole + "." + "9" * places)
            )
    raise AssertionError(facet)


def money(most: int = 10_000) -> st.SearchStrategy[str]:
    return st.decimals(0, most, places=2).map(str)


def name() -> st.SearchStrategy[str]:
    return st.one_of(TEXTS, LONG)


@st.composite
def taxes(draw: st.DrawFn) -> list[dict[str, Any]]:
    iva = {"codigo": "2", "codigoPorcentaje": draw(st.sampled_from(IVA_CODES))}
    others = [
        {"codigo": "3", "codigoPorcentaje": "3101", "tarifa": draw(money(99)), "valor": draw(money(50))},
        {"codigo": "5", "codigoPorcentaje": "5001", "tarifa": "0.02", "valor": draw(money(5))},
    ]
    return draw(st.permutations([iva, *draw(st.lists(st.sampled_from(others), max_size=1))]))


@st.composite
def line(draw: st.DrawFn) -> dict[str, Any]:
    quantity = draw(st.decimals(0, 10_000, places=6))
    price = draw(st.decimals(0, 10_000, places=6))
    whole = (quantity * price).quantize(Decimal("0.01"), "ROUND_DOWN")
    return {
        "codigoPrincipal": draw(st.text(LETTERS, min_size=1, max_size=25).map(lambda t: t.strip() or "x")),
        "descripcion": draw(name()),
        "cantidad": str(quantity),
        "precioUnitario": str(price),
        "impuestos": draw(taxes()),
    } | draw(
        st.fixed_dictionaries(
            {},
            optional={
                "codigoAuxiliar": st.just("F010101"),
                "unidadMedida": st.just("kg"),
                "precioSinSubsidio": st.just(str(price + 1)),
                "descuento": st.just(str(whole)),
                "detallesAdicionales": st.lists(extra(), max_size=3),
            },
        )
    )


def extra() -> st.SearchStrategy[dict[str, str]]:
    names = TEXTS.filter(lambda name: not is_provider(name))  # the one that drafts may not bring
    return st.fixed_dictionaries({"nombre": names, "valor": name()})


@st.composite
def supplier_document(draw: st.DrawFn) -> dict[str, Any]:
    kind, number = draw(PEOPLE)
    return {
        "tipoIdentificacionProveedorReembolso": kind,
        "identificacionProveedorReembolso": number,
        "tipoProveedorReembolso": draw(st.sampled_from(("01", "02"))),
        "codDocReembolso": draw(st.sampled_from(("01", "02", "294"))),
        "estabDocReembolso": "001",
        "ptoEmiDocReembolso": "002",
        "secuencialDocReembolso": f"{draw(st.integers(1, 999_999_999)):09d}",
        "fechaEmisionDocReembolso": "28/02/2026",
        "numeroautorizacionDocReemb": draw(st.sampled_from(("1234567890", "1" * 37))),
        "detalleImpuestos": [
            {
                "codigo": "2",
                "codigoPorcentaje": "4",
                "tarifa": "15",
                "baseImponibleReembolso": draw(money()),
                "impuestoReembolso": draw(money()),
            }
        ],
    } | draw(
        st.fixed_dictionaries(
            {}, optional={"codPaisPagoProveedorReembolso": st.sampled_from(sorted(COUNTRIES))}
        )
    )


@st.composite
def export(draw: st.DrawFn) -> dict[str, Any]:
    country = st.sampled_from(sorted(COUNTRIES))
    asked = {
        "incoTermFactura": st.from_regex("[A-Z]{1,10}", fullmatch=True),
        "lugarIncoTerm": name(),
        "paisOrigen": country,
        "puertoEmbarque": name(),
        "puertoDestino": name(),
        "incoTermTotalSinImpuestos": st.just("FOB"),
    }
    more = {"paisDestino": country, "paisAdquisicion": country}
    freight = ("fleteInternacional", "seguroInternacional", "gastosAduaneros", "gastosTransporteOtros")
    return {"comercioExterior": "EXPORTADOR"} | draw(
        st.fixed_dictionaries(asked, optional=more | {tag: money() for tag in freight})
    )


@st.composite
def journey(draw: st.DrawFn) -> dict[str, Any]:
    kind, number = draw(PEOPLE)
    stop = st.fixed_dictionaries(
        {"motivoTraslado": name()},
        optional={"docAduaneroUnico": st.just("D" * 64), "codEstabDestino": st.just("003"), "ruta": name()},
    )
    return {
        "dirPartida": draw(name()),
        "dirDestinatario": draw(name()),
        "fechaIniTransporte": "02/03/2026",
        "fechaFinTransporte": draw(st.sampled_from(("02/03/2026", "31/12/2026"))),
        "razonSocialTransportista": draw(name()),
        "tipoIdentificacionTransportista": kind,
        "rucTransportista": number,
        "placa": "PCM4567",
        "destinos": draw(st.lists(stop, min_size=1, max_size=3)),
    }


def withholding() -> st.SearchStrategy[dict[str, str]]:
    return st.sampled_from(sorted(TARIFAS)).map(
        lambda code: {"codigo": "4", "codigoPorcentaje": code, "tarifa": str(TARIFAS[code]), "valor": "0.01"}
    )


@st.composite
def factura(draw: st.DrawFn) -> dict[str, Any]:
    """JSON of a factura dated 02/03/2026 that keeps every rule, with any of its blocks."""
    kind, number = draw(PEOPLE)
    machine = st.fixed_dictionaries(dict.fromkeys(("marca", "modelo", "serie"), st.just("M" * 30)))
    optional = {
        "guiaRemision": st.just("001-002-000000003"),
        "moneda": st.just("DOLAR"),
        "placa": st.just("GBN1234"),
        "valorRetIva": money(),
        "valorRetRenta": money(),
        "reembolsos": st.lists(supplier_document(), max_size=2),
        "retenciones": st.lists(withholding(), max_size=2),
        "infoSustitutivaGuiaRemision": journey(),
        "otrosRubrosTerceros": st.lists(
            st.fixed_dictionaries({"concepto": name(), "total": money()}), max_size=2
        ),
        "tipoNegociable": st.just({"correo": "c" * 88 + "@example.com"}),
        "maquinaFiscal": machine,
        "infoAdicional": st.lists(extra(), max_size=13),
    }
    values = {
        "codDoc": "01",
        "estab": "001",
        "ptoEmi": "002",
        "tipoIdentificacionComprador": kind,
        "razonSocialComprador": draw(name()),
        "identificacionComprador": number,
        "direccionComprador": draw(name()),
        "detalles": draw(st.lists(line(), min_size=1, max_size=4)),
    } | draw(st.fixed_dictionaries({}, optional=optional))
    values |= draw(st.one_of(st.just({}), export()))
    return values | {"pagos": _paid(draw, values)}


@st.composite
def nota_credito(draw: st.DrawFn) -> dict[str, Any]:
    """JSON of a nota de crédito dated 02/03/2026 that keeps every rule, with any of its blocks."""
    kind, number = draw(PEOPLE)
    renamed = {"codigoPrincipal": "codigoInterno", "codigoAuxiliar": "codigoAdicional"}
    lines = [
        {
            renamed.get(tag, tag): value
            for tag, value in each.items()
            if tag not in ("precioSinSubsidio", "unidadMedida")
        }
        for each in draw(st.lists(line(), min_size=1, max_size=4))
    ]
    optional = {
        "moneda": st.just("DOLAR"),
        "maquinaFiscal": st.just(dict.fromkeys(("marca", "modelo", "serie"), "M" * 30)),
        "infoAdicional": st.lists(extra(), max_size=13),
    }
    return {
        "codDoc": "04",
        "estab": "001",
        "ptoEmi": "002",
        "tipoIdentificacionComprador": kind,
        "razonSocialComprador": draw(name()),
        "identificacionComprador": number,
        "codDocModificado": draw(st.sampled_from(("01", "03", "05"))),
        "numDocModificado": "001-002-000000007",
        "fechaEmisionDocSustento": draw(st.sampled_from(("01/04/2024", "02/03/2026"))),
        "motivo": draw(name()),
        "detalles": lines,
    } | draw(st.fixed_dictionaries({}, optional=optional))


def _paid(draw: st.DrawFn, values: dict[str, Any]) -> list[dict[str, Any]]:
    due = FACTURA.complete(load(FACTURA.model, values, FACTURA.sections).content, []).total
    first = (due * draw(st.integers(0, 100)) / 100).quantize(Decimal("0.01"))
    terms = {"plazo": draw(st.sampled_from(("30", "0.5", "15"))), "unidadTiempo": "dias"}
    return [
        {"formaPago": "20", "total": str(first)} | terms,
        {"formaPago": draw(st.sampled_from(("01", "15", "19", "21"))), "total": str(due - first)},
    ]
