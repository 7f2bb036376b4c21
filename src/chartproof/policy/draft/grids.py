"""Criteria from tables: each row a condition, each column what is asked of it; rules as rows or as columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.calls import calling
from chartproof.policy.draft.case_columns import case_columns
from chartproof.policy.draft.cases import cases
from chartproof.policy.draft.cells import NOTHING, cell_test, for_whom, marked_items, with_proof
from chartproof.policy.draft.cited import cited, is_cited, is_shared, shared
from chartproof.policy.draft.columns import Grid, are_consecutive, read_grid, roles_of, with_labels_apart
from chartproof.policy.draft.criterion import Criterion, first_words, grouped
from chartproof.policy.draft.entries import asked, bands, entries, in_time, is_banded, wants_no
from chartproof.policy.draft.excepting_rows import with_excepting
from chartproof.policy.draft.flows import flow, is_flow
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.labels import printed_label
from chartproof.policy.draft.legends import legend
from chartproof.policy.draft.matrix import is_matrix, matrix
from chartproof.policy.draft.nested_rows import nested
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.relied_on import relied_on
from chartproof.policy.draft.row_kinds import apart, of_rows
from chartproof.policy.draft.rules import rule_columns, rule_rows, rules_of
from chartproof.policy.draft.sections import by_content, may_ask, sentence_of
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.single import single
from chartproof.policy.draft.situations import rows_of_situations, situation_column
from chartproof.policy.draft.ticks import ticked
from chartproof.policy.draft.told_tables import case_of, named_by
from chartproof.policy.draft.units import opens_list
from chartproof.policy.draft.words import pattern

#: What a row is about has so many words at the most.
_NAMED = 4
_KINDS = ("necessity", "continuation", "documentation", "exclusion")
#: The kinds of a part whose table names and then tells what it lists.
_LISTED = ("continuation", "documentation", "exclusion")
_CODE = re.compile(
    r"^(?:[A-TV-Z]\d[\dA-Z](?:\.?[\dA-Z]{1,4})?|[A-Z]\d{4}|\d{4}[0-9A-Z]|[A-Z0-9]{7}|\d{5}-\d{4}-\d{2})(?:\s*[-–,].*)?$"
)
_BLANK = re.compile(r"_{4,}")
_DATE = re.compile(
    r"^(?:\d{1,2}/)?\d{1,2}/\d{2,4}\b|^(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.? |^\d{4}-\d\d|^\d{4}$"
)
_OWN = re.compile(
    r"\b(?:effective|valid (?:from|through|until)|approved by|adopted by|in force|in effect|last looked at|to be (?:looked at|reviewed)|covered products?|benefit|last review(?:ed)?|(?:policy|program|register|document|grid|form|criteria) (?:number|no|title|name|id)|P&T (?:approval|approved|review)|client lines?|next (?:review|vote|ratification)|review(?:ed)? (?:due|date)|ratified|supersedes|issued)\b",
    re.IGNORECASE,
)


def is_aside(table: Node) -> bool:
    """True for a table of codes, of dates and changes, of lines of business, or of the document's own data.

    So is one that only calls the entries of another table: see calls.py.
    """
    if calling(table):
        return True
    cells = [[cell for cell in row.cells if cell] for row in table.children if any(row.cells)]
    if not cells:
        return True
    fields = [cell for row in table.children for n, cell in enumerate(row.cells) if n % 2 == 0]  # beside what they hold
    if sum(1 for row in cells if _OWN.search(row[0])) > 1:
        return True
    short = len(cells[0]) == 4 and all(len(one.split()) <= _NAMED for one in fields)
    if short and sum(1 for one in fields if _OWN.search(one)) > 1:
        return True
    blank = sum(1 for row in cells if any(_BLANK.search(cell) for cell in row))
    if blank * 2 > len(cells) or all(cell.endswith(":") for row in cells for cell in row):
        return True  # blanks to fill in
    head = " ".join(cells[0]).lower()
    body = cells[1:] or cells
    numbered = are_consecutive([row[0] for row in body]) or _counts_steps(cells[0]) or _counts_rows(cells)
    coded = sum(1 for row in body if any(_CODE.match(cell) for cell in row[numbered:2]))
    dated = sum(1 for row in body if any(_DATE.match(cell) for cell in row[:2]))
    lines = sum(1 for row in body if len(row[0].split()) <= _NAMED and pattern("grids", "business").search(row[0]))
    if coded / len(body) > 0.5 or (dated + lines) / len(body) > 0.5:
        return True
    named = set(roles_of(cells[0]))
    if pattern("grids", "no_criteria").search(head) and not (
        "applies" in named and named & {"necessity", "documentation"}
    ):
        return True
    return by_content([" ".join(row) for row in body]) in ("history", "references", "background")


def _counts_rows(cells: Sequence[Sequence[str]]) -> bool:
    """True for a first column of rows' own labels: "M10" below "Row" is no code."""
    counts = pattern("grids", "row_number").match(cells[0][0]) is not None
    return counts and all(printed_label(row[0]) or row == cells[0] for row in cells[1:])


