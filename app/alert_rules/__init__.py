"""What is alarming: every rule that is looked at each minute, with its check. Its gravity is in ``app.alert_kinds``.

A check answers what is wrong now; what it no longer answers is over. A new rule is a check and a line in the ``RULES``
of the module it belongs to.
"""

from app.alert_rules import documents, machine, runs
from app.alert_rules.rule import AlertRule, Found, Look

RULES: tuple[AlertRule, ...] = (*documents.RULES, *runs.RULES, *machine.RULES)

__all__ = ["RULES", "AlertRule", "Found", "Look"]
