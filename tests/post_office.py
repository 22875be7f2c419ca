"""A real SMTP server on loopback that keeps what it takes, and refuses, stalls or drops when told to."""

import asyncio
import socket
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Taken:
    """One message the server has kept, as it came."""

    sender: str
    recipient: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        message = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def attachment(self, content_type: str) -> tuple[str, bytes]:
        """Name and content of the only attachment of that type."""
        [part] = [part for part in self.mail.iter_attachments() if part.get_content_type() == content_type]
        return part.get_filename(), part.get_payload(decode=True)


class PostOffice:
    """Takes mail for anybody. ``faults`` are used up one a message, first of all: ``rcpt 450 …``, ``mail 5…``,
    ``data 4…``, ``stall``, ``drip``, ``drop`` (after accepting)."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.taken: list[Taken] = []
        self.faults: list[str] = []
        self.attempts: Counter[str] = Counter()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def open(self) -> "PostOffice":
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=10)
        self._controller.start()
        return self

    def close(self) -> None:
        if self._controller:
            self._controller.stop(no_assert=True)
            self._controller = None

    def ids(self, recipient: str) -> list[str]:
        """Message-IDs of what came for ``recipient``, in order."""
        return [one.mail["Message-ID"] for one in self.taken if one.recipient == recipient]

    def _fault(self, stage: str) -> str | None:
        if self.faults and self.faults[0].split()[0] == stage:
            return self.faults.pop(0).partition(" ")[2]
        return None

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if refusal := self._fault("mail"):
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.attempts[address] += 1
        if refusal := self._fault("rcpt"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if refusal := self._fault("data"):
            return refusal
        if self._fault("stall") is not None:
            await asyncio.sleep(60)
        if self._fault("drip") is not None:
            for _ in range(60):
                server._writer.write(b"2")
                await asyncio.sleep(0.2)
        self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos[0], envelope.original_content))
        if self._fault("drop") is not None:
            server.transport.abort()
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
