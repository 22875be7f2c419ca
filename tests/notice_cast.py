"""An installation that tells people: a mail server and an HTTP receiver of its own, and what makes it tell."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from peewee import fn
from receiver import Receiver, receiving

from app import notices
from app.config import Settings
from app.services import Services
from app.store.notices import Notice
from app.store.people import Alert
from app.tenancy import every_tenant_scope

NOON = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0)
NIGHT = NOON + timedelta(hours=13)
"""One o'clock in Guayaquil, of a night whose morning is ahead: what is put off until then must not be due."""


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def told(services, post, hook):
    """Services of an installation that tells an operator by mail, a webhook and, by apprise, a third."""
    with every_tenant_scope():  # what other tests raised is no news
        Alert.update(told_at=fn.now(), end_told_at=fn.now()).execute()
        Notice.update(next_attempt_at=None).execute()

    def under(**changed) -> Services:
        channels = f"mailto:ops@example.ec webhook+http://127.0.0.1:{hook.port}/alarma?x=1&secret=s3creto"
        values = {"smtp_url": post.url, "mail_from": "facturas@instalacion.ec", "alert_channels": channels}
        given = services.settings.model_dump() | values | changed
        return Services(Settings(**given), services.database)

    return under


def act(installation: Services, now: datetime = NOON) -> dict[str, int]:
    """One look's telling, whatever waits being due."""
    notices.plan(installation, now)
    return notices.send_due(installation)


def make_due() -> None:
    with every_tenant_scope():
        Notice.update(next_attempt_at=fn.now()).where(Notice.next_attempt_at.is_null(False)).execute()
