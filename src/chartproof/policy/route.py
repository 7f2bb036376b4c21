"""Which rule set governs: a policy's product-line rules, read for one plan type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chartproof.model.policy import Policy
from chartproof.model.route import KIND_OF_PLAN, Route, plan_words

THIS = "this"
_OWN = "the plan's own medical policy"
_WHICH = "which medical policy the plan uses for this member, and where the contract says so"


def route(policy: Policy, plan_type: str, *, own: bool = True) -> Route | None:
    """The rules for the member's product; None where the policy has no product-line rules.

    `own` is False where the case's payer is another one: what binds every payer still holds, the policy itself does not.
    """
    data = policy.facts_of.get("product_lines")
    if not isinstance(data, Mapping):
        return None
    lines: list[Mapping[str, Any]] = data["lines"]
    line = next((line for line in lines if plan_type in line["plan_types"]), None)
    if line is None:
        return _open(policy, plan_type, data)
    order: list[Mapping[str, Any]] = line["order"]
    first = next(step for step in order if step.get("exists", "yes" if "policy" in step else "no") == "yes")
    doubt = "" if data["verified"] else f"confirm against {data['source']}"
    return Route(
        product=line["name"],
        governs=first["name"],
        policy=policy.id if first["policy"] == THIS else first["policy"],
        order=tuple(step["name"] if own or step.get("policy") != THIS else _OWN for step in order),
        not_covered=line["not_covered"],
        ask=tuple(step["ask"] for step in order if "ask" in step),
        confirm="; ".join(filter(None, (line.get("confirm", ""), doubt))),
        unless=line.get("unless", ""),
        basis=line.get("basis", "policy"),
        because=line.get("because", ""),
        source=data["source"],
    )


def of_another_payer(policy: Policy, payer: str) -> Route:
    """Where the case's payer is not the policy's own: its product-line rules do not bind another payer."""
    number = policy.number or policy.id
    said = f"The payer is {payer}: whether policy {number} of {policy.payer} governs its members is open"
    return Route("", "", "", ask=(_WHICH,), because=said)


def _open(policy: Policy, plan_type: str, data: Mapping[str, Any]) -> Route:
    """Where the plan type is not known, or the policy names no such product."""
    number = policy.number or policy.id
    names = ", ".join(line["name"] for line in data["lines"])
    if plan_type:
        said = f"Policy {number} does not name {plan_words(plan_type)} coverage: whether it governs is open"
        ask: tuple[str, ...] = (_WHICH,)
    else:
        said = f"Which rules govern is open, because the kind of plan is not known (policy {number} names: {names})"
        ask = (KIND_OF_PLAN,)
    return Route("", "", "", ask=ask, because=said, source=data["source"])
