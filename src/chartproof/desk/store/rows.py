"""How values lie in a table, and how a row becomes a frozen value.

Times are text in UTC to the microsecond: they sort as text, and read the same in SQLite and in PostgreSQL.
"""

from __future__ import annotations

import json
import re
import secrets
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Dialect, Row, String, Text
from sqlalchemy.types import TypeDecorator

Kind = TypeVar("Kind")


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC. A naive one is refused: it would be read in two ways."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """Any JSON value as canonical text, so that equal values are equal bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def moment_text(value: datetime) -> str:
    """`2026-05-04T09:30:00.000000Z`. Raises ValueError for a datetime without a time zone."""
    if value.tzinfo is None:
        raise ValueError("a time without its zone cannot be kept")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def new_id() -> str:
    """Eighty random bits: it tells neither how many cases there are nor when this one came."""
    return secrets.token_hex(10)


def initials(name: str) -> str:
    """At most three: of `Rosa Invented` and of `Invented, Rosa` alike `RI`."""
    last, comma, first = name.partition(",")
    words = re.findall(r"[^\W\d_]+", f"{first} {last}" if comma else name)
    return "".join(word[0].upper() for word in words[:3])


def as_row(kind: type[Kind], row: Row[Any]) -> Kind:
    """The frozen value of a row; its fields are the columns that were selected."""
    return kind(**row._mapping)
