"""What a scheduler ticks for: stand-ins for the periodic actors."""

from workers.cron import Cron


class Actor:
    """What the scheduler needs of an actor, keeping what it was sent."""

    def __init__(self, name: str, cron: str = "*/10 * * * * *") -> None:
        self.actor_name = name
        self.options = {"periodic": Cron(cron, "America/Guayaquil")}
        self.sent: list[int] = []

    def send(self, *, tick_id: int) -> None:
        self.sent.append(tick_id)
