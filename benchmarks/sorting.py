"""Charts joined into one dump, shuffled, with strange, blank and repeated pages between: whatever is sorted otherwise.

usage: python benchmarks/sorting.py CASES_DIR [CASES_DIR ...] [--case NAME] [--seeds N] [--cache DIR] [-v]

Every PDF and text file of a case becomes part of one file of 30 to 200 pages: its papers in a shuffled order, some of
them twice, blank pages, and papers of another case's patient. The sorter's answer on the files one by one is what its
answer on the dump is held against; so a cell says how much the joining alone changes. Columns:

bounds   F1 of where documents begin       kind, day, who, signed   documents that keep theirs
strange  pages of another patient that are set aside       lost     own pages that are set aside only in the dump
blank, again  blank and repeated pages that the ledger names
rows     criteria and label rows with the same status; then how many lost a "met" (-) and won one (+)

A case is a folder with files/ and gold.yaml, of which only request, plan and patient are used. Exit status 1 where an
own page is lost or a row won a "met".
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from metamorphic import answer, reading, typed_case

from chartproof.chart.sort import reading as sort_files
from chartproof.model import Box, Case, Document, Page, SourceFile, Word

DUMP = "chart-dump.pdf"
LEAST, MOST = 30, 200
BLANKS = 3
#: A typeset page, in points: what a text file looks like once it is printed.
COLUMNS, ROWS, WIDE, TALL, MARGIN = 100, 60, 5.0, 12.0, 40.0

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the dump: where it comes from, and why it is there."""

    page: Page
    of: str  # own, strange, blank, again


@dataclass(slots=True)
class Tally:
    """Counts of one dump, or of all: how many are right, of how many."""

    hits: int = 0
    begun: int = 0
    expected: int = 0
    documents: int = 0
    kind: int = 0
    day: int = 0
    who: int = 0
    signed: int = 0
    strange: int = 0
    strangers: int = 0
    lost: int = 0
    blank: int = 0
    blanks: int = 0
    again: int = 0
    repeats: int = 0
    rows: int = 0
    equal: int = 0
    minus: int = 0
    plus: int = 0
    pages: int = 0
    told: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for one in fields(self):
            if one.name != "told":
                setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def line(self) -> str:
        f1 = 2 * self.hits / max(1, self.begun + self.expected)
        kept = "".join(f"{value:>5}" for value in (self.kind, self.day, self.who, self.signed))
        return (
            f"{self.pages:>6}{f1:>8.3f}{self.documents:>6}{kept}{f'{self.strange}/{self.strangers}':>9}{self.lost:>5}"
            f"{f'{self.blank}/{self.blanks}':>8}{f'{self.again}/{self.repeats}':>8}"
            f"{f'{self.equal}/{self.rows}':>11} -{self.minus} +{self.plus}"
        )


HEAD = f"{'case':30}{'pages':>6}{'bounds':>8}{'docs':>6} kind  day  who sign  strange lost   blank   again       rows"


def typeset(file: SourceFile) -> list[Page]:
    """A text file as printed pages: long lines wrapped between words, every word with its place."""
    lines = [piece for page in file.pages for line in page.text.split("\n") for piece in wrapped(line.rstrip())]
    return [typed(lines[start : start + ROWS], file.name) for start in range(0, len(lines), ROWS)]


def wrapped(line: str) -> Iterator[str]:
    while len(line) > COLUMNS and line.rfind(" ", 0, COLUMNS) > 0:
        cut = line.rfind(" ", 0, COLUMNS)
        yield line[:cut]
        line = line[cut + 1 :]
    yield line


def typed(lines: Sequence[str], name: str) -> Page:
    words, at = [], 0
    for row, line in enumerate(lines):
        for left, word in places(line):
            box = Box(MARGIN + left * WIDE, MARGIN + row * TALL, MARGIN + (left + len(word)) * WIDE, MARGIN + (row + 1) * TALL)  # fmt: skip
            words.append(Word(word, at + left, at + left + len(word), box))
        at += len(line) + 1
    return Page(name, 1, "\n".join(lines), tuple(words), 612.0, 792.0)


