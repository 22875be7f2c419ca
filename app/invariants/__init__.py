"""What must hold in every installation at any moment (``autoriza check``): finds whatever does not."""

from app.invariants import audit, deliveries, identity, numbers, progress, ride_files, verdicts
from app.invariants.rule import Rule, Violation
from app.services import Services
from app.store.base import database
from app.tenancy import every_tenant_scope

NEWEST_RIDES = 200

RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *progress.RULES,
    *verdicts.RULES,
    *numbers.RULES,
    *deliveries.RULES,
)


def find_violations(services: Services, *, newest_rides: int = NEWEST_RIDES) -> list[Violation]:
    """Everything that does not hold now; none in a healthy installation. Changes nothing.

    All rows are looked at, for every tenant; of the RIDE files only the ``newest_rides`` and all of the last hour are
    read, and of the audit's seals the newest are computed anew. Of one rule at most ``rule.SHOWN`` cases are listed,
    then how many more there are.
    """
    with every_tenant_scope():
        database.execute_sql("set local statement_timeout = '5min'")
        sending = deliveries.WHILE_SENDING if services.settings.sends_mail else ()
        broken = [violation for rule in (*RULES, *sending) for violation in rule.violations()]
        newest = ride_files.newest(newest_rides)
        broken += audit.altered()
    return broken + ride_files.damaged(newest, services.storage)


__all__ = ["NEWEST_RIDES", "RULES", "Violation", "find_violations"]
