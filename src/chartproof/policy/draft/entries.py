"""Tables in which each row is one criterion: registers, steps and check lists, with what their other columns say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from chartproof.policy.draft.cells import NOTHING, cell_test, for_whom
from chartproof.policy.draft.classes import cases_of, class_of
from chartproof.policy.draft.columns import Grid
from chartproof.policy.draft.criterion import Criterion, first_words, grouped, with_window
from chartproof.policy.draft.enumerated import divided
from chartproof.policy.draft.guards import Guarded, guard_of_part, guarded, part_read
from chartproof.policy.draft.items import criterion, made, without_boxes_text
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.labels import PARTS, label_of
from chartproof.policy.draft.leads import Lead, set_apart
from chartproof.policy.draft.leaf import read_test
from chartproof.policy.draft.mentions import alternatives
from chartproof.policy.draft.nested_rows import with_rows
from chartproof.policy.draft.nodes import Node, stem
from chartproof.policy.draft.relied_on import proofs
from chartproof.policy.draft.sections import CRITERIA, section_of, sentence_of
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.series import series
from chartproof.policy.draft.single import single
from chartproof.policy.draft.told_tables import case_of
from chartproof.policy.draft.windows import window_of
from chartproof.policy.draft.words import pattern

#: What a row is about has so many words at the most.
_NAMED = 4


def asked(name: str, row: Node, text: str, kind: str) -> Criterion:
    """What one cell asks, as one criterion; a list that the cell prints has its own labels under the row's."""
    item = divided(Node("item", text, row.page, row.lines, label_of(f"{name} X"), name, row.left))
    if item.label is not None and item.children:
        return replace(criterion(item, kind), text=text)
    found = series(name, row, text, kind) or single(name, row, text, kind, is_made=True)
    return replace(found, text=text, find=first_words(text))


def entries(grid: Grid, kind: str, lead: str) -> list[Criterion]:
    """The rows as criteria under their printed numbers, grouped by what the sentence before the table says of them."""
    answers = told_answers(lead)
    found: list[tuple[str, str, Criterion]] = []
    below = _below(grid)
    named = kind in ("", "necessity") and _names_parts(grid)
    for at, row in enumerate(grid.rows, 1):
        if any(row is one for rows in below.values() for one in rows):
            continue
        number = grid.cell(row, grid.at("number")).rstrip(".)")
        said, own = answers.get(_bare(number), ("", ""))
        if "type" in grid.roles and not own:
            said, own = _of_class(grid, row, lead)
            if own in ("limits", "aside"):
                continue
            if not own and kind == "exclusion" and any(_of_class(grid, other, lead)[0] for other in grid.rows):
                own = "necessity"  # a class that no sentence tells of, among others, refuses nothing
        if named and not own:
            role = section_of(_subject(grid, row))
            own = CRITERIA.get(role, "")
            if role and (not own or role == "limits"):
                continue  # "Limits" and "Notes" beside what they say
        one = _entry(grid, row, number or f"r{at}", own or kind or "necessity", below)
        if one is not None:
            said_so = (
                announcement(f"{grid.cell(row, grid.at('type'))} the following:")
                if own == "" and one.children
                else None
            )
            one = replace(one, join=said_so.join) if said_so is not None else one
            found.append((said, one.kind, replace(one, made_id=not number)))
    papers = proofs(grid, _asked_at(grid)) if "type" in grid.roles else []
    return [*_grouped(grid, found, lead), *papers]


def _of_class(grid: Grid, row: Node, lead: str) -> tuple[str, str]:
    """The sentence that says what the class of this row is for ("“Bar” rules stop a request"), and the kind of the class."""
    said, kind = class_of(grid.cell(row, grid.at("type")), sentences(lead))
    text = grid.cell(row, next(iter(grid.all_of("necessity", "exclusion", "continuation", "then")), -1))
    extends = kind == "limits" and sentence_of(text) == "continuation"
    return ("", "continuation") if extends else (said, kind)


def _subject(grid: Grid, row: Node) -> str:
    """What stands before what a row asks, "" where nothing does."""
    n = _asked_at(grid)
    return next((grid.cell(row, at) for at in grid.all_of("") if at < n), "")


def _asked_at(grid: Grid) -> int:
    """The column of what is asked, else of the papers."""
    asked = grid.all_of("necessity", "exclusion", "continuation", "then") or grid.all_of("documentation")
    return next(iter(asked), -1)


