"""What a channel is handed, and what it answers."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.alert_kinds import Severity


@dataclass(frozen=True)
class Message:
    """One event of one alert, in words. ``reference`` is the same whenever the same notice is tried again."""

    reference: str
    event: str
    kind: str
    severity: Severity
    title: str
    text: str
    taxpayer: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class NotNow:
    """The channel did not take it; ``why`` is for people and holds no secret."""

    why: str


class Channel(Protocol):
    """One receiver. ``fingerprint`` tells it from others without its address; ``name`` may be shown to anybody."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def name(self) -> str: ...

    def send(self, message: Message) -> NotNow | None:
        """Hand over; None when it was taken. Within twenty seconds; raises nothing that the network may do."""
        ...


def fingerprint_of(address: str) -> str:
    """Sixteen hexadecimal digits that stay the same as long as the address does."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]
