"""Faults of the worker processes themselves: killed, stopped, told to stop, starved."""

import contextlib
import os
import signal
import time
from pathlib import Path

from cast import Taxpayer
from engine_processes import alive, descendants

from app.kill_points import Point
from app.store.documents import Document, SriExchange
from app.tenancy import every_tenant_scope
from faults.fault import Fault, Inject
from faults.ground import Ground
from faults.oracle import sent_again

TERM_LIMIT_S = 25.0
CRASHES = 3
WATCHDOG_LIMIT_S = 60.0
INSIDE = Path(__file__).with_name("inside")


def at(point: Point) -> Inject:
    """A worker process dies at ``point`` the next time one comes by there."""

    def inject(ground: Ground) -> None:
        assert ground.settings.autoriza_kill_point == point
        trigger = ground.settings.autoriza_home / "kill"
        trigger.touch()
        ground.until(lambda: not trigger.exists(), 30, f"a process at {point}")
        ground.strike()

    return inject


def _kill_during_a_call(ground: Ground) -> None:
    ground.simulator.script([{"fault": "stall", "stage": "recepcion", "seconds": 1.2, "times": 30}])
    ground.import_more(12)  # what was under way may all have been sent by now
    victims: list[int] = []

    def one_is_calling() -> bool:
        with every_tenant_scope():
            calling = SriExchange.select(SriExchange.document_id).where(
                SriExchange.finished_at.is_null(), SriExchange.operation == "submit"
            )
            held = Document.select(Document.lease_owner).where(
                Document.id.in_(calling), Document.lease_owner.is_null(False)
            )
            victims[:] = sorted({int(row.lease_owner.rpartition(":")[2]) for row in held})
        return bool(victims)

    ground.until(one_is_calling, 30, "a call under way")
    os.kill(ground.rng.choice(victims), signal.SIGKILL)
    ground.strike()


def _kill_whole_pool(ground: Ground) -> None:
    ground.engine.kill_whole_pool_while(lambda: bool(ground.leased()), 20, "work in flight")
    ground.strike()


def _terminate_twice(ground: Ground) -> None:
    top = ground.engine.supervisor.pids["worker"]
    everybody = [top, *descendants(top)]
    began = time.monotonic()
    for pause in (1.0, 0.0):
        for pid in everybody:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        time.sleep(pause)
    while any(alive(pid) for pid in everybody) and time.monotonic() - began < 30:
        ground.engine.supervisor.tend()
        time.sleep(0.05)
    ground.seen["exit_s"] = time.monotonic() - began
    ground.strike()


def _nothing_cut(ground: Ground) -> list[str]:
    with every_tenant_scope():
        cut = SriExchange.select().where(SriExchange.outcome == "unknown").count()
    found = [f"{cut} calls were cut off by a polite SIGTERM"] if cut else []
    if ground.seen["exit_s"] > TERM_LIMIT_S:
        found.append(f"the pool took {ground.seen['exit_s']:.0f} s to end")
    return found


def _end_a_thread(ground: Ground) -> None:
    (ground.settings.autoriza_home / "end-a-thread").touch()
    ground.strike()
    log = ground.settings.autoriza_home / "logs" / "worker.log"
    ground.until(lambda: "threads_died" in log.read_text(), WATCHDOG_LIMIT_S, "the watchdog")


def _zombie(ground: Ground) -> None:
    ground.until(lambda: bool(ground.holders()), 20, "work in flight")
    victim = ground.rng.choice(sorted(set(ground.holders().values())))
    os.kill(victim, signal.SIGSTOP)
    ground.strike()
    try:
        ground.wait(3 * ground.settings.lease_s)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGCONT)


def _poison(ground: Ground) -> None:
    """The SRI keeps one taxpayer waiting; the process that holds his document is killed each time."""
    victim, *others = ground.taxpayers
    ground.simulator.script([{"fault": "stall", "seconds": 1.0, "times": 500, "ruc": victim.ruc}])
    poisoned = victim.import_invoice()
    ground.documents.append((victim, poisoned))
    ground.expected[poisoned] = "signed"
    ground.waiting.add(poisoned)
    killed: set[int] = set()

    def held_anew_or_set_aside() -> bool:
        fence = ground.leased().get(("Document", poisoned), 0)
        return _quarantined(victim, poisoned) or (fence not in {0, *killed} and _is_called(poisoned))

    while not _quarantined(victim, poisoned):
        ground.until(held_anew_or_set_aside, 60, "the next claim of what kills")
        fence, holder = ground.leased().get(("Document", poisoned), 0), ground.holders().get(poisoned)
        if fence and holder:
            killed.add(fence)
            os.kill(holder, signal.SIGKILL)
            ground.documents += [(one, one.import_invoice()) for one in others]
    ground.seen["kills"] = len(killed)
    ground.simulator.heal()
    ground.strike()


