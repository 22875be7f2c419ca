"""Queues and processes: how much waits and how long, who works on what, and what is stuck."""

from datetime import UTC, datetime

from flask_admin import expose

from admin.console import engine, machinery
from admin.console.door import mine
from admin.console.names import names_of
from admin.console.scoped import PageView
from admin.console.texts import later
from app.permissions import Permission

IN_ORDER = ("sweep", "sign", "sri", "ride", "mail")
"""Queues in the order of an invoice's way; one that is not named here comes last."""


class Machine(PageView):
    """For admins: queues and processes serve all taxpayers at once."""

    sees = Permission.SEE_ENGINE
    group = "engine"
    icon = "queues"

    def __init__(self) -> None:
        super().__init__(name=later("menu.machine"), endpoint="machine", url="/engine")

    @expose("/")
    def index(self) -> str:
        """Everything at this moment."""
        now = datetime.now(UTC)
        queues = engine.queues()
        with mine():
            alive = machinery.processes(now)
            stuck, long = machinery.stuck(now), machinery.long_runs(now)
            told = {"timings": machinery.timings(), "names": names_of([*stuck, *long])}
        return self.render(
            "console/machine.html",
            now=now,
            names_of_queues=sorted(engine.queue_names(), key=_in_order),
            queues={queue.name: queue for queue in queues or ()},
            redis_is_away=queues is None,
            alive=alive,
            versions=sorted(machinery.versions(alive)),
            stuck=stuck,
            long=long,
            latest=machinery.LATEST,
            **told,
        )


def _in_order(name: str) -> tuple[int, str]:
    return (IN_ORDER.index(name) if name in IN_ORDER else len(IN_ORDER)), name
