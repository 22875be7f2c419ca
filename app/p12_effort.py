"""How much work a p12 asks for before it opens: its author chooses, and could choose years."""

from app.der import first

MOST_ROUNDS = 2_000_000
"""Files of every authority ask for 1,024 to 600,000."""
_DEEPEST = 16
_SEQUENCE, _OCTETS, _INTEGER = 0x30, 0x04, 0x02


def rounds(raw: bytes) -> int:
    """The largest iteration count written in ``raw``; 0 when it holds none, or is no DER."""
    return _largest(raw, 0)


def _largest(der: bytes, depth: int) -> int:
    largest, before = 0, 0
    while der and depth < _DEEPEST:
        try:
            element = first(der)
        except ValueError:
            break
        # Salt, then iterations: so it is in the checksum, in PBES1 and in PBKDF2.
        if element.tag == _INTEGER and before == _OCTETS:
            largest = max(largest, int.from_bytes(element.content))
        elif element.tag & 0x20 or (element.tag == _OCTETS and element.content[:1] == bytes([_SEQUENCE])):
            largest = max(largest, _largest(element.content, depth + 1))
        before, der = element.tag, element.rest
    return largest
