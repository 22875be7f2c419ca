"""A taxpayer's p12 in, a usable signing key out, or the true reason why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app import certificate_holder, certificate_texts, der, pkcs12, signing
from app.errors import TenantMustAct, Text

WARN_BEFORE: Final = timedelta(days=30)
LEAST_KEY_BITS: Final = 2048

_PROBE = (
    b'<factura id="comprobante" version="1.1.0"><infoTributaria><ruc>prueba</ruc></infoTributaria></factura>'
)
# What cryptography raises on reading fields of a certificate that is not quite X.509.
_MALFORMED = (
    ValueError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_Pair = tuple[rsa.RSAPrivateKey, x509.Certificate]


class CertificateRefused(TenantMustAct):
    """A p12 that cannot sign for this taxpayer; ``text`` says why and what to do."""


@dataclass(frozen=True)
class OpenedCertificate:
    """A certificate that signed a probe which verified, with its key in the clear: seal it at once."""

    private_key_der: bytes  # PKCS#8, not encrypted
    certificate_der: bytes
    fingerprint: str  # SHA-256 of the certificate, hex
    subject: str
    issuer: str
    serial: str  # decimal
    not_before: datetime
    not_after: datetime
    signs_from: datetime  # not before it is valid, nor before it was asked to
    ruc_in_certificate: str | None
    warnings: tuple[Text, ...]

    def __repr__(self) -> str:
        """Without the private key, so that no log line can hold it."""
        return f"OpenedCertificate(fingerprint={self.fingerprint!r}, subject={self.subject!r})"


def open_p12(
    raw: bytes, password: str, *, ruc: str, now: datetime, start: datetime | None = None
) -> OpenedCertificate:
    """The signing certificate of ``raw`` for the taxpayer ``ruc`` (13 digits), to sign from ``start`` (default: now).

    Raises ``CertificateRefused`` with the reason: a file that does not open, no signing pair in it, its last day,
    another taxpayer's RUC, a key that is weak or fails its probe. Without a RUC, when it is not valid yet, or when
    it ends within 30 days, it only warns. Times are aware.
    """
    wanted = max(now, start or now)
    try:
        key, certificate = _signing_pair(raw, password, wanted)
        signs_from = max(wanted, certificate.not_valid_before_utc)
        _require_life(certificate, now, signs_from)
        holder = certificate_holder.ruc_of(certificate, ruc)
    except _MALFORMED as error:
        raise _refused("certificate_unreadable") from error
    if holder not in (None, ruc):
        raise _refused("certificate_of_another_ruc", found=str(holder), ruc=ruc)
    opened = OpenedCertificate(
        private_key_der=key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        certificate_der=certificate.public_bytes(Encoding.DER),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        subject=der.rfc2253(certificate.subject),
        issuer=der.rfc2253(certificate.issuer),
        serial=str(certificate.serial_number),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        signs_from=signs_from,
        ruc_in_certificate=holder,
        warnings=_warnings(certificate, holder, now, signs_from),
    )
    _require_probe(opened)
    return opened


def _signing_pair(raw: bytes, password: str, now: datetime) -> _Pair:
    contents = _read(raw, password)
    pairs = _pairs(contents)
    if contents.keys and not any(_valid(c, now) for _, c in pairs) and _keyless(contents, pairs):
        # cryptography stops at the first key: Banco Central's decryption key, or one already renewed.
        contents = _read(raw, password, every_key=True)
        pairs = _pairs(contents)
    if pairs:
        return _require_strength(max(pairs, key=lambda pair: _preference(pair[1], now)))
    raise _refused(_why_no_pair(contents))


def _read(raw: bytes, password: str, *, every_key: bool = False) -> pkcs12.Contents:
    try:
        return pkcs12.read_all(raw, password) if every_key else pkcs12.read(raw, password)
    except pkcs12.WrongPassword as error:
        raise _refused("certificate_password") from error
    except pkcs12.Locked as error:
        raise _refused("certificate_second_key" if every_key else "certificate_locked") from error
    except pkcs12.NotPkcs12 as error:
        raise _refused("certificate_unreadable") from error


def _pairs(contents: pkcs12.Contents) -> list[_Pair]:
    """Signing certificates with the RSA key that has the same public key."""
    return [
        (key, certificate)
        for certificate in contents.certificates
        for key in contents.keys
        if isinstance(key, rsa.RSAPrivateKey)
        and _signs(certificate)
        and key.public_key() == certificate.public_key()
    ]


def _signs(certificate: x509.Certificate) -> bool:
    """Not a CA, and marked digitalSignature: else the SRI answers 39, "no es del tipo firma digital"."""
    return not _is_ca(certificate) and _usage(certificate).digital_signature


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return _usage(certificate).key_cert_sign
    return constraints.ca or _usage(certificate).key_cert_sign


def _usage(certificate: x509.Certificate) -> x509.KeyUsage:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return x509.KeyUsage(*(False,) * 9)


def _keyless(contents: pkcs12.Contents, pairs: list[_Pair]) -> bool:
    """Whether a signing certificate's key has not been seen yet."""
    paired = [certificate for _, certificate in pairs]
    return any(_signs(certificate) and certificate not in paired for certificate in contents.certificates)


def _valid(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _preference(certificate: x509.Certificate, now: datetime) -> tuple[bool, datetime]:
    """Of an old and a renewed certificate in one file: one valid now, then the one that lasts longer."""
    return _valid(certificate, now), certificate.not_valid_after_utc


def _require_strength(pair: _Pair) -> _Pair:
    if pair[0].key_size < LEAST_KEY_BITS:
        raise _refused("certificate_weak_key", bits=str(pair[0].key_size))
    return pair


def _why_no_pair(contents: pkcs12.Contents) -> str:
    if not contents.keys:
        return "certificate_without_key"
    if not any(isinstance(key, rsa.RSAPrivateKey) for key in contents.keys):
        return "certificate_not_rsa"
    if any(_signs(certificate) for certificate in contents.certificates):
        return "certificate_without_key"
    return "certificate_not_for_signing"


def _require_life(certificate: x509.Certificate, now: datetime, signs_from: datetime) -> None:
    last = certificate_texts.day(certificate.not_valid_after_utc)
    if now > certificate.not_valid_after_utc:
        raise _refused("certificate_expired", day=last)
    if signs_from > certificate.not_valid_after_utc:
        raise _refused("certificate_ends_first", day=last, start=certificate_texts.day(signs_from))


def _warnings(
    certificate: x509.Certificate, holder: str | None, now: datetime, signs_from: datetime
) -> tuple[Text, ...]:
    found = []
    if holder is None:
        found.append(certificate_texts.text("without_ruc"))
    if now < certificate.not_valid_before_utc:
        found.append(
            certificate_texts.text(
                "begins_later", day=certificate_texts.day(certificate.not_valid_before_utc)
            )
        )
    if certificate.not_valid_after_utc - signs_from < WARN_BEFORE:
        found.append(
            certificate_texts.text("ends_soon", day=certificate_texts.day(certificate.not_valid_after_utc))
        )
    return tuple(found)


def _require_probe(opened: OpenedCertificate) -> None:
    """The SRI's RECIBIDA proves nothing about a signature, so a new certificate proves itself here first."""
    key = signing.signing_key(opened.private_key_der, opened.certificate_der)
    try:
        signing.verify(signing.sign(_PROBE, key, opened.signs_from))
    except signing.BadSignature as error:
        raise _refused("certificate_fails_probe", reason=error.reason) from error


def _refused(code: str, **facts: str) -> CertificateRefused:
    return CertificateRefused(code, certificate_texts.text(code, **facts))
