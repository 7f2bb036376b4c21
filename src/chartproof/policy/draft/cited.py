"""Tables whose cells are cited by row and column, "M4-B": under each column's letter its cells are criteria of their own.

Where one column is for every product, the rows are criteria under their own numbers. A word such as "Deny" or "Send" in a cell asks what its row says; a small letter in a cell leads to a note of the document.
"""

from __future__ import annotations

import re
from dataclasses import replace

from chartproof.policy.draft.cells import NOTHING, cell_test
from chartproof.policy.draft.columns import Grid
from chartproof.policy.draft.criterion import Criterion, first_words, grouped
from chartproof.policy.draft.entries import asked
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.notes import letters_of, noted
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.told_tables import all_paragraphs, root_of
from chartproof.policy.draft.words import pattern

#: A number, what is asked, and then the lettered columns.
_SUBJECT = 1
#: The name of a column that begins with its letter: "B: Hemgenix".
_LETTERED = re.compile(r"(?:column )?(?P<letter>[A-Z])[:.)]\s+\S", re.IGNORECASE)
#: A cell as a sentence cites it: "M4-B".
_CITED = r"(?P<between>[-./ ]?)(?P<letter>[A-Z])\b"
#: The names of a row that a cell speaks of one by one: "ALT and AST before the infusion".
_NAMES = re.compile(r"(?P<names>[\w-]+(?:, [\w-]+)*,? and [\w-]+)(?P<tail>.*)")
#: What a row names of whom and where: "Prescriber and place of the infusion".
_SEAT = re.compile(
    r"(?P<who>prescri\w+|specialty|physician|surgeon|clinician|ordered by) and (?P<place>(?:the )?(?:place|site|center|setting|hospital|facility)\b.*)",
    re.IGNORECASE,
)
#: Whom a row is about: "HIV in a member who is positive".
_WHOM = re.compile(
    r"(?P<what>.+?) (?:in|of|for) (?P<who>an? (?:member|patient|person|child|adult) (?:who|with)\b.+)$", re.IGNORECASE
)
_PARTED = re.compile(r",\s*(?:and\s+)?|\s+and\s+")


def is_cited(grid: Grid) -> bool:
    """True for numbered rows under lettered columns of a document that cites a cell by both."""
    return grid.roles[0] == "number" and len(_columns(grid)) > 1 and bool(_between(grid))


def cited(grid: Grid, kind: str, lead: str) -> list[Criterion]:
    """For each lettered column what its cells ask together, where its product is requested."""
    heading = grid.rows[0].parent.parent if grid.rows[0].parent is not None else None
    part = heading.label.text if heading is not None and heading.label is not None else ""
    own = _marked_kind(grid) or kind or "necessity"
    text = _clause(lead, part) or (heading.text if heading is not None else grid.head[_SUBJECT])
    between = _between(grid)[0]
    found: list[Criterion] = []
    for n, letter in _columns(grid):
        tests = [
            one
            for row in grid.rows
            if (one := _cell(grid, row, n, f"{row.cells[0]}{between}{letter}", own)) is not None
        ]
        if tests:
            join = "none" if own == "exclusion" else "all"
            group = grouped(f"{part or own}/{letter}", grid.rows[0], text, own, join=join, children=tuple(tests))
            found.append(replace(group, when=grid.head[n], made_id=not part))
    return found


def is_shared(grid: Grid) -> bool:
    """True for numbered rows that name what they are about before one column that is for every product."""
    named = len(grid.head) == _SUBJECT + 2 and pattern("grids", "shared_head").match(grid.head[-1]) is not None
    return grid.roles[0] == "number" and named


def shared(grid: Grid, kind: str, text: str) -> list[Criterion]:
    """The rows' criteria under their printed numbers, joined as the sentence before the table says."""
    own = kind or "necessity"
    pairs = [(row, (grid.cell(row, _SUBJECT), grid.cell(row, _SUBJECT + 1))) for row in grid.rows]
    tests = tuple(
        replace(_in_row(of_subject(row.cells[0], row, pair, own), pair[0]), made_id=False)
        for row, pair in pairs
        if not NOTHING.match(pair[1])
    )
    said = announcement(text)
    join = "none" if own == "exclusion" else said.join if said is not None else "all"
    return [grouped("ROWS", grid.rows[0], text, own, join=join, children=tests)] if text and tests else list(tests)


