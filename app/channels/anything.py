"""Notices to whatever apprise reaches: chats, pagers, phones."""

from dataclasses import dataclass
from typing import Any

from app.channels.message import Message, NotNow, fingerprint_of
from app.channels.places import NotAPlace, addresses_of
from app.errors import Misconfigured

LIMIT_S = 15.0
_TYPES = {"critical": "failure", "warning": "warning", "info": "info"}


@dataclass(frozen=True)
class AppriseChannel:
    """One address in apprise's own notation. Raises ``Misconfigured`` when apprise knows none of that kind."""

    address: str
    link_local: bool

    def __post_init__(self) -> None:
        self._plugin()

    @property
    def fingerprint(self) -> str:
        """Stays the same as long as the address does."""
        return fingerprint_of(self.address)

    @property
    def name(self) -> str:
        """The service and its host; the rest of the address may be secret."""
        plugin = self._plugin()[0]
        return " ".join(filter(None, (str(plugin.service_name), getattr(plugin, "host", None))))

    def send(self, message: Message) -> NotNow | None:
        """Hand over; None when apprise says that it was taken."""
        plugins = self._plugin()
        try:
            if host := getattr(plugins[0], "host", None):
                addresses_of(host, getattr(plugins[0], "port", None) or 443, link_local=self.link_local)
        except NotAPlace as why:
            return NotNow(str(why))
        kind = "success" if message.event == "resolved" else _TYPES[message.severity]
        taken = plugins.notify(body=message.text, title=message.title, notify_type=kind, timeout=LIMIT_S)
        return None if taken else NotNow("el servicio no lo recibió")

    def _plugin(self) -> Any:
        import apprise  # a large library that few processes need

        plugins = apprise.Apprise()
        if not plugins.add(self.address) or len(plugins) != 1:
            scheme = self.address.partition(":")[0]
            raise Misconfigured(f"apprise does not know what to do with a channel {scheme}:…")
        return plugins
