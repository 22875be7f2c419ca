"""How long the engine's waits, leases and outages are in a trial: a tenth of the real ones, or the real ones."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Scale:
    """``settings`` of the installation, how long an outage lasts, and how long everything may take to come to rest."""

    name: str
    invoices: int
    outage_s: float
    patience_s: float
    settings: dict[str, Any] = field(default_factory=dict)


EVERY_SECOND = "* * * * * *"
_UNPACED = {"sri_calls_per_s": 0.0, "sri_calls_per_tenant_s": 0.0}

TENTH = Scale(
    "one tenth",
    invoices=300,
    outage_s=3.0,
    patience_s=150.0,
    settings={
        **_UNPACED,
        "sri_connect_timeout_s": 0.4,
        "sri_read_timeout_s": 1.5,
        "sri_total_timeout_s": 2.0,
        "mail_total_timeout_s": 2.0,
        "lease_s": 4.0,
        "republish_s": 1.0,
        "ask_before_resend_s": 6.0,
        "circuit_probe_s": 3.0,
        "time_scale": 0.1,
        "sign_drafts_cron": EVERY_SECOND,
        "submit_signed_cron": EVERY_SECOND,
        "check_pending_authorizations_cron": "*/3 * * * * *",
        "generate_rides_cron": "*/3 * * * * *",
        "housekeeping_cron": "*/12 * * * * *",
    },
)
FULL = Scale("full", invoices=300, outage_s=30.0, patience_s=420.0, settings=dict(_UNPACED))
SERVICE = Scale("as in service", invoices=2_000, outage_s=600.0, patience_s=300.0)
"""Every setting as it is delivered, the pace of calls too."""
