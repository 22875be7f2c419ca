"""Every write comes from a form of this console: a token bound to the session, and no request from another site."""

from datetime import timedelta

from flask import abort, request
from flask_admin.form import SecureForm
from flask_login import current_user

from admin.console.texts import both
from admin.console.witness import note_refusal

OWN_SITES = frozenset({"same-origin", "none"})


class Form(SecureForm):
    """The base of every form, Flask-Admin's own included; its token is good for a working day."""

    class Meta(SecureForm.Meta):
        csrf_time_limit = timedelta(hours=12)


def token() -> str:
    """The token of this session, for the hidden field ``csrf_token`` of a form."""
    value: str = Form().csrf_token.current_token
    return value


def demand() -> None:
    """400, on record, unless the request carries this session's token and was made by a page of ours."""
    from_our_site = request.headers.get("Sec-Fetch-Site", "same-origin") in OWN_SITES
    if from_our_site and Form(request.form).validate():
        return
    if current_user.is_authenticated:
        note_refusal(both("refusal.token"))
    abort(400)
