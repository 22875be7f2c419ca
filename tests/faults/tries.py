"""Many runs, each in a process of its own, so many at a time."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from faults.fault import Fault
from faults.registry import find
from faults.scale import FULL, TENTH, Scale
from faults.trial import Outcome, run

Run = tuple[Fault, int]


def tried(
    runs: Sequence[Run], scale: Scale, invoices: int | None, *, at_a_time: int
) -> Iterator[tuple[Fault, Outcome]]:
    """The outcome of each fault with each seed, as it ends; those that want to be alone come last, one by one."""
    together = [one for one in runs if not one[0].alone]
    alone = [one for one in runs if one[0].alone]
    for some, number in ((together, at_a_time), (alone, 1)):
        yield from _tried(some, scale, invoices, number)


def _tried(
    runs: Sequence[Run], scale: Scale, invoices: int | None, at_a_time: int
) -> Iterator[tuple[Fault, Outcome]]:
    with ProcessPoolExecutor(at_a_time, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        trials = {pool.submit(_one, fault.id, scale.name, seed, invoices): fault for fault, seed in runs}
        for trial in as_completed(trials):
            yield trials[trial], trial.result()


def _one(fault_id: str, scale: str, seed: int, invoices: int | None) -> Outcome:
    (fault,) = find([fault_id])
    return run(fault, {one.name: one for one in (TENTH, FULL)}[scale], seed, invoices)
