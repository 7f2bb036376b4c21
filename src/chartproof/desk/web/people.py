"""First run, signing in and out, one's own account, other people's accounts."""

from __future__ import annotations

import segno
from starlette.responses import Response

from chartproof.desk.intake import share_waiting
from chartproof.desk.store import accounts, cases, logins, passwords, sessions
from chartproof.desk.store.logins import Login
from chartproof.desk.web.access import ROLES
from chartproof.desk.web.cookies import signed_in, signed_out
from chartproof.desk.web.pages import page
from chartproof.desk.web.visit import Visit, to
from chartproof.errors import ChartproofError, InputError, RefusedError

EMPTY = {"shown": "", "name": ""}


def first_run(visit: Visit) -> Response:
    with visit.desk.store.read() as connection:
        if accounts.any_account(connection):
            return to("/sign-in")
    return page(visit, "first_run", given=EMPTY)


def first_run_done(visit: Visit) -> Response:
    given = {"shown": visit.form.get("shown", ""), "name": visit.form.get("name", "")}
    try:
        same_twice(visit)
        with visit.desk.store.write() as connection:
            accounts.first_admin(
                connection, visit.wanted("name", "The sign-in name"), visit.form["password"],
                shown=visit.wanted("shown", "Your name"), now=visit.now, hashing=visit.desk.hashing,
            )  # fmt: skip
    except RefusedError as error:
        return page(visit, "first_run", 400, given=given, problem=plainly(error))
    return entered(visit, given["name"], visit.form["password"], "")


def same_twice(visit: Visit) -> None:
    if visit.form.get("password", "") != visit.form.get("again", ""):
        raise RefusedError("CP-WEB-05", "the two passwords differ", then="Type the same one twice.")


def plainly(error: ChartproofError) -> str:
    """An error above a form: the reason and the advice, without its code."""
    return f"{error.what[:1].upper()}{error.what[1:]}. {error.then}".strip()


def sign_in(visit: Visit) -> Response:
    with visit.desk.store.read() as connection:
        if not accounts.any_account(connection):
            return to("/first-run")
    return page(visit, "sign_in", given=EMPTY, next=local(visit.query.get("next", "")))


def local(path: str) -> str:
    """A path of this desk, or the queue: a link must not lead out of it."""
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if ours else "/"


def sign_in_done(visit: Visit) -> Response:
    name = visit.form.get("name", "")
    try:
        return entered(visit, name, visit.form.get("password", ""), visit.form.get("code", ""))
    except RefusedError as error:
        onward = local(visit.form.get("next", ""))
        return page(visit, "sign_in", 400, given={**EMPTY, "name": name}, next=onward, problem=plainly(error))


def entered(visit: Visit, name: str, password: str, code: str) -> Response:
    login = Login(name, password, code, visit.address)
    token, _user = logins.log_in(visit.desk.store, login, now=visit.now, hashing=visit.desk.hashing)
    return signed_in(to(local(visit.form.get("next", ""))), token)


def sign_out(visit: Visit) -> Response:
    if visit.session is not None:
        with visit.desk.store.write() as connection:
            sessions.log_out(connection, visit.actor, visit.session, now=visit.now)
    return signed_out(to("/sign-in"))


def account(visit: Visit, problem: str = "", status: int = 200) -> Response:
    secret = passwords.new_secret() if visit.query.get("totp") == "new" and not visit.user.has_totp else ""
    picture = segno.make(passwords.secret_address(secret, visit.user.name)).svg_data_uri(scale=5) if secret else ""
    return page(visit, "account", status, totp_on=visit.user.has_totp, totp_secret=secret, totp_picture=picture, problem=problem)  # fmt: skip


def proven(visit: Visit) -> None:
    """The person gives the password of now before the account changes. Raises RefusedError as signing in does."""
    assert visit.session is not None
    login = Login(visit.user.name, visit.form.get("old", ""), visit.form.get("code", ""), visit.address)
    logins.confirm(visit.desk.store, visit.session, login, now=visit.now, hashing=visit.desk.hashing)


def password(visit: Visit, problem: str = "", status: int = 200) -> Response:
    return page(visit, "password", status, problem=problem)


def password_done(visit: Visit) -> Response:
    try:
        same_twice(visit)
        if visit.form.get("password") == visit.form.get("old"):
            raise RefusedError("CP-WEB-19", "the new password is the old one", then="Choose another.")
        proven(visit)
        with visit.desk.store.write() as connection:
            accounts.set_password(
                connection, visit.actor, visit.user.id, visit.form.get("password", ""), now=visit.now,
                hashing=visit.desk.hashing,
            )  # fmt: skip
    except RefusedError as error:
        return password(visit, plainly(error), 400)
    return to("/sign-in?told=password")


def codes(visit: Visit) -> Response:
    try:
        if visit.form.get("do") == "off":
            proven(visit)
            with visit.desk.store.write() as connection:
                accounts.drop_totp(connection, visit.actor, visit.user.id, now=visit.now)
            return to("/account?told=codes_off")
        with visit.desk.store.write() as connection:
            secret, code = visit.form.get("secret", ""), visit.form.get("code", "")
            accounts.set_totp(connection, visit.actor, visit.user.id, secret, code, now=visit.now)
    except RefusedError as error:
        return account(visit, plainly(error), 400)
    return to("/account?told=codes_on")


def users(visit: Visit, problem: str = "", status: int = 200) -> Response:
    with visit.desk.store.read() as connection:
        found = accounts.listed(connection)
    roles = [(role, role) for role in ROLES]
    return page(visit, "people", status, users=found, roles=roles, me=visit.user.id, problem=problem)


def add_user(visit: Visit) -> Response:
    try:
        with visit.desk.store.write() as connection:
            made = accounts.create(
                connection, visit.actor, visit.wanted("name", "The sign-in name"), visit.form.get("password", ""),
                role=visit.form.get("role", ""), shown=visit.wanted("shown", "The name"),
                licence=visit.form.get("licence", ""), now=visit.now, hashing=visit.desk.hashing,
            )  # fmt: skip
            if made.role == "reviewer":
                share_waiting(connection, visit.actor, made.id, now=visit.now)
    except ChartproofError as error:
        return users(visit, plainly(error), 400)
    return to("/users?told=person")


def change_user(visit: Visit) -> Response:
    who, what = visit.path["user"], visit.form.get("do", "")
    try:
        with visit.desk.store.write() as connection:
            seen = accounts.get(connection, who)
            if what == "close":
                accounts.disable(connection, visit.actor, who, now=visit.now)
            elif what == "open":
                accounts.enable(connection, visit.actor, who, now=visit.now)
            elif what == "role":
                accounts.change(
                    connection, visit.actor, who, shown=visit.form.get("shown", "").strip() or seen.shown,
                    role=visit.form.get("role", seen.role), licence=visit.form.get("licence", seen.licence).strip(),
                    now=visit.now,
                )  # fmt: skip
                if visit.form.get("role") == "reviewer" != seen.role:
                    share_waiting(connection, visit.actor, who, now=visit.now)
            elif what == "password":
                accounts.set_password(
                    connection,
                    visit.actor,
                    who,
                    visit.form.get("password", ""),
                    now=visit.now,
                    hashing=visit.desk.hashing,
                )
            elif what == "grant":
                case = cases.get(connection, visit.form.get("case", "").strip())
                cases.grant(connection, visit.actor, case.id, who, now=visit.now)
            else:
                raise InputError("CP-WEB-06", "the desk does not know what to change", then="Load the page again.")
    except ChartproofError as error:
        return users(visit, plainly(error), 400)
    return to("/users?told=changed")
