"""The invoice with sri-ride, the published Ecuadorian RIDE: Chromium, opened once."""

import asyncio
import base64
import shutil
from collections.abc import Callable
from typing import Any

from playwright.async_api import async_playwright
from sriRide import SriRide

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def prepare(facts: dict[str, Any]) -> Callable[[], bytes]:
    """What makes the PDF once."""
    loop = asyncio.new_event_loop()
    ride = SriRide(mode="pdf", page=loop.run_until_complete(_page()))

    def make() -> bytes:
        pdf = loop.run_until_complete(ride.factura(xml=facts["authorization"], logo=facts["logo"]))
        return base64.b64decode(pdf if isinstance(pdf, str) else pdf["pdf"])

    return make


async def _page() -> Any:
    program = next(found for name in _BROWSERS if (found := shutil.which(name)))
    playwright = await async_playwright().start()
    browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
    return await browser.new_page()
