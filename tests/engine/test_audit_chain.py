"""The audit is sealed block by block: nobody changes, removes or slips in a line unseen, not even a superuser."""

import pytest
from cast import Taxpayer
from racing import another_writer

from app import audit_chain
from app.auditing import audit
from app.invariants.audit import altered
from app.store.base import database
from app.tenancy import every_tenant_scope, tenant_scope

UNSEEN = {
    "a line is changed": "update audit set reason = 'otro motivo' where id = %(line)s",
    "a line is removed": "delete from audit where id = %(line)s",
    "a line is given to somebody else": "update audit set by = 'nadie@example.ec' where id = %(line)s",
    "a fact is changed": "update audit set facts = facts || '{\"n\": 7}' where id = %(line)s",
    "a line is slipped in": "insert into audit (id, tenant_id, by, action, target, result) "
    "overriding system value select -%(line)s, tenant_id, by, action, target, result from audit where id = %(line)s",
    "a line moves to another place": "update audit set id = -id where id = %(line)s",
}


@pytest.fixture(autouse=True)
def _whole(servers, services, engine):
    """Each test begins with an empty audit that nothing is sealed of."""
    with another_writer(servers, services) as superuser, superuser.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("delete from audit")
        cursor.execute("delete from audit_seal")
        superuser.commit()


def write(taxpayer: Taxpayer, number: int = 1) -> list[int]:
    """New lines; their ids."""
    with tenant_scope(taxpayer.id):
        for place in range(number):
            audit(
                taxpayer.id,
                by="ana@example.ec",
                action="retry",
                target=f"document {place}",
                reason="a tiempo",
            )
        rows = database.execute_sql("select id from audit order by id desc limit %s", (number,)).fetchall()
    return sorted(int(row[0]) for row in rows)


def broken(newest: int | None = None) -> audit_chain.Broken | None:
    with every_tenant_scope():
        return audit_chain.broken(newest)


def test_every_line_of_every_taxpayer_is_sealed_once(ana: Taxpayer, beto: Taxpayer):
    write(ana, 3)
    write(beto, 2)
    sealed = audit_chain.seal()
    assert sealed >= 5
    assert audit_chain.seal() == 0
    write(ana)
    assert audit_chain.seal() == 1
    assert broken() is None
    assert altered_by_rule() == []


def altered_by_rule() -> list[str]:
    with every_tenant_scope():
        return [one.sentence.es for one in altered()]


@pytest.mark.parametrize("what", UNSEEN)
def test_whatever_a_superuser_does_to_a_sealed_line_is_seen(ana, servers, services, monkeypatch, what):
    monkeypatch.setattr(audit_chain, "BLOCK", 4)
    lines = write(ana, 10)
    audit_chain.seal()
    with another_writer(servers, services) as superuser, superuser.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # what the triggers are worth to him
        cursor.execute(UNSEEN[what], {"line": lines[5]})
        superuser.commit()
    found = broken()
    assert found is not None
    [sentence] = altered_by_rule()
    assert f"anotaciones {found.after + 1} a {found.seal.up_to}" in sentence


def test_a_seal_made_anew_after_a_change_does_not_fit_the_ones_after_it(ana, servers, services, monkeypatch):
    monkeypatch.setattr(audit_chain, "BLOCK", 4)
    lines = write(ana, 10)
    audit_chain.seal()
    with every_tenant_scope():
        noted = audit_chain.last().hash
    with another_writer(servers, services) as superuser, superuser.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("update audit set by = 'x' where id = %s", [lines[0]])
        cursor.execute("select id, up_to from audit_seal order by id")
        first, up_to = cursor.fetchone()
        cursor.execute("select set_config('autoriza.tenants', %s, false)", [str(ana.id)])
        cursor.execute(
            "update audit_seal set hash = (select hash from audit_digest('', -9223372036854775808, %s)) where id = %s",
            [up_to, first],
        )
        superuser.commit()
    assert broken() is not None
    # All of them made anew, every seal fits again; the hash somebody noted down does not.
    with another_writer(servers, services) as superuser, superuser.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("delete from audit_seal")
        superuser.commit()
    audit_chain.seal()
    assert broken() is None
    with every_tenant_scope():
        assert not audit_chain.has(noted)
        assert audit_chain.has(audit_chain.last().hash)


def test_a_line_that_comes_to_light_late_is_waited_for(ana: Taxpayer, servers, services):
    with another_writer(servers, services) as slow, slow.cursor() as cursor:
        cursor.execute(
            "insert into audit (tenant_id, by, action, target, result) values (%s, 'slow', 'x', 'x', 'done') "
            "returning id",
            [ana.id],
        )
        [late] = cursor.fetchone()
        assert write(ana)[0] > late
        assert audit_chain.seal() == 0, "a lower line may still come"
        slow.commit()
    assert audit_chain.seal() >= 2
    assert broken() is None


def test_nobody_writes_a_seal_anew_without_being_a_superuser(ana: Taxpayer):
    write(ana)
    audit_chain.seal()
    with pytest.raises(Exception, match="audit_seal is append-only"), every_tenant_scope():
        database.execute_sql("update audit_seal set lines = 7")


def test_the_newest_blocks_are_looked_at_without_the_old_ones(ana, servers, services, monkeypatch):
    monkeypatch.setattr(audit_chain, "BLOCK", 2)
    lines = write(ana, 8)
    audit_chain.seal()
    with another_writer(servers, services) as superuser, superuser.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("update audit set by = 'x' where id = %s", [lines[0]])
        superuser.commit()
    assert broken(newest=2) is None
    assert broken() is not None


def test_the_schedule_that_keeps_house_seals_what_was_written(engine, ana: Taxpayer):
    write(ana)
    engine.schedules.keep_house.fn()
    with every_tenant_scope():
        assert audit_chain.last() is not None
