"""When a request must be decided: the law of the member's plan, for a drug or a service, urgent or not, from when it came."""

from __future__ import annotations

from datetime import datetime

from chartproof.model import Deadline
from chartproof.packet.look import prose_day
from chartproof.rights.deadlines import deadlines


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


def clock_line(due: tuple[Deadline, ...]) -> str:
    """One line: the earliest day or hour, its rule's citation, and whether to confirm it."""
    first = due[0]
    hour = f", {first.due:%H:%M} {first.due:%Z}".rstrip() if isinstance(first.due, datetime) else ""
    doubt = "" if first.verified or "confirm" in first.citation else ", confirm"
    return f"a decision is due by {prose_day(first.due)}{hour} ({first.citation}{doubt})"
