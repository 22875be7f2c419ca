"""A promoted standby is told from the server it stood by for at once, not only after its first checkpoint."""

# The control file names the timeline of the last checkpoint, which a promotion leaves to be made by and by: for seconds
# or minutes a server on a new timeline looked like the old one. The file that WAL is written to now tells at once.
MARK = """
create or replace function continuity_mark() returns text language sql stable as $$
    select case when not pg_is_in_recovery() then concat_ws(
        ':',
        (select system_identifier from pg_control_system()),
        ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int,
        (select oid from pg_database where datname = current_database()),
        'tenant'::regclass::oid
    ) end
$$;
"""


def up(migrator, db):
    """The same mark as before on the same timeline, so nothing is taken for restored by this."""
    db.execute_sql(MARK)
