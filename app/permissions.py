"""Who may do what: every role, every named permission, and the one table that joins them."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is: ``admin`` of the whole installation, every other one of a taxpayer."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Permission(StrEnum):
    """One thing a person may be let do; always asked for together with the taxpayer it is done to."""

    SEE = "see"  # documents and their files, runs, alerts, certificates, the taxpayer itself
    SEE_AUDIT = "audit.see"
    EXPORT = "list.export"  # what a list shows, as a file to take away
    RETRY = "document.retry"  # try a step or a RIDE again, ask the SRI now
    HOLD = "document.hold"  # hold back what was not sent, and let that go on, of a whole batch too
    IMPORT = "document.import"  # hand new documents in
    CORRECT = "document.correct"  # new content under the same number
    RENUMBER = "document.renumber"  # after code 45, a new number
    RESEND = "document.resend"  # mail to the buyer
    NOTE = "document.note"
    BULK = "bulk.run"  # one action on everything that matches
    ACKNOWLEDGE = "alert.acknowledge"
    PLACE_HALT = "halt.place"
    LIFT_HALT = "halt.lift"
    CERTIFY = "certificate.install"
    SEE_ENGINE = "engine.see"  # schedules, queues, processes: they serve all taxpayers at once
    RUN_ENGINE = "engine.run"  # run a schedule now, pause and resume schedules and queues
    MANAGE_PEOPLE = "people.manage"
    MANAGE_TENANTS = "tenant.manage"
    ASSIGN_FAILURE = "failure.assign"  # give a group of failures to a person
    SNOOZE_FAILURE = "failure.snooze"  # put one off, and take it up again
    MUTE_FAILURE = "failure.mute"  # no alert about one
    NOTE_FAILURE = "failure.note"
    LINK_RUNBOOK = "failure.runbook"  # where it is written what to do
    SHARE_VIEW = "view.share"  # offer a saved view to others of the taxpayer
    PUBLISH_VIEW = "view.publish"  # offer one to everybody
    BRAND = "tenant.brand"  # logo and colour of the RIDEs
    SET_ALERTS = "alert.set"  # rules and channels


_EVERY_ROLE: Final = frozenset(Role)
_WORKING: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN})
_ANSWERING: Final = frozenset({Role.SUPERVISOR, Role.ADMIN})
_ADMIN: Final = frozenset({Role.ADMIN})

ALLOWED: Final[dict[Permission, frozenset[Role]]] = {
    Permission.SEE: _EVERY_ROLE,
    Permission.SEE_AUDIT: frozenset({Role.AUDITOR, Role.SUPERVISOR, Role.ADMIN}),
    Permission.EXPORT: _EVERY_ROLE,
    Permission.RETRY: _WORKING,
    Permission.HOLD: _WORKING,
    Permission.IMPORT: _WORKING,
    Permission.CORRECT: _WORKING,
    Permission.RENUMBER: _ANSWERING,
    Permission.RESEND: _WORKING,
    Permission.NOTE: _WORKING,
    Permission.BULK: _ANSWERING,
    Permission.ACKNOWLEDGE: _WORKING,
    Permission.PLACE_HALT: _WORKING,
    Permission.LIFT_HALT: _ANSWERING,
    Permission.CERTIFY: _ANSWERING,
    Permission.SEE_ENGINE: _ADMIN,
    Permission.RUN_ENGINE: _ADMIN,
    Permission.MANAGE_PEOPLE: _ADMIN,
    Permission.MANAGE_TENANTS: _ADMIN,
    Permission.ASSIGN_FAILURE: _WORKING,
    Permission.SNOOZE_FAILURE: _WORKING,
    Permission.MUTE_FAILURE: _ANSWERING,
    Permission.NOTE_FAILURE: _WORKING,
    Permission.LINK_RUNBOOK: _ANSWERING,
    Permission.SHARE_VIEW: _WORKING,
    Permission.PUBLISH_VIEW: _ADMIN,
    Permission.BRAND: _ANSWERING,
    Permission.SET_ALERTS: _ADMIN,
}
"""Which roles hold each permission; what is not here nobody may."""