def _counts_steps(head: Sequence[str]) -> bool:
    """True for the names of a table that is walked: "D12" below "Step" is no code where a column says what follows."""
    outcomes = [name for name in head if pattern("grids", "outcome_head").match(name)]
    return bool(outcomes) and pattern("grids", "number").search(head[0]) is not None


def draft_grid(tables: Sequence[Node], kind: str, paragraphs: Sequence[Node] = ()) -> list[Criterion]:
    """The criteria of tables that share their columns, in the order of columns and then of rows."""
    grid = read_grid(tables)
    head, rows, roles = grid.head, list(grid.rows), grid.roles
    if not rows:
        return []
    lead = " ".join(node.text for node in paragraphs)
    if "answer" in roles and kind in ("", "necessity") and wants_no(grid, lead):
        kind = "exclusion"
    if is_cited(grid):
        return cited(grid, kind, lead)
    if is_shared(grid):
        return shared(grid, kind, column_lead(lead, head[-1], kind))
    if rules := rules_of(head, rows, grid.all_of("answer")):
        return rule_columns(head, rows, rules, kind, lead)
    if is_flow(grid):
        return flow(grid, kind, lead)
    if _only_refuses(grid):
        grid = replace(grid, roles=tuple("aside" if role == "decision" else role for role in roles))
        roles = grid.roles
    if "decision" in roles and not is_matrix(grid, lead):
        return rule_rows(head, rows, roles.index("decision"), kind, lead)
    if "definition" in roles and kind in _LISTED:  # "What it means" tells what is refused, sent or asked later
        grid = replace(grid, roles=tuple("necessity" if role == "definition" else role for role in roles))
        roles = grid.roles
    if "definition" in roles or kind == "definition":
        return [grouped(f"DEF/{n}", row, row.text, "definition") for n, row in enumerate(rows, 1)]
    if "type" in roles:
        return entries(grid, kind, lead)
    if "mark" in roles:
        return ticked(grid, kind, lead, column_lead(lead, head[0], kind))
    if by_case := case_columns(grid, kind or "necessity"):
        return _of_part(by_case, grid, kind or "necessity", lead)
    if is_matrix(grid, lead):
        fits = next((said for said in sentences(lead) if pattern("grids", "row_fits").search(said)), "")
        return matrix(grid, kind or "necessity", fits or column_lead(lead, head[0], kind) or _named_part(rows[0], kind))
    if _is_sided(head, roles):
        return [one for n in range(len(head)) if (one := _side(grid, n)) is not None]
    if is_banded(grid):
        return [bands(grid, kind or "necessity", paragraphs[-1].text if paragraphs else "")]
    named = [n for n in grid.all_of(*_KINDS) if n]
    if "situation" in roles and len(named) + ("then" in roles) < 2:
        return cases(grid, kind, column_lead(lead, head[grid.at("situation")], kind))
    if (
        any(head)
        and kind in ("", "necessity", "continuation")
        and (ways := _by_way(grid, named, kind or "necessity", lead))
    ):
        return ways
    grid = _with_numbers(grid) if any(head) else grid
    roles, named = grid.roles, [n for n in grid.all_of(*_KINDS) if n]
    kinds = {roles[n] for n in named}
    if kind == "documentation" and kinds > {kind}:
        kind = ""  # "Criteria and documentation": each column is of its own kind
    only_papers = kinds == {"documentation"} and len(named) == 1 and "applies" in roles
    if len(kinds - {"documentation"}) > 1 or ("documentation" in kinds and not only_papers):
        return _of_columns(grid, named, kind, lead)
    told = next(iter(kinds), roles[0] if roles[0] in _KINDS else "necessity")
    return entries(grid, _column_kind(told, kind), lead)


