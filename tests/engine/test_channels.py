"""Channels: signed, bounded, away from where clouds keep secrets, and telling nobody their own."""

import hashlib
import hmac
import json
import time

import pytest
from notice_cast import act, hook, told
from pydantic import ValidationError

from app import notices
from app.alerts import raise_alert
from app.channels import channels_of
from app.config import Settings, environment_of, load_settings
from app.errors import Misconfigured, Text
from app.store.notices import Notice
from app.tenancy import every_tenant_scope, tenant_scope

__all__ = ["hook", "told"]


def test_a_webhook_can_prove_where_it_comes_from_and_gives_its_secret_to_nobody(told, hook, ana):
    with tenant_scope(ana.id):
        raise_alert(ana.id, "undecided", "uno", Text("el SRI no decide", "el SRI no decide"))
    act(told())
    (posted,) = hook.received
    assert posted.path == "/alarma?x=1"
    at, signature = (part.partition("=")[2] for part in posted.headers["X-Autoriza-Signature"].split(","))
    expected = hmac.new(b"s3creto", f"{at}.".encode() + posted.body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signature, expected)
    assert abs(int(at) - time.time()) < 60
    with every_tenant_scope():
        kept = [str(row.__data__) for row in Notice.select()]
    assert not any("s3creto" in text or "/alarma" in text for text in kept)


def test_no_channel_leads_to_where_clouds_keep_their_credentials(told, hook, monkeypatch):
    from app.channels import places

    hook.status, hook.moved_to = 302, "http://169.254.169.254/latest"
    address = f"webhook+http://127.0.0.1:{hook.port}/?secret=x"
    (moved,) = notices.test(told(alert_channels=address)).values()
    assert moved == "respondió HTTP 302"
    for place in (
        "webhook+http://169.254.169.254/?secret=x",
        "webhook+http://[::ffff:169.254.169.254]/?secret=x",
        "webhook+http://[fe80::1]/?secret=x",
        "json://169.254.169.254/latest",
    ):
        (said,) = notices.test(told(alert_channels=place)).values()
        assert "ALERT_LINK_LOCAL" in said, place
    found = places.addresses_of("169.254.169.254", 80, link_local=True)
    assert found == [("169.254.169.254", 80)]


def test_apprise_reaches_what_we_do_not(told, hook, ana):
    installation = told(alert_channels=f"json://127.0.0.1:{hook.port}/chat?:canal=operaciones")
    with tenant_scope(ana.id):
        raise_alert(ana.id, "worker_silent", "sri", Text("nadie atiende la cola", "nadie atiende la cola"))
    assert act(installation) == {"sent": 1, "later": 0}
    (posted,) = hook.received
    assert json.loads(posted.body)["type"] == "failure"
    assert "nadie atiende la cola" in posted.body.decode()
    hook.status = 500
    with tenant_scope(ana.id):
        raise_alert(ana.id, "worker_silent", "ride", Text("nadie atiende la cola", "nadie atiende la cola"))
    assert act(installation) == {"sent": 0, "later": 1}


@pytest.mark.parametrize(
    "address", ["nonsense://x/top-secret", "webhook+https://host/path", "mailto:ops@example.ec", "solo-texto"]
)
def test_an_address_nobody_knows_is_refused_and_not_repeated(services, address):
    settings = services.settings.model_copy(
        update={"alert_channels": tuple(type(services.settings.smtp_url)(one) for one in (address,))}
    )
    with pytest.raises(Misconfigured) as refused:
        channels_of(settings)
    assert "top-secret" not in str(refused.value)


def test_channels_survive_the_way_into_a_child_process(told):
    installation = told()
    inherited = environment_of(installation.settings)["ALERT_CHANNELS"]
    again = load_settings(**(installation.settings.model_dump() | {"alert_channels": inherited}))
    assert again.alert_channels == installation.settings.alert_channels
    with pytest.raises(ValidationError):
        Settings(alert_quiet_hours="de noche")
