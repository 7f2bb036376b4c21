"""A store for each test, and two people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from chartproof.desk.store import schema
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store, open_store

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "desk")
    yield store
    store.close()


@pytest.fixture
def nora(store: Store) -> Actor:
    return person(store, "nora", "coordinator")


@pytest.fixture
def omar(store: Store) -> Actor:
    return person(store, "omar", "physician")


def person(store: Store, name: str, role: str) -> Actor:
    with store.write() as connection:
        connection.execute(
            insert(schema.users).values(
                id=f"u-{name}", name=name, shown=name.title(), role=role, created=NOW, password_set=NOW
            )
        )
    return Actor(f"u-{name}", role, "127.0.0.1")
