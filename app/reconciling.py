"""After an old backup was restored: the SRI is asked for every number since, and what it knows becomes ours again.

It can be asked by access key only. A key is worked out for each next number and each day since the backup; what cannot
be worked out (keys drawn by lot before, dates of one's own) must come from a list. Numbering goes on once every key has
an answer: then the halt of ``app.continuity`` ends.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from app import access_key, adopting, continuity, halts, known_keys, numbers_known, sentences, work
from app.access_key import AccessKey
from app.documents.registry import TYPES
from app.errors import Unavailable
from app.exchanges import EMPTY_ANSWERS_BEFORE_RESEND
from app.numeric_codes import is_ours
from app.services import Services
from app.sri.gateway import Authorized, Environment, NotFound, Rejected, Verdict
from app.store.documents import Document, Emission
from app.store.tenants import EmissionPoint, Tenant
from app.tenancy import tenant_scope
from app.time_scale import scaled

BY = "reconcile"
AHEAD = 10
"""Numbers in a row that the SRI must not know, on any day, before the rest counts as never issued."""
TURNS = (0, 1)
_PATIENCE = 3
Say = Callable[[str], None]


@dataclass
class Reconciled:
    """What asking came to for one taxpayer; ``open`` says why numbering still stands, empty when it goes on."""

    ruc: str
    asked: int = 0
    adopted: list[str] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    next_numbers: dict[str, int] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)


def reconcile(
    tenant: Tenant,
    services: Services,
    *,
    since: date,
    today: date,
    listed: frozenset[str] = frozenset(),
    vouched: str | None = None,
    say: Say = lambda _: None,
) -> Reconciled:
    """Ask the SRI for all that ``tenant`` can have issued from ``since`` to ``today``, and take up what it knows.

    ``listed`` are keys from elsewhere; ``vouched`` is a person's reason why they are all there are, needed when keys
    cannot be worked out. Repeatable: what was answered stays. Inside no scope.
    """
    return _Reconciliation(tenant, services, since, today, say).run(listed, vouched)


class _Reconciliation:
    def __init__(self, tenant: Tenant, services: Services, since: date, today: date, say: Say) -> None:
        self.tenant, self.services, self.say = tenant, services, say
        self.days = [since + timedelta(days=n) for n in range((today - since).days + 1)]
        self.result = Reconciled(str(tenant.ruc))
        self.silent: set[str] = set()
        self.undecided: set[str] = set()
        self.stored: set[str] = set()
        self.used: set[str] = set()  # keys the SRI holds

    def run(self, listed: frozenset[str], vouched: str | None) -> Reconciled:
        continuity.hold(self.tenant.id, by=BY)
        before = numbers_known.next_numbers(self.tenant.id)
        span = (self.days[0], self.days[-1])
        self.stored = known_keys.in_storage(self.services.storage, self.tenant.id, self.tenant.ruc, *span)
        for key in sorted(listed | self.stored | self._own_open(), key=lambda key: key[24:39]):
            self._ask(key)
        for turn in range(EMPTY_ANSWERS_BEFORE_RESEND):
            if turn and not self.silent:
                self.say("esperando antes de volver a preguntar")
                pause = self.services.settings.ask_before_resend_s / (EMPTY_ANSWERS_BEFORE_RESEND - 1)
                time.sleep(scaled(pause))
            for place in () if self.silent else self._places():
                self._look_ahead(place)
        self.result.next_numbers = numbers_known.mend(self.tenant.id, before, frozenset(self.used), by=BY)
        self._conclude(vouched)
        return self.result

    def _own_open(self) -> set[str]:
        """Keys of ours that the SRI may have decided since."""
        with tenant_scope(self.tenant.id):
            rows = (
                Emission.select(Emission.access_key)
                .join(Document, on=(Document.id == Emission.document_id))
                .where(
                    Emission.tenant_id == self.tenant.id,
                    Document.state.in_(["signed", "pending_authorization", "returned", "rejected"]),
                )
            )
            return {row.access_key for row in rows}

    def _places(self) -> list[AccessKey]:
        """Every numbering there is or can have begun since, as a key whose number is the next one."""
        known = numbers_known.next_numbers(self.tenant.id)
        with tenant_scope(self.tenant.id):
            points = list(EmissionPoint.select().where(EmissionPoint.tenant_id == self.tenant.id))
        for point in points:
            for kind in TYPES:
                place = (self.tenant.environment, kind.code, point.establishment, point.code)
                known.setdefault(place, 1)
        return [
            AccessKey(
                self.days[0], doc_type, self.tenant.ruc, Environment(environment), estab, point, number, 0
            )
            for (environment, doc_type, estab, point), number in sorted(known.items())
        ]

    def _look_ahead(self, place: AccessKey) -> None:
        """Ask for the numbers of open documents, then for the next ones until ``AHEAD`` in a row are unknown."""
        for number in self._open_numbers(place):
            self._find(place, number)
        number, unknown = place.sequence_number, 0
        while unknown < AHEAD:
            unknown = 0 if self._find(place, number) else unknown + 1
            number += 1

    def _open_numbers(self, place: AccessKey) -> list[int]:
        with tenant_scope(self.tenant.id):
            rows = Document.select(Document.sequence_number).where(
                Document.tenant_id == self.tenant.id,
                Document.environment == place.environment,
                Document.doc_type == place.doc_type,
                Document.establishment == place.establishment,
                Document.emission_point == place.emission_point,
                Document.sequence_number < place.sequence_number,
                Document.state.in_(["draft", "signed", "returned", "rejected"]),
            )
            return sorted(row.sequence_number or 0 for row in rows)

    def _find(self, place: AccessKey, number: int) -> bool:
        """Whether the SRI holds anything under ``number``, or we do already."""
        numbered = AccessKey(
            place.issue_date,
            place.doc_type,
            place.ruc,
            place.environment,
            place.establishment,
            place.emission_point,
            number,
            0,
        )
        if any(key[8:39] == str(numbered)[8:39] for key in self.used):
            return True
        self.say(f"{self.tenant.ruc} {numbered.number}")
        return any(
            self._ask(key)
            for key in known_keys.worked_out(bytes(self.tenant.code_seed), numbered, self.days, TURNS)
        )

    def _ask(self, key: str) -> bool:
        """Whether the SRI holds ``key``; what it decided is taken up."""
        if key in self.used:
            return True
        answer = self._answer(key)
        if answer is None or isinstance(answer, NotFound):
            return False
        self.used.add(key)
        match answer:
            case Authorized() | Rejected() if self._decides(key, answer):
                self._take_up(key, answer)
            case Rejected():
                pass  # refused without a word of it: its number is another's no more than ours
            case _:
                self.undecided.add(key)
        return True

    def _take_up(self, key: str, answer: Authorized | Rejected) -> None:
        try:
            with tenant_scope(self.tenant.id):
                came = adopting.adopt(self.tenant.id, key, answer, by=BY)
        except work.Refused:
            self.undecided.add(key)
            return
        self.result.counted[came] = self.result.counted.get(came, 0) + 1
        if came not in ("known", "conflict", "unreadable"):
            self.result.adopted.append(key)

    def _decides(self, key: str, answer: Authorized | Rejected) -> bool:
        if answer.comprobante:
            return True
        with tenant_scope(self.tenant.id):
            own = Emission.select().where(Emission.tenant_id == self.tenant.id, Emission.access_key == key)
            return bool(own.exists())

    def _answer(self, key: str) -> Verdict | None:
        if self.silent:
            return None  # it was given its chances: asking on would only keep whoever waits
        for attempt in range(_PATIENCE):
            self.result.asked += 1
            try:
                return self.services.sri(key).query(key)
            except Unavailable:
                time.sleep(scaled(1 + attempt))
        self.silent.add(key)
        return None

    def _conclude(self, vouched: str | None) -> None:
        why = self.result.open
        if self.silent:
            why.append("el SRI no respondió: vuelva a ejecutarlo cuando responda")
        if self.undecided:
            why.append(f"el SRI aún decide {len(self.undecided)} comprobantes: vuelva a ejecutarlo más tarde")
        if vouched is None:
            why += self._for_a_person()
        if not why:
            reason = vouched or sentences.said("all_asked").es
            with tenant_scope(self.tenant.id):
                halts.end_restored(self.tenant.id, by=BY, reason=reason)

    def _for_a_person(self) -> list[str]:
        """What only a person can settle, who then vouches for it."""
        found = []
        if lost := len(self.stored - self.used - self.silent):
            found.append(f"el SRI no reconoce {lost} claves cuyo RIDE está guardado: búsquelas en su portal")
        if strange := self.result.counted.get("unreadable", 0) + self.result.counted.get("conflict", 0):
            found.append(f"{strange} comprobantes necesitan una persona: vea las alertas")
        if not self._seed_is_proven():
            found.append(
                "sus claves no se pueden calcular: descargue del portal del SRI el reporte de comprobantes emitidos "
                "desde el respaldo y páselo con --keys"
            )
        return [f"{sentence}; después confirme con --accept --reason" for sentence in found]

    def _seed_is_proven(self) -> bool:
        """Whether the restored database holds a key worked out from its seed: then all later ones were, too."""
        with tenant_scope(self.tenant.id):
            rows = (
                Emission.select(Emission.access_key)
                .where(Emission.tenant_id == self.tenant.id, Emission.by != BY)
                .order_by(Emission.document_id.desc())
                .limit(50)
            )
            keys = [access_key.parse(row.access_key) for row in rows]
        return any(is_ours(bytes(self.tenant.code_seed), key) for key in keys)
