"""A person doubts a refusal: the SRI is asked once more about the key, and only its yes changes anything."""

from app import asking, exchanges, work
from app.errors import Unavailable
from app.outcome import Done, Outcome
from app.services import Services
from app.sri.gateway import Authorized, UnknownWord
from app.store.documents import Emission
from app.tenancy import tenant_scope
from app.verdicts import authorize
from app.work import Claim


def ask(claim: Claim, services: Services) -> Outcome:
    """returned | rejected -> authorized when the SRI says so; any other answer leaves the document as it was.

    Nothing is sent, so a refusal cannot become another one. While the SRI is silent, it is asked again later.
    """
    with tenant_scope(claim.tenant_id):
        emission = Emission.get((Emission.document_id == claim.id) & (Emission.version == claim.row.version))
        call = asking.open_call(claim, "query", emission, services)
    if call is None:
        return asking.HELD
    try:
        answer = asking.ask(services, call, emission)
    except Unavailable as silence:
        return asking.unanswered(claim, call, silence, services)
    with tenant_scope(claim.tenant_id):
        exchanges.close_call(call, answer)
        if isinstance(answer, Authorized):
            return authorize(claim, answer, emission, call)
        if isinstance(answer, UnknownWord):
            return asking.not_understood(claim, answer)
        work.finish(claim)
    return Done("the SRI keeps its no")
