"""The desk's store from the command line: `audit`, `backup`, `restore`. `cli` alone imports it."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chartproof.errors import InputError

if TYPE_CHECKING:
    from chartproof.cli_policy import Command
    from chartproof.desk.store.backup import Backup
    from chartproof.desk.store.database import Store

#: Where a desk keeps what it has, unless told otherwise.
FOLDER = Path("~/.chartproof/desk")


def add_store_commands(command: Command) -> None:
    one = command(
        "audit", run_audit, "prove that the desk's record of who did what is whole, or write it as FHIR AuditEvents",
        "chartproof audit verify --folder ~/desk --head 1204:9f86d081884c7d65...",
    )  # fmt: skip
    one.add_argument(
        "action", choices=("verify", "export"),
        help="verify: tell edited, deleted, inserted and cut-off rows apart; export: write the rows",
    )  # fmt: skip
    one.add_argument("out", nargs="?", metavar="FILE.ndjson", help="export: one AuditEvent a line")
    one.add_argument(
        "--head", action="append", default=[], metavar="NUMBER:HASH",
        help="verify: a head that stands in a package or was printed by a backup; may be repeated",
    )  # fmt: skip
    add_store(one)

    one = command(
        "backup", run_backup, "write all that a desk keeps into one file, also while it runs",
        "chartproof backup desk.backup --folder ~/desk --archive-key-file passphrase.txt",
    )  # fmt: skip
    one.add_argument("file", metavar="FILE")
    add_store(one)
    add_archive_key(one, "encrypts the backup (default: that of --key-file)")

    one = command(
        "restore", run_restore, "make a desk anew from a backup, in an empty folder",
        "chartproof restore desk.backup --folder ~/desk --archive-key-file passphrase.txt",
    )  # fmt: skip
    one.add_argument("file", metavar="FILE")
    add_store(one)
    add_archive_key(one, "opens the backup (default: that of --key-file)")


def add_store(
    one: argparse.ArgumentParser, *, default: str = str(FOLDER),
    what: str = "where the desk keeps its store (default: %(default)s)",
) -> None:  # fmt: skip
    one.add_argument("--folder", default=default, metavar="DIR", help=what)
    one.add_argument(
        "--database", default="", metavar="URL", help="PostgreSQL, for several machines (default: SQLite in the folder)"
    )
    one.add_argument(
        "--key-file", default="", metavar="FILE", help="its first line is the passphrase of an encrypted store"
    )


def add_archive_key(one: argparse.ArgumentParser, what: str) -> None:
    one.add_argument(
        "--archive-key-file", default="", metavar="FILE", help=f"its first line is the passphrase that {what}"
    )


def run_audit(options: argparse.Namespace) -> None:
    heads = [head_of(given) for given in options.head]
    if (options.action == "export") != bool(options.out):
        raise InputError("CP-CLI-04", "'export' takes a file to write, 'verify' none", then="chartproof audit --help")
    store = opened(options)
    try:
        if options.action == "export":
            export(store, Path(options.out))
        else:
            verify_chain(store, heads)
    finally:
        store.close()


def verify_chain(store: Store, heads: list[tuple[int, str]]) -> None:
    """Prints what was found. Raises InputError CP-DESK-80 where the chain is not whole."""
    from chartproof.desk.store.verify import verify

    verdict = verify(store, heads)
    print(f"{verdict.rows} rows, held against {verdict.anchors} noted heads. Head: {verdict.head[0]}:{verdict.head[1]}")
    if verdict.beyond:
        print(f"{verdict.beyond} rows came after the last head that was noted beside the database.")
    for fault in verdict.faults:
        print(fault)
    if verdict.faults:
        raise InputError(
            "CP-DESK-80", f"the record of who did what is not whole: {len(verdict.faults)} findings",
            where=store.folder.name, then="Keep the store as it is, and compare it with a backup.",
        )  # fmt: skip
    print("The record is whole: no row was edited, deleted, inserted or cut off.")


def export(store: Store, out: Path) -> None:
    import orjson

    from chartproof.desk.store import audit
    from chartproof.desk.store.audit_event import audit_event
    from chartproof.writing import refuse_unwritable, write_file

    refuse_unwritable(out)
    with store.write() as connection:
        audit.append(connection, audit.CONSOLE, "export", "audit", "all", now=datetime.now(UTC))
        rows = audit.entries(connection, limit=audit.head(connection)[0])
    write_file(out, b"".join(orjson.dumps(audit_event(entry)) + b"\n" for entry in reversed(rows)))
    print(f"Written: {out} ({len(rows)} rows)")


def run_backup(options: argparse.Namespace) -> None:
    from chartproof.desk.store.audit import CONSOLE
    from chartproof.desk.store.backup import backup

    store = opened(options)
    try:
        key = passphrase(options.archive_key_file) or passphrase(options.key_file)
        made = backup(store, Path(options.file), CONSOLE, key=key, now=datetime.now(UTC))
    finally:
        store.close()
    tell(made)
    print(f"Written: {options.file}")


def run_restore(options: argparse.Namespace) -> None:
    from chartproof.desk.store.restore import restore

    key = passphrase(options.key_file)
    made = restore(
        Path(options.file), Path(options.folder).expanduser(), key=key, url=options.database,
        archive_key=passphrase(options.archive_key_file) or key,
    )  # fmt: skip
    tell(made)
    print(f"Restored into {options.folder}: every row and every document is as it was saved on {made.at[:10]}.")


def tell(made: Backup) -> None:
    print(
        f"{made.rows} rows, {made.documents} documents. Head of the record, to be noted elsewhere: {made.head[0]}:{made.head[1]}"
    )
    for sha in made.lost:
        print(f"CP-DESK-07: a document was lost or damaged before the backup ({sha[:12]}). The rest is saved.")


def opened(options: argparse.Namespace) -> Store:
    """The store that is there; none is made."""
    from chartproof.desk.store.database import open_store

    refuse_no_desk(options)
    return open_store(Path(options.folder).expanduser(), url=options.database, key=passphrase(options.key_file))


def refuse_no_desk(options: argparse.Namespace) -> None:
    """Raises InputError CP-DESK-01 where the folder holds no store, so that a slip of the hand makes none."""
    if not options.database and not (Path(options.folder).expanduser() / "desk.sqlite3").exists():
        raise InputError(
            "CP-DESK-01", "there is no desk in this folder", where=str(options.folder), then="Check --folder."
        )


def passphrase(name: str) -> str:
    if not name:
        return ""
    try:
        lines = Path(name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(
            "CP-CLI-09", "the key file cannot be read", where=name, then="Name a file that you may read."
        ) from None
    if not lines or not lines[0].strip():
        raise InputError("CP-CLI-09", "the key file is empty", where=name, then="Its first line is the passphrase.")
    return lines[0].strip()


def head_of(given: str) -> tuple[int, str]:
    number, _, hash = given.partition(":")
    if not (number.isdecimal() and len(hash) == 64 and set(hash) <= set("0123456789abcdef")):
        raise InputError("CP-CLI-04", "a head is NUMBER:HASH", then="Copy it from the package or the backup.")
    return int(number), hash
