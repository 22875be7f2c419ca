"""Every log line of a step says whose it is."""

from typing import Any

import dramatiq
import structlog


class LogContext(dramatiq.Middleware):
    """Binds message, actor and tenant for the time of the message."""

    def before_process_message(self, broker: Any, message: Any) -> None:
        """Bind what the message itself tells."""
        about = {"tenant": message.args[0] if message.args else 0}
        if len(message.args) > 1 and broker.get_actor(message.actor_name).options.get("claims"):
            about["document"] = message.args[1]
        structlog.contextvars.bind_contextvars(message=message.message_id, actor=message.actor_name, **about)

    def after_process_message(
        self, broker: Any, message: Any, *, result: Any = None, exception: Any = None
    ) -> None:
        """Forget it all."""
        structlog.contextvars.clear_contextvars()

    after_skip_message = after_process_message
