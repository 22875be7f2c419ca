"""Which p12 files become a signing key, and the true reason when one does not."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from needs import ROOT, lacking
from p12_files import OTHER_RUC, packed, reissued
from signing_cast import NOW, PASSWORD, RUC, START, ana, exported, factura, openssl
from two_key_p12 import joined

from app.certificates import CertificateRefused, OpenedCertificate, open_p12
from app.errors import TenantMustAct
from app.signing import sign, signing_key, verify
from app.test_certificates import issue, make_test_p12


def opened(raw: bytes, password: str = PASSWORD, ruc: str = RUC) -> OpenedCertificate:
    return open_p12(raw, password, ruc=ruc, now=NOW)


def refusal(raw: bytes, password: str = PASSWORD, ruc: str = RUC) -> CertificateRefused:
    with pytest.raises(CertificateRefused) as caught:
        opened(raw, password, ruc)
    return caught.value


@pytest.fixture
def needs_openssl() -> None:
    if not openssl():
        lacking("the openssl command (Debian package openssl)")


def test_a_good_p12_gives_a_key_that_signs_and_every_fact_of_its_certificate():
    found = opened(packed(ana()))
    assert found.fingerprint == ana().certificate.fingerprint(hashes.SHA256()).hex()
    assert (found.not_before, found.serial) == (
        START.replace(microsecond=0),
        str(ana().certificate.serial_number),
    )
    assert (found.ruc_in_certificate, found.warnings) == (RUC, ())
    assert found.subject == "CN=ANA DE PRUEBA,O=DE PRUEBA,C=EC"
    verify(sign(factura(), signing_key(found.private_key_der, found.certificate_der), NOW))


def test_the_private_key_is_not_in_the_text_of_an_opened_certificate():
    found = opened(packed(ana()))
    assert "private" not in repr(found)
    assert repr(found.private_key_der) not in repr(found)


@pytest.mark.parametrize("with_openssl", [True, False])
def test_without_the_old_ciphers_an_rc2_file_opens_by_openssl_or_the_doubt_is_told(
    tmp_path, needs_openssl, with_openssl
):
    """A process whose cryptography lacks RC2 gets the words of a wrong password for it."""
    raw = tmp_path / "old.p12"
    raw.write_bytes(exported(tmp_path, ana(), "-legacy"))
    script = (
        "from datetime import datetime; from pathlib import Path; from app.certificates import *\n"
        f"try: print(open_p12(Path({str(raw)!r}).read_bytes(), {PASSWORD!r}, ruc={RUC!r},"
        f" now=datetime.fromisoformat({NOW.isoformat()!r})).ruc_in_certificate)\n"
        "except CertificateRefused as refused: print(refused.code)"
    )
    path = os.environ["PATH"] if with_openssl else str(tmp_path)
    environment = {**os.environ, "CRYPTOGRAPHY_OPENSSL_NO_LEGACY": "1", "PATH": path}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == (RUC if with_openssl else "certificate_locked")


def test_without_openssl_a_wrong_password_is_only_one_of_two_reasons(monkeypatch):
    monkeypatch.setenv("PATH", "")
    refused = refusal(packed(ana()), "otra")
    assert refused.code == "certificate_locked"
    assert "contraseña" in refused.text.es and "cifrado antiguo" in refused.text.es


def test_a_refusal_is_for_the_taxpayer_in_both_languages():
    refused = refusal(b"")
    assert isinstance(refused, TenantMustAct)
    assert str(refused) == refused.text.es != refused.text.en


def test_the_password_is_never_in_a_refusal(needs_openssl):
    refused = refusal(packed(ana()), "secretísima")
    assert "secretísima" not in f"{refused} {refused.text} {refused.__cause__}"


def test_an_expired_certificate_is_refused_with_its_last_day():
    refused = refusal(packed(reissued(not_after=NOW - timedelta(days=2))))
    assert refused.code == "certificate_expired"
    assert "2026-11-21" in refused.text.es


def test_a_certificate_of_tomorrow_signs_from_its_first_moment_and_warns():
    found = opened(packed(reissued(not_before=NOW + timedelta(days=1))))
    assert found.signs_from == found.not_before == (NOW + timedelta(days=1)).replace(microsecond=0)
    (warning,) = found.warnings
    assert "2026-11-24" in warning.es


def test_a_certificate_signs_from_the_day_asked_for_unless_that_is_over():
    for start, signs_from in [(NOW + timedelta(days=9), NOW + timedelta(days=9)), (START, NOW)]:
        assert open_p12(packed(ana()), PASSWORD, ruc=RUC, now=NOW, start=start).signs_from == signs_from


def test_a_certificate_that_ends_before_it_was_to_begin_is_refused_with_both_days():
    ends = packed(reissued(not_after=NOW + timedelta(days=40)))
    with pytest.raises(CertificateRefused) as caught:
        open_p12(ends, PASSWORD, ruc=RUC, now=NOW, start=NOW + timedelta(days=50))
    assert caught.value.code == "certificate_ends_first"
    assert "2027-01-02" in caught.value.text.es and "2027-01-12" in caught.value.text.es


def test_a_certificate_that_ends_within_thirty_days_warns():
    (warning,) = opened(packed(reissued(not_after=NOW + timedelta(days=29)))).warnings
    assert "2026-12-22" in warning.es
    assert not opened(packed(reissued(not_after=NOW + timedelta(days=31)))).warnings


def test_a_short_rsa_key_is_refused_with_its_length():
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    refused = refusal(packed(reissued(key=weak)))
    assert refused.code == "certificate_weak_key"
    assert "1024" in refused.text.es


@pytest.mark.parametrize("signing_key_first", [True, False])
def test_of_two_keys_in_one_file_the_signing_one_is_taken(needs_openssl, signing_key_first):
    signing = packed(ana())
    decryption = packed(issue(RUC, "ANA", not_before=START, usage="encryption"))
    pair = (signing, decryption) if signing_key_first else (decryption, signing)
    found = opened(joined(*pair, PASSWORD))
    assert found.fingerprint == ana().certificate.fingerprint(hashes.SHA256()).hex()


def test_a_second_key_that_only_openssl_could_read_is_told_when_openssl_is_missing(monkeypatch):
    decryption = packed(issue(RUC, "ANA", not_before=START, usage="encryption"))
    monkeypatch.setenv("PATH", "")
    assert refusal(joined(decryption, packed(ana()), PASSWORD)).code == "certificate_second_key"


@pytest.mark.parametrize("old_first", [True, False])
def test_a_file_with_the_old_and_the_renewed_certificate_signs_with_the_renewed_one(needs_openssl, old_first):
    old = issue(RUC, "ANA", not_before=START, not_after=NOW - timedelta(days=1))
    pair = (packed(old), packed(ana())) if old_first else (packed(ana()), packed(old))
    found = opened(joined(*pair, PASSWORD))
    assert found.fingerprint == ana().certificate.fingerprint(hashes.SHA256()).hex()


def test_the_certificate_of_another_taxpayer_is_refused_naming_both_rucs():
    refused = refusal(packed(ana()), ruc=OTHER_RUC)
    assert refused.code == "certificate_of_another_ruc"
    assert RUC in refused.text.es and OTHER_RUC in refused.text.es


def test_the_demos_p12_is_accepted_today():
    raw = make_test_p12(RUC, "DEMO DE PRUEBA", PASSWORD, not_before=START)
    found = opened(raw)
    assert "DE PRUEBA" in found.issuer
    assert not found.warnings


def test_nothing_of_a_p12_is_written_to_disk(tmp_path, monkeypatch, needs_openssl):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    opened(joined(packed(issue(RUC, "ANA", not_before=START, usage="encryption")), packed(ana()), PASSWORD))
    assert list(Path(tmp_path).iterdir()) == []
