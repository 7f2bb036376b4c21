"""What the audit chain proves: tells a row that was edited, taken out, put in, and rows that were cut off the end.

Each row's hash covers its number, its content and the hash before it. From that:

- edited: the row does not have the hash that it says, or the next row does not follow from the hash that it has, or an
  anchor has another hash at its number (so also where rows were cut off and others written in their place);
- deleted: a number is missing; or, where the rest was counted anew, a row fits a higher number than it bears;
- inserted: a row fits a lower number than it bears, because the one before it pushed it on, or bears none from 1 on;
- truncated: the chain ends before an anchor. Nothing within a chain can show this: heads that were noted elsewhere must
  be held against it. There are three: the file beside the database (`anchor.py`), the head in each package's row and
  printed on its cover, and the head in the manifest of each backup. Any of them can be given by hand.

What it cannot show. Who can write both the database and the file beside it can make a whole new chain: only a head that
has left the machine, in a package or a backup, shows that (as edited). Rows that were rightly chained and added after the
last anchor look like those of a process that died before it noted its head; they are counted as `beyond`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, select, type_coerce

from chartproof.desk.store.audit import GENESIS, hash_of
from chartproof.desk.store.database import Store
from chartproof.desk.store.schema import audit, packages
from chartproof.errors import StoreError

#: How far a counted-anew chain is looked after.
FAR = 1000

Head = tuple[int, str]

BESIDE = "the file beside the database"


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind`: edited, deleted, inserted, truncated, anchor. Rows `first` to `last`; `shown_by`: what shows it."""

    kind: str
    first: int
    last: int
    shown_by: str

    def __str__(self) -> str:
        rows = f"row {self.first}" if self.first == self.last else f"rows {self.first} to {self.last}"
        return f"{self.kind}: {rows}, shown by {self.shown_by}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rows` were checked; `head` is the last; `anchors` heads were held against them; `beyond` no anchor reaches."""

    rows: int
    head: Head
    anchors: int
    beyond: int
    faults: tuple[Fault, ...]


def verify(store: Store, heads: Iterable[Head] = ()) -> Verdict:
    """Reads the whole chain. `heads` are those noted elsewhere: number and hash, from a package or a backup."""
    faults: list[Fault] = []
    # Before the rows are read: a row that comes in between is then beyond the anchor, not missing.
    recorded = noted(store, faults)
    with store.read() as connection:
        anchors = [(BESIDE, recorded)] if recorded else []
        anchors += [("a package", head) for head in package_heads(connection)]
        anchors += [("a head that was given", head) for head in heads]
        rows, hashes = walk(connection, faults, {head[0] for _, head in anchors})
    last = max(hashes, default=0)
    for shown_by, (number, hash) in anchors:
        faults.extend(against(number, hash, hashes, last, shown_by))
    beyond = max(0, last - (recorded[0] if recorded else 0))
    return Verdict(rows, (last, hashes.get(last, GENESIS)), len(anchors), beyond, tuple(merged(faults)))


def noted(store: Store, faults: list[Fault]) -> Head | None:
    """What the anchor says. That it is gone or damaged is a fault of its own."""
    try:
        recorded = store.anchor.read()
        wrong = "" if recorded else "is gone"
    except StoreError:
        recorded, wrong = None, "is damaged"
    if wrong:
        faults.append(Fault("anchor", 0, 0, f"{BESIDE}, which {wrong}"))
    return recorded


def walk(connection: Connection, faults: list[Fault], wanted: set[int]) -> tuple[int, dict[int, str]]:
    """The number of rows, and the hashes at the numbers that anchors speak of and at the last number."""
    hashes: dict[int, str] = {}
    count, number, hash, moved = 0, 0, GENESIS, 0
    for row in connection.execution_options(yield_per=1000).execute(as_it_lies().order_by(audit.c.number)):
        count += 1
        if row.number < 1:
            faults.append(Fault("inserted", row.number, row.number, "its number"))
            continue
        if row.number != number + 1:
            faults.append(Fault("deleted", number + 1, row.number - 1, "the missing numbers"))
        shift = fitting(row, moved)
        if shift is None:
            faults.append(Fault("edited", row.number, row.number, "its hash"))
        elif shift > moved:
            faults.append(
                Fault("deleted", row.number + moved, row.number + shift - 1, "the rows counted anew after it")
            )
        elif shift < moved:
            faults.append(
                Fault("inserted", row.number - moved + shift, row.number - 1, "the rows counted anew after it")
            )
        elif row.number == number + 1 and row.previous != hash:
            faults.append(Fault("edited", max(number, 1), max(number, 1), "the row after it"))
        moved = moved if shift is None else shift
        number, hash = row.number, row.hash
        if number in wanted:
            hashes[number] = hash
    if number:
        hashes[number] = hash
    return count, hashes


def as_it_lies() -> Select[Any]:
    """Text as text: a row that somebody spoiled must be told, not fail to be read."""
    return select(*(column if column.name == "number" else type_coerce(column, Text) for column in audit.c))


def fitting(row: Row[Any], moved: int) -> int | None:
    """By how much the row's number was moved: 0 for a row as it was written, None where no number fits."""
    content = dict(row._mapping)
    for shift in (moved, *(sign * step for step in range(FAR) for sign in (1, -1))):
        if hash_of({**content, "number": row.number + shift}) == row.hash:
            return shift
    return None


def against(number: int, hash: str, hashes: dict[int, str], last: int, shown_by: str) -> Iterator[Fault]:
    if number > last:
        yield Fault("truncated", last + 1, number, shown_by)
    elif hashes.get(number, hash) != hash:  # where the row is not there, that is told already
        yield Fault("edited", number, number, shown_by)


def package_heads(connection: Connection) -> list[Head]:
    query = select(packages.c.audit_number, packages.c.audit_head).order_by(packages.c.audit_number)
    return [(row.audit_number, row.audit_head) for row in connection.execute(query)]


def merged(faults: list[Fault]) -> list[Fault]:
    """One fault once, however many anchors show it."""
    seen: dict[tuple[str, int, int], Fault] = {}
    for fault in faults:
        seen.setdefault((fault.kind, fault.first, fault.last), fault)
    return list(seen.values())
