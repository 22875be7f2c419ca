"""``autoriza check``, in an installation where nothing else goes on: what is late elsewhere would be named too."""

import json

from cast import Taxpayer
from shell import autoriza

from app.store.documents import Document
from app.tenancy import tenant_scope


def test_check_is_clean_and_names_what_is_wrong(settings, ana: Taxpayer):
    clean = autoriza(settings, "check", "--json")
    assert (clean.returncode, json.loads(clean.stdout)) == (0, [])
    document_id = ana.import_invoice()
    with tenant_scope(ana.id):
        Document.update(next_attempt_at=None).where(Document.id == document_id).execute()
    broken = autoriza(settings, "check", "--json")
    assert broken.returncode == 1
    (violation,) = json.loads(broken.stdout)
    assert violation["invariant"] == "I2"
