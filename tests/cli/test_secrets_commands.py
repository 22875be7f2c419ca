"""``autoriza secrets`` as an operator uses it: a new key in front, rotate, the old one dropped, and signing goes on."""

import json
from typing import Any

import pytest
from cast import Taxpayer
from cryptography.fernet import Fernet
from pydantic import SecretStr
from shell import autoriza

from app import resealing
from app.config import Settings
from app.errors import Misconfigured
from app.lifecycle import State
from app.outcome import Moved


def secret_of(settings: Settings) -> str:
    return settings.secret_keys[0].get_secret_value()


def rotated(settings: Settings, *keys: str, status: int = 0) -> Any:
    done = autoriza(settings, "secrets", "rotate", "--json", SECRET_KEYS=",".join(keys))
    assert done.returncode == status, done.stderr
    assert not any(key in done.stdout + done.stderr for key in keys)
    return json.loads(done.stdout)


def under(taxpayer: Taxpayer, key: str) -> Taxpayer:
    return taxpayer.under(secret_keys=(SecretStr(key),))


def test_a_secret_is_changed_while_the_service_runs(settings, ana: Taxpayer, beto: Taxpayer):
    old = secret_of(settings)
    new = autoriza(settings, "secrets", "new-key").stdout.strip()
    assert Fernet(new)
    waiting = [ana.import_invoice(), beto.import_invoice()]
    with pytest.raises(Misconfigured, match="SECRET_KEYS"):
        under(ana, new).step(ana.import_invoice())
    everyone = resealing.count()
    assert rotated(settings, new, old) == {"resealed": everyone, "already": 0, "unopened": []}
    assert rotated(settings, new, old) == {"resealed": 0, "already": everyone, "unopened": []}
    for taxpayer, document_id in zip((ana, beto), waiting, strict=True):
        assert under(taxpayer, new).step(document_id) == Moved(State.SIGNED)
        assert under(taxpayer, new).bring(document_id, State.AUTHORIZED)
    assert rotated(settings, old, new)["resealed"] == everyone  # and back, for whoever comes next


def test_a_key_that_none_opens_ends_with_one_and_names_the_taxpayer(settings, ana: Taxpayer):
    stranger = Fernet.generate_key().decode()
    told = rotated(settings, stranger, status=1)
    assert [name.split()[0] for name in told["unopened"]].count(ana.ruc) == 1
    said = autoriza(settings, "secrets", "rotate", SECRET_KEYS=stranger)
    assert said.returncode == 1
    assert ana.ruc in said.stderr and "0 private keys sealed anew" in said.stdout


def test_a_new_key_needs_no_database_and_no_settings(settings):
    away = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/nothing"})
    one, other = (autoriza(away, "secrets", "new-key", SECRET_KEYS="") for _ in range(2))
    assert (one.returncode, one.stdout != other.stdout) == (0, True)
