"""What a worker process imports: the broker with every actor declared."""

from app.logs import configure
from app.services import Services
from workers import jobs, schedules
from workers.broker import broker
from workers.runtime import services, settings

configure(settings().log_level)

__all__ = ["Services", "broker", "jobs", "schedules", "services"]
