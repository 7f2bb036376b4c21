"""The codes that a policy document prints, in tables, lists and prose, and what is wrong with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from chartproof.codes.book import ends, find
from chartproof.policy.draft.code_meant import left_out_grades, meant
from chartproof.policy.draft.code_problems import problems
from chartproof.policy.draft.code_services import other_system
from chartproof.policy.draft.code_tables import of_table
from chartproof.policy.draft.code_text import (
    CODE,
    column_named,
    directly_before,
    is_codes,
    is_number,
    is_told,
    of_match,
    of_scan,
    system_before,
    system_named,
)  # fmt: skip
from chartproof.policy.draft.coded import Listed, missing, pattern
from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.outline import outline
from chartproof.policy.draft.sections import section_of
from chartproof.policy.draft.statements import statements
from chartproof.policy.draft.tables import Table

#: Sections whose prose tells of codes without listing them.
_TELLS = ("history", "references", "background")


#: The name of a part that its own paragraph begins with.
_RUN_IN = re.compile(r"(?:[A-Za-z]+\s?){1,4}[.:]\s|(?:[A-Za-z-]+\s){0,3}codes?\s(?=[A-Z]?\d)", re.IGNORECASE)
#: Codes that are named as such within a paragraph of other things: "... took part. Codes: 11111, 22222".
_FOLLOW = re.compile(
    rf"(?<=[.;]\s)(?:(?:billing|procedure|diagnosis|service) )?codes?:\s+(?={CODE.pattern})", re.IGNORECASE
)
#: Three procedures or more in a row are a list wherever they stand.
_IN_A_ROW = re.compile(r"(?<![\w.])(?:\d{4}[\dTFUM],\s+){2,}\d{4}[\dTFUM]\b")


#: A word ends the names of so many codes before it is the list's word for them.
_MOST_END = 5


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands above a line: the section by its heading, the code system and the status that its words name."""

    section: str
    system: str = ""
    status: str = ""
    scanned: frozenset[int] = frozenset()


def _labels(node: Node) -> frozenset[str]:
    """The labels of a document's own entries: "Q10" before a question is no code."""
    own = {node.label.text.rstrip(".:)")} if node.label is not None else set()
    return frozenset(own).union(*(_labels(child) for child in node.children))


def draft_codes(
    parts: Sequence[Line | Table],
    criteria: Sequence[Criterion],
    effective: date | None,
    *,
    scanned: frozenset[int] = frozenset(),
) -> list[Listed]:
    """Every code that the document lists, once each, with its problem on the effective date, then those that it lacks.

    `parts` are the lines and tables of the document, `criteria` its drafted tree, `scanned` its pages that are pictures.
    Without a date the codes are held against the newest release.
    """
    root = outline(list(parts))
    labels = _labels(root) | {one.id for one in every(criteria) if not one.made_id}
    found = [one for one in _under(root, _Place("", scanned=scanned)) if one.code not in labels]
    found = _with_broken_ranges(_without_status(found))
    text = " ".join(_texts(parts))
    judged = _once(problems(found, statements(root, criteria), effective, refused=_refused(parts), text=text))
    return [*judged, *missing(judged, criteria), *meant(judged), *left_out_grades(judged, criteria)]


def _without_status(found: Sequence[Listed]) -> list[Listed]:
    """The codes; a word that ends most of their names says how each is listed: "match", "no match"."""
    last = Counter(one.text.split()[-1] for one in found if len(one.text.split()) > 1)
    word, count = last.most_common(1)[0] if last else ("", 0)
    if count < _MOST_END or count * 2 < len(found) or not word.islower():
        return list(found)
    ends = re.compile(rf"\s(?P<status>(?:no |not )?{re.escape(word)})$")
    return [
        replace(one, text=one.text[: match.start()], listed_as=match["status"])
        if (match := ends.search(one.text))
        else one
        for one in found
    ]


def _with_broken_ranges(found: Sequence[Listed]) -> list[Listed]:
    """The codes; a range that its cell breaks over two lines, "H05.241-" and "H05.249", is one."""
    kept: list[Listed] = []
    for one in found:
        before = kept[-1].code if kept else ""
        goes_on = before.endswith("-") and before[:-2] == one.code[:-1] and before[:-1] < one.code
        if goes_on and not one.text:
            kept[-1] = replace(kept[-1], code=f"{before}{one.code}")
        else:
            kept.append(one)
    return kept


