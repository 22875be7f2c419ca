"""A real PostgreSQL and a real Valkey from their wheels, for demo, development and tests."""

from app.embedded.servers import Addresses, Servers, running, start

__all__ = ["Addresses", "Servers", "running", "start"]
