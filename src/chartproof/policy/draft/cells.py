"""One cell of a table of criteria: nothing, yes or no, a test, several sentences, or a list of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chartproof.policy.draft.criterion import Criterion, first_words, grouped, with_window
from chartproof.policy.draft.guards import guarded
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.labels import printed_label
from chartproof.policy.draft.leads import Lead, led
from chartproof.policy.draft.leaf import Test, concept_of, read_test
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sections import is_silent, may_ask, sentence_of
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.single import single
from chartproof.policy.draft.specialists import specialty_of
from chartproof.policy.draft.windows import window_of
from chartproof.policy.draft.words import measured, pattern

NOTHING = re.compile(
    r"^(?:[-–—*.]+|n/?a|none(?: needed| required)?|(?:no|none) separate \w+(?:[;,.] [^.;]{3,50})?|not (?:asked|required|applicable|needed)|no (?:requirement|cut-?off|threshold|limit)|any|either|does not matter)?[.]?$",
    re.IGNORECASE,
)
YES = re.compile(r"^(?:yes|y|x|✓|✔|☑|☒|required|met|true|must|needed|present)[.]?$", re.IGNORECASE)
NO = re.compile(
    r"^(?:no|n|absent|false|not present|not met|must (?:be absent|not be present)|none allowed|not allowed)[.]?$",
    re.IGNORECASE,
)
#: A name of so many words at most says nothing without its row's heading.
_SHORT = 3
#: "No other drug of the class during treatment": what may not be is asked too.
_BARS = re.compile(r"No (?!longer\b|more\b|limit)[\w-]+ [\w-]+")
#: What a cell says that it does not ask: "Result reported; no cut-off".
_IDLE = re.compile(r"[;,]\s*no (?:cut-?off|threshold|limit)\b[^;.]*[.]?$", re.IGNORECASE)
#: The marks of a list within a cell.
_BULLET = re.compile(r"(?:^|(?<=\s))[•◦▪▫●○■□‣⁃∙·➢➤▸▹▶►–—-]\s+(?=\S)")


#: A letter that marks an item of a list within a cell.
_LETTER = re.compile(r"(?<=[\s:;])(?P<letter>[a-h])[.)]\s+(?=\S)")


def cell_test(name: str, row: Node, n: int, kind: str) -> Criterion | None:
    """One cell with its row's heading. A dash asks nothing; "yes" asks what the row's heading says."""
    cell = row.cells[n] if len(row.cells) > n else ""
    subject = row.cells[0]
    if NOTHING.match(cell):
        return None
    only = _BULLET.match(cell) if len(_BULLET.findall(cell)) == 1 else None
    cell = cell[only.end() :] if only else cell  # a list of one
    cell = _IDLE.sub("", cell)
    text = cell if printed_label(subject) and n > 1 else f"{subject} {cell}".strip()
    if YES.match(cell) or NO.match(cell):
        test = read_test(subject) or Test(concept_of(subject), "present", True)
        leaf = _turned(test) if NO.match(cell) else test
        return Criterion(name, kind, text, row.page, first_words(text), leaf=leaf, made_id=True)
    one = _named(
        _listed(name, row, cell, kind) or _several(name, row, kind, cell) or _told(name, row, cell, kind), subject
    )
    if text != cell and not printed_label(subject):
        one = replace(one, children=tuple(_of_row(child, subject) for child in one.children))
    one = replace(one, text=text, find=first_words(text))
    since = pattern("grids", "since").search(subject)
    return replace(one, when=one.when or since["event"]) if since else one


#: What each comparison is when it must not hold.
_TURNED = {
    "present": "absent",
    "absent": "present",
    "ge": "lt",
    "lt": "ge",
    "gt": "le",
    "le": "gt",
    "in": "not_in",
    "not_in": "in",
}


def _turned(test: Test) -> Test | None:
    """The test as it must not be; None where that cannot be said in one test."""
    return replace(test, op=_TURNED[test.op]) if test.op in _TURNED else None


def _of_row(one: Criterion, subject: str) -> Criterion:
    """A part of a cell with its row's heading: "oral iron" is nothing without "Earlier treatment"."""
    children = tuple(_of_row(child, subject) for child in one.children)
    return replace(one, text=f"{subject} {one.text}", children=children) if not one.text.startswith(subject) else one


def begins_list(cell: str) -> bool:
    """True for a cell that is a list, if only of one item."""
    return _BULLET.match(cell) is not None


def _several(name: str, row: Node, kind: str, cell: str) -> Criterion | None:
    """ "Anthracycline; antibody against CD20": each name of the cell."""
    pieces = [piece.strip() for piece in cell.split(";")]
    if len(pieces) < 2 or not all(pieces) or any(len(piece.split()) > _SHORT for piece in pieces):
        return None
    children = tuple(
        single(f"{name}/{at}", row, f"{row.cells[0]} {piece}", kind, is_made=True) for at, piece in enumerate(pieces, 1)
    )
    return grouped(name, row, cell, kind, join="any" if kind == "exclusion" else "all", children=children)


