"""Opens the store: SQLite in a folder by default, SQLCipher with a key, PostgreSQL with a URL. Migrates on opening.

Two doors: `read()` sees one state from its first line to its last and changes nothing; `write()` is one transaction,
alone while it lasts, and is on the disk when it returns. The audit row of a change is written by the function that
makes the change, in the same transaction, so that neither can exist without the other.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chartproof.desk.store.anchor import Anchor
from chartproof.desk.store.documents import Documents
from chartproof.desk.store.keys import Keys, open_keys
from chartproof.desk.store.migrate import migrate
from chartproof.desk.store.schema import audit
from chartproof.errors import StoreError

#: Seconds that a change waits for the one before it. Changes take milliseconds; a minute means that one hangs.
PATIENCE = 60

#: Connections at a time, and for how many seconds another page waits. Values are kept out of all that is logged.
POOL: dict[str, Any] = {"pool_size": 20, "max_overflow": 20, "pool_timeout": PATIENCE, "hide_parameters": True}

#: What to do about a full disk.
FREE = "Free some space there, then try again."

#: One number for all writers of one PostgreSQL database: changes there are one after the other, as in SQLite.
WRITERS = 7021100


@dataclass(frozen=True, slots=True)
class Store:
    """`documents` keeps bytes by their sha256, `anchor` the head of the audit chain beside the database."""

    folder: Path
    engine: Engine
    documents: Documents
    anchor: Anchor
    keys: Keys | None
    turn: threading.Lock

    @contextmanager
    def write(self, *, audited: bool = True) -> Iterator[Connection]:
        """One transaction, kept when the block ends and undone when it raises. Do not nest it.

        Not `audited` is for what leaves no trace, such as a worker's heartbeat: it waits for no other machine.
        Raises StoreError CP-DESK-03 where the database cannot be reached or is busy for a minute, CP-DESK-13 where its
        disk is full.
        """
        if not self.turn.acquire(timeout=PATIENCE):
            raise StoreError("CP-DESK-03", "the store is busy", then="Try again.")
        try:
            with told_plainly(), self.engine.connect() as connection:
                connection.info.pop("head", None)
                with connection.execution_options(writing=True, audited=audited).begin():
                    if audited:
                        alone(connection)
                    yield connection
                    head = connection.info.pop("head", None)
                    follows = head and self.follows_anchor(connection)
        finally:
            self.turn.release()
        if follows:  # after the turn, so that the next change need not wait for this disk
            try:
                self.anchor.record(*head)
            except OSError as error:
                what = f"the change was kept, but not noted in {self.anchor.file.name}: {error.strerror}"
                raise StoreError("CP-DESK-05", what, then="See to the disk.") from None

    def follows_anchor(self, connection: Connection) -> bool:
        """Whether the chain still holds the head that was noted; if not, that head is left as it is, to be found."""
        try:
            known = self.anchor.read()
        except StoreError:
            return False
        query = select(audit.c.hash).where(audit.c.number == (known[0] if known else 0))
        return known is not None and (known[0] == 0 or connection.execute(query).scalar() == known[1])

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One unchanging view. What is written through it is undone."""
        with told_plainly(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()

    def close(self) -> None:
        self.engine.dispose()


def open_store(folder: Path, *, url: str = "", key: str = "") -> Store:
    """The store in `folder`, made where there is none. `key` is a passphrase: it encrypts the SQLite file and the
    documents. `url` (`postgresql://user:password@host/name`) moves the tables to PostgreSQL; the documents stay in
    `folder`, which all machines must then share.

    Raises StoreError: CP-DESK-01 folder or database cannot be opened, CP-DESK-02 wrong or missing key,
    CP-DESK-04 made by a newer chartproof, CP-DESK-13 its disk is full.
    """
    store = unmigrated(folder, url=url, key=key)
    try:
        with store.write(audited=False) as connection:
            alone(connection)
            migrate(connection)
            if connection.execute(select(audit.c.number).limit(1)).first() is None:
                store.anchor.begin()
    except OSError as error:
        store.close()
        raise unopened(folder, error) from None
    except BaseException:  # however it fails, the file's lock is given back
        store.close()
        raise
    return store


def unmigrated(folder: Path, *, url: str, key: str) -> Store:
    """A store whose tables may be of another version, or not there: for `open_store` and for restoring."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = open_keys(folder, key)
        engine = postgresql(url) if url else sqlite(folder / "desk.sqlite3", keys)
    except OSError as error:
        raise unopened(folder, error) from None
    return Store(
        folder=folder,
        engine=engine,
        documents=Documents(folder / "documents", keys),
        anchor=Anchor(folder / "audit.head"),
        keys=keys,
        turn=threading.Lock(),
    )


def unopened(folder: Path, error: OSError) -> StoreError:
    """What the disk says of a store that cannot be opened."""
    return StoreError(
        "CP-DESK-01", f"the store cannot be opened: {error.strerror}", where=str(folder),
        then=FREE if error.errno == ENOSPC else "Name a folder that you may write to.",
    )  # fmt: skip


def alone(connection: Connection) -> None:
    """Waits until no other machine writes; SQLite has seen to that already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS})"))


