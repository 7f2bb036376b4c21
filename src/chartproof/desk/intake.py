"""A request that came to the payer's side and waits for a person: a case of the desk, read already, open to the reviewers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from chartproof.desk.casework import DECIDE
from chartproof.desk.runner import mark_files
from chartproof.desk.store import accounts, cases, exchanged, files, readings
from chartproof.desk.store.audit import Actor
from chartproof.desk.store.cases import Draft, Standing
from chartproof.desk.store.database import Store
from chartproof.desk.store.exchanged import Exchanged
from chartproof.desk.store.files import Upload
from chartproof.desk.worker.codec import encode_files
from chartproof.desk.worker.keep import encode_review
from chartproof.exchange.attachments import supplied
from chartproof.exchange.decision import PENDED, case_of
from chartproof.exchange.known_by import replaced
from chartproof.exchange.site import Site
from chartproof.exchange.submit import Waiting
from chartproof.exchange.told_against import quote_first
from chartproof.model import Review
from chartproof.packet.look import counts


def take_request(store: Store, actor: Actor, one: Waiting, site: Site) -> str:
    """The case in which a person decides the request; the same again gives the same case. Returns its id, "" where nothing of
    it waits for a person. What it updates waits no more.

    It is given to each reviewer (to the administrators where there is none), with the documents, the reading and the review
    from which the request was pended: nothing is read twice.
    """
    if PENDED not in one.decision.items.values():
        with store.write() as connection:
            _close_replaced(connection, actor, one, one.at)
        return ""
    uploads = [Upload(name, store.documents.put(data), len(data)) for name, data in supplied(one.request).files.items()]
    review, now = _told(one), one.at
    kept = _kept(store, review) if review else ("", "")
    with store.write() as connection:
        if known := exchanged.case_of(connection, one.reference):
            return known
        case = cases.create(connection, actor, draft_of(one, site), now=now).id
        exchanged.lead_to(connection, one.reference, case, one.due)
        for upload in uploads:
            files.add(connection, actor, case, upload, now=now)
        if review:
            _read(connection, actor, case, review, kept, now)
            cases.settle(connection, actor, case, standing(counts(review.criteria), one), now=now)
        share(connection, actor, case, now=now)
        _close_replaced(connection, actor, one, now)
    return case


def _told(one: Waiting) -> Review | None:
    """The review, with what a person must know of the request among the notes on its scope, and beside them the sentences
    that a person should read."""
    review = one.decision.review
    if review is None:
        return None
    notes = filter(None, (review.extra.get("notes", ""), *one.decision.notes))
    told = "\n".join(map(quote_first, one.decision.told))
    return replace(review, extra={**review.extra, "notes": "\n".join(notes), "told": told})


def draft_of(one: Waiting, site: Site) -> Draft:
    """What the request itself says, as a person would have typed it."""
    review = one.decision.review
    typed = review.case if review else case_of(one.request, None, site, one.at.date())
    return Draft(
        reference=one.reference, patient_name=typed.patient.name, patient_born=typed.patient.born,
        patient_mrn=typed.patient.mrn, patient_sex=typed.patient.sex, member_id=typed.patient.member_id,
        drug=typed.drug, indication=typed.indication, payer=one.payer, plan_type=typed.plan_type, state=typed.state,
        as_of=one.at.date(), policy=one.policy,
    )  # fmt: skip


def standing(number: Mapping[str, int], one: Waiting) -> Standing:
    return Standing(DECIDE, one.due, number["met"], number["missing"], number["not_met"], number["not_applicable"])


def share(connection: Connection, actor: Actor, case: str, *, now: datetime) -> None:
    """Opens a case to every reviewer, or to the administrators where there is none."""
    people = [user for user in accounts.listed(connection) if not user.disabled]
    reviewers = [user for user in people if user.role == "reviewer"]
    for user in reviewers or [user for user in people if user.role == "admin"]:
        cases.grant(connection, actor, case, user.id, now=now)


def share_waiting(connection: Connection, actor: Actor, user: str, *, now: datetime) -> None:
    """Opens what waits for a decision to one who has just become a reviewer."""
    for case in exchanged.waiting(connection):
        cases.grant(connection, actor, case, user, now=now)


def _kept(store: Store, review: Review) -> tuple[str, str]:
    found = tuple(review.chart.files)
    return store.documents.put(encode_files(found)), store.documents.put(encode_review(review))


def _read(
    connection: Connection, actor: Actor, case: str, review: Review, kept: tuple[str, str], now: datetime
) -> None:
    listed = files.listed(connection, case)
    cases.move(connection, actor, case, "reading", now=now)
    reading = readings.start(connection, actor, case, [file.sha for file in listed], now=now)
    mark_files(connection, listed, tuple(review.chart.files), now)
    readings.done(connection, actor, reading.id, reading_sha=kept[0], review_sha=kept[1], now=now)
    cases.move(connection, actor, case, "review", now=now)


def _close_replaced(connection: Connection, actor: Actor, one: Waiting, now: datetime) -> None:
    """An update takes the place of the request before it: nobody is to decide that one any more."""
    number = replaced(one.request)
    found: tuple[Exchanged, ...] = exchanged.named(connection, "number", [number]) if number else ()
    own = exchanged.of_reference(connection, one.reference)
    for earlier in found:
        mine = own and set(earlier.members) & set(own.members) and set(earlier.providers) & set(own.providers)
        case = exchanged.case_of(connection, earlier.id)
        if mine and case and earlier.id != one.reference and cases.get(connection, case).stage != "closed":
            cases.move(connection, actor, case, "closed", now=now)
