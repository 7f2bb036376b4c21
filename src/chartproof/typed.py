"""What a coordinator typed in: refused where it is not known, completed from the letter and the chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartproof.chart.identity import guess_patient
from chartproof.choose import choose_indication
from chartproof.errors import InputError
from chartproof.model import Case, Chart, Denial, SourceFile
from chartproof.policy.labels import find_product, list_products, load_label
from chartproof.rights.law import tables_for


def check_typed(case: Case, *, any_drug: bool = False) -> None:
    """Refuses, before anything is read, a drug, indication or plan type of case.yaml that is not known.

    `any_drug`: the policy was chosen by the reader, so that a drug without a label here is no slip of the pen.
    """
    product = find_product(case.drug) if case.drug else None
    if case.drug and product is None and not any_drug:
        known = ", ".join(one.brand for one in list_products())
        raise InputError(
            "CP-CASE-04", f"the drug '{case.drug}' has no label here", where="case.yaml, drug",
            then=f"Known: {known}. Leave it out to review against the policy alone; for another drug name its policy, or 'none'.",
        )  # fmt: skip
    label = load_label(case.indication) if case.indication else None
    if label and product and label.product != product.id:
        ids = ", ".join(one.id for one in product.indications)
        raise InputError(
            "CP-CASE-06", f"the indication '{case.indication}' is not one of {product.brand}",
            where="case.yaml, indication", then=f"Use one of: {ids}.",
        )  # fmt: skip
    if case.plan_type:
        try:
            tables_for(case.plan_type, case.state)
        except InputError as error:
            raise InputError(error.code, error.what, where="case.yaml, plan_type", then=error.then) from error


def complete(case: Case, denial: Denial | None, files: Sequence[SourceFile] = ()) -> Case:
    """What the coordinator did not type in, from the letter and the pages where it is printed there."""
    if not case.patient.name and not case.patient.born:
        seen = guess_patient(page for file in files for page in file.pages)
        case = replace(case, patient=replace(case.patient, name=seen.name, born=seen.born))
    if denial is None:
        return case
    return replace(
        case,
        drug=case.drug or denial.drug_named or "",
        payer=case.payer or denial.payer or "",
        plan_type=case.plan_type or denial.plan_type or "",
        state=case.state or denial.state or "",
        received=case.received or denial.received,
    )


def name_indication(case: Case, chart: Chart) -> tuple[Case, str]:
    """The case with its product and indication; the line says why no label is checked, where none can be."""
    product = find_product(case.drug or case.product)
    if product is None and case.indication:
        of = load_label(case.indication).product
        product = next(one for one in list_products() if one.id == of)
        case = replace(case, drug=case.drug or product.brand)
    if product is None and case.drug:
        return case, f"No label was checked: the letter names {case.drug}, whose label is not known here."
    if product is None:
        return case, "No label was checked: no drug is named. Add a line 'drug: ...' to case.yaml."
    case = replace(case, product=product.id)
    if case.indication:
        return case, ""
    indication, note = choose_indication(product, chart, case.as_of)
    return replace(case, indication=indication), note
