"""The whole pipeline against the best chain that can be assembled from what others publish."""

import base64
import statistics
import tempfile
import time
from json import dumps
from pathlib import Path
from typing import Any

from admin.bench.bench import Bench
from admin.bench.measurement import Goal, Measurement, Reading
from admin.bench.rivals.environment import NotHere, Running, program, running
from admin.bench.rivals.facts import sample_logo
from admin.bench.workshop import RUC, Workshop, no_ground
from app.sri import wsdl
from app.test_certificates import make_test_p12

_PACKAGES = ("sri-ride==0.1.3", "sri-xades-signer==1.0.0", "zeep==4.3.3")
_LINES, _WARM_UP, _TURNS, _TIMES = 5, 3, 3, 10
_PASSWORD = "bench"  # noqa: S105 - of a certificate that lives as long as this run


def _take(bench: Bench) -> Reading | None:
    ours = statistics.median(batch.docs_per_s for batch in bench.saturation.warm)
    bench.options.watch.begin("the chain that others' programs make", _TURNS)
    with tempfile.TemporaryDirectory(prefix="autoriza-rival-") as place, bench.ground.simulator():
        folder = Path(place)
        file = folder / "facts.json"
        facts = _facts(bench.ground.services.settings.sri_pruebas_url, folder)
        file.write_text(dumps({_LINES: facts}), encoding="utf-8")
        try:
            with running(_PACKAGES, "with_chain.py", file, folder) as rival:
                rival.make(_LINES, _WARM_UP)
                theirs = [_docs_per_s(rival) for _ in range(_TURNS)]
        except NotHere as why:
            bench.options.watch.begin(f"the others' chain is left out: {why}", 1)
            return None
    times = [ours / rate for rate in theirs]
    detail = {"theirs_docs_per_s": round(statistics.median(theirs), 2), "ours_docs_per_s": round(ours, 1)}
    return Reading(statistics.median(times), spread=(min(times), max(times)), detail=detail)


def _facts(sri: str, folder: Path) -> dict[str, Any]:
    """Unsigned documents ready to be sent, all that is needed to send and print them."""
    with Workshop(_WARM_UP + _TURNS * _TIMES, no_ground) as workshop:
        pieces = workshop.pieces("023", _LINES)
        documents = [(piece.access_key, workshop.build(piece).decode()) for piece in pieces]
    logo = folder / "logo.png"
    logo.write_bytes(sample_logo())
    return {
        "documents": documents,
        "p12": base64.b64encode(make_test_p12(RUC, "TALLER DE MEDICIÓN S.A.", _PASSWORD)).decode(),
        "password": _PASSWORD,
        "reception": f"{sri}{wsdl.RECEPTION_PATH}?wsdl",
        "authorization_service": f"{sri}{wsdl.AUTHORIZATION_PATH}?wsdl",
        "ride": str(program("with_sri_ride.py")),
        "logo": str(logo),
    }


def _docs_per_s(rival: Running) -> float:
    begun = time.monotonic()
    rival.make(_LINES, _TIMES)
    return _TIMES / (time.monotonic() - begun)


RIVAL_CHAIN = Measurement(
    "rival.chain",
    f"pipeline.docs_per_s over the same of {', '.join(_PACKAGES)} in one process without queue and database",
    "× theirs",
    None,
    _take,
    goal=Goal(8, at_least=True),
)
