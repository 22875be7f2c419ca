"""What a platform rents out: PostgreSQL and Redis behind TLS with certificates nobody signed, and an object store."""

import logging
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
import psycopg2
import redis
from moto.server import ThreadedMotoServer

from admin.installation import free_port
from app.embedded.binaries import binaries_for
from rehearsal.accounts import Account

PROGRAMS = {"stunnel4": "stunnel4", "openssl": "openssl"}


@dataclass(frozen=True)
class Servers:
    """``config`` is what the platform sets in every dyno; ``superuser`` is a DSN for the rehearsal's own look."""

    config: dict[str, str]
    superuser: str


def missing() -> list[str]:
    """Debian packages that are needed and not installed."""
    lacking = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    return lacking if _postgres() else [*lacking, "postgresql"]


@contextmanager
def rented(home: Path, account: Account) -> Iterator[Servers]:
    """Servers in ``home``, as ``account``, until the end of the block."""
    with ExitStack() as stack:
        key, certificate = _certificate(home, account)
        password = secrets.token_urlsafe(12)
        superuser, port = stack.enter_context(_postgresql(home, account, key, certificate, password))
        redis_port = stack.enter_context(_redis(home, account, key, certificate, password))
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells every request
        store = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        store.start()
        stack.callback(store.stop)
        host, store_port = store.get_host_and_port()
        aws = {
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_ENDPOINT_URL": f"http://{host}:{store_port}",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        bucket = f"rides-{secrets.token_hex(4)}"  # the store is one for all rehearsals of a process
        _client(aws).create_bucket(Bucket=bucket)
        yield Servers(
            {
                "DATABASE_URL": f"postgres://autoriza:{password}@127.0.0.1:{port}/autoriza?sslmode=require",
                "REDIS_URL": f"rediss://:{password}@127.0.0.1:{redis_port}",
                "STORAGE_URL": f"s3://{bucket}/kept",
                **aws,
            },
            superuser,
        )


def stored_rides(config: dict[str, str]) -> int:
    """RIDE files in the object store."""
    bucket = config["STORAGE_URL"].split("/")[2]
    pages = _client(config).get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return sum(one["Key"].endswith("_ride.pdf") for page in pages for one in page.get("Contents", ()))


def _client(config: dict[str, str]):
    return boto3.client(
        "s3",
        endpoint_url=config["AWS_ENDPOINT_URL"],
        aws_access_key_id=config["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=config["AWS_SECRET_ACCESS_KEY"],
        region_name=config["AWS_DEFAULT_REGION"],
    )


def _certificate(home: Path, account: Account) -> tuple[Path, Path]:
    key, certificate = home / "server.key", home / "server.crt"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=rented",
    ]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    key.chmod(0o600)
    return account.own(key), account.own(certificate)


def _postgres() -> Path | None:
    """The newest of Debian's PostgreSQL program folders."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: float(path.parent.name), default=None)


@contextmanager
def _postgresql(
    home: Path, account: Account, key: Path, certificate: Path, password: str
) -> Iterator[tuple[str, int]]:
    programs, cluster, sockets = _postgres(), home / "cluster", home / "pg"
    for folder in (cluster, sockets):
        folder.mkdir()
        account.own(folder).chmod(0o700)
    common = {"cwd": home, "capture_output": True, "check": True, "env": {"LC_ALL": "C"}, **account.options()}
    subprocess.run(
        [f"{programs}/initdb", "-D", cluster, "-U", "postgres", "--auth=trust", "-E", "UTF8"], **common
    )
    (cluster / "pg_hba.conf").write_text(
        "local all postgres trust\nhostssl all autoriza 127.0.0.1/32 scram-sha-256\nhost all all all reject\n"
    )
    port = free_port(0)
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(sockets),
        "ssl": "on",
        "ssl_key_file": str(key),
        "ssl_cert_file": str(certificate),
        "max_connections": "60",
    }
    argv = [f"{programs}/postgres", "-D", str(cluster)]
    argv += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (home / "postgres.log").open("ab") as log:
        server = subprocess.Popen(
            argv, stdout=log, stderr=log, cwd=home, env={"LC_ALL": "C"}, **account.options()
        )
    superuser = f"postgresql://postgres@/autoriza?host={sockets}&port={port}"
    try:
        _make_role(superuser, password, home / "postgres.log")
        yield superuser, port
    finally:
        server.terminate()
        server.wait(20)


def _make_role(superuser: str, password: str, log: Path) -> None:
    """An ordinary role that owns its database, as such platforms hand it out."""
    deadline = time.monotonic() + 30
    while True:
        try:
            admin = psycopg2.connect(superuser.replace("/autoriza?", "/postgres?"))
            break
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-800:]}") from None
            time.sleep(0.1)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(
            "create role autoriza login nosuperuser nocreatedb nocreaterole password %s", (password,)
        )
        cursor.execute("create database autoriza owner autoriza")
    admin.close()


@contextmanager
def _redis(home: Path, account: Account, key: Path, certificate: Path, password: str) -> Iterator[int]:
    """Valkey on a port of its own, and stunnel before it: what the wheel has knows no TLS."""
    inner, outer, folder = free_port(0), free_port(0), home / "valkey"
    account.own(_made(folder))
    (folder / "valkey.conf").write_text(
        f"requirepass {password}\nbind 127.0.0.1\nport {inner}\nappendonly yes\n"
    )
    (folder / "stunnel.conf").write_text(
        f"foreground = yes\npid =\n[redis]\naccept = 127.0.0.1:{outer}\nconnect = 127.0.0.1:{inner}\n"
        f"cert = {certificate}\nkey = {key}\n"
    )
    for name in ("valkey.conf", "stunnel.conf"):
        account.own(folder / name)
    valkey = str(binaries_for(account).valkey)
    with (home / "redis.log").open("ab") as log:
        common = {"stdout": log, "stderr": log, "cwd": folder, **account.options()}
        started = [
            subprocess.Popen([valkey, str(folder / "valkey.conf")], **common),
            subprocess.Popen(["stunnel4", str(folder / "stunnel.conf")], **common),
        ]
    try:
        _answering(f"rediss://:{password}@127.0.0.1:{outer}", home / "redis.log")
        yield outer
    finally:
        for process in started:
            process.terminate()
            process.wait(20)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _answering(url: str, log: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            with redis.Redis.from_url(url, ssl_cert_reqs=None) as client:
                client.ping()
            return
        except redis.RedisError:
            if time.monotonic() > deadline:
                raise RuntimeError(f"Redis behind TLS did not start: {log.read_text()[-800:]}") from None
            time.sleep(0.1)