def _columns(grid: Grid) -> list[tuple[int, str]]:
    """The lettered columns with their letters; none where another stands among them."""
    named = [(n, _LETTERED.match(name)) for n, name in enumerate(grid.head) if n > _SUBJECT]
    found = [(n, match["letter"]) for n, match in named if match is not None]
    return found if len(found) == len(named) else []


def _between(grid: Grid) -> list[str]:
    """What stands between row and letter where a sentence of the document says how a cell is cited; [] where none does."""
    told = [said for node in all_paragraphs(root_of(grid.rows[0])) for said in sentences(node.text)]
    cites = [said for said in told if pattern("grids", "cites").search(said)]
    letters = {letter for _, letter in _columns(grid)}
    matches = (re.search(rf"\b[A-Z]{{1,3}}\d{{1,2}}{_CITED}", said) for said in cites)
    return [match["between"] for match in matches if match is not None and match["letter"] in letters]


def _marked_kind(grid: Grid) -> str:
    """The kind that the word of every cell gives the table, "" where its cells say something of their own."""
    cells = [cell for row in grid.rows for n, _ in _columns(grid) if not NOTHING.match(cell := grid.cell(row, n))]
    words = [pattern("grids", "cell_says").match(cell) for cell in cells]
    if not cells or not all(words):
        return ""
    kinds = {
        name
        for match in words
        if match is not None
        for name, word in match.groupdict().items()
        if word and name != "rest"
    }
    return next(iter(kinds)) if len(kinds) == 1 else ""


def _clause(lead: str, part: str) -> str:
    """The part of a sentence that says how the cells of this part's columns join."""
    clauses = (
        one for said in sentences(lead) for one in re.split(r",\s+(?:and\s+)?(?=no\b|each\b|every\b|all\b)", said)
    )
    return next((one for one in clauses if part and re.search(rf"\b{re.escape(part)}\b", one)), "")


def _cell(grid: Grid, row: Node, n: int, name: str, kind: str) -> Criterion | None:
    """One cell under its citation, located by its row."""
    subject, cell = grid.cell(row, _SUBJECT), grid.cell(row, n)
    if NOTHING.match(cell):
        return None
    plain, letters = letters_of(cell)
    says = pattern("grids", "cell_says").match(plain)
    if says is not None:
        one = asked(name, row, f"{subject}, {says['rest']}" if says["rest"] else subject, kind)
    else:
        whom = _WHOM.match(subject)
        one = of_subject(name, row, (whom["what"] if whom is not None else subject, plain), kind)
        one = replace(one, text=f"{subject} {plain}", when=one.when or whom["who"]) if whom is not None else one
    one = _in_row(noted(one, row, letters), subject)
    return replace(one, made_id=False)


def of_subject(name: str, row: Node, pair: tuple[str, str], kind: str) -> Criterion:
    """What a cell asks of what its row names: of each of several, or of the first and of the second what stands first and second."""
    subject, cell = pair
    each = pattern("grids", "of_each").match(cell)
    names = _NAMES.match(subject)
    pieces = [piece.strip() for piece in cell.split(";") if piece.strip()]
    pairs: list[tuple[str, str]] = []
    if each is not None and names is not None:
        pairs = [(f"{one}{names['tail']}", cell[each.end() :]) for one in _PARTED.split(names["names"])]
    elif len(pieces) == len(whole := _PARTED.split(subject)) > 1:
        pairs = list(zip(whole, pieces, strict=True))
    if not pairs and (placed := pattern("grids", "at_place").match(cell)) and (seat := _SEAT.match(subject)):
        pairs = [(seat["who"], placed["who"]), (seat["place"], placed["place"])]
    if not pairs:
        return _test(name, row, pair, kind)
    children = tuple(_test(f"{name}/{'abcdefgh'[at]}", row, one, kind) for at, one in enumerate(pairs))
    return grouped(name, row, f"{subject} {cell}", kind, join="all", children=children)


def _test(name: str, row: Node, pair: tuple[str, str], kind: str) -> Criterion:
    node = Node("row", row.text, row.page, row.lines, left=row.left, cells=pair)
    return cell_test(name, node, 1, kind) or asked(name, row, " ".join(pair), kind)


def _in_row(one: Criterion, subject: str) -> Criterion:
    """What a cell asks, located by its row's words; a note that is asked besides stands where it is printed."""
    if subject not in one.text:
        return one
    return replace(one, find=first_words(subject), children=tuple(_in_row(child, subject) for child in one.children))
