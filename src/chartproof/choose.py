"""Which letter speaks of this request, and which of a label's indications is asked for where nobody typed it in.

What the chart leaves open is said, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from chartproof.decide.fold import fold_criterion, tree_of
from chartproof.decide.resolve import resolve
from chartproof.model import Case, Chart, Denial, Fact
from chartproof.model.policy import FactTest, Policy
from chartproof.policy.compile import compile_policy
from chartproof.policy.labels import Indication, Product, find_indications, find_product, load_label, product_data

#: Words of a policy's title that say nothing of its subject.
_GENERAL = frozenset(
    [
        "a",
        "and",
        "candidate",
        "candidates",
        "cells",
        "for",
        "medical",
        "of",
        "policy",
        "selection",
        "services",
        "t",
        "the",
        "therapy",
        "treatment",
    ]
)


def choose_indication(product: Product, chart: Chart, as_of: date) -> tuple[str, str]:
    """(an indication's id, "" or one line on what else it could be) or ("", one line that says why none was chosen).

    The disease is the newest that pathology proves, else the newest that the chart states; the number of earlier lines
    of therapy chooses between a label's second-line and third-line indications, where that number is certain. Where two
    indications ask for the same number of lines, the one whose state of disease the chart proves; else the first, and
    the line says so: its rows then show what is missing.
    """
    diseases = diagnosed(chart)
    if not diseases:
        return "", _open(product, "the chart proves no diagnosis", product.indications)
    if len(diseases) > 1:
        return "", _open(product, f"the newest reports name {words(diseases, 'and')}", product.indications)
    fitting = find_indications(product.id, diseases[0])
    if not fitting:
        said = f"{words(diseases)} is no indication of {product.brand} that is known here"
        return "", _open(product, said, product.indications)
    if len(fitting) > 1:
        of_lines = by_lines(fitting, lines_before(chart))
        if len(of_lines) > 1:
            return by_state(product, of_lines, chart, as_of)
        fitting = of_lines or fitting
    if len(fitting) > 1:
        return "", _open(product, "several indications fit", fitting)
    return fitting[0].id, ""


def by_state(product: Product, fitting: Sequence[Indication], chart: Chart, as_of: date) -> tuple[str, str]:
    """The indication whose row on the state of the disease is met, the first where several are; the line where none is."""
    proved = [one for one in fitting if state_is_met(one, chart, as_of)]
    if proved:
        return proved[0].id, ""
    ids = " or ".join(one.id for one in fitting)
    return fitting[0].id, (
        f"The chart does not prove which indication of {product.brand} is asked for; the label was checked as "
        f"{fitting[0].id}. Add a line 'indication: ...' to case.yaml with one of {ids}."
    )


def state_is_met(indication: Indication, chart: Chart, as_of: date) -> bool:
    """Whether the chart proves the state of disease that this indication asks for."""
    rows = compile_policy(load_label(indication.id))
    resolved = resolve(
        chart.facts, rows.leaves, rows.answers, as_of=as_of, coverage=chart.coverage, documents=chart.documents
    )
    row = next(one for one in rows.criteria if one.id == "relapsed_or_refractory")
    return fold_criterion(row, tree_of(rows), resolved.results).truth > 0


def diagnosed(chart: Chart) -> tuple[str, ...]:
    """The disease of the newest signed pathology, else of the newest signed statement; several where they disagree."""
    for concept in ("pathology_diagnosis", "diagnosis"):
        facts = [
            fact for fact in chart.facts
            if fact.concept == concept and fact.assertion == "present" and fact.value and fact.signed
        ]  # fmt: skip
        if facts:
            newest = max(_day(fact) for fact in facts)
            return tuple(sorted({fact.value for fact in facts if fact.value and _day(fact) == newest}))
    return ()


def _day(fact: Fact) -> date:
    return fact.when.last if fact.when else date.min


def lines_before(chart: Chart) -> int | None:
    """How many lines of systemic therapy the chart proves; None where its documents leave that open."""
    counts = [fact.quantity for fact in chart.facts if fact.concept == "prior_lines" and fact.quantity]
    if any(count.low != count.high or count.low is None for count in counts):
        return None
    numbers = {int(count.low) for count in counts if count.low is not None} or {len(chart.lines)}
    return numbers.pop() if len(numbers) == 1 else None


def by_lines(indications: Iterable[Indication], lines: int | None) -> tuple[Indication, ...]:
    """The indications that ask for the most lines that this patient has had; none where the number is open or too small."""
    if lines is None:
        return ()
    asked = [(least_lines(one), one) for one in indications]
    most = max((least for least, _one in asked if least <= lines), default=None)
    return tuple(one for least, one in asked if least == most)


def least_lines(indication: Indication) -> int:
    """The number of earlier lines that the label names; 0 where it names none."""
    rule = next(rule for rule in load_label(indication.id).rules if rule.id == "prior_lines")
    body = rule.body
    limit = body.limit if isinstance(body, FactTest) and body.test == "at_least" else None
    return int(limit) if isinstance(limit, (int, float)) else 0


def same_drug(one: str, other: str) -> bool:
    """Whether two names mean one product: brand, generic name or both."""
    known, wanted = find_product(one), find_product(other)
    if known or wanted:
        return known == wanted
    return one.strip().lower() == other.strip().lower() or not named(one).isdisjoint(named(other))


def _also_named(letter: Denial, case: Case) -> bool:
    """Whether the service of the letter names the case's drug, one without a label here."""
    unknown = bool(case.drug) and find_product(case.drug) is None
    return unknown and not named(case.drug).isdisjoint(named(letter.service or ""))


def named(text: str) -> frozenset[str]:
    """The words of a name that are long enough to be one: those of 'Humira (adalimumab)' are humira and adalimumab."""
    return frozenset(word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 5)


def speaks_of(letter: Denial, case: Case, policy: Policy) -> bool:
    """Whether a letter is about what is asked for: its drug, its codes, its policy or its service says so.

    A letter that names neither drug nor service is taken; one that names another service (an MRI of years ago) is not.
    Without a policy and without a drug every letter may be the one.
    """
    if not policy.rules and not case.drug:
        return True
    if letter.drug_named and case.drug:
        return same_drug(letter.drug_named, case.drug) or _also_named(letter, case)
    if _also_named(letter, case):
        return True
    product = find_product(letter.drug_named or letter.service or "")
    if product is not None:
        return not case.drug or product == find_product(case.drug)
    if not (letter.drug_named or letter.service or letter.service_codes):
        return True
    wanted = find_product(case.drug or case.product)
    codes = {*codes_in(policy.facts_of.get("codes")), *(codes_in(product_data(wanted.id)) if wanted else ())}
    cited = " ".join((letter.policy_cited or "", *letter.policies_cited))
    return (
        not codes.isdisjoint(letter.service_codes)
        or bool(policy.number and policy.number in cited)
        or not subject(policy.title).isdisjoint(subject(letter.service or ""))
    )


def open_denial(letters: Iterable[Denial], case: Case, policy: Policy) -> Denial | None:
    """The denial to answer now: the newest of the letters on the service that the policy rules.

    A pharmacy's letter on the drug alone gives way to one on the service. An upheld appeal is newer than the denial that
    it upholds. A letter on another service, or one of a day that is still to come, is not it.
    """
    ours = [
        one
        for one in letters
        if speaks_of(one, case, policy) and not (one.letter_date and one.letter_date > case.as_of)
    ]
    return max(
        ours, key=lambda one: (of_service(one, policy), one.letter_date or date.min, one.file), default=None
    )  # fmt: skip


def other_denials(letters: Iterable[Denial], chosen: Denial | None) -> Iterator[str]:
    """One line for each further letter of the folder that denies something, oldest first."""
    for one in sorted(letters, key=lambda letter: (letter.letter_date or date.min, letter.file)):
        if one is not chosen:
            day = f" of {one.letter_date.isoformat()}" if one.letter_date else ""
            yield f"Another denial{day} is in the folder and is not answered here: {one.file}."


def of_service(letter: Denial, policy: Policy) -> bool:
    """Whether a letter decides on the service and not on the drug alone: an appeal, or one that names policy or procedure."""
    if letter.letter_kind in ("upheld_appeal", "final_internal"):
        return True
    cited = " ".join((letter.policy_cited or "", *letter.policies_cited))
    procedures = {code for code in codes_in(policy.facts_of.get("codes")) if code[:1].isdigit()}
    return bool(policy.number and policy.number in cited) or not procedures.isdisjoint(letter.service_codes)


def codes_in(data: object) -> Iterator[str]:
    """Every value of a key `code` in a file's plain data."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "code":
                yield str(value)
            else:
                yield from codes_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from codes_in(value)


def subject(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", title.lower())) - _GENERAL


def words(diseases: Iterable[str], join: str = "or") -> str:
    return f" {join} ".join(disease.replace("_", " ") for disease in diseases)


def _open(product: Product, reason: str, choices: Iterable[Indication]) -> str:
    ids = " or ".join(one.id for one in choices)
    return (
        f"The label of {product.brand} was not checked: {reason}. "
        f"Add a line 'indication: ...' to case.yaml with one of {ids}."
    )
