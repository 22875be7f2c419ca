"""Put on the path of a trial's processes: the SRI's name is not found, or its certificate is no good, on demand."""

import os
import socket
import ssl
import sys
from pathlib import Path
from typing import Any

TROUBLE = "the-way-to-the-sri"
"""A file in the installation's folder with the word for what is wrong; none while all is well."""


def _spoil() -> None:
    """New connections of the calls' library, and no other's, fail as the system's own would."""
    if "workers.main" not in sys.argv or "sri" not in sys.argv:
        return
    from urllib3.util import connection

    trouble, real = Path(os.environ["AUTORIZA_HOME"]) / TROUBLE, connection.create_connection

    def create_connection(*args: Any, **options: Any) -> socket.socket:
        match trouble.read_text() if trouble.exists() else "":
            case "name":
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            case "handshake":
                raise ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
            case "expired":
                raise ssl.SSLCertVerificationError(1, "certificate verify failed: certificate has expired")
        return real(*args, **options)

    connection.create_connection = create_connection


os.register_at_fork(after_in_child=_spoil)
