"""From the addresses in the settings to channels."""

from urllib.parse import unquote

from app.channels.anything import AppriseChannel
from app.channels.mail import MailChannel
from app.channels.message import Channel
from app.channels.webhook import Webhook
from app.config import Settings
from app.errors import Misconfigured


def channels_of(settings: Settings) -> list[Channel]:
    """The channels of ``ALERT_CHANNELS``, each once. Raises ``Misconfigured``, naming the kind and nothing secret."""
    found = [_channel(address.get_secret_value(), settings) for address in settings.alert_channels]
    return list({channel.fingerprint: channel for channel in found}.values())


def _channel(address: str, settings: Settings) -> Channel:
    scheme, _, rest = address.partition(":")
    if scheme == "mailto" and not rest.startswith("//"):
        if not settings.sends_mail:
            raise Misconfigured("ALERT_CHANNELS has a mailto: address, so SMTP_URL must be set")
        return MailChannel(unquote(rest), settings)
    if scheme.startswith("webhook+"):
        return Webhook(address, settings.alert_link_local)
    return AppriseChannel(address, settings.alert_link_local)
