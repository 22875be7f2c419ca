"""What a platform makes of a commit: its files, which nobody may change."""

import os
import subprocess
import sys
from pathlib import Path

INSTALLED = ".installed"
ROOT = Path(__file__).resolve().parents[2]


def of_this_tree(folder: Path) -> Path:
    """The working tree as it is, untracked files of ours included."""
    listed = _git("ls-files", "--cached", "--others", "--exclude-standard", "-z").decode().split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    return _closed(_built(folder))


def of_commit(commit: str, folder: Path) -> Path:
    """The files of an earlier commit."""
    subprocess.run(["tar", "--extract", "--directory", folder], input=_git("archive", commit), check=True)
    return _closed(_built(folder))


def before_the_newest_migration() -> str | None:
    """The commit before the one that added the newest migration; None without history."""
    newest = max((ROOT / "migrations").glob("[0-9]*.py")).relative_to(ROOT)
    added = _git("log", "--format=%H", "--diff-filter=A", "--", str(newest)).decode().split()
    commit = f"{added[-1]}^" if added else "HEAD"
    known = subprocess.run(["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=ROOT, capture_output=True)
    return None if known.returncode else commit


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


def programs(slug: Path) -> Path:
    """Where the build put the program and its modules; the slug itself when there was none."""
    built = slug / INSTALLED
    return built if built.is_dir() else slug


def _built(folder: Path) -> Path:
    """What the build step that the repository brings along makes of it, installed beside the code."""
    hook = folder / "bin" / "post_compile"
    if hook.exists():
        env = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PIP_TARGET": str(folder / INSTALLED),
        }
        subprocess.run(["bash", str(hook)], cwd=folder, env=env, check=True, capture_output=True)
    return folder


def _closed(folder: Path) -> Path:
    for path in (*folder.rglob("*"), folder):
        path.chmod(0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444)
    return folder
