"""Which services of the SRI do not answer, in words: since when, why, and that what waits goes on by itself."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import current_app, g
from markupsafe import Markup, escape

from admin.console.door import of_mine
from admin.console.formats import ago, clock
from admin.console.texts import spoken, t, within, word
from app import causes, exchanges, outages, pausing
from app.lifecycle import State
from app.pausing import Stage
from app.store.documents import Document
from app.store.engine import Circuit
from app.store.tenants import Tenant

BEFORE_REST: Final[dict[str, frozenset[str]]] = {
    State.DRAFT: frozenset({"submit", "query"}),
    State.SIGNED: frozenset({"submit", "query"}),
    State.PENDING_AUTHORIZATION: frozenset({"query"}),
}
"""The services that must still answer about a document in each state before it comes to rest."""
Places = Mapping[tuple[int, str], "Away"]
"""By taxpayer and state of a document, the service it waits for."""


@dataclass(frozen=True)
class Away:
    """One service of one ambiente; ``reason`` is its latest silence as it is on record."""

    environment: int
    service: str
    state: str
    since: datetime
    probe_at: datetime | None
    reason: str | None

    @property
    def kind(self) -> str:
        """The one word that names the silence for engineers; the service while none is on record."""
        return self.reason.partition(":")[0] if self.reason else self.service


def shut() -> list[Away]:
    """Those that do not answer, read once a request. Needs no scope."""
    if "sri_away" not in g:
        rows = Circuit.select().where(Circuit.state != "closed")
        g.sri_away = [
            Away(row.environment, row.service, row.state, row.changed_at, row.probe_at, row.reason)
            for row in rows.order_by(Circuit.environment.desc(), Circuit.service.desc())
        ]
    found: list[Away] = g.sri_away
    return found


def before(stage: Stage, environment: int) -> Away | None:
    """The service whose silence holds back ``stage`` of documents of ``environment``; None when it goes on."""
    return _first({pausing.SERVICE_OF.get(stage, "")}, environment)


def before_rest(states: Iterable[str], environment: int) -> Away | None:
    """The service without which documents in ``states`` cannot all come to rest; None when they can."""
    needed: frozenset[str] = frozenset().union(*(BEFORE_REST.get(state, ()) for state in states))
    return _first(needed, environment)


def places() -> Places:
    """Where the silence holds documents back, of the taxpayers in sight. Inside ``mine()``."""
    ambientes = {one.environment for one in shut()}
    if not ambientes:
        return {}
    query = Tenant.select(Tenant.id, Tenant.environment)
    return {
        (tenant.id, state): away
        for tenant in query.where(*of_mine(Tenant), Tenant.environment.in_(ambientes))
        for state, stage in pausing.STAGE_OF.items()
        if (away := before(stage, tenant.environment))
    }


def excused() -> set[tuple[int, str]]:
    """Taxpayer and state of what is not late: the SRI keeps it, or did until a moment ago. Inside ``mine()``."""
    felt = outages.felt()
    ambientes = {environment for environment, _ in felt}
    query = Tenant.select(Tenant.id, Tenant.environment)
    theirs = query.where(*of_mine(Tenant), Tenant.environment.in_(ambientes)) if ambientes else ()
    return {
        (tenant.id, state)
        for tenant in theirs
        for environment, state in felt
        if tenant.environment == environment
    }


def before_next(document: Document) -> Away | None:
    """The service whose silence holds ``document`` back: what may have been sent is asked about first.

    Inside a scope that sees its tenant.
    """
    stage = pausing.STAGE_OF.get(document.state)
    away = before(stage, document.environment) if stage else None
    if away or stage != "submit":
        return away
    silent = before("check", document.environment)
    return silent if silent and _is_asked_about(document) else None


def _is_asked_about(document: Document) -> bool:
    settings = current_app.extensions["services"].settings
    past = exchanges.of_emission(document.id, document.version)
    return exchanges.next_call(past, ask_for_s=settings.ask_before_resend_s) == "query"


def told(one: Away, key: str) -> Markup:
    """The sentence ``key`` about a service of which the reader knows the ambiente."""
    return escape(t(key)).format(service=within(word("service", one.service)), since=clock(one.since))


def told_of(some: Collection[Away], key: str, **values: object) -> Markup:
    """The sentence ``key`` about several, of whatever ambiente, since the first fell silent."""
    names, since = named((one.environment, one.service) for one in some), min(one.since for one in some)
    return escape(t(key)).format(services=names, since=clock(since), **values)


def named(services: Iterable[tuple[int, str]]) -> str:
    """Services, each with its ambiente."""
    return ", ".join(
        f"{word('service', service)} ({word('environment', str(environment))})"
        for environment, service in services
    )


def next_probe(one: Away, now: datetime) -> Markup:
    """When the service is tried again."""
    if one.state == "probing":
        return escape(t("machine.probing"))
    if one.probe_at is None or one.probe_at <= now:
        return escape(t("machine.probe_due"))
    return escape(t("machine.probe_at")).format(at=ago(one.probe_at))


def in_words(silence: str | None) -> str:
    """What a silence on record, its kind and what was said of it, means; nothing when none is known."""
    return spoken(causes.of_silence(silence).meaning) if silence else ""


def _first(services: Collection[str], environment: int) -> Away | None:
    return next((one for one in shut() if one.environment == environment and one.service in services), None)
