"""Every fault that is tried, by its number in the list of faults, and why the others are not."""

import re

from faults import (
    crowd,
    database_away,
    failover,
    killing,
    logs_away,
    messages,
    people,
    redis_away,
    sri_silent,
    sri_unreachable,
    ticking,
)
from faults.fault import Fault

FAULTS: tuple[Fault, ...] = tuple(
    sorted(
        (
            *killing.FAULTS,
            *redis_away.FAULTS,
            *database_away.FAULTS,
            *sri_silent.FAULTS,
            *sri_unreachable.FAULTS,
            *messages.FAULTS,
            *ticking.FAULTS,
            *people.FAULTS,
            *crowd.FAULTS,
            *failover.FAULTS,
            *logs_away.FAULTS,
        ),
        key=lambda fault: (int(re.sub(r"\D", "", fault.id)), fault.id),
    )
)

NOT_RUN = {
    "F42": 'a migration under the old version at work, then both at work, are make rehearse ARGS="--only versions"',
    "F52": "mail to buyers, its server away, failing, dropping: tests/flow/test_mail_outage.py; alerts, webhooks too: "
    "tests/engine/test_notices.py",
    "F54": "an old backup is restored and the SRI asked: tests/flow/test_restored_backup.py",
}


def find(ids: list[str]) -> list[Fault]:
    """The faults of these ids, in the registry's order; all for none. Raises ``KeyError`` for one nobody knows."""
    known = {fault.id: fault for fault in FAULTS}
    for one in ids:
        known[one]
    return [fault for fault in FAULTS if not ids or fault.id in ids]
