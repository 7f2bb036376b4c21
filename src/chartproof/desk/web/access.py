"""Who may do what: one line a route. A route without a line does not start; the access test walks every cell of this table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: viewer      looks
#: coordinator works on a case: files, judgements, requests, package, sending
#: physician   the same reading and judging, and signs
#: reviewer    the plan's side: looks and judges, asks, rules on requests; packs and sends nothing
#: admin       people and the audit; a case only where it was given to them
ROLES = ("viewer", "coordinator", "physician", "reviewer", "admin")
EVERYONE = frozenset(ROLES)
WORKERS = frozenset({"coordinator", "physician", "reviewer", "admin"})
CENTRE = frozenset({"coordinator", "physician", "admin"})

#: nobody  before anyone signed in; person  a signed-in person; case  one who may open the case of the path
Scope = Literal["nobody", "person", "case"]


@dataclass(frozen=True, slots=True)
class Permission:
    """`action` and `entity` are what the audit says of it; "" where the handler itself writes a row for what it changes.

    `uploads`: its form may bring files. `before_own_password`: open too while the person's password is one that another
    gave them.
    """

    roles: frozenset[str]
    scope: Scope
    action: str = ""
    entity: str = "case"
    uploads: bool = False
    before_own_password: bool = False


def _case(roles: frozenset[str], action: str = "") -> Permission:
    return Permission(roles, "case", action)


PERMISSIONS: dict[str, Permission] = {
    "first_run": Permission(frozenset(), "nobody"),
    "sign_in": Permission(frozenset(), "nobody"),
    "sign_out": Permission(EVERYONE, "person", before_own_password=True),
    "password": Permission(EVERYONE, "person", before_own_password=True),
    "queue": Permission(EVERYONE, "person", "list"),
    "demo": Permission(CENTRE, "person"),
    "case_new": Permission(CENTRE | {"reviewer"}, "person", uploads=True),
    "case": _case(EVERYONE, "read"),
    "documents": _case(EVERYONE, "read"),
    "history": _case(EVERYONE, "read"),
    "denial": _case(EVERYONE, "read"),
    "requests": _case(EVERYONE, "read"),
    "package_page": _case(EVERYONE, "read"),
    "settings": _case(EVERYONE, "read"),
    "determination": _case(EVERYONE, "read"),
    "worksheet": _case(EVERYONE, "download"),
    "rule": _case(frozenset({"reviewer"})),
    "progress": _case(EVERYONE),
    "sheet": _case(EVERYONE),
    "words": _case(WORKERS),
    "files": Permission(CENTRE | {"reviewer"}, "case", uploads=True),
    "read": _case(CENTRE | {"reviewer"}),
    "judge": _case(WORKERS),
    "undo": _case(WORKERS),
    "ask": _case(WORKERS),
    "settle": _case(WORKERS),
    "package": _case(CENTRE),
    "preview": _case(EVERYONE, "read"),
    "preview_sheet": _case(EVERYONE),
    "download": _case(EVERYONE, "download"),
    "archive": _case(CENTRE),
    "sign": _case(frozenset({"physician"})),
    "send": _case(CENTRE),
    "case_edit": _case(CENTRE | {"reviewer"}),
    "case_grant": _case(CENTRE | {"reviewer"}),
    "account": Permission(EVERYONE, "person"),
    "users": Permission(frozenset({"admin"}), "person", "list", "user"),
    "users_change": Permission(frozenset({"admin"}), "person"),
    "audit": Permission(frozenset({"admin"}), "person", "read", "audit"),
}


def may(role: str, name: str) -> bool:
    """Whether a role may use a route at all; whether it may open this case is asked of the store."""
    return role in PERMISSIONS[name].roles
