"""Sessions: a random token in a cookie, of which only the hash is kept; idle and absolute limits; the form's token."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from chartproof.desk.store import accounts, audit
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store
from chartproof.desk.store.rows import as_row
from chartproof.desk.store.schema import sessions
from chartproof.errors import RefusedError

#: `seen` is kept to the minute, so that not every page is a change.
TOUCH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """`idle` without a page, `absolute` since the login, `fresh` since the person last proved who they are."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=10)
    fresh: timedelta = timedelta(minutes=5)


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Session:
    """`id` is the hash of the token. `authenticated`: when the person last gave the password."""

    id: str
    user: str
    created: datetime
    seen: datetime
    authenticated: datetime
    ended: datetime | None

    def fresh(self, now: datetime, limits: Limits) -> bool:
        return now - self.authenticated <= limits.fresh


def open_session(connection: Connection, user: str, *, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(sessions).values(id=hashed(token), user=user, created=now, seen=now, authenticated=now)
    )  # fmt: skip
    return token


def resume(store: Store, token: str, *, now: datetime, limits: Limits = USUAL) -> tuple[Session, User]:
    """Whose page this is, with the role that they have now. Raises RefusedError CP-DESK-29 where the session is over."""
    with store.read() as connection:
        row = connection.execute(select(sessions).where(sessions.c.id == hashed(token))).first()
        session = as_row(Session, row) if row else None
        user = accounts.get(connection, session.user) if session else None
    if (
        session is None
        or user is None
        or user.disabled
        or session.ended
        or now - session.seen > limits.idle
        or now - session.created > limits.absolute
    ):
        raise RefusedError("CP-DESK-29", "the session is over", then="Log in again.")
    if now - session.seen > TOUCH:
        with store.write(audited=False) as connection:
            connection.execute(update(sessions).where(sessions.c.id == session.id).values(seen=now))
    return session, user


def log_out(connection: Connection, actor: Actor, session: Session, *, now: datetime) -> None:
    connection.execute(update(sessions).where(sessions.c.id == session.id).values(ended=now))
    audit.append(connection, actor, "logout", "user", session.user, now=now)


def forget(store: Store, *, now: datetime, limits: Limits = USUAL) -> int:
    """Deletes the rows of sessions that are over: the audit says who signed in and out. Returns how many."""
    over = or_(
        sessions.c.ended.is_not(None), sessions.c.seen < now - limits.idle, sessions.c.created < now - limits.absolute
    )
    with store.write(audited=False) as connection:
        return connection.execute(delete(sessions).where(over)).rowcount


def form_token(token: str) -> str:
    """What each form of this session must send back. It follows from the token, and the token not from it."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def form_is_ours(token: str, sent: str) -> bool:
    return hmac.compare_digest(form_token(token).encode(), sent.encode())


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
