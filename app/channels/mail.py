"""Notices by e-mail, through the installation's own mail server."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from app.channels.message import Message, NotNow, fingerprint_of
from app.config import Settings
from app.mail.server import Taken, mail_server

_URGENT = {"critical": "1", "warning": "3", "info": "5"}


@dataclass(frozen=True)
class MailChannel:
    """One address of an operator."""

    address: str
    settings: Settings

    @property
    def fingerprint(self) -> str:
        """Stays the same as long as the address does."""
        return fingerprint_of(f"mailto:{self.address}")

    @property
    def name(self) -> str:
        """The address itself: it is no secret."""
        return f"correo {self.address}"

    def send(self, message: Message) -> NotNow | None:
        """Hand over to the mail server; None when it has taken the message on itself."""
        server = mail_server(self.settings)
        if server is None:
            return NotNow("SMTP_URL está vacío")
        sender = parseaddr(self.settings.mail_from)[1]
        answer = server.send(self._written(message, sender), sender=sender, recipient=self.address)
        return None if isinstance(answer, Taken) else NotNow(answer.said)

    def _written(self, message: Message, sender: str) -> bytes:
        mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
        mail["From"] = Address("autoriza", addr_spec=sender)
        mail["To"] = Address(addr_spec=self.address)
        mail["Subject"] = " ".join(message.title.split())
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = f"<{message.reference}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Priority"] = _URGENT[message.severity]
        mail.set_content(message.text)
        return mail.as_bytes()
