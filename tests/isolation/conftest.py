"""Isolation tests use the console tests' browsers."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "console"))

from console_cast import admin, anonymous, app, betos_viewer, browser, quick_hashes, viewer_of

__all__ = ["admin", "anonymous", "app", "betos_viewer", "browser", "quick_hashes", "viewer_of"]
