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
