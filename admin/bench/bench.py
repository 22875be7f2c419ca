"""One run of the benchmark: what several figures share is done once, when the first of them asks for it."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from types import FrameType

from admin.bench.closed_loop import ClosedLoop, run_closed_loop
from admin.bench.floors import Floors, run_floors
from admin.bench.ground import Ground, laid_out
from admin.bench.machine import Machine
from admin.bench.open_loop import OpenLoop, run_open_loop
from admin.bench.options import Options
from admin.bench.saturation import Saturation, saturate
from admin.bench.scaling import Scaling, run_scaling
from admin.bench.starting import run_starting
from admin.bench.sweeping import Idle, Sweep, run_idle, run_sweep
from admin.bench.timing import WARM_UP, Step, Timings, time_all
from admin.bench.workshop import Workshop


class Bench:
    """Lends each measurement what it needs; ``steps`` are all that any of them wants timed."""

    def __init__(self, options: Options, steps: Sequence[Step], stack: ExitStack) -> None:
        self.options = options
        self.machine = Machine(options)
        self._steps = steps
        self._stack = stack

    @cached_property
    def ground(self) -> Ground:
        """The temporary installation."""
        self.options.watch.begin("servers and taxpayers", 1)
        ground = self._stack.enter_context(laid_out())
        self.options.watch.at(1)
        return ground

    @cached_property
    def saturation(self) -> Saturation:
        """Batches through all processes, the SRI answering at once."""
        return saturate(self.ground, self.options)

    @cached_property
    def closed_loop(self) -> ClosedLoop:
        """A steady stream, as many documents on their way as keep every process busy."""
        return run_closed_loop(self.ground, self.options)

    @cached_property
    def open_loop(self) -> OpenLoop:
        """Documents at a fixed pace, the SRI taking a second for each call."""
        return run_open_loop(self.ground, self.options)

    @cached_property
    def sweep(self) -> Sweep:
        """Very many due documents of very many taxpayers, published by one tick."""
        return run_sweep(self.ground, self.options)

    @cached_property
    def idle(self) -> Idle:
        """Ticks that find nothing due among few and among very many documents."""
        return run_idle(self.ground, self.options)

    @cached_property
    def floors(self) -> Floors:
        """What the rows and messages of a document cannot cost less than."""
        return run_floors(self.ground)

    @cached_property
    def scaling(self) -> Scaling:
        """Batches through one and through two worker processes, in turns."""
        return run_scaling(self.ground, self.options)

    @cached_property
    def starting(self) -> Sequence[float]:
        """Seconds from ``autoriza up`` to the first document it accepted, on data that were there before."""
        return run_starting(self.options)

    @cached_property
    def timings(self) -> Timings:
        """Every step by itself, in this process."""
        with Workshop(self.options.rounds + WARM_UP, lambda: self.ground) as workshop:
            return time_all(self._steps, workshop, self.options.watch)


@contextmanager
def opened(options: Options, steps: Sequence[Step]) -> Iterator[Bench]:
    """A run held to ``options.cores``; whatever it started is ended with it, on Ctrl-C and SIGTERM too."""
    before = signal.signal(signal.SIGTERM, _leave)
    with ExitStack() as stack, _held_to(options.cores):
        try:
            yield Bench(options, steps, stack)
        finally:
            impatient = signal.signal(
                signal.SIGINT, signal.SIG_IGN
            )  # a second Ctrl-C would leave things behind
            options.watch.begin("clearing away", 1)
            stack.close()
            signal.signal(signal.SIGINT, impatient)
            signal.signal(signal.SIGTERM, before)


@contextmanager
def _held_to(cores: int) -> Iterator[None]:
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(allowed)[:cores]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
