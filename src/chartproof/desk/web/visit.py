"""One request of one person, as handlers see it: who, which case, the form, and the ways to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from chartproof.desk.desk import Desk
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.cases import Case
from chartproof.desk.store.sessions import Session
from chartproof.errors import InputError


@dataclass(frozen=True, slots=True)
class Visit:
    """`who` and `case` are None where the route asks for none. `token` is the session's, or the visit's before sign-in.

    `asked` is the address of a page; "/" where a form was sent, for that cannot be asked for again.
    """

    desk: Desk
    now: datetime
    address: str
    token: str
    csrf: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    asked: str = "/"
    form: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    uploads: Sequence[UploadFile] = ()
    who: User | None = None
    case: Case | None = None
    session: Session | None = None

    @property
    def actor(self) -> Actor:
        if self.who is None:
            return Actor("nobody", "nobody", self.address)
        return Actor(self.who.id, self.who.role, self.address)

    @property
    def user(self) -> User:
        """The person; only for routes that ask for one."""
        assert self.who is not None
        return self.who

    @property
    def of(self) -> Case:
        """The case of the path; only for routes of a case."""
        assert self.case is not None
        return self.case

    def wanted(self, name: str, words: str) -> str:
        """A field that must be filled in. Raises InputError CP-WEB-01."""
        value = self.form.get(name, "").strip()
        if not value:
            raise InputError("CP-WEB-01", f"{words} is empty", then="Fill it in.")
        return value


def to(path: str) -> Response:
    """On to another page after something was done."""
    return RedirectResponse(path, status_code=303)
