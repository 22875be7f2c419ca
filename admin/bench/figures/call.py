"""A whole SOAP call against its floor: an envelope pasted together, http.client, and lxml for the answer."""

import http.client
from base64 import b64encode
from urllib.parse import urlsplit

from lxml import etree

from admin.bench.bench import Bench
from admin.bench.figures.submit import STEP as SUBMIT_STEP
from admin.bench.measurement import Against, Goal, Measurement, Reading
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop
from app.sri.wsdl import RECEPTION_PATH

_ENVELOPE = (
    '<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/"><soap-env:Body>'
    '<ec:validarComprobante xmlns:ec="http://ec.gob.sri.ws.recepcion"><xml>{}</xml></ec:validarComprobante>'
    "</soap-env:Body></soap-env:Envelope>"
)


def _prepare(workshop: Workshop) -> Work:
    signed = [workshop.sign(piece) for piece in workshop.pieces("017")]
    host = urlsplit(workshop.services.settings.sri_pruebas_url).netloc
    connection = http.client.HTTPConnection(host)

    def act(turn: int) -> None:
        body = _ENVELOPE.format(b64encode(signed[turn]).decode()).encode()
        connection.request("POST", RECEPTION_PATH, body, {"Content-Type": "text/xml; charset=utf-8"})
        answer = etree.fromstring(connection.getresponse().read())
        if answer.findtext(".//estado") != "RECIBIDA":
            raise RuntimeError("the simulator refused what the benchmark sent")

    return Work(act)


FLOOR = Step("bare call", _prepare)


def _take(bench: Bench) -> Reading:
    timings = bench.timings
    ratio = timings.ratio(SUBMIT_STEP, FLOOR)
    return Reading(ratio, ratio=ratio, detail={"bare_call_ms": round(timings.median(FLOOR), 3)})


CALL_RATIO = Measurement(
    "sri.call_ratio",
    "processor time of a call that submits 9 KB, client side",
    "×",
    Against("bare call", "the same call with http.client and lxml, in the same rounds"),
    _take,
    goal=Goal(4, at_least=False),
    steps=(SUBMIT_STEP, FLOOR),
)
