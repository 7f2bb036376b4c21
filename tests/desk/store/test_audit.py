"""The audit chain: what it takes, and that each way of tampering is told, and told apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from chartproof.desk.store import audit, cases
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.audit_event import audit_event
from chartproof.desk.store.database import Store
from chartproof.desk.store.rows import canonical
from chartproof.desk.store.verify import verify

ROWS = 12


@pytest.fixture
def chain(store: Store, now: datetime) -> Store:
    for number in range(ROWS):
        with store.write() as connection:
            audit.append(connection, audit.DESK, "read", "case", f"case{number + 1}", now=now, detail={"page": number})
    return store


def tamper(store: Store, *statements: str) -> None:
    with store.write(audited=False) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def told(store: Store, **given: Any) -> list[tuple[str, int, int]]:
    return [(fault.kind, fault.first, fault.last) for fault in verify(store, **given).faults]


def rehash(store: Store, *numbers: int, previous: str = "") -> None:
    """What a thorough forger does: gives each row the hash that its content now has."""
    with store.write(audited=False) as connection:
        for number in numbers:
            row = connection.execute(text(f"SELECT * FROM audit WHERE number = {number}")).one()._asdict()
            row["previous"] = previous or row["previous"]
            previous = audit.hash_of(row)
            connection.execute(
                text(f"UPDATE audit SET previous = '{row['previous']}', hash = '{previous}' WHERE number = {number}")
            )


def test_a_chain_that_nobody_touched(chain: Store) -> None:
    verdict = verify(chain)
    assert verdict.faults == () and verdict.beyond == 0
    assert (verdict.rows, verdict.head[0], verdict.anchors) == (ROWS, ROWS, 1)
    assert chain.anchor.read() == verdict.head


def test_an_empty_chain(store: Store) -> None:
    assert verify(store).faults == () and verify(store).head == (0, audit.GENESIS)


@pytest.mark.parametrize(
    "change",
    [
        "who = 'u-other'", "at = '2026-01-01T00:00:00.000000Z'", "outcome = 'refused'", "entity_id = 'case9'",
        "detail = '{\"page\":9}'", "detail = 'no json'", "at = 'no time'", "previous = 'x'", "hash = 'x'",
    ],
)  # fmt: skip
def test_an_edited_row_is_told(chain: Store, change: str) -> None:
    tamper(chain, f"UPDATE audit SET {change} WHERE number = 5")
    assert ("edited", 5, 5) in told(chain)
    assert {kind for kind, _, _ in told(chain)} == {"edited"}


def test_a_row_that_was_edited_and_given_its_hash_is_told_by_the_next(chain: Store) -> None:
    tamper(chain, "UPDATE audit SET who = 'u-other' WHERE number = 5")
    rehash(chain, 5)
    assert told(chain) == [("edited", 5, 5)]


def test_a_last_row_that_was_edited_and_given_its_hash_is_told_by_the_anchor(chain: Store) -> None:
    tamper(chain, f"UPDATE audit SET who = 'u-other' WHERE number = {ROWS}")
    rehash(chain, ROWS)
    assert told(chain) == [("edited", ROWS, ROWS)]


def test_a_chain_that_was_made_anew_is_told_by_a_head_noted_elsewhere(chain: Store) -> None:
    noted = verify(chain).head
    tamper(chain, "UPDATE audit SET who = 'u-other' WHERE number = 5")
    rehash(chain, *range(5, ROWS + 1))
    assert told(chain) == [("edited", ROWS, ROWS)]
    chain.anchor.file.unlink()
    assert told(chain) == [("anchor", 0, 0)]
    assert ("edited", ROWS, ROWS) in told(chain, heads=[noted])


@pytest.mark.parametrize(("first", "last"), [(1, 1), (5, 5), (5, 7), (1, 4)])
def test_deleted_rows_are_told(chain: Store, first: int, last: int) -> None:
    tamper(chain, f"DELETE FROM audit WHERE number BETWEEN {first} AND {last}")
    assert told(chain) == [("deleted", first, last)]


def test_deleted_rows_are_told_where_the_rest_was_counted_anew(chain: Store) -> None:
    tamper(
        chain,
        "DELETE FROM audit WHERE number IN (5, 6)",
        *(f"UPDATE audit SET number = {number - 2} WHERE number = {number}" for number in range(7, ROWS + 1)),
    )
    assert ("deleted", 5, 6) in told(chain)
    assert {kind for kind, _, _ in told(chain)} == {"deleted", "truncated"}  # the end is where it was not, too


def test_an_inserted_row_is_told(chain: Store) -> None:
    tamper(
        chain,
        *(f"UPDATE audit SET number = {number + 1} WHERE number = {number}" for number in range(ROWS, 4, -1)),
        "INSERT INTO audit SELECT 5, at, who, role, address, action, entity, 'forged', outcome, detail, hash, hash "
        "FROM audit WHERE number = 4",
    )
    rehash(chain, 5)
    assert ("inserted", 5, 5) in told(chain)
    assert "deleted" not in {kind for kind, _, _ in told(chain)}


def test_a_row_before_the_first_is_told(chain: Store) -> None:
    tamper(
        chain,
        "INSERT INTO audit SELECT 0, at, who, role, address, action, entity, entity_id, outcome, detail, previous, hash "
        "FROM audit WHERE number = 1",
    )
    assert told(chain) == [("inserted", 0, 0)]


@pytest.mark.parametrize("first", [1, 9, ROWS])
def test_rows_cut_off_the_end_are_told(chain: Store, first: int) -> None:
    tamper(chain, f"DELETE FROM audit WHERE number >= {first}")
    assert told(chain) == [("truncated", first, ROWS)]


@pytest.mark.parametrize("more", [1, 2, 9])
def test_a_cut_is_told_also_when_the_desk_goes_on(chain: Store, now: datetime, more: int) -> None:
    tamper(chain, f"DELETE FROM audit WHERE number >= {ROWS - 1}")
    for _ in range(more):
        with chain.write() as connection:
            audit.append(connection, audit.DESK, "read", "case", "other", now=now)
    assert told(chain) == [("truncated" if more == 1 else "edited", ROWS, ROWS)]


def test_the_anchor_is_missed_and_its_damage_told(chain: Store) -> None:
    chain.anchor.file.write_bytes(b"0000")
    assert told(chain) == [("anchor", 0, 0)]
    chain.anchor.file.unlink()
    assert told(chain) == [("anchor", 0, 0)]


@pytest.mark.parametrize("damage", [b"", b"0000", None])
def test_an_anchor_that_is_gone_is_not_made_again(
    chain: Store, reopen: Callable[[], Store], now: datetime, damage: bytes | None
) -> None:
    if damage is None:
        chain.anchor.file.unlink()
    else:
        chain.anchor.file.write_bytes(damage)
    for store in (chain, reopen()):
        with store.write() as connection:
            audit.append(connection, audit.DESK, "read", "case", "x", now=now)
        assert told(store) == [("anchor", 0, 0)]


def test_a_process_that_died_before_the_anchor_leaves_rows_beyond_it(chain: Store, now: datetime) -> None:
    before = chain.anchor.file.read_bytes()
    with chain.write() as connection:
        audit.append(connection, audit.DESK, "read", "case", "x", now=now)
    chain.anchor.file.write_bytes(before)
    assert verify(chain).faults == () and verify(chain).beyond == 1


def test_two_processes_make_one_chain(chain: Store, reopen: Callable[[], Store], now: datetime) -> None:
    other = reopen()
    for store in (other, chain, other):
        with store.write() as connection:
            audit.append(connection, audit.DESK, "read", "case", "x", now=now)
    assert verify(chain).faults == () and verify(chain).rows == ROWS + 3


def test_no_text_gets_into_a_row(store: Store, now: datetime) -> None:
    with store.write() as connection:
        for detail in ({"name": "Rosa Invented"}, {"two words": 1}, {"quote": "\u00e4"}, {"long": "x" * 200}):
            with pytest.raises(ValueError, match="no text"):
                audit.append(connection, audit.DESK, "read", "case", "x", now=now, detail=detail)
        with pytest.raises(ValueError, match="no text"):
            audit.append(connection, audit.DESK, "read", "case", "Rosa Invented", now=now)
        with pytest.raises(ValueError, match="knows no"):
            audit.append(connection, audit.DESK, "peek", "case", "x", now=now)


def test_the_chain_holds_no_patient(store: Store, nora: Actor, now: datetime) -> None:
    typed = cases.Draft(patient_name="Rosa Invented", patient_mrn="5550123", drug="Tecartus", reference="R Invented")
    with store.write() as connection:
        case = cases.create(connection, nora, typed, now=now)
        cases.change(connection, nora, case.id, {"patient_name": "Rosa Feigned"}, version=1, now=now)
        rows = canonical([audit_event(entry) for entry in audit.entries(connection)])
    assert not [word for word in ("Rosa", "Invented", "Feigned", "5550123", "Tecartus") if word in rows]


def test_entries_are_found_and_paged(chain: Store) -> None:
    with chain.read() as connection:
        first = audit.entries(connection, limit=5)
        assert [entry.number for entry in first] == [12, 11, 10, 9, 8]
        assert [entry.number for entry in audit.entries(connection, before=8, limit=3)] == [7, 6, 5]
        assert [entry.number for entry in audit.entries(connection, entity="case", entity_id="case3")] == [3]
        assert audit.entries(connection, who="u-other") == ()


def test_a_row_as_an_audit_event(store: Store, now: datetime) -> None:
    who = Actor("u-nora", "coordinator", "10.0.0.7")
    with store.write() as connection:
        entry = audit.append(connection, who, "judge", "judgement", "j1", now=now, detail={"case": "c1"})
        refused = audit.append(connection, who, "login", "user", "u1", now=now, outcome="refused")
    event = audit_event(entry)
    assert {key: event[key] for key in ("resourceType", "action", "recorded", "outcome")} == {
        "resourceType": "AuditEvent", "action": "C", "recorded": "2026-05-04T09:30:00.000000Z", "outcome": "0",
    }  # fmt: skip
    assert event["agent"][0]["who"]["identifier"]["value"] == "u-nora"
    assert event["agent"][0]["network"] == {"address": "10.0.0.7", "type": "2"}
    assert event["entity"][0]["what"]["identifier"] == {"system": "urn:chartproof:judgement", "value": "j1"}
    assert event["entity"][0]["detail"] == [{"type": "case", "valueString": "c1"}]
    assert event["extension"][0]["extension"][2] == {"url": "hash", "valueString": entry.hash}
    assert (audit_event(refused)["outcome"], audit_event(refused)["type"]["code"]) == ("4", "110114")
