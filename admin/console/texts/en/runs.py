"""Runs of the engine, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "runs.job": "Job",
    "runs.about": "About",
    "runs.outcome": "Outcome",
    "runs.waited": "Waited",
    "runs.took": "Took",
    "runs.started": "Started",
    "runs.attempt": "attempt {n}",
    "runs.retried_by": "retried by {by}",
    "runs.retry": "Retry",
    "runs.retried.one": "One job is tried again.",
    "runs.retried.many": "{n} jobs are tried again.",
    "runs.not_retried": "{n} not: {first}",
    "run.document": "Document",
    "run.enqueued": "Enqueued",
    "run.finished": "Ended",
    "run.attempt": "Attempt",
    "run.queue": "Queue",
    "run.worker": "Process",
    "run.message": "Message",
    "run.retried_by": "Retried by",
    "run.error": "Error",
    "run.traceback": "Traceback",
    "run.arguments": "Arguments",
    "run.summary": "Summary",
    "run.retried": "Asked for: it is tried again as soon as nothing holds it back.",
    "run.not_retried": "Not tried again: {why}",
    "run.nothing_to_retry": "it did not fail, or its schedule repeats it by itself",
}
