"""What was answered to a member before, and bears on an approval without a person."""

from __future__ import annotations

from chartproof.exchange.answer import REVIEW_CODE, REVIEWED
from chartproof.exchange.coded import data
from chartproof.exchange.decision import DENIED, Decision
from chartproof.exchange.elements import extension_value, extensions, has_code, mapping, objects
from chartproof.exchange.known_by import member_of, replaced
from chartproof.exchange.ledger import Ledger
from chartproof.exchange.persons import likeness, person_of
from chartproof.exchange.refusals import Resource
from chartproof.exchange.submitted import Submitted


def before(request: Submitted, decision: Decision, ledger: Ledger) -> tuple[str, ...]:
    """What was answered before to this member and bears on an approval: the same product, or a denial."""
    member, updates = member_of(request), replaced(request)
    held = request.party("patient")
    person = held.resource if held else {}
    every = [(one, likeness(person_of(one.answer), person)) for one in ledger.shelf.named("member", member)]
    product = decision.review.case.product if decision.review else ""
    lines: list[str] = []
    for one, alike in every:
        granted = bool(product) and one.approved == product and one.digest != request.digest
        granted = granted and (not updates or updates not in one.numbers)
        refused = _denied(one.answer)
        if alike == "doubtful" and (granted or refused):
            lines.append("under a number of this member an earlier request was decided, of the same person or another")
        elif alike == "same" and granted:
            lines.append(f"the same was approved already under {one.reference}")
        elif alike == "same" and refused:
            lines.append(f"a person denied an earlier request of this member, {one.reference}")
    return tuple(dict.fromkeys(lines))


def _denied(answer: Resource) -> bool:
    """Whether a kept answer is a denial: an item of it has that code."""
    response = mapping(objects(answer.get("entry"))[0].get("resource"))
    decided = [one for item in objects(response.get("item")) for one in objects(item.get("adjudication"))]
    actions = (action for one in decided for action in extensions(one, REVIEWED))
    code = str(data()["x12"]["decision"][DENIED])
    return any(has_code(extension_value(action, REVIEW_CODE), code) for action in actions)