def _is_called(document_id: int) -> bool:
    with every_tenant_scope():
        calls = SriExchange.select().where(
            SriExchange.document_id == document_id, SriExchange.finished_at.is_null()
        )
        return bool(calls.exists())


def _set_aside_soon(ground: Ground) -> list[str]:
    kills = ground.seen["kills"]
    return [] if kills == CRASHES else [f"it was set aside after {kills} crashes"]


def _quarantined(taxpayer: Taxpayer, document_id: int) -> bool:
    return bool(taxpayer.read(document_id).needs_person_code == "crashed")


def _heard_once(ground: Ground) -> list[str]:
    again = sent_again(ground)
    return [f"{len(again)} keys were heard twice"] if again else []


def _point(point: Point) -> dict[str, str]:
    return {"autoriza_kill_point": point}


KILL_POINT = "at a named kill point"
FAULTS = (
    Fault(
        "F1",
        f"a worker is killed while it signs, before the commit ({KILL_POINT})",
        "no number is lost or taken twice",
        at("before_signing_commit"),
        settings=_point("before_signing_commit"),
        begins=(0.0, 0.0),
    ),
    Fault(
        "F2",
        f"a worker is killed after the signing commit, before anything is sent ({KILL_POINT})",
        "the SRI hears each key once",
        at("after_signing_commit"),
        _heard_once,
        settings=_point("after_signing_commit"),
        begins=(0.0, 0.0),
    ),
    Fault(
        "F2b",
        f"a worker is killed with the call on record and not made ({KILL_POINT})",
        "the SRI is asked before anything is sent again",
        at("before_call"),
        begins=(0.0, 0.02),
        settings=_point("before_call"),
    ),
    Fault(
        "F3",
        "a worker is killed while the SRI has the request and has not answered",
        "the SRI is asked, one authorization, no second key",
        _kill_during_a_call,
        begins=(0.0, 0.02),
    ),
    Fault(
        "F4",
        f"a worker is killed with the SRI's answer in hand, before the commit ({KILL_POINT})",
        "the SRI is asked, one authorization, no second key",
        at("after_answer"),
        settings=_point("after_answer"),
    ),
    Fault(
        "F5",
        f"a worker is killed after the commit, before the message is acknowledged ({KILL_POINT})",
        "the message that comes again does nothing",
        at("before_ack"),
        settings=_point("before_ack"),
    ),
    Fault("F6", "the whole pool is killed at once", "no hand is needed", _kill_whole_pool),
    Fault(
        "F7",
        "every process of the pool is told to end, twice within a second",
        "it ends within 25 s and no call is cut",
        _terminate_twice,
        _nothing_cut,
    ),
    Fault(
        "F8",
        "a worker stands still for three leases, then goes on",
        "what it writes late is refused",
        _zombie,
        resends=True,
    ),
    Fault(
        "F9",
        "one document's process dies whenever it is worked on",
        "it is set aside after three crashes, everything else goes on",
        _poison,
        _set_aside_soon,
        invoices=0.2,
        begins=(1.0, 1.0),
    ),
    Fault(
        "F43",
        f"a worker is killed between a RIDE's file and its row ({KILL_POINT})",
        "the RIDE is made again, its row names a whole file",
        at("before_ride_row"),
        settings=_point("before_ride_row"),
    ),
    Fault(
        "F43r",
        f"a worker is killed with a RIDE written and not yet under its name ({KILL_POINT})",
        "the RIDE is made again, nothing reads a part of one",
        at("before_rename"),
        settings=_point("before_rename"),
    ),
    Fault(
        "F55",
        "a thread of a worker process dies",
        "the process ends itself within 60 s and a whole one takes its place",
        _end_a_thread,
        inside=(INSIDE,),
        begins=(0.0, 0.0),
    ),
)
