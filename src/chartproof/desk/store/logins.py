"""Logging in, and being asked again before a signature.

The password is checked between two transactions, for it takes a tenth of a second of work that nobody should wait for.
Whatever is wrong, the answer is the same and takes as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from chartproof.desk.store import accounts, audit, passwords, throttle
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store
from chartproof.desk.store.passwords import STRONG, Hashing
from chartproof.desk.store.schema import sessions, users
from chartproof.desk.store.sessions import Session, open_session
from chartproof.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Login:
    """What was typed, and from where. `code` is empty where the account asks for none."""

    name: str
    password: str
    code: str = ""
    address: str = ""


def log_in(store: Store, login: Login, *, now: datetime, hashing: Hashing = STRONG) -> tuple[str, User]:
    """The token of a new session, which goes into a cookie and is kept nowhere, and the user.

    Raises RefusedError: CP-DESK-21 name, password or code is wrong; CP-DESK-22 too many attempts.
    """
    user = proven(store, login, now=now, hashing=hashing)
    with store.write() as connection:
        token = open_session(connection, user.id, now=now)
        actor = Actor(user.id, user.role, login.address)
        audit.append(connection, actor, "login", "user", user.id, now=now)
    return token, user


def confirm(store: Store, session: Session, login: Login, *, now: datetime, hashing: Hashing = STRONG) -> None:
    """The person of this session proves again who they are: what signing asks for. `login.name` is not looked at.

    Raises as `log_in` does.
    """
    with store.read() as connection:
        name = accounts.get(connection, session.user).name
    user = proven(store, Login(name, login.password, login.code, login.address), now=now, hashing=hashing)
    with store.write() as connection:
        connection.execute(update(sessions).where(sessions.c.id == session.id).values(authenticated=now))
        actor = Actor(user.id, user.role, login.address)
        audit.append(connection, actor, "confirm", "user", user.id, now=now)


def proven(store: Store, login: Login, *, now: datetime, hashing: Hashing) -> User:
    try:
        with store.write(audited=False) as connection:
            throttle.attempt(connection, login.name, login.address, now=now)
    except RefusedError:
        with store.write() as connection:
            refuse(connection, account(connection, login.name), login, "too_many", now=now)
        raise
    with store.read() as connection:
        row = account(connection, login.name)
    right = passwords.matches(row.password if row else "", login.password, hashing)
    with store.write() as connection:
        again = account(connection, login.name)  # as it is now: a code may have been used meanwhile
        if right and row and again and again.password == row.password and code_is_right(connection, again, login, now):
            throttle.succeeded(connection, login.name, login.address)
            return accounts.get(connection, again.id)
        refuse(connection, again, login, "wrong", now=now)
    raise RefusedError("CP-DESK-21", "the name, the password or the code is wrong")


def account(connection: Connection, name: str) -> Row[Any] | None:
    """The account that may log in by this name."""
    return connection.execute(
        select(users).where(users.c.name == name.strip().casefold(), users.c.disabled.is_(None))
    ).first()


def code_is_right(connection: Connection, row: Row[Any], login: Login, now: datetime) -> bool:
    """Also keeps which code was used, so that it is not taken twice."""
    if not row.totp_secret:
        return True
    step = passwords.code_step(row.totp_secret, login.code, after=row.totp_used, now=now)
    if step is None:
        return False
    accounts.put(connection, row.id, totp_used=step)
    return True


def refuse(connection: Connection, row: Row[Any] | None, login: Login, why: str, *, now: datetime) -> None:
    """What was typed as a name is not written down: it may be a password."""
    who = Actor("nobody", "none", login.address)
    audit.append(connection, who, "login", "user", row.id if row else "unknown", now=now, outcome="refused",
                 detail={"why": why})  # fmt: skip
