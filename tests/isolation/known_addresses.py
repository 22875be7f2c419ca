"""Every address of the console and what it must answer: the table a new page adds its lines to.

A line is (rule as registered, method): answers. The sets of roles are written out here and not taken from the
permission table, so that a slip there is found by the walk.
"""

from dataclasses import dataclass

ROLES = ("viewer", "operator", "supervisor", "auditor", "admin")
EVERYBODY = ROLES
WORKING = ("operator", "supervisor", "admin")
ANSWERING = ("supervisor", "admin")
AUDITING = ("auditor", "supervisor", "admin")
ADMIN = ("admin",)
LOGIN, OK, FOUND, BAD, NOT_YOURS, MISSING, WRONG_WAY = 302, 200, 302, 400, 403, 404, 405


@dataclass(frozen=True)
class Answers:
    """Statuses by who asks: nobody; somebody by role about a taxpayer of their own, and about a foreign one."""

    anonymous: int
    own: dict[str, int]
    foreign: dict[str, int]

    def of(self, role: str, *, own: bool) -> int:
        """What ``role`` must get; nothing is foreign to an admin."""
        return (self.own if own or role == "admin" else self.foreign)[role]


def always(status: int, anonymous: int = LOGIN) -> Answers:
    """The same for everybody who is signed in."""
    same = dict.fromkeys(ROLES, status)
    return Answers(anonymous, same, same)


def page(roles: tuple[str, ...], status: int = OK) -> Answers:
    """A page or form that names no row: ``status`` for ``roles``, 403 for the others."""
    seen = {role: status if role in roles else NOT_YOURS for role in ROLES}
    return Answers(LOGIN, seen, seen)


def row(roles: tuple[str, ...], status: int = OK) -> Answers:
    """A page or file of one row: ``status`` for ``roles``, 404 when it is foreign to them, 403 for the others."""
    own = {role: status if role in roles else NOT_YOURS for role in ROLES}
    return Answers(LOGIN, own, {role: MISSING if role in roles else NOT_YOURS for role in ROLES})


def write(roles: tuple[str, ...], status: int = FOUND) -> Answers:
    """A change of one row, which leads back to a page."""
    return row(roles, status)


def of_whoever_asked(status: int) -> Answers:
    """What is its requester's alone, who is none of those that walk: an admin gets ``status``, nobody else finds it."""
    return Answers(
        LOGIN, {role: status if role in ADMIN else MISSING for role in ROLES}, dict.fromkeys(ROLES, MISSING)
    )


CLOSED = always(WRONG_WAY)
OPEN = always(OK, anonymous=OK)

