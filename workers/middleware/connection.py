"""No database connection outlives the message it served."""

from typing import Any

import dramatiq

from app.store.base import database


class Connection(dramatiq.Middleware):
    """Gives the thread's connection back to the pool after every message, whatever became of it."""

    def after_process_message(
        self, broker: Any, message: Any, *, result: Any = None, exception: Any = None
    ) -> None:
        """Return the connection; one with an open transaction is rolled back by the pool."""
        if database.obj is not None and not database.is_closed():
            database.close()

    after_skip_message = after_process_message
