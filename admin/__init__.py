"""Everything an operator touches: the console here, the command line in ``admin.cli``."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.services import Services


def create_app(services: "Services | None" = None) -> "Flask":
    """The console as a WSGI application.

    Without ``services`` it opens those of the environment, as gunicorn needs it. Raises ``Misconfigured``: a wrong
    setting, a short SESSION_SECRET, or a database role that would see through row-level security.
    """
    # Imported here: the command line imports this package too and must start without the web.
    from admin.console.shell import assemble, open_from_environment

    return assemble(services or open_from_environment())
