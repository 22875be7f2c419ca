"""Taxpayers: taken on once, found by RUC, and never visible to each other."""

import pytest
from cast import at_once, next_ruc
from stdnum.ec import ruc as check_digit

from app import tenants
from app.errors import Refused
from app.sri.gateway import Environment
from app.store.base import database
from app.store.documents import Document
from app.store.people import Audit
from app.store.tenants import Tenant, TenantDirectory
from app.tenancy import every_tenant_scope, scope, tenant_scope
from app.tenants import TaxpayerFacts

FACTS = TaxpayerFacts("Av. Amazonas N34-56, Quito", nombre_comercial="Ñandú", obligado_contabilidad=True)


def take_on(ruc: str, name: str = "ANA S.A.") -> int:
    return tenants.create(ruc, name, Environment.PRUEBAS, FACTS, by="ana")


def test_a_taxpayer_is_kept_as_told_and_recorded(services):
    ruc = next_ruc()
    tenant_id = take_on(ruc, "  ANA   MOREIRA \n S.A. ")
    found = tenants.find(ruc)
    assert (found.id, found.razon_social, found.environment) == (tenant_id, "ANA MOREIRA S.A.", 1)
    assert (found.nombre_comercial, found.obligado_contabilidad, found.agente_retencion) == (
        "Ñandú",
        True,
        None,
    )
    assert ruc in [tenant.ruc for tenant in tenants.every()]
    with tenant_scope(tenant_id):
        [line] = Audit.select().where(Audit.tenant_id == tenant_id)
    assert (line.by, line.action, line.target) == ("ana", "tenant_created", ruc)


def test_a_company_ruc_without_a_right_check_digit_is_a_ruc(services):
    ruc = next(ruc for ruc in iter(next_ruc, None) if not check_digit.is_valid(ruc))
    assert take_on(ruc) == tenants.find(ruc).id


@pytest.mark.parametrize(
    "ruc",
    [
        "",
        "179000000100",
        "17900000010011",
        "1790000001002",
        "9990000001001",
        "0090000001001",
        "17900000O1001",
    ],
)
def test_what_cannot_be_a_ruc_is_refused_by_name(services, ruc):
    with pytest.raises(Refused, match="13 dígitos"):
        take_on(ruc)


@pytest.mark.parametrize("name", ["", "   ", "A" * 301])
def test_a_taxpayer_has_a_name_that_fits_the_xml(services, name):
    with pytest.raises(Refused, match="de 1 a 300"):
        take_on(next_ruc(), name)


def test_the_same_ruc_again_is_refused_and_leaves_nothing_behind(services):
    ruc = next_ruc()
    take_on(ruc)
    ids = TenantDirectory.select().count()
    with pytest.raises(Refused, match=f"{ruc} ya está registrado"):
        take_on(ruc, "OTRA")
    assert TenantDirectory.select().count() == ids
    assert tenants.find(ruc).razon_social == "ANA S.A."


def test_the_same_ruc_eight_times_at_once_is_one_taxpayer(services):
    ruc = next_ruc()

    def one(_: int) -> bool:
        try:
            return bool(take_on(ruc))
        except Refused:
            return False

    assert at_once(8, one).count(True) == 1
    assert [tenant.ruc for tenant in tenants.every()].count(ruc) == 1


def test_an_unknown_ruc_says_how_to_create_it(services):
    with pytest.raises(Refused, match="autoriza tenant create --ruc 1799999999001"):
        tenants.find("1799999999001")


def test_a_scope_shows_its_own_taxpayer_and_no_other(ana, beto):
    for taxpayer in (ana, beto):
        taxpayer.import_invoice()
    with tenant_scope(ana.id):
        assert [tenant.id for tenant in Tenant.select()] == [ana.id]
        assert {document.tenant_id for document in Document.select()} == {ana.id}
        assert not Document.select().where(Document.tenant_id == beto.id).exists()
        assert not Document.update(reference="x").where(Document.tenant_id == beto.id).execute()
    with tenant_scope(ana.id, beto.id):
        assert {document.tenant_id for document in Document.select()} == {ana.id, beto.id}
    with tenant_scope():
        assert Document.select().count() == 0


def test_the_scope_of_all_shows_all_and_a_scope_of_none_is_that_one(ana, beto):
    for everyone in (every_tenant_scope(), scope(None)):
        with everyone:
            assert {ana.id, beto.id} <= {tenant.id for tenant in Tenant.select()}


def test_nothing_is_left_open_when_a_scope_ends(ana):
    ana.import_invoice()
    with pytest.raises(RuntimeError), tenant_scope(ana.id):
        raise RuntimeError("anything")
    assert Document.select().count() == 0
    with tenant_scope(ana.id):
        pass
    assert Tenant.select().count() == 0
    assert not database.in_transaction()


def test_scopes_do_not_nest(ana, beto):
    for inner in (lambda: tenant_scope(beto.id), every_tenant_scope):
        with pytest.raises(RuntimeError, match="inside another transaction"), tenant_scope(ana.id), inner():
            pass
