"""A clinician's own list of conditions is complete for what it would have named: its silence on lungs is an answer.

Held narrow: the list must stand in a signed evaluation of this patient, the smoking history must be stated and light
(never, or under the pack-years that policies call significant), and no lung disease may be named anywhere as the patient's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chartproof.model import Coverage, Document, Fact

LUNG = ("copd", "emphysema", "alpha_1_antitrypsin_deficiency", "hepatopulmonary_syndrome")
EVALUATIONS = ("clinic_note", "consult_note", "provider_letter")
#: Below this a smoking history is light in every policy known to us (the least that any calls significant is 20).
LIGHT_PACK_YEARS = 20.0


def coverage(facts: Iterable[Fact], documents: Iterable[Document]) -> Iterator[Coverage]:
    kinds = {document.id: document.kind for document in documents}
    facts = list(facts)
    lists = [
        fact
        for fact in facts
        if fact.concept == "comorbidities_identified"
        and fact.assertion == "present"
        and fact.signed
        and kinds.get(fact.document) in EVALUATIONS
    ]
    named = any(fact.concept in LUNG and fact.assertion in ("present", "historical") for fact in facts)
    smoked = light_smoking(facts)
    if lists and smoked and not named:
        newest = max(lists, key=lambda fact: str(fact.when or ""))
        yield Coverage(LUNG, (newest.evidence[0], smoked.evidence[0]), newest.when)


def light_smoking(facts: list[Fact]) -> Fact | None:
    """The fact that says never or few pack-years; None where any statement says more, or none says how much."""
    years = [
        fact for fact in facts if fact.concept == "smoking_pack_years" and fact.assertion in ("present", "historical")
    ]
    if years:
        most = max(years, key=lambda fact: (fact.quantity.high or 999.0) if fact.quantity else 999.0)
        high = most.quantity.high if most.quantity else None
        return most if high is not None and high < LIGHT_PACK_YEARS else None
    never = [fact for fact in facts if fact.concept == "smoking" and fact.assertion == "absent" and fact.signed]
    ever = [
        fact
        for fact in facts
        if fact.concept == "smoking" and fact.assertion in ("present", "historical") and fact.signed
    ]
    return never[0] if never and not ever else None