def _names_parts(grid: Grid) -> bool:
    """True where the first cells of rows are names of parts, as of a document that is a table: "Not covered", "Renewal"."""
    roles = {section_of(_subject(grid, row)) for row in grid.rows} - {"", "criteria", "site"}
    return len(roles) > 1


def _below(grid: Grid) -> dict[str, list[Node]]:
    """The rows whose printed numbers stand under another row's ("1.4a" and "1.4b" under "1.4"), by that row's number."""
    numbers = [grid.cell(row, grid.at("number")).rstrip(".)") for row in grid.rows]
    found: dict[str, list[Node]] = {}
    for row, number in zip(grid.rows, numbers, strict=True):
        above = next((one for one in numbers if one and one.split(" ")[-1] == stem(number)), "")
        if above and above != number:
            found.setdefault(above, []).append(row)
    return found


def _listed(grid: Grid, row: Node, n: int, below: Mapping[str, Sequence[Node]]) -> Node:
    """A row and those under it as an item with its list."""
    number = grid.cell(row, grid.at("number")).rstrip(".)")
    item = Node("item", grid.cell(row, n), row.page, row.lines, label_of(f"{number} X"), number, row.left)
    item.children = [_listed(grid, one, n, below) for one in below.get(number, ())]
    return item


def _entry(grid: Grid, row: Node, name: str, kind: str, below: Mapping[str, Sequence[Node]]) -> Criterion | None:
    n = _asked_at(grid)
    text, _ = without_boxes_text(grid.cell(row, n))
    if NOTHING.match(text):
        return None
    if name in below:
        whole = asked(name, row, text, kind)
        rows = [one for other in below[name] if (one := _row_below(grid, other, kind, below)) is not None]
        if whole.join == "all" and any(name_of in child.text for child in whole.children for name_of in _ids(rows)):
            return _guarded(grid, row, with_rows(whole, rows))
        return _guarded(grid, row, criterion(_listed(grid, row, n, below), kind))
    subject = _subject(grid, row)
    value = next((grid.cell(row, at) for at in grid.all_of("") if at == n + 1), "")
    if not subject and value and not any(grid.head) and _is_value(text, value):
        subject, text = text, value  # what is asked stands before its value
    one = _of_subject(name, row, (subject, text), kind) if subject else asked(name, row, text, kind)
    more = " ".join(cell for at in grid.all_of("limits") if re.search(r"\d", cell := grid.cell(row, at)))
    one = _for_so_long(one, more) if more else one
    return _guarded(grid, row, in_time(grid, row, one))


def _row_below(grid: Grid, row: Node, kind: str, below: Mapping[str, Sequence[Node]]) -> Criterion | None:
    number = grid.cell(row, grid.at("number")).rstrip(".)")
    return _entry(grid, row, number, kind, below)


def _ids(rows: Sequence[Criterion]) -> list[str]:
    return [one.id for one in rows]


def _is_value(subject: str, cell: str) -> bool:
    """True for "closed" beside "Growth plates": a word or two of what is asked of it."""
    short = len(subject.split()) <= _NAMED and len(cell.split()) < _NAMED
    return short and not NOTHING.match(cell) and not pattern("grids", "answer").match(cell)


def _of_subject(name: str, row: Node, cells: tuple[str, str], kind: str) -> Criterion:
    """What a row asks of its subject: "Ferritin" and "below 30 ng/mL"."""
    pair = Node("row", row.text, row.page, row.lines, left=row.left, cells=cells)
    return cell_test(name, pair, 1, kind) or asked(name, row, " ".join(cells), kind)


def _for_so_long(one: Criterion, limit: str) -> Criterion:
    """The criterion with how long or how much its row asks of it: each of its tests is measured by that."""
    measure = read_test(limit)
    children = tuple(_for_so_long(child, limit) for child in one.children)
    plain = one.leaf is None or one.leaf.op == "present"
    leaf = measure if measure is not None and plain and not children else one.leaf
    return replace(one, text=f"{one.text} {limit}", leaf=leaf, children=children)


def in_time(grid: Grid, row: Node, one: Criterion) -> Criterion:
    """The criterion with the window that its row prints, in a column of its own or beside the name of its source."""
    for n in grid.all_of("window", "source", "documentation"):
        days = window_of(grid.cell(row, n))[0] or _bare_window(grid, row, n)
        if days is not None:
            return with_window(one, days)
    return one


