"""Claim/$submit of a payer: the same request gives the same answer, and asks for nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from chartproof.exchange.answer import Told, error_bundle, response_bundle
from chartproof.exchange.attachments import supplied
from chartproof.exchange.before import before
from chartproof.exchange.clocks import as_of_before, decision_due
from chartproof.exchange.coded import data
from chartproof.exchange.decision import (
    APPROVED,
    CANCELLED,
    DENIED,
    PENDED,
    Decision,
    Reader,
    decide,
    held_back,
    plan_type,
)
from chartproof.exchange.elements import has_code, mapping, objects, text
from chartproof.exchange.known_by import (
    member_of,
    number_of,
    parts,
    providers,
    refuse_stranger,
    replaced,
)
from chartproof.exchange.ledger import Kept, Ledger
from chartproof.exchange.parameters import bundle_of
from chartproof.exchange.refusals import Issue, Resource
from chartproof.exchange.site import Site
from chartproof.exchange.snapshots import check_profiles, pas_profiles
from chartproof.exchange.submitted import Submitted, read_request
from chartproof.model import Deadline, Review, Ruling
from chartproof.packet.determination import ruled_on
from chartproof.policy.load import NO_POLICY

#: The most warnings of an answer.
MOST_WARNINGS = 20


def received(message: Resource, *, version: str = "2.2", of: Collection[str] = ()) -> Submitted:
    """The request of a $submit: the Bundle alone, or in Parameters as `resource`. What it breaks of the guide's profiles
    becomes a warning (2.2; the earlier ones have another shape). Raises Refused.

    of   numbers of the organizations for which the caller may ask; none: whoever is named
    """
    request = read_request(bundle_of(message))
    refuse_stranger(request, of)
    if version.startswith("2.0"):
        return request
    found = islice(check_profiles(request.message, pas_profiles()), MOST_WARNINGS)
    told = (Issue(one.text, one.kind, one.at, "warning") for one in found)
    return replace(request, warnings=(*request.warnings, *told))


def earlier(request: Submitted, ledger: Ledger, *, settled: bool = True) -> Resource | None:
    """The answer to the same request, where it came before and was settled; not `settled`: whatever it is by now."""
    kept = ledger.shelf.same(request.digest)
    return kept.answer if kept and (kept.settled or not settled) else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that is read: it waits for a person where an item is pended, and takes the place of what it updates. `due` is
    the first day by which the law wants a decision."""

    request: Submitted
    decision: Decision
    reference: str
    policy: str
    payer: str
    due: date | None
    at: datetime


#: Takes what was decided to where people work.
Hand = Callable[[Waiting], None]


def settle(
    request: Submitted, site: Site, ledger: Ledger, *, now: datetime, folder: Path, read: Reader, hand: Hand | None = None
) -> Resource:  # fmt: skip
    """Decides the request, keeps the answer and gives it. `folder` is empty, and the caller's to remove; `read` reads
    what is put there; what was decided goes on by `hand`."""
    refused = refusal(request, site)
    if refused:
        answer = error_bundle(request, *refused, Told(number_of(request)), at=now)
        ledger.shelf.keep(_kept(request, answer, settled=True), request.message)
        return answer
    decision = decide(request, site, today=now.date(), folder=folder, read=read)
    decision = held_back(decision, before(request, decision, ledger))
    answer = _answer(request, decision, site, ledger, now=now, settled=True)
    if hand:
        due = _due(request, decision, site, ledger, now=now, settled=True)
        first = due[0].due if due else None
        day = first.date() if isinstance(first, datetime) else first
        named = zip(site.policies, site.loaded, strict=True)
        policy = next((name for name, one in named if one.id == decision.policy), NO_POLICY)
        hand(Waiting(request, decision, number_of(request), policy, site.payer, day, now))
    return answer


