"""What a mail server sent back: which message of ours it is about, what became of it, and the server's words.

Reads delivery status notifications (RFC 3464) and the older kind that names failed recipients in its head.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Literal

Fate = Literal["failed", "delayed", "arrived"]

_TOKEN = re.compile(r"\+([0-9a-f]{40})@")
_MESSAGE_ID = re.compile(r"<([0-9a-f]{40})@[^<>\s]+>")
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_CODE = re.compile(r"\b([45][0-9]{2})\b")
_TO_US = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_LONGEST = 500
LARGEST = 5_000_000
"""Bytes of a message; a larger one is no notification."""


@dataclass(frozen=True)
class Returned:
    """One message of ours by the token of its Message-ID, and its fate; ``code`` is 5xx or 4xx when one was told."""

    token: str
    fate: Fate
    code: int | None
    said: str
    status: str = ""


def read(raw: bytes) -> Returned | None:
    """What ``raw``, a whole message, says about one of ours; None when it says nothing of the kind."""
    if len(raw) > LARGEST:
        return None
    mail = message_from_bytes(raw, policy=policy.default)
    if not isinstance(mail, EmailMessage):
        return None
    token = _token(mail)
    if token is None:
        return None
    for fields in _recipients(mail):
        fate = _fate(str(fields.get("Action", "")).strip().lower())
        if fate is not None:
            return _returned(
                token, fate, str(fields.get("Status", "")), str(fields.get("Diagnostic-Code", ""))
            )
    if mail.get("X-Failed-Recipients"):
        return _returned(token, "failed", "", _first_words(mail))
    return None


def envelope_sender(address: str, message_id: str) -> str:
    """``bounces@x.ec`` as ``bounces+TOKEN@x.ec``: what comes back there names its message whatever it contains."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token_of(message_id)}@{domain}"


def token_of(message_id: str) -> str:
    """What tells one of our messages from all others: the first part of its Message-ID."""
    return message_id.strip("<>").partition("@")[0]


def _returned(token: str, fate: Fate, status: str, diagnostic: str) -> Returned:
    said = " ".join(diagnostic.partition(";")[2].split() or diagnostic.split())
    code = _CODE.search(said)
    found = _STATUS.search(status)
    if fate == "failed" and found and found[0].startswith("4"):
        fate = "delayed"
    return Returned(token, fate, int(code[1]) if code else None, said[:_LONGEST], found[0] if found else "")


def _fate(action: str) -> Fate | None:
    match action:
        case "failed":
            return "failed"
        case "delayed":
            return "delayed"
        case "delivered" | "relayed" | "expanded":
            return "arrived"
    return None


def _recipients(mail: EmailMessage) -> Iterator[Message]:
    """The fields of each recipient in the machine's part; the first block is about the server."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _within(part)[1:]


def _within(part: Message) -> list[Message]:
    """The messages that ``part`` is made of."""
    inside: object = part.get_payload()
    return [one for one in inside if isinstance(one, Message)] if isinstance(inside, list) else []


def _token(mail: EmailMessage) -> str | None:
    """From where it was sent to, else from the message it brings back, else from what it refers to."""
    places = (
        (_TOKEN, _heads(mail, _TO_US)),
        (_MESSAGE_ID, _brought_back(mail)),
        (_MESSAGE_ID, _heads(mail, ("References", "In-Reply-To", "X-Original-Message-ID"))),
    )
    for pattern, texts in places:
        for text in texts:
            if found := pattern.search(text):
                return found[1]
    return None


def _heads(mail: Message, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (str(value) for value in mail.get_all(name, []))


def _brought_back(mail: EmailMessage) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            for inside in _within(part):
                yield from _heads(inside, ("Message-ID",))
        elif part.get_content_type() == "text/rfc822-headers":
            heads: object = part.get_payload(decode=True)
            if isinstance(heads, bytes):
                yield from _heads(message_from_bytes(heads, policy=policy.default), ("Message-ID",))


def _first_words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    line = next((line for line in text.splitlines() if _CODE.search(line)), text)
    return f"text; {line.strip()}"
