"""Everything an installation leaves behind, as bytes to be searched: tables, queue, files."""

from pathlib import Path

import psycopg2
import redis

from app.config import Settings
from app.services import Services


def tables(services: Services, superuser_url: str) -> bytes:
    """Every row of every table as text, bytes in hexadecimal and as they are."""
    name = services.settings.database_url.partition("?")[0].rpartition("/")[2]
    connection = psycopg2.connect(superuser_url.replace("/autoriza?", f"/{name}?"))
    found = []
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select oid::regclass from pg_class where relkind in ('r', 'p') "
            "and relnamespace in ('public'::regnamespace, 'jobs'::regnamespace)"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"select * from {table}")
            for row in cursor.fetchall():
                found += [
                    bytes(value) if isinstance(value, memoryview) else str(value).encode() for value in row
                ]
    connection.close()
    assert found
    return b"\n".join(found)


def queue(settings: Settings) -> bytes:
    client = redis.Redis.from_url(settings.redis_url)
    found = []
    for key in client.scan_iter():
        match client.type(key):
            case b"list":
                found += client.lrange(key, 0, -1)
            case b"hash":
                found += [part for pair in client.hgetall(key).items() for part in pair]
            case b"zset":
                found += client.zrange(key, 0, -1)
            case b"set":
                found += client.smembers(key)
            case b"string":
                found.append(client.get(key))
    return b"\n".join(found)


def files(folder: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
