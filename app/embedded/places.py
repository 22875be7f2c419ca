"""Where the embedded servers run, and as whom.

PostgreSQL refuses to run as root, so under root both servers run as an unprivileged account. That account
may not be able to enter the home at all (a clone below a 0700 folder). Therefore, under root:

* binaries and libraries run from a copy in ``/var/lib/autoriza/servers-…``, made once per version;
* data stay in the home when the account can reach it, else they live in a folder of their own below
  ``/var/lib/autoriza`` and the symbolic link ``outside`` in the home points at it.

A normal user needs neither: everything is in the home. Sockets are never there, because a socket path may
have at most 107 bytes: they are in a short private folder named after the home.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.errors import Misconfigured

OUTSIDE = Path("/var/lib/autoriza")
SHORT = Path("/tmp")  # nosec B108  # noqa: S108 - the folder below it is checked for its owner and mode
NOBODY = 65534


@dataclass(frozen=True)
class Account:
    """The user and group the servers run as."""

    uid: int
    gid: int

    @property
    def borrowed(self) -> bool:
        """True when it is not the account of this process, so ownership must be handed over."""
        return self.uid != os.geteuid()


@dataclass(frozen=True)
class Places:
    """Every folder one home's servers use."""

    home: Path
    data: Path
    sockets: Path
    logs: Path
    account: Account

    def own(self, path: Path) -> None:
        """Give ``path`` to the servers' account, and to nobody else."""
        path.chmod(0o700 if path.is_dir() else 0o600)
        if self.account.borrowed:
            os.chown(path, self.account.uid, self.account.gid)

    def private(self, path: Path) -> Path:
        """The folder ``path``, made when missing, for the servers' account alone."""
        path.mkdir(exist_ok=True)
        self.own(path)
        return path


def server_account() -> Account:
    """This process's own account, or ``nobody`` when this process is root."""
    return Account(NOBODY, NOBODY) if os.geteuid() == 0 else Account(os.geteuid(), os.getegid())


def prepare(home: Path) -> Places:
    """Make the folders of ``home``; repeatable.

    Raises ``Misconfigured`` when a folder belongs to somebody else.
    """
    home = home.resolve()
    account = server_account()
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    data = home if not account.borrowed or _reachable(home) else _outside(home)
    return Places(home, data, _sockets(home, account), logs, account)


def _reachable(home: Path) -> bool:
    """True when an account without any rights of its own can walk down to ``home``."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (home, *home.parents))


def _outside(home: Path) -> Path:
    """The folder that stands in for ``home``, named by its link ``outside``; made at the first call."""
    link = home / "outside"
    if not link.is_dir():
        link.unlink(missing_ok=True)
        OUTSIDE.mkdir(parents=True, exist_ok=True)
        OUTSIDE.chmod(0o755)
        folder = Path(tempfile.mkdtemp(prefix="home-", dir=OUTSIDE))
        folder.chmod(0o711)
        (folder / "home").write_text(str(home), encoding="utf-8")
        link.symlink_to(folder)
    owner = (link / "home").read_text(encoding="utf-8")
    if owner != str(home):
        raise Misconfigured(
            f"{link} points at the data of {owner}: remove that link to start empty, "
            f"or write {home} into {link}/home when the folder was moved"
        )
    return link.resolve()


def _sockets(home: Path, account: Account) -> Path:
    digest = hashlib.sha256(f"{account.uid} {home}".encode()).hexdigest()[:12]
    folder = SHORT / f"autoriza-{digest}"
    try:
        folder.mkdir(mode=0o700)
        if account.borrowed:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        _must_be_private(folder, account)
    return folder


def _must_be_private(folder: Path, account: Account) -> None:
    found = folder.lstat()
    if found.st_uid == os.geteuid() and account.borrowed and stat.S_ISDIR(found.st_mode):
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise Misconfigured(
            f"{folder} is not a private folder of user {account.uid}: remove it and start again"
        )


def forget(places: Places) -> None:
    """Remove the sockets' folder; data stay."""
    shutil.rmtree(places.sockets, ignore_errors=True)