def places(line: str) -> Iterator[tuple[int, str]]:
    at = 0
    for word in line.split():
        at = line.index(word, at)
        yield at, word
        at += len(word)


def joins(file: SourceFile) -> bool:
    return file.media == "pdf" or (file.media == "text" and not file.entries)


def parts(files: Sequence[SourceFile]) -> tuple[SourceFile, ...]:
    """The files whose pages go into the dump, text files typeset."""
    chosen = [file for file in files if joins(file) and any(page.text.strip() for page in file.pages)]
    return tuple(
        file if file.media == "pdf" else replace(file, media="pdf", pages=tuple(replace(page, number=number) for number, page in enumerate(typeset(file), 1)))
        for file in chosen
    )  # fmt: skip


def dump(own: Sequence[SourceFile], others: Sequence[SourceFile], seed: int) -> list[Sheet]:
    """The papers in another order, with a stranger's, repeated and blank ones between."""
    chance = random.Random(seed)
    papers = [[Sheet(page, "own") for page in file.pages] for file in own]
    strange = [file for file in others if file.pages and all(page.read == "text" for page in file.pages)]
    papers += [[Sheet(page, "strange") for page in file.pages] for file in chance.sample(strange, min(2, len(strange)))]
    chance.shuffle(papers)
    repeated = sorted((file for file in own if len(file.pages) <= 3), key=lambda _file: chance.random())
    for file in repeated:
        if sum(map(len, papers)) >= LEAST - BLANKS and len(repeated) - repeated.index(file) < len(repeated):
            break
        first = next(index for index, paper in enumerate(papers) if paper[0].page is file.pages[0])
        papers.insert(chance.randint(first + 1, len(papers)), [Sheet(page, "again") for page in file.pages])
    sheets = [sheet for paper in papers for sheet in paper]
    for _ in range(BLANKS):
        sheets.insert(chance.randint(1, len(sheets)), Sheet(Page(DUMP, 1, "", (), 612.0, 792.0, note="blank page"), "blank"))  # fmt: skip
    return sheets[:MOST]


def bound(sheets: Sequence[Sheet]) -> SourceFile:
    pages = tuple(replace(sheet.page, file=DUMP, number=number) for number, sheet in enumerate(sheets, 1))
    return SourceFile(DUMP, "0" * 64, "pdf", pages, note="")


def begins(files: Sequence[SourceFile], case: Case) -> dict[Place, Document]:
    """Where each document begins: file, page, character."""
    read = sort_files(files, case)
    first: dict[str, Place] = {}
    for segment in read.segments:
        first.setdefault(segment.document.id, (segment.page.file, segment.page.number, segment.start))
    return {first.get(one.id, (one.file, one.first, 0)): one for one in read.documents}


def covering(starts: dict[Place, Document], place: Place) -> Document:
    """The document in which the place lies."""
    return starts[max(one for one in starts if one[0] == place[0] and one <= place)]


def sorted_alike(sheets: Sequence[Sheet], own: Sequence[SourceFile], case: Case, tally: Tally) -> None:
    alone, joined = begins(own, case), begins([bound(sheets)], case)
    number = {(sheet.page.file, sheet.page.number): n for n, sheet in enumerate(sheets, 1) if sheet.of == "own"}
    wanted = {(DUMP, number[place[:2]], place[2]): (place, one) for place, one in alone.items() if place[:2] in number}
    ours = {place for place in joined if sheets[place[1] - 1].of == "own"}
    tally.hits, tally.begun, tally.expected = len(ours & set(wanted)), len(ours), len(wanted)
    tally.told += [f"no document begins at {wanted[place][0]} ({wanted[place][1].kind})" for place in sorted(set(wanted) - ours)]  # fmt: skip
    for place in sorted(ours - set(wanted)):
        page = sheets[place[1] - 1].page
        tally.told.append(f"a document begins at {page.file} p. {page.number} char {place[2]} ({joined[place].kind})")
    for place, (source, one) in wanted.items():
        got = covering(joined, place)
        tally.documents += 1
        for column, mine, its in (
            ("kind", one.kind, got.kind), ("day", one.when, got.when), ("who", one.author, got.author), ("signed", one.signed, got.signed),
        ):  # fmt: skip
            same = mine == its
            setattr(tally, column, getattr(tally, column) + same)
            if not same:
                tally.told.append(f"{column} of {source[0]} p. {source[1]} ({one.kind}): {mine} -> {its}")
    for index, sheet in enumerate(sheets, 1):
        got = covering(joined, (DUMP, index, len(sheet.page.text)))
        count(tally, sheet, got, alone)


