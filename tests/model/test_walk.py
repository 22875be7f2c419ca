"""Random walks: workers, crashes, late answers, people and a moody SRI in any order, against the real database.

After every move the histories are legal paths, no two keys of one document can both be authorized, and of every
document each fence was held once. At the end everything comes to rest and the SRI's own record agrees.
``make walk`` walks for longer.
"""

import os
from typing import Any

import pytest
from cast import STEPS, Taxpayer, at_once, take_on
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from led_workers import Worker

from app import retrying, work
from app.errors import Refused
from app.invariants import find_violations
from app.invariants.identity import RULES as IDENTITY
from app.invariants.progress import CROOKED
from app.lifecycle import MOVING, State
from app.services import Services
from app.sri.simulator import Simulator
from app.store.documents import Document
from app.tenancy import every_tenant_scope, tenant_scope

SHORT = 5
WALKS = int(os.environ.get("WALKS", SHORT))
STEPS_EACH = 30
DOCUMENTS = 3
ROUNDS_TO_REST = 60
MOODS: tuple[dict[str, Any], ...] = (
    {"code": "35"},
    {"code": "52"},
    {"code": "43", "stage": "recepcion"},
    {"code": "70", "stage": "recepcion"},
    *(
        {"fault": name}
        for name in ("drop_before", "accept_then_drop", "http_503", "empty", "truncated", "unknown_word")
    ),
    *({"fault": name} for name in ("in_process", "wrong_key", "two_verdicts")),
)


@pytest.fixture(scope="module")
def simulator():
    with Simulator() as started:
        yield started


