"""Our verdict on a factura's structure against the official schema's, on samples and on mutations of them."""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from app.documents.factura import DESIGN
from app.documents.factura.grammar import VERSIONS
from app.documents.inspecting import check_structure

SPOILT = [
    "",
    "  ",
    "x",
    "x" * 301,
    "1\n2",
    "-1",
    "123.45",
    "1.234",
    "1.1234567",
    "1" * 15,
    "12345678901234567890",
]
SPOILT += [
    " 7 ",
    "0.0",
    "+1",
    ".5",
    "1.",
    "1e3",
    "٣",
    "300.00",
    "00",
    "SI",
    "04",
    "99",
    "31/12/2025",
    "32/12/2025",
]


@pytest.fixture(scope="module")
def schemas(shared) -> dict[str, etree.XMLSchema]:
    folder = shared / "sri" / "xsd"
    return {version: etree.XMLSchema(etree.parse(folder / f"factura_V{version}.xsd")) for version in VERSIONS}


def facturas(shared: Path) -> Iterator[tuple[str, etree._Element]]:
    parser = etree.XMLParser(remove_comments=True)
    for path in sorted((shared / "sri" / "samples").glob("fac-*.xml")):
        root = etree.fromstring(path.read_bytes(), parser)
        if root.tag != "factura":
            root = etree.fromstring(root.find("comprobante").text.strip().encode(), parser)
        yield path.name, root


