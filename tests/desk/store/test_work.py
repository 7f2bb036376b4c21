"""What is kept of a case's work: files, readings, judgements, requests, packages, signatures, sendings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from chartproof.desk.store import (
    accounts,
    audit,
    cases,
    files,
    judgements,
    packages,
    readings,
    requests,
    sendings,
    signatures,
)
from chartproof.desk.store.accounts import User
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.cases import Draft
from chartproof.desk.store.database import Store
from chartproof.desk.store.files import Upload
from chartproof.desk.store.judgements import Judgement, Opinion
from chartproof.desk.store.packages import Part
from chartproof.desk.store.requests import Wish
from chartproof.desk.store.sessions import Session
from chartproof.errors import ConflictError, NotFoundError, RefusedError

SHA = "ab" * 32
OTHER = "cd" * 32
FACT = Opinion(kind="fact", reason="read by me", concept="ecog", value="1", file="note.pdf", page=2,
               quote="ECOG 1", boxes=((1.0, 2.0, 3.5, 4.0),), day=date(2026, 4, 1))  # fmt: skip
MEANING = "I have read this and it is correct"


@pytest.fixture
def case(store: Store, nora: Actor, now: datetime) -> str:
    with store.write() as connection:
        return cases.create(connection, nora, Draft(patient_name="Rosa Invented"), now=now, owner=nora.who).id


def test_a_file_is_added_once(store: Store, nora: Actor, case: str, now: datetime) -> None:
    with store.write() as connection:
        first = files.add(connection, nora, case, Upload("note.pdf", SHA, 9, "application/pdf"), now=now)
        again = files.add(connection, nora, case, Upload("other.pdf", SHA, 9), now=now)
        assert again == first and (first.state, first.added_by) == ("waiting", nora.who)
        read = files.mark(connection, audit.DESK, first.id, "partly", pages=3, reason="CP-READ-03", now=now)
        assert (read.state, read.pages, read.reason) == ("partly", 3, "CP-READ-03")
        with pytest.raises(ValueError, match="lost"):
            files.mark(connection, audit.DESK, first.id, "lost", now=now)
        assert files.listed(connection, case) == (read,)


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["a.pdf", "a.pdf", "A.PDF"], ["a.pdf", "a (2).pdf", "A (3).PDF"]),
        (["../../etc/passwd"], ["etc/passwd"]),
        (["C:\\scans\\a.pdf"], ["C:/scans/a.pdf"]),
        (["/abs/a.pdf"], ["abs/a.pdf"]),
        (["a\x00\nb.pdf"], ["ab.pdf"]),
        (["", ".."], ["file", "file (2)"]),
        (["x" * 300 + ".pdf"], ["x" * 196 + ".pdf"]),
        (["sub/a.pdf", "sub/a.pdf"], ["sub/a.pdf", "sub/a (2).pdf"]),
    ],
)
def test_names_are_names(
    store: Store, nora: Actor, case: str, now: datetime, names: list[str], kept: list[str]
) -> None:
    with store.write() as connection:
        for number, name in enumerate(names):
            files.add(connection, nora, case, Upload(name, f"{number:064x}", 1), now=now + timedelta(seconds=number))
        assert [file.name for file in files.listed(connection, case)] == kept


def test_a_file_that_is_taken_out_stays_as_a_row(store: Store, nora: Actor, case: str, now: datetime) -> None:
    with store.write() as connection:
        file = files.add(connection, nora, case, Upload("a.pdf", SHA, 1), now=now)
        assert files.remove(connection, nora, file.id, now=now).removed == now
        files.remove(connection, nora, file.id, now=now)
        assert files.listed(connection, case) == () and len(files.listed(connection, case, removed=True)) == 1
        assert files.add(connection, nora, case, Upload("a.pdf", SHA, 1), now=now).id != file.id
        assert [entry.action for entry in audit.entries(connection, entity_id=file.id)] == ["remove", "add"]


def test_a_reading_ends_once(store: Store, nora: Actor, case: str, now: datetime) -> None:
    with store.write() as connection:
        assert readings.latest(connection, case) is None
        reading = readings.start(connection, nora, case, [SHA], now=now)
        assert (reading.state, reading.of_files) == ("reading", (SHA,))
        with pytest.raises(ConflictError, match="CP-DESK-32"):
            readings.reviewed(connection, nora, reading.id, OTHER, now=now)
        done = readings.done(connection, audit.DESK, reading.id, reading_sha=SHA, review_sha=OTHER, now=now)
        assert (done.state, done.review_sha, done.ended) == ("done", OTHER, now)
        with pytest.raises(ConflictError, match="CP-DESK-32"):
            readings.failed(connection, audit.DESK, reading.id, "CP-READ-01", now=now)
        later = readings.start(connection, nora, case, [SHA], now=now + timedelta(seconds=1))
        failed = readings.failed(connection, audit.DESK, later.id, "CP-READ-01", now=now)
        assert (failed.state, failed.code) == ("failed", "CP-READ-01")
        assert readings.latest(connection, case) == failed
        assert readings.latest(connection, case, state="done") == done


def test_a_judgement_is_read_back_as_it_was_made(store: Store, nora: Actor, case: str, now: datetime) -> None:
    with store.write() as connection:
        made = judgements.judge(connection, nora, case, FACT, now=now)
    with store.read() as connection:
        (seen,) = judgements.standing(connection, case)
    assert seen == made and (seen.number, seen.by, seen.at) == (1, nora.who, now)
    assert {name: getattr(seen, name) for name in FACT.__slots__} == {
        name: getattr(FACT, name) for name in FACT.__slots__
    }


def test_undoing_marks_and_takes_nothing_away(store: Store, nora: Actor, omar: Actor, case: str, now: datetime) -> None:
    with store.write() as connection:
        first = judgements.judge(connection, nora, case, Opinion("accept", "right", "policy", "I.C"), now=now)
        second = judgements.judge(connection, omar, case, Opinion("reject", "wrong", "policy", "I.C"), now=now)
        undone = judgements.undo(connection, nora, first.id, now=now)
        assert (undone.undone_by, undone.undone_at) == (nora.who, now)
        with pytest.raises(ConflictError, match="CP-DESK-42"):
            judgements.undo(connection, nora, first.id, now=now)
        assert judgements.listed(connection, case) == (undone, second)
        assert judgements.standing(connection, case) == (second,)


@pytest.mark.parametrize(
    ("opinion", "why"),
    [
        (Opinion("accept", " ", "policy", "I.C"), "reason"),
        (Opinion("accept", "right"), "criterion"),
        (Opinion("approve", "right", "policy", "I.C"), "kind"),
        (Opinion("override", "right", "policy", "I.C"), "status"),
        (Opinion("override", "right", "policy", "I.C", status="approved"), "status"),
        (Opinion("not_in_chart", "searched"), "criterion"),
        (replace(FACT, page=None), "page"),
        (replace(FACT, quote=" ", boxes=()), "place"),
        (replace(FACT, concept=""), "what it is"),
    ],
)
def test_a_judgement_that_lacks_something(
    store: Store, nora: Actor, case: str, now: datetime, opinion: Opinion, why: str
) -> None:
    with pytest.raises(RefusedError, match=f"CP-DESK-40.*{why}"), store.write() as connection:
        judgements.judge(connection, nora, case, opinion, now=now)
    with store.read() as connection:
        assert judgements.listed(connection, case) == ()


def test_requests_are_listed_by_day_and_end(store: Store, nora: Actor, omar: Actor, case: str, now: datetime) -> None:
    with store.write() as connection:
        cause = judgements.judge(
            connection, nora, case, Opinion("not_in_chart", "searched", "policy", "DOC.F.1"), now=now
        )
        echo = requests.ask(
            connection, nora, case,
            Wish("echocardiogram", "cardiology", "DOC.F.1", nora.who, date(2026, 5, 20), cause.id), now=now,
        )  # fmt: skip
        labs = requests.ask(connection, nora, case, Wish("labs", "hospital", due=date(2026, 5, 10)), now=now)
        assert [one.id for one in requests.open_for(connection, nora.who)] == [labs.id, echo.id]
        assert requests.open_for(connection, omar.who) == ()
        got = requests.change(connection, nora, labs.id, owner=omar.who, due=labs.due, state="received", now=now)
        assert (got.state, got.owner, got.ended) == ("received", omar.who, now)
        judgements.undo(connection, nora, cause.id, now=now)
        assert requests.get(connection, echo.id).state == "called_off"
        assert requests.open_for(connection, nora.who) == () and len(requests.listed(connection, case)) == 2
        with pytest.raises(RefusedError, match="CP-DESK-43"):
            requests.ask(connection, nora, case, Wish(" ", ""), now=now)


@dataclass(frozen=True)
class Bench:
    """A physician at a case with one package."""

    connection: Connection
    actor: Actor
    user: User
    session: Session
    case: str
    now: datetime

    def pack(self, sha: str = SHA, review_sha: str = OTHER, *, draft: bool = False) -> packages.Package:
        return packages.lock(
            self.connection, self.actor, self.case, [Part("packet.pdf", sha, 5)], sha=sha, review_sha=review_sha,
            head=audit.head(self.connection), draft=draft, now=self.now,
        )  # fmt: skip

    def sign(self, package: packages.Package, **other: Any) -> signatures.Signature:
        how = {"sha": package.sha, "meaning": MEANING, "user": self.user, "session": self.session, "now": self.now}
        return signatures.sign(self.connection, self.actor, package.id, **{**how, **other})


@pytest.fixture
def bench(store: Store, omar: Actor, case: str, now: datetime) -> Any:
    with store.write() as connection:
        user = accounts.get(connection, omar.who)
        session = Session("s", user.id, now, now, now, None)
        yield Bench(connection, omar, user, session, case, now)


def test_a_signature_says_who_what_and_with_which_licence(bench: Bench) -> None:
    package = bench.pack()
    assert (package.number, package.parts) == (1, (Part("packet.pdf", SHA, 5),))
    signature = bench.sign(package)
    assert (signature.signer_name, signature.licence, signature.meaning, signature.package_sha) == (
        "Omar Invented", "NY 000000", MEANING, SHA,
    )  # fmt: skip
    assert signatures.of_package(bench.connection, package.id) == (signature,)
    with pytest.raises(ConflictError, match="CP-DESK-53"):
        bench.sign(package)


def test_who_may_not_sign(bench: Bench) -> None:
    package, late = bench.pack(), bench.now + timedelta(minutes=6)
    for other in (
        {"user": replace(bench.user, role="coordinator")},
        {"user": replace(bench.user, licence="")},
        {"user": replace(bench.user, id="u-other")},
        {"meaning": " "},
        {"now": late},
    ):
        with pytest.raises(RefusedError, match="CP-DESK-51"):
            bench.sign(package, **other)
    with pytest.raises(ConflictError, match="CP-DESK-52"):
        bench.sign(package, sha=OTHER)


def test_a_draft_is_not_signed(bench: Bench) -> None:
    """Its pages say that it is one, and a signature would not take that off them."""
    with pytest.raises(ConflictError, match="CP-DESK-57"):
        bench.sign(bench.pack(draft=True))
    assert bench.sign(bench.pack()).package_sha == SHA


CHANGES: dict[str, Callable[[Bench], Any]] = {
    "case_changed": lambda at: cases.change(
        at.connection, at.actor, at.case, {"drug": "Kymriah"}, version=1, now=at.now
    ),
    "file_added": lambda at: files.add(at.connection, at.actor, at.case, Upload("b.pdf", SHA, 1), now=at.now),
    "judgement_added": lambda at: judgements.judge(at.connection, at.actor, at.case, FACT, now=at.now),
    "new_version": lambda at: at.pack(OTHER),
    "read_again": lambda at: read(at, SHA),
}


def read(at: Bench, review_sha: str) -> readings.Reading:
    reading = readings.start(at.connection, at.actor, at.case, [SHA], now=at.now)
    return readings.done(at.connection, at.actor, reading.id, reading_sha=SHA, review_sha=review_sha, now=at.now)


@pytest.mark.parametrize("why", CHANGES)
def test_a_later_change_voids_the_signature_visibly(bench: Bench, why: str) -> None:
    package = bench.pack()
    signature = bench.sign(package)
    CHANGES[why](bench)
    void = signatures.get(bench.connection, signature.id)
    assert (void.voided, void.voided_by, void.voided_why) == (bench.now, bench.actor.who, why)
    assert packages.get(bench.connection, package.id).outdated_why == why
    assert signatures.of_package(bench.connection, package.id) == ()
    assert signatures.listed(bench.connection, bench.case) == (void,)
    with pytest.raises(ConflictError, match="CP-DESK-52"):
        bench.sign(package)


def test_what_voids_no_signature(bench: Bench) -> None:
    package = bench.pack()
    signature = bench.sign(package)
    judgements.judge(bench.connection, bench.actor, bench.case, Opinion("note", "called the plan"), now=bench.now)
    cases.change(bench.connection, bench.actor, bench.case, {"reference": "A-1"}, version=1, now=bench.now)
    read(bench, package.review_sha)
    assert signatures.get(bench.connection, signature.id).voided is None


def test_taking_back_and_taking_out_void_too(bench: Bench) -> None:
    judgement = judgements.judge(bench.connection, bench.actor, bench.case, FACT, now=bench.now)
    file = files.add(bench.connection, bench.actor, bench.case, Upload("b.pdf", SHA, 1), now=bench.now)
    for undo in (
        lambda: judgements.undo(bench.connection, bench.actor, judgement.id, now=bench.now),
        lambda: files.remove(bench.connection, bench.actor, file.id, now=bench.now),
    ):
        signature = bench.sign(bench.pack())
        undo()
        assert signatures.get(bench.connection, signature.id).voided


def test_a_package_bears_a_head_of_this_chain(bench: Bench) -> None:
    with pytest.raises(ValueError, match="head"):
        packages.lock(
            bench.connection, bench.actor, bench.case, [], sha=SHA, review_sha=OTHER, head=(1, SHA), now=bench.now
        )


def test_a_sending_says_whether_what_went_out_was_signed(bench: Bench) -> None:
    package = bench.pack()
    sent = bench.now - timedelta(hours=1)
    plain = sendings.record(
        bench.connection, bench.actor, package.id, how="fax", sent_to=" 555 0100 ", sent=sent, now=bench.now
    )
    bench.sign(package)
    signed = sendings.record(
        bench.connection,
        bench.actor,
        package.id,
        how="portal",
        sent_to="plan",
        sent=bench.now,
        receipt="A77",
        now=bench.now,
    )
    assert (plain.signed, plain.sent_to, plain.sent, signed.signed, signed.receipt) == (
        False,
        "555 0100",
        sent,
        True,
        "A77",
    )
    assert sendings.listed(bench.connection, bench.case) == (signed, plain)
    for wrong in ({"how": "pigeon"}, {"sent_to": " "}, {"sent": bench.now + timedelta(days=1)}):
        how = {"how": "fax", "sent_to": "555 0100", "sent": sent, **wrong}
        with pytest.raises(RefusedError, match="CP-DESK-55"):
            sendings.record(bench.connection, bench.actor, package.id, now=bench.now, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "get",
    [files.get, readings.get, judgements.get, requests.get, packages.get, signatures.get, sendings.get, accounts.get],
)
def test_what_is_not_there_is_not_found(store: Store, get: Callable[[Connection, str], Judgement]) -> None:
    with store.read() as connection, pytest.raises(NotFoundError):
        get(connection, "nothing")
