"""The codes that a policy document prints, in tables, lists and prose, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise

from chartproof.codes.book import dotted, find, system_of
from chartproof.policy.draft.code_problems import problems
from chartproof.policy.draft.coded import Listed, coding, missing, pattern
from chartproof.policy.draft.criteria import Criterion
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.outline import Node, outline
from chartproof.policy.draft.sections import section_of
from chartproof.policy.draft.statements import statements
from chartproof.policy.draft.tables import Table

_ICD = r"[A-TV-Z][0-9OIlSBZ][0-9A-Z](?:\s?\.\s?[0-9A-ZOIl]{1,4}[xX]{0,2}|\.[xX]{1,2})?"
_ONE = rf"(?:{_ICD}(?:\.?-(?![A-Z0-9.]))?|[0-9OIl]{{5}}|[0-9OIl]{{4}}[TFUM]|[A-V][0-9OIlSBZ]{{4}}|[0-9BCDFGHX][0-9A-Z]{{6}})"
_CODE = re.compile(
    rf"(?<![\w.$-])(?P<first>{_ONE})(?:\s?(?:-|–|—|\bthrough\b|\bthru\b|\bto\b)\s?(?P<last>{_ONE}|\.\d{{1,4}}))?(?![\w%]|\.\d)"
)
_LOOKS = {"O": "0", "I": "1", "l": "1", "S": "5", "B": "8", "Z": "2"}
#: Sections whose prose tells of codes without listing them.
_TELLS = ("history", "references", "background")


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands above a line: the section by its heading, and the code system that its words name."""

    section: str
    system: str = ""
    status: str = ""


def draft_codes(parts: Sequence[Line | Table], criteria: Sequence[Criterion], effective: date | None) -> list[Listed]:
    """Every code that the document lists, once each, with its problem on the effective date, then those that it lacks.

    `parts` are the lines and tables of the document, `criteria` its drafted tree; without a date no code is old.
    """
    root = outline(list(parts))
    judged = problems(_once(_under(root, _Place(""))), statements(root, criteria), effective, refused=_refused(parts))
    return judged + missing(judged, criteria)


def read_codes(parts: Sequence[Line | Table]) -> Iterator[Listed]:
    """Every code as printed, in the order of the document, ranges whole; a code that is printed twice comes twice."""
    yield from _under(outline(list(parts)), _Place(""))


def _once(found: Iterator[Listed]) -> list[Listed]:
    """The first listing of each code; a later one gives it what it lacked."""
    kept: dict[str, Listed] = {}
    for one in found:
        before = kept.get(one.code)
        if before is None:
            kept[one.code] = one
        elif not before.text and one.text:
            kept[one.code] = replace(before, text=one.text, listed_as=one.listed_as or before.listed_as)
    return list(kept.values())


def _refused(parts: Sequence[Line | Table]) -> frozenset[str]:
    """Names of groups that the document says it does not cover ("Group 3: not medically necessary")."""
    text = " ".join(part.text for part in parts if isinstance(part, Line))
    return frozenset(match["group"].lower() for match in pattern("negative_group").finditer(text))


def _under(node: Node, place: _Place) -> Iterator[Listed]:
    for child in node.children:
        if child.kind == "table":
            yield from _table(child, place)
            continue
        if child.kind == "heading":
            section = section_of(child.text) or place.section
            inside = _Place(
                "codes" if section_of(child.text) and pattern_found("code", child.text) else section,
                _system(child.text),
                child.text,
            )
            yield from _under(child, inside)
            continue
        named = _system(child.text) or place.system
        yield from _prose(child, replace(place, system=named))
        below = replace(place, system=named, status=child.text if child.text.endswith(":") else place.status)
        yield from _under(child, below)
        if child.text.endswith(":") or (len(child.text.split()) < 7 and named):
            place = below


def pattern_found(column: str, text: str) -> bool:
    """True where a heading has the words of a column of code tables."""
    return bool(re.search(coding()["columns"][column], text, re.IGNORECASE))


