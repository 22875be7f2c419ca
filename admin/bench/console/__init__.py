"""The console at size: as many rows as years bring, every page timed over HTTP, every query's plan looked at."""
