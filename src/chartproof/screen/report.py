"""Everything that is written from a run's answers: the page, the counts, the work list, and what an edition changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from chartproof.model.rows import Rows
from chartproof.screen.counts import Counts, Numbers, Reader, changes, count
from chartproof.screen.disclosure import hidden_across
from chartproof.screen.intake import Intake
from chartproof.screen.page import page
from chartproof.screen.unshown import unshown
from chartproof.screen.worklist import counts_csv, write_worklist


def write_report(
    out: Path, policies: Sequence[Rows], intake: Intake, *, as_of: date, names: Mapping[str, str], compare: bool = False
) -> tuple[Path, ...]:
    """Writes report.html, counts.csv, worklist.csv and .parquet; with `compare`, what the last policy changes from the
    first, and changes.parquet. `names` are the concepts in words. Gives the files written."""
    reader = Reader(out, as_of.isoformat())
    before, after = policies[0], policies[-1]
    counted: list[Counts] = []
    numbers: list[dict[str, Numbers]] = []
    for place, rows in enumerate(policies):
        reader.beside = [
            numbers[other] for other in range(place)
            if policies[other].id == rows.id or (compare and other == 0 and place == len(policies) - 1)
        ]  # fmt: skip
        counted.append(count(reader, rows))
        numbers.append({**reader.numbers, **unshown(reader, rows)})
    changed = changes(reader, before, after) if compare else None
    numbers[-1] |= {"changes": reader.numbers["changes"]} if compare else {}
    counted, changed = hidden_across(counted, numbers, changed)
    html = page(
        list(zip(policies, counted, strict=True)), intake, as_of=as_of, names=names, changes=changed,
        compared=(_named(before), _named(after)),
    )  # fmt: skip
    (out / "report.html").write_text(html, encoding="utf-8")
    (out / "counts.csv").write_text(counts_csv(counted, changed), encoding="utf-8")
    written = [out / "report.html", out / "counts.csv", *write_worklist(reader, policies, names, out)]
    if compare:
        written.append(_write_changes(reader, before, after, out / "changes.parquet"))
    reader.connection.close()
    return tuple(written)


def _named(rows: Rows) -> str:
    return f"{rows.id}, {rows.edition}"


def _write_changes(reader: Reader, before: Rows, after: Rows, path: Path) -> Path:
    """A row a subject and criterion whose answer differs between the two."""
    name = str(path).replace("'", "''")
    marks = [value.replace("'", "''") for value in (before.id, before.edition, after.id, after.edition)]
    reader.connection.execute(
        f"""copy (select a.subject, a.criterion, a.status as before, b.status as after, b.reason
        from criteria a inner join criteria b on a.subject = b.subject and a.criterion = b.criterion
        where a.policy = '{marks[0]}' and a.edition = '{marks[1]}' and b.policy = '{marks[2]}' and b.edition = '{marks[3]}'
        and a.status <> b.status order by a.subject, a.criterion) to '{name}' (format parquet, compression zstd)"""
    )
    return path
