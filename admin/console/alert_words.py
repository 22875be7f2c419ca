"""What an alert is about, in words for the person who reads."""

from admin.console import pauses_shown
from admin.console.texts import reread_cause, spoken, word
from app import alert_subjects, causes, pausing
from app.access_key import LENGTH
from app.lifecycle import REFUSED
from app.store.people import Alert

OF_JOBS = frozenset({"job_fails", "run_too_long", "tick_missed"})
UNSAID = frozenset({"certificate_ends"})
"""Kinds whose message says all that their subject would."""


def about(alert: Alert) -> str:
    """What ``alert`` is about, as the pages call it; "" when its message says so already."""
    kind, subject = str(alert.kind), str(alert.subject)
    if kind in UNSAID:
        return ""
    if kind in OF_JOBS:
        actor, _, run = subject.partition(" ")
        return f"{word('actor', actor)} {run}".rstrip()
    if kind == pausing.PLACED:
        known = next((one for one in pausing.EVERYTHING if str(one) == subject), None)
        return pauses_shown.name_of(known) if known else subject
    if kind == "new_failure_group":
        return of_group(*subject.split(" ", 1))
    return spoken(alert_subjects.in_words(kind, subject))


def key_of(alert: Alert) -> str:
    """The access key of the document that ``alert`` is about, "" when it is about something else."""
    first = str(alert.subject).partition(" ")[0]
    return first if len(first) == LENGTH and first.isdigit() else ""


def of_group(stage: str, cause: str = "") -> str:
    """A group of failures by its stage and cause: a code of the SRI with what it means, one of ours by its meaning."""
    known = causes.explain(cause, person=stage in REFUSED)
    meaning = spoken(known.meaning).removesuffix(".")
    named = f"{known.code}, {meaning}" if known.code.isdigit() else meaning
    detail = reread_cause(known.said).strip("… :.")
    return f"{word('stage', stage)}: {named}" + (f" ({detail})" if detail else "")
