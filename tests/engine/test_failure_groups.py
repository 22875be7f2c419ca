"""Groups of failures over time: when they came, how they grew, what is news, and how what was put off comes back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cast import Taxpayer
from peewee import fn

from app import alert_watch, counting, failure_care, failure_groups, work
from app.alert_rules import Look
from app.errors import Refused
from app.failure_care import KIND, Failure
from app.lifecycle import State
from app.store.documents import Document
from app.store.failures import FailureCare, FailureGroup
from app.store.people import Alert, Audit
from app.tenancy import every_tenant_scope, tenant_scope

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BROKEN = Failure("pending_authorization", "failed falló # veces: ValueError: raro")
SLOW = Failure("signed", "http http: # Service Unavailable")


def stuck(taxpayer: Taxpayer, number: int = 1, what: str = "ValueError") -> list[int]:
    """Documents that a fault of the system stopped; they wait for a person."""
    ids = [taxpayer.document(State.PENDING_AUTHORIZATION).id for _ in range(number)]
    with tenant_scope(taxpayer.id):
        Document.update(
            next_attempt_at=None,
            needs_person_since=fn.now(),
            needs_person_code="failed",
            needs_person_reason=f"falló 5 veces: {what}: raro",
        ).where(Document.id.in_(ids)).execute()
    return ids


def freed(taxpayer: Taxpayer, ids: list[int]) -> None:
    with tenant_scope(taxpayer.id):
        row = {"needs_person_since": None, "needs_person_code": None, "needs_person_reason": None}
        Document.update(row).where(Document.id.in_(ids)).execute()


def looked(after: timedelta = timedelta()) -> None:
    """The counters are folded and looked at, so long after noon."""
    with every_tenant_scope():
        counting.fold()
    failure_groups.look(NOW + after)


def group(taxpayer: Taxpayer, failure: Failure = BROKEN) -> FailureGroup | None:
    with tenant_scope(taxpayer.id):
        return FailureGroup.get_or_none(
            FailureGroup.stage == failure.stage, FailureGroup.cause == failure.cause
        )


def care(taxpayer: Taxpayer) -> FailureCare:
    with tenant_scope(taxpayer.id):
        return FailureCare.get(FailureCare.tenant_id == taxpayer.id)


def put_off(taxpayer: Taxpayer, n: int, until: timedelta = timedelta(hours=4)) -> None:
    with tenant_scope(taxpayer.id):
        failure_care.snooze(BROKEN, {taxpayer.id: n}, NOW + until, NOW, by="olga", reason="")


def standing(taxpayer: Taxpayer, services) -> list[Alert]:
    """The alerts about groups that stand after a look."""
    alert_watch.look(Look(services, ("sri",)))
    return [one for one in taxpayer.alerts(KIND) if one.resolved_at is None]


@pytest.fixture(autouse=True)
def _nobody_elses(services) -> Iterator[None]:
    yield
    with every_tenant_scope():  # what one test leaves behind is no news to the next
        Document.update(needs_person_since=None, needs_person_code=None, needs_person_reason=None).execute()
        FailureCare.delete().execute()


def test_a_group_is_seen_since_it_came_and_grows_until_it_is_gone(ana):
    ids = stuck(ana, 2)
    looked()
    ids += stuck(ana)
    looked(timedelta(minutes=30))
    one = group(ana)
    assert (one.n, one.person_n, one.first_seen_at) == (3, 3, NOW)
    assert one.last_seen_at == NOW + timedelta(minutes=30)
    freed(ana, ids[:1])
    looked(timedelta(minutes=40))
    assert (group(ana).n, group(ana).last_seen_at) == (2, NOW + timedelta(minutes=30)), "fewer is no growth"
    freed(ana, ids)
    looked(timedelta(minutes=50))
    assert (group(ana).n, group(ana).gone_at) == (0, NOW + timedelta(minutes=50))


@pytest.mark.parametrize(
    ("away", "since"), [(timedelta(minutes=20), "before"), (timedelta(hours=2), "again")]
)
def test_what_is_back_soon_is_the_same_and_what_is_back_later_is_new(ana, away, since):
    ids = stuck(ana)
    looked()
    freed(ana, ids)
    looked(timedelta(minutes=1))
    stuck(ana)
    looked(timedelta(minutes=1) + away)
    came = NOW if since == "before" else NOW + timedelta(minutes=1) + away
    assert (group(ana).first_seen_at, group(ana).gone_at) == (came, None)


def test_looking_again_at_what_did_not_change_changes_nothing(ana):
    stuck(ana)
    looked()
    assert failure_groups.look(NOW + timedelta(minutes=1)) == 0


def test_the_last_day_is_told_hour_by_hour_for_one_taxpayer_and_for_all(ana, beto):
    today = datetime.now(UTC)
    key = (BROKEN.stage, BROKEN.cause.replace("ValueError", "TypeError"))
    looked(today - NOW - timedelta(hours=30))
    ids = stuck(ana, 2, "TypeError")
    looked(today - NOW - timedelta(hours=5, minutes=30))
    stuck(beto, 3, "TypeError")
    looked(today - NOW - timedelta(hours=2, minutes=30))
    freed(ana, ids)
    looked(today - NOW - timedelta(minutes=30))
    with tenant_scope(ana.id):
        of_ana = failure_groups.trends([key], [ana.id])[key]
    with every_tenant_scope():
        of_all = failure_groups.trends([key], None)[key]
    assert of_ana[-6:] == [0, 2, 2, 2, 2, 2]
    assert of_all[-6:] == [0, 2, 2, 2, 5, 5]
    assert len(of_all) == failure_groups.HOURS


def test_a_level_that_has_not_changed_for_days_is_still_known(ana):
    today = datetime.now(UTC)
    stuck(ana)
    looked(today - NOW - timedelta(days=9))
    looked()
    with tenant_scope(ana.id):
        key = (BROKEN.stage, BROKEN.cause)
        assert set(failure_groups.trends([key], [ana.id])[key]) == {1}


def test_a_new_group_that_waits_for_a_person_is_an_alert_until_it_is_gone(ana, services):
    ids = stuck(ana, 2)
    looked()
    (alert,) = standing(ana, services)
    assert alert.subject == f"{BROKEN.stage} {BROKEN.cause}"
    assert alert.message.startswith("2 en «por autorizar»: Un error del sistema detuvo este paso.")
    ids += stuck(ana)
    looked(timedelta(minutes=1))
    assert [one.id for one in standing(ana, services)] == [alert.id], "more of the same is no other alert"
    freed(ana, ids)
    looked(timedelta(minutes=2))
    assert standing(ana, services) == []


def test_what_is_tried_again_by_itself_or_has_an_alert_of_its_own_is_no_news(ana, services):
    document = ana.document(State.SIGNED)
    ana.make_due(Document, document.id)
    claim = ana.claim(Document, document.id)
    with tenant_scope(ana.id):
        work.sleep(claim, 600, code="http", why="http: 503 Service Unavailable")
    ids = stuck(ana)
    with tenant_scope(ana.id):
        Document.update(needs_person_code="undecided").where(Document.id.in_(ids)).execute()
    looked()
    assert group(ana, SLOW).person_n == 0
    assert standing(ana, services) == []


def test_what_was_there_before_anybody_watched_is_no_news_until_it_comes_again(ana, services):
    ids = stuck(ana)
    looked()
    with tenant_scope(ana.id):
        FailureGroup.update(inherited=True).where(FailureGroup.tenant_id == ana.id).execute()
    assert standing(ana, services) == []
    freed(ana, ids)
    looked(timedelta(minutes=1))
    stuck(ana)
    looked(timedelta(hours=3))
    assert len(standing(ana, services)) == 1


def test_a_muted_group_alerts_nobody_and_its_end_is_no_news_either(ana, services):
    stuck(ana)
    looked()
    (alert,) = standing(ana, services)
    with tenant_scope(ana.id):
        failure_care.mute(BROKEN, [ana.id], by="sara", reason="ya se sabe")
    assert standing(ana, services) == []
    with tenant_scope(ana.id):
        assert Alert.get_by_id(alert.id).end_told_at is not None, "nobody is told that it is over"
        failure_care.unmute(BROKEN, [ana.id], by="sara")
    assert len(standing(ana, services)) == 1


def test_what_was_put_off_comes_back_at_its_hour_and_alerts_anew(ana, services):
    stuck(ana)
    looked()
    assert len(standing(ana, services)) == 1
    put_off(ana, 1)
    assert standing(ana, services) == []
    looked(timedelta(hours=3, minutes=59))
    assert care(ana).snoozed_until is not None
    looked(timedelta(hours=4))
    assert (care(ana).snoozed_until, care(ana).woken_because) == (None, "time")
    assert len(standing(ana, services)) == 1


def test_what_was_put_off_comes_back_sooner_when_it_grew_markedly(ana):
    stuck(ana, 2)
    looked()
    put_off(ana, 2)
    assert care(ana).wakes_at_n == 12
    stuck(ana, 9)
    looked(timedelta(minutes=1))
    assert care(ana).snoozed_until is not None, "eleven are not enough"
    stuck(ana, 1)
    looked(timedelta(minutes=2))
    assert (care(ana).snoozed_until, care(ana).woken_because, care(ana).woken_n) == (None, "grew", 12)


@pytest.mark.parametrize(("before", "wakes"), [(1, 11), (10, 20), (40, 80)])
def test_markedly_is_twice_as_many_and_ten_more_at_least(before, wakes):
    assert failure_care.grown(before) == wakes


@pytest.mark.parametrize("until", [timedelta(seconds=-1), timedelta(0), timedelta(days=31)])
def test_nothing_is_put_off_to_the_past_nor_for_ever(ana, until):
    with pytest.raises(Refused, match="treinta días"):
        put_off(ana, 1, until)


def test_a_group_is_given_to_whoever_works_for_its_taxpayer_only(ana, beto):
    works, looks = ana.operator("trabaja@example.ec"), ana.viewer("mira@example.ec")
    elsewhere = beto.operator("ajeno@example.ec")
    with tenant_scope(ana.id):
        assert {row[0] for row in failure_care.who_works([ana.id])} == {works}
        for person in (looks, elsewhere, 987_654_321):
            with pytest.raises(Refused, match="no trabaja"):
                failure_care.assign(BROKEN, [ana.id], person, by="sara")
        failure_care.assign(BROKEN, [ana.id], works, by="sara")
    assert (care(ana).assignee_id, care(ana).assigned_by) == (works, "sara")
    with tenant_scope(ana.id):
        failure_care.assign(BROKEN, [ana.id], None, by="sara")
    assert care(ana).assignee_id is None


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "guia.html",
        "https://",
        "http://a b",
        "ftp://x.ec/",
        "https://x@y.ec/",
        "https://[x",
    ],
)
def test_a_runbook_is_a_web_address_and_nothing_else(ana, address):
    with tenant_scope(ana.id), pytest.raises(Refused, match="https://"):
        failure_care.link_runbook(BROKEN, [ana.id], address, by="sara")


def test_every_decision_is_on_record_with_its_taxpayer(ana):
    with tenant_scope(ana.id):
        failure_care.note(BROKEN, [ana.id], "llamar al proveedor", by="olga")
        failure_care.link_runbook(BROKEN, [ana.id], "https://guia.example.ec/raro", by="sara")
        failure_care.wake(BROKEN, [ana.id], by="olga")
        lines = Audit.select().where(Audit.action.startswith("failure_")).order_by(Audit.id)
        said = [(line.action, line.by, line.reason, line.target) for line in lines]
    target = f"failure {BROKEN.stage} {BROKEN.cause}"
    assert said == [
        ("failure_noted", "olga", "llamar al proveedor", target),
        ("failure_runbook", "sara", None, target),
        ("failure_woken", "olga", None, target),
    ]
