"""``autoriza prune``: what housekeeping forgets every two hours, forgotten now."""

import click

from admin.cli.output import json_option, out, print_json
from admin.installation import connect
from app import housekeeping


@click.command()
@json_option
def prune(as_json: bool) -> None:
    """Forget runs, a day's table at a time, ticks and outages beyond their retention. Documents are never touched."""
    services = connect()
    settings = services.settings
    with services.database.connection_context():
        before = housekeeping.size_of_what_passes()
        done = housekeeping.keep_runs(settings.job_retention_hours, settings.failed_job_retention_days)
        done["ticks_forgotten"] = housekeeping.forget_ticks(settings.failed_job_retention_days)
        done["outages_forgotten"] = housekeeping.forget_outages()
        done["bytes_before"], done["bytes_after"] = before, housekeeping.size_of_what_passes()
    if as_json:
        print_json(done)
    else:
        out.print(
            f"{done['dropped']} days of runs, {done['ticks_forgotten']} ticks and "
            f"{done['outages_forgotten']} outages of the SRI forgotten; "
            f"{done['bytes_before'] // 1024} KB before, {done['bytes_after'] // 1024} KB now"
        )


COMMANDS = (prune,)