def _bare_window(grid: Grid, row: Node, n: int) -> int | None:
    """ "21 days" under "Window"."""
    return window_of(f"within {grid.cell(row, n)}")[0] if grid.roles[n] == "window" else None


def _guarded(grid: Grid, row: Node, one: Criterion) -> Criterion:
    waived = grid.cell(row, grid.at("waived"))
    plain = pattern("grids", "waives").sub("", waived).strip(" .")
    remarks = (pattern("grids", "remark_excepts").match(grid.cell(row, n)) for n in grid.all_of("aside", ""))
    plain = plain or next((match["guard"] for match in remarks if match is not None), "")
    unless = "" if NOTHING.match(waived) and waived else plain
    return for_whom(replace(one, unless=one.unless or unless), row, grid.roles)


def told_answers(lead: str) -> dict[str, tuple[str, str]]:
    """What a check list's instructions say of its lines: by their numbers, the sentence and the kind.

    "Lines 1 through 5 need a Y, lines 6 and 7 an N": a No that is asked for makes an exclusion.
    """
    found: dict[str, tuple[str, str]] = {}
    for sentence in sentences(lead):
        told = list(pattern("grids", "answers").finditer(sentence))
        for match in told:
            renews = pattern("grids", "renews").search(match.group())
            no = match["answer"].lower().startswith("n")
            kind = "exclusion" if no else "continuation" if renews else "necessity"
            for number in _numbers(match["ids"]):
                found[number] = (sentence if len(told) == 1 else match.group().strip(" ,;"), kind)
    return found


def _numbers(ids: str) -> list[str]:
    """ "1 to 5, 7 and 9" as its numbers."""
    found: list[str] = []
    for first, last in re.findall(r"(\d+)(?:\s*(?:to|through|-|–)\s*[A-Z]{0,3}-?(\d+))?", ids):
        found += [str(n) for n in range(int(first), int(last or first) + 1)]
    return found


def _bare(number: str) -> str:
    match = re.search(r"\d+$", number)
    return match.group().lstrip("0") if match else number


def _grouped(grid: Grid, found: Sequence[tuple[str, str, Criterion]], lead: str) -> list[Criterion]:
    """The rows of one sentence and kind together, each group in the place of its first row."""
    groups: dict[tuple[str, str], list[Criterion]] = {}
    for said, kind, one in found:
        groups.setdefault((said, kind), []).append(one)
    whole: list[Criterion] = []
    cases = cases_of({said for said, _ in groups})
    for (said, kind), rows in groups.items():
        alone = "type" in grid.roles and len(rows) == 1 and kind == "continuation"
        text = said or ("" if alone else _said_over(grid) or _lead_of(grid, lead, kind))
        bare = (not text and kind != "exclusion" and not _is_part(grid)) or kind == "definition"
        whole += rows if bare else [_group(grid, text, kind, rows, (cases.get(said, ""), lead))]
    return whole


def wants_no(grid: Grid, lead: str) -> bool:
    """True where the part's name, or the sentence before its table, says that every line is to be answered with a No."""
    table = grid.rows[0].parent
    heading = table.parent if table is not None else None
    name = heading.text if heading is not None and heading.kind == "heading" else ""
    return any(pattern("grids", "all_no").match(said) for one in (name, lead) for said in sentences(one))


def _said_over(grid: Grid) -> str:
    """The heading over the table where it says how the rows join: "Every request: all rules 101 to 109 hold"."""
    heading = grid.rows[0].parent.parent if grid.rows[0].parent is not None else None
    named = heading is not None and heading.kind == "heading" and heading.label is not None
    if heading is None or not named:
        return ""
    told = (
        announcement(f"{heading.text}:") is not None or pattern("grids", "either_row").search(heading.text) is not None
    )
    return heading.text if told else ""


def _is_part(grid: Grid) -> bool:
    """True where a heading over the table names it as a part of criteria; under the document's title its rows stand alone."""
    table = grid.rows[0].parent
    heading = table.parent if table is not None else None
    if heading is None or heading.kind != "heading":
        return False
    named = heading.label is not None and PARTS.match(heading.label.text) is not None
    return named or section_of(heading.text) in CRITERIA


