"""Passwords: kept as argon2 hashes, proven in the same time whether or not there is an account."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Mistyped, Text

SHORTEST = 12
LONGEST = 200
_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """What is kept of a password. Raises ``Refused`` for one shorter than 12 characters or longer than 200."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Mistyped(
            Text(
                f"la contraseña debe tener al menos {SHORTEST} caracteres, y no más de {LONGEST}",
                f"a password has at least {SHORTEST} characters, and at most {LONGEST}",
            )
        )
    return _hasher.hash(password)


def made_up() -> str:
    """A password nobody can guess, to be shown once."""
    return secrets.token_urlsafe(15)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one kept as ``stored``; takes as long when nothing is stored."""
    return _verify(stored or _nobodys(), password) and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_hex(16))
