"""What came in together: the page of a batch."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "batch.title.one": "One document received",
    "batch.title.many": "{n} documents received together",
    "batch.see": "See what came together",
    "batch.by": "Handed in by {by},",
    "batch.cut": "the first {n} are counted",
    "batch.over": "All is done: nothing waits.",
    "batch.over_with": "Nothing moves any more; {n} wait for a person.",
    "batch.so_far": "{moving} under way; {failed} wait for a person.",
    "batch.left": "At this pace about {span} are left.",
    "batch.failed": "They wait for a person ({n})",
    "batch.retry": "Retry them ({n})",
    "batch.more": "and {n} more",
}
