"""The box private keys rest in."""

import pytest
from cryptography.fernet import Fernet

from app.errors import Misconfigured
from app.secrets import SecretBox, new_key

OLD, NEW, STRANGE = (Fernet.generate_key().decode() for _ in range(3))


def test_what_is_sealed_opens_again_and_is_not_readable_in_between():
    box = SecretBox([NEW])
    token = box.seal(b"clave privada")
    assert b"clave" not in token
    assert box.open(token) == b"clave privada"


def test_an_old_key_still_opens_and_a_rotated_token_no_longer_needs_it():
    token = SecretBox([OLD]).seal(b"x")
    both = SecretBox([NEW, OLD])
    assert both.open(token) == b"x"
    assert SecretBox([NEW]).open(both.rotate(token)) == b"x"


def test_a_token_tells_whether_the_first_key_sealed_it():
    both = SecretBox([NEW, OLD])
    assert both.is_newest(both.seal(b"x"))
    assert not both.is_newest(SecretBox([OLD]).seal(b"x"))
    assert not both.is_newest(b"no es un sello")


def test_a_new_key_seals():
    assert SecretBox([new_key()]).seal(b"x")
    assert new_key() != new_key()


@pytest.mark.parametrize("keys", [[], [NEW, "corta"], ["ñ" * 44]])
def test_a_missing_or_malformed_key_stops_with_the_settings_name_and_not_its_value(keys):
    with pytest.raises(Misconfigured, match="SECRET_KEYS") as caught:
        SecretBox(keys)
    assert not any(key in str(caught.value) for key in keys)


@pytest.mark.parametrize("act", [SecretBox.open, SecretBox.rotate])
@pytest.mark.parametrize(
    "token",
    [SecretBox([STRANGE]).seal(b"x"), b"", b"no es un sello"],
    ids=["sealed by another", "empty", "no seal"],
)
def test_what_no_key_opens_says_which_setting_to_mend(act, token):
    with pytest.raises(Misconfigured, match="SECRET_KEYS"):
        act(SecretBox([NEW, OLD]), token)