def _of_part(found: list[Criterion], grid: Grid, kind: str, lead: str) -> list[Criterion]:
    """Numbered rows under the sentence that says how they join: "satisfies every row of Table 1 in the column ..."."""
    said = next((one for one in sentences(lead) if pattern("grids", "in_column").search(one)), "")
    if grid.roles[0] != "number" or not said:
        return found
    heading = grid.rows[0].parent.parent if grid.rows[0].parent is not None else None
    name = heading.id if heading is not None and heading.kind == "heading" else ""
    one = grouped(name or "ROWS", grid.rows[0], said, kind, join="all", children=tuple(found))
    return [replace(one, made_id=not name)]


def _only_refuses(grid: Grid) -> bool:
    """True where a column of reasons to refuse stands beside what is done in each case, and nothing is granted in any."""
    done = [grid.cell(row, grid.at("decision")) for row in grid.rows] if "decision" in grid.roles else []
    kinds = set(_KINDS) & set(grid.roles)
    return bool(done) and kinds == {"exclusion"} and not any(pattern("grids", "next").search(cell) for cell in done)


def _with_numbers(grid: Grid) -> Grid:
    """The grid with a column of its rows' labels before criteria: an empty one where papers stand beside unnumbered criteria."""
    apart = with_labels_apart(grid)
    if apart is not grid or grid.roles[0] == "number":
        return apart
    asked = [cell for row in grid.rows if (cell := grid.cell(row, 0))]
    tests = [cell for cell in asked if _states(cell)]
    columns = {"exclusion", "continuation"} & set(grid.roles) or "necessity" in grid.roles[1:]
    papers = "documentation" in grid.roles and not columns
    if grid.roles[0] != "necessity" or not papers or len(tests) * 2 <= len(asked):
        return grid
    rows = tuple(replace(row, cells=("", *row.cells)) for row in grid.rows)
    return Grid(("", *grid.head), rows, ("number", *grid.roles))


def _states(cell: str) -> bool:
    """True for a cell that says something of its own, and does not only name what its row is about."""
    said = sentences(cell)
    return any(sentence_of(one) in ("test", "necessity") or (one.endswith(".") and may_ask(one)) for one in said)


def _is_sided(head: Sequence[str], roles: Sequence[str]) -> bool:
    """True for "Covered when" beside "Not covered when": lists that only share the page, each of a kind of its own."""
    apart = len(set(roles)) == len(roles) > 1 and {*roles} <= {"necessity", "exclusion", "continuation"}
    return apart and pattern("grids", "asked").search(head[0]) is None


def _side(grid: Grid, n: int) -> Criterion | None:
    """One list of a table of lists, under its column's name."""
    kind = grid.roles[n]
    told = [(row, cell) for row in grid.rows if not NOTHING.match(cell := grid.cell(row, n))]
    name = re.sub(r"\W+", "_", grid.head[n]).strip("_").upper()[:16]
    children = tuple(
        one
        for at, (row, cell) in enumerate(told, 1)
        for one in marked_items(f"{name}/{at}", row, cell, kind) or (asked(f"{name}/{at}", row, cell, kind),)
    )
    if not children:
        return None
    said = announcement(grid.head[n])
    join = "none" if kind == "exclusion" else said.join if said else "all"
    return grouped(name, told[0][0], grid.head[n], kind, join=join, children=children)