def _texts(parts: Sequence[Line | Table]) -> Iterator[str]:
    for part in parts:
        yield part.text if isinstance(part, Line) else " ".join(" ".join(row.cells) for row in part.rows)


def _once(found: Sequence[Listed]) -> list[Listed]:
    """Each code where it is first listed; a later listing gives it the problem or the title that it lacked."""
    kept: dict[str, Listed] = {}
    for one in found:
        before = kept.setdefault(one.code, one)
        if one.problem and not before.problem:
            kept[one.code] = one
        elif not before.problem and _is_another(one, before):
            kept[one.code] = replace(before, problem=f"{one.code} is printed for {before.text} and for {one.text}")
        elif not before.problem and _is_title(one.text) and not _is_title(before.text):
            kept[one.code] = replace(before, text=one.text, listed_as=one.listed_as or before.listed_as)
    return list(kept.values())


def _is_another(one: Listed, before: Listed) -> bool:
    """True for a service's code that is listed a second time under another name and in another place of the list."""
    names = [set(re.findall(r"[a-z]{2,}", text.lower())) for text in (one.text, before.text)]
    told = one.system in ("CPT", "HCPCS") and _is_title(one.text) and _is_title(before.text)
    return told and one.listed_as != before.listed_as and names[0] != names[1] and bool(names[0] & names[1])


def _is_title(text: str) -> bool:
    """True for words that name a service or a disease, and not for the rest of a sentence."""
    return bool(text) and not text[0].islower()


def _refused(parts: Sequence[Line | Table]) -> frozenset[str]:
    """Names of groups that the document says it does not cover ("Group 3: not medically necessary")."""
    text = " ".join(part.text for part in parts if isinstance(part, Line))
    return frozenset(match["group"].lower() for match in pattern("negative_group").finditer(text))


def _under(node: Node, place: _Place) -> Iterator[Listed]:
    for child in node.children:
        if child.kind == "table":
            child = _as_printed(child, place)
            yield from of_table(child.children, place.system, _short(place.status))
            continue
        if child.kind == "heading":
            inside = _headed(child.text, place)
            yield from _text(_as_printed(child, inside), inside)
            yield from _under(child, inside)
            continue
        own = _labelled(child.text, place)
        yield from _text(_as_printed(child, own), own)
        yield from _under(child, own)
        if own.status != place.status:
            place = own


def _as_printed(node: Node, place: _Place) -> Node:
    """A part of a scanned list with its codes as they were printed."""
    if place.section != "codes" or node.page not in place.scanned:
        return node
    rows = [replace(row, cells=tuple(map(of_scan, row.cells))) for row in node.children if row.kind == "row"]
    return replace(node, text=of_scan(node.text), children=rows if node.kind == "table" else node.children)


def _headed(text: str, place: _Place) -> _Place:
    """The place below a heading; one that is itself a line of codes changes nothing."""
    if CODE.search(text) and not section_of(text):
        return place
    section = section_of(text) or place.section
    section = "codes" if section_of(text) and column_named("code", text) else section
    return replace(place, section=section, system=system_named(text), status=text)


def _labelled(text: str, place: _Place) -> _Place:
    """The place below a line that announces codes: it ends with a colon, or is short and names a system."""
    if len(text.split()) < 12 and text.endswith("?") and (section := section_of(text)):
        return replace(place, section=section, system=system_named(text), status="")
    name = _RUN_IN.match(text)
    if name is not None and section_of(name.group()) == "codes" and CODE.search(text):
        # "Codes. 11111, 22222", whatever part it stands in
        return replace(place, section="codes", system=system_named(name.group()), status=name.group())
    system = system_named(text) or place.system
    announces = text.endswith(":") or (len(text.split()) < 12 and bool(system_named(text)))
    return replace(place, system=system, status=text if announces and not CODE.search(text) else place.status)


def _short(text: str) -> str:
    return text if len(text.split()) <= 14 else ""


