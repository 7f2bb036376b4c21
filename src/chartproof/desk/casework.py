"""What is done with a case: files taken in, the review as people have judged it, where the case stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import IO

from sqlalchemy import Connection

from chartproof.desk.desk import Desk
from chartproof.desk.judging import as_judged
from chartproof.desk.shelf import REVIEW
from chartproof.desk.store import accounts, cases, exchanged, files, jobs, judgements, packages, readings, requests
from chartproof.desk.store.audit import DESK, Actor
from chartproof.desk.store.cases import Case, Draft, Standing
from chartproof.desk.store.judgements import Judgement
from chartproof.desk.store.readings import Reading
from chartproof.desk.worker.codec import decode_files
from chartproof.desk.worker.keep import decode_review
from chartproof.errors import InputError
from chartproof.model import Case as Typed
from chartproof.model import Deadline, Patient, Review
from chartproof.packet.look import counts, day_of, event_words
from chartproof.packet.table import filing_deadline, ours
from chartproof.tour import DEFAULT_POLICY, decide_again
from chartproof.typed import check_typed

#: What the queue says of a request to the plan that nobody has ruled on.
DECIDE = "Decide the request"
#: The kinds of job.
READ, PACKAGE = "read", "package"
PART = 1 << 20
#: What a judged review holds beside the review that it shares its pages and facts with, in bytes.
JUDGED = 500_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A case's last finished reading with what people judged of it. `review` is None before the first reading.

    `key` names the review by what it was made of: what follows from it alone may stand on the shelf beside it.
    """

    case: Case
    reading: Reading | None
    base: Review | None
    review: Review | None
    judgements: tuple[Judgement, ...]
    people: dict[str, str]
    key: tuple[str, ...] = ()


def people_of(connection: Connection) -> dict[str, str]:
    return {user.id: user.shown for user in accounts.listed(connection)}


def opened(desk: Desk, case: Case) -> Opened:
    """The case as it stands; the plan runs again only where something was judged or read since."""
    with desk.store.read() as connection:
        reading = readings.latest(connection, case.id, state="done")
        standing = judgements.standing(connection, case.id)
        people = people_of(connection)
    if reading is None:
        return Opened(case, None, None, None, standing, people)
    base = base_of(desk, reading)
    deciding = tuple(one for one in standing if one.kind in ("accept", "override", "reject", "fact"))
    if not deciding:
        return Opened(case, reading, base, base, standing, people, (reading.review_sha,))
    key = (reading.review_sha, *(one.id for one in deciding))
    review: Review = desk.shelf.get(
        ("judged", *key),
        lambda: (decide_again(base, as_judged(deciding, people, base), policy=case.policy), JUDGED),
    )
    return Opened(case, reading, base, review, standing, people, key)


def take_in(desk: Desk, actor: Actor, case: str, uploads: Iterable[tuple[str, IO[bytes]]], *, now: datetime) -> int:
    """Keeps the files and asks for a reading; returns how many were given. The bytes are on the disk before the rows.

    Raises InputError CP-WEB-03 where there is none, CP-WEB-04 where one is larger than the desk takes.
    """
    kept = [taken(desk, name, stream) for name, stream in uploads]
    if not kept:
        raise InputError("CP-WEB-03", "no file was given", then="Choose the chart's files, or drop them on the page.")
    with desk.store.write() as connection:
        for upload in kept:
            files.add(connection, actor, case, upload, now=now)
        ask_for_reading(connection, actor, case, now=now)
    return len(kept)


def base_of(desk: Desk, reading: Reading) -> Review:
    """The review that the reading gave, before anyone judged."""

    def load() -> tuple[Review, int]:
        pages, decided = (desk.store.documents.get(sha) for sha in (reading.reading_sha, reading.review_sha))
        return decode_review(decided, decode_files(pages)), REVIEW * (len(pages) + len(decided))

    base: Review = desk.shelf.get(("review", reading.review_sha), load)
    return base


def taken(desk: Desk, name: str, stream: IO[bytes]) -> files.Upload:
    """The bytes of one upload, on the disk part by part."""
    size = 0

    def parts() -> Iterator[bytes]:
        nonlocal size
        while part := stream.read(PART):
            size += len(part)
            if size > desk.limits.upload_bytes:
                raise InputError("CP-WEB-04", "a file is too large", where=name, then="Split it, or scan it smaller.")
            yield part

    sha = desk.store.documents.put(parts())
    return files.Upload(name, sha, size)


