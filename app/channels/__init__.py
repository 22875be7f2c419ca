"""Where notices of alerts go: mail by the installation's own server, a signed webhook, or whatever apprise reaches."""

from app.channels.message import Channel, Message, NotNow
from app.channels.registry import channels_of

__all__ = ["Channel", "Message", "NotNow", "channels_of"]
