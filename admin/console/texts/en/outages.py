"""Outages of the SRI on record, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "outage.title": "Outages of the SRI",
    "outage.lately": "Latest outages",
    "outage.was": "The SRI did not answer ({service}, {environment})",
    "outage.is": "The SRI does not answer ({service}, {environment})",
    "outage.stretch": "since {since}",
    "outage.service": "Service",
    "outage.since": "From",
    "outage.until": "Until",
    "outage.lasts": "still lasts",
    "outage.length": "Lasted",
    "outage.why": "Why",
    "outage.in_the_end": "In the end: {why}",
    "outage.probes.one": "tried once",
    "outage.probes.many": "tried {n} times",
    "outage.calls": "See the calls",
    "outage.calls_of": "See the calls: {outage}",
    "outage.available": "available {share}\u00a0% over {days} days",
    "outage.available_since": "available {share}\u00a0% since {since}, when the record began",
    "outage.on_record": "on record since {since}",
    "outage.never": "no outage",
    "outage.times.one": "one outage",
    "outage.times.many": "{n} outages",
    "outage.away": "{times}, {length} without an answer",
    "outage.counted": "Measured by autoriza's own calls: an outage begins when several in a row get no useful answer, "
    "and ends with the next answer.",
    "outage.shorter.one": "There was one shorter outage of the SRI besides, which is not shown.",
    "outage.shorter.many": "There were {n} shorter outages of the SRI besides, which are not shown.",
}
