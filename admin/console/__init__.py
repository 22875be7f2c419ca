"""The console: pages over the facts in PostgreSQL, for people with a role and nobody else."""
