"""Tables of a policy document: rows of cells found by place, for pages that have geometry."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from chartproof.policy.draft.labels import Label, label_of
from chartproof.policy.draft.lines import Line

#: Left edges within this many points are one column.
_SAME = 4.5
#: A first cell wraps into so many lines at the most.
_WRAPPED = 8
#: A column's name has so many words at the most.
_NAME_WORDS = 6
#: A table is looked for in so many lines.
_MOST_LINES = 400
#: A cell's own lists are indented by at most so many text heights.
_INDENT = 3.0
#: Lines of one cell are this many times the usual pitch apart at the most; rows are further apart.
_ROW_GAP = 1.06

#: A letter is about so wide, in text heights, at the least.
_LETTER = 0.35
#: Type that is larger by this factor is of another size.
_SEVERAL = 1.2


#: An entry of a scanned form: it stands as far below the one before as rows do.
_ENTRY = re.compile(r"☐ \S|[A-Z]\d{1,2}[.)]\s")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells' texts by column ("" where empty), and the lines that it was read from."""

    cells: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in order; the first may be a header. `columns` are left edges in points."""

    rows: tuple[Row, ...]
    columns: tuple[float, ...]


def divided(table: Table) -> Iterator[tuple[Row | None, list[Row]]]:
    """The table's rows under each title that goes across it, the first without one; each part has the names of columns.

    A first row is taken for names where no title stands above it and its cells are no sentences.
    """
    title: Row | None = None
    rows: list[Row] = []
    names = _names(table)
    for row in table.rows:
        if len(row.cells) > 1:
            rows.append(row)
            continue
        if title is not None or rows:
            yield title, rows
        title, rows = row, list(names)
    yield title, rows


def listed_marks(table: Table) -> tuple[Label, ...]:
    """The labels of a table that is a list: two columns, of which the first holds a, b, c alone; () for another table."""
    if any(len(row.cells) != 2 or not row.cells[1] for row in table.rows):
        return ()
    found = [label_of(f"{row.cells[0].rstrip('.)')}. X") for row in table.rows]
    marks = [one for one in found if one is not None and one.kind in ("letter", "number", "roman")]
    in_order = [one.rank for one in marks] == list(range(1, len(table.rows) + 1))
    return tuple(marks) if in_order else ()


def _names(table: Table) -> tuple[Row, ...]:
    first = table.rows[0]
    named = len(first.cells) > 1 and all(len(cell.split()) <= _NAME_WORDS for cell in first.cells)
    return (first,) if named and any(len(row.cells) == 1 for row in table.rows) else ()


def with_tables(parts: Sequence[Line | Table]) -> Iterator[Line | Table]:
    """The parts, with each run of lines that makes a table as one Table."""
    pitch = usual_pitch([part for part in parts if isinstance(part, Line)])
    run: list[Line] = []
    for part in parts:
        if isinstance(part, Line):
            run.append(part)
            continue
        yield from _of_lines(run, pitch)
        run = []
        yield part
    yield from _of_lines(run, pitch)


def _of_lines(lines: Sequence[Line], pitch: float) -> Iterator[Line | Table]:
    at = 0
    before: Table | None = None
    while at < len(lines):
        size, columns = _reach(lines, at)
        rows = lines[at : at + size]
        if size < 2 or _names_labels(lines, at):
            named, edges = _under_names(lines, at)
            if named or size < 2:
                rows, columns, size = named, edges, len(named)
        grown, edges = _grown(lines, at)
        if len(grown) > size:
            rows, columns, size = grown, edges, len(grown)
        if size > 1 and at == 0 and before is None and _is_letterhead(rows):
            size = 0
        if size > 1 and _is_entry(lines[at]) and not (before and _same_columns(before.columns, columns)):
            size = 0  # the entries of a register that has no heading over its columns are items
        if size > 1:
            table = _table(rows, columns, pitch)
            if len(table.rows) > 1:
                yield table
                before = table
                at += size
                continue
        yield lines[at]
        at += 1


def _is_letterhead(rows: Sequence[Line]) -> bool:
    """True for the lines over a document's text, which stand apart and are set in several sizes: a table has one."""
    heights = [line.height for line in rows]
    return rows[0].page == 1 and not rows[0].scanned and max(heights) > min(heights) * _SEVERAL > 0


