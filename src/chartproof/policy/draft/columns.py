"""What the columns of a table hold: by the words over them, and by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import mean

from chartproof.policy.draft.cells import NO, NOTHING, YES
from chartproof.policy.draft.labels import printed_label
from chartproof.policy.draft.nature import nature_of
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.row_labels import labels_of, parted, with_repeated
from chartproof.policy.draft.tags import tag_kind
from chartproof.policy.draft.words import drafting, pattern

#: A column is what so many of its cells are.
_MOST = 0.8
#: A column's name has so many words at the most.
_NAMES = 9
#: A table of fewer rows tells nothing of its columns' habits; a column that is filled in fewer rows than one of these is no column.
_FEW = 5
#: The name of a column of numbers may be a sign: "#", "No".
_SIGNED = 2
#: The name of an entry's class has so many words at the most.
_CLASS = 3
#: A verdict has so many words at the most; a longer cell says what is asked besides.
_VERDICT = 7
#: A cell of so many words at the most may be a value under a product's name.
_VALUE = 4
#: So many columns of criteria make a table of criteria, in which every column asks something.
_KINDS = 2
#: Papers are named in so many words; shorter names only say where a value is read.
_PAPER = 3.5
#: What stands beside what is asked and asks nothing of its own.
_BESIDE = ("aside", "answer", "documentation", "window", "applies", "waived", "limits", "source", "type")
#: "12", "A01", "Step 1", "R-3b".
_NUMBER = re.compile(r"(?:[A-Za-z]{1,9}[. -]?)?\d{1,3}(?:\.\d{1,2})*[a-z]?[.)]?|[A-Z][.)]?|[IVX]{1,4}[.)]?")


#: A letter or a sign that a legend explains: "R", "X", "D1", "○".
_SIGN = re.compile(r"[A-Z]{1,2}[.*]?|[✓✔✗✘×☑☒●○•■□◆◇▲△*+]{1,2}")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as read. `head` are its columns' names, "" where it has none; `roles` what each holds.

    A role is a key of drafting.yaml's `columns`, or number, mark, answer, situation; "" where nothing tells.
    """

    head: tuple[str, ...]
    rows: tuple[Node, ...]
    roles: tuple[str, ...]

    def at(self, role: str) -> int:
        """The first column of this role, -1 where none is."""
        return self.roles.index(role) if role in self.roles else -1

    def all_of(self, *roles: str) -> list[int]:
        return [n for n, role in enumerate(self.roles) if role in roles]

    def cell(self, row: Node, n: int) -> str:
        return row.cells[n] if 0 <= n < len(row.cells) else ""


def roles_of(head: Sequence[str]) -> tuple[str, ...]:
    """What each column holds by the words over it: a key of drafting.yaml's `columns`, "" where they do not tell."""
    return tuple(
        next((name for name in drafting()["columns"] if pattern("columns", name).search(cell)), "") for cell in head
    )


def read_grid(tables: Sequence[Node]) -> Grid:
    """Tables that share their columns as one. A first row that is numbered like those below it is no head."""
    every = [row for table in tables for row in table.children]
    kept = _held(every)
    kept = _numbers_first(every, kept)
    every = [replace(row, cells=tuple(row.cells[n] for n in kept if n < len(row.cells))) for row in every]
    first = every[0]
    head = first.cells if is_head(first.cells) else ("",) * len(first.cells)
    rows = _whole(with_repeated([row for row in every if row.cells != head and len(row.cells) > 1], head))
    named = roles_of(head)
    columns = [[row.cells[n] for row in rows if n < len(row.cells)] for n in range(len(head))]
    roles = [_role(n, head[n], named[n], cells) for n, cells in enumerate(columns)]
    roles = _of_unnamed(head, roles, columns)
    roles = _with_cases(head, roles)
    return Grid(head, rows, tuple(_with_situation(head, _with_asked(roles, columns), columns)))