def mutations(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    places = [root.getroottree().getpath(element) for element in root.iter() if element is not root]
    for place in places:
        for name, spoil in SPOILERS.items():
            mutant = copy.deepcopy(root)
            spoil(mutant.getroottree().xpath(place)[0])
            yield f"{name} {place}", mutant


def _drop(element):
    element.getparent().remove(element)


def _swap(element):
    following = element.getnext()
    if following is not None:
        following.addnext(element)


SPOILERS = {
    "drop": _drop,
    "repeat": lambda element: element.addnext(copy.deepcopy(element)),
    "swap": _swap,
    "rename": lambda element: setattr(element, "tag", "otro"),
    "attribute": lambda element: element.set("otro", "1"),
    "hint": lambda element: element.set("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "a b"),
    "child": lambda element: etree.SubElement(element, "otro"),
    "loose text": lambda element: setattr(element, "tail", "texto"),
}


def differences(schema: etree.XMLSchema, cases: Iterator[tuple[str, etree._Element]]) -> list[str]:
    found = []
    for name, root in cases:
        official, ours = schema.validate(root), check_structure(DESIGN, root)
        if official == bool(ours):
            found.append(f"{name}: XSD {official}, ours {[problem.sentence() for problem in ours]}")
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_sample_gets_the_verdict_of_the_official_schema_as_any_version(shared, schemas, version):
    def cases():
        for name, root in facturas(shared):
            root.set("version", version)
            yield name, root

    assert differences(schemas[version], cases()) == []


@pytest.mark.parametrize(
    "file", ["fac-v1.0.0-stripped-01.xml", "fac-v1.1.0-plain-09.xml", "fac-v1.1.0-plain-12.xml"]
)
def test_every_mutation_of_a_sample_gets_the_verdict_of_the_official_schema(shared, schemas, file):
    root = dict(facturas(shared))[file]
    assert differences(schemas[root.get("version")], mutations(root)) == []


@pytest.mark.parametrize("version", ["1.0.0", "2.1.0"])
def test_every_spoilt_value_gets_the_verdict_of_the_official_schema(schemas, version):
    root = etree.fromstring(EVERYTHING)
    root.set("version", version)
    for tag in (
        () if version == "2.1.0" else ("retenciones", "infoSustitutivaGuiaRemision", "otrosRubrosTerceros")
    ):
        root.remove(root.find(tag))
    assert schemas[version].validate(root), schemas[version].error_log

    def cases():
        for leaf in [element for element in root.iter() if not len(element)]:
            for text in SPOILT:
                before, leaf.text = leaf.text, text or None
                yield f"{leaf.tag}={text[:20]!r}", root
                leaf.text = before

    assert differences(schemas[version], cases()) == []


_TAX = "<codigo>2</codigo><codigoPorcentaje>0</codigoPorcentaje>"
_COMPENSATION = "<codigo>1</codigo><tarifa>2</tarifa><valor>1</valor>"
EVERYTHING = f"""<factura id="comprobante" version="2.1.0"><infoTributaria><ambiente>1</ambiente>
<tipoEmision>1</tipoEmision><razonSocial>a</razonSocial><nombreComercial>a</nombreComercial>
<ruc>1790012345001</ruc><claveAcceso>{"1" * 49}</claveAcceso><codDoc>01</codDoc><estab>001</estab>
<ptoEmi>001</ptoEmi><secuencial>000000001</secuencial><dirMatriz>a</dirMatriz>
<agenteRetencion>1</agenteRetencion><contribuyenteRimpe>CONTRIBUYENTE RÉGIMEN RIMPE</contribuyenteRimpe>
</infoTributaria><infoFactura><fechaEmision>01/02/2026</fechaEmision>
<dirEstablecimiento>a</dirEstablecimiento><contribuyenteEspecial>123</contribuyenteEspecial>
<obligadoContabilidad>SI</obligadoContabilidad><comercioExterior>EXPORTADOR</comercioExterior>
<incoTermFactura>A</incoTermFactura><lugarIncoTerm>a</lugarIncoTerm><paisOrigen>593</paisOrigen>
<puertoEmbarque>a</puertoEmbarque><puertoDestino>a</puertoDestino><paisDestino>593</paisDestino>
<paisAdquisicion>593</paisAdquisicion><tipoIdentificacionComprador>04</tipoIdentificacionComprador>
<guiaRemision>001-001-000000001</guiaRemision><razonSocialComprador>a</razonSocialComprador>
<identificacionComprador>a</identificacionComprador><direccionComprador>a</direccionComprador>
<totalSinImpuestos>1</totalSinImpuestos><totalSubsidio>1</totalSubsidio>
<incoTermTotalSinImpuestos>A</incoTermTotalSinImpuestos><totalDescuento>0</totalDescuento>
<codDocReembolso>41</codDocReembolso><totalComprobantesReembolso>1</totalComprobantesReembolso>
<totalBaseImponibleReembolso>1</totalBaseImponibleReembolso><totalImpuestoReembolso>1</totalImpuestoReembolso>
<totalConImpuestos><totalImpuesto>{_TAX}<descuentoAdicional>0</descuentoAdicional>
<baseImponible>1</baseImponible><tarifa>0</tarifa><valor>0</valor>
<valorDevolucionIva>0</valorDevolucionIva></totalImpuesto></totalConImpuestos>
<compensaciones><compensacion>{_COMPENSATION}</compensacion></compensaciones><propina>0</propina>
<fleteInternacional>0</fleteInternacional><seguroInternacional>0</seguroInternacional>
<gastosAduaneros>0</gastosAduaneros><gastosTransporteOtros>0</gastosTransporteOtros>
<importeTotal>1</importeTotal><moneda>a</moneda><placa>a</placa><pagos><pago><formaPago>01</formaPago>
<total>1</total><plazo>1</plazo><unidadTiempo>dias</unidadTiempo></pago></pagos>
<valorRetIva>0</valorRetIva><valorRetRenta>0</valorRetRenta></infoFactura><detalles><detalle>
<codigoPrincipal>a</codigoPrincipal><codigoAuxiliar>a</codigoAuxiliar><descripcion>a</descripcion>
<unidadMedida>a</unidadMedida><cantidad>1</cantidad><precioUnitario>1</precioUnitario>
<precioSinSubsidio>1</precioSinSubsidio><descuento>0</descuento>
<precioTotalSinImpuesto>1</precioTotalSinImpuesto><detallesAdicionales><detAdicional nombre="a" valor="b"/>
</detallesAdicionales><impuestos><impuesto>{_TAX}<tarifa>0</tarifa><baseImponible>1</baseImponible>
<valor>0</valor></impuesto></impuestos></detalle></detalles><reembolsos><reembolsoDetalle>
<tipoIdentificacionProveedorReembolso>04</tipoIdentificacionProveedorReembolso>
<identificacionProveedorReembolso>a</identificacionProveedorReembolso>
<codPaisPagoProveedorReembolso>593</codPaisPagoProveedorReembolso>
<tipoProveedorReembolso>01</tipoProveedorReembolso><codDocReembolso>01</codDocReembolso>
<estabDocReembolso>001</estabDocReembolso><ptoEmiDocReembolso>001</ptoEmiDocReembolso>
<secuencialDocReembolso>000000001</secuencialDocReembolso>
<fechaEmisionDocReembolso>01/02/2026</fechaEmisionDocReembolso>
<numeroautorizacionDocReemb>1234567890</numeroautorizacionDocReemb><detalleImpuestos><detalleImpuesto>{_TAX}
<tarifa>0</tarifa><baseImponibleReembolso>1</baseImponibleReembolso>
<impuestoReembolso>0</impuestoReembolso></detalleImpuesto></detalleImpuestos><compensacionesReembolso>
<compensacionReembolso>{_COMPENSATION}</compensacionReembolso></compensacionesReembolso></reembolsoDetalle>
</reembolsos><retenciones><retencion><codigo>4</codigo><codigoPorcentaje>327</codigoPorcentaje>
<tarifa>0</tarifa><valor>0</valor></retencion></retenciones><infoSustitutivaGuiaRemision>
<dirPartida>a</dirPartida><dirDestinatario>a</dirDestinatario>
<fechaIniTransporte>01/02/2026</fechaIniTransporte><fechaFinTransporte>01/02/2026</fechaFinTransporte>
<razonSocialTransportista>a</razonSocialTransportista>
<tipoIdentificacionTransportista>04</tipoIdentificacionTransportista><rucTransportista>a</rucTransportista>
<placa>a</placa><destinos><destino><motivoTraslado>a</motivoTraslado><docAduaneroUnico>a</docAduaneroUnico>
<codEstabDestino>001</codEstabDestino><ruta>a</ruta></destino></destinos></infoSustitutivaGuiaRemision>
<otrosRubrosTerceros><rubro><concepto>a</concepto><total>1</total></rubro></otrosRubrosTerceros>
<tipoNegociable><correo>a</correo></tipoNegociable><maquinaFiscal><marca>a</marca><modelo>a</modelo>
<serie>a</serie></maquinaFiscal><infoAdicional><campoAdicional nombre="a">b</campoAdicional></infoAdicional>
</factura>"""
