"""Cases: who changes them, who sees them, how they are found, and where they can go."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from chartproof.desk.store import audit, cases
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.cases import Draft, Standing
from chartproof.desk.store.database import Store
from chartproof.desk.store.queue import Filter, choices, listed
from chartproof.errors import ConflictError, NotFoundError


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Rosa Invented", "RI"),
        ("Invented, Rosa", "RI"),
        ("Rosa Maria van Invented", "RMV"),
        ("", ""),
        ("Ö. d'Arc", "ÖDA"),
    ],
)
def test_initials(store: Store, nora: Actor, now: datetime, name: str, expected: str) -> None:
    with store.write() as connection:
        assert cases.create(connection, nora, Draft(patient_name=name), now=now).initials == expected


def test_what_was_typed_in_is_read_back(store: Store, nora: Actor, now: datetime) -> None:
    draft = Draft(reference="A-1", patient_name="Rosa Invented", patient_born=date(1961, 3, 4), drug="Tecartus",
                  payer="Excellus", as_of=date(2026, 5, 4), plan_type="commercial_insured", state="NY")  # fmt: skip
    with store.write() as connection:
        made = cases.create(connection, nora, draft, now=now, owner=nora.who)
    with store.read() as connection:
        seen = cases.get(connection, made.id)
    assert seen == made
    assert (seen.stage, seen.version, seen.owner, seen.created, seen.patient_born) == (
        "new", 1, nora.who, now, date(1961, 3, 4),
    )  # fmt: skip


def test_the_second_of_two_changes_is_told(store: Store, nora: Actor, now: datetime) -> None:
    with store.write() as connection:
        case = cases.create(connection, nora, Draft(drug="Tecartus"), now=now)
        changed = cases.change(connection, nora, case.id, {"drug": "Yescarta"}, version=1, now=now)
    assert (changed.drug, changed.version) == ("Yescarta", 2)
    with pytest.raises(ConflictError, match="CP-DESK-11"), store.write() as connection:
        cases.change(connection, nora, case.id, {"drug": "Kymriah"}, version=1, now=now)
    with pytest.raises(ConflictError), store.write() as connection:
        cases.assign(connection, nora, case.id, nora.who, version=1, now=now)
    with store.read() as connection:
        assert cases.get(connection, case.id).drug == "Yescarta"
        assert [entry.action for entry in audit.entries(connection, entity_id=case.id)] == ["update", "create"]


def test_only_what_is_typed_in_can_be_changed_so(store: Store, nora: Actor, now: datetime) -> None:
    with store.write() as connection:
        case = cases.create(connection, nora, Draft(), now=now)
        with pytest.raises(ValueError, match="stage"):
            cases.change(connection, nora, case.id, {"stage": "signed"}, version=1, now=now)


def test_a_case_goes_where_a_way_leads(store: Store, nora: Actor, now: datetime) -> None:
    with store.write() as connection:
        case = cases.create(connection, nora, Draft(), now=now)
        for stage in ("reading", "review", "signing", "signed", "sent", "answered", "closed", "review"):
            assert cases.move(connection, nora, case.id, stage, now=now).stage == stage
        with pytest.raises(ConflictError, match="CP-DESK-12"):
            cases.move(connection, nora, case.id, "sent", now=now)


def test_every_stage_leads_on_to_a_known_stage() -> None:
    assert {stage for ways in cases.STAGES.values() for stage in ways} == set(cases.STAGES)


def test_what_the_desk_derives_disturbs_no_form(store: Store, nora: Actor, now: datetime) -> None:
    with store.write() as connection:
        case = cases.create(connection, nora, Draft(), now=now)
        settled = cases.settle(connection, audit.DESK, case.id, Standing(met=3, missing=2, awaited="echo"), now=now)
        assert (settled.met, settled.missing, settled.awaited) == (3, 2, "echo")
        assert cases.change(connection, nora, case.id, {"drug": "Tecartus"}, version=case.version, now=now).met == 3


def test_a_case_is_opened_by_its_owner_and_by_whom_it_was_granted(
    store: Store, nora: Actor, omar: Actor, now: datetime
) -> None:
    with store.write() as connection:
        case = cases.create(connection, nora, Draft(), now=now, owner=nora.who).id
        assert cases.may_open(connection, case, nora.who) and not cases.may_open(connection, case, omar.who)
        cases.grant(connection, nora, case, omar.who, now=now)
        cases.grant(connection, nora, case, omar.who, now=now)
        assert cases.may_open(connection, case, omar.who) and cases.granted(connection, case) == (omar.who,)
        assert listed(connection, omar.who).total == 1
        cases.revoke(connection, nora, case, omar.who, now=now)
        assert not cases.may_open(connection, case, omar.who) and listed(connection, omar.who).total == 0
        actions = [entry.action for entry in audit.entries(connection, entity_id=case)]
    assert actions == ["revoke", "grant", "create"]


def test_no_case_is_not_found(store: Store) -> None:
    with store.read() as connection, pytest.raises(NotFoundError, match="CP-DESK-10"):
        cases.get(connection, "nothing")


@pytest.fixture
def queue(store: Store, nora: Actor, now: datetime) -> Store:
    """Four cases: RI overdue, BF due later, AC without a day and an owner, ZZ closed."""
    rows = (
        ("Rosa Invented", "Tecartus", "Excellus", date(2026, 5, 1), "new"),
        ("Bo Feigned", "Yescarta", "Invented Health 100%", date(2026, 6, 1), "reading"),
        ("Ada Contrived", "Kymriah", "Excellus", None, "new"),
        ("Zoe Zero", "Kymriah", "Excellus", date(2026, 1, 1), "closed"),
    )
    with store.write() as connection:
        for name, drug, payer, due, stage in rows:
            case = cases.create(
                connection, nora, Draft(patient_name=name, drug=drug, payer=payer), now=now, owner=nora.who
            )
            cases.settle(connection, nora, case.id, Standing(next_due=due), now=now)
            cases.move(connection, nora, case.id, stage, now=now)
    return store


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["RI", "BF", "AC"]),
        ({"closed": True}, ["ZZ", "RI", "BF", "AC"]),
        ({"stage": "closed"}, ["ZZ"]),
        ({"text": "Bf"}, ["BF"]),
        ({"text": "excellus kym"}, ["AC"]),
        ({"text": "100%"}, ["BF"]),
        ({"text": "%"}, ["BF"]),
        ({"text": "_"}, []),
        ({"drug": "Kymriah"}, ["AC"]),
        ({"payer": "Excellus"}, ["RI", "AC"]),
        ({"stage": "reading"}, ["BF"]),
        ({"owner": "none"}, []),
        ({"due_before": date(2026, 5, 4)}, ["RI"]),
    ],
)
def test_the_queue_is_filtered_and_the_overdue_come_first(
    queue: Store, nora: Actor, wanted: dict[str, object], expected: list[str]
) -> None:
    with queue.read() as connection:
        found = listed(connection, nora.who, Filter(**wanted))  # type: ignore[arg-type]
    assert [case.initials for case in found.cases] == expected and found.total == len(expected)


def test_the_queue_is_sorted_and_paged(queue: Store, nora: Actor) -> None:
    with queue.read() as connection:
        pages = [listed(connection, nora.who, order="initials", offset=offset, limit=2) for offset in (0, 2)]
        assert choices(connection, nora.who)["drug"] == ("Kymriah", "Tecartus", "Yescarta")
    assert [case.initials for page in pages for case in page.cases] == ["AC", "BF", "RI"]
    assert {page.total for page in pages} == {3}
