"""When a request must be decided: the law of the member's plan, for a drug or a service, urgent or not, from when it came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chartproof.exchange.elements import extension_value, extensions, text
from chartproof.exchange.refusals import Resource
from chartproof.model import Deadline
from chartproof.packet.look import prose_day
from chartproof.rights.deadlines import deadlines

#: On a ClaimResponse: a day by which the law wants a decision, with its rule.
DUE = "urn:chartproof:decision-due"


def decision_due(
    *, plan_type: str, state: str = "", received: datetime, urgent: bool, item: str, complete: bool
) -> tuple[Deadline, ...]:
    """Every date by which the plan must have decided, the earliest first; none where the plan type is not known.

    item      drug or service: which of the two a cell product is, each payer says for itself
    complete  the request had all that is needed; some laws count from that day alone
    """
    if not plan_type:
        return ()
    given: dict[str, object] = {"pa_request_received": received, "claim": "urgent" if urgent else "pre_service"}
    if complete:
        given["complete_request_received"] = received
    found = deadlines(plan_type=plan_type, state=state, given=given, item=item)
    return tuple(one for one in found if one.who == "plan")


def as_of_before(due: tuple[Deadline, ...], earlier: Iterable[Resource]) -> tuple[Deadline, ...]:
    """The dates of an update: by the same rule never later than those of the requests before it, whose answers are given. The law
    counts from the first filing, whatever is added later."""
    told = [
        (text(extension_value(one, "rule")), text(extension_value(one, "due")))
        for answer in earlier
        for one in extensions(answer, DUE)
    ]
    found = []
    for one in due:
        read = type(one.due).fromisoformat
        before = [read(day) for rule, day in told if rule == one.rule and ("T" in day) == isinstance(one.due, datetime)]
        first = min([one.due, *before], key=lambda day: day.isoformat())
        found.append(replace(one, due=first, safe_due=min(one.safe_due, first) if before else one.safe_due))
    return tuple(sorted(found, key=lambda one: one.due.isoformat()))


def clock_line(due: tuple[Deadline, ...]) -> str:
    """One line: the earliest day or hour, its rule's citation, and whether to confirm it."""
    first = due[0]
    hour = f", {first.due:%H:%M} {first.due:%Z}".rstrip() if isinstance(first.due, datetime) else ""
    doubt = "" if first.verified or "confirm" in first.citation else ", confirm"
    return f"a decision is due by {prose_day(first.due)}{hour} ({first.citation}{doubt})"
