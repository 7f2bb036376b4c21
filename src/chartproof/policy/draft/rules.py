"""Decision tables: a rule in each column or in each row, with what follows from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cells import NO, NOTHING, YES, cell_test
from chartproof.policy.draft.criterion import Criterion, grouped
from chartproof.policy.draft.entries import asked
from chartproof.policy.draft.guards import guarded
from chartproof.policy.draft.labels import printed_label
from chartproof.policy.draft.legends import legend
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import pattern

RULE = re.compile(
    r"^(?:rule|case|path(?:way)?|scenario|route|option|column)?\s*(?:#\s*)?(?:\d{1,2}|[A-Z]|[IVX]{1,4})$", re.IGNORECASE
)
#: "R1", "C-2": what stands over a rule's column where the column holds answers.
_NUMBERED = re.compile(r"[A-Z]{1,2}-?\d{1,2}")
_REFUSES = re.compile(
    r"\b(?:den(?:y|ied|ial)|refus\w+|decline\w*|not (?:approved|covered|medically necessary)|stop|no)\b", re.IGNORECASE
)
_APPROVES = re.compile(r"(?:approve|authorize|cover|allow|pay)", re.IGNORECASE)
_DECIDES = re.compile(r"\b(?:decision|outcome|action|determination|disposition|result|then)\b", re.IGNORECASE)
_ANY_RULE = re.compile(
    r"\b(?:any|one|a)\s(?:\w+\s)?(?:rule|row|column|path|case)\b.*\b(?:allow|approv|enough|permit|suffic)"
    r"|\b(?:approve|authorize|allow|cover|pay)\w*\b[^.;]*\b(?:any|one|a)\s(?:\w+\s)?(?:rule|row|column|path|case)\b",
    re.IGNORECASE,
)
_ANY_STOPS = re.compile(
    r"\b(?:any|one|a|each|every|single)\s(?:[\w-]+\s){0,2}(?:rule|row|column|path|case|line)\b.*\b(?:stop|refus|den[yi]|declin|bar)",
    re.IGNORECASE,
)

#: (outcome, name, row, tests) of a decision table's rule.
Rule = tuple[str, str, Node, tuple[Criterion, ...]]


def rules_of(head: Sequence[str], rows: Sequence[Node], answers: Sequence[int]) -> list[int]:
    """The columns that are rules: named so, or numbered over answers and over what follows from them; () where only one is.

    `answers` are columns that are to be filled in.
    """
    named = [n for n, cell in enumerate(head) if n and n not in answers and RULE.match(cell)]
    numbered = [n for n, cell in enumerate(head) if n and _NUMBERED.fullmatch(cell)]
    asked = [row for row in rows if not _decides(row)]
    cells = [cell for row in asked for n in numbered for cell in row.cells[n : n + 1]]
    answered = all(YES.match(cell) or NO.match(cell) or NOTHING.match(cell) for cell in cells)
    if len(numbered) == len(head) - 1 > 1 and answered and 0 < len(asked) < len(rows):
        return numbered
    return named if len(named) > 1 else []


def rule_columns(
    head: Sequence[str], rows: Sequence[Node], rules: Sequence[int], kind: str, lead: str
) -> list[Criterion]:
    """A decision table with a rule in each column: conditions above, what follows from them in the last rows."""
    decided = [row for row in rows if _decides(row)]
    tests = [row for row in rows if row not in decided]
    found: list[Rule] = []
    for n in rules:
        outcome = " ".join(_decision(row, n) for row in decided).strip()
        children = tuple(
            one
            for at, row in enumerate(tests, 1)
            if (one := _answered(f"{head[n]}/{at}", row, n, kind or "necessity")) is not None
        )
        if children:
            found.append((outcome, head[n], rows[0], children))
    return _by_outcome(found, kind, lead)


def _decides(row: Node) -> bool:
    """True for a row of what follows from a rule: "Action: approve for (months)"."""
    first = row.cells[0]
    return bool(_DECIDES.search(first) or re.match(r"(?i)(?:approve|deny|pend|refuse)\b", first))


def _answered(name: str, row: Node, n: int, kind: str) -> Criterion | None:
    """What a rule asks in one row: all that the row says where its answer is yes, else what the cell says of it."""
    cell = row.cells[n] if n < len(row.cells) else ""
    return asked(name, row, row.cells[0], kind) if YES.match(cell) else cell_test(name, row, n, kind)


def _decision(row: Node, n: int) -> str:
    cell = row.cells[n] if len(row.cells) > n else ""
    return row.cells[0] if YES.match(cell) else "" if NOTHING.match(cell) else cell


def rule_rows(head: Sequence[str], rows: Sequence[Node], decision: int, kind: str, lead: str) -> list[Criterion]:
    """A decision table with a rule in each row: conditions in its cells, the outcome in the last."""
    found: list[Rule] = []
    for at, row in enumerate(rows, 1):
        printed = RULE.match(row.cells[0]) or printed_label(row.cells[0])
        label = row.cells[0] if printed else f"r{at}"
        children: list[Criterion] = []
        for n, cell in enumerate(row.cells):
            if n == decision or NOTHING.match(cell) or (n == 0 and printed) or pattern("grids", "points").match(cell):
                continue
            if pattern("columns", "waived").search(head[n]):
                continue
            subject = (
                replace_cells(row, (head[n], cell))
                if YES.match(cell) or NO.match(cell) or len(cell.split()) < 5
                else row
            )
            if subject is row:
                one = asked(f"{label}/{n}", row, cell, kind or "necessity")
                children += one.children if one.join == "all" and not (one.when or one.unless) else (one,)
            elif (named := cell_test(f"{label}/{n}", subject, 1, kind or "necessity")) is not None:
                children.append(replace(named, text=f"{head[n]} {cell}"))
        if children:
            outcome = row.cells[decision]
            waived = next(
                (cell for n, cell in enumerate(row.cells) if pattern("columns", "waived").search(head[n])), ""
            )
            unless = "" if NOTHING.match(waived) else f" unless {waived}"
            found.append((f"{outcome}{unless}", label, row, tuple(children)))
    return _by_outcome(found, kind, lead)


def replace_cells(row: Node, cells: tuple[str, ...]) -> Node:
    """The row with other cells."""
    return Node("row", row.text, row.page, row.lines, left=row.left, cells=cells)


def _by_outcome(rules: Sequence[Rule], approving: str, lead: str) -> list[Criterion]:
    """The rules that approve are ways, of which one is enough; the rules that refuse are exclusions."""
    found: list[Criterion] = []
    for refuses, name, join in ((False, "APPROVE", "any"), (True, "REFUSE", "none")):
        ours = [rule for rule in rules if bool(_REFUSES.search(rule[0])) is refuses]
        kind = "exclusion" if refuses else "continuation" if approving == "continuation" else "necessity"
        passed = [
            rule
            for rule in ours
            if not refuses and pattern("grids", "next").match(rule[0]) and not _APPROVES.match(rule[0])
        ]
        ways = tuple(_ruled(name, rule, kind) for rule in ours if rule not in passed)
        if passed and len(ways) > 1:  # what only leads on is asked of every way
            ways = (
                grouped(
                    f"{name}/ways", ours[0][2], _said_of(ours, lead, refuses=False), kind, join="any", children=ways
                ),
            )
        children = (*(_ruled(name, rule, kind) for rule in passed), *ways)
        if children:
            join = "all" if passed and ways else join
            found.append(
                grouped(name, ours[0][2], _said_of(ours, lead, refuses=refuses), kind, join=join, children=children)
            )
    return found


def _ruled(name: str, rule: Rule, kind: str) -> Criterion:
    """One rule: its tests together, under the number that is printed before it."""
    outcome, label, row, tests = rule
    children = tuple(_as(one, kind) for one in tests)
    printed = printed_label(label) != ""
    own = label if printed else f"{name}/{label}"
    guard = guarded(outcome)
    if len(children) == 1 and printed and not RULE.match(label):
        unless = children[0].unless or guard.unless
        return replace(children[0], id=own, unless=unless, made_id=False)
    if guard.when and kind != "exclusion":  # "approve 7 days if the road is closed": asked besides
        children = (*children, single(f"{own}/if", row, guard.when, kind, is_made=True))
    words = legend(label, row) or f"{label} {outcome}".strip()
    rule_of = grouped(own, row, words, kind, join="all", children=children)
    return replace(rule_of, unless=guard.unless, made_id=not printed)


def _said_of(rules: Sequence[Rule], lead: str, *, refuses: bool) -> str:
    """The sentence before the table that says what meeting one of its rules does, else the rules' own outcomes."""
    said = next((one for one in sentences(lead) if (_ANY_STOPS if refuses else _ANY_RULE).search(one)), "")
    return said or " / ".join(rule[1] if rule[0].isdigit() else rule[0] or rule[1] for rule in rules)


def _as(one: Criterion, kind: str) -> Criterion:
    return replace(one, kind=kind, children=tuple(_as(child, kind) for child in one.children))
