"""The box in which private keys rest: sealed with the newest of SECRET_KEYS, opened with any of them."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.errors import Misconfigured

_MAKE_ONE = "autoriza secrets new-key"


def new_key() -> str:
    """A fresh key for SECRET_KEYS."""
    return Fernet.generate_key().decode()


class SecretBox:
    """Seals and opens bytes with Fernet keys; the first key seals, all open.

    Raises ``Misconfigured`` naming SECRET_KEYS, never a key, when there is none or one is malformed.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise Misconfigured(
                f"SECRET_KEYS is empty: private keys cannot be kept. Make a key with {_MAKE_ONE}"
            )
        opened = [_fernet(key, place) for place, key in enumerate(keys, start=1)]
        self._newest, self._box = opened[0], MultiFernet(opened)

    def seal(self, content: bytes) -> bytes:
        """``content`` encrypted and authenticated, as a token to store."""
        return self._box.encrypt(content)

    def open(self, token: bytes) -> bytes:
        """What was sealed; raises ``Misconfigured`` when no key opens the token."""
        try:
            return self._box.decrypt(token)
        except InvalidToken as error:
            raise _not_opened() from error

    def is_newest(self, token: bytes) -> bool:
        """Whether ``token`` was sealed with the first key."""
        try:
            self._newest.decrypt(token)
        except InvalidToken:
            return False
        return True

    def rotate(self, token: bytes) -> bytes:
        """The same content sealed with the first key; raises ``Misconfigured`` when no key opens it."""
        try:
            return self._box.rotate(token)
        except InvalidToken as error:
            raise _not_opened() from error


def _fernet(key: str, place: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError as error:
        raise Misconfigured(
            f"SECRET_KEYS: key {place} is not 32 bytes in URL-safe base64. Make one with {_MAKE_ONE}"
        ) from error


def _not_opened() -> Misconfigured:
    return Misconfigured(
        "SECRET_KEYS: none of the keys opens what is stored; add the key it was sealed with behind the first"
    )
