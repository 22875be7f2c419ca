"""The record of the runs: kept as JSON so that it can go on later, shown as a table."""

import json
import statistics
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from faults.fault import Fault
from faults.registry import FAULTS, NOT_RUN
from faults.scale import Scale
from faults.trial import Outcome

_HEAD = """# Faults

Everything that can go wrong, made to go wrong on purpose by `make faults`: a real PostgreSQL and Valkey, the real
worker and scheduler processes, the simulator as the second witness, three taxpayers with their invoices under way.
A fault strikes at a random instant or at a named kill point; when it is over, everything must come to rest by itself.
Then `autoriza check`, the simulator's own verdict and the end of every document are looked at, and what the row says.
A violation is a run in which anything did not hold, or which could not be carried out.

At **one tenth** the lease, the limits of calls, the periods of sweeps, the waits between polls and retries, the 60 s
of asking and the outages last a tenth of what they do in service; starting a process does not. **Full** is as in
service. *Claimed again*: seconds from the fault until every row it interrupted had been taken up again or let go.
*At rest*: until nothing moved any more, the rest of the load included.
"""


class Record:
    """Outcomes by scale and fault, in a file that is complete after every run."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}

    def runs(self, fault: Fault, scale: Scale) -> int:
        """How many runs of ``fault`` are on record."""
        return len(self._outcomes(fault.id, scale.name))

    def forget(self, fault: Fault, scale: Scale) -> None:
        """Begin anew with ``fault``."""
        self._kept.pop(f"{scale.name} {fault.id}", None)

    def add(self, fault: Fault, scale: Scale, outcome: Outcome, invoices: int) -> None:
        """Keep one more outcome."""
        entry = asdict(outcome) | {"on": f"{datetime.now(UTC):%Y-%m-%d}", "invoices": invoices}
        self._kept.setdefault(f"{scale.name} {fault.id}", []).append(entry)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_name(f"{self._file.name}.new")
        fresh.write_text(json.dumps(self._kept, indent=1, ensure_ascii=False))
        fresh.replace(self._file)

    def _outcomes(self, fault_id: str, scale: str) -> list[dict[str, Any]]:
        return list(self._kept.get(f"{scale} {fault_id}", []))

    def table(self, scales: Iterable[str]) -> str:
        """The rows of every fault that was run, as Markdown."""
        rows = [
            "| fault | what happens | what must hold besides | scale | runs | violations "
            "| claimed again, s: median, worst | at rest, s: median, worst |",
            "|---|---|---|---|--:|--:|--:|--:|",
        ]
        for fault in FAULTS:
            for scale in scales:
                if outcomes := self._outcomes(fault.id, scale):
                    rows.append(_row(fault, scale, outcomes))
        return "\n".join(rows)

    def page(self, scales: tuple[str, ...]) -> str:
        """The whole of ``docs/faults.md``."""
        every = [one for outcomes in self._kept.values() for one in outcomes]
        seeds = sorted({one["seed"] for one in every})
        days = sorted({one["on"] for one in every})
        ran = (
            f"Runs of {days[0]} to {days[-1]}, seeds {seeds[0]} to {seeds[-1]}, "
            f"up to {max(one['invoices'] for one in every)} invoices each.\n"
            if every
            else "Nothing was run yet.\n"
        )
        never = [fault.id for fault in FAULTS if not any(self._outcomes(fault.id, one) for one in scales)]
        left = [f"| {name} | {why} |" for name, why in NOT_RUN.items()]
        left += [f"| {name} | implemented, not in this table's runs |" for name in never]
        parts = [_HEAD, ran, self.table(scales), "", "## Not run", "", "| fault | why |", "|---|---|", *left]
        return "\n".join([*parts, *self._violations(scales)]) + "\n"

    def _violations(self, scales: tuple[str, ...]) -> list[str]:
        found = [
            f"- **{fault.id}** ({scale}, seed {one['seed']}): {one['violations'][0].splitlines()[0]}"
            for fault in FAULTS
            for scale in scales
            for one in self._outcomes(fault.id, scale)
            if one["violations"]
        ]
        return ["", "## Violations", "", *found] if found else []


def _row(fault: Fault, scale: str, outcomes: list[dict[str, Any]]) -> str:
    broken = sum(bool(one["violations"]) for one in outcomes)
    times = [_times([one[name] for one in outcomes]) for name in ("claimed_again_s", "at_rest_s")]
    return (
        f"| {fault.id} | {fault.happens} | {fault.must_hold} | {scale} | {len(outcomes)} | {broken} "
        f"| {times[0]} | {times[1]} |"
    )


def _times(seconds: list[float | None]) -> str:
    known = [one for one in seconds if one is not None]
    return f"{statistics.median(known):.0f}, {max(known):.0f}" if known else "never"
