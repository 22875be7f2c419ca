"""The issuer's legends and the provider's field: written by the service, never by a document."""

from dataclasses import replace

import pytest
from documents_cast import ISSUER, LEGENDED, ON, built, invoice
from lxml import etree

from app.documents.additional import no_room_for_legend
from app.documents.factura import from_json, from_xml
from app.documents.tributary import issuer_problems

FOURTEEN = [{"nombre": f"Dato {place}", "valor": "v"} for place in range(14)]


def fields(xml: bytes) -> list[tuple[str, str]]:
    found = etree.fromstring(xml).findall("infoAdicional/campoAdicional")
    return [(field.get("nombre"), field.text) for field in found]


def test_the_provider_is_the_last_of_fifteen_fields():
    draft = from_json(invoice(infoAdicional=FOURTEEN), ON)
    written = fields(built(draft, issuer=replace(ISSUER, provider_ruc="1793210987001")))
    assert len(written) == 15
    assert written[-1] == ("RUC Proveedor", "1793210987001")


def test_without_a_provider_and_without_fields_there_is_no_additional_information():
    assert b"infoAdicional" not in built(from_json(invoice(), ON))


def test_a_provider_alone_makes_the_block():
    assert fields(built(from_json(invoice(), ON), issuer=replace(ISSUER, provider_ruc="1793210987001"))) == [
        ("RUC Proveedor", "1793210987001")
    ]


def test_the_provider_of_an_older_document_is_not_taken_over():
    old = built(from_json(invoice(), ON), issuer=replace(ISSUER, provider_ruc="0990004196001"))
    assert "infoAdicional" not in from_xml(old, ON).content


def test_a_big_taxpayers_legend_is_not_written_twice():
    own = [{"nombre": "GRAN CONTRIBUYENTE", "valor": "NAC-1"}]
    assert fields(built(from_json(invoice(infoAdicional=own), ON), issuer=LEGENDED)) == [
        ("GRAN CONTRIBUYENTE", "NAC-1"),
        ("RUC Proveedor", "1793210987001"),
    ]


def test_a_big_taxpayer_has_thirteen_fields_of_his_own():
    assert no_room_for_legend(FOURTEEN).code == "35"
    assert no_room_for_legend(FOURTEEN[:13]) is None
    assert no_room_for_legend([*FOURTEEN[:13], {"nombre": "Gran contribuyente", "valor": "NAC-1"}]) is None


@pytest.mark.parametrize(
    ("fact", "value", "tag"),
    [
        ("contribuyente_especial", "12", "contribuyenteEspecial"),
        ("agente_retencion", "123456789", "agenteRetencion"),
        ("agente_retencion", "NAC-1", "agenteRetencion"),
        ("contribuyente_rimpe", "RIMPE", "contribuyenteRimpe"),
        ("gran_contribuyente", "x" * 301, "Gran Contribuyente"),
        ("dir_matriz", "Quito\nEcuador", "dirMatriz"),
        ("nombre_comercial", "x" * 301, "nombreComercial"),
    ],
)
def test_a_fact_that_would_spoil_every_document_is_found_before_the_first(fact, value, tag):
    assert [problem.field for problem in issuer_problems(replace(LEGENDED, **{fact: value}))] == [tag]


def test_the_cast_is_in_order():
    assert list(issuer_problems(LEGENDED)) == []
