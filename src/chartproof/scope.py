"""What a reader must know about the scope of a review: a line each, and what else the policy and the labels name."""

from __future__ import annotations

from collections.abc import Sequence

from chartproof.model import Case, Denial, Finding
from chartproof.model.policy import Policy
from chartproof.policy.labels import list_products


def plan_unknown(case: Case, denial: Denial | None) -> str:
    """A line that asks for the plan type where neither case.yaml nor the letter gives it, with what the letter shows."""
    if denial is None or case.plan_type:
        return ""
    shown = ", ".join(filter(None, (denial.payer, denial.product_line, denial.state))) or "no plan"
    return (
        f"The letter does not say what kind of plan this is; it shows: {shown}. The law turns on it: no step outside the "
        "plan is in this package. Add a line such as 'plan_type: self_funded_erisa' to case.yaml (or commercial_insured, "
        "marketplace, medicare_advantage, medicaid_mco, fehb)."
    )


def precondition_note(policy: Policy, criteria: Sequence[Finding]) -> str:
    """What to ask for where a criterion that rests on papers that are not public is open; "" where it is not."""
    data = policy.facts_of.get("precondition")
    if not isinstance(data, dict):
        return ""
    row = next((row for row in criteria if row.id == data["rule"]), None)
    if row is None or row.status not in ("missing", "not_met"):
        return ""
    hidden = f" Its rules are not public ({', '.join(data['not_public'])})." if data.get("not_public") else ""
    return f"{row.id} is met by {data['met_by']}.{hidden} Ask for {'; and for '.join(data['ask_for'])}."


def another_payer(policy: Policy, case: Case, denial: Denial | None) -> str:
    """A line that says so where the case's payer is not the one whose policy was used, and did not cite it either."""
    payer = policy.payer
    if not payer or not case.payer or payer.split()[0].lower() in case.payer.lower():
        return ""
    if denial and denial.policy_cited and denial.policy_cited == policy.number:
        return ""
    return (
        f"The payer is {case.payer}; the policy used is that of {payer}. "
        "Give the payer's own policy with --policy, or read the rows as a comparison."
    )


def codes_listed(policy: Policy) -> tuple[str, ...]:
    """The diagnosis codes and ranges that the policy prints; none where its file does not say."""
    codes = policy.facts_of.get("codes")
    diagnoses = codes.get("icd10cm") if isinstance(codes, dict) else None
    listed = diagnoses.get("listed") if isinstance(diagnoses, dict) else None
    return tuple(str(code) for code in listed) if isinstance(listed, list) else ()


def other_products(case: Case) -> tuple[str, ...]:
    """The brands of other products whose confirmed label names the case's disease."""
    own = next((i for p in list_products() for i in p.indications if i.id == case.indication), None)
    return tuple(
        product.brand
        for product in list_products()
        if own and product.id != own.product
        and any(one.disease == own.disease and one.verified for one in product.indications)
    )  # fmt: skip
