"""Response headers: a browser loads nothing but what we ship, runs only scripts a page marked, and tells nobody."""

import secrets

from flask import Flask, Response, g, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
ONE_YEAR = "max-age=31536000"


def install(app: Flask) -> None:
    """Put the headers on every response of ``app``."""
    app.after_request(_protect)


def nonce() -> str:
    """The mark of this answer's own scripts; one that was not asked for lets no script run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    mark: str = g.nonce
    return mark


def _protect(response: Response) -> Response:
    scripts = f"script-src 'nonce-{g.nonce}'" if "nonce" in g else "script-src 'none'"
    response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; {scripts}"
    for name, value in ALWAYS.items():
        response.headers[name] = value
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = ONE_YEAR
    if request.endpoint == "static":
        response.headers["Cache-Control"] = f"public, {ONE_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
