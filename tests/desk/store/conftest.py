"""A store for each test, in SQLite and in a PostgreSQL server that the tests start, and people with accounts.

Tests of PostgreSQL are skipped, and say so, where its server programs (initdb, pg_ctl) are not installed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from chartproof.desk.store import accounts, audit
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.database import Store, open_store, postgresql
from chartproof.desk.store.migrate import scripts
from chartproof.desk.store.passwords import Hashing
from chartproof.desk.store.schema import metadata

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

#: Guesses that cost next to nothing: these tests are not about the cost.
CHEAP = Hashing(passes=1, memory=8, threads=1)

PASSWORD = "four random words here"

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql")))


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which nothing is yet: made once, and copied for each test."""
    folder = tmp_path_factory.mktemp("fresh") / "desk"
    open_store(folder).close()
    return folder


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("migrated_database")
    else:
        shutil.copytree(request.getfixturevalue("fresh"), tmp_path / "desk")
    store = open_store(tmp_path / "desk", url=url)
    yield store
    store.close()


@pytest.fixture
def reopen(store: Store) -> Iterator[Callable[[], Store]]:
    """Opens the same store again, as a second process would."""
    url = store.engine.url.render_as_string(hide_password=False) if store.engine.dialect.name == "postgresql" else ""
    opened: list[Store] = []

    def again() -> Store:
        opened.append(open_store(store.folder, url=url))
        return opened[-1]

    yield again
    for one in opened:
        one.close()


@pytest.fixture
def sqlite_store(tmp_path: Path, fresh: Path) -> Iterator[Store]:
    shutil.copytree(fresh, tmp_path / "desk")
    store = open_store(tmp_path / "desk")
    yield store
    store.close()


@pytest.fixture
def person(store: Store) -> Callable[..., User]:
    return lambda name, role, **more: enrol(store, name, role, **more)


@pytest.fixture
def nora(store: Store) -> Actor:
    return Actor(enrol(store, "nora", "coordinator").id, "coordinator", "127.0.0.1")


@pytest.fixture
def omar(store: Store) -> Actor:
    return Actor(enrol(store, "omar", "physician", licence="NY 000000").id, "physician", "127.0.0.1")


def enrol(store: Store, name: str, role: str, *, licence: str = "") -> User:
    with store.write() as connection:
        return accounts.create(
            connection, audit.DESK, name, PASSWORD, role=role, licence=licence, shown=f"{name.title()} Invented",
            now=NOW, hashing=CHEAP,
        )  # fmt: skip


@pytest.fixture
def empty_database(server: str) -> str:
    """A database without a table."""
    statements(server, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return server


@pytest.fixture(scope="session")
def second_database(server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the tables, apart from the one that is emptied of them."""
    engine = postgresql(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE second"))
    engine.dispose()
    url = f"{server.rpartition('/')[0]}/second"
    open_store(tmp_path_factory.mktemp("second"), url=url).close()
    return url


@pytest.fixture
def migrated_database(second_database: str) -> str:
    """A database with the tables of this version, and no row in them."""
    version = f"UPDATE alembic_version SET version_num = '{scripts().get_current_head()}'"  # a test changes it
    statements(second_database, f"TRUNCATE {', '.join(metadata.tables)}", version)
    return second_database


def statements(url: str, *wanted: str) -> None:
    engine = postgresql(url)
    with engine.begin() as connection:
        for statement in wanted:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a server of our own; it lasts as long as the tests and does not force its files to the disk."""
    programs = found_programs()
    if programs is None:
        warnings.warn("PostgreSQL is not installed (initdb, pg_ctl): its tests are skipped", stacklevel=1)
        pytest.skip("PostgreSQL is not installed: initdb and pg_ctl are not found")
    who = "nobody" if os.geteuid() == 0 else None  # the server refuses root
    folder = Path(tempfile.mkdtemp(prefix="chartproof-postgresql-"))
    if who:
        shutil.chown(folder, who)
    port = free_port()

    def run(program: str, *arguments: str) -> None:
        # Its output goes to a file: the server that pg_ctl leaves behind would hold a pipe open.
        with (folder / "output").open("ab") as output:
            subprocess.run([str(programs / program), *arguments], check=True, user=who, cwd=folder,
                           stdout=output, stderr=output, stdin=subprocess.DEVNULL)  # fmt: skip

    data = str(folder / "data")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run("initdb", "-D", data, "-U", "desk", "-A", "trust", "-E", "UTF8", "--no-sync")
    run("pg_ctl", "-D", data, "-w", "-o", options, "start")
    try:
        yield f"postgresql://desk@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def found_programs() -> Path | None:
    """The folder of the server's programs: on the path, or where Debian puts them."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).parent if shutil.which("pg_ctl") else None
    return next((file.parent for file in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