FRAME = {
    ("/healthz", "GET"): OPEN,
    ("/readyz", "GET"): OPEN,
    ("/metrics", "GET"): always(MISSING, anonymous=MISSING),  # no token is set, so there is none
    ("/static/<path:filename>", "GET"): OPEN,
    ("/login", "GET"): always(FOUND, anonymous=OK),
    ("/login", "POST"): always(401, anonymous=401),  # with a wrong password
    ("/login/code", "GET"): always(FOUND),  # nobody is halfway in
    ("/login/code", "POST"): always(FOUND),
    ("/logout", "POST"): always(FOUND),
    ("/preferences", "POST"): always(FOUND, anonymous=FOUND),  # language and theme are anybody's
    ("/", "GET"): page(EVERYBODY),
    ("/goals/", "GET"): page(EVERYBODY),
}
DOCUMENTS = {
    ("/documents/", "GET"): page(EVERYBODY),
    ("/documents/export.csv", "GET"): page(EVERYBODY),
    ("/documents/export-all", "POST"): page(EVERYBODY, FOUND),
    ("/documents/action/", "POST"): write(WORKING),
    ("/documents/all", "POST"): page(ANSWERING, FOUND),
    ("/documents/<row:row_id>/", "GET"): row(EVERYBODY),
    ("/documents/<row:row_id>/retry", "POST"): write(WORKING),
    ("/documents/<row:row_id>/hold", "POST"): write(WORKING),
    ("/documents/suggestions.json", "GET"): page(EVERYBODY),
    ("/documents/<row:row_id>/ask", "POST"): write(WORKING),
    ("/documents/<row:row_id>/correct", "GET"): row(WORKING),
    ("/documents/<row:row_id>/correct", "POST"): row(WORKING, 409),  # without a reason
    ("/documents/<row:row_id>/resend", "POST"): write(WORKING),
    ("/documents/<row:row_id>/rebuild", "POST"): write(WORKING),
    ("/documents/<row:row_id>/lift", "POST"): write(ANSWERING),
    ("/documents/<row:row_id>/note", "POST"): write(WORKING),
    ("/documents/<row:row_id>/unsigned-<int(min=1, max=99999):version>.xml", "GET"): row(EVERYBODY),
    ("/documents/<row:row_id>/ride.pdf", "GET"): row(EVERYBODY),
    ("/documents/<row:row_id>/authorized.xml", "GET"): row(EVERYBODY),
    ("/documents/<row:row_id>/signed-<int(min=1, max=99999):version>.xml", "GET"): row(EVERYBODY),
    ("/documents/<row:row_id>/exchanges/<row:exchange_id>/", "GET"): row(EVERYBODY),
    ("/documents/<row:row_id>/exchanges/<row:exchange_id>/answer.txt", "GET"): row(EVERYBODY),
}
RUNS = {
    ("/runs/", "GET"): page(EVERYBODY),
    ("/runs/later/", "GET"): page(EVERYBODY),
    ("/runs/now/", "GET"): page(EVERYBODY),
    ("/runs/action/", "POST"): write(WORKING),
    ("/runs/<row:row_id>/", "GET"): row(EVERYBODY),
    ("/runs/<row:row_id>/retry", "POST"): write(WORKING),
}
SCHEDULES = {
    ("/schedules/", "GET"): page(ADMIN),
    ("/engine/pause", "POST"): write(ADMIN),
    ("/engine/repair/<row:document_id>", "POST"): write(ADMIN),
    ("/engine/resume", "POST"): write(ADMIN),
    ("/schedules/<schedule>/as-configured", "POST"): write(ADMIN),
    ("/schedules/<schedule>/cron", "POST"): write(ADMIN),
    ("/schedules/<schedule>/pause", "POST"): write(ADMIN),
    ("/schedules/<schedule>/resume", "POST"): write(ADMIN),
    ("/schedules/<schedule>/run", "POST"): write(ADMIN),
}
IMPORT = {
    ("/import/", "GET"): page(WORKING),
    ("/import/", "POST"): page(WORKING, BAD),  # without a taxpayer
}
BATCHES = {
    ("/batches/", "GET"): page(EVERYBODY),
    ("/batches/<row:row_id>/", "GET"): row(EVERYBODY),
    ("/batches/<row:row_id>/hold", "POST"): write(WORKING),
    ("/batches/<row:row_id>/let-go", "POST"): write(WORKING),
}
ENGINE = {("/engine/", "GET"): page(ADMIN)}
EXCHANGES = {("/exchanges/", "GET"): page(EVERYBODY)}
ALERTS = {
    ("/alerts/", "GET"): page(EVERYBODY),
    ("/alerts/rules", "GET"): page(EVERYBODY),
    ("/alerts/<row:row_id>/acknowledge", "POST"): write(WORKING),
    ("/alerts/rules/<setting>", "POST"): write(ADMIN),
    ("/alerts/rules/<setting>/as-configured", "POST"): write(ADMIN),
    ("/alerts/try-channels", "POST"): write(ADMIN),
}
AUDIT = {("/audit/", "GET"): page(AUDITING), ("/audit/export.csv", "GET"): page(AUDITING)}
ACCOUNT = {
    ("/account/", "GET"): page(EVERYBODY),
    ("/account/prove", "GET"): page(EVERYBODY),
    ("/account/prove", "POST"): always(401),  # with a wrong password
    ("/account/sessions/<row:row_id>/end", "POST"): always(
        FOUND
    ),  # one of nobody's: it says so and goes back
    ("/account/sessions/end", "POST"): always(FOUND),
    ("/account/password", "POST"): always(FOUND),  # two that are not the same
    ("/account/second-factor", "GET"): page(EVERYBODY),
    ("/account/second-factor", "POST"): page(EVERYBODY),  # with a wrong code
    ("/account/second-factor/off", "POST"): always(FOUND),
    ("/account/recovery-codes", "POST"): page(EVERYBODY),
}
PEOPLE = {
    ("/people/", "GET"): page(ADMIN),
    ("/people/new", "GET"): page(ADMIN),
    ("/people/new", "POST"): page(ADMIN),
    ("/people/<row:row_id>/", "GET"): page(ADMIN),
    ("/people/<row:row_id>/grant", "POST"): write(ADMIN),
    ("/people/<row:row_id>/grants/<row:grant_id>/revoke", "POST"): write(ADMIN),
    ("/people/<row:row_id>/disable", "POST"): write(ADMIN),
    ("/people/<row:row_id>/enable", "POST"): write(ADMIN),
    ("/people/<row:row_id>/sign-out", "POST"): write(ADMIN),
    ("/people/<row:row_id>/password", "POST"): page(ADMIN),
    ("/people/<row:row_id>/forget-factor", "POST"): write(ADMIN),
}
TENANTS = {
    ("/tenants/", "GET"): page(EVERYBODY),
    ("/tenants/<row:row_id>/branding", "GET"): row(ANSWERING),
    ("/tenants/<row:row_id>/branding", "POST"): write(ANSWERING),
    ("/tenants/<row:row_id>/logo", "GET"): row(EVERYBODY),
    ("/tenants/<row:row_id>/sample.pdf", "GET"): row(EVERYBODY),
    ("/tenants/<row:row_id>/", "GET"): row(EVERYBODY),
    ("/tenants/<row:row_id>/halt", "POST"): write(WORKING),
    ("/tenants/<row:row_id>/lift", "POST"): write(ANSWERING),
}
CERTIFICATES = {
    ("/certificates/", "GET"): page(EVERYBODY),
    ("/certificates/new", "GET"): page(ANSWERING),
    ("/certificates/new", "POST"): write(ANSWERING, 422),  # with a file that opens nothing
    ("/certificates/<row:row_id>/withdraw", "POST"): write(ANSWERING),  # without a reason
}