def _text(node: Node, place: _Place) -> Iterator[Listed]:
    """Codes in a line, paragraph or item: any in a section of codes, elsewhere those that the words announce."""
    own = _FOLLOW.search(node.text)
    if own is not None:  # whatever the paragraph tells before
        node, place = replace(node, text=node.text[own.start() :]), replace(place, section="codes")
    if place.section in _TELLS:
        return
    cells = node.lines[0].cells if len(node.lines) == 1 else ()
    if len(cells) > 1 and any(is_codes(cell) for _, cell in cells):
        row = Node("row", node.text, node.page, node.lines, cells=tuple(cell for _, cell in cells))
        yield from of_table([row], place.system, _short(place.status))
        return
    opening = section_of(re.split(r"[.:]\s", node.text, maxsplit=1)[0]) if len(node.text.split()) > 4 else ""
    if opening in _TELLS:
        return
    listing = place.section == "codes" or (opening == "codes" and len(re.split(r"[.:]\s", node.text)[0].split()) < 5)
    listing = listing or _IN_A_ROW.search(node.text) is not None
    certain = [match.start() for match in CODE.finditer(node.text) if _certain(match)]
    kept = [
        (match, code, of)
        for match in CODE.finditer(node.text)
        for named in [system_before(node.text, match.start()) or place.system]
        for code, of in of_match(match, named)
        if not is_told(node.text, match)
        and (
            _listed(match, of, named, node.text)
            if listing or _beside(match, certain)
            else _announced(code, of, named, node.text)
        )
    ]
    for (match, code, of), after in pairwise([*kept, (None, "", "")]):
        assert match is not None
        stop = after[0].start() if after[0] is not None else len(node.text)
        words = re.split(r"[;\n]|\.\s", node.text[match.end() : stop])[0].strip(" ,:()-–—.|")
        problem = other_system(code, of, directly_before(node.text, match.start()))
        said = re.sub(r"\s+(?:and|or)$", "", words)
        yield Listed(of, code, said, _status(node.text, place), node.page, problem)
    for match in _REVENUE.finditer(node.text) if listing or certain else ():
        yield from (
            Listed("Revenue", code, "", _status(node.text, place), node.page)
            for code in re.findall(r"\b0?\d{3}\b", match["codes"])
        )


_REVENUE = re.compile(r"(?i)\brev(?:enue|\.)? codes?:?\s*(?P<codes>0?\d{3}(?:(?:\s*,\s*|\s+(?:and|or)\s+)0?\d{3})*)\b")
#: Within so many characters of a code that is certain, what has the shape of one is one.
_NEAR = 90


def _certain(match: re.Match[str]) -> bool:
    """True for a diagnosis with its dot and for a code that the book has."""
    found = of_match(match, "")
    code, of = found[0] if found else ("", "")
    return bool(of) and (of != "ICD-10-CM" or "." in code) and find(of, ends(code)[0] or code) is not None


def _beside(match: re.Match[str], certain: Sequence[int]) -> bool:
    return len(certain) > 1 and any(0 < abs(match.start() - at) <= _NEAR for at in certain)


def _status(text: str, place: _Place) -> str:
    """What stands before the codes of the same paragraph ("Codes that are not covered: ..."), else above it."""
    before, colon, _ = text.partition(":")
    return before if colon and 2 < len(before.split()) <= 20 and not CODE.search(before) else _short(place.status)


def _listed(match: re.Match[str], system: str, named: str, text: str) -> bool:
    """In a section of codes: five digits in a sentence may be an address or a sum, unless CPT is named."""
    return (
        system != "CPT"
        or named in ("CPT", "HCPCS")
        or not match["first"].isdigit()
        or not is_number(text, match.start(), match.end())
    )


def _announced(code: str, system: str, named: str, text: str) -> bool:
    """Elsewhere: a diagnosis with its dot, a code whose system is named, or one that the book has."""
    if system == "ICD-10-CM":
        return "." in code or bool(named and re.search(r"(?i)\bcodes?\b|\bICD", text))
    if named and named == system:
        return True
    spoken = bool(named) or system == "HCPCS" or bool(re.search(r"(?i)\bcodes?\b", text))
    return spoken and find(system, code.split("-")[0]) is not None
