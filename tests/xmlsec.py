"""Debian's xmlsec1 as a judge of our signatures."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from needs import lacking

_IDS = [("id", "factura"), ("Id", "SignedProperties"), ("Id", "KeyInfo")]


def xmlsec1_accepts(
    signed: bytes, authority: x509.Certificate, folder: Path, at: datetime | None = None
) -> bool:
    """Whether xmlsec1 accepts ``signed`` at ``at`` (default: now), trusting ``authority`` alone."""
    command = shutil.which("xmlsec1")
    if command is None:
        lacking("the xmlsec1 command (Debian package xmlsec1)")
    trusted, document = folder / "authority.pem", folder / "document.xml"
    trusted.write_bytes(authority.public_bytes(Encoding.PEM))
    document.write_bytes(signed)
    moment = f"{(at or datetime.now(UTC)).astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    options = [part for name, tag in _IDS for part in (f"--id-attr:{name}", tag)]
    options += [
        "--trusted-pem",
        str(trusted),
        "--enabled-key-data",
        "x509",
        "--verification-gmt-time",
        moment,
    ]
    done = subprocess.run([str(command), "--verify", *options, str(document)], capture_output=True)
    return done.returncode == 0
