"""Queues and processes: how much waits and how long, who works on what, and what is stuck."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import abort, flash, redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console import engine, machinery, pauses_shown, sri_away
from admin.console.door import current, mine, needs, of_mine
from admin.console.names import names_of
from admin.console.scoped import PageView
from admin.console.texts import later, t, why
from admin.console.witness import note_refused
from app import utilisation
from app.errors import Refused
from app.pausing import Subject
from app.permissions import Permission
from app.store.documents import Document

LONGEST_REASON = 300
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
        queues, pauses = engine.queues(), pauses_shown.standing()
        with mine():
            alive = machinery.processes(now)
            stuck, long = machinery.stuck(now), machinery.long_runs(now)
            timings = machinery.timings()
            rates = machinery.per_minute(timings, now)
            uses = utilisation.by_queue(now)
            told = {"timings": timings, "rates": rates, "names": names_of([*stuck, *long])}
        return self.render(
            "console/machine.html",
            now=now,
            pauses=pauses,
            away=[
                (one, sri_away.told_of([one], "machine.sri_away"), sri_away.next_probe(one, now))
                for one in sri_away.shut()
            ],
            paused_before=pauses_shown.before(),
            may_be_paused=pauses_shown.offered(),
            paused_queues={one.subject.name: one for one in pauses if one.subject.scope == "queue"},
            uses=uses,
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

    @expose("/pause", methods=("POST",))
    @needs(Permission.RUN_ENGINE)
    def pause(self) -> Response:
        """Hold a stage, a queue or a service of the SRI back, with a reason, and until a time if one is given."""
        reason = request.form.get("reason", "").strip()[:LONGEST_REASON]

        def hold(what: str, by: str) -> Subject:
            until = engine.until_in(request.form.get("hours", ""))
            return engine.hold(what, by=by, reason=reason, until=until)

        return self._do("pause.placed", hold)

    @expose("/resume", methods=("POST",))
    @needs(Permission.RUN_ENGINE)
    def resume(self) -> Response:
        """Let it go on."""
        return self._do("pause.ended", lambda what, by: engine.let_go(what, by=by))

    @expose("/repair/<row:document_id>", methods=("POST",))
    @needs(Permission.RUN_ENGINE)
    def repair(self, document_id: int) -> Response:
        """Have what stands still taken up now, by the sweep that would have done so."""
        with mine():
            document = Document.get_or_none(*of_mine(Document), Document.id == document_id)
        if document is None:
            abort(404)
        try:
            engine.repair(document.tenant_id, document_id, by=current().email)
            flash(t("machine.repaired", id=document_id), "done")
        except Refused as refusal:
            note_refused(refusal)
            flash(t("act.refused", why=why(refusal)), "refused")
        return redirect(self.get_url(".index"))

    def _do(self, done: str, act: Callable[[str, str], Subject]) -> Response:
        try:
            subject = act(request.form.get("what", ""), current().email)
            flash(t(done, what=pauses_shown.name_of(subject)), "done")
        except Refused as refusal:
            note_refused(refusal)
            flash(t("pause.not_done", why=why(refusal)), "refused")
        return redirect(self.get_url(".index") + "#pauses")


def _in_order(name: str) -> tuple[int, str]:
    return (IN_ORDER.index(name) if name in IN_ORDER else len(IN_ORDER)), name
