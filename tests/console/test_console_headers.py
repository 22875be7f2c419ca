"""What the console tells a browser about itself."""

import re
from pathlib import Path

import pytest
from console_cast import Browser
from flask import request

import admin.console
from admin import create_app
from app.services import Services

HERE = Path(admin.console.__file__).parent
EVERYWHERE = ("/", "/documents/", "/login", "/nada", "/static/console.css", "/healthz")


@pytest.fixture(scope="module")
def behind_tls(services):
    """The console as it runs behind the platform's TLS proxy."""
    settings = services.settings.model_copy(update={"behind_tls_proxy": True})
    return create_app(Services(settings, services.database))


@pytest.mark.parametrize("place", EVERYWHERE)
def test_every_answer_forbids_what_no_page_of_ours_needs(admin: Browser, place):
    headers = admin.get(place, buffered=True).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == policy["style-src"] == "'self'"
    assert policy["script-src"] == "'none'" or re.fullmatch(r"'nonce-[\w-]{22}'", policy["script-src"])
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_only_the_scripts_a_page_marks_may_run_and_each_answer_marks_them_anew(admin: Browser):
    marks = set()
    for _ in range(2):
        answer = admin.get("/documents/")
        policy = answer.headers["Content-Security-Policy"]
        (mark,) = set(
            re.findall(r'<script src="/static/[^"]+" nonce="([\w-]+)"', answer.get_data(as_text=True))
        )
        assert f"script-src 'nonce-{mark}'" in policy
        marks.add(mark)
    assert len(marks) == 2
    assert "script-src 'none'" in admin.get("/nada").headers["Content-Security-Policy"]


def test_pages_are_kept_by_no_cache_and_the_stylesheet_is(admin: Browser):
    assert admin.get("/documents/").headers["Cache-Control"] == "no-store"
    assert "immutable" in admin.get("/static/console.css", buffered=True).headers["Cache-Control"]


def test_templates_hold_no_script_or_style_of_their_own_nor_anything_from_elsewhere():
    for template in (HERE / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        found = re.findall(
            r"<script(?! src=\"\{\{ asset\('[a-z]+\.js'\) \}\}\" nonce=\"\{\{ nonce\(\) \}\}\" defer></script>)|<style|\sstyle=|\son\w+=|javascript:|https?://|\|\s*safe",
            text,
        )
        assert found == [], template.name


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(anonymous: Browser):
    cookie = anonymous.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_tls_the_cookie_is_secure_and_the_browser_is_told_to_stay(behind_tls):
    answer = behind_tls.test_client().get("/login", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_behind_tls_a_plain_request_is_led_to_the_secure_address(behind_tls):
    answer = behind_tls.test_client().get("/documents/?state=draft", headers={"X-Forwarded-Proto": "http"})
    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://localhost/documents/?state=draft"
    assert behind_tls.test_client().get("/healthz").status_code == 200


def test_forwarded_headers_are_believed_only_when_a_setting_says_so(app, behind_tls):
    told = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-Forwarded-Proto": "https"}
    seen = {}
    for name, console in (("alone", app), ("behind", behind_tls)):
        with console.test_client() as client:
            client.get("/login", headers=told)
            seen[name] = (request.remote_addr, request.is_secure)
    assert seen == {"alone": ("127.0.0.1", False), "behind": ("203.0.113.9", True)}


def test_a_person_at_the_login_is_told_nothing_about_the_installation(anonymous: Browser):
    page = anonymous.read("/login")
    assert "Comprobantes" not in page
    assert anonymous.get("/documents/1/").headers["Location"].startswith("/login")
    assert anonymous.get("/no/such/page").headers["Location"].startswith("/login")