def ruled(request: Submitted, ruling: Ruling, review: Review | None, site: Site) -> tuple[Resource, str]:
    """The answer that a clinician's ruling gives, and the product that it approves ("" where none): every item that was not
    called off is approved, denied, or stays pended with what is asked for.

    Raises ChartproofError CP-FHIR-19 for a denial without a named clinician.
    """
    state = {"approve": APPROVED, "deny": DENIED, "ask": PENDED}[ruling.outcome]
    asked = [one.get("sequence") for one in request.asked]
    numbers = [n for n in (one.get("sequence") for one in request.items) if isinstance(n, int)]
    rows = ruled_on(review, ruling) if review and ruling.outcome != "approve" else ()
    items = {n: state if n in asked else CANCELLED for n in numbers}
    decision = Decision(items, rows, policy=review.policy_id if review else "", review=review, ruling=ruling)
    served = review is not None and any(one.id == review.policy_id != NO_POLICY for one in site.loaded)
    context = f"{number_of(request)}-form" if ruling.outcome == "ask" and served else ""
    answer = response_bundle(request, decision, Told(number_of(request), context), site, at=ruling.at)
    return answer, _approved(decision)


def accepted(request: Submitted, site: Site, ledger: Ledger, *, now: datetime) -> Resource | None:
    """Keeps the request before anything of it is read, and gives the answer until then: pended, every item, with one line
    that says so. None, and nothing kept, where it cannot be taken at all.

    Raises Refused as `supplied`: what cannot be decoded is never kept.
    """
    if refusal(request, site):
        return None
    supplied(request)
    items = {n: PENDED for n in (one.get("sequence") for one in request.items) if isinstance(n, int)}
    decision = Decision(items, notes=("the documents are still being read; ask again, or wait for the notice",))
    return _answer(request, decision, site, ledger, now=now, settled=False)


def _answer(
    request: Submitted, decision: Decision, site: Site, ledger: Ledger, *, now: datetime, settled: bool
) -> Resource:
    due = _due(request, decision, site, ledger, now=now, settled=settled)
    reference = number_of(request)
    context = f"{reference}-form" if decision.policy and decision.open else ""
    if context:
        ledger.remember(context, decision.policy)
    open_still = PENDED in decision.items.values()
    answer = response_bundle(request, decision, Told(reference, context, due if open_still else ()), site, at=now)
    ledger.shelf.keep(_kept(request, answer, settled=settled, approved=_approved(decision)), request.message)
    return answer


def _due(
    request: Submitted, decision: Decision, site: Site, ledger: Ledger, *, now: datetime, settled: bool
) -> tuple[Deadline, ...]:
    found = decision_due(
        plan_type=plan_type(request.coverage.resource if request.coverage else {}, site),
        state=site.state,
        received=now,
        urgent=urgent(request),
        item=site.item or ("drug" if decision.review and decision.review.case.product else "service"),
        complete=settled and not decision.open,
    )
    updated = replaced(request)
    filed = ledger.shelf.named("number", [updated]) if updated else ()
    mine = (one for one in filed if one.digest != request.digest and one.member & member_of(request))
    return as_of_before(found, [mapping(objects(one.answer.get("entry"))[0].get("resource")) for one in mine])


def urgent(request: Submitted) -> bool:
    """Whether the request asks for the short clock: by its priority, or its level of service."""
    claim = request.claim.resource
    levels = [mapping(one.get("valueCodeableConcept")) for one in objects(claim.get("extension"))]
    code = str(data()["x12"]["level"]["urgent"])
    named = [
        one
        for one, holder in zip(levels, objects(claim.get("extension")), strict=True)
        if "levelOfService" in text(holder.get("url"))
    ]
    return has_code(claim.get("priority"), data()["urgent"]) or any(has_code(one, code) for one in named)


def refusal(request: Submitted, site: Site) -> tuple[str, str] | None:
    """(reject code, element) where the business cannot take the request; None where it can."""
    insurer = request.party("insurer")
    numbers = {text(one.get("value")) for one in objects(insurer.resource.get("identifier"))} if insurer else set()
    if site.payer_ids and not numbers.intersection(site.payer_ids):
        return "payer", "Claim.insurer"
    return None


def _approved(decision: Decision) -> str:
    """The product that was approved, "" where none was."""
    every = set(decision.items.values()) == {APPROVED}
    return decision.review.case.product if every and decision.review else ""


def _kept(request: Submitted, answer: Resource, *, settled: bool, approved: str = "") -> Kept:
    own = (request.number, number_of(request), f"|{number_of(request)}", *parts(request))
    numbers = [one for one in own if one]
    return Kept(
        request.digest,
        number_of(request),
        tuple(numbers),
        member_of(request),
        providers(request),
        answer,
        replaced(request),
        settled,
        approved,
    )