FAULTS = {
    ("/failures/", "GET"): page(EVERYBODY),
    ("/failures/<stage>/", "GET"): page(EVERYBODY),
    ("/failures/<stage>/assign", "POST"): write(WORKING),
    ("/failures/<stage>/snooze", "POST"): write(WORKING),
    ("/failures/<stage>/wake", "POST"): write(WORKING),
    ("/failures/<stage>/mute", "POST"): write(ANSWERING),
    ("/failures/<stage>/unmute", "POST"): write(ANSWERING),
    ("/failures/<stage>/note", "POST"): write(WORKING),
    ("/failures/<stage>/runbook", "POST"): write(ANSWERING),
    ("/trends/", "GET"): page(EVERYBODY),
}
OPERATIONS = {
    ("/operations/", "GET"): page(EVERYBODY),
    ("/operations/propose", "POST"): page(ANSWERING, FOUND),
    ("/operations/<row:bulk_id>/", "GET"): row(EVERYBODY),
    ("/operations/<row:bulk_id>/<any(start, ask, approve, pause, resume, stop):what>", "POST"): write(
        ANSWERING
    ),
}

VIEWS = {
    ("/views/", "GET"): page(EVERYBODY),
    ("/views/save", "POST"): always(FOUND),
    ("/views/<row:row_id>/rename", "POST"): always(MISSING),  # another's, whoever asks
    ("/views/<row:row_id>/delete", "POST"): always(MISSING),
}

EXPORTS = {
    ("/exports/", "GET"): page(EVERYBODY),
    ("/exports/<row:export_id>/", "GET"): of_whoever_asked(OK),
    ("/exports/<row:export_id>/file.csv", "GET"): of_whoever_asked(OK),
    ("/exports/<row:export_id>/stop", "POST"): of_whoever_asked(FOUND),
}

KNOWN = (
    FRAME
    | FAULTS
    | OPERATIONS
    | EXPORTS
    | DOCUMENTS
    | IMPORT
    | BATCHES
    | RUNS
    | SCHEDULES
    | ENGINE
    | EXCHANGES
    | ALERTS
    | AUDIT
    | TENANTS
    | CERTIFICATES
    | ACCOUNT
    | PEOPLE
    | VIEWS
)
