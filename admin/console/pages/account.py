"""One's own account: sessions, password, second factor; and the password asked for once more before what matters."""

import io
from datetime import UTC, datetime
from typing import Any

import segno
from flask import current_app, flash, redirect, request, session
from flask_admin import expose
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from admin.console import login
from admin.console.door import current, of_anybody, safe_next
from admin.console.scoped import PageView
from admin.console.texts import later, t, why
from app import accounts, people, second_factor, sessions
from app.errors import Refused
from app.store.people import Person

SECRET = "second factor under way"  # nosec B105  # noqa: S105 - the name of a place in the session


class Account(PageView):
    """Everybody's own; nobody else's can be reached from here."""

    group = ""
    icon = "person"

    def __init__(self) -> None:
        super().__init__(name=later("menu.account"), endpoint="account", url="/account")

    def is_accessible(self) -> bool:
        """Whoever is signed in, roles or none."""
        return True

    @expose("/")
    @of_anybody()
    def index(self) -> str:
        """Who one is, where one is signed in, and what is asked of one."""
        access = current()
        return self.render(
            "console/account.html",
            person=Person.get_by_id(access.person_id),
            sessions=sessions.living_of(access.person_id, datetime.now(UTC)),
            this=current_user.session.id,
            codes_left=second_factor.unused_recovery_codes(access.person_id),
        )

    @expose("/prove", methods=("GET", "POST"))
    @of_anybody()
    def prove(self) -> Any:
        """The password, and the code of who has a second factor, once more; then on to where one was going."""
        target = safe_next(request.values.get("next", "/"))
        person = Person.get_by_id(current().person_id)
        if request.method != "POST":
            return self.render("console/prove.html", target=target, person=person, failed=False)
        proven = login.prove(person.email, request.form.get("password", ""))
        if proven is not None and person.totp_sealed is not None:
            box = current_app.extensions["services"].box
            if not second_factor.accepts(person, request.form.get("code", ""), box=box):
                people.note_wrong_code(person, address=request.remote_addr)
                proven = None
        if proven is None:
            return self.render("console/prove.html", target=target, person=person, failed=True), 401
        sessions.prove_again(current_user.session.id)
        return redirect(target)

    @expose("/sessions/<row:row_id>/end", methods=("POST",))
    @of_anybody()
    def end_session(self, row_id: int) -> Response:
        """End one session of one's own."""
        return self._do(
            lambda: sessions.end(row_id, of=current().person_id, by=current().email), "account.session_ended"
        )

    @expose("/sessions/end", methods=("POST",))
    @of_anybody()
    def end_others(self) -> Response:
        """End every other session of one's own."""
        sessions.end_all(current().person_id, by=current().email, but=current_user.session.id)
        flash(t("account.others_ended"), "done")
        return redirect(self.get_url(".index"))

    @expose("/password", methods=("POST",))
    @of_anybody(proof=True)
    def password(self) -> Response:
        """A new password; every other session ends."""
        new, again = request.form.get("new", ""), request.form.get("again", "")
        if new != again:
            flash(t("account.not_the_same"), "refused")
            return redirect(self.get_url(".index"))
        return self._do(
            lambda: accounts.set_password(
                current().person_id, new, by=current().email, keep=current_user.session.id
            ),
            "account.password_changed",
        )

    @expose("/second-factor", methods=("GET", "POST"))
    @of_anybody(proof=True)
    def second_factor(self) -> Any:
        """A secret to read with an app, and the code that proves it was read."""
        access = current()
        secret = session.setdefault(SECRET, second_factor.new_secret())
        if request.method == "POST":
            box = current_app.extensions["services"].box
            try:
                codes = second_factor.turn_on(
                    access.person_id,
                    secret,
                    request.form.get("code", "").strip(),
                    box=box,
                    now=datetime.now(UTC),
                )
            except Refused as refusal:
                flash(why(refusal), "refused")
            else:
                session.pop(SECRET)
                return self.render("console/recovery_codes.html", codes=codes)
        picture = _picture(second_factor.address_for(secret, access.email))
        return self.render("console/second_factor.html", secret=secret, picture=picture)

    @expose("/second-factor/off", methods=("POST",))
    @of_anybody(proof=True)
    def second_factor_off(self) -> Response:
        """A password alone again."""
        return self._do(
            lambda: second_factor.turn_off(current().person_id, by=current().email), "account.factor_off"
        )

    @expose("/recovery-codes", methods=("POST",))
    @of_anybody(proof=True)
    def recovery_codes(self) -> str:
        """New recovery codes instead of the old."""
        codes = second_factor.renew_recovery_codes(current().person_id)
        return self.render("console/recovery_codes.html", codes=codes)

    def _do(self, act: Any, done: str) -> Response:
        try:
            act()
            flash(t(done), "done")
        except Refused as refusal:
            flash(why(refusal), "refused")
        return redirect(self.get_url(".index"))


def _picture(address: str) -> Markup:
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out,
        kind="svg",
        scale=1,
        border=4,
        xmldecl=False,
        svgns=False,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
    )
    return Markup(out.getvalue().decode())  # nosec B704  # noqa: S704 - made here, of shapes only
