"""Tables in which each row sets a case: what is asked in it, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cells import NOTHING, cell_test
from chartproof.policy.draft.columns import Grid
from chartproof.policy.draft.criterion import Criterion, first_words, grouped
from chartproof.policy.draft.entries import asked
from chartproof.policy.draft.guards import guarded
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sections import sentence_of
from chartproof.policy.draft.single import single
from chartproof.policy.draft.situations import beside_row
from chartproof.policy.draft.words import pattern

#: A verdict has so many words at the most, and begins with what is done.
_VERDICT = 4
REFUSES = re.compile(r"(?:den(?:y|ied)|refuse[ds]?|decline[ds]?|reject(?:ed)?|stop|no|not \w+)\b", re.IGNORECASE)
_DECIDES = re.compile(
    rf"(?:(?:is|are) )?(?:{REFUSES.pattern}|(?:approve|cover|authorize|allow|grant|pay|renew|extend|continue)[ds]?\b)",
    re.IGNORECASE,
)


def cases(grid: Grid, kind: str, text: str) -> list[Criterion]:
    """The rows' criteria: of rows that name indications or situations one is enough; what holds for all stands beside."""
    ways: list[Criterion] = []
    beside: list[Criterion] = []
    later: list[Criterion] = []
    for at, row in enumerate(grid.rows, 1):
        one, is_way = _case(grid, row, at, kind or "necessity")
        (ways if is_way else beside).append(one)
        later += _beside(grid, row, at)
    if len(ways) < 2:
        return [*ways, *beside, *later]
    words = text or " / ".join(one.text for one in ways)
    return [grouped("WAYS", grid.rows[0], words, ways[0].kind, join="any", children=tuple(ways)), *beside, *later]


def _beside(grid: Grid, row: Node, at: int) -> list[Criterion]:
    """What the row's columns of another kind ask in its case alone: to go on, to send, to refuse."""
    number = grid.cell(row, grid.at("number")).rstrip(".)")
    situation = grid.cell(row, grid.at("situation"))
    found: list[Criterion] = []
    for n in grid.all_of("continuation", "documentation", "exclusion"):
        one = cell_test(f"{number or f'r{at}'}/{grid.head[n]}", row, n, grid.roles[n])
        if one is not None and not NOTHING.match(grid.cell(row, n)):
            found.append(beside_row(one, row, n, situation, listed=False))
    return found


def _case(grid: Grid, row: Node, at: int, kind: str) -> tuple[Criterion, bool]:
    """One row's criterion, and whether it is a way among the others."""
    number = grid.cell(row, grid.at("number")).rstrip(".)")
    situation = grid.cell(row, grid.at("situation"))
    name = number or situation or f"r{at}"
    cells = [grid.cell(row, n) for n in grid.all_of("necessity", "then", "")]
    cells = [cell for cell in cells if not NOTHING.match(cell)]
    verdict = next((cell for cell in cells if _is_verdict(cell)), "")
    if verdict and REFUSES.search(verdict):  # the whole row is what is refused
        state = " and ".join([situation, *(cell for cell in cells if cell != verdict)])
        return replace(_refused(name, row, state, ""), made_id=not number), False
    cells = [cell for cell in cells if cell != verdict] or cells
    said = " ".join(cells)
    if kind == "exclusion" or (_refuses(said) and announcement(said) is None):
        return replace(_refused(name, row, situation, said), made_id=not number), False
    kind = _kind_of(situation, said) if kind == "necessity" else kind
    tests = [
        asked(f"{name}/{n}", row, _plain(cell), kind) for n, cell in enumerate(cells, 1) if not _asks_nothing(cell)
    ]
    everyone = pattern("grids", "everyone").search(situation) is not None
    conditional = pattern("grids", "if_head").match(grid.head[grid.at("situation")]) is not None
    if conditional and everyone:
        one = tests[0] if len(tests) == 1 else grouped(name, row, said, kind, join="all", children=tuple(tests))
        return replace(one, id=name, made_id=not number), False
    if conditional or pattern("grids", "sets_case").match(situation):
        return replace(_when(name, row, situation, tests, kind), made_id=not number), False
    requested = _names_requests(grid)
    used = (
        []
        if everyone or requested or kind == "continuation"
        else [single(f"{name}/0", row, situation, kind, is_made=True)]
    )
    parts = [
        part
        for test in tests
        for part in (test.children if test.join == "all" and not (test.when or test.unless) else (test,))
    ]
    words = f"{number} {situation}".strip() if number else situation
    if requested and not everyone:  # what is asked for decides which row is read
        one = tests[0] if len(tests) == 1 else grouped(name, row, words, kind, join="all", children=tuple(parts))
        when = f"{situation[:1].lower()}{situation[1:]} is requested"
        return replace(one, id=name, text=row.text, find=first_words(words), when=when, made_id=not number), False
    whole = grouped(name, row, words, kind, join="all", children=(*used, *parts))
    return replace(whole, made_id=not number), not everyone and kind == "necessity"


def _names_requests(grid: Grid) -> bool:
    """True where the column's name and most of its cells say what is asked for: a trial, a replacement, a screening."""
    at = grid.at("situation")
    if pattern("grids", "requested").match(grid.head[at]) is None:
        return False
    named = [row for row in grid.rows if pattern("grids", "service").search(grid.cell(row, at))]
    return len(named) * 2 > len(grid.rows)


def _kind_of(situation: str, said: str) -> str:
    """The kind of a row by the case that it sets and by its own sentence."""
    if pattern("grids", "continuing").search(situation):
        return "continuation"
    counted = announcement(said)
    if counted is not None and counted.join == "none":
        return "exclusion"
    role = sentence_of(said)
    return role if role in ("documentation", "continuation") else "necessity"


def _refused(name: str, row: Node, situation: str, said: str) -> Criterion:
    """A row that refuses: its case is what is refused, and what its answer lets pass is the exception."""
    plain = pattern("grids", "if").sub("", situation).strip(" ,")
    one = asked(f"{name}/0", row, plain, "exclusion")
    _, _, rest = said.partition(";")
    unless = one.unless or guarded(said).unless or rest.strip(" .")
    children = one.children if one.join == "any" else (replace(one, unless=unless),)
    return grouped(name, row, situation, "exclusion", join="none", children=children)


def _when(name: str, row: Node, situation: str, tests: Sequence[Criterion], kind: str) -> Criterion:
    """A row that asks something of some: its case is the condition."""
    when = pattern("grids", "if").sub("", situation).strip(" ,")
    one = tests[0] if len(tests) == 1 else grouped(name, row, row.text, kind, join="all", children=tuple(tests))
    return replace(one, id=name, when=when, text=one.text or row.text, find=one.find or first_words(row.text))


def _plain(cell: str) -> str:
    """The cell without the words that only grant: "it is approved only when"."""
    return pattern("grids", "then").sub("", cell).strip()


def _refuses(said: str) -> bool:
    return pattern("grids", "refused").search(said) is not None


def _is_verdict(cell: str) -> bool:
    """True for a word or two that only decide: "refuse", "approve 12 months"."""
    return len(cell.split()) <= _VERDICT and _DECIDES.match(cell) is not None


def _asks_nothing(cell: str) -> bool:
    return pattern("grids", "nothing").match(cell) is not None
