"""The same decision as anywhere, over what a request holds. Approved only where every row is met and the site has said so;
else pended with the list of what is open. Never a denial: that takes a named clinician."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from chartproof.errors import ChartproofError
from chartproof.exchange.attachments import Supplied, supplied
from chartproof.exchange.elements import codes, extension_value, extensions, mapping, objects, target, text, texts
from chartproof.exchange.filled import answered
from chartproof.exchange.names import ANSWER_EVIDENCE, PAS
from chartproof.exchange.orders import Asked, asked
from chartproof.exchange.refusals import Resource
from chartproof.exchange.site import Site
from chartproof.exchange.submitted import Submitted, cancelled
from chartproof.model import Finding, Review
from chartproof.tour import review_folder

APPROVED, PENDED, CANCELLED = "approved", "pended", "cancelled"
#: Files that may be left out one by one because they cannot be read at all.
MOST_UNREAD = 12


@dataclass(frozen=True, slots=True)
class Decision:
    """`items`: sequence -> approved, pended or cancelled. `open` are the rows that are missing or not met.

    `notes` say what else a person must know: documents not read, answers whose words are not where they are said to be,
    items of which no policy here speaks.
    """

    items: Mapping[int, str]
    open: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    policy: str = ""
    review: Review | None = field(default=None, compare=False)


def decide(request: Submitted, site: Site, *, today: date, folder: Path, workers: int = 1) -> Decision:
    """Decides a request. `folder` is empty and the caller's to remove; the request's documents are written into it.

    Raises Refused where an attachment cannot be decoded.
    """
    wanted = {_sequence(item, n): _asked(item, request, site) for n, item in enumerate(request.items, 1)}
    gone = {_sequence(item, n) for n, item in enumerate(request.items, 1) if cancelled(item)}
    spoken = [one for sequence, one in wanted.items() if one and sequence not in gone]
    items = {sequence: CANCELLED if sequence in gone else PENDED for sequence in wanted}
    unknown = tuple(
        f"item {sequence}: no policy here speaks of this service; a person decides"
        for sequence, one in wanted.items()
        if one is None and sequence not in gone
    )
    if not spoken:
        return Decision(items, notes=unknown)
    given = supplied(request)
    review, unread = _review(request, given, _first(spoken), site, today=today, folder=folder, workers=workers)
    rows = tuple(one for one in (*review.criteria, *review.label) if one.status in ("missing", "not_met"))
    notes = (*unknown, *given.unread, *unread, *not_read(review), *pointers(request, given, review))
    if approvable(review, site) and not rows and not notes:
        items = {sequence: APPROVED if state == PENDED else state for sequence, state in items.items()}
    return Decision(items, rows, notes, review.policy_id, review)


def approvable(review: Review, site: Site) -> bool:
    """Whether nothing stands in the way of an approval without a person: the site has switched it on, a policy and a label
    were checked, every row is met or does not apply, and each that is met has a quote."""
    rows = (*review.criteria, *review.label)
    answered_rows = all(one.status == "not_applicable" or (one.status == "met" and one.evidence) for one in rows)
    return site.approves and bool(review.criteria) and bool(review.label) and answered_rows


def _sequence(item: Resource, number: int) -> int:
    found = item.get("sequence")
    return found if isinstance(found, int) and not isinstance(found, bool) else number


def _asked(item: Resource, request: Submitted, site: Site) -> Asked | None:
    """What an item asks for: by its own code, else by the order that it refers to."""
    own = asked({"productOrService": item.get("productOrService")}, site.loaded)
    if own and own.product:
        return own
    address = target(extension_value(item, f"{PAS}/StructureDefinition/extension-requestedService"))
    order = request.index.resolve(address, near=request.claim) if address else None
    medications = tuple(request.index.of("Medication"))
    return (asked(order.resource, site.loaded, medications) if order else None) or own


def _first(spoken: list[Asked]) -> Asked:
    """The product where one is named, else the first service."""
    return next((one for one in spoken if one.product), spoken[0])


def _review(
    request: Submitted, given: Supplied, wanted: Asked, site: Site, *, today: date, folder: Path, workers: int
) -> tuple[Review, tuple[str, ...]]:
    """The review, and a line for each file that could not be read at all."""
    for name, data in given.files.items():
        (folder / name).write_bytes(data)
    (folder / "case.yaml").write_text(yaml.safe_dump(case_of(request, wanted, site, today)), encoding="utf-8")
    unread: list[str] = []
    while True:
        try:
            return review_folder(folder, today=today, policy=_policy(wanted, site), workers=workers), tuple(unread)
        except ChartproofError as error:
            lost = next((name for name in given.files if error.where and name in error.where), "")
            if not lost or not (folder / lost).is_file() or len(unread) >= MOST_UNREAD:
                raise
            (folder / lost).unlink()
            unread.append(f"a document could not be read ({error.code}): {lost}")


def _policy(wanted: Asked, site: Site) -> str:
    """The name under which the site loads the policy."""
    return next(name for name, policy in zip(site.policies, site.loaded, strict=True) if policy.id == wanted.policy.id)


def case_of(request: Submitted, wanted: Asked, site: Site, today: date) -> dict[str, object]:
    """case.yaml of a request: only what it says itself."""
    patient = request.party("patient")
    person = patient.resource if patient else {}
    name = objects(person.get("name"))[:1]
    given = texts(name[0].get("given")) if name else []
    family = text(name[0].get("family")) if name else ""
    held = request.coverage
    coverage = held.resource if held else {}
    who = {
        "name": " ".join([*given, family]).strip() or (text(name[0].get("text")) if name else ""),
        "dob": text(person.get("birthDate")) if len(text(person.get("birthDate"))) == 10 else "",
        "mrn": _number(person, "MR"),
        "sex": text(person.get("gender")),
        "member_id": text(coverage.get("subscriberId")),
    }
    case: dict[str, object] = {"as_of": today.isoformat(), "drug": wanted.brand, "payer": site.payer}
    plan = plan_type(coverage, site)
    case |= {"plan_type": plan, "state": site.state if plan else ""}
    return {key: value for key, value in case.items() if value} | {
        "patient": {key: value for key, value in who.items() if value}
    }


def plan_type(coverage: Resource, site: Site) -> str:
    """The plan type that the coverage names in our words, else the site's own."""
    from chartproof.rights.law import plans

    said = text(mapping(coverage.get("type")).get("text"))
    return said if said in plans()["plans"] else site.plan_type


