"""A worker process looks at what is alarming when no tick asks for it."""

from typing import Any

import dramatiq


class StandingIn(dramatiq.Middleware):
    """One thread per worker process, see ``workers.watch``."""

    def __init__(self) -> None:
        self._stand_in: Any = None

    def after_worker_boot(self, broker: Any, worker: Any) -> None:
        """Begin to watch."""
        from workers import watch  # it needs the broker, which needs this

        self._stand_in = watch.StandIn()
        self._stand_in.start()

    def before_worker_shutdown(self, broker: Any, worker: Any) -> None:
        """Leave it to others."""
        if self._stand_in is not None:
            self._stand_in.stop()
