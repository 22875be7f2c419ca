"""Faults of the SRI and of the way there: silent, late, lying, not making sense."""

import gzip
from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from typing import Any

from peewee import SQL, fn

from app.store.documents import Document, SriExchange
from app.store.people import Alert
from app.tenancy import every_tenant_scope, tenant_scope
from app.work import EARLY_S
from faults.fault import Fault, Inject
from faults.ground import Ground
from faults.oracle import receptions, sent_again

CALLS = 20
STRIKES_WITHIN_S = 60.0
NOT_STRUCK = "the fault did not strike: the trial proved nothing"
SCRIPTED = ("DEVUELTA 43", "DEVUELTA 70")
POLLS = 4
LATE = 10
EARLY = (0.0, 0.02)
"""When most documents have not been sent yet."""
REFUSED_CODE = "52"


def saying(*entries: dict[str, Any], for_outages: float = 1.0) -> Inject:
    """The simulator follows a script for a while, then answers by the book again."""

    def inject(ground: Ground) -> None:
        since = len(ground.simulator.log())
        ground.simulator.script(list(entries))
        ground.strike()
        ground.import_more(2 * CALLS)  # so that there is somebody to strike, however quick the others were
        ground.until(lambda: _struck(ground, since), STRIKES_WITHIN_S, "a call that the script strikes")
        ground.wait(for_outages * ground.scale.outage_s)
        ground.simulator.heal()

    return inject


def _struck(ground: Ground, since: int) -> bool:
    return any(call.fault or call.answer in SCRIPTED for call in ground.simulator.log(since))


def _silent_way(ground: Ground) -> None:
    ground.proxies["sri"].stall()
    ground.strike()
    ground.wait(2 * ground.scale.outage_s)
    ground.proxies["sri"].cut()
    ground.proxies["sri"].heal()