def count(tally: Tally, sheet: Sheet, got: Document, alone: dict[Place, Document]) -> None:
    page = sheet.page
    if sheet.of == "blank":
        tally.blanks += 1
        tally.blank += bool(page.note)
    elif sheet.of == "again":
        tally.repeats += 1
        tally.again += "same as" in got.note
    elif sheet.of == "strange":
        tally.strangers += 1
        tally.strange += got.belongs is False
        if got.belongs is not False:
            tally.told.append(f"not set aside: a stranger's {page.file} p. {page.number} ({got.kind}, {got.belongs})")
    elif got.belongs is False and covering(alone, (page.file, page.number, len(page.text))).belongs is not False:
        tally.lost += 1
        tally.told.append(f"LOST {page.file} p. {page.number} ({got.kind}): {got.note}")


def rows_alike(apart: Sequence[SourceFile], joined: Sequence[SourceFile], case: Case, tally: Tally) -> None:
    base, after = answer(apart, case), answer(joined, case)
    for name, row in base.rows.items():
        other = after.rows.get(name)
        status = other.status if other else "no row"
        tally.rows += 1
        tally.equal += status == row.status
        tally.minus += row.status == "met" != status
        tally.plus += status == "met" != row.status
        if status != row.status:
            spans = row.evidence if row.status == "met" or not other else other.evidence
            quotes = " | ".join(f"{one.file} p. {one.page}: {' '.join(one.quote.split())[:120]!r}" for one in spans[:3])
            tally.told.append(f"ROW {name}: {row.status} -> {status}  {quotes}")


def run(folder: Path, stranger: Path, seed: int, store: Path) -> Tally:
    case = typed_case(folder)
    files = tuple(reading(path, store) for path in chart_files(folder))
    others = parts([reading(path, store) for path in chart_files(stranger)])
    own = parts(files)
    rest = [file for file in files if not joins(file)]
    sheets = dump(own, others, seed)
    tally = Tally(pages=len(sheets))
    sorted_alike(sheets, own, case, tally)
    rows_alike([*own, *rest], [bound(sheets), *rest], case, tally)
    return tally


def chart_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "files").iterdir() if path.name != "case.yaml")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("cases", nargs="+", type=Path, metavar="CASES_DIR")
    arguments.add_argument("--case", default="", help="only cases whose name begins so")
    arguments.add_argument("--seeds", type=int, default=1, help="how many orders of each chart")
    arguments.add_argument("--cache", type=Path, help="keep the readings of files here")
    arguments.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 2))
    arguments.add_argument("-v", action="store_true", dest="told")
    options = arguments.parse_args()
    folders = sorted({gold.parent for cases in options.cases for gold in cases.glob("*/gold.yaml")})
    total, below = Tally(), list[str]()
    with tempfile.TemporaryDirectory() as scratch, ProcessPoolExecutor(options.workers) as pool:
        store = options.cache or Path(scratch)
        store.mkdir(parents=True, exist_ok=True)
        jobs = [
            (folder.name, seed, pool.submit(run, folder, folders[(index + seed) % len(folders)], seed, store))
            for index, folder in enumerate(folders)
            for seed in range(1, options.seeds + 1)
            if folder.name.startswith(options.case)
        ]
        print(HEAD, flush=True)
        for name, seed, job in jobs:
            tally = job.result()
            total.add(tally)
            print(f"{name[:26]:26} {seed:<3}{tally.line()}", flush=True)
            below += [f"{name[:14]} {seed}  {text}" for text in tally.told if options.told or text.startswith(("LOST", "ROW"))]  # fmt: skip
    print(f"{'all':30}{total.line()}", "\n".join(below), sep="\n")
    sys.exit(bool(total.lost or total.plus))


if __name__ == "__main__":
    main()
