"""Calls to the SRI."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "menu.exchanges": "SRI",
    "exchange.service": "Call",
    "exchange.said": "What it said",
    "exchange.after": "From",
    "exchange.until": "Until",
    "exchange.request_raw": "What was sent",
    "exchange.same_bytes": "the same bytes, proven by their SHA-256",
    "exchange.asked_for": "It was asked about the access key",
    "exchange.redacted": "Shown indented, signatures and certificates shortened; the files hold every byte.",
    "outcome.open": "No answer yet",
}