def _of_columns(grid: Grid, columns: Sequence[int], kind: str, lead: str) -> list[Criterion]:
    """A group for each column: what is asked first, what later, what is sent."""
    head, rows, roles = grid.head, list(grid.rows), grid.roles
    if kind == "exclusion":  # what proves a refusal is no paper that the member must send
        columns = [n for n in columns if roles[n] != "documentation"] or columns
    asked_in = [n for n in columns if roles[n] != "documentation"]
    rows, others = apart(rows, kind or "necessity") if len(asked_in) > 1 else (rows, [])
    found = [one for n in columns if (one := _column(head, rows, n, _column_kind(roles[n], kind), lead)) is not None]
    found += of_rows(head, others, asked_in)
    if roles[0] == "number" and found:
        found[0] = _with_ids(found[0], [row.cells[0] for row in rows])
    return relied_on(found) if len(asked_in) == 1 else found


def _with_ids(column: Criterion, names: Sequence[str]) -> Criterion:
    """The first column of criteria behind a column of printed numbers: they are its criteria's ids."""
    longest = sorted(filter(None, names), key=len, reverse=True)
    children = []
    for child in column.children:
        name = next((one for one in longest if child.text.startswith(f"{one} ")), "")
        rest = child.text[len(name) :].strip()
        children.append(replace(child, id=name, text=rest, find=first_words(rest), made_id=False) if name else child)
    return replace(column, children=tuple(nested(children)))


def asks(table: Node) -> bool:
    """True for a table that nothing introduces and whose own words ask: a column of what is asked, or rows that are tests."""
    grid = read_grid([table])
    named = set(roles_of(grid.head)) & {"necessity", "exclusion", "continuation", "documentation"}
    if named or {"mark", "answer", "situation", "then", "decision"} & set(grid.roles):
        return True
    tests = [row for row in grid.rows if any(sentence_of(cell) in ("test", "necessity") for cell in row.cells[1:])]
    return len(tests) * 2 > len(grid.rows)


def decides(head: Sequence[str]) -> bool:
    """True for the column names of a decision table."""
    return "decision" in roles_of(head)


def _column_kind(role: str, kind: str) -> str:
    return kind if role == "necessity" and kind in _KINDS else role


def _column(head: Sequence[str], rows: Sequence[Node], n: int, kind: str, lead: str) -> Criterion | None:
    """One column: all its cells, or for an exclusion none of them."""
    name = re.sub(r"\W+", "_", head[n]).strip("_").upper()[:16] or f"C{n}"
    roles = roles_of(head)
    row_of = {f"{name}/{at}": row for at, row in enumerate(rows, 1)}
    children = [
        in_time(Grid(tuple(head), tuple(rows), roles), row, for_whom(_proving(one, row, roles), row, roles))
        if roles[n] == "documentation"
        else with_proof(for_whom(one, row, roles), row, roles)
        for at, row in enumerate(rows, 1)
        if (one := cell_test(f"{name}/{at}", row, n, kind)) is not None
    ]
    if not children:
        return None
    if pattern("grids", "own_row").search(lead):
        children = [replace(one, when=one.when or row_of[one.id].cells[0]) for one in children]
    text = column_lead(lead, head[n], kind) or _named_part(rows[0], kind) or head[n]
    first = next((row for row in rows if len(row.cells) > n and row.cells[n]), rows[0])
    said = announcement(text)
    join = "none" if kind == "exclusion" else said.join if said and kind != "documentation" else "all"
    heading = rows[0].parent.parent if rows[0].parent is not None else None
    when = case_of(heading) if heading is not None else ""
    return replace(grouped(name, first, text, kind, join=join, children=tuple(children)), when=when)


def _named_part(row: Node, kind: str) -> str:
    """The heading over a table that names a part of the document by a label, for what the part itself lists."""
    heading = row.parent.parent if row.parent is not None else None
    if heading is None or heading.kind != "heading" or heading.label is None or kind == "documentation":
        return ""
    return " ".join([heading.text, *named_by(heading)])


