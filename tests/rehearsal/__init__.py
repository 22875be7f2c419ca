"""The Procfile as a platform runs it: TLS everywhere, read-only code, an empty disk at each start, SIGTERM to all."""
