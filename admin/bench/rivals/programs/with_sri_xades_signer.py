"""The signature with sri-xades-signer, the published Python signer for the SRI: its p12 is opened once."""

import base64
from collections.abc import Callable
from typing import Any

from sri_xades_signer import XadesSigner


def prepare(facts: dict[str, Any]) -> Callable[[], bytes]:
    """What signs the XML once."""
    signer = XadesSigner(base64.b64decode(facts["p12"]), facts["password"])
    unsigned = facts["xml"].encode()

    def make() -> bytes:
        signed = signer.sign(unsigned)
        return signed if isinstance(signed, bytes) else signed.encode()

    return make
