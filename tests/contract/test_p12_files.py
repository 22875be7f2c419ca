"""Every kind of p12 is accepted, and then really signs, or is refused with the true reason."""

from pathlib import Path

import pytest
from needs import lacking
from p12_files import FILES, P12
from signing_cast import NOW, factura, openssl

from app.certificates import CertificateRefused, open_p12
from app.signing import sign, signing_key, verify


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_comes_to_what_it_must(file: P12, tmp_path: Path):
    if file.needs_openssl and not openssl():
        lacking("the openssl command (Debian package openssl)")
    raw = file.make(tmp_path)
    if file.refused:
        with pytest.raises(CertificateRefused) as caught:
            open_p12(raw, file.password, ruc=file.ruc, now=NOW)
        assert caught.value.code == file.refused
        return
    found = open_p12(raw, file.password, ruc=file.ruc, now=NOW)
    assert found.ruc_in_certificate == file.tells
    assert len(found.warnings) == (1 if file.warns else 0)
    assert all(file.warns in warning.es for warning in found.warnings)
    key = signing_key(found.private_key_der, found.certificate_der)
    verify(sign(factura(), key, found.signs_from))
