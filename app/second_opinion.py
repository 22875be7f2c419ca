"""A person doubts a refusal: the SRI is asked once more about the key, and only its yes changes anything."""

from app import asking, exchanges, work
from app.outcome import Done, Outcome
from app.run_results import Result
from app.services import Services
from app.sri.gateway import Authorized, Reception, UnknownWord, Verdict
from app.tenancy import tenant_scope
from app.verdicts import authorize
from app.work import Claim


def ask(claim: Claim, services: Services) -> Outcome:
    """returned | rejected -> authorized when the SRI says so; any other answer leaves the document as it was.

    Nothing is sent, so a refusal cannot become another one. While the SRI is silent, it is asked again later.
    """
    with tenant_scope(claim.tenant_id):
        emission, _ = asking.signed_bytes(claim)
        call = asking.open_call(claim, "query", emission, services)

    def believe(answer: Reception | Verdict, made: exchanges.Call) -> Outcome:
        match answer:
            case Authorized():
                return authorize(claim, answer, emission, made)
            case UnknownWord():
                return asking.not_understood(claim, answer)
        work.finish(claim)
        return Done(Result.KEPT_NO)

    return asking.answered(claim, call, emission, services, believe)
