"""One call to the SRI within one claim: let through by its circuit, on record before, and what its silence means."""

from collections.abc import Callable
from dataclasses import replace

from peewee import fn

from app import circuit, exchanges, sentences, work
from app.alerts import raise_alert
from app.errors import Text, Unavailable
from app.kill_points import reached
from app.outcome import Held, Later, Outcome, Parked
from app.run_results import Result
from app.services import Services
from app.sri.gateway import Environment, Reception, UnknownWord, Verdict
from app.store.documents import Emission, SriExchange
from app.store.prepared import Prepared, arg, row_of, written
from app.tenancy import tenant_scope
from app.time_scale import scaled
from app.work import Claim

Decide = Callable[[Reception | Verdict, exchanges.Call], Outcome]
HELD = Held(Result.PROBED)
PASSED_OVER = 1 / 3
"""The part of the pause between probes for which a document that no call was let through for leaves its place to
others: its own may be needed of a service that is not the one to be probed."""
PROBED_AGAIN = 2.5
"""Pauses between probes after which the document of a failed one may be a probe again."""
POLLS_S = (2, 5, 10, 20, 40, 60, 120, 300, 600, 900)
"""Waits between polls after RECIBIDA: the SRI usually decides in seconds and may take 24 hours (ficha 5.12, 7.4)."""
OFTEN_ENOUGH_S = 2.0 * POLLS_S[-1]
"""Whoever was answered within so long before is being asked all the while, and only not decided about."""


def _signed() -> str:
    called = fn.EXISTS(
        SriExchange.select().where(
            SriExchange.document_id == Emission.document_id, SriExchange.version == Emission.version
        )
    )
    one = (Emission.document_id == arg("document")) & (Emission.version == arg("version"))
    return written(Emission.select(*Emission._meta.sorted_fields, called).where(one))


_SIGNED = Prepared(_signed)


def signed_bytes(claim: Claim) -> tuple[Emission, bool]:
    """The version last signed, and whether the SRI was ever called about it. Inside the tenant's scope."""
    ((*values, called),) = _SIGNED.rows(document=claim.id, version=claim.row.version)
    return row_of(Emission, Emission._meta.sorted_fields, values), called


def open_call(
    claim: Claim, operation: exchanges.Operation, emission: Emission, services: Services
) -> exchanges.Call | None:
    """The call on record, about to be made; None, the row given back, while the circuit lets none through."""
    if call := exchanges.open_call(claim, operation, emission):
        return call
    environment = Environment(exchanges.environment_of(emission.access_key))
    settings = services.settings
    patience_s = settings.sri_total_timeout_s + 5
    if not circuit.take_probe(environment, operation, patience_s=patience_s):
        work.give_back(claim, PASSED_OVER * settings.circuit_probe_s)
        return None
    probe = exchanges.open_call(claim, operation, emission, probes=True)
    return replace(probe, probe=True) if probe else None


def ask(services: Services, call: exchanges.Call, emission: Emission) -> Reception | Verdict:
    """Make the call, outside any transaction. Raises ``Unavailable``."""
    sri = services.sri(call.access_key)
    reached("before_call")
    submits = call.operation == "submit"
    answer = sri.submit(bytes(emission.xml)) if submits else sri.query(call.access_key)
    reached("after_answer")
    return answer


def answered(
    claim: Claim, call: exchanges.Call | None, emission: Emission, services: Services, decide: Decide
) -> Outcome:
    """Make the call that ``open_call`` let through, and let ``decide`` say what its answer comes to.

    The answer is on record in the transaction in which ``decide`` acts on it, inside the tenant's scope.
    """
    if call is None:
        return HELD
    try:
        answer = ask(services, call, emission)
    except Unavailable as silence:
        return unanswered(claim, call, silence, services)
    with tenant_scope(claim.tenant_id):
        exchanges.close_call(call, answer)
        return decide(answer, call)


def unanswered(claim: Claim, call: exchanges.Call, silence: Unavailable, services: Services) -> Outcome:
    """No usable answer: on record, and the document comes back later as it is.

    A probe spends no attempt, and its document lets others be the next probes: it may be what the SRI cannot bear.
    """
    probe_s = services.settings.circuit_probe_s
    wait = PROBED_AGAIN * probe_s if call.probe else work.backoff(claim.attempts)
    with tenant_scope(claim.tenant_id):
        exchanges.close_unanswered(call, silence, services.settings)
        work.sleep(claim, wait, code=silence.kind, why=str(silence)[:500], spent=not call.probe)
    return Later(wait, silence.kind)


def not_understood(claim: Claim, answer: UnknownWord) -> Outcome:
    """A word nobody knows decides nothing: an alert, and the SRI is asked again. Inside the tenant's scope."""
    raise_alert(
        claim.tenant_id,
        "unknown_sri_word",
        claim.row.access_key,
        Text(
            f"el SRI respondió «{answer.word}», que nadie conoce; el comprobante sigue pendiente y se vuelve a "
            "consultar",
            f"the SRI answered '{answer.word}', which nobody knows; the document stays pending and is asked about "
            "again",
        ),
    )
    wait = scaled(POLLS_S[min(claim.attempts + 3, len(POLLS_S) - 1)])
    work.sleep(claim, wait, code="unknown_word", why=sentences.said("unknown_word", word=answer.word).es)
    return Later(wait, "unknown_word")


def undecided(claim: Claim, hours: float) -> Outcome:
    """The SRI has had its time: a person is asked to look. Inside the tenant's scope."""
    why = sentences.said("undecided", hours=f"{hours:g}")
    work.park(claim, "undecided", why.es)
    raise_alert(claim.tenant_id, "undecided", claim.row.access_key, why)
    return Parked(why.es)
