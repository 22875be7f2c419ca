"""The start page: is money moving, and if not, why, since when, and who must act?"""

from typing import Any

from flask import abort, current_app, request
from flask_admin import expose
from peewee import fn

from admin.console import (
    engine_room,
    headline,
    pauses_shown,
    sri_away,
    sri_panel,
    standing,
    trends_shown,
    trouble_groups,
)
from admin.console.door import current, mine, of_mine, reach
from admin.console.names import names_of
from admin.console.pages.operations import awaiting_me
from admin.console.scoped import PageView
from admin.console.texts import later
from app import alert_settings, certificate_timeline
from app.alert_kinds import KINDS
from app.certificate_watch import THRESHOLDS_DAYS
from app.permissions import Permission
from app.search import mailed
from app.store.people import Alert
from app.store.tenants import Certificate, Halt, Tenant
from app.trends import SPANS
from app.work import in_seconds

LISTED = 8
TENANTS_LISTED = 100
GAP = "sequence_gap"
CHARTS = (trends_shown.throughput, trends_shown.time_to_authorized)


class Start(PageView):
    """What stands where, why it stands still, how the SRI answers, and whether the engine breathes."""

    icon = "now"

    def __init__(self) -> None:
        super().__init__(name=later("menu.start"), endpoint="start", url="/")

    @expose("/")
    def index(self) -> str:
        """All of it, of the taxpayers one may see; the engine for those who may see that."""
        if request.args:
            abort(400)
        services = current_app.extensions["services"]
        with mine():
            board = standing.board(
                reach(),
                services.settings.sends_mail,
                alert_settings.in_force(services.settings).stage_limits_s,
                sri_away.excused(),
            )
            lines = sri_panel.lines(reach())
            engine = engine_room.look(services) if current().may(Permission.SEE_ENGINE) else None
            groups = [one for one in trouble_groups.groups(board.troubled) if not one.care.snoozed]
            facts = self._beside()
            approvals = awaiting_me()
            charts = [draw(SPANS[1], reach()) for draw in CHARTS]
            tallies = self._tallies(board)
            returned = mailed.returned(reach())
        return self.render(
            "console/start.html",
            board=board,
            sentences=headline.sentences(
                board,
                lines,
                pauses=pauses_shown.standing(),
                halts=facts["halts_in_all"],
                approvals=approvals,
                alerts=facts["alerts_in_all"],
                returned=returned,
                engine=engine,
                probe_every_s=services.settings.circuit_probe_s,
            ),
            lines=[line for line in lines if line.used],
            engine=engine,
            busy=engine_room.busy,
            in_words=sri_away.in_words,
            groups=groups[:LISTED],
            groups_in_all=len(groups),
            charts=charts,
            tallies=tallies,
            kinds=KINDS,
            **facts,
        )

    def _beside(self) -> dict[str, Any]:
        alerts = Alert.select().where(*of_mine(Alert), Alert.resolved_at.is_null())
        halts = Halt.select().where(*of_mine(Halt), Halt.lifted_at.is_null())
        soon = Certificate.not_after < in_seconds(THRESHOLDS_DAYS[1] * 86_400)
        ending = [
            row
            for row, place in certificate_timeline.standing(
                *of_mine(Certificate), certificate_timeline.still(), soon
            )
            if place == "current"
        ]
        listed: dict[str, list[Any]] = {
            "halts": list(halts.order_by(Halt.id.desc()).limit(LISTED)),
            "alerts": list(alerts.where(Alert.kind != GAP).order_by(Alert.id.desc()).limit(LISTED)),
            "gaps": list(alerts.where(Alert.kind == GAP).order_by(Alert.id.desc()).limit(LISTED)),
            "ending": sorted(ending, key=lambda row: row.not_after)[:LISTED],
        }
        return listed | {
            "names": names_of(row for rows in listed.values() for row in rows),
            "halts_in_all": halts.select(fn.count(Halt.id)).scalar(),
            "alerts_in_all": alerts.select(fn.count(Alert.id)).scalar(),
        }

    def _tallies(self, board: standing.Board) -> list[tuple[Tenant, dict[str, int]]]:
        """Each taxpayer with what it has at each stage, those with most in trouble first."""
        query = Tenant.select().where(*of_mine(Tenant)).order_by(Tenant.razon_social).limit(TENANTS_LISTED)
        return [(tenant, board.by_tenant.get(tenant.id, {})) for tenant in query]
