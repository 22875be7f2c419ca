"""The console in English: one file per page or area; whatever lies here counts."""

from typing import Final

from admin.console.texts.merging import areas, merged

TEXTS: Final[dict[str, str]] = merged(*areas(__name__, __path__))
