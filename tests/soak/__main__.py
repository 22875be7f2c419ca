"""Steady load and random faults for so many minutes; status 1 when anything was lost, doubled, stuck or grew."""

import argparse
import os
import random
import sys
import time
from collections import Counter
from contextlib import suppress

import psycopg2
import redis
from faults.fault import Fault
from faults.ground import Ground, laid_out
from faults.oracle import broken_promises
from faults.registry import FAULTS
from faults.scale import TENTH
from peewee import PeeweeException

from app.config import Settings
from app.invariants import find_violations
from app.progress import measure
from app.store.base import database
from soak import usage

LEFT_OUT = frozenset(("F9", "F28", "F32", "F35", "F37", "F44", "F45", "F48", "F46", "F53"))
"""Faults that are about what becomes of chosen documents, or that leave the rest of a soak without its logs."""
LOAD_EACH_S = 3
PAUSE_S = (8.0, 20.0)
AWAY = (PeeweeException, psycopg2.Error, redis.RedisError)


def fit() -> list[Fault]:
    """The faults that can strike one after the other in one installation, whatever settings it has."""
    return [
        one
        for one in FAULTS
        if one.id not in LEFT_OUT and not one.proxied and not one.settings and not one.inside
    ]


def main(arguments: list[str]) -> int:
    """Print what is seen on the way, then the verdict."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args(arguments)
    for name in Settings.model_fields:  # nothing of this machine's own installation
        os.environ.pop(name.upper(), None)
    rng = random.Random(asked.seed)
    _say(f"seed {asked.seed}, {asked.minutes:g} minutes, {len(fit())} faults to choose from")
    with laid_out(TENTH, rng, changes={}, proxied=frozenset(), latency_s=0.1) as ground:
        seen, struck, broken = _run(ground, asked.minutes * 60)
        broken += _verdict(ground, struck)
        broken += usage.grown(seen, _say)
    _say(f"faults: {', '.join(f'{name} × {count}' for name, count in sorted(struck.items()))}")
    _say(f"{len(ground.documents)} invoices, {len(broken)} violations")
    for one in broken:
        _say(f"  {one}")
    return int(bool(broken))


def _run(ground: Ground, seconds: float) -> tuple[list[usage.Usage], Counter[str], list[str]]:
    end = time.monotonic() + seconds
    seen: list[usage.Usage] = []
    struck: Counter[str] = Counter()
    broken: list[str] = []
    while time.monotonic() < end:
        _load(ground, ground.rng.uniform(*PAUSE_S))
        fault = ground.rng.choice(fit())
        try:
            ground.strike()
            fault.inject(ground)
        except AssertionError as error:  # a kill that found nobody to kill, an outage that nobody met
            _say(f"{fault.id}: {str(error).splitlines()[0]}")
        struck[fault.id] += 1
        ground.simulator.heal()
        _load(ground, ground.rng.uniform(*PAUSE_S))
        with suppress(*AWAY):
            seen.append(usage.read(ground))
            left = measure(None)
            _say(f"{fault.id:5} {left.total} invoices, {left.moving} moving; {_shown(seen[-1])}")
    return seen, struck, broken


def _load(ground: Ground, seconds: float) -> None:
    """Hand in an invoice of each taxpayer every few seconds, whatever is away."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(*AWAY):
            ground.import_more(len(ground.taxpayers))
        if not database.is_closed():
            database.close()
        ground.wait(LOAD_EACH_S)


def _verdict(ground: Ground, struck: Counter[str]) -> list[str]:
    ground.until(lambda: measure(None).moving == 0, 2 * TENTH.patience_s, "rest")
    resends = any(fault.resends for fault in FAULTS if struck[fault.id])
    judged = Fault("soak", "", "", lambda _: None, resends=resends)
    broken = broken_promises(judged, ground)
    return broken or [one.sentence.es for one in find_violations(ground.services)]


def _shown(held: usage.Usage) -> str:
    return ", ".join(f"{name} {getattr(held, name):.0f}" for name in usage.NAMES)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
