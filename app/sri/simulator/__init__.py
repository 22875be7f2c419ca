"""A strict SRI over HTTP for demos, tests and integrators: both services, ``?wsdl``, a script, a witness.

Addresses: the two service paths of the SRI (POST, and GET with ``?wsdl``), ``GET /healthz``, and for whoever drives it
``GET /control/log`` (``?since=0&most=1000``), ``GET /control/verdict``, ``POST /control/script`` (adds entries),
``POST /control/heal`` (ends all of them), ``GET`` and ``POST /control/taxpayers`` (the register), ``POST
/control/reset`` (forgets everything). ``docs/simulator.md`` tells all of it with examples; the shapes of script and
register are in ``app.sri.simulator.script`` and ``app.sri.simulator.taxpayers``.
"""

from app.sri.simulator.script import read_script
from app.sri.simulator.server import Simulator, run
from app.sri.simulator.tax_office import Policy
from app.sri.simulator.taxpayers import parse_taxpayers, read_taxpayers
from app.sri.simulator.waits import Between, Lognormal, Wait, read_wait

__all__ = [
    "Between",
    "Lognormal",
    "Policy",
    "Simulator",
    "Wait",
    "parse_taxpayers",
    "read_script",
    "read_taxpayers",
    "read_wait",
    "run",
]
