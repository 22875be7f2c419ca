"""The two SOAP contracts of the SRI, in our words: read by the client, served by the simulator."""

from pathlib import Path
from typing import Final

RECEPTION: Final = Path(__file__).with_name("reception.wsdl")
AUTHORIZATION: Final = Path(__file__).with_name("authorization.wsdl")

RECEPTION_NAMESPACE: Final = "http://ec.gob.sri.ws.recepcion"
AUTHORIZATION_NAMESPACE: Final = "http://ec.gob.sri.ws.autorizacion"

RECEPTION_PATH: Final = "/comprobantes-electronicos-ws/RecepcionComprobantesOffline"
AUTHORIZATION_PATH: Final = "/comprobantes-electronicos-ws/AutorizacionComprobantesOffline"
