"""What an installation and a taxpayer add to every document they sign."""

import pytest
from cast import Taxpayer, take_on
from lxml import etree

from app import tenants
from app.config import load_settings
from app.documents.additional import TENANT_FIELDS
from app.errors import Invalid, Misconfigured, Refused
from app.lifecycle import State
from app.services import Services
from app.sri.gateway import Environment
from app.store.documents import Emission
from app.store.tenants import Tenant
from app.tenancy import tenant_scope
from app.tenants import TaxpayerFacts

FIELDS = [{"nombre": f"Dato {place}", "valor": "v"} for place in range(TENANT_FIELDS)]


def signed_fields(taxpayer: Taxpayer, **changes) -> list[tuple[str, str]]:
    document = taxpayer.document(State.SIGNED, **changes)
    with tenant_scope(taxpayer.id):
        xml = bytes(Emission.get(Emission.document_id == document.id).xml)
    return [(f.get("nombre"), f.text) for f in etree.fromstring(xml).findall("infoAdicional/campoAdicional")]


def served_by(services: Services, ruc: str) -> Services:
    return Services(services.settings.model_copy(update={"ruc_proveedor": ruc}), services.database)


def test_every_document_of_an_installation_names_its_provider_last(services, ana):
    served = Taxpayer(served_by(services, "1793210987001"), ana.id, ana.ruc)
    assert signed_fields(served, infoAdicional=FIELDS)[-1] == ("RUC Proveedor", "1793210987001")
    assert ("RUC Proveedor", "1793210987001") not in signed_fields(ana, infoAdicional=FIELDS)


@pytest.mark.parametrize("value", ["179321098700", "1793210987002", "x"])
def test_a_provider_that_is_no_ruc_stops_the_boot(value):
    with pytest.raises(Misconfigured, match="RUC_PROVEEDOR"):
        load_settings(_env_file=None, ruc_proveedor=value)


def test_a_big_taxpayer_says_so_in_every_document_and_keeps_room_for_it(services):
    big = take_on(services, "GRANDE S.A.")
    with tenant_scope(big.id):
        Tenant.update(gran_contribuyente="NAC-GCFOIOC21-00000868-E").where(Tenant.id == big.id).execute()
    assert signed_fields(big) == [("Gran Contribuyente", "NAC-GCFOIOC21-00000868-E")]
    with pytest.raises(Invalid, match="13 campos"):
        big.import_invoice(infoAdicional=FIELDS)


def test_a_taxpayer_is_not_taken_on_with_facts_that_no_schema_passes(services):
    facts = TaxpayerFacts("Quito", agente_retencion="NAC-DNCRASC20")
    with pytest.raises(Refused, match="agenteRetencion"):
        tenants.create("1790000002001", "X S.A.", Environment.PRUEBAS, facts, by="test")
