"""A strict SRI over HTTP for demos, tests and integrators: both services, ``?wsdl``, a script, a witness.

Addresses: the two service paths of the SRI (POST, and GET with ``?wsdl``), ``GET /healthz``, and for whoever drives it
``GET /control/log`` (``?since=0&most=1000``), ``GET /control/verdict``, ``POST /control/script`` (adds entries),
``POST /control/heal`` (ends all of them), ``POST /control/reset`` (forgets everything). The script's shape is in
``app.sri.simulator.script``.
"""

from app.sri.simulator.script import read_script
from app.sri.simulator.server import Simulator, run
from app.sri.simulator.tax_office import Policy

__all__ = ["Policy", "Simulator", "read_script", "run"]
