"""A strict SRI over HTTP for demos, tests and integrators: both services, ``?wsdl``, a script, a witness.

Addresses: the two service paths of the SRI (POST, and GET with ``?wsdl``), ``GET /healthz``, and for whoever drives it
``GET /control/log``, ``GET /control/verdict``, ``POST /control/script``, ``POST /control/reset``. The script's shape is
in ``app.sri.simulator.script``.
"""

from app.sri.simulator.script import read_script
from app.sri.simulator.server import Simulator, run

__all__ = ["Simulator", "read_script", "run"]
