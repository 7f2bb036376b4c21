"""The record of who did what, chained: each row holds the hash of the row before it.

Rows carry ids and codes only. `detail` takes words without spaces, so that no name and no quote can get into it.
Reads are rows too: the caller who shows a case calls `append(..., "read", ...)`.

What the hash covers: the number of the row, its content, and the previous row's hash. See `verify.py` for what that
proves, and `anchor.py` for what it cannot.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from chartproof.desk.store.rows import as_row, canonical, moment_text
from chartproof.desk.store.schema import audit
from chartproof.errors import StoreError

#: What precedes the first row.
GENESIS = "0" * 64

#: What can be done, and the letter that FHIR has for it: Create, Read, Update, Delete, Execute.
ACTIONS: dict[str, str] = {
    "create": "C", "add": "C", "grant": "C", "request": "C", "judge": "C", "package": "C",
    "read": "R", "list": "R", "search": "R", "download": "R", "export": "R", "verify": "R",
    "update": "U", "assign": "U", "move": "U", "undo": "U", "void": "U", "settle": "U", "enable": "U", "outdate": "U",
    "remove": "D", "revoke": "D", "disable": "D", "sweep": "D",
    "login": "E", "logout": "E", "confirm": "E", "sign": "E", "send": "E", "backup": "E", "restore": "E", "run": "E",
}  # fmt: skip

#: What can be acted on: the tables, and the desk itself.
ENTITIES = (
    "desk", "user", "session", "case", "file", "reading", "job", "judgement", "request", "package", "signature",
    "sending", "document", "audit", "exchange", "ruling", "subscription",
)  # fmt: skip

OUTCOMES = ("success", "refused", "failure")

Detail = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user's id, or `desk` for what no person asked for, or `nobody` before a login."""

    who: str
    role: str
    address: str = ""


#: The desk itself: jobs, first start, sweeping.
DESK = Actor("desk", "desk")

#: Whoever may run commands on the machine.
CONSOLE = Actor("console", "operator")

#: Actors that are no account.
NOBODIES = ("desk", "console", "nobody", "exchange")


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    at: datetime
    who: str
    role: str
    address: str
    action: str
    entity: str
    entity_id: str
    outcome: str
    detail: dict[str, str | int]
    previous: str
    hash: str = field(default="")


def append(
    connection: Connection,
    actor: Actor,
    action: str,
    entity: str,
    entity_id: str,
    *,
    now: datetime,
    outcome: str = "success",
    detail: Detail | None = None,
) -> Entry:
    """Adds one row. Raises ValueError for an action, entity or outcome that is not listed, or for text in `detail`."""
    if action not in ACTIONS or entity not in ENTITIES or outcome not in OUTCOMES:
        raise ValueError(f"the audit knows no {action} of {entity} with {outcome}")
    if not connection.get_execution_options().get("audited"):
        raise ValueError("an audit row is written inside Store.write()")
    number, previous = head(connection)
    content: dict[str, Any] = {
        "number": number + 1, "at": now, "who": plain(actor.who), "role": plain(actor.role),
        "address": plain(actor.address), "action": action, "entity": entity, "entity_id": plain(entity_id),
        "outcome": outcome, "detail": {plain(word): plain(value) for word, value in (detail or {}).items()},
        "previous": previous,
    }  # fmt: skip
    content["hash"] = hash_of({**content, "at": moment_text(now), "detail": canonical(content["detail"])})
    connection.execute(insert(audit).values(content))
    connection.info["head"] = (content["number"], content["hash"])  # Store.write() anchors it once it is kept
    return Entry(**content)


def person(actor: Actor) -> str | None:
    """The user's id, where a person acts."""
    return None if actor.who in NOBODIES else actor.who


def code(value: str) -> str:
    """An id of a policy or a criterion, which its author chose: what cannot stand in a row is written as `_`."""
    return re.sub(r"[^A-Za-z0-9_.:,/+\[\]%-]", "_", value)[:128]


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last row: what is printed in a package. (0, GENESIS) before the first."""
    row = connection.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
    return (row.number, row.hash) if row else (0, GENESIS)


def entries(
    connection: Connection,
    *,
    entity: str = "",
    entity_id: str = "",
    who: str = "",
    before: int = 0,
    limit: int = 200,
) -> tuple[Entry, ...]:
    """The latest rows first; `before` is the number from which the page before it ended.

    Raises StoreError CP-DESK-09 where somebody spoiled a row.
    """
    query = select(audit).order_by(audit.c.number.desc()).limit(limit)
    for column, wanted in ((audit.c.entity, entity), (audit.c.entity_id, entity_id), (audit.c.who, who)):
        if wanted:
            query = query.where(column == wanted)
    if before:
        query = query.where(audit.c.number < before)
    try:
        return tuple(as_row(Entry, row) for row in connection.execute(query))
    except ValueError:
        raise StoreError("CP-DESK-09", "an audit row cannot be read", then="Run: chartproof audit verify") from None


def hash_of(stored: Mapping[str, Any]) -> str:
    """sha256 over the canonical JSON of a row as it lies in the table, without its own hash."""
    values = {word: value for word, value in stored.items() if word != "hash"}
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=repr).encode()).hexdigest()


def plain(value: str | int) -> str | int:
    if isinstance(value, int) or re.fullmatch(r"[A-Za-z0-9_.:,/+\[\]%-]{0,128}", value):
        return value
    raise ValueError("an audit row takes ids and codes, no text")
