"""A p12 with two keys, as Banco Central issues them: two files joined and sealed again (RFC 7292)."""

import hashlib
import hmac

from app.der import first

_DATA = bytes.fromhex("06092a864886f70d010701")  # OID pkcs7-data
_SHA1 = bytes.fromhex("300906052b0e03021a0500")  # AlgorithmIdentifier
_SALT, _ROUNDS = b"saltsalt", 1000


def joined(one: bytes, other: bytes, password: str) -> bytes:
    """Both files' bags in that order, under a new SHA-1 checksum; the two share ``password``."""
    bags = _der(0x30, _safe_contents(one) + _safe_contents(other))
    checksum = hmac.new(_checksum_key(password), bags, hashlib.sha1).digest()
    sealed = _der(0x30, _SHA1 + _der(0x04, checksum)) + _der(0x04, _SALT) + _der(0x02, _ROUNDS.to_bytes(2))
    content = _der(0x30, _DATA + _der(0xA0, _der(0x04, bags)))
    return _der(0x30, _der(0x02, b"\x03") + content + _der(0x30, sealed))


def _safe_contents(p12: bytes) -> bytes:
    """PFX > version, ContentInfo > OID, [0] > OCTET STRING > SEQUENCE OF ContentInfo."""
    content_info = first(first(first(p12).content).rest).content
    octets = first(first(first(content_info).rest).content).content
    return first(octets).content


def _checksum_key(password: str) -> bytes:
    """RFC 7292 appendix B for one block of SHA-1, purpose 3."""
    encoded = password.encode("utf-16-be") + b"\0\0"
    block = b"\x03" * 64 + _filled(_SALT) + _filled(encoded)
    for _ in range(_ROUNDS):
        block = hashlib.sha1(block).digest()
    return block


def _filled(part: bytes) -> bytes:
    size = -(-len(part) // 64) * 64
    return (part * (size // len(part) + 1))[:size]


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content
