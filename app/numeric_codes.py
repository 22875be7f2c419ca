"""The 8 digits of an access key that are the issuer's own choice: worked out, so that a forgotten key can be too."""

import hmac

from app.access_key import AccessKey

_CODES = 10**8


def numeric_code(
    seed: bytes,
    environment: int,
    doc_type: str,
    establishment: str,
    emission_point: str,
    number: int,
    turn: int,
) -> int:
    """0 to 99,999,999: for others as good as drawn by lot, for whoever has the taxpayer's ``seed`` always the same.

    ``turn`` counts the versions signed before: a document that gets a new key gets other digits. The date is left
    out, so that one number's key is known for any date.
    """
    said = f"{environment:d}{doc_type}{establishment}{emission_point}{number:09d}/{turn}"
    return int.from_bytes(hmac.digest(bytes(seed), said.encode(), "sha256")) % _CODES


def is_ours(seed: bytes, key: AccessKey, turns: int = 4) -> bool:
    """Whether the digits of ``key`` were worked out from ``seed``."""
    place = (key.environment, key.doc_type, key.establishment, key.emission_point, key.sequence_number)
    return any(numeric_code(seed, *place, turn) == key.numeric_code for turn in range(turns))
