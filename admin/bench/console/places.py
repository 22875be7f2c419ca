"""Every page that reads many rows, and every search that names one thing: what is timed."""

from dataclasses import dataclass

MOST_S = 0.3
"""What a page may take at the 95th percentile."""


@dataclass(frozen=True)
class Place:
    """An address of the console, and what it is called in the table; ``{…}`` are of a document of this installation."""

    name: str
    address: str
    for_admins: bool = False


PLACES = (
    Place("start", "/"),
    Place("failures", "/failures/"),
    Place("failures of one cause", "/failures/signed/?cause=http+http%3A+%23+Service+Unavailable"),
    Place("a stage", "/failures/pending_authorization/"),
    Place("operations", "/operations/"),
    Place("exports", "/exports/"),
    Place("trends, 24 h", "/trends/?span=24h"),
    Place("trends, 30 d", "/trends/?span=30d"),
    Place("documents", "/documents/"),
    Place("documents, oldest first", "/documents/?order=oldest"),
    Place("documents, deep inside", "/documents/?behind={id}"),
    Place("documents rejected", "/documents/?state=rejected"),
    Place("documents of one taxpayer", "/documents/?tenant={tenant}&state=authorized"),
    Place("documents needing a person", "/documents/?attention=person"),
    Place("batches", "/batches/"),
    Place("batches under way", "/batches/?state=moving"),
    Place("one batch", "/batches/{batch}/"),
    Place("one document", "/documents/{id}/"),
    Place("search: access key", "/documents/?q={key}"),
    Place("search: number", "/documents/?q={number}"),
    Place("search: buyer's RUC", "/documents/?q={buyer}"),
    Place("search: secuencial", "/documents/?q={digits}&order=oldest"),
    Place("search: buyer's name", "/documents/?q=cliente+{digits}"),
    Place("search: a word of many names", "/documents/?q=cliente"),
    Place("search: a month of issue", "/documents/?q=issued:{month}"),
    Place("search: old days of issue", "/documents/?q=issued:..{month}&order=oldest"),
    Place("on their way", "/documents/?attention=moving_mail&order=oldest"),
    Place("search: nothing", "/documents/?q=nadie+se+llama+asi"),
    Place("search: reference", "/documents/?q=ref:ref-{digits}"),
    Place("search: code and time", "/documents/?q=error:52+after:20d"),
    Place("search: stretch of time", "/documents/?q=after:20d+until:15d"),
    Place("search: old and of one state", "/documents/?q=state:authorized+until:25d"),
    Place("search: buyer and state", "/documents/?q=buyer:{buyer}+state:rejected"),
    Place("search: batch and state", "/documents/?q=batch:1+state:rejected"),
    Place("search: rare type", "/documents/?q=type:nota_credito"),
    Place("search: mail that came back", "/documents/?q=mail:bounced"),
    Place("search: address", "/documents/?q=mail:cliente{digits}@example.ec"),
    Place("suggestions", "/documents/suggestions.json?q=cliente+{digits}"),
    Place("runs", "/runs/"),
    Place("runs failed", "/runs/?state=failed"),
    Place("runs of one error", "/runs/?error=ValueError"),
    Place("runs of one kind", "/runs/?actor=deliver_document"),
    Place("due later", "/runs/later/"),
    Place("exchanges", "/exchanges/"),
    Place("exchanges without answer", "/exchanges/?outcome=unavailable"),
    Place("exchanges of long ago", "/exchanges/?outcome=authorized&until=2020-01-01"),
    Place("exchanges of one service", "/exchanges/?environment=1&operation=submit"),
    Place("queues and workers", "/engine/", for_admins=True),
    Place("schedules", "/schedules/", for_admins=True),
    Place("alerts", "/alerts/"),
    Place("audit", "/audit/", for_admins=True),
    Place("audit: one document", "/audit/?target={number}", for_admins=True),
    Place("audit: what begins so", "/audit/?target=document", for_admins=True),
    Place("audit: one person", "/audit/?by=bench", for_admins=True),
    Place("audit: one kind, since a day", "/audit/?action=download&since=2026-01-01", for_admins=True),
    Place("taxpayers", "/tenants/"),
)
