"""What somebody is told who is refused, and what the audit says of it, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "refusal.permission": "the permission {permission} is missing",
    "refusal.nobody": "nobody may do this",
    "refusal.token": "without a valid form of this session",
    "refusal.not_theirs": "does not exist among what they may see",
    "failure.400": "That request makes no sense",
    "failure.400.what": "The form may have expired. Go back, reload the page and try again.",
    "failure.403": "You may not do that",
    "failure.403.what": "Your account may neither see nor do this. The attempt is on record.",
    "failure.404": "There is no such page",
    "failure.404.what": "The address belongs to nothing you may see.",
    "failure.405": "That is not how it is done",
    "failure.405.what": "This address does not take that kind of request.",
    "failure.413": "That is too large",
    "failure.413.what": "The console takes no files of this size.",
    "failure.429": "Too many attempts",
    "failure.429.what": "For safety you have to wait. Try again in a few minutes.",
    "failure.500": "Something broke in the console",
    "failure.500.what": "The error is on record. Documents go on their way without the console.",
    "failure.503": "The console cannot read right now",
    "failure.503.what": "The database does not answer. Try again in a few seconds; nothing is lost.",
    "failure.other": "That did not work",
    "failure.other.what": "The console could not answer this request.",
    "failure.back": "Go to the start page",
}