def sqlite(file: Path, keys: Keys | None) -> Engine:
    file.touch(mode=0o600, exist_ok=True)
    engine = create_engine(f"sqlite:///{file}", module=driver(keys), connect_args={"timeout": PATIENCE}, **POOL)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, below, and not by the driver
        if keys:
            connection.execute(f"PRAGMA key = \"x'{keys.database}'\"")
        for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A change takes its turn at once: one that began by reading could find the file changed when it writes.
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def driver(keys: Keys | None) -> Any:
    if keys is None:
        import sqlite3

        return sqlite3
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        raise StoreError(
            "CP-DESK-02", "an encrypted store needs sqlcipher3", then="Install chartproof[encryption]."
        ) from None
    return dbapi2


def postgresql(url: str) -> Engine:
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreError("CP-DESK-01", "the database URL cannot be read", then="postgresql://user@host/name") from None
    if address.get_backend_name() != "postgresql":
        raise StoreError("CP-DESK-01", "only PostgreSQL has a URL", then="Leave it out for SQLite in the folder.")
    if not address.username or not address.database:
        raise StoreError(
            "CP-DESK-01", "the database URL names no user or no database", then="postgresql://user@host/name"
        )
    try:
        return create_engine(address.set(drivername="postgresql+pg8000"), pool_pre_ping=True, **POOL)
    except ImportError:
        raise StoreError("CP-DESK-01", "PostgreSQL needs pg8000", then="Install chartproof[postgresql].") from None


#: SQLite's words for a disk that takes no more: as such, and where the file that it shares with others cannot grow.
FULL, FAILED = "disk is full", "disk I/O error"
#: PostgreSQL's number for the same.
POSTGRESQL_FULL = "53100"


def failure_of_disk(error: object) -> str:
    """What a driver's error says of the disk under the store, in our words; empty where it says nothing of it."""
    told = next(iter(getattr(error, "args", ())), "")
    if isinstance(told, dict):  # pg8000's
        return "the disk of the database is full: nothing was kept" if told.get("C") == POSTGRESQL_FULL else ""
    if FULL in str(told):
        return "the disk of the store is full: nothing was kept"
    return "the disk of the store failed, as a full one does" if FAILED in str(told) else ""


@contextmanager
def told_plainly() -> Iterator[None]:
    """A driver's error carries the statement and its values, which may be a patient's: it ends here."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, OperationalError) and "not a database" in str(error.orig):
            raise StoreError("CP-DESK-02", "the store cannot be read with this key") from None
        if failed := failure_of_disk(error.orig):
            raise StoreError("CP-DESK-13", failed, then=FREE) from None
        kind = type(error.orig).__name__
        raise StoreError(
            "CP-DESK-03", f"the database refused ({kind})", then="Look whether it was kept, then try again."
        ) from None
    except PoolTimeout:
        raise StoreError("CP-DESK-03", "the store is busy", then="Try again.") from None