class Walk(RuleBasedStateMachine):
    """One taxpayer, a few documents, and what the test knows of who holds them."""

    services: Services
    sri: Simulator
    documents = Bundle("documents")

    @initialize(target=documents)
    def begin(self) -> int:
        self.taxpayer: Taxpayer = take_on(self.services, "CAMINANTE S.A.")
        self.ids: list[int] = []
        self.fences: set[tuple[int, int]] = set()
        self.holders: dict[int, int] = {}  # by document, the fence whose lease lasts
        self.led: list[Worker] = []
        return self.hand_in_signed()

    @rule(target=documents)
    @precondition(lambda self: len(self.ids) < DOCUMENTS)
    def hand_in_signed(self) -> int:
        self.ids.append(self.taxpayer.document(State.SIGNED).id)
        self.fences.add((self.ids[-1], 1))
        return self.ids[-1]

    @precondition(lambda self: len(self.ids) < DOCUMENTS)
    @rule(target=documents)
    def hand_in(self) -> int:
        self.ids.append(self.taxpayer.import_invoice())
        return self.ids[-1]

    @rule(document=documents)
    def send_a_worker(self, document: int) -> None:
        self.taxpayer_makes_due(document)
        worker = Worker(self.taxpayer, document, f"worker {len(self.fences)}")
        worker.start()
        if worker.claim:
            self.took(document, worker.claim.fence)
            if worker.waits:
                self.led.append(worker)
            else:
                self.ended(worker)

    @rule(document=documents, dies=st.booleans())
    def work_on_it(self, document: int, dies: bool) -> None:
        """One worker from the claim to its end, whatever the others do."""
        before = len(self.led)
        self.send_a_worker(document)
        if len(self.led) > before:
            self.let_one_go_on(before, dies)

    @rule(document=documents, deaths=st.tuples(st.booleans(), st.booleans()), in_order=st.booleans())
    def overtake(self, document: int, deaths: tuple[bool, bool], in_order: bool) -> None:
        """A worker's lease ends while it waits for the SRI, and another takes the document; both go on."""
        before = len(self.led)
        self.send_a_worker(document)
        self.let_the_lease_end(document)
        self.send_a_worker(document)
        for dies in deaths[: len(self.led) - before]:
            self.let_one_go_on(before if in_order else len(self.led) - 1, dies)

    @rule(place=st.integers(0, 20), dies=st.booleans())
    @precondition(lambda self: self.led)
    def let_one_go_on(self, place: int, dies: bool) -> None:
        worker = self.led.pop(place % len(self.led))
        worker.finish(dies=dies)
        if not dies:
            self.ended(worker)

    @rule(document=documents, many=st.integers(2, 4))
    def send_many_at_once(self, document: int, many: int) -> None:
        self.taxpayer_makes_due(document)
        claims = at_once(
            many, lambda place: self.taxpayer.claim(Document, document, f"crowd {place}", lease_s=3_600)
        )
        taken = [claim for claim in claims if claim]
        assert len(taken) <= 1
        for claim in taken:
            self.took(document, claim.fence)
            with tenant_scope(self.taxpayer.id):
                work.sleep(claim, 0, code="crowd", why="nothing was done", spent=False)
            self.holders.pop(document)

    @rule(document=documents)
    def let_the_lease_end(self, document: int) -> None:
        with tenant_scope(self.taxpayer.id):
            Document.update(lease_until=work.in_seconds(-1)).where(
                Document.id == document, Document.lease_until.is_null(False)
            ).execute()
        self.holders.pop(document, None)

    @rule(mood=st.sampled_from(MOODS))
    def upset_the_sri(self, mood: dict[str, Any]) -> None:
        self.sri.script([{"ruc": self.taxpayer.ruc, "times": 1, **mood}])

    @rule(document=documents, changed=st.booleans())
    def correct(self, document: int, changed: bool) -> None:
        buyer = {"razonSocialComprador": f"CLIENTE {len(self.fences)}"} if changed else {}
        try:
            self.taxpayer.correct(document, **buyer)
        except Refused:
            return
        self.holders.pop(document, None)

    @rule(document=documents)
    def retry(self, document: int) -> None:
        try:
            retrying.retry(self.taxpayer.id, document, by="ana@example.ec")
        except Refused:
            return
        self.holders.pop(document, None)

    def taxpayer_makes_due(self, document: int) -> None:
        with tenant_scope(self.taxpayer.id):
            Document.update(next_attempt_at=work.in_seconds(-1)).where(
                Document.id == document, Document.next_attempt_at.is_null(False)
            ).execute()

    def took(self, document: int, fence: int) -> None:
        assert (document, fence) not in self.fences, "two held one fence"
        assert document not in self.holders, "taken from a holder whose lease lasts"
        self.fences.add((document, fence))
        self.holders[document] = fence

    def ended(self, worker: Worker) -> None:
        """What it did counts exactly if nobody had taken the document from it."""
        assert worker.claim
        latest = max(fence for document, fence in self.fences if document == worker.document_id)
        if worker.refused is None:
            assert worker.claim.fence == latest, "a late worker's outcome was kept"
            self.holders.pop(worker.document_id, None)
        else:
            assert self.holders.get(worker.document_id) != worker.claim.fence, "its own holder was refused"

    @invariant()
    def every_history_is_a_legal_path_and_keys_are_unique(self) -> None:
        with every_tenant_scope():
            broken = [one.sentence for found in (CROOKED, *IDENTITY) for one in found.violations()]
        assert broken == []
        assert self.sri.verdict().violations == []

    def teardown(self) -> None:
        if not hasattr(self, "ids"):
            return
        self.sri.heal()
        for worker in self.led:
            worker.finish(dies=True)
        for _ in range(ROUNDS_TO_REST):
            moving = [one for one in self.ids if self.taxpayer.read(one).state in MOVING]
            if not moving:
                break
            for document in moving:
                self.let_the_lease_end(document)
                self._press_on(document)
        self.rest()

    def _press_on(self, document: int) -> None:
        if self.taxpayer.read(document).needs_person_since:
            self.retry(document)
        self.taxpayer_makes_due(document)
        claim = self.taxpayer.claim(Document, document)
        if claim:
            STEPS[State(claim.row.state)](claim, self.services)

    def story(self, document: int) -> str:
        row, calls = self.taxpayer.read(document), self.taxpayer.exchanges(document)
        said = ", ".join(f"{call.operation} v{call.version} {call.outcome}" for call in calls)
        return (
            f"{document} {row.state} v{row.version} ({row.last_error_code}, {row.needs_person_code}): {said}"
        )

    def rest(self) -> None:
        restless = [one for one in self.ids if self.taxpayer.read(one).state in MOVING]
        assert not restless, "\n".join(map(self.story, self.ids))
        broken = [
            one for one in find_violations(self.services) if one.invariant != "I3"
        ]  # nobody makes RIDEs here
        assert [one.sentence for one in broken] == []
        with every_tenant_scope():
            here = Document.select().where(Document.state == "authorized").count()
        assert here == self.sri.verdict().documents.authorized


@pytest.mark.timeout(300 + WALKS * 60)
def test_no_order_of_events_breaks_the_law_of_a_documents_life(services, simulator):
    patient = Services(
        services.settings.model_copy(update={"ask_before_resend_s": 0.05, "sri_read_timeout_s": 1.0}),
        services.database,
    )

    walked: list[int] = []

    class WalkHere(Walk):
        services = patient
        sri = simulator

        def teardown(self) -> None:
            super().teardown()
            walked.append(len(self.ids))

    run_state_machine_as_test(
        WalkHere,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS_EACH,
            deadline=None,
            derandomize=WALKS <= SHORT,
            phases=(Phase.generate,),
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(walked) >= min(WALKS, SHORT) and all(walked), "every walk came to its end, with documents"
