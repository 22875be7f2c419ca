"""Every per-document job: the table of contents of what the engine does."""

from app import delivery, issuing, rides, second_opinion
from app.lifecycle import REFUSED, State
from app.outcome import Outcome
from app.services import Services
from app.store.delivery import Delivery
from app.store.documents import Ride
from app.work import Claim
from workers.job import job


@job(on=State.DRAFT, queue="sign", stage="sign", obeys_halts=True, priority=5)
def sign_document(claim: Claim, services: Services) -> Outcome:
    """draft -> signed"""
    return issuing.sign(claim, services)


@job(on=State.SIGNED, queue="sri", stage="submit", obeys_halts=True, calls="submit")
def submit_document(claim: Claim, services: Services) -> Outcome:
    """signed -> pending_authorization | returned"""
    return issuing.submit(claim, services)


@job(
    on=State.PENDING_AUTHORIZATION,
    also=REFUSED,
    queue="sri",
    stage="check",
    calls="query",
)
def check_authorization(claim: Claim, services: Services) -> Outcome:
    """pending_authorization -> authorized | rejected; returned | rejected, when a person asks -> authorized"""
    step = issuing.check if claim.row.state == State.PENDING_AUTHORIZATION else second_opinion.ask
    return step(claim, services)


@job(on=State.AUTHORIZED, queue="ride", stage="ride", model=Ride)
def generate_ride(claim: Claim, services: Services) -> Outcome:
    """authorized -> RIDE stored"""
    return rides.generate(claim, services)


@job(queue="mail", stage="mail", model=Delivery)
def deliver_document(claim: Claim, services: Services) -> Outcome:
    """RIDE stored -> XML and RIDE with the buyer"""
    return delivery.deliver(claim, services)
