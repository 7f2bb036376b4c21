"""What a reader must know about the scope of a review: a line each, and what else the policy and the labels name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from chartproof.model import Case, Chart, Denial, Finding
from chartproof.model.policy import Policy
from chartproof.policy.labels import list_products
from chartproof.policy.load import concepts, knowledge, read_yaml


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
    return f"{row.id} is open: what meets it is {data['met_by']}.{hidden} Ask for {'; and for '.join(data['ask_for'])}."


def unsigned_papers(rows: Sequence[Finding], chart: Chart) -> tuple[Finding, ...]:
    """The rows; one that is missing, although a paper of the kind that it asks for lies there unsigned, names that paper."""
    says, kinds = _papers()
    unsigned = [one for one in chart.documents if one.signed is False and one.belongs is not False]

    def told(row: Finding) -> Finding:
        wanted = {kind for name in row.sought for kind in kinds.get(name, ())}
        paper = next((one for one in unsigned if one.kind in wanted), None)
        if row.status != "missing" or paper is None or paper.file in row.shows:
            return row
        pages = f"p. {paper.first}" if paper.first == paper.last else f"p. {paper.first}-{paper.last}"
        return replace(row, shows=says.format(shows=row.shows, file=paper.file, pages=pages))

    return tuple(map(told, rows))


@cache
def _papers() -> tuple[str, dict[str, list[str]]]:
    """What is said of an unsigned paper, and which kinds of paper answer what is looked for."""
    said = read_yaml(knowledge("vocabulary", "shows.yaml"))["not_signed"]
    return said["says"], {concepts()[name].name: kinds for name, kinds in said["papers"].items()}


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