def _system(text: str) -> str:
    """The one system that the words name, "" for none or several."""
    names = [name for name, words in coding()["systems"].items() if re.search(words, text, re.IGNORECASE)]
    if "ICD-10-PCS" in names and "ICD-10-CM" in names and not re.search(r"(?i)ICD\W?-?10\W?-?CM|diagnos", text):
        names.remove("ICD-10-CM")
    return names[0] if len(names) == 1 else ""


# Tables


def _table(table: Node, place: _Place) -> Iterator[Listed]:
    rows = [row.cells for row in table.children if row.cells]
    if not rows or re.search(coding()["skip"]["table"], rows[0][0].strip(), re.IGNORECASE):
        return
    head = rows[0] if not any(_codes_in(cell, "") for cell in rows[0]) else ()
    columns = _code_columns(rows, head)
    if not columns:
        return
    system = _system(" ".join(head)) or place.system
    before: list[Listed] = []
    for row in table.children:
        own = next((name for cell in row.cells if len(cell.split()) < 5 and (name := _system(cell))), "") or system
        found = [one for column in columns for one in _row(row, column, columns, head, own, place)]
        if (
            not found
            and before
            and row.cells is not head
            and not any(cell for n, cell in enumerate(row.cells) if n in columns)
        ):
            words = " ".join(filter(None, row.cells))
            found = [replace(one, text=f"{one.text} {words}".strip()) for one in before]
            yield from found
            before = []
            continue
        yield from before
        before = found
        if not found and len(list(filter(None, row.cells))) == 1:
            system = _system(row.text) or system
    yield from before


def _code_columns(rows: Sequence[tuple[str, ...]], head: Sequence[str]) -> list[int]:
    """Columns in which most cells are codes, or whose heading says so and some are."""
    found = []
    for n in range(max(len(row) for row in rows)):
        cells = [row[n] for row in rows[bool(head) :] if n < len(row) and row[n]]
        coded = sum(1 for cell in cells if _is_codes(cell))
        named = n < len(head) and pattern_found("code", head[n])
        if coded and (coded * 2 >= len(cells) or named):
            found.append(n)
    return found


def _is_codes(cell: str) -> bool:
    """True for a cell of codes and nothing else but marks and joining words."""
    rest = _CODE.sub("", cell)
    return rest != cell and len(re.sub(r"(?i)[\W_]|\b(?:and|or|to|through|inclusive)\b", "", rest)) <= 3


def _row(
    row: Node, column: int, columns: Sequence[int], head: Sequence[str], system: str, place: _Place
) -> Iterator[Listed]:
    cells = row.cells
    last = next((n for n in columns if n > column), len(cells))
    others = [
        n
        for n in range(len(cells))
        if n not in columns and (column < n < last or (n < columns[0] and len(columns) == 1))
    ]
    titled = {
        name: n
        for n in others
        for name in ("system", "status", "says")
        if n < len(head) and pattern_found(name, head[n].strip())
    }
    texts = [
        n
        for n in others
        if cells[n] and n not in (titled.get("system"), titled.get("status")) and not _system_cell(cells[n])
    ]
    says = titled.get("says", texts[0] if texts else None)
    status = titled.get("status", next((n for n in reversed(texts) if n != says), None))
    for code, of in _codes_in(cells[column], system):
        yield Listed(
            of, code, cells[says] if says is not None else "", (cells[status] if status is not None else "") or _short(place.status), row.page,
        )  # fmt: skip


def _system_cell(cell: str) -> bool:
    return len(cell.split()) < 4 and bool(_system(cell))


def _short(text: str) -> str:
    return text if len(text.split()) <= 14 else ""


# Prose and lists


