"""The embedded Valkey: unix socket only, appended to disk every second, nothing ever evicted."""

import signal
import time

import redis

from app.embedded.binaries import Binaries
from app.embedded.child import Child, clear_orphans
from app.embedded.places import Places
from app.errors import Misconfigured

_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
    "save": "",
    "daemonize": "no",
    "logfile": "",
}


def url(places: Places) -> str:
    """Address for redis clients."""
    return f"unix://{places.sockets}/valkey.sock?db=0"


def server(places: Places, binaries: Binaries) -> Child:
    """The server on the home's ``valkey`` folder, not yet started; what an earlier run left is cleared away."""
    folder = places.private(places.data / "valkey")
    clear_orphans(folder, "valkey-server")
    argv = [str(binaries.valkey)]
    for name, value in {
        **_SETTINGS,
        "dir": str(folder),
        "unixsocket": f"{places.sockets}/valkey.sock",
    }.items():
        argv += [f"--{name}", value]
    return Child(
        "valkey",
        argv,
        folder=folder,
        log=places.logs / "valkey.log",
        account=places.account,
        farewell=signal.SIGTERM,
    )


def await_ready(child: Child, places: Places, patience_s: float = 30) -> None:
    """Wait until it answers PING; raises ``Misconfigured`` with the end of its log."""
    deadline = time.monotonic() + patience_s
    while True:
        client = redis.Redis.from_url(url(places), socket_timeout=5)
        try:
            client.ping()
            return
        except redis.ConnectionError as error:  # BusyLoadingError, while the log is read, is one of them
            if not child.alive or time.monotonic() > deadline:
                raise Misconfigured(
                    f"the embedded Valkey did not start; its log ends: {child.last_words()}"
                ) from error
        finally:
            client.close()
        time.sleep(0.01)
