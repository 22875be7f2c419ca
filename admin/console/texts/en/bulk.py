"""Bulk operations, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "actor.run_bulk": "Operation on many documents",
    "actor.continue_bulk": "Schedule: go on with bulk operations",
    "actor.roll_up": "Schedule: add up counters",
    "schedule.continue_bulk": "Go on with bulk operations",
    "schedule.continue_bulk.what": "Lets those bulk operations go on whose process died.",
    "schedule.roll_up": "Add up counters",
    "schedule.roll_up.what": "Adds up the counters and prepares the charts of the start and failure pages.",
}
