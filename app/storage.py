"""Files of record (RIDEs) behind fsspec: a local folder by default, an object store in production."""

import os
import re
import secrets
import shutil
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import fsspec
from fsspec.asyn import sync

from app.errors import Misconfigured
from app.kill_points import reached

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")
_ACCESS_KEY = re.compile(r"[0-9]{49}")
_PART = re.compile(r"\..+\.[0-9a-f]{12}\.part")
PART_LIVES_S = 3600
"""Age in seconds beyond which a half-written file has no writer any more: far above any lease."""
LIMIT_S = 15
"""Seconds within which an object store takes or gives a file."""
_S3 = {"config_kwargs": {"connect_timeout": 4, "read_timeout": 10, "retries": {"max_attempts": 1}}}
_OPTIONS: dict[str, dict[str, Any]] = {"s3": _S3, "s3a": _S3}
_PACKAGE = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs"}


def ride_path(tenant_id: int, access_key: str, issue_date: date) -> str:
    """Where a RIDE lies below the storage's root; raises ``ValueError`` unless the key is 49 digits."""
    if not _ACCESS_KEY.fullmatch(access_key) or tenant_id < 0:
        raise ValueError(f"not an access key of a tenant: {access_key!r}")
    return f"{int(tenant_id)}/invoices/{issue_date:%Y/%m}/{access_key}_ride.pdf"


class Storage:
    """Reads and writes whole files below one URL; a written file is durable when ``put`` returns.

    An object store has ``LIMIT_S`` for each.
    Every ``path`` is relative and of plain segments (letters, digits, ``._-``, no leading dot), or
    ``ValueError`` is raised: nothing outside the root can be named. A full, read-only or absent storage
    raises ``OSError``.
    """

    def __init__(self, url: str) -> None:
        """Open ``url``: ``file:///…``, a path, ``s3://bucket/folder``; ``Misconfigured`` when it cannot."""
        self._shown = _without_credentials(url)
        self._folder = _local_folder(url)
        try:
            options = _OPTIONS.get(urlsplit(url).scheme, {})
            self._remote, root = fsspec.core.url_to_fs(url, use_listings_cache=False, **options)
        except ImportError as error:
            package = _PACKAGE.get(urlsplit(url).scheme, "that the fsspec documentation names")
            raise Misconfigured(f"STORAGE_URL={self._shown}: install the package {package}") from error
        except (ValueError, TypeError) as error:
            raise Misconfigured(f"STORAGE_URL={self._shown}: not a storage that fsspec knows") from error
        self._root = root.rstrip("/")

    def put(self, path: str, content: bytes) -> None:
        """Store ``content`` in place of what was there; readers see the old file or the new, never a part."""
        _checked(path)
        if self._folder is not None:
            _write_durably(self._folder / path, content)
        else:
            self._remotely("pipe_file", path, content)

    def get(self, path: str) -> bytes:
        """The stored bytes; raises ``FileNotFoundError`` when there are none."""
        _checked(path)
        if self._folder is not None:
            return (self._folder / path).read_bytes()
        return bytes(self._remotely("cat_file", path))

    def exists(self, path: str) -> bool:
        """True when there is a file at ``path``."""
        _checked(path)
        if self._folder is not None:
            return (self._folder / path).is_file()
        return bool(self._remotely("isfile", path))

    def names_in(self, folder: str) -> list[str]:
        """Names of the files directly in ``folder``; empty when there is none."""
        _checked(folder)
        if self._folder is not None:
            place = self._folder / folder
            return [file.name for file in place.iterdir() if file.is_file()] if place.is_dir() else []
        try:
            found = self._remotely("ls", folder)
        except FileNotFoundError:
            return []
        listed = (item if isinstance(item, str) else str(item["name"]) for item in found)
        return [name.rstrip("/").rpartition("/")[2] for name in listed]

    def forget(self, path: str) -> None:
        """Remove the file at ``path``, or the folder and everything in it; nothing when there is none."""
        _checked(path)
        with suppress(FileNotFoundError):
            if self._folder is None:
                self._remotely("rm", path, True)
            elif (self._folder / path).is_dir():
                shutil.rmtree(self._folder / path)
            else:
                (self._folder / path).unlink()

    def forget_parts(self, folder: str, older_than_s: float = PART_LIVES_S) -> int:
        """Remove what writers that died left half done below ``folder``; how many files."""
        _checked(folder)
        if self._folder is None:
            return 0  # an object store shows a file whole or not at all
        removed, horizon = 0, time.time() - older_than_s
        for part in (self._folder / folder).rglob(".*.part"):
            with suppress(OSError):
                if _PART.fullmatch(part.name) and part.stat().st_mtime < horizon:
                    part.unlink()
                    removed += 1
        return removed

    def url_of(self, path: str) -> str:
        """The file's address for people and logs, without credentials."""
        _checked(path)
        if self._folder is not None:
            return (self._folder / path).as_uri()
        return f"{self._shown.rstrip('/')}/{path}"

    def _remotely(self, verb: str, path: str, *given: bytes | bool) -> Any:
        name = f"{self._root}/{path}"
        try:
            if self._remote.async_impl:
                act = getattr(self._remote, f"_{verb}")
                return sync(self._remote.loop, act, name, *given, timeout=LIMIT_S)
            return getattr(self._remote, verb)(name, *given)
        except OSError:
            raise
        except Exception as error:
            raise OSError(f"{type(error).__name__}: {error}") from error


def _local_folder(url: str) -> Path | None:
    """The folder that ``url`` names on this machine; None when it is elsewhere."""
    # fsspec leaves %20 in a file:// URL as it is: a folder with a space would be another one.
    match urlsplit(url).scheme:
        case "file":
            return Path(unquote(urlsplit(url).path))
        case "":
            return Path(url).absolute()
    return None


def _checked(path: str) -> None:
    if not all(_SEGMENT.fullmatch(segment) for segment in path.split("/")):
        raise ValueError(f"not a path inside the storage: {path!r}")


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _write_durably(target: Path, content: bytes) -> None:
    _make_folder(target.parent)
    part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        reached("before_rename")
        part.replace(target)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    _sync_folder(target.parent)


def _make_folder(folder: Path) -> None:
    """Make ``folder`` and its parents, each recorded durably in the one above it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
