"""Accounts: who there is, in what role, with what licence. Logging in is in `logins.py`.

A role is what one may do, in cases that one may open (decisions/006). An account is disabled, never deleted: what its
person did stays theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from chartproof.desk.store import audit, passwords
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.passwords import STRONG, Hashing
from chartproof.desk.store.rows import as_row, new_id
from chartproof.desk.store.schema import sessions, users
from chartproof.errors import ConflictError, NotFoundError, RefusedError

ROLES = ("viewer", "coordinator", "physician", "reviewer", "admin")


@dataclass(frozen=True, slots=True)
class User:
    """`name` is what is typed to log in; `shown` the person's name, which a signature bears, with `licence`.

    `password_of_another`: somebody else knows the password, so that it is to be changed before anything else is done.
    """

    id: str
    name: str
    shown: str
    role: str
    licence: str
    created: datetime
    disabled: datetime | None
    has_totp: bool
    password_of_another: bool


COLUMNS = (
    users.c.id, users.c.name, users.c.shown, users.c.role, users.c.licence, users.c.created, users.c.disabled,
    (users.c.totp_secret != "").label("has_totp"), users.c.password_of_another,
)  # fmt: skip


def any_account(connection: Connection) -> bool:
    """False only before the first run has made its admin."""
    return connection.execute(select(users.c.id).limit(1)).first() is not None


def first_admin(
    connection: Connection, name: str, password: str, *, shown: str = "", now: datetime, hashing: Hashing = STRONG
) -> User:
    """Makes the first account. Raises ConflictError CP-DESK-23 where there is one already."""
    if any_account(connection):
        raise ConflictError("CP-DESK-23", "the first account was made already", then="Log in.")
    return create(connection, audit.DESK, name, password, role="admin", shown=shown, now=now, hashing=hashing)


def create(
    connection: Connection,
    actor: Actor,
    name: str,
    password: str,
    *,
    role: str,
    shown: str = "",
    licence: str = "",
    now: datetime,
    hashing: Hashing = STRONG,
) -> User:
    """The password holds for the first sign-in where a person made the account: it is theirs, not the account's.

    Raises RefusedError CP-DESK-20 (password), CP-DESK-24 (name or role); ConflictError CP-DESK-25 (name is taken).
    """
    name = name.strip().casefold()
    if not 1 <= len(name) <= 80 or not name.isprintable() or " " in name:
        raise RefusedError("CP-DESK-24", "the account's name cannot be used", then="Up to 80 characters, no spaces.")
    check_role(role)
    user = new_id()
    values = {
        "id": user, "name": name, "shown": shown.strip() or name, "role": role, "licence": licence.strip(),
        "password": passwords.keep(password, name=name, hashing=hashing), "created": now, "password_set": now,
        "password_of_another": actor.who != audit.DESK.who,
    }  # fmt: skip
    if connection.execute(select(users.c.id).where(users.c.name == name)).first():
        raise ConflictError("CP-DESK-25", "there is an account of this name", then="Choose another name.")
    connection.execute(insert(users).values(values))
    audit.append(connection, actor, "create", "user", user, now=now, detail={"role": role})
    return get(connection, user)


def get(connection: Connection, user: str) -> User:
    """Raises NotFoundError CP-DESK-26."""
    row = connection.execute(select(*COLUMNS).where(users.c.id == user)).first()
    if row is None:
        raise NotFoundError("CP-DESK-26", "there is no such account")
    return as_row(User, row)


def listed(connection: Connection) -> tuple[User, ...]:
    return tuple(as_row(User, row) for row in connection.execute(select(*COLUMNS).order_by(users.c.name)))


def change(
    connection: Connection, actor: Actor, user: str, *, shown: str, role: str, licence: str, now: datetime
) -> User:
    """A role that changes holds from the next page on. Raises ConflictError CP-DESK-27 for the last admin."""
    check_role(role)
    seen = get(connection, user)
    if role != "admin":
        keep_one_admin(connection, seen)
    put(connection, user, shown=shown.strip() or seen.name, role=role, licence=licence.strip())
    audit.append(connection, actor, "update", "user", user, now=now, detail={"role": role, "was": seen.role})
    return get(connection, user)


def disable(connection: Connection, actor: Actor, user: str, *, now: datetime) -> User:
    """Ends the person's sessions too. Raises ConflictError CP-DESK-27 for the last admin."""
    keep_one_admin(connection, get(connection, user))
    put(connection, user, disabled=now)
    end_sessions(connection, user, now=now)
    audit.append(connection, actor, "disable", "user", user, now=now)
    return get(connection, user)


def enable(connection: Connection, actor: Actor, user: str, *, now: datetime) -> User:
    get(connection, user)
    put(connection, user, disabled=None)
    audit.append(connection, actor, "enable", "user", user, now=now)
    return get(connection, user)


def set_password(
    connection: Connection, actor: Actor, user: str, password: str, *, now: datetime, hashing: Hashing = STRONG
) -> None:
    """Ends all sessions of the person, also the one from which it is changed. One that another person sets holds for the
    next sign-in only.
    """
    name = get(connection, user).name
    kept = passwords.keep(password, name=name, hashing=hashing)
    put(connection, user, password=kept, password_set=now, password_of_another=actor.who != user)
    end_sessions(connection, user, now=now)
    audit.append(connection, actor, "update", "user", user, now=now, detail={"field": "password"})


def set_totp(connection: Connection, actor: Actor, user: str, secret: str, code: str, *, now: datetime) -> None:
    """Asks for one-time codes from now on. The first one proves that the application has the secret.

    The secret lies in the database as it is, for it must be computed with; an encrypted store encrypts it too.
    Raises RefusedError CP-DESK-28 where the code is not of this secret.
    """
    step = passwords.code_step(secret, code, after=0, now=now)
    if step is None:
        raise RefusedError(
            "CP-DESK-28", "the code is not of this secret", then="Look at the clocks, and try the next code."
        )
    put(connection, user, totp_secret=secret, totp_used=step)
    audit.append(connection, actor, "update", "user", user, now=now, detail={"field": "totp"})


def drop_totp(connection: Connection, actor: Actor, user: str, *, now: datetime) -> None:
    """For a lost telephone."""
    put(connection, user, totp_secret="", totp_used=0)
    audit.append(connection, actor, "update", "user", user, now=now, detail={"field": "totp", "to": "none"})


def end_sessions(connection: Connection, user: str, *, now: datetime) -> None:
    connection.execute(update(sessions).where(sessions.c.user == user, sessions.c.ended.is_(None)).values(ended=now))


def check_role(role: str) -> None:
    if role not in ROLES:
        raise RefusedError("CP-DESK-24", "there is no such role", then=f"One of: {', '.join(ROLES)}.")


def keep_one_admin(connection: Connection, user: User) -> None:
    admins = select(func.count()).where(users.c.role == "admin", users.c.disabled.is_(None))
    if user.role == "admin" and user.disabled is None and connection.execute(admins).scalar_one() == 1:
        raise ConflictError("CP-DESK-27", "this is the last admin", then="Make another account an admin first.")


def put(connection: Connection, user: str, **values: Any) -> None:
    connection.execute(update(users).where(users.c.id == user).values(**values))