def with_labels_apart(grid: Grid) -> Grid:
    """The grid with the labels that begin its rows' first cells in a column of their own; the words behind them are asked
    where nothing but remarks, papers and cases stands beside them, else they are what the row is about."""
    labels = [] if grid.roles[0] == "number" else labels_of(grid.rows)
    columns = sum(1 for role in grid.roles[1:] if role in ("necessity", "exclusion", "continuation"))
    papers = columns and "documentation" in grid.roles
    if not labels or columns > 1 or papers:
        return grid  # what a row is about belongs to the cells of each of its columns
    beside = all(role in _BESIDE for role in grid.roles[1:])
    asked = "necessity" if beside else ""
    return Grid(("", *grid.head), parted(grid.rows, labels), ("number", asked, *grid.roles[1:]))


def _held(rows: Sequence[Node]) -> list[int]:
    """The columns that hold something: one without a name in which hardly a row has a word is an edge that was misread."""
    width = max(len(row.cells) for row in rows)
    if width < 3 or len(rows) < _FEW:
        return list(range(width))
    filled = [[bool(row.cells[n]) for row in rows if n < len(row.cells)] for n in range(width)]
    kept = [n for n, cells in enumerate(filled) if cells[0] or sum(cells) * _FEW > len(cells)]
    return kept if len(kept) > 1 else list(range(width))


def _numbers_first(rows: Sequence[Node], columns: list[int]) -> list[int]:
    """The columns in their order, one of the entries' own numbers that stands behind what it numbers before the others."""
    whole = [row for row in rows[1:] if len(row.cells) > columns[-1]]

    def numbers(n: int) -> bool:
        cells = [row.cells[n] for row in whole]
        told = len(cells) > 1 and len(set(cells)) == len(cells) and all(printed_label(cell) for cell in cells)
        return told and pattern("grids", "number").search(rows[0].cells[n]) is not None

    if len(rows[0].cells) <= columns[-1] or numbers(columns[0]):
        return columns
    own = next((n for n in columns[1:] if numbers(n)), None)
    return columns if own is None else [own, *(n for n in columns if n != own)]


def _whole(rows: Sequence[Node]) -> tuple[Node, ...]:
    """The rows; one without a number below numbered rows goes on with the row above it."""
    numbered = [bool(row.cells[0]) and _is_number(row.cells[0]) for row in rows]
    if len(rows) < _FEW or sum(numbered) / len(rows) < _MOST:
        return tuple(rows)
    found: list[Node] = []
    for row in rows:
        if found and not row.cells[0] and len(row.cells) == len(found[-1].cells):
            above = found[-1]
            cells = tuple(f"{one} {more}".strip() for one, more in zip(above.cells, row.cells, strict=True))
            found[-1] = replace(
                above, cells=cells, text=" ".join(filter(None, cells)), lines=[*above.lines, *row.lines]
            )
        else:
            found.append(row)
    return tuple(found)


def is_head(cells: Sequence[str]) -> bool:
    """True for names of columns: a few words each, and no number of its own before them."""
    if printed_label(cells[0]) and not pattern("grids", "number").search(cells[0]):
        return False
    said = [cell for cell in cells if cell]
    return len(said) > 1 and all(_names_column(cell) for cell in said)


def _names_column(cell: str) -> bool:
    """True for a few words that begin large and end without a stop, and set no case and no measure."""
    named = len(cell.split()) <= _NAMES and re.search(r"\w{4}[.;,]\s*$", cell) is None
    begins = cell[0].isupper() or not cell[0].isalpha() or pattern("grids", "lower").match(cell) is not None
    sets = pattern("grids", "sets_case").match(cell) is not None and len(cell.split()) > 4
    says_nothing = NOTHING.match(cell) and not pattern("grids", "answer").match(cell)  # "N/A" may be a column of boxes
    return named and begins and not sets and not says_nothing and not pattern("grids", "measure").search(cell)


