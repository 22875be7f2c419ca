"""Failures by cause, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "menu.faults": "Failures",
    "faults.lead": "What does not move, grouped by cause; what blocks most money comes first.",
    "faults.classes": "Whose business it is",
    "faults.remedy": "What to do:",
    "faults.blocked": "Money blocked:",
    "faults.tenants": "Taxpayers",
    "faults.first": "The oldest",
    "faults.last": "The newest",
    "faults.sample": "Sample message",
    "faults.see": "See the documents",
    "faults.retry_all": "Retry all ({n})",
    "faults.resend_all": "Send all again ({n})",
    "faults.none": "Nothing is held up: there is no failure.",
    "faults.whole_stage": "Everything at this stage, the oldest first.",
    "faults.nothing_left": "Nothing is left here.",
    "faults.detail": "Detail",
    "fault.bug": "System fault",
    "fault.credential": "A credential or permit is missing",
    "fault.content": "The content must be corrected",
    "fault.decide": "A person must decide",
    "fault.waiting": "Tried again by itself",
}