def _under_names(lines: Sequence[Line], at: int) -> tuple[Sequence[Line], list[float]]:
    """The lines of a table whose column names are centered over their columns, and its columns; none where it is none.

    Labels that hang beside their text stand in a column of their own where that column has a name.
    """
    names = [left for left, _ in lines[at].cells]
    if len(names) < 2 or at + 1 >= len(lines) or lines[at + 1].page != lines[at].page or not are_names(lines[at]):
        return (), []
    below = lines[at + 1 : at + 1 + _MOST_LINES]
    for rows in (below, [_unhung(line) for line in below]):
        size, columns = _reach(rows, 0)
        if rows is not below and len(columns) > 1 and _width(lines[at], 0) > columns[1] - columns[0]:
            continue  # "Corvane (corvanib)" over the labels of its own entries heads them
        edges = [*columns[1:], float("inf")]
        if size > 1 and len(columns) == len(names):
            fits = (left - _SAME < name < after for left, name, after in zip(columns, names, edges, strict=True))
            if all(fits):
                return [lines[at], *rows[:size]], columns
    return (), []


def _width(line: Line, n: int) -> float:
    """About how wide one cell of a line is set."""
    return len(line.cells[n][1]) * _LETTER * line.height


def _grown(lines: Sequence[Line], at: int) -> tuple[Sequence[Line], list[float]]:
    """The lines of a table of three columns or more whose cells were written one after the other, and its columns.

    Each cell's lines stand together, and the next cell begins at the row's own height again: to the right of what is
    known so far it makes a new column. The first line, which has two cells, names the columns.
    """
    first = lines[at]
    if len(first.cells) < 2 or not are_names(first):
        return (), []
    columns = [left for left, _ in first.cells]
    rows = [first]
    row_top, last = first.top, first
    for line in lines[at + 1 : at + 1 + _MOST_LINES]:
        if line.page != first.page or not line.cells:
            break
        whole = _unhung(line) if any(abs(line.hang - column) < _SAME for column in columns[1:]) else line
        lefts = [left for left, _ in whole.cells]
        again = lefts[0] > max(last.right, columns[-1]) and row_top - _SAME < line.top < last.top
        fresh = [left for left in lefts if all(abs(left - column) >= _SAME for column in columns)]
        if fresh and (len(fresh) > 1 or not again) and not (len(lefts) == 1 and _inside(whole, columns)):
            break
        if fresh and again:
            columns.append(fresh[0])
        after = min((column for column in columns if column > lefts[-1] + _SAME), default=line.right + 1)
        if line.right > after:
            break
        if abs(lefts[0] - columns[0]) < _SAME:
            row_top = line.top
        rows.append(whole)
        last = line
    while len(rows) > 1 and _stands_below(rows):
        rows.pop()
    begun = sum(1 for line in rows if abs(line.left - columns[0]) < _SAME)
    return (rows, columns) if len(columns) > 2 and begun > 2 else ((), [])


def _stands_below(rows: Sequence[Line]) -> bool:
    """True where the last line is alone in the first column and apart from the row above it: it begins what comes next."""
    last, before = rows[-1], max(line.top for line in rows[:-1])
    return (
        len(last.cells) == 1
        and abs(last.left - rows[0].left) < _SAME
        and last.top - before > _ROW_GAP * 1.3 * last.height
    )


def _names_labels(lines: Sequence[Line], at: int) -> bool:
    """True for a line of names of which one stands over the text that hangs beside the next line's label."""
    after = lines[at + 1] if at + 1 < len(lines) else None
    return (
        after is not None and after.hang > 0 and any(abs(left - after.hang) < _SAME for left, _ in lines[at].cells[1:])
    )


def are_names(line: Line) -> bool:
    """True for a line that may be the names of columns: a few words in each cell, each beginning with a capital."""
    return label_of(line.text) is None and all(
        len(text.split()) <= _NAME_WORDS and (text[0].isupper() or text == "#") for _, text in line.cells
    )


def _unhung(line: Line) -> Line:
    """The line with its label and the text beside it as two cells."""
    label = label_of(line.cells[0][1]) if line.hang and line.cells else None
    if label is None:
        return line
    text = line.cells[0][1]
    cells = ((line.left, text[: label.length].strip()), (line.hang, text[label.length :]), *line.cells[1:])
    return replace(line, cells=cells, tops=(line.tops[0], *line.tops), hang=0.0)


def _is_entry(line: Line) -> bool:
    label = label_of(line.text)
    return label is not None and label.kind == "code"


