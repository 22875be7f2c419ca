"""Settings: a wrong value stops the boot with a sentence that names it, and no secret is ever shown."""

import pytest
from pydantic import ValidationError

from app.config import Settings, load_settings
from app.errors import Misconfigured

SECRET = "s3cr3t-of-the-house"


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """No .env and nothing of the installation in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_any_setting_the_service_knows_what_to_do():
    settings = load_settings()
    assert (settings.lease_s, settings.poll_for_hours, settings.ask_before_resend_s) == (40, 24, 60)
    assert settings.sri_produccion_url == "https://cel.sri.gob.ec"
    assert settings.database_url == settings.redis_url == ""


def test_one_call_to_the_sri_ends_well_before_its_lease():
    settings = load_settings()
    assert settings.sri_connect_timeout_s + settings.sri_total_timeout_s < settings.lease_s


def test_the_environment_outranks_the_file_and_the_file_the_defaults(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("WORKER_THREADS=3\nPORT=8081\nOF_SOMEBODY_ELSE=1\n")
    monkeypatch.setenv("PORT", "9000")
    settings = load_settings()
    assert (settings.worker_threads, settings.port, settings.worker_processes) == (3, 9000, 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SRI_READ_TIMEOUT_S", "x"),
        ("SRI_TOTAL_TIMEOUT_S", "21"),
        ("SRI_CONNECT_TIMEOUT_S", "0"),
        ("LEASE_S", "-1"),
        ("WORKER_PROCESSES", "0"),
        ("WORKER_THREADS", "1.5"),
        ("PORT", "70000"),
        ("VERIFY_SHARE", "2"),
        ("SIGNATURE_DIGEST", "md5"),
        ("LOG_LEVEL", "LOUD"),
        ("AUTORIZA_LANGUAGE", "fr"),
    ],
)
def test_a_wrong_value_stops_the_boot_with_a_sentence_naming_it(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=f"{name}='{value}': ") as stop:
        load_settings()
    assert "\n" not in str(stop.value)
    assert stop.value.__suppress_context__


def test_every_wrong_value_is_named_at_once(monkeypatch):
    monkeypatch.setenv("PORT", "no")
    monkeypatch.setenv("LEASE_S", "no")
    with pytest.raises(Misconfigured, match=r"LEASE_S='no': .*\. PORT='no': "):
        load_settings()


def test_secret_keys_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("SECRET_KEYS", f" {SECRET}1 ,{SECRET}2, ")
    assert [key.get_secret_value() for key in load_settings().secret_keys] == [f"{SECRET}1", f"{SECRET}2"]


def test_no_secret_is_shown_when_settings_are_printed(monkeypatch):
    monkeypatch.setenv("SECRET_KEYS", SECRET)
    monkeypatch.setenv("SESSION_SECRET", SECRET)
    settings = load_settings()
    assert settings.session_secret.get_secret_value() == SECRET
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert SECRET not in shown


@pytest.mark.parametrize("wrong", [{"secret_keys": [SECRET, 7]}, {"session_secret": [SECRET]}])
def test_no_secret_is_shown_when_it_is_wrong(wrong):
    with pytest.raises(Misconfigured, match=r"(SECRET_KEYS|SESSION_SECRET)=…: ") as stop:
        load_settings(**wrong)
    assert SECRET not in str(stop.value)


def test_settings_do_not_change_while_the_service_runs():
    with pytest.raises(ValidationError):
        load_settings().port = 1


def test_a_mail_server_needs_an_address_to_send_from_and_its_password_is_never_shown(monkeypatch):
    monkeypatch.setenv("SMTP_URL", f"smtp://ana:{SECRET}@mail.ec:587/?starttls=1")
    with pytest.raises(Misconfigured, match="MAIL_FROM") as stop:
        load_settings()
    assert SECRET not in str(stop.value)
    monkeypatch.setenv("MAIL_FROM", "Facturas <f@i.ec>")
    assert SECRET not in repr(load_settings())
    for wrong in ("mail.ec", "http://mail.ec", f"smtp://:{SECRET}@"):
        monkeypatch.setenv("SMTP_URL", wrong)
        with pytest.raises(Misconfigured, match="SMTP_URL") as stop:
            load_settings()
        assert SECRET not in str(stop.value)


def test_one_delivery_and_the_file_it_needs_end_before_the_lease():
    from app.storage import LIMIT_S

    settings = load_settings()
    assert settings.mail_total_timeout_s + LIMIT_S < settings.lease_s


def test_the_database_may_be_written_as_heroku_writes_it(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@host:5432/d?sslmode=require")
    assert load_settings().database_url == "postgresql://u:p@host:5432/d?sslmode=require"
