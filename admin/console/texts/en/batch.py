"""What was handed in together: the list of batches and the page of one."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "menu.batches": "Batches",
    "batch.one": "Batch",
    "batch.title": "Batch “{called}”",
    "batch.documents": "Documents",
    "batch.size": "documents: {n}; files: {files}",
    "batch.search": "Search among them",
    "batch.see": "See its batch",
    "batch.see_all": "See the batches",
    "batch.by": "handed in by {by},",
    "batch.is_moving": "Under way",
    "batch.is_over": "Over",
    "batch.over": "All is done: nothing waits.",
    "batch.over_with": "Nothing moves any more; {n} wait for a person.",
    "batch.so_far": "{moving} under way; {failed} wait for a person.",
    "batch.sri_away": "The SRI has not answered since {since} ({service} service): what is left goes on by itself as "
    "soon as it answers.",
    "batch.left": "At this pace about {span} are left.",
    "batch.ended": "it was over. Authorized: {authorized}; in need of a person: {waiting} "
    "(refused by the SRI: {refused}).",
    "batch.failed": "They wait for a person ({n})",
    "batch.retry": "Retry them ({n})",
    "batch.hold": "Hold back the rest ({n})",
    "batch.hold.what": "Those not sent yet wait for a person from now on. What is on its way to the SRI is not cut "
    "off.",
    "batch.let_go": "Let those held back go on ({n})",
    "batch.let_go.what": "Those that a person held back go on their way.",
    "act.hold": "Hold it back for review",
    "act.done.hold": "Held back: it waits for a person; a retry lets it go on.",
    "action.held_back": "Hold back for review",
    "bulk.action.hold": "Hold back for review",
    "bulk.because.sent_already": "it was sent, or may have reached the SRI",
    "bulk.because.waits_already": "it waits for a person already",
    "summary.batches": "batches over",
    "action.batch_finished": "A batch was over",
    "import.called": "Name of the batch",
    "import.called_hint": "Optional, when there are several files; empty means the name of the first one.",
}