def ask_for_reading(connection: Connection, actor: Actor, case: str, *, now: datetime) -> None:
    """Puts the reading in line, in the change that made it needed."""
    if cases.get(connection, case).stage != "reading":
        cases.move(connection, actor, case, "reading", now=now)
    jobs.add(connection, actor, READ, case=case, now=now)


def last_job(connection: Connection, case: str, kind: str = READ) -> jobs.Job | None:
    return next((job for job in jobs.of_case(connection, case) if job.kind == kind), None)


def new_case(desk: Desk, actor: Actor, draft: Draft, uploads: Iterable[tuple[str, IO[bytes]]], *, now: datetime) -> str:
    """A case of one's own with its files, being read. Returns its id."""
    check_draft(draft, now=now)
    with desk.store.write() as connection:
        case = cases.create(connection, actor, draft, now=now, owner=actor.who).id
    take_in(desk, actor, case, uploads, now=now)
    return case


def typed_case(row: Case | Draft, now: datetime) -> Typed:
    """What was typed in, as the plan takes it. The desk does not know the day that an empty `as_of` means: today."""
    return Typed(
        as_of=row.as_of or now.date(),
        patient=Patient(row.patient_name, row.patient_born, row.patient_mrn, row.patient_sex, row.member_id, row.group_number),
        drug=row.drug, product=row.product, indication=row.indication, payer=row.payer, plan_type=row.plan_type,
        state=row.state, received=row.received, apheresis_planned=row.apheresis_planned,
    )  # fmt: skip


def check_draft(draft: Case | Draft, *, now: datetime) -> None:
    """Refuses what would make a reading fail, before there is one. Raises InputError CP-CASE-04, -06, as `check_typed`."""
    check_typed(typed_case(draft, now), any_drug=draft.policy not in ("", DEFAULT_POLICY))


def settle(desk: Desk, case: str, *, now: datetime) -> None:
    """Where the case stands, for the queue: counts, what is next, what is awaited; after each reading and judgement."""
    with desk.store.read() as connection:
        row = cases.get(connection, case)
        asked = [one for one in requests.listed(connection, case) if one.state in ("open", "asked")]
        link = exchanged.of_case(connection, case)
        ruled = link is not None and exchanged.is_ruled(connection, link[0].id)
    now_open = opened(desk, row)
    if now_open.review is None:
        return
    with desk.store.write() as connection:
        stands = any(not one.outdated for one in packages.listed(connection, case))
        if row.stage in ("signing", "signed") and not stands:
            cases.move(
                connection, DESK, case, "review", now=now
            )  # what was to be signed, or was, no longer says what is known
        stands_now = standing_of(now_open.review, asked, today=now.date())
        if link:  # the plan's side: what is next is its decision, by the law's own day
            action, day = ("", None) if ruled else (DECIDE, link[1])
            stands_now = replace(stands_now, next_action=action, next_due=day)
        cases.settle(connection, DESK, case, stands_now, now=now)


def next_date(review: Review, today: date) -> Deadline | None:
    """Our first date that is still to come; where the day to file has passed, that one: it is what is late. The steps
    outside the plan come after its own answer, so they are not next while that may be asked for."""
    filing = filing_deadline(review, "appeal") if review.denial else None
    if filing and day_of(filing.safe_due) < today:
        return filing
    ahead = [one for one in ours(review.deadlines) if day_of(one.safe_due) >= today]
    return next((one for one in ahead if filing is None or "external" not in one.what), None)


def standing_of(review: Review, asked: list[requests.Request], *, today: date) -> Standing:
    """The queue's line of a review: the first date that is ours to keep, of the law or of a request, is next."""
    number = counts(review.criteria)
    due = next_date(review, today)
    days: list[tuple[date, str]] = [(one.due, f"Follow up: {one.of_whom}") for one in asked if one.due]
    if due is not None:
        days.append((day_of(due.safe_due), event_words(due.what)))
    day, action = min(days, default=(None, ""))
    if not action:
        action = "Ask for what is missing" if number.get("missing") else "Make the package"
    return Standing(
        next_action=action, next_due=day, met=number.get("met", 0), missing=number.get("missing", 0),
        not_met=number.get("not_met", 0), not_applicable=number.get("not_applicable", 0),
        awaited="; ".join(dict.fromkeys(one.of_whom for one in asked)),
    )  # fmt: skip