def _proving(one: Criterion, row: Node, roles: Sequence[str]) -> Criterion:
    """The paper of a row behind the words of what it proves."""
    at = next((at for at, role in enumerate(roles) if at and role == "necessity" and at < len(row.cells)), 0)
    asked = row.cells[at] if at else ""
    label = f"{row.cells[0]}. " if at == 1 and re.match(r"[A-Z][a-z]+ \d", row.cells[0]) else ""
    return replace(one, text=f"{label}{asked} {one.text}") if asked and asked not in one.text else one


def _by_way(grid: Grid, columns: Sequence[int], kind: str, lead: str) -> list[Criterion]:
    """A table in which each column, or each row, is another indication: its cells are asked together, one is enough."""
    head, rows = grid.head, list(grid.rows)
    ways: list[Criterion] = []
    later: list[Criterion] = []
    labels = [pattern("grids", "labelled").match(name) for name in head[1:]]
    if pattern("grids", "asked").search(head[0]) and len(head) > 2 and (all(labels) or not any(roles_of(head)[1:])):
        rows, others = apart(rows, kind)
        later = of_rows(head, others, range(1, len(head)))
        if kind == "continuation" and len(rows) == 1:  # the one thing that is asked, of each its own
            tests = [(n, cell_test(f"{head[n]}/1", rows[0], n, kind)) for n in range(1, len(head))]
            return [
                replace(one, when=one.when or legend(head[n], rows[0]) or head[n]) for n, one in tests if one
            ] + later
        says = any(pattern("grids", "disease").search(row.cells[0]) for row in rows)
        for n, label in enumerate(labels, 1):
            name = label["label"] if label else head[n]
            words = legend(head[n], rows[0]) or head[n]
            plain, excepting = with_excepting(rows)
            cells = [excepting(one, at, n) for at, row in plain if (one := cell_test(f"{name}/{at}", row, n, kind))]
            own = [] if says else [single(f"{name}/use", rows[0], words, kind, is_made=True)]
            way = grouped(name, rows[0], words, kind, join="all", children=(*own, *cells))
            ways.append(replace(way, made_id=label is None))
    elif pattern("grids", "ways").search(head[0]) and len(columns) == 1:
        for row in rows:
            used = single(f"{row.cells[0]}/use", row, row.cells[0], kind, is_made=True)
            cell = single(f"{row.cells[0]}/{head[columns[0]]}", row, row.cells[columns[0]], kind, is_made=True)
            ways.append(grouped(row.cells[0], row, row.text, kind, join="all", children=(used, cell)))
    beside: list[Criterion] = []
    if situation_column(head) >= 0 and (len(columns) > 1 or situation_column(head)):
        said = [n for n in columns if n > situation_column(head)]
        ways, beside = rows_of_situations(head, rows, said, grid.roles) if said else ([], [])
    if len(ways) < 2:
        return []
    first = [way for way in ways if way.kind == ways[0].kind]
    more = [way for way in ways if way.kind != ways[0].kind]
    names = " ".join(head[:2]) if situation_column(head) > 0 else " / ".join(way.text for way in first)
    text = column_lead(lead, head[0], kind) or names
    groups = [grouped("WAYS", rows[0], text, first[0].kind, join="any", children=tuple(first))]
    if more:
        groups.append(grouped("WAYS/more", rows[0], names, more[0].kind, join="any", children=tuple(more)))
    return [*groups, *beside, *later]


def column_lead(lead: str, name: str, kind: str) -> str:
    """The sentence before a table that says how a column is read: it names the column, or its words are of its kind."""
    said = [clause for sentence in sentences(lead) for clause in re.split(r";\s+", sentence)]
    named = (one for one in said if re.search(rf"\b{re.escape(name)}\b", one))
    asked = "documentation" if kind == "documentation" else "exclusion" if kind == "exclusion" else ""
    of_kind = (one for one in said if (sentence_of(one) == asked if asked else opens_list(one)))
    of_columns = (one for one in said if not asked and pattern("grids", "rows_join").search(one))
    return next(named, "") or next(of_kind, "") or next(of_columns, "")
