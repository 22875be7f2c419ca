"""People are told once that something is alarming and once that it is over, whatever their channels do meanwhile."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cast import at_once
from click.testing import CliRunner
from notice_cast import NIGHT, NOON, act, hook, make_due, told

from admin.cli import commands
from app import notices
from app.alerts import raise_alert, resolve_alert
from app.auditing import Audit
from app.errors import Text
from app.store.notices import Notice
from app.tenancy import every_tenant_scope, tenant_scope

__all__ = ["hook", "told"]


def test_an_alert_is_told_once_to_every_channel_and_so_is_its_end(told, post, hook, ana):
    installation = told()
    with tenant_scope(ana.id):
        raise_alert(
            ana.id,
            "circuit_open",
            "autorización",
            Text("el SRI no responde: timeout", "el SRI no responde: timeout"),
        )
    for _ in range(3):
        act(installation)
    (letter,) = post.taken
    assert letter.recipient == "ops@example.ec"
    assert (
        letter.mail["Subject"]
        == f"[autoriza: atención] El SRI no responde · ANA MOREIRA CÍA. LTDA. ({ana.ruc})"
    )
    assert "el SRI no responde: timeout" in letter.mail.get_content()
    (posted,) = hook.received
    assert json.loads(posted.body)["event"] == "raised"
    with tenant_scope(ana.id):
        resolve_alert(ana.id, "circuit_open", "autorización")
    for _ in range(3):
        act(installation)
    assert [one.mail["Subject"].split("]")[0] for one in post.taken] == [
        "[autoriza: atención",
        "[autoriza: resuelto",
    ]
    assert post.taken[1].mail.get_content().startswith("Ya está resuelto. Mientras duró:")
    assert [json.loads(one.body)["event"] for one in hook.received] == ["raised", "resolved"]


def test_notices_speak_the_language_of_the_installation(told, post, ana):
    installation = told(autoriza_language="en")
    with tenant_scope(ana.id):
        raise_alert(ana.id, "too_many_pending", "pending", Text("más de 100 esperan", "more than 100 wait"))
    act(installation)
    with tenant_scope(ana.id):
        resolve_alert(ana.id, "too_many_pending", "pending")
    act(installation)
    raised, ended = [one.mail for one in post.taken]
    assert raised["Subject"].startswith("[autoriza: attention] Too many documents wait · ANA MOREIRA")
    assert raised.get_content().splitlines()[:3] == [
        "more than 100 wait",
        "",
        "About: documents that wait for the SRI",
    ]
    assert ended["Subject"].startswith("[autoriza: over] Too many documents wait")
    assert ended.get_content().splitlines()[:2] == ["This is over. While it lasted:", "more than 100 wait"]
    notices.test(installation)
    assert "test notice" in post.taken[-1].mail.get_content()


def test_nothing_is_lost_or_told_twice_while_the_channels_are_down(told, post, hook, ana):
    installation = told()
    post.close()
    hook.status = 500
    with tenant_scope(ana.id):
        raise_alert(ana.id, "circuit_open", "uno", Text("no responde", "no responde"))
    assert act(installation) == {"sent": 0, "later": 2}
    assert act(installation) == {"sent": 0, "later": 0}  # not due again yet
    with every_tenant_scope():
        said = {
            notice.channel_name: notice.last_error for notice in Notice.select().where(Notice.attempts == 1)
        }
    assert said["webhook 127.0.0.1"] == "respondió HTTP 500"
    assert "ConnectionRefused" in said["correo ops@example.ec"]
    post.open()
    hook.status = 204
    make_due()
    assert act(installation) == {"sent": 2, "later": 0}
    assert len(post.taken) == 1
    assert len({one.body for one in hook.received}) == 1  # the same message, its reference included


def test_an_alert_over_before_it_could_be_told_is_told_of_no_more(told, post, hook, ana):
    installation = told()
    post.close()
    hook.status = 503
    with tenant_scope(ana.id):
        raise_alert(ana.id, "circuit_open", "uno", Text("no responde", "no responde"))
        raise_alert(ana.id, "circuit_open", "dos", Text("no responde", "no responde"))
        resolve_alert(ana.id, "circuit_open", "dos")  # between two looks
    act(installation)
    with tenant_scope(ana.id):
        resolve_alert(ana.id, "circuit_open", "uno")
    post.open()
    hook.status = 200
    act(installation)
    make_due()
    act(installation)
    assert post.taken == []
    assert [json.loads(one.body)["event"] for one in hook.received] == ["raised"]  # the one it refused


def test_at_night_only_what_is_critical_is_sent_and_the_rest_in_the_morning(told, post, ana):
    installation = told(alert_quiet_hours="22:00-06:00")
    with tenant_scope(ana.id):
        raise_alert(ana.id, "circuit_open", "uno", Text("no responde", "no responde"))
        raise_alert(ana.id, "worker_silent", "sri", Text("nadie", "nadie"))
    act(installation, NIGHT)
    assert [one.mail["Subject"].split("]")[0] for one in post.taken] == ["[autoriza: CRÍTICO"]
    with every_tenant_scope():
        held = Notice.select().where(Notice.next_attempt_at.is_null(False))
        assert {notice.next_attempt_at for notice in held} == {NIGHT + timedelta(hours=5)}
    make_due()
    act(installation)
    assert len(post.taken) == 2


@pytest.mark.parametrize(
    ("span", "local", "until"),
    [
        ("22:00-06:00", (23, 30), 6.5),
        ("22:00-06:00", (21, 59), None),
        ("22:00-06:00", (6, 0), None),
        ("13:00-14:00", (13, 15), 0.75),
        ("00:00-00:00", (3, 0), None),
        ("", (3, 0), None),
    ],
)
def test_quiet_hours_are_those_of_the_installations_time_zone(services, span, local, until):
    settings = services.settings.model_copy(update={"alert_quiet_hours": span})
    now = datetime(2026, 11, 25, *local, tzinfo=UTC) + timedelta(hours=5)
    expected = now + timedelta(hours=until) if until else None
    assert notices.quiet_until(settings, now) == expected


def test_what_is_less_grave_than_asked_for_stays_in_the_console(told, post, ana):
    with tenant_scope(ana.id):
        raise_alert(ana.id, "mail_refused", "uno", Text("550 no", "550 no"))
        raise_alert(ana.id, "circuit_open", "uno", Text("no responde", "no responde"))
    act(told(alert_least_severity="critical"))
    assert post.taken == []


def test_two_processes_that_send_at_once_tell_it_once(told, post, hook, ana):
    installation = told()
    with tenant_scope(ana.id):
        raise_alert(ana.id, "circuit_open", "uno", Text("no responde", "no responde"))
    notices.plan(installation, NOON)
    at_once(4, lambda _: notices.send_due(installation))
    assert (len(post.taken), len(hook.received)) == (1, 1)


def test_a_certificate_that_comes_nearer_its_end_is_not_told_to_be_over(told, post, ana):
    installation = told()
    with tenant_scope(ana.id):
        raise_alert(ana.id, "certificate_ends", "30 días", Text("caduca en 30 días", "caduca en 30 días"))
    act(installation)
    with tenant_scope(ana.id):
        resolve_alert(ana.id, "certificate_ends", "30 días")
        raise_alert(ana.id, "certificate_ends", "15 días", Text("caduca en 15 días", "caduca en 15 días"))
    act(installation)
    assert ["resuelto" in one.mail["Subject"] for one in post.taken] == [False, False]


def test_a_channel_that_was_taken_out_of_the_settings_holds_nothing_up(told, post, ana):
    post.close()
    with tenant_scope(ana.id):
        raise_alert(ana.id, "circuit_open", "uno", Text("no responde", "no responde"))
    act(told())
    make_due()
    act(told(alert_channels="mailto:otra@example.ec"))
    with every_tenant_scope():
        outcomes = Notice.select(Notice.outcome).where(Notice.channel_name == "correo ops@example.ec")
        assert [row.outcome for row in outcomes.order_by(Notice.id.desc()).limit(1)] == ["channel_gone"]


def test_the_command_tries_every_channel_and_says_which_does_not_take_it(
    told, post, hook, monkeypatch, servers
):
    installation = told()
    hook.status = 401
    monkeypatch.setattr("admin.cli.alerts.connect", lambda: installation)
    answer = CliRunner().invoke(commands, ["alerts", "test"])
    assert answer.exit_code == 1
    assert "respondió HTTP 401" in answer.output
    assert "s3creto" not in answer.output
    (letter,) = post.taken
    assert "Prueba de avisos" in letter.mail["Subject"]
    with tenant_scope(0):
        assert Audit.select().where(Audit.action == "alerts_tested").count() == 1


def test_the_command_lists_what_stands_and_lets_somebody_take_it_on(told, monkeypatch, ana):
    installation = told()
    monkeypatch.setattr("admin.cli.alerts.connect", lambda: installation)
    with tenant_scope(ana.id):
        raise_alert(ana.id, "undecided", "para listar", Text("el SRI no decide", "el SRI no decide"))
    (alert,) = ana.alerts("undecided")[-1:]
    listed = json.loads(CliRunner().invoke(commands, ["alerts", "list", "--json"]).output)
    assert alert.id in [one["id"] for one in listed]
    taken_on = CliRunner().invoke(commands, ["alerts", "acknowledge", str(alert.id), "--by", "olga"])
    assert taken_on.exit_code == 0
    assert ana.alerts("undecided")[-1].acknowledged_by == "olga"


def test_a_minute_later_the_schedule_has_told_it(engine, told, post, ana, monkeypatch):
    from workers import runtime, watch

    runtime.use(told())
    try:
        with tenant_scope(ana.id):
            raise_alert(ana.id, "halted", "56", Text("suspendido", "suspendido"))
        tick = engine.ticks.take(watch.SCHEDULE, datetime.now(UTC), origin="clock", by="t")
        engine.schedules.evaluate_alerts(tick)
        assert engine.broker.depth("mail") == 1
        engine.schedules.send_notices()
        assert any("Emisión suspendida" in one.mail["Subject"] for one in post.taken)
    finally:
        runtime.use(engine and told(alert_channels="", smtp_url="", mail_from=""))
