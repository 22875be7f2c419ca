"""``autoriza seed``: a taxpayer's documents in every state, once."""

from collections import Counter

from shell import autoriza

from app.invariants import find_violations
from app.lifecycle import State
from app.store.documents import Document, Ride
from app.tenancy import every_tenant_scope


def states() -> Counter[str]:
    with every_tenant_scope():
        return Counter(row.state for row in Document.select(Document.state))


def test_it_makes_three_taxpayers_with_documents_in_every_state_and_again_nothing_new(settings, services):
    first = autoriza(settings, "seed")
    assert first.returncode == 0, first.stderr
    assert states() == {str(state): 3 for state in State}
    with every_tenant_scope():
        assert Ride.select().where(Ride.path.is_null(False)).count() == 3
    again = autoriza(settings, "seed")
    assert again.returncode == 0 and again.stdout.count("there already") == 18
    assert states() == {str(state): 3 for state in State}
    assert find_violations(services) == []
