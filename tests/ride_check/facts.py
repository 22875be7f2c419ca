"""What of a comprobante must be found in its RIDE, read from the XML without any of the RIDE's own code."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from lxml import etree

from app.ride import fonts

# Codes that are printed in words, or that only machines read.
NOT_PRINTED = {
    *("tipoEmision", "codDoc", "ambiente", "estab", "ptoEmi", "secuencial", "moneda"),
    *(
        "tipoIdentificacionComprador",
        "tipoIdentificacionTransportista",
        "tipoIdentificacionProveedorReembolso",
    ),
    *("tipoProveedorReembolso", "estabDocReembolso", "ptoEmiDocReembolso", "secuencialDocReembolso"),
    *("codigo", "tarifa", "codDocModificado", "codDocReembolso"),
}
# Taxes of lines are not asked for by the ficha; those of the document are summed by rate.
TAXES = re.compile(r"/impuestos/|/totalConImpuestos/|/detalleImpuesto.*codigoPorcentaje|/ds:Signature|/\*")
IVA = "2"


def squeezed(text: str) -> str:
    """Without white space, so that a wrapped text is still found; what has no glyph as the box printed for it."""
    return re.sub(r"\s+", "", fonts.printable(text)[0])


def as_printed(number: str) -> str:
    """An amount with two decimals, more only when they say something; anything else as it is."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number):
        return number
    try:
        value = Decimal(number)
    except InvalidOperation:
        return number
    shortest = value.normalize()
    return f"{value:.2f}" if -shortest.as_tuple().exponent <= 2 else f"{shortest:f}"


def leaves(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Every fact a person should find, with the path of the element it stands in."""
    for leaf in (element for element in root.iter(etree.Element) if not len(element)):
        path = root.getroottree().getpath(leaf)
        if leaf.tag not in NOT_PRINTED and not TAXES.search(re.sub(r"\[\d+\]", "", path)):
            yield path, leaf.text or ""
        for name in ("nombre", "valor"):
            if leaf.get(name):
                yield f"{path}/@{name}", leaf.get(name)


def totals(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Base, tax and IVA given back of each rate, and the sum of each other tax; nothing that is zero."""
    sums: dict[tuple[str, str], Decimal] = {}
    for each in root.iterfind("*/totalConImpuestos/totalImpuesto"):
        tax, code = (each.findtext(tag, "").strip() for tag in ("codigo", "codigoPorcentaje"))
        told = (
            {"valor": (tax, "")}
            if tax != IVA
            else {
                "baseImponible": (tax, f"base of {code}"),
                "valor": (tax, f"tax of {code}"),
                "valorDevolucionIva": (tax, "given back"),
            }
        )
        for tag, what in told.items():
            sums[what] = sums.get(what, Decimal(0)) + Decimal(each.findtext(tag, "0").strip() or 0)
    for (tax, what), value in sums.items():
        if value:
            yield f"total of tax {tax} {what}", as_printed(f"{value:f}")


def rows(root: etree._Element) -> Iterator[tuple[str, list[str]]]:
    """Each line as the cells of its row from left to right, squeezed."""
    subsidized = root.find("detalles/detalle/precioSinSubsidio") is not None
    for place, line in enumerate(root.iterfind("detalles/detalle"), 1):
        text = {child.tag: child.text or "" for child in line}
        extras = [
            f"{one.get('nombre')}: {one.get('valor')}"
            for one in line.iterfind("detallesAdicionales/detAdicional")
        ]
        unit = f"Unidad: {text['unidadMedida']}" if text.get("unidadMedida", "").strip() else ""
        price, free = text.get("precioUnitario", "").strip(), text.get("precioSinSubsidio", "").strip()
        subsidy = (
            as_printed(f"{Decimal(free) - Decimal(price):f}") + as_printed(free)
            if subsidized and free
            else ""
        )
        cells = (
            text.get("codigoPrincipal") or text.get("codigoInterno") or "",
            text.get("codigoAuxiliar") or text.get("codigoAdicional") or "",
            as_printed(text.get("cantidad", "").strip()),
            text.get("descripcion", ""),
            *extras,
            unit,
            as_printed(price),
            subsidy,
            as_printed(text.get("descuento", "").strip()),
            as_printed(text.get("precioTotalSinImpuesto", "").strip()),
        )
        yield f"line {place}", [squeezed(cell) for cell in cells]


def absent(root: etree._Element, pages: list[str]) -> list[str]:
    """What of ``root`` is not in ``pages``, the squeezed text of each."""
    whole = "".join(pages)
    lost = []
    for path, fact in (*leaves(root), *totals(root)):
        said, figure = squeezed(fact), squeezed(as_printed(fact.strip()))
        zero = re.fullmatch(r"0*\.?0*", said)
        if not (zero or said in whole or figure in whole or _divided(said, pages)):
            lost.append(f"{path}: «{said[:80]}» is not printed")
    for place, cells in rows(root):
        if "".join(cells) not in whole and not all(_divided(cell, pages) for cell in cells):
            lost.append(f"{place} does not read «{' '.join(cells)[:120]}»")
    return lost


def _divided(fact: str, pages: list[str]) -> bool:
    """Whether ``fact`` begins on one page and ends on the next, as in a row that goes on there."""
    return any(fact[_begun(fact, here) :] in there for here, there in pairwise(pages))


def _begun(fact: str, page: str) -> int:
    """How many of its first characters stand on ``page`` in one piece."""
    found, lost = 0, len(fact) + 1
    while lost - found > 1:
        middle = (found + lost) // 2
        found, lost = (middle, lost) if fact[:middle] in page else (found, middle)
    return found
