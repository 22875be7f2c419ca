"""What tests of signatures and certificates share: one issued key, one factura, p12 files of every kind."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.signing import SigningKey, signing_key
from app.test_certificates import Issued, issue

RUC = "1790016919001"
PASSWORD = "clave Ñ de prueba"
NOW = datetime(2026, 11, 23, 15, 30, 12, 987654, tzinfo=UTC)
START = NOW - timedelta(days=100)


@cache
def ana() -> Issued:
    """Ana's key and certificate, made once per run."""
    return issue(RUC, "ANA DE PRUEBA", not_before=START)


@cache
def anas_key() -> SigningKey:
    return as_signing_key(ana())


def as_signing_key(issued: Issued) -> SigningKey:
    private = issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signing_key(private, issued.certificate.public_bytes(Encoding.DER))


def factura(name: str = "ACME S.A.") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<factura id="comprobante" version="1.1.0"><infoTributaria>'
        f"<razonSocial>{escape(name, {chr(13): '&#13;'})}</razonSocial><ruc>{RUC}</ruc></infoTributaria>"
        "<infoFactura><importeTotal>112.00</importeTotal></infoFactura><infoAdicional>"
        '<campoAdicional nombre="Correo">a@b.ec</campoAdicional></infoAdicional></factura>'
    ).encode()


def openssl() -> str | None:
    return shutil.which("openssl")


def exported(folder: Path, issued: Issued, *options: str) -> bytes:
    """A p12 as the openssl command writes it with ``options``, under PASSWORD."""
    private, chain = folder / "key.pem", folder / "chain.pem"
    private.write_bytes(issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    chain.write_bytes(
        issued.certificate.public_bytes(Encoding.PEM) + issued.authority.public_bytes(Encoding.PEM)
    )
    command = ["openssl", "pkcs12", "-export", *options, "-inkey", str(private), "-in", str(chain)]
    return subprocess.run(
        [*command, "-name", "Signing Key", "-passout", f"pass:{PASSWORD}"], check=True, capture_output=True
    ).stdout
