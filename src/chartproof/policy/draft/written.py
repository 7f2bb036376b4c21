"""A draft as a policy file in chartproof's own language: rows, with a test where it is certain, else `untranslated`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from chartproof.policy.draft.coded import Listed, supports
from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.draft import Draft
from chartproof.policy.draft.known_rows import known_row
from chartproof.policy.draft.words import NUMBER_WORDS, drafting, pattern

_HEAD = """\
# A draft, made by a program from the payer's document. A person must read it beside the document before it is used.
# `untranslated` rows are answered by nobody until a test stands in their place; `printed` holds what is no row.
"""
_KINDS = ("necessity", "exclusion", "documentation", "continuation")
_ID = re.compile(r"[^A-Za-z0-9.()/~-]+")


def policy_yaml(draft: Draft, *, source: str) -> str:
    """The file's text. `source` names the document. `policy check` accepts what comes out."""
    head = draft.head
    rows = dict(_rows(draft))
    record: dict[str, Any] = {
        "policy": f"draft/{_slug(head.number or head.title or source)}",
        "edition": head.effective.isoformat() if head.effective else "undated",
        "title": head.title or source,
        **({"payer": head.payer} if head.payer else {}),
        **({"number": head.number} if head.number else {}),
        "sources": [source],
        "criteria": rows,
        **({"codes": _codes(draft.codes)} if draft.codes else {}),
        "printed": {
            "definitions": [one.text for one in draft.criteria if one.kind == "definition"],
            "limits": [_said(one.page, one.text) for one in draft.limits],
            "not_understood": [_said(one.page, one.text) for one in draft.not_understood],
            "defects": [_said(one.page, f"{one.what}: {one.says}") for one in draft.defects],
        },
    }
    return _HEAD + yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=120)


def _codes(listed: Sequence[Listed]) -> dict[str, Any]:
    """The codes as policy files have them: services as rows, diagnoses as lists; what is wrong with one beside it."""
    found: dict[str, Any] = {}
    for name, system in (("cpt", "CPT"), ("hcpcs", "HCPCS"), ("icd10pcs", "ICD-10-PCS")):
        rows = [
            {"code": one.code, "means": one.text, "page": one.page, **({"problem": one.problem} if one.problem else {})}
            for one in listed
            if one.system == system
        ]
        found |= {name: rows} if rows else {}
    diagnoses = [one for one in listed if one.system == "ICD-10-CM"]
    sorted_out = {
        "listed": [one.code for one in diagnoses if one.listed_as != "not_listed" and supports(one)],
        "not_covered": [one.code for one in diagnoses if one.listed_as != "not_listed" and not supports(one)],
        "missing": [one.code for one in diagnoses if one.listed_as == "not_listed"],
        "as_printed": [one.code for one in diagnoses if "header" in one.problem],
        "problems": [f"{one.code}: {one.problem.removeprefix(f'{one.code} ')}" for one in diagnoses if one.problem],
    }
    found |= {"icd10cm": {key: value for key, value in sorted_out.items() if value}} if diagnoses else {}
    others = [one.code for one in listed if one.system in ("MS-DRG", "Revenue", "NDC")]
    return found | ({"other": others} if others else {})


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")[:60] or "document"


def _said(page: int, text: str) -> str:
    return f"p. {page}: {text}"


def _rows(draft: Draft) -> Iterator[tuple[str, dict[str, Any]]]:
    """One row for each criterion that is decided alone: the parts of an "all", and each of a list of exclusions."""
    seen: set[str] = set()
    for one in draft.criteria:
        for row in _alone(one):
            name = _ID.sub("_", row.id) or "row"
            while name in seen:
                name += "~"
            seen.add(name)
            yield name, _row(row)


def _alone(one: Criterion) -> Iterator[Criterion]:
    if one.kind not in _KINDS:
        return
    if known_row(one) and not (one.when or one.unless):
        yield one
        return
    parts = one.join == "all" or (one.join == "none" and one.kind == "exclusion")
    if parts and one.children and not (one.when or one.unless):
        for child in one.children:
            yield from _alone(child) if one.join == "all" else [child]
    else:
        yield one


