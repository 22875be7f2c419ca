"""Users: who may come in, with which role for which taxpayer; created, disabled, signed out."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.console.door import current, mine, needs
from admin.console.filters import row_id
from admin.console.scoped import PageView
from admin.console.texts import later, t, why
from app import accounts, passwords, people, second_factor, sessions
from app.errors import Refused
from app.permissions import ALLOWED, Permission, Role
from app.store.people import GrantOfRole, Person
from app.store.tenants import Tenant

MOST_SHOWN = 500
MANAGE = needs(Permission.MANAGE_PEOPLE, proof=True)
"""Whoever changes accounts could let anybody in: they prove to be themselves first."""


class People(PageView):
    """For admins: an account is of the installation, its roles are of taxpayers."""

    sees = Permission.MANAGE_PEOPLE
    group = "people"
    icon = "people"

    def __init__(self) -> None:
        super().__init__(name=later("menu.people"), endpoint="people", url="/people")

    @expose("/")
    def index(self) -> str:
        """Everybody, and what each role may."""
        everybody = list(Person.select().order_by(Person.email).limit(MOST_SHOWN))
        return self.render(
            "console/people.html",
            people=everybody,
            grants=_grants(),
            names=_names(),
            allowed=ALLOWED,
            roles=list(Role),
        )

    @expose("/new", methods=("GET", "POST"))
    @MANAGE
    def new(self) -> str:
        """A new account; its password is made up and shown once."""
        form = request.form
        if request.method == "POST":
            password = passwords.made_up()
            tenant_ids = tuple(sorted({_id(one) or 0 for one in form.getlist("tenant") if one}))
            name = form.get("name", "").strip() or form.get("email", "")
            try:
                person_id = people.create(
                    form.get("email", ""), name[:200], password, _role(), tenant_ids, by=current().email
                )
                return self._once(person_id, password)
            except Refused as refusal:
                flash(why(refusal), "refused")
        return self.render("console/person_new.html", form=form, names=_names(), roles=list(Role))

    @expose("/<row:row_id>/")
    def details(self, row_id: int) -> str:
        """One account."""
        person = _person(row_id)
        return self.render(
            "console/person.html",
            person=person,
            grants=_grants(person.id)[person.id],
            names=_names(),
            roles=list(Role),
            sessions=sessions.living_of(person.id, datetime.now(UTC)),
            codes_left=second_factor.unused_recovery_codes(person.id),
        )

    @expose("/<row:row_id>/grant", methods=("POST",))
    @MANAGE
    def grant(self, row_id: int) -> Response:
        """One more role."""
        role, tenant = _role(), _id(request.form.get("tenant"))
        return self._do(
            row_id, lambda who: accounts.grant(who, role, tenant, by=current().email), "people.given"
        )

    @expose("/<row:row_id>/grants/<row:grant_id>/revoke", methods=("POST",))
    @MANAGE
    def revoke(self, row_id: int, grant_id: int) -> Response:
        """One role less."""
        return self._do(
            row_id, lambda who: accounts.revoke(who, grant_id, by=current().email), "people.taken"
        )

    @expose("/<row:row_id>/disable", methods=("POST",))
    @MANAGE
    def disable(self, row_id: int) -> Response:
        """Out at once."""
        return self._do(row_id, lambda who: accounts.disable(who, by=current().email), "people.is_disabled")

    @expose("/<row:row_id>/enable", methods=("POST",))
    @MANAGE
    def enable(self, row_id: int) -> Response:
        """In again."""
        return self._do(row_id, lambda who: accounts.enable(who, by=current().email), "people.is_enabled")

    @expose("/<row:row_id>/sign-out", methods=("POST",))
    @MANAGE
    def sign_out(self, row_id: int) -> Response:
        """Their sessions end everywhere."""
        ended = sessions.end_all(_person(row_id).id, by=current().email)
        flash(t("people.signed_out", n=ended), "done")
        return redirect(self.get_url(".details", row_id=row_id))

    @expose("/<row:row_id>/password", methods=("POST",))
    @MANAGE
    def password(self, row_id: int) -> str:
        """A new password, made up and shown once; their sessions end."""
        person, password = _person(row_id), passwords.made_up()
        accounts.set_password(person.id, password, by=current().email)
        return self._once(person.id, password)

    @expose("/<row:row_id>/forget-factor", methods=("POST",))
    @MANAGE
    def forget_factor(self, row_id: int) -> Response:
        """For who lost phone and codes: a password alone again."""
        return self._do(
            row_id, lambda who: second_factor.turn_off(who, by=current().email), "people.factor_forgotten"
        )

    def _once(self, person_id: int, password: str) -> str:
        return self.render("console/person_password.html", person=_person(person_id), password=password)

    def _do(self, row_id: int, act: Any, done: str) -> Response:
        person = _person(row_id)
        try:
            act(person.id)
            flash(t(done), "done")
        except Refused as refusal:
            flash(why(refusal), "refused")
        return redirect(self.get_url(".details", row_id=row_id))


def _person(person_id: int) -> Person:
    found: Person | None = Person.get_or_none(Person.id == person_id)
    return found if found is not None else abort(404)


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)


def _id(written: str | None) -> int | None:
    try:
        return row_id(written or None)
    except ValueError:
        abort(400)


def _grants(person_id: int | None = None) -> dict[int, list[GrantOfRole]]:
    of = (GrantOfRole.id > 0,) if person_id is None else (GrantOfRole.person == person_id,)
    found: dict[int, list[GrantOfRole]] = defaultdict(list)
    for grant in GrantOfRole.select().where(*of).order_by(GrantOfRole.id):
        found[grant.person_id].append(grant)  # type: ignore[attr-defined]
    return found


def _names() -> dict[int, str]:
    with mine():
        return {
            row.id: f"{row.razon_social} · {row.ruc}" for row in Tenant.select().order_by(Tenant.razon_social)
        }
