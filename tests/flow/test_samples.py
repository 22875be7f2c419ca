"""Real invoices of other systems go the whole way: imported by the command line, authorized, verified by others."""

import json
import subprocess
from pathlib import Path

import pytest
from cast import Taxpayer, authority, take_on
from engine_processes import EngineProcesses
from lxml import etree
from sample_table import SAMPLES, Sample
from shell import autoriza
from xmlsec import xmlsec1_accepts

from app.config import Settings
from app.signature_check import DS, verify
from app.store.documents import Document
from app.tenancy import tenant_scope

ACCEPTED = [sample for sample in SAMPLES if sample.accepted]
REFUSED = [sample for sample in SAMPLES if not sample.accepted]


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """The samples are years old."""
    return settings.model_copy(update={"sri_max_age_days": 0})


@pytest.fixture(scope="module")
def issuer(services) -> Taxpayer:
    return take_on(services, "EMISORA DE MUESTRAS S.A.")


def sent(settings, shared, issuer: Taxpayer, sample: Sample, *more: str) -> subprocess.CompletedProcess[str]:
    file = shared / "sri" / "samples" / sample.file
    return autoriza(settings, "document", "import", "--ruc", issuer.ruc, *more, "--json", str(file))


def stored(issuer: Taxpayer) -> int:
    with tenant_scope(issuer.id):
        return Document.select().count()


def test_every_sample_our_rules_pass_is_authorized_and_verified_by_others(
    engine: EngineProcesses, settings, shared: Path, issuer: Taxpayer, tmp_path: Path
):
    ids = {}
    for sample in ACCEPTED:
        done = sent(settings, shared, issuer, sample, "--date", sample.on.isoformat())
        assert done.returncode == 0, done.stderr + done.stdout
        ids[sample.file] = json.loads(done.stdout)[0]["id"]
    engine.until(
        lambda: {issuer.read(one).state for one in ids.values()} == {"authorized"}, 60, "authorization"
    )
    schema = etree.XMLSchema(etree.parse(shared / "sri" / "xsd" / "factura_V1.1.0.xsd"))
    for name, one in ids.items():
        signed = autoriza(settings, "document", "xml", str(one)).stdout.encode()
        verify(signed)
        assert xmlsec1_accepts(signed, authority(), tmp_path), name
        root = etree.fromstring(signed)
        root.remove(root.find(f"{{{DS}}}Signature"))
        schema.assertValid(root)


@pytest.mark.parametrize("sample", REFUSED, ids=lambda sample: sample.file)
def test_every_other_sample_is_refused_with_its_reason_and_nothing_is_stored(
    settings, shared, issuer, sample
):
    before = stored(issuer)
    done = sent(settings, shared, issuer, sample, "--date", sample.on.isoformat())
    assert done.returncode == 2
    (problems,) = json.loads(done.stdout)["problems"].values()
    assert (sample.field, sample.code) in [(problem["field"], problem["code"]) for problem in problems]
    assert stored(issuer) == before


def test_dated_today_the_old_rate_refuses_a_sample(settings, shared, issuer):
    sample = next(sample for sample in ACCEPTED if sample.rate_ended)
    done = sent(settings, shared, issuer, sample)
    assert done.returncode == 2
    assert "12 %" in done.stdout
