"""Trying chosen documents again, and saying of which that makes no sense, and why."""

from typing import Any

from flask import flash
from flask_admin.actions import action

from admin.console import engine
from admin.console.door import current
from admin.console.texts import count_of, later, t, why
from app.errors import Refused
from app.store.documents import Document

MOST_NAMED = 5


class RetryingChosen:
    """The part of the list of documents that retries what is chosen on it."""

    @action("retry", later("documents.retry"))
    def action_retry(self, rows: list[Document]) -> None:
        """Try the next step of each now; those for which it makes no sense are named, with the reason."""
        refused: dict[str, list[Any]] = {}
        for row in rows:
            try:
                engine.retry(row.tenant_id, row.id, by=current().email)
            except Refused as refusal:
                refused.setdefault(why(refusal), []).append(row)
        if done := len(rows) - sum(map(len, refused.values())):
            flash(count_of("documents.retried", done), "done")
        for reason, some in refused.items():
            names = ", ".join(row.number or t("document.draft_name", id=row.id) for row in some[:MOST_NAMED])
            if (more := len(some) - MOST_NAMED) > 0:
                names += f" {t('documents.and_more', n=more)}"
            flash(t("documents.not_retried", n=len(some), why=reason, names=names), "warning")
