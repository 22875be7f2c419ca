"""docs/configuration.md, made from the settings themselves."""

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from app.config import Settings

HEAD = """# Configuration

Every setting is an environment variable, or a line in a file `.env` in the working directory; the environment outranks
the file. A wrong value stops the boot with a sentence that names it. `.env.example` has the same list to copy from,
`autoriza doctor` looks at the rest. This page is made from the code: `python -m pytest tests/shape --update`.

Secrets are marked: they are shown in no log, page or error, and never belong on a command line. An object store's own
credentials (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL`) are read by its library.

| setting | default | what it does |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_row(name, field) for name, field in sorted(Settings.model_fields.items()))


def _row(name: str, field: FieldInfo) -> str:
    default = field.default
    shown = "" if isinstance(default, SecretStr) or default in ((), "", None) else f"`{default}`"
    secret = "**secret**; " if not field.repr or "SecretStr" in str(field.annotation) else ""
    described = str(field.description).replace("|", "\\|")
    return f"| `{name.upper()}` | {shown} | {secret}{described} |\n"


GROUPS = {
    "sign_drafts_cron": "When: cron with the seconds first (second minute hour day month weekday)",
    "metrics_token": "Who watches: metrics, alerts, error reports, traces",
    "autoriza_home": "Where things are",
    "sri_pruebas_url": "The SRI",
    "worker_processes": "The engine",
    "verify_share": "Everything else",
}
"""The first setting of each part of .env.example."""
EXAMPLE_HEAD = (
    "# Every setting with its default; what is commented out is as good as set to that. "
    "Copy to .env or set in the platform.\n"
    "# With DATABASE_URL and REDIS_URL unset, `autoriza up` starts both, and makes SECRET_KEYS and SESSION_SECRET up.\n"
)


def example() -> str:
    """The whole of .env.example."""
    lines = [EXAMPLE_HEAD]
    for name, field in Settings.model_fields.items():
        if name in GROUPS:
            lines.append(f"\n# --- {GROUPS[name]}\n")
        shown = field.default if isinstance(field.default, str | int | float) else ""
        shown = field.default if name == "autoriza_home" else shown
        lines.append(f"# {field.description}\n#{name.upper()}={shown}\n")
    return "".join(lines)
