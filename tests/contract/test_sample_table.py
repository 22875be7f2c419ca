"""Every public sample is imported, or refused for the reason the table states."""

from datetime import date

import pytest
from documents_cast import built
from official import assert_valid
from sample_table import CREDIT_NOTES, SAMPLES, Sample

from app.documents.factura import inspect
from app.documents.reading import read
from app.errors import Invalid

TODAY = date(2026, 11, 24)
ACCEPTED = [sample for sample in SAMPLES if sample.accepted]
REFUSED = [sample for sample in SAMPLES + CREDIT_NOTES if not sample.accepted]


def draft_of(shared, sample: Sample, on: date):
    return read((shared / "sri" / "samples" / sample.file).read_bytes(), sample.file, on)


def test_the_table_has_every_sample(shared):
    folder = shared / "sri" / "samples"
    for table, pattern in ((SAMPLES, "fac-*.xml"), (CREDIT_NOTES, "ncr-*.xml")):
        assert {sample.file for sample in table} == {path.name for path in folder.glob(pattern)}


@pytest.mark.parametrize("sample", ACCEPTED, ids=lambda sample: sample.file)
def test_an_accepted_sample_becomes_xml_that_the_official_schema_and_our_simulator_pass(shared, sample):
    xml = built(draft_of(shared, sample, sample.on), sample.on)
    assert_valid(shared, xml)
    found = inspect(xml)
    assert (found.structure, found.business) == ((), ())


@pytest.mark.parametrize("sample", REFUSED, ids=lambda sample: sample.file)
def test_a_refused_sample_states_its_reason(shared, sample):
    with pytest.raises(Invalid) as refusal:
        draft_of(shared, sample, sample.on)
    assert (sample.field, sample.code) in [
        (problem.field, problem.code) for problem in refusal.value.problems
    ]


@pytest.mark.parametrize("sample", ACCEPTED, ids=lambda sample: sample.file)
def test_dated_today_a_sample_is_refused_only_for_a_rate_that_has_ended(shared, sample):
    if not sample.rate_ended:
        assert draft_of(shared, sample, TODAY).content
        return
    with pytest.raises(Invalid) as refusal:
        draft_of(shared, sample, TODAY)
    assert {problem.field.rpartition(".")[2] for problem in refusal.value.problems} == {"codigoPorcentaje"}
    assert all("12 %" in problem.rule.es for problem in refusal.value.problems)
