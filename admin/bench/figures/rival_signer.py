"""The signature against the other published signer for the SRI in Python, both with the key open already."""

import base64
import statistics
import tempfile
import time
from json import dumps
from pathlib import Path

from admin.bench.bench import Bench
from admin.bench.measurement import Goal, Measurement, Reading
from admin.bench.rivals.environment import NotHere, running
from admin.bench.workshop import RUC, Workshop, no_ground
from app.signing import sign, verify
from app.test_certificates import make_test_p12

_PACKAGES = ("sri-xades-signer==1.0.0",)
_PROGRAM = "with_sri_xades_signer.py"
_LINES, _TURNS, _TIMES = 5, 5, 200
_PASSWORD = "bench"  # noqa: S105 - of a certificate that lives as long as this run


def _take(bench: Bench) -> Reading | None:
    bench.options.watch.begin("the same signature with sri-xades-signer", 1)
    with tempfile.TemporaryDirectory(prefix="autoriza-rival-") as place, Workshop(1, no_ground) as workshop:
        [piece] = workshop.pieces("019", _LINES)
        unsigned, folder = workshop.build(piece), Path(place)
        verify(sign(unsigned, workshop.key, workshop.now))
        p12 = make_test_p12(RUC, "TALLER DE MEDICIÓN S.A.", _PASSWORD)
        facts = {"xml": unsigned.decode(), "p12": base64.b64encode(p12).decode(), "password": _PASSWORD}
        file = folder / "facts.json"
        file.write_text(dumps({_LINES: facts}), encoding="utf-8")
        try:
            with running(_PACKAGES, _PROGRAM, file, folder) as rival:
                rival.make(_LINES, 20)
                pairs = [(rival.cpu_ms(_LINES, _TIMES), _ours(unsigned, workshop)) for _ in range(_TURNS)]
        except NotHere as why:
            bench.options.watch.begin(f"sri-xades-signer is left out: {why}", 1)
            return None
    times = [theirs / ours for theirs, ours in pairs]
    detail = {
        "theirs_ms": round(statistics.median(theirs for theirs, _ in pairs), 3),
        "ours_ms": round(statistics.median(ours for _, ours in pairs), 3),
    }
    return Reading(statistics.median(times), spread=(min(times), max(times)), detail=detail)


def _ours(unsigned: bytes, workshop: Workshop) -> float:
    begun = time.thread_time()
    for _ in range(_TIMES):
        sign(unsigned, workshop.key, workshop.now)
    return (time.thread_time() - begun) * 1000 / _TIMES


RIVAL_SIGNER = Measurement(
    "rival.sri_xades_signer",
    f"{_PACKAGES[0]}: processor time to sign the same {_LINES} lines, key cached, as a multiple of ours",
    "× ours",
    None,
    _take,
    goal=Goal(1, at_least=True),
)
