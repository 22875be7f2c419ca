"""The console in English: one file per page or area, each named once here."""

from typing import Final

from admin.console.texts.en import (
    alerts,
    audit,
    branding,
    bulk,
    certificates,
    documents,
    exchanges,
    faults,
    machine,
    people,
    refusals,
    runs,
    schedules,
    search,
    shell,
    start,
    story,
    tenants,
    trends,
    watching,
    words,
)
from admin.console.texts.merging import merged

TEXTS: Final[dict[str, str]] = merged(
    words,
    shell,
    refusals,
    start,
    documents,
    runs,
    schedules,
    alerts,
    audit,
    tenants,
    bulk,
    certificates,
    search,
    story,
    watching,
    exchanges,
    machine,
    faults,
    trends,
    people,
    branding,
)
