"""Which pages take files, and how much of them; every other form is small."""

from flask import Flask, request

from admin.console.pages import branding, certificates, importing

MEGABYTE = 1024 * 1024
LARGER = {
    "documents.correct": MEGABYTE,
    "importing.index": importing.MOST_BYTES,
    "tenants.branding": branding.LARGEST_UPLOAD,
    "certificates.new": certificates.LARGEST_P12,
}


def install(app: Flask) -> None:
    """Raise the limit of those addresses of ``app``; before anything reads a form."""
    app.before_request(_allow)


def _allow() -> None:
    if (most := LARGER.get(request.endpoint or "")) is not None:
        request.max_content_length = most
        request.max_form_memory_size = MEGABYTE
