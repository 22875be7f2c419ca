"""Console tests: a console for every module, and people signed in to it."""

from console_cast import admin, anonymous, app, betos_viewer, browser, quick_hashes, viewer_of

__all__ = ["admin", "anonymous", "app", "betos_viewer", "browser", "quick_hashes", "viewer_of"]