def _wrong_answers(ground: Ground) -> None:
    """What no simulator of a SOAP service says: a login page, half an archive, a bomb."""
    ground.strike()
    for reply in (_login(), _half_an_archive(), _bomb(), _huge_fault()):
        ground.proxies["sri"].answer_with(reply, CALLS // 2)
        ground.wait(ground.scale.outage_s / 2)
    ground.proxies["sri"].heal()
    assert ground.proxies["sri"].struck, NOT_STRUCK


def _http(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/xml", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def _login() -> bytes:
    return _http("302 Found", b"", "Location: https://srienlinea.sri.gob.ec/login")


def _half_an_archive() -> bytes:
    whole = gzip.compress(b"<soap>" * 1000)
    return _http("200 OK", whole[: len(whole) // 2], "Content-Encoding: gzip")


def _bomb() -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    return _http("200 OK", f"<?xml version='1.0'?><!DOCTYPE x [{laughs}]><x>&l9;</x>".encode())


def _huge_fault() -> bytes:
    return _http("500 Error", b"<f>" + b"x" * (5 * 1024 * 1024) + b"</f>")


def same_bytes_later(ground: Ground) -> list[str]:
    """A resend is of the same bytes, and not before the SRI was asked for as long as the setting says."""
    sendings: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for call in receptions(ground):
        sendings[call.access_key].append((datetime.fromisoformat(call.at).timestamp(), call.sha256))
    found = []
    for key, calls in sendings.items():
        if len({digest for _, digest in calls}) > 1:
            found.append(f"{key} was sent with other bytes")
        gaps = [later[0] - first[0] for first, later in pairwise(calls)]
        if gaps and min(gaps) < ground.settings.ask_before_resend_s - EARLY_S:
            found.append(f"{key} was sent again after {min(gaps):.1f} s")
    return found


def _raw_kept(ground: Ground) -> list[str]:
    with every_tenant_scope():
        mute = SriExchange.select().where(
            SriExchange.outcome == "unavailable",
            SriExchange.http_status == 200,
            SriExchange.response.is_null(),
        )
        return [f"{mute.count()} unintelligible answers were not kept"] if mute.exists() else []


def _alarmed(ground: Ground) -> list[str]:
    with every_tenant_scope():
        told = Alert.select().where(Alert.kind == "unknown_sri_word").exists()
        seen = SriExchange.select().where(SriExchange.outcome == "unknown_word").exists()
    return ["the SRI said an unknown word and nobody was told"] if seen and not told else []


def _undecided_then_both(ground: Ground) -> None:
    """A taxpayer's next ten numbers stay in process for some polls; then half of them are refused."""
    victim = ground.taxpayers[0]
    with tenant_scope(victim.id):
        mine = Document.select().where(Document.tenant_id == victim.id)
        first = mine.count() + 1  # numbers are given without a gap, to whichever document is signed next
        place = mine.first()
    late = [f"{place.establishment}-{place.emission_point}-{first + turn:09d}" for turn in range(LATE)]
    refused = late[1::2]
    about = {"ruc": victim.ruc, "stage": "autorizacion"}
    entries: list[dict[str, Any]] = [{"code": REFUSED_CODE, "number": one, **about} for one in refused]
    entries += [{"fault": "in_process", "times": POLLS, "each": True, "number": one, **about} for one in late]
    ground.simulator.script(entries)
    ground.documents += [(victim, victim.import_invoice()) for _ in late]
    ground.strike()

    def numbered() -> bool:
        with tenant_scope(victim.id):
            rows = Document.select(Document.id).where(Document.number.in_(refused))
            ground.expected |= {row.id: "rejected" for row in rows}
        return len(ground.expected) == len(refused)

    ground.until(numbered, STRIKES_WITHIN_S, "the numbers that are decided late")


def _polled_for_long(ground: Ground) -> list[str]:
    waited = sum(call.fault == "in_process" for call in ground.simulator.log())
    return [] if waited == LATE * POLLS else [f"{waited} answers were 'in process' instead of {LATE * POLLS}"]


def _peak_kept(ground: Ground) -> list[str]:
    limit = ground.settings.sri_calls_per_tenant_s * (1 + ground.settings.sri_burst_s)
    peaks = ground.simulator.verdict().peak_calls_per_second
    # Submit and query are counted apart by us and together by the simulator.
    return [
        f"{ruc} was called for {peak} times in a second" for ruc, peak in peaks.items() if peak > 2 * limit
    ]


def _no_resend(ground: Ground) -> list[str]:
    return [f"{key} was sent again" for key in sent_again(ground)]


def _nothing_by_the_other_ambiente(_: Ground) -> list[str]:
    """Every taxpayer of a trial issues in pruebas."""
    with every_tenant_scope():
        elsewhere = SriExchange.select(SriExchange.outcome).where(
            fn.position(SQL("%s in response", (b"<ambiente>PRODUCCI",))) > 0
        )
        outcomes = {row.outcome for row in elsewhere}
    believed = outcomes - {"unavailable"}
    found = [] if outcomes else [NOT_STRUCK]
    return found + ([f"answers of the other ambiente were taken for {believed}"] if believed else [])


FAULTS = (
    Fault(
        "F25",
        "the SRI takes 20 documents and its answers are lost",
        "it is asked; nothing is sent again",
        saying({"fault": "accept_then_drop", "stage": "recepcion", "times": CALLS}),
        _no_resend,
        begins=EARLY,
    ),
    Fault(
        "F26",
        "20 documents are lost on their way to the SRI",
        "the same bytes again, after asking for long enough",
        saying({"fault": "drop_before", "stage": "recepcion", "times": CALLS}),
        same_bytes_later,
        begins=EARLY,
    ),
    Fault(
        "F27",
        "the SRI says 43 or 70 (already registered, in process) at once",
        "they are polled, not errors",
        saying(
            {"code": "43", "times": CALLS, "stage": "recepcion"},
            {"code": "70", "times": CALLS, "stage": "recepcion"},
        ),
        begins=EARLY,
    ),
    Fault(
        "F28",
        "the SRI decides ten documents late, half of them against us",
        "each ends as the SRI decided",
        _undecided_then_both,
        _polled_for_long,
        begins=EARLY,
    ),
    Fault(
        "F29",
        "the SRI answers with web pages, nothing, half an answer, 503",
        "nothing is refused by it, answers are kept",
        saying(
            *(
                {"fault": kind, "times": CALLS}
                for kind in ("http_200", "empty", "truncated", "http_503", "drop_before")
            ),
            for_outages=2,
        ),
        _raw_kept,
    ),
    Fault(
        "F29w",
        "a login redirect, half an archive, an entity bomb and a huge fault come in the SRI's name",
        "parsed in bounds, nothing is refused by it",
        _wrong_answers,
        proxied=frozenset({"sri"}),
    ),
    Fault(
        "F30",
        "the SRI answers with SOAP faults and words nobody knows",
        "documents stay pending, somebody is told",
        saying({"fault": "soap_fault", "times": CALLS}, {"fault": "unknown_word", "times": CALLS}),
        _alarmed,
    ),
    Fault(
        "F31",
        "the SRI answers about another key, and with two verdicts",
        "nothing is written to another document",
        saying({"fault": "wrong_key", "times": CALLS}, {"fault": "two_verdicts", "times": CALLS}),
    ),
    Fault(
        "F23",
        "the way to the SRI falls silent without closing",
        "call limits hold, threads are free again",
        _silent_way,
        proxied=frozenset({"sri"}),
    ),
    Fault(
        "F24",
        "the SRI answers byte by byte",
        "the limit of a whole call holds",
        saying({"fault": "drip", "seconds": 0.2, "times": CALLS}),
    ),
    Fault(
        "F47",
        "the SRI's answers are those of the other ambiente, as by an address in the other's place",
        "nothing is authorized by them; documents stay pending",
        saying({"fault": "other_environment", "times": CALLS}),
        _nothing_by_the_other_ambiente,
    ),
    Fault(
        "F34",
        "the SRI is in maintenance while calls are paced",
        "the pace holds afterwards, no tenant waits for the others",
        saying({"fault": "maintenance", "seconds": 60}, for_outages=3),
        _peak_kept,
        settings={"sri_calls_per_s": 40.0, "sri_calls_per_tenant_s": 10.0},
    ),
)