def _row(one: Criterion) -> dict[str, Any]:
    body = _body(one, alone=True)
    if one.kind == "exclusion" and one.join != "none" and "untranslated" not in body:
        body = {"none": [body]}
    row: dict[str, Any] = {"kind": one.kind, "says": one.text or one.find}
    row["at"] = {"page": one.page, "section": one.id}
    row["find"] = " ".join(one.find.split()[:8]) or one.text[:40]
    if one.when:
        row["when"] = {"untranslated": one.when}
    row |= body
    if one.unless:
        row["unless"] = {"untranslated": one.unless}
    row["basis"] = "policy"
    if "untranslated" not in body:
        row |= {"remedy": f"a dated record that shows: {one.text}", "ask": "attending physician"}
    return row


def _body(one: Criterion, *, alone: bool = False) -> dict[str, Any]:
    """The test of one criterion. Inside a group a condition or exception cannot stand: the whole is left untranslated."""
    if not alone and (one.when or one.unless):
        return {"untranslated": one.text}
    known = known_row(one)
    if known:
        return known
    if not one.children:
        return _fact(one) or {"untranslated": one.text}
    bodies: list[dict[str, Any]] = []
    for child in one.children:
        body = _body(child)
        if child.kind in _KINDS and body not in bodies:
            bodies.append(body)
    if all("untranslated" in body for body in bodies):
        return {"untranslated": one.text}
    need = re.fullmatch(r"at_least\((\d+)\)", one.join)
    if need:
        count = int(need[1])
        return {"at_least": count, "from": bodies} if 1 <= count <= len(bodies) else {"untranslated": one.text}
    return {one.join: bodies}


_LIMITS = {"ge": "at_least", "le": "at_most", "gt": "more_than", "lt": "less_than"}


def _fact(one: Criterion) -> dict[str, Any] | None:
    """A test of the vocabulary, where the words, the unit and the operator leave no doubt."""
    test = one.leaf
    if test is None:
        return None
    if pattern("levels", "of_change").search(one.text) or pattern("levels", "explained").search(one.text):
        return None  # "a fall in hemoglobin of 2 g/dL" is no level of it, "3 because of a fracture" not any 3
    for concept, known in drafting()["known"].items():
        words = re.search(known["words"], one.text, re.IGNORECASE)
        if words is None:
            continue
        if pattern("levels", "beside_another").search(one.text[: words.start()]):
            return None  # "a node with an LDH above 250": the level is a part of what is asked
        within = {"within": f"{test.within_days}d"} if test.within_days else {}
        if known.get("event"):
            return {"fact": concept, "is": test.op, **within} if test.op in ("present", "absent") else None
        if known.get("worse") and test.op in ("ge", "gt") and one.kind != "exclusion":
            return None
        factor = _factor(one.text, known.get("printed", {"": 1}))
        if test.op in _LIMITS and isinstance(test.value, int | float) and factor is not None:
            return {"fact": concept, **within, _LIMITS[test.op]: _whole(test.value * factor)}
    return None


def _factor(text: str, printed: Mapping[str, float]) -> float | None:
    """By what the one number of a sentence is multiplied; None where its unit is not there or it has two numbers."""
    for unit, factor in printed.items():
        if re.search(unit, text, re.IGNORECASE):
            return factor if _one_number(re.sub(rf"(?:x |× )?(?:{unit})", " ", text) if unit else text) else None
    return None


def _whole(value: float) -> float | int:
    value = round(value, 6)
    return int(value) if value == int(value) else value


def _one_number(text: str) -> bool:
    """True where the sentence has one limit beside its window: a second number may belong to another test."""
    plain = re.sub(
        r"(?i)\b\d+\s*(?:calendar )?(?:days?|weeks?|months?)\b|\b0\s*(?:to|,|or|-|–)\s*(?:1,? or\s*)?|\b(?:A1c|FEV1|SpO2|m2)\b|(?<=\d),(?=\d{3})",
        lambda match: "" if match.group() == "," else " ",
        text,
    )
    found = re.findall(rf"\d+(?:\.\d+)?|\b(?:{NUMBER_WORDS})\b(?! of\b)", plain, re.IGNORECASE)
    return len(found) == 1
