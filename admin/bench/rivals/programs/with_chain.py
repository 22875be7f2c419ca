"""The whole way with what others publish: sri-xades-signer, zeep, sri-ride; no queue, no database, one at a time."""

import base64
import time
from collections.abc import Callable
from runpy import run_path
from typing import Any

import zeep
from sri_xades_signer import XadesSigner

_PATIENCE_S = 20.0


def prepare(facts: dict[str, Any]) -> Callable[[], bytes]:
    """What takes the next document from its XML to its PDF."""
    signer = XadesSigner(base64.b64decode(facts["p12"]), facts["password"])
    reception, authorization = _client(facts["reception"]), _client(facts["authorization_service"])
    ride = run_path(str(facts["ride"]))["prepare"](facts)
    waiting = iter(facts["documents"])

    def make() -> bytes:
        key, xml = next(waiting)
        signed = signer.sign(xml.encode())
        answer = reception.service.validarComprobante(
            signed if isinstance(signed, bytes) else signed.encode()
        )
        if answer.estado != "RECIBIDA":
            raise RuntimeError(f"{key}: {answer}")
        facts["authorization"] = _decided(authorization, key)
        return bytes(ride())

    return make


def _client(address: str) -> Any:
    return zeep.Client(address)  # type: ignore[no-untyped-call]


def _decided(client: Any, key: str) -> str:
    """The comprobante in the envelope sri-ride reads, once there is a verdict.

    Whichever it is: the simulator, strict, refuses this signature for its transforms, and it takes as long.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        answer = client.service.autorizacionComprobante(key)
        for one in answer.autorizaciones.autorizacion if answer.autorizaciones else ():
            if one.comprobante:
                return (
                    f"<autorizacion><estado>AUTORIZADO</estado><numeroAutorizacion>{key}</numeroAutorizacion>"
                    f"<fechaAutorizacion>{one.fechaAutorizacion.isoformat()}</fechaAutorizacion>"
                    f"<ambiente>{one.ambiente}</ambiente><comprobante><![CDATA[{one.comprobante}]]></comprobante>"
                    "</autorizacion>"
                )
    raise RuntimeError(f"{key}: no verdict")
