"""Every fault that is tried, by its number in the list of faults, and why the others are not."""

import re

from faults import database_away, killing, messages, people, redis_away, sri_silent, ticking
from faults.fault import Fault

FAULTS: tuple[Fault, ...] = tuple(
    sorted(
        (
            *killing.FAULTS,
            *redis_away.FAULTS,
            *database_away.FAULTS,
            *sri_silent.FAULTS,
            *messages.FAULTS,
            *ticking.FAULTS,
            *people.FAULTS,
        ),
        key=lambda fault: (int(re.sub(r"\D", "", fault.id)), fault.id),
    )
)

NOT_RUN = {
    "F18": "a standby that lost the last commit needs reconciliation with the SRI, which is not built yet",
    "F33": "TLS and names fail in the SOAP client's own tests (tests/contract); no process of ours differs",
    "F42": "two versions side by side come with the first release after this one",
    "F47": "the refusal at boot comes with deployment; the ambiente of a call is its key's (tests/unit)",
    "F49": "one mountain beside nine single invoices is tests/flow/test_fairness.py",
    "F50": "there is no bulk retry yet",
    "F52": "the mail server away, failing and dropping is tests/flow/test_mail_outage.py; there are no webhooks yet",
    "F53": "logs go to standard output, which is the platform's",
    "F54": "restoring a backup needs reconciliation with the SRI, which is not built yet",
}


def find(ids: list[str]) -> list[Fault]:
    """The faults of these ids, in the registry's order; all for none. Raises ``KeyError`` for one nobody knows."""
    known = {fault.id: fault for fault in FAULTS}
    for one in ids:
        known[one]
    return [fault for fault in FAULTS if not ids or fault.id in ids]
