"""The SRI's own WSDLs: clients made from them find their way at the simulator, and so does our client."""

from pathlib import Path

import pytest
import zeep
from sri_cast import client, signed

from app.sri import wsdl
from app.sri.gateway import Authorized, NotFound, Received
from app.sri.simulator import Simulator

HOSTS = {
    "producción": ("cel-RecepcionComprobantesOffline.wsdl", "cel-AutorizacionComprobantesOffline.wsdl"),
    "pruebas": (
        "celcer-RecepcionComprobantesOffline.derived.wsdl",
        "celcer-AutorizacionComprobantesOffline.wsdl",
    ),
    "localhost": (
        "localhost-RecepcionComprobantesOffline.wsdl",
        "localhost-AutorizacionComprobantesOffline.wsdl",
    ),
}


@pytest.fixture(params=HOSTS)
def official(request, shared) -> tuple[Path, Path]:
    reception, authorization = HOSTS[request.param]
    return shared / "sri" / "wsdl" / reception, shared / "sri" / "wsdl" / authorization


def service(contract: Path | str, address: str) -> zeep.proxy.ServiceProxy:
    made = zeep.Client(str(contract))
    return made.create_service(next(iter(made.wsdl.bindings)), address)


def test_every_official_contract_is_tried(shared):
    files = {path.name for path in (shared / "sri" / "wsdl").glob("*.wsdl")}
    assert files == {file for pair in HOSTS.values() for file in pair}


def test_a_plain_client_made_from_the_official_contract_gets_its_invoice_authorized(official):
    document = signed()
    with Simulator() as simulator:
        reception = service(official[0], simulator.url + wsdl.RECEPTION_PATH)
        authorization = service(official[1], simulator.url + wsdl.AUTHORIZATION_PATH)
        unknown = authorization.autorizacionComprobante(claveAccesoComprobante=document.access_key)
        assert (unknown.numeroComprobantes, unknown.autorizaciones) == ("0", None)
        assert reception.validarComprobante(xml=document.xml).estado == "RECIBIDA"

        again = reception.validarComprobante(xml=document.xml)
        [message] = again.comprobantes.comprobante[0].mensajes.mensaje
        assert (again.estado, message.identificador, message.tipo) == ("DEVUELTA", "43", "ERROR")

        [verdict] = authorization.autorizacionComprobante(document.access_key).autorizaciones.autorizacion
        assert (verdict.estado, verdict.numeroAutorizacion) == ("AUTORIZADO", document.access_key)
        assert verdict.comprobante.encode() == document.xml
        assert verdict.fechaAutorizacion.utcoffset().total_seconds() == -5 * 3600


def test_our_client_goes_the_same_way_when_bound_to_the_official_contract(official, monkeypatch):
    monkeypatch.setattr(wsdl, "RECEPTION", official[0])
    monkeypatch.setattr(wsdl, "AUTHORIZATION", official[1])
    document = signed()
    with Simulator() as simulator:
        sri = client(simulator.url)
        assert isinstance(sri.query(document.access_key), NotFound)
        assert isinstance(sri.submit(document.xml), Received)
        assert isinstance(sri.submit(document.xml), Received)
        verdict = sri.query(document.access_key)
    assert isinstance(verdict, Authorized)
    assert (verdict.number, verdict.comprobante) == (document.access_key, document.xml)


def test_a_client_made_from_the_contract_that_the_simulator_serves_needs_no_other_address():
    document = signed()
    with Simulator() as simulator:
        reception = zeep.Client(f"{simulator.url}{wsdl.RECEPTION_PATH}?wsdl").service
        authorization = zeep.Client(f"{simulator.url}{wsdl.AUTHORIZATION_PATH}?wsdl").service
        assert reception.validarComprobante(document.xml).estado == "RECIBIDA"
        answer = authorization.autorizacionComprobante(document.access_key)
    assert answer.autorizaciones.autorizacion[0].estado == "AUTORIZADO"


def described(contract: Path) -> tuple[str, str, set[str], str]:
    """What a caller depends on: binding, its operations and the argument of each."""
    made = zeep.Client(str(contract))
    name, binding = next(iter(made.wsdl.bindings.items()))
    operation = {wsdl.RECEPTION: "validarComprobante", wsdl.AUTHORIZATION: "autorizacionComprobante"}
    asked = next(name for name in operation.values() if name in binding.all())
    return (
        name,
        asked,
        set(binding.all()) - {"autorizacionComprobanteLote"},
        binding.get(asked).input.signature(),
    )


@pytest.mark.parametrize(("ours", "place"), [(wsdl.RECEPTION, 0), (wsdl.AUTHORIZATION, 1)])
def test_our_contract_names_and_asks_as_the_official_one_does(official, ours, place):
    assert described(ours) == described(official[place])
