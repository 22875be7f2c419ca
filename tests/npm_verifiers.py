"""Judges from npm: xml-crypto and xadesjs of signatures, axe of pages; installed outside the tree, once per lock."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from needs import ROOT, lacking

NAMES = ("xml-crypto", "xadesjs")
_SOURCE = ROOT / "tests" / "contract" / "npm"
_LOCKED = ("package.json", "package-lock.json")


def npm_verdicts(signed: Sequence[bytes], folder: Path) -> list[dict[str, bool]]:
    """Which verifier of NAMES accepts which of the documents, in their order."""
    files = [folder / f"{place}.xml" for place in range(len(signed))]
    for file, content in zip(files, signed, strict=True):
        file.write_bytes(content)
    done = subprocess.run(
        ["node", str(_SOURCE / "verify.cjs"), *map(str, files)],
        env={**os.environ, "NODE_PATH": str(npm_folder() / "node_modules")},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@cache
def npm_folder() -> Path:
    """A folder with the locked packages in it; a second process that installs them meanwhile does no harm."""
    if not (shutil.which("node") and shutil.which("npm")):
        lacking("node and npm (Debian packages nodejs and npm)")
    lock = hashlib.sha256(b"".join((_SOURCE / name).read_bytes() for name in _LOCKED)).hexdigest()
    caches = _cache_folder()
    target = caches / f"npm-{lock[:16]}"
    if not target.exists():
        fresh = Path(tempfile.mkdtemp(prefix="npm-", dir=caches))
        for name in _LOCKED:
            shutil.copy(_SOURCE / name, fresh / name)
        options = ["--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(["npm", "ci", *options], cwd=fresh, capture_output=True, text=True)
        if done.returncode != 0:
            shutil.rmtree(fresh)
            lacking(f"an npm registry with the packages of tests/contract/npm ({done.stderr.strip()[-500:]})")
        try:
            fresh.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(fresh)
    return target


def _cache_folder() -> Path:
    wanted = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autoriza-tests"
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir())
    return wanted
