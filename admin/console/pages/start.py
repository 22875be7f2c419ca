"""The start page: is everything moving, and what waits for a person?"""

from datetime import UTC, datetime
from typing import Any

from flask import abort, request
from flask_admin import expose

from admin.console import attention, counts
from admin.console.door import may, mine, of_mine, reach
from admin.console.keyset import Place
from admin.console.names import names_of
from admin.console.scoped import PageView
from admin.console.texts import later
from app import processes
from app.lifecycle import State
from app.permissions import Permission
from app.store.documents import Document, Ride
from app.store.engine import Tick
from app.store.people import Alert
from app.store.tenants import Halt

LISTED = 10
TENANTS_LISTED = 100
REFRESH_S = 15


class Start(PageView):
    """Counts by state and taxpayer, what needs a person, standing alerts, and whether the engine breathes."""

    icon = "now"

    def __init__(self) -> None:
        super().__init__(name=later("menu.start"), endpoint="start", url="/")

    @expose("/")
    def index(self) -> str:
        """All of it; ``?live=1`` loads itself again."""
        if request.args.keys() - {"live"}:
            abort(400)
        with mine():
            tallies = counts.tallies()
            facts = self._waiting() | (self._engine() if may(Permission.SEE_ENGINE) else {"engine": None})
        return self.render(
            "console/start.html",
            tallies=tallies[:TENANTS_LISTED],
            tenants=len(tallies),
            totals={state: sum(tally.by_state[state] for tally in tallies) for state in State},
            moving=sum(tally.moving for tally in tallies),
            needing=sum(tally.needing_person for tally in tallies),
            oldest=min(filter(None, (tally.oldest for tally in tallies)), default=None),
            bound=counts.COUNTED_UP_TO,
            states=list(State),
            refresh=REFRESH_S if "live" in request.args else None,
            **facts,
        )

    def _waiting(self) -> dict[str, Any]:
        documents = Document.select(
            Document.id,
            Document.tenant_id,
            Document.number,
            Document.state,
            Document.environment,
            Document.buyer_name,
            Document.needs_person_reason,
            Document.created_at,
        ).where(
            *of_mine(Document),
            Document.id.in_(attention.ids(reach(), (), Place(), LISTED) or [0]),
        )
        rides = Ride.select(Ride.id, Ride.tenant_id, Ride.needs_person_reason, Ride.needs_person_since).where(
            *of_mine(Ride), Ride.path.is_null(), Ride.needs_person_since.is_null(False)
        )
        alerts = Alert.select().where(*of_mine(Alert), Alert.resolved_at.is_null())
        halts = Halt.select().where(*of_mine(Halt), Halt.lifted_at.is_null())
        waiting: dict[str, list[Any]] = {
            "documents": list(documents.order_by(Document.id.desc()).limit(LISTED)),
            "rides": list(rides.order_by(Ride.id.desc()).limit(LISTED)),
            "alerts": list(alerts.order_by(Alert.id.desc()).limit(LISTED)),
            "halts": list(halts.order_by(Halt.id.desc()).limit(LISTED)),
        }
        return waiting | {"names": names_of(row for rows in waiting.values() for row in rows)}

    def _engine(self) -> dict[str, Any]:
        last = (
            Tick.select(Tick.due_at).where(Tick.origin == "clock").order_by(Tick.id.desc()).limit(1).scalar()
        )
        late = last is None or (datetime.now(UTC) - last).total_seconds() > counts.LATE_AFTER_S
        return {"engine": {"last_tick": last, "running": processes.at_work(), "late": late}}
