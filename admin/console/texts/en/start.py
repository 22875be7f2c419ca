"""The start page, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "start.live": "Refresh by itself",
    "start.still": "Refreshes every {seconds} s · stop",
    "start.no_tenants": "There are no taxpayers yet.",
    "start.needing.one": "One document needs a person.",
    "start.needing.many": "{n} documents need a person.",
    "start.look": "Documents move on, but there are notices worth a look.",
    "start.moving.one": "One document is under way; nothing to do.",
    "start.moving.many": "{n} documents are under way; nothing to do.",
    "start.calm": "Everything is issued; nothing to do.",
    "start.oldest": "The oldest unfinished one came",
    "start.last_tick": "Last sweep",
    "start.never_ticked": "The scheduler has not run yet",
    "start.running": "{n} runs in progress",
    "start.more_than": "+{n}",
    "start.by_state": "Documents by state",
    "start.for_a_person": "Waiting for a person",
    "start.halted": "issuing is halted",
    "start.ride": "RIDE of",
    "start.see_all": "See all {n}",
    "start.alerts": "Standing alerts",
    "start.times": "{n} times",
    "start.all_alerts": "All alerts",
    "start.tenants": "By taxpayer",
    "start.oldest_open": "Oldest unfinished",
    "start.all_tenants": "All {n} taxpayers",
}