def _role(n: int, name: str, named: str, cells: Sequence[str]) -> str:
    said = [cell for cell in cells if cell]
    counted = are_consecutive(said) or pattern("grids", "number").search(name) or len(name) <= _SIGNED
    if n == 0 and counted and said and _are(said, _is_number):
        return "number"
    if (
        n
        and len(said) >= _FEW
        and len(set(said)) * 3 <= len(said) * 2
        and all(len(cell.split()) <= _CLASS and tag_kind(cell) for cell in said)
    ):
        return "type"
    if (
        n
        and named == "type"
        and said
        and all(len(cell.split()) <= _CLASS for cell in said)
        and len(set(said)) < len(said)
    ):
        return "type"
    if n and ((len(said) >= _FEW and _are_cases(said)) or _tell_when(said)):
        return "applies"
    if pattern("grids", "answer").search(name) or (said and len({cell.lower() for cell in said}) == 1 and _are(said, _is_answer) and not _is_tick(said[0])):  # fmt: skip
        return "answer" if not said or _are(said, _is_answer) else named
    if n and not pattern("grids", "verdicts").search(name) and _are_marks(cells, name):
        return "mark"
    if pattern("grids", "verdicts").search(name) and said and _are(said, _is_verdict):
        return "aside"
    if pattern("grids", "period_head").match(name) and _are(said, _is_period):
        return "limits"
    if named == "decision" and not _are(said, _is_verdict):
        return "then"
    if (
        named == "documentation"
        and pattern("grids", "source").search(name)
        and mean(len(cell.split()) for cell in said or ["x"]) < _PAPER
    ):
        return "source"
    if named == "documentation" and pattern("grids", "finding_head").match(name) and _are_findings(said):
        return ""  # "Evidence of disease" over what a test shows, as "Age" stands over an age
    return named


def _are_findings(said: Sequence[str]) -> bool:
    """True for cells that say what is found, and name no papers: "Bilateral polyps seen on endoscopy"."""
    told = bool(said) and mean(len(cell.split()) for cell in said) >= _PAPER
    return told and nature_of(said) != "documentation"


def _of_unnamed(head: Sequence[str], roles: list[str], columns: Sequence[Sequence[str]]) -> list[str]:
    """The roles with those of columns whose names tell nothing, beside columns of criteria: by what their cells are."""
    kinds = ("necessity", "exclusion", "continuation", "documentation", "then")
    told = [role for role in roles[1:] if role in kinds]
    if len(told) < _KINDS or pattern("grids", "ways").search(head[0]) is None:
        return roles
    found = list(roles)
    for n, role in enumerate(roles):
        if n and not role and head[n]:
            nature = nature_of([cell for cell in columns[n] if cell])
            found[n] = nature if nature and nature not in roles else "necessity" if "necessity" not in found else ""
    return found


def _with_cases(head: Sequence[str], roles: Sequence[str]) -> list[str]:
    """The roles; "When" behind a column of what is asked says in which case each row is asked."""
    asked = ("necessity", "documentation", "exclusion", "continuation")
    first = next((n for n, role in enumerate(roles) if role in asked), len(roles))
    return [
        "applies" if n > first and pattern("grids", "when_head").match(head[n]) else role
        for n, role in enumerate(roles)
    ]


def _are_cases(said: Sequence[str]) -> bool:
    """True for a column of which some cells leave nobody out ("both") and the others name the same few cases."""
    everyone = sum(1 for cell in said if pattern("grids", "everyone").fullmatch(cell))
    short = all(len(cell.split()) <= _CLASS for cell in said)
    return short and 0 < everyone < len(said) <= everyone * _FEW and len(set(said)) * 2 <= len(said)


def _tell_when(said: Sequence[str]) -> bool:
    """True for a column that says of each row when it is asked: "Always" of some, "When B1 is marked" of the others."""
    always = sum(1 for cell in said if pattern("grids", "everyone").fullmatch(cell))
    cases = sum(1 for cell in said if pattern("grids", "case_said").match(cell))
    return always > 0 and cases > 0 and always + cases == len(said)


