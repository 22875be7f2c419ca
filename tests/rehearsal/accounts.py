"""Who runs what: under root, an account that owns nothing, so that read-only code is really read-only."""

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """User and group; ``borrowed`` when they are not this process's own. ``prefix`` goes before a command."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    @property
    def borrowed(self) -> bool:
        return self.uid != os.geteuid()

    def options(self) -> dict[str, Any]:
        """What ``subprocess`` needs to run as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}

    def own(self, path: Path) -> Path:
        """Hand ``path`` over; the path."""
        if self.borrowed:
            os.chown(path, self.uid, self.gid)
        return path


def of_servers() -> Account:
    """Under root ``nobody``, since PostgreSQL refuses root; else ourselves."""
    if os.geteuid():
        return Account(os.geteuid(), os.getegid())
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def of_dynos() -> Account:
    """The same; where nobody may not enter this Python, root without the capability to write what is read-only."""
    account = of_servers()
    try:
        subprocess.run(
            [sys.executable, "-c", "import flask"],
            cwd="/",
            capture_output=True,
            check=True,
            **account.options(),
        )
    except (OSError, subprocess.CalledProcessError):
        return Account(0, 0, ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"))
    return account
