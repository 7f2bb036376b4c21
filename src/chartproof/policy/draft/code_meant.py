"""Codes that a list lacks because another is printed in their place, or because one of the grades that are asked for is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from chartproof.codes import icd
from chartproof.codes.book import ends, find
from chartproof.codes.entry import Code
from chartproof.codes.tables import services
from chartproof.policy.draft.code_services import drugs_in, meant_service
from chartproof.policy.draft.coded import Listed, covered, every, pattern
from chartproof.policy.draft.criterion import Criterion


def meant(listed: Sequence[Listed]) -> Iterator[Listed]:
    """The own code of each drug or service beside which another's code is printed, where the list does not have it."""
    have = {code for one in listed for code in ends(one.code)}
    for one in listed:
        code = (_drug_code(one) or meant_service(one)) if one.problem else ""
        known = find("", code) if code else None
        if known is not None and code not in have:
            have.add(code)
            yield Listed(known.system, code, known.title, "not_listed", one.page,
                         f"missing: {known.title}, which is printed beside {one.code}")  # fmt: skip


def _drug_code(one: Listed) -> str:
    """The one code that the drug beside a code has, by its brand where several makers sell it; "" where that is not certain."""
    printed = find("", one.code) if one.system == "HCPCS" else None
    if printed is None or not printed.drugs or not one.text:
        return ""
    text, named = one.text.lower(), drugs_in(one.text)
    if any(brand.lower() in text for brand in printed.drugs[1:]):
        return ""
    first = {name.split()[0] for name in named}
    found = [code for code, known in _drug_codes().items() if known.drugs[0].split()[0].lower() in first]
    branded = [
        code for code, known in _drug_codes().items()
        if any(re.search(rf"\b{re.escape(brand.lower())}\b", text) for brand in known.drugs[1:] if brand[0].isupper())
    ]  # fmt: skip
    best = branded or found
    return best[0] if len(best) == 1 and best[0] != one.code else ""


@cache
def _drug_codes() -> dict[str, Code]:
    return {
        code: known
        for code, known in services().items()
        if known.system == "HCPCS" and known.drugs and known.last is None
    }


def left_out_grades(listed: Sequence[Listed], criteria: Sequence[Criterion]) -> Iterator[Listed]:
    """The codes of a grade that a criterion names, where the list has those of its other grades: the same sites of it."""
    have = covered(listed)
    asked = [
        grade.upper()
        for one in every(criteria) if one.kind == "necessity"
        for match in pattern("grades").finditer(one.text)
        for grade in re.findall(r"\d[ABab]?|[IVX]+[ABab]?", match["grades"])
    ]  # fmt: skip
    for one in listed:
        begins, ends_at = ends(one.code)
        known = find("ICD-10-CM", begins) if one.system == "ICD-10-CM" and not one.problem else None
        graded = pattern("graded").search(known.title) if known is not None else None
        if known is None or graded is None:
            continue
        for grade in asked:
            title = f"{known.title[: graded.start('grade')]}{_numeral(grade)}{known.title[graded.end('grade') :]}"
            code = _by_title().get(title.lower(), "")
            category = code[:-1]
            if code and not any(other.startswith(category) for other in have):
                have |= {code}
                whole = code if begins == ends_at else f"{code}-{category}{ends_at[-1]}"
                yield Listed("ICD-10-CM", whole, title, "not_listed", one.page,
                             f"missing: {title}, although grade {grade} is asked for")  # fmt: skip


def _numeral(grade: str) -> str:
    """ "3A" as the book writes it: "IIIa"."""
    return {"1": "I", "2": "II", "3": "III", "4": "IV"}.get(grade[0], grade[0]) + grade[1:].lower()


@cache
def _by_title() -> dict[str, str]:
    return {row.title.lower(): row.code for row in icd.all_rows() if row.last is None}