def _with_asked(roles: list[str], columns: Sequence[Sequence[str]]) -> list[str]:
    """One column holds what is asked: where none is named so, the fullest of those that nothing tells of."""
    if any(role in ("necessity", "mark", "then", "decision", "definition", "exclusion", "continuation") for role in roles[0 if roles[0] != "number" else 1:]):  # fmt: skip
        return roles
    first = 1 if roles[0] == "number" else 0
    if roles[first : first + 1] == ["documentation"]:
        return roles  # a list of papers
    open_ = [n for n, role in enumerate(roles) if role in ("", "limits", "documentation")]
    plain = [n for n in open_ if not roles[n]] or open_ or [n for n, role in enumerate(roles) if role == "aside"]
    if plain:
        fullest = max(plain, key=lambda n: sum(len(cell) for cell in columns[n]))
        best = plain[0] if roles[plain[0]] == "aside" and plain[0] == first else fullest  # "Reason" beside "Remark"
        return [*roles[:best], "necessity", *roles[best + 1 :]]
    return roles


def _with_situation(head: Sequence[str], roles: list[str], columns: Sequence[Sequence[str]]) -> list[str]:
    """A column before what is asked that names another case in each row."""
    at = 1 if roles[0] == "number" else 0
    behind = [
        role for role in roles[at + 1 :] if role in ("necessity", "then", "decision", "exclusion", "continuation")
    ]
    if at >= len(roles) or roles[at] not in ("", "necessity", "limits", "type", "then") or not behind:
        return roles
    ways = pattern("grids", "ways").search(head[at]) or pattern("grids", "case").search(head[at])
    sets_cases = _are(
        [cell for cell in columns[at] if cell], lambda cell: pattern("grids", "sets_case").match(cell) is not None
    )
    if ways or sets_cases:
        return [*roles[:at], "situation", *roles[at + 1 :]]
    return roles


def _are(cells: Sequence[str], test: object) -> bool:
    return bool(cells) and callable(test) and sum(1 for cell in cells if test(cell)) / len(cells) >= _MOST


def _is_number(cell: str) -> bool:
    return bool(printed_label(cell)) or _NUMBER.fullmatch(cell) is not None


def _is_verdict(cell: str) -> bool:
    """True for a few words that decide, or that lead on to the next row."""
    says = pattern("grids", "verdict").search(cell) or pattern("grids", "next").match(cell)
    return says is not None and len(cell.split()) <= _VERDICT


def _is_period(cell: str) -> bool:
    """True for how long something is approved, and nothing else that is asked: "6 months first; 12 months on renewal"."""
    return pattern("grids", "period").match(cell) is not None


def _is_answer(cell: str) -> bool:
    return re.fullmatch(r"(?i)[☐□❑❒◻_\s\[\]()]*(?:yes|no|y|n|n/?a|met|not met)?[☐□❑❒◻_\s\[\]()]*", cell) is not None


def _is_tick(cell: str) -> bool:
    return pattern("grids", "tick").match(cell) is not None


def _are_marks(cells: Sequence[str], name: str) -> bool:
    """True for a product's or an indication's column: ticks, blanks and short values, of which some are ticks."""
    ticked = [cell for cell in cells if _is_tick(cell) or _SIGN.fullmatch(cell)]
    values = [cell for cell in cells if cell and cell not in ticked and not NOTHING.match(cell) and not NO.match(cell)]
    return len(ticked) > max(1, len(values)) and all(len(cell.split()) <= _VALUE for cell in values) and bool(name)


def are_consecutive(cells: Sequence[str]) -> bool:
    """True for A01, A02, A03: numbers of entries that begin with one, whatever codes look like them."""
    found = [re.fullmatch(r"([A-Z]{0,3}-?)0*(\d{1,3})", cell) for cell in cells]
    numbers = [(match[1], int(match[2])) for match in found if match is not None]
    return len(numbers) == len(cells) > 1 and numbers[0][1] == 1 and all(
        one[0] == other[0] and other[1] == one[1] + 1 for one, other in pairwise(numbers)
    )  # fmt: skip


def is_mark(cell: str) -> bool:
    """True for a tick, a yes, or a letter or sign that a legend explains."""
    return YES.match(cell) is not None or _is_tick(cell) or _SIGN.fullmatch(cell) is not None