def _same_columns(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and all(abs(a - b) < _SAME for a, b in zip(one, other, strict=True))


def usual_pitch(lines: Sequence[Line]) -> float:
    """The usual distance between the tops of two lines of a paragraph; 0 without geometry."""
    gaps = [
        b.top - a.top
        for a, b in itertools.pairwise(lines)
        if a.page == b.page and abs(a.left - b.left) < 1 and len(a.cells) == len(b.cells) == 1
        and 0 < b.top - a.top < 2.2 * max(a.height, 1) and not (b.scanned and _ENTRY.match(b.text))
    ]  # fmt: skip
    # Lists stand further apart than lines of one paragraph: the lower half tells the pitch.
    return median(sorted(gaps)[: max(1, len(gaps) // 2)]) if gaps else 0.0


def _reach(lines: Sequence[Line], at: int) -> tuple[int, list[float]]:
    """How many lines from `at` make a table, and its columns' left edges."""
    first = lines[at]
    if not first.cells:
        return 0, []
    columns = sorted(left for left, _ in first.cells)
    if len(columns) < 2:
        # A first cell that wraps stands before the row's other cells.
        other = next((line for line in lines[at + 1 : at + 4] if _beside(first, line) or _runs_on(first, line)), None)
        if other is None:
            return 0, []
        columns = _merged([first.left], [left for left, _ in other.cells])
    rows = 0
    size, pending, most = 0, 0, _WRAPPED if len(columns) > 2 else 3
    while at + size + pending < len(lines):
        line = lines[at + size + pending]
        if line.page != first.page or not line.cells:
            break
        lefts = [left for left, _ in line.cells]
        shared = [left for left in lefts if any(abs(left - column) < _SAME for column in columns[1:])]
        known = [left for left in lefts if any(abs(left - column) < _SAME for column in columns)]
        if len(lefts) > 1 and (len(known) == len(lefts) or ((shared or not rows) and lefts[0] < columns[1] + _SAME)):
            columns = _merged(columns, lefts)
            rows, size, pending = rows + 1, size + pending + 1, 0
        elif len(lefts) == 1 and (shared or _inside(line, columns)):
            size, pending = size + pending + 1, 0
        elif len(lefts) == 1 and abs(lefts[0] - columns[0]) < _SAME and line.right < columns[1] - 1 and pending < most:
            if _is_entry(line) and rows:
                break
            pending += 1
        else:
            break
    # A wrapped first cell at the table's end belongs to it where it follows its row closely.
    if pending and size:
        last = lines[at + size]
        if (
            abs(last.left - columns[0]) < _SAME
            and last.top - lines[at + size - 1].top < 1.3 * max(last.height, 1) * 1.2
        ):
            size += 1
    return (size, columns) if rows > 1 or (rows and size > 2) else (0, [])


def _inside(line: Line, columns: Sequence[float]) -> bool:
    """True for a line that is indented within one of the columns after the first: what a bullet's text runs on to."""
    column = max((edge for edge in columns[1:] if edge <= line.left), default=None)
    if column is None:
        return False
    after = min((edge for edge in columns if edge > line.left), default=line.right + 1)
    return line.left - column < _INDENT * line.height and line.right < after


def _beside(first: Line, line: Line) -> bool:
    return (
        line.page == first.page
        and line.left > first.right + 4
        and abs(line.top - first.top) < 0.6 * max(first.height, 1)
    )


def _runs_on(first: Line, line: Line) -> bool:
    """True for the row's other cells where the first cell's text begins a line above them."""
    return (
        line.page == first.page
        and len(line.cells) > 1
        and abs(line.left - first.left) < _SAME
        and first.right < line.cells[1][0]
        and 0 < line.tops[0] - first.top < 1.4 * first.height
        and min(line.tops[1:]) < line.tops[0] - 0.3 * first.height
    )


def _merged(columns: list[float], lefts: Sequence[float]) -> list[float]:
    fresh = [left for left in lefts if all(abs(left - column) >= _SAME for column in columns)]
    return sorted([*columns, *fresh])


def _table(lines: Sequence[Line], columns: list[float], pitch: float) -> Table:
    pieces = sorted(
        ((top, left, text, line) for line in lines for top, (left, text) in zip(line.tops, line.cells, strict=True)),
        key=lambda piece: (round(piece[0]), piece[1]),
    )
    rows: list[tuple[dict[int, list[str]], list[Line]]] = []
    last_top = None
    for top, left, text, line in pieces:
        column = max((n for n, edge in enumerate(columns) if left > edge - _SAME), default=0)
        near = last_top is not None and top - last_top <= max(pitch * _ROW_GAP, line.height * 0.6)
        if not rows or (not near and top - (last_top or 0) > 0.6 * line.height):
            rows.append(({}, []))
        cells, used = rows[-1]
        cells.setdefault(column, []).append(text)
        if line not in used:
            used.append(line)
        last_top = max(last_top or top, line.last_top if text == line.cells[-1][1] else top)
    return Table(
        tuple(Row(tuple(_cell(cells.get(n, [])) for n in range(len(columns))), tuple(used)) for cells, used in rows),
        tuple(columns),
    )


def _cell(parts: Sequence[str]) -> str:
    text = ""
    for part in parts:
        text = text + part if text.endswith("-") else f"{text} {part}".strip()
    return text
