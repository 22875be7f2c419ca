"""A date of one's own: not too old, not yet to come, and never of any age in producción."""

import json
from datetime import date, datetime, timedelta

import pytest
from cast import take_on
from documents_cast import invoice

from app import intake, issue_dates
from app.ecuador import ECUADOR
from app.errors import Invalid, Misconfigured
from app.intake import Offer, OffersRefused
from app.sri.gateway import Environment

TODAY = date(2026, 11, 24)
FILE = json.dumps(invoice()).encode()


def days_ago(days: int) -> date:
    return datetime.now(ECUADOR).date() - timedelta(days=days)


@pytest.mark.parametrize(
    ("day", "limit", "code"),
    [
        (TODAY, 90, None),
        (date(2026, 8, 26), 90, None),
        (date(2026, 8, 25), 90, "65"),
        (date(2013, 1, 1), 0, None),
        (date(2026, 11, 25), 90, "65"),
        (date(2026, 11, 25), 0, "65"),
    ],
)
def test_a_date_is_good_for_so_many_days(day, limit, code):
    found = issue_dates.untimely(day, TODAY, limit)
    assert (found and found.code) == code


def test_intake_refuses_what_is_too_old_or_yet_to_come(ana):
    for day in (days_ago(91), days_ago(-1)):
        with pytest.raises(Invalid) as refusal:
            intake.accept(ana.id, FILE, "f.json", by="ana", requested_date=day, max_age_days=90)
        assert [problem.code for problem in refusal.value.problems] == ["65"]
    assert intake.accept(ana.id, FILE, "f.json", by="ana", requested_date=days_ago(90), max_age_days=90).new


def test_of_several_files_each_is_told(ana):
    offers = [Offer(FILE, "a.json"), Offer(FILE, "b.json")]
    with pytest.raises(OffersRefused) as refusal:
        intake.accept_all(ana.id, offers, by="ana", requested_date=days_ago(91), max_age_days=90)
    assert set(refusal.value.by_file) == {"a.json", "b.json"}


def test_without_a_limit_nothing_is_accepted_for_produccion(services):
    real = take_on(services, "CARLA REAL S.A.", Environment.PRODUCCION)
    with pytest.raises(Misconfigured, match="SRI_MAX_AGE_DAYS"):
        intake.accept(real.id, FILE, "f.json", by="carla", max_age_days=0)
    assert intake.accept(real.id, FILE, "f.json", by="carla", max_age_days=90).new


def test_without_a_limit_nothing_is_signed_for_produccion(services):
    real = take_on(services, "DORA REAL S.A.", Environment.PRODUCCION)
    document = real.import_invoice()
    unlimited = services.settings.model_copy(update={"sri_max_age_days": 0})
    with pytest.raises(Misconfigured, match="SRI_MAX_AGE_DAYS"):
        type(real)(type(services)(unlimited, services.database), real.id, real.ruc).step(document)
    assert real.read(document).number is None
