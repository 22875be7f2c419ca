"""The message that brings a buyer XML and RIDE: readable as text, as HTML and by a screen reader."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from app.catalogues.documents import NAMES
from app.errors import Language, Text
from app.mail import words
from app.mail.addresses import normal

_POLICY = SMTP.clone(cte_type="7bit")  # no server is asked whether it knows eight bits
_CELL = "padding:6px 12px 6px 0;text-align:left;vertical-align:top;border-bottom:1px solid #d9d9de"


@dataclass(frozen=True)
class Sender:
    """Who a message comes from: the installation's address under the taxpayer's name, or the taxpayer's own."""

    name: str
    address: str
    reply_to: str | None = None


@dataclass(frozen=True)
class Letter:
    """All that a message is made of; ``message_id`` is the same whenever the same delivery is tried again."""

    sender: Sender
    to: str
    message_id: str
    language: Language
    doc_type: str
    number: str
    access_key: str
    authorization: str
    issue_date: date
    total: Decimal
    issuer: str
    ruc: str
    buyer: str
    testing: bool
    xml: bytes
    ride: bytes
    news: str = ""  # what became of it since its delivery; then it travels without files

    def as_bytes(self, at: datetime) -> bytes:
        """The message as it travels, dated ``at``. Nothing in it can start a header of its own."""
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = Address(_one_line(self.sender.name), addr_spec=self.sender.address)
        mail["To"] = Address(addr_spec=self.to)
        if self.sender.reply_to:
            mail["Reply-To"] = Address(addr_spec=self.sender.reply_to)
        mail["Subject"] = self._subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = self.message_id
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(self.text())
        mail.add_alternative(self.html(), subtype="html")
        if not self.news:
            name = self.access_key
            mail.add_attachment(self.xml, maintype="application", subtype="xml", filename=f"{name}.xml")
            mail.add_attachment(self.ride, maintype="application", subtype="pdf", filename=f"{name}_ride.pdf")
        mail["Content-Language"] = self.language
        return mail.as_bytes()

    def text(self) -> str:
        """The plain part."""
        facts = "\n".join(f"{label}: {value}" for label, value in self._facts().items())
        testing = self._say(words.TESTING) if self.testing else ""
        parts = (
            self._say(words.GREETING),
            self._lead,
            testing,
            facts,
            self._files,
            self._say(words.AUTOMATIC),
        )
        return "\n\n".join(part for part in parts if part) + "\n"

    def html(self) -> str:
        """The same, styled in place because mail programs drop style sheets."""
        rows = "".join(
            f'<tr><th scope="row" style="{_CELL};font-weight:600">{escape(label)}</th>'
            f'<td style="{_CELL};overflow-wrap:anywhere">{escape(value)}</td></tr>'
            for label, value in self._facts().items()
        )
        testing = (
            f'<p style="padding:8px 12px;border:2px solid #8a5a00;color:#6b4500"><strong>'
            f"{escape(self._say(words.TESTING))}</strong></p>"
            if self.testing
            else ""
        )
        files = f"<p>{escape(self._files)}</p>" if self._files else ""
        return (
            f'<!doctype html>\n<html lang="{self.language}"><head><meta charset="utf-8">'
            f"<title>{escape(self._subject)}</title></head>\n"
            '<body style="margin:0;padding:24px;background:#ffffff;color:#1d1d22;font:16px/1.5 Arial,sans-serif">\n'
            f'<main style="max-width:40em">\n<p>{escape(self._say(words.GREETING))}</p>\n'
            f"<p>{escape(self._lead)}</p>\n{testing}\n"
            f'<table style="border-collapse:collapse;width:100%"><caption style="text-align:left;padding:8px 0">'
            f"<strong>{escape(self._say(words.FACTS_TITLE))}</strong></caption>\n<tbody>{rows}</tbody></table>\n"
            f"{files}\n"
            f'<p style="color:#55555f">{escape(self._say(words.AUTOMATIC))}</p>\n</main></body></html>\n'
        )

    @property
    def _subject(self) -> str:
        return self._say(words.NEWS[self.news][0] if self.news else words.SUBJECT)

    @property
    def _lead(self) -> str:
        return self._say(words.NEWS[self.news][1] if self.news else words.LEAD)

    @property
    def _files(self) -> str:
        return "" if self.news else self._say(words.FILES)

    def _facts(self) -> Mapping[str, str]:
        values = {
            "type": self._type,
            "number": self.number,
            "date": f"{self.issue_date:%d/%m/%Y}" if self.language == "es" else f"{self.issue_date:%Y-%m-%d}",
            "issuer": _one_line(self.issuer),
            "ruc": self.ruc,
            "total": f"{self.total:.2f}",
            "authorization": self.authorization,
        }
        return {words.of(words.LABELS[name], self.language): value for name, value in values.items()}

    @property
    def _type(self) -> str:
        return words.of(NAMES.get(self.doc_type, words.OTHER_TYPE), self.language)

    def _say(self, text: Text) -> str:
        names = {"issuer": _one_line(self.issuer), "buyer": _one_line(self.buyer)}
        return words.of(text, self.language, type=self._type, number=self.number, **names)


def sender(own: str | None, *, reply_to: str | None, name: str, installation: str) -> Sender:
    """Who a taxpayer's mail comes from: ``own`` is a name, an address, or «Name <address>»; None is ``name``."""
    own_name, own_address = parseaddr(own or "")
    if "@" not in own_address:
        own_name, own_address = own or "", ""
    address = normal(own_address) or bare(installation)
    return Sender(own_name or name, address, normal(reply_to) if reply_to else None)


def message_id(access_key: str, address: str, kind: str, occasion: str, installation: str) -> str:
    """The same for the same delivery, however often it is tried, so that mail programs drop a duplicate."""
    what = "|".join((access_key, address.lower(), kind, occasion))
    domain = bare(installation).rpartition("@")[2] or "autoriza"
    return f"<{hashlib.sha256(what.encode()).hexdigest()[:40]}@{domain}>"


def bare(mailbox: str) -> str:
    """The address of «Name <address>», or of an address."""
    return parseaddr(mailbox)[1]


def _one_line(value: str) -> str:
    shown = (" " if unicodedata.category(char)[0] in "CZ" else char for char in value)
    return " ".join("".join(shown).split())