def _number(person: Resource, kind: str) -> str:
    for one in objects(person.get("identifier")):
        if any(code == kind for _, code in codes(one.get("type"))):
            return text(one.get("value"))
    return ""


def not_read(review: Review) -> tuple[str, ...]:
    """A line for each document of which something was not read, and for a label that could not be chosen."""
    files = {page.file for file in review.chart.files for page in file.pages if page.read == "unread"}
    files |= {file.name for file in review.chart.files if file.read == "unread"}
    notes = tuple(f"not all of this document could be read: {name}" for name in sorted(files))
    return notes if review.label else (*notes, "no label was checked: the chart does not tell the indication")


def pointers(request: Submitted, given: Supplied, review: Review) -> tuple[str, ...]:
    """A line for each answer of the form whose quote is not on the page to which it points.

    The answers point and do not decide: what is decided, our own reading of the documents found.
    """
    pages = {
        (page.file, page.number): " ".join(page.text.split()) for file in review.chart.files for page in file.pages
    }
    notes = []
    for held in request.supporting:
        if held.kind != "QuestionnaireResponse":
            continue
        for item in answered(held.resource.get("item")):
            for evidence in (
                one for answer in objects(item.get("answer")) for one in extensions(answer, ANSWER_EVIDENCE)
            ):
                place = request.index.resolve(target(extension_value(evidence, "document")), near=held)
                file = given.names.get(place.address, "") if place else ""
                page, quote = (
                    extension_value(evidence, "page"),
                    " ".join(text(extension_value(evidence, "quote")).split()),
                )
                if not quote or quote not in pages.get((file, page if isinstance(page, int) else 0), ""):
                    notes.append(f"the answer {text(item.get('linkId'))} cites words that are not on the page it names")
    return tuple(notes)
