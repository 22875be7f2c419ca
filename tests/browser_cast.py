"""The console as the Procfile starts it, and a real Chromium that keeps what it complains about."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import CONSOLE_PASSWORD
from needs import lacking
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright

from app.config import Settings, environment_of

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    if not Path(CHROMIUM).exists():
        lacking("Chromium (Debian package chromium)")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def console(settings: Settings, services) -> Iterator[str]:
    """The address of the console as the Procfile starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gunicorn = [str(Path(sys.executable).with_name("gunicorn")), "--config", "python:admin.gunicorn_conf"]
    served = subprocess.Popen(
        [*gunicorn, "admin:create_app()"],
        cwd=Path(__file__).resolve().parents[1],
        env=environment_of(settings.model_copy(update={"port": port})),
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz", served)
        yield address
    finally:
        served.terminate()
        try:
            assert served.wait(timeout=25) == 0
        except subprocess.TimeoutExpired:
            os.killpg(served.pid, signal.SIGKILL)
            raise


def wait_for(address: str, served: subprocess.Popen) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        assert served.poll() is None, "gunicorn ended before it answered"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    pytest.fail(f"{address} does not answer")


class Watched:
    """A page of which everything the browser complains about is kept."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        # a page that is not there is what some steps ask for; the browser calls that an error
        if kind in ("error", "warning") and "status of 404" not in text and "status of 403" not in text:
            self.complaints.append(text)

    def sign_in(self, email: str) -> None:
        self.page.goto(f"{self.address}/login")
        self.page.get_by_label("Correo").fill(email)
        self.page.get_by_label("Contraseña").fill(CONSOLE_PASSWORD)
        self.page.get_by_role("button", name="Entrar").click()
        self.page.wait_for_url(f"{self.address}/")

    def open(self, place: str) -> int:
        answer = self.page.goto(f"{self.address}{place}")
        assert answer is not None
        return answer.status

    def text(self) -> str:
        return self.page.locator("body").inner_text()


@pytest.fixture
def watched(request, chromium: Chromium, console: str) -> Iterator[Watched]:
    scripts = getattr(request, "param", "with scripts") == "with scripts"
    context = chromium.new_context(locale="es-EC", java_script_enabled=scripts, accept_downloads=True)
    one = Watched(context.new_page(), console)
    yield one
    context.close()
    assert one.complaints == []
