"""Failures by cause: what is wrong, whose business it is, what to do, and how to act on all of it at once."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, request
from flask_admin import expose
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from admin.console import group_care, refusal_words, sri_away, standing, trouble_groups
from admin.console.door import current, mine, of_mine, reach
from admin.console.filters import place_of
from admin.console.formats import count_of
from admin.console.names import names_of
from admin.console.pages.all_matching import new_click
from admin.console.pages.following import SNOOZES, Following
from admin.console.scoped import PageView
from admin.console.sri_away import Places
from admin.console.texts import later, reread, t
from admin.console.trouble_groups import SORTS, Group
from app import causes, failure_care
from app.causes import Fault
from app.permissions import Permission
from app.search import keyset
from app.search.keyset import Page, Place
from app.store.documents import Document

PAGE = 50
SHOWN = (
    *("id", "tenant_id", "number", "buyer_name", "total", "created_at"),
    *("needs_person_since", "needs_person_reason", "last_error", "refused_text"),
)
"""Columns a list of documents in trouble reads."""
SHOWS: dict[str, Callable[[Group], bool]] = {
    "open": lambda group: not group.care.snoozed,
    "mine": lambda group: group.care.mine,
    "nobodys": lambda group: not group.care.assignees and not group.care.snoozed,
    "snoozed": lambda group: group.care.snoozed,
    "all": lambda _: True,
}
"""Which groups may be looked at."""
OFFERED = {"sort": SORTS, "show": tuple(SHOWS), "fault": tuple(map(str, Fault))}
"""What the list of groups may be asked for."""
WHOLE_STAGE = {"mail": ("resend_mail", "resend")} | dict.fromkeys(standing.REFUSED, ("correct", "anew"))
"""What may be done to chosen documents of a stage, whatever is wrong with each; elsewhere they are retried."""
USUAL = {"sort": SORTS[0], "show": "open"}


class Faults(Following, PageView):
    """Groups of what is in trouble, those with most money first; the documents of each."""

    icon = "failure"

    def __init__(self) -> None:
        super().__init__(name=later("menu.faults"), endpoint="faults", url="/failures")

    def kept(self, name: str, arguments: MultiDict[str, str]) -> dict[str, str] | None:
        """How the groups are ordered and narrowed; or a stage, and the cause when it is narrowed to one."""
        if name == "index":
            return _asked(arguments)
        if name != "stage":
            return None
        asked = {key: value for key, value in arguments.items() if key not in ("behind", "before")}
        if asked.keys() - {"stage", "cause"} or not trouble_groups.is_stage(asked.get("stage", "")):
            abort(400)
        return asked

    @expose("/")
    def index(self) -> str:
        """The groups one asks for, those that nobody put off unless told otherwise."""
        asked = _asked(request.args)
        chosen = USUAL | asked
        with mine():
            held_back = sri_away.places()
            board = standing.board(reach(), away=held_back)
            every = trouble_groups.groups(board.troubled)
            trouble_groups.note_times(every, reach())
            wanted = [
                one
                for one in every
                if SHOWS[chosen["show"]](one) and chosen.get("fault", one.cause.fault) == one.cause.fault
            ]
            groups = trouble_groups.in_order(wanted, chosen["sort"])
            trouble_groups.note_trends(groups, reach())
            for group in groups:
                trouble_groups.note_ends(group)
            names = names_of(end for group in groups for end in (group.first, group.last) if end)
        return self.render(
            "console/faults.html",
            groups=groups,
            away=_told(held_back, board.untried),
            in_all=len(wanted),
            classes=trouble_groups.worst_first(every),
            shown={name: sum(map(shows, every)) for name, shows in SHOWS.items()},
            asked=asked,
            chosen=chosen,
            sorts=SORTS,
            names=names,
            click=new_click(),
        )

    @expose("/<stage>/")
    def stage(self, stage: str) -> str:
        """The documents at one stage: those in trouble for ``cause``, or all of them."""
        if not trouble_groups.is_stage(stage):
            abort(404)
        if request.args.keys() - {"cause", "behind", "before"}:
            abort(400)
        cause = request.args.get("cause")
        with mine():
            page = self._page(stage, cause, place_of(request.args, oldest_first=True))
            group = _group(stage, cause) if cause else None
            names = names_of([*page.rows, *(group.care.notes if group else ())])
            people = _people(group) if group else ()
        return self.render(
            "console/stage.html",
            stage=stage,
            acts=group.acts if group else WHOLE_STAGE.get(stage, ("retry", "retry")),
            key=cause,
            group=group,
            page=page,
            names=names,
            people=people,
            snoozes=SNOOZES,
            click=new_click(),
        )

    def _page(self, stage: str, cause: str | None, place: Place) -> Page:
        """Documents, each under the id of the row that is in trouble: a RIDE's or a delivery's is another's."""
        found = trouble_groups.page_of(stage, cause, reach(), place, PAGE + 1)
        about = {document for _, document in found}
        columns = [getattr(Document, name) for name in SHOWN]
        query = Document.select(*columns).where(*of_mine(Document), Document.id.in_(about or [0]))
        known = {row.id: row for row in query}
        said = refusal_words.of(about) if stage in standing.REFUSED else {}
        rows: list[Any] = []
        for key, document in found:
            row = known[document]
            own = row.needs_person_reason or row.last_error or row.refused_text
            rows.append(Row(key, row, said.get(document) or reread(own)))
        return keyset.page_of(rows, place, PAGE)


class Row:
    """A document of the list, with the id of the row the list is ordered by, and what is ``said`` of its trouble."""

    def __init__(self, id: int, document: Document, said: str) -> None:
        self.id, self.said = id, said
        self.document = document
        self.tenant_id = document.tenant_id


def _told(held_back: Places, untried: int) -> Markup | None:
    """That the SRI is away, and how many documents no group holds wait for it; None while it answers."""
    if not held_back:
        return None
    away = [one for one in sri_away.shut() if one in held_back.values()]
    return sri_away.told_of(away, "faults.sri_away") + " " + _waiting(untried)


def _waiting(untried: int) -> str:
    return count_of("faults.sri_away", untried) if untried else t("faults.sri_away.none")


def _asked(arguments: MultiDict[str, str]) -> dict[str, str]:
    """What the list is asked for beside what is usual; 400 for what it does not offer."""
    values = {name: value for name, value in arguments.items() if value}
    if any(value not in OFFERED.get(name, ()) for name, value in values.items()):
        abort(400)
    return {name: value for name, value in values.items() if USUAL.get(name) != value}


def _group(stage: str, cause: str) -> Group:
    """One group with what people decided about it, even when nothing is left in it. Inside ``mine()``."""
    troubled = standing.board(reach()).troubled
    found = trouble_groups.groups([one for one in troubled if (one.stage, one.cause) == (stage, cause)])
    group = (
        found[0] if found else Group(stage, cause, causes.explain(cause, person=stage in standing.REFUSED))
    )
    if not found:
        group.care = group_care.read([((stage, cause), ())])[stage, cause]
    trouble_groups.note_times([group], reach())
    trouble_groups.note_trends([group], reach())
    return group


def _people(group: Group) -> Sequence[tuple[int, str, str]]:
    """Those to whom the signed-in person may give the group. Inside ``mine()``."""
    theirs = [one for one in group.tenants if current().may(Permission.ASSIGN_FAILURE, one)]
    return failure_care.who_works(theirs) if theirs else ()
