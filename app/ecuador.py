"""The time of Ecuador, by which the SRI and whoever deals with it date everything."""

from typing import Final
from zoneinfo import ZoneInfo

ECUADOR: Final = ZoneInfo("America/Guayaquil")