def _prose(node: Node, place: _Place) -> Iterator[Listed]:
    """Codes in a paragraph or item: any in a section of codes, elsewhere those that the book knows and words announce."""
    if place.section in _TELLS or (node.kind == "heading"):
        return
    listing = place.section == "codes"
    spans = [
        (match, named)
        for match in _CODE.finditer(node.text)
        for named in [_nearest_system(node.text, match.start()) or place.system]
    ]
    kept = [
        (match, code, of)
        for match, named in spans
        for code, of in _of_match(match, named)
        if listing or _certain(code, of, named, node.text)
    ]
    for (match, code, of), after in pairwise([*kept, (None, "", "")]):
        assert match is not None
        stop = after[0].start() if after[0] is not None else len(node.text)
        words = re.split(r"[;\n]|\.\s", node.text[match.end() : stop])[0].strip(" ,:()-–—.")
        yield Listed(of, code, re.sub(r"\s+(?:and|or)$", "", words), _short(place.status), node.page)


def _nearest_system(text: str, at: int) -> str:
    """The system that is named last before a place of a sentence."""
    best, name = -1, ""
    for system, words in coding()["systems"].items():
        for match in re.finditer(words, text[:at], re.IGNORECASE):
            if match.end() > best or (match.end() == best and system == "ICD-10-PCS"):
                best, name = match.end(), system
    return name


def _certain(code: str, system: str, named: str, text: str) -> bool:
    first = code.split("-")[0]
    if system == "ICD-10-CM":
        return "." in code or bool(named and re.search(r"(?i)\bcodes?\b|\bICD", text))
    return (
        bool(named or re.search(r"(?i)\bcodes?\b", text) or system == "HCPCS") and find(system, first) is not None
    ) or bool(named and named == system)


# Codes


def _codes_in(text: str, system: str) -> list[tuple[str, str]]:
    """(code or range, system) of every code in a text."""
    special = _special(text, system)
    return special or [pair for match in _CODE.finditer(text) for pair in _of_match(match, system)]


def _special(text: str, system: str) -> list[tuple[str, str]]:
    shapes = {"MS-DRG": r"\b\d{3}\b", "Revenue": r"\b0?\d{3}\b", "NDC": r"\b\d{4,5}-\d{3,4}-\d{1,2}\b"}
    if system not in shapes:
        return []
    return [(code, system) for code in re.findall(shapes[system], text)]


def _of_match(match: re.Match[str], system: str) -> list[tuple[str, str]]:
    first, of = _read(match["first"], system)
    if not first:
        return []
    if not match["last"]:
        return [(first, of)]
    if match["last"].startswith("."):
        last, same = first.split(".")[0] + match["last"], of
    else:
        last, same = _read(match["last"], of)
    return [(f"{first}-{last}", of)] if last and same == of else [(first, of)]


@cache
def _read(text: str, system: str) -> tuple[str, str]:
    """A printed code mended where a scan misread it, and its system; ("", "") where it is none."""
    code = re.sub(r"\s", "", text)
    code = code[:-1].upper() + code[-1] if code[-1] in "xX" else code.upper() if "l" not in code else code
    if system == "ICD-10-CM" and re.fullmatch(r"[A-Z]\d{4}", code) and find("ICD-10-CM", dotted(code)) is not None:
        return dotted(code), system
    own = system_of(code)
    if own and (own in ("CPT", "ICD-10-CM") or find(own, code) is not None):
        known = own != "ICD-10-CM" or find(own, code.rstrip("xX-.")) is not None
        if known:
            return (code, own) if _fits(code, own, system) else ("", "")
    mended = code[0] + "".join(_LOOKS.get(letter, letter) for letter in code[1:])
    for candidate in (mended, "".join(_LOOKS.get(letter, letter) for letter in code)):
        of = system_of(candidate)
        if candidate != code and of and (of == "CPT" or find(of, candidate.rstrip("xX-.")) is not None):
            return (candidate, of) if _fits(candidate, of, system) else ("", "")
    return (code, own) if own and _fits(code, own, system) else ("", "")


def _fits(code: str, own: str, system: str) -> bool:
    if own == "ICD-10-PCS":
        return system == own or find(own, code) is not None or bool(re.match(r"XW[0-9]", code))
    return True