def for_whom(one: Criterion, row: Node, roles: Sequence[str]) -> Criterion:
    """The row's criterion with the condition and the exception that its column of members states."""
    at = roles.index("applies") if "applies" in roles else -1
    said = row.cells[at] if 0 <= at < len(row.cells) else ""
    guard = guarded(said)
    whom = guard.text.strip(" .,")
    later = pattern("columns", "continuation").match(whom) is not None and len(whom.split()) <= _SHORT
    one = _renewing(one) if later and one.kind == "necessity" else one
    own = one.kind == "continuation" and pattern("columns", "continuation").search(whom) is not None
    when = (
        ""
        if own or not whom or pattern("grids", "everyone").search(whom)
        else pattern("grids", "case_said").sub("", whom)
    )
    return replace(one, when=one.when or guard.when or when, unless=one.unless or guard.unless) if said else one


def _renewing(one: Criterion) -> Criterion:
    """The criterion as one of continuation: its row says that it is asked for when the treatment goes on."""
    return replace(one, kind="continuation", children=tuple(_renewing(child) for child in one.children))


def with_proof(one: Criterion, row: Node, roles: Sequence[str]) -> Criterion:
    """The row's criterion with the window of the one paper that the row itself asks for as its proof."""
    papers = [row.cells[n] for n, role in enumerate(roles) if role == "documentation" and n < len(row.cells)]
    days = window_of(papers[0])[0] if len(papers) == 1 and ";" not in papers[0] else None
    return with_window(one, days) if days is not None else one


def _listed(name: str, row: Node, cell: str, kind: str) -> Criterion | None:
    """ "At least two of the following: • one • another", "all of these: a. one; b. another": the cell's list."""
    marks = _marks(cell)
    lead = cell[: marks[0].start()].strip() if marks else ""
    if len(marks) < 2 or (lead and not lead.endswith(":")):
        return None
    said = announcement(lead)
    join = "any" if kind == "exclusion" else said.join if said else "all"
    return led(Lead(name, True, row, lead, kind, guarded(lead), said, join, _items(name, row, cell, kind)))


def marked_items(name: str, row: Node, cell: str, kind: str) -> tuple[Criterion, ...]:
    """The items of a cell that is nothing but a list, () for another cell."""
    return _items(name, row, cell, kind) if begins_list(cell) else ()


def _marks(cell: str) -> list[re.Match[str]]:
    """The bullets of a cell, or the letters of a list that it announces: a, b, c in their order."""
    letters = list(_LETTER.finditer(cell))
    counted = "".join(mark["letter"] for mark in letters)
    announced = bool(letters) and cell[: letters[0].start()].rstrip().endswith(":")
    return letters if announced and "abcdefgh".startswith(counted) else list(_BULLET.finditer(cell))


def _items(name: str, row: Node, cell: str, kind: str) -> tuple[Criterion, ...]:
    marks = _marks(cell)
    ends = [*(mark.start() for mark in marks[1:]), len(cell)]
    items = [
        (
            mark.groupdict().get("letter", ""),
            re.sub(r"[;,]?\s*(?:;\s*(?:and|or))?$", "", cell[mark.end() : end].strip()),
        )
        for mark, end in zip(marks, ends, strict=True)
    ]
    own = row.cells[0].rstrip(".)") if printed_label(row.cells[0]) else ""
    return tuple(
        replace(single(f"{name}/b{at}", row, item, kind, is_made=True), **_printed_as(own, letter))
        for at, (letter, item) in enumerate(items, 1)
    )


def _printed_as(own: str, letter: str) -> dict[str, Any]:
    """The id of a lettered item of a numbered row, "3a"; nothing where either is not printed."""
    return {"id": f"{own}{letter}", "made_id": False} if own and letter else {}


def _told(name: str, row: Node, cell: str, kind: str) -> Criterion:
    """The sentences of a cell: each that asks something is a test, where more than one does."""
    first, *rest = sentences(cell)
    asked = [first, *(one for one in rest if _asks(one, kind))]
    if len(asked) < 2:
        return single(name, row, cell, kind, is_made=True)
    children = tuple(single(f"{name}/s{at}", row, one, kind, is_made=True) for at, one in enumerate(asked, 1))
    join = "any" if kind == "exclusion" else "all"
    return Criterion(name, kind, cell, row.page, first_words(cell), join, made_id=True, children=children)


def _asks(sentence: str, kind: str) -> bool:
    """True for a sentence after the first that asks for something of its own, and does not only ease the first."""
    if pattern("seams", "eases").search(sentence):
        return False
    role = sentence_of(sentence)
    says = may_ask(sentence) or _names_finding(sentence)
    asks = role in ("test", "necessity", "documentation") or (role == "" and says) or _BARS.match(sentence)
    return kind == "documentation" or bool(asks)


def _names_finding(sentence: str) -> bool:
    """True for a few words that name what has to be there, without a verb of their own: "Controller inhaler still in use."."""
    idle = is_silent(sentence) or pattern("grids", "not_finding").search(sentence) is not None
    return len(sentence.split()) > _SHORT and not idle


def _named(one: Criterion, subject: str) -> Criterion:
    """A cell that is only a limit ("18 years or older") tests what its row is called."""
    if one.leaf is None or one.children or printed_label(subject):
        return one
    whole = read_test(f"{subject} {one.text}")
    days, words, _ = window_of(subject)
    told = measured("scale").search(f"{subject} {one.text}") or specialty_of(f"{subject} {one.text}")
    leaf = whole if whole is not None and told else one.leaf
    if leaf.within_days is None and days is not None:
        leaf = replace(leaf, within_days=days, window_text=words)
    return replace(one, leaf=replace(leaf, concept=concept_of(subject)))
