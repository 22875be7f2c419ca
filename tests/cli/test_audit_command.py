"""Whoever keeps the books of the installation can prove that nobody rewrote what people did."""

import json

import pytest
from racing import another_writer
from shell import autoriza

from app import audit_chain
from app.auditing import audit
from app.tenancy import tenant_scope


@pytest.fixture(autouse=True)
def _installation(services):
    """Every test here works on this module's installation."""


def said(settings, *words: str, status: int = 0) -> str:
    done = autoriza(settings, "audit", "verify", *words)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_audit_is_proved_and_what_was_altered_is_named(settings, services, servers, ana):
    assert "nothing is sealed yet" in said(settings)
    with tenant_scope(ana.id):
        audit(ana.id, by="ana@example.ec", action="retry", target="document 1")
    audit_chain.seal()
    kept = json.loads(said(settings, "--json"))
    assert kept["broken_after"] is None
    assert f"for --against: {kept['hash']}" in said(settings)
    assert "is what was sealed" in said(settings, "--against", kept["hash"])
    assert "no seal bears the hash" in said(settings, "--against", "ab" * 32, status=1)
    assert "64" in said(settings, "--against", "abc", status=2)
    with another_writer(servers, services) as superuser, superuser.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("update audit set target = 'document 2' where target = 'document 1'")
        superuser.commit()
    assert "are not what was sealed on" in said(settings, status=1)
