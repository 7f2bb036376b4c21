"""The same decision as anywhere, over what a request holds. Approved only where every row is met and the site has said so;
else pended with the list of what is open. Never a denial: that takes a named clinician."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from chartproof.exchange.agreement import disagreements
from chartproof.exchange.answers import forms
from chartproof.exchange.attachments import supplied
from chartproof.exchange.doubts import REQUESTED, doubts
from chartproof.exchange.elements import codes, extension_value, mapping, objects, target, text, texts
from chartproof.exchange.orders import Asked, asked
from chartproof.exchange.refusals import Resource
from chartproof.exchange.site import Site
from chartproof.exchange.submitted import Submitted
from chartproof.exchange.told_against import not_understood, told_against
from chartproof.model import Case, Finding, Patient, Review, Ruling, SourceFile
from chartproof.policy.load import NO_POLICY
from chartproof.tour import review_files
from chartproof.typed import check_typed

APPROVED, PENDED, CANCELLED = "approved", "pended", "cancelled"
#: Never a state of `decide`: a clinician's ruling alone makes it (`ruled`).
DENIED = "denied"
#: Reads the files of a folder. What came with a request is of unknown origin: it is read apart, by whoever serves.
Reader = Callable[[Path], Sequence[SourceFile]]


@dataclass(frozen=True, slots=True)
class Decision:
    """`items`: sequence -> approved, pended or cancelled. `open` are the rows that are missing or not met.

    `notes` say what else a person must know: documents not read, answers whose words are not where they are said to be,
    items of which no policy here speaks; where it speaks of none, `review` is of the documents alone, under no policy.
    `told` are sentences that are not understood, with what they may be about.
    `ruling` is a clinician's, where one decided.
    """

    items: Mapping[int, str]
    open: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    policy: str = ""
    review: Review | None = field(default=None, compare=False)
    ruling: Ruling | None = None


def decide(request: Submitted, site: Site, *, today: date, folder: Path, read: Reader) -> Decision:
    """Decides a request. `folder` is empty and the caller's to remove; the request's documents are written into it, and
    `read` reads them.

    Raises Refused where an attachment cannot be decoded.
    """
    wanted = {_sequence(item, n): _asked(item, request, site) for n, item in enumerate(request.items, 1)}
    asked_for = request.asked
    gone = {_sequence(item, n) for n, item in enumerate(request.items, 1) if item not in asked_for}
    still = {sequence: one for sequence, one in wanted.items() if sequence not in gone}
    spoken = [one for one in still.values() if one]
    items = {sequence: CANCELLED if sequence in gone else PENDED for sequence in wanted}
    unknown = tuple(
        f"item {sequence}: no policy here speaks of this service; a person decides"
        for sequence, one in still.items()
        if one is None
    )
    if not still:
        return Decision(items)
    unknown = (*unknown, *doubts(request, still, site, today=today))
    given, first = supplied(request), _first(spoken) if spoken else None
    case = case_of(request, first, site, today)
    check_typed(case, any_drug=True)
    for name, data in given.files.items():
        (folder / name).write_bytes(data)
    review = review_files(read(folder), case, policy=_policy(first, site) if first else NO_POLICY)
    if first is None:  # what is known of the chart, for the person who decides; no rule is asked
        return Decision(items, notes=(*unknown, *given.unread, *forms(request, given, review, site)), review=review)
    rows = tuple(one for one in (*review.criteria, *review.label) if one.status in ("missing", "not_met"))
    notes = (*unknown, *given.unread, *not_read(review), *disagreements(request, review))
    notes = (*notes, *forms(request, given, review, site))
    told = tuple(dict.fromkeys(told_against(request, review)))
    if approvable(review, site) and not rows and not notes and not told:
        notes = tuple(not_understood(request, review))
        items = items if notes else _approved(items)
    return Decision(items, rows, notes, told, review.policy_id, review)


def _approved(items: Mapping[int, str]) -> dict[int, str]:
    return {sequence: APPROVED if state == PENDED else state for sequence, state in items.items()}


def held_back(decision: Decision, lines: Sequence[str]) -> Decision:
    """The decision, with its approvals pended where there is a line that speaks against them."""
    if not lines or APPROVED not in decision.items.values():
        return decision
    items = {sequence: PENDED if state == APPROVED else state for sequence, state in decision.items.items()}
    return replace(decision, items=items, notes=(*decision.notes, *lines))


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
    address = target(extension_value(item, REQUESTED))
    order = request.index.resolve(address, near=request.claim) if address else None
    medications = tuple(request.index.of("Medication"))
    return (asked(order.resource, site.loaded, medications) if order else None) or own


def _first(spoken: list[Asked]) -> Asked:
    """The product where one is named, else the first service."""
    return next((one for one in spoken if one.product), spoken[0])


def _policy(wanted: Asked, site: Site) -> str:
    """The name under which the site loads the policy."""
    return next(name for name, policy in zip(site.policies, site.loaded, strict=True) if policy.id == wanted.policy.id)


def case_of(request: Submitted, wanted: Asked | None, site: Site, today: date) -> Case:
    """The case of a request: only what it says itself."""
    brand = wanted.brand if wanted else ""
    patient, held = request.party("patient"), request.coverage
    person, coverage = patient.resource if patient else {}, held.resource if held else {}
    name = objects(person.get("name"))[:1]
    given = texts(name[0].get("given")) if name else []
    family = text(name[0].get("family")) if name else ""
    plan = plan_type(coverage, site)
    who = Patient(
        name=" ".join([*given, family]).strip() or (text(name[0].get("text")) if name else ""),
        born=day_of(text(person.get("birthDate"))),
        mrn=_number(person, "MR"),
        sex=text(person.get("gender")),
        member_id=text(coverage.get("subscriberId")),
    )
    return Case(today, who, drug=brand, payer=site.payer, plan_type=plan, state=site.state if plan else "")


def day_of(words: str) -> date | None:
    """A whole day as FHIR writes it; None for a month, a year, or a day that no calendar has."""
    try:
        return date.fromisoformat(words) if len(words) == 10 else None
    except ValueError:
        return None


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
