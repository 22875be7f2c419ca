"""Lets an actor carry a schedule: Periodiq's option, without its silent skip of late messages."""

import dramatiq


class Ticks(dramatiq.Middleware):
    """Knows the option ``periodic``; whether a late tick still runs is decided from its row."""

    actor_options = {"periodic"}  # noqa: RUF012 - the attribute Dramatiq reads