def _group(grid: Grid, text: str, kind: str, rows: Sequence[Criterion], said_of: tuple[str, str]) -> Criterion:
    """Rows as one criterion; `said_of` is when they are asked, by what is said of their class, and the lead of the table."""
    when, lead = said_of
    row = grid.rows[0]
    heading = row.parent.parent if row.parent is not None else None
    titled = heading is not None and heading.kind == "heading"
    said = announcement(text) or (
        announcement(f"{text}:") if titled and heading is not None and text == heading.text else None
    )
    either = any(pattern("grids", name).search(text) for name in ("one_row", "either_row"))
    told = said.join if said else "any" if either else "all"
    join = "none" if kind == "exclusion" else told if told != "none" else "all"
    name = heading.id if heading is not None and titled and heading.id else f"{made(row)}/{kind}"
    words = text or (heading.text if heading is not None and titled else " / ".join(filter(None, grid.head)))
    one = grouped(name, row, words, kind, join=join, children=tuple(rows))
    one = _by_names(one, row, lead)
    of_part = guard_of_part(heading.text) or case_of(heading) if heading is not None and titled else ""
    one = replace(one, when=when or of_part or part_read(lead))
    return replace(one, made_id=not (titled and heading is not None and heading.id))


def _by_names(one: Criterion, row: Node, lead: str) -> Criterion:
    """The group as a sentence joins its rows by their labels: "both L1 and L2 must be Yes, and one of L3 and L4"."""
    groups = alternatives(lead, one.children) if one.kind != "exclusion" and one.join == "all" else None
    if not groups or sum(map(len, groups)) == len(one.children):
        return one
    return set_apart(Lead(one.id, True, row, lead, one.kind, Guarded(lead), None, "all", one.children), groups)


def _lead_of(grid: Grid, lead: str, kind: str) -> str:
    """The sentence before the table that says how its rows join, or that speaks of all rows of the table by its name."""
    heading = grid.rows[0].parent.parent if grid.rows[0].parent is not None else None
    name = heading.label.text if heading is not None and heading.label is not None else ""
    all_of = r"\b(?:all|every|each|any|either|one)\b"
    rows = re.compile(
        rf"(?i){all_of}[^.;]{{0,30}}\b{re.escape(name)}\b(?! (?:and|to)\b)|\b{re.escape(name)}\b: [^.;]{{0,30}}{all_of}"
    )
    if name and (own := next((said for said in sentences(lead) if rows.search(said)), "")):
        return own
    wanted = pattern("joins", "refuses") if kind == "exclusion" else pattern("joins", "grants")
    told = [one for one in sentences(lead) if _joins_rows(one) and wanted.search(one)]
    guard = [sentence for sentence in told if not guarded(sentence).unless]
    return next(iter(guard or told), "")


def _joins_rows(sentence: str) -> bool:
    """True for a sentence that says how rows join, of these or of its own table's."""
    return announcement(sentence) is not None or pattern("grids", "rows_join").search(sentence) is not None


def is_banded(grid: Grid) -> bool:
    """True for a table of two measures, of which the first says in which row one stands."""
    pairs = _pairs(grid)
    return len(pairs) > 1 and all(len(pair) == 2 and all(map(_is_measure, pair)) for pair in pairs)


def bands(grid: Grid, kind: str, lead: str) -> Criterion:
    """A table of bands as one criterion: each row is a way. `lead` is what is said before it."""
    ways = tuple(
        grouped(f"r{at}", row, " ".join(pair), kind, join="all", children=tuple(
            single(f"r{at}/{n}", row, cell, kind, is_made=True) for n, cell in enumerate(pair, 1)
        ))
        for at, (row, pair) in enumerate(zip(grid.rows, _pairs(grid), strict=True), 1)
    )  # fmt: skip
    words = lead or " / ".join(grid.head)
    return grouped(f"{made(grid.rows[0])}/bands", grid.rows[0], words, kind, join="any", children=ways)


def _pairs(grid: Grid) -> list[list[str]]:
    """The cells of each row but for its number."""
    columns = [n for n, role in enumerate(grid.roles) if role != "number"]
    return [[grid.cell(row, n) for n in columns] for row in grid.rows]


def _is_measure(cell: str) -> bool:
    return pattern("grids", "amount").search(cell) is not None
