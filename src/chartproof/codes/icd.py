"""ICD-10-CM in full, from the compressed table that scripts/codebook.py builds; a letter is read when it is asked for."""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import as_file, files

#: The shape of a code of ICD-10-CM, and of a category, with its dot.
SHAPE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Dates are releases: `first` and `last` that have it, None where all do."""

    code: str
    title: str
    first: date | None
    last: date | None
    billable_until: date | None
    header_from: date | None
    header: bool
    sevenths: str
    inclusion: tuple[str, ...]
    excludes1: tuple[str, ...]
    notes: tuple[str, ...]


@cache
def releases() -> tuple[date, ...]:
    """The releases that the table was built from, the newest first."""
    return tuple(date.fromisoformat(line) for line in _member("releases.txt").split("\n"))


@cache
def _member(name: str) -> str:
    with (
        as_file(files("chartproof").joinpath("knowledge", "codes", "icd10cm.zip")) as path,
        zipfile.ZipFile(path) as book,
    ):
        return book.read(name).decode() if name in book.namelist() else ""


@cache
def _lines(letter: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    lines = tuple(_member(f"{letter}.tsv").split("\n"))
    return lines, tuple(line.partition("\t")[0] for line in lines)


@cache
def row(code: str) -> Row | None:
    """The line of a category or code as printed with its dot, None where no release has it."""
    if not SHAPE.fullmatch(code):
        return None
    lines, codes = _lines(code[0])
    at = bisect_left(codes, code)
    return _read(lines[at]) if at < len(codes) and codes[at] == code else None


def below(code: str) -> tuple[str, ...]:
    """The codes under a category or code in the newest release, in order, without those that have gone."""
    _, codes = _lines(code[0])
    stem = code if "." in code else f"{code}."
    at = bisect_left(codes, stem)
    found = []
    while at < len(codes) and codes[at].startswith(stem):
        if codes[at] != code and (one := row(codes[at])) is not None and one.last is None:
            found.append(codes[at])
        at += 1
    return tuple(found)


def children(code: str) -> tuple[str, ...]:
    """The next level below a category or code."""
    under = below(code)
    return tuple(one for one in under if not any(one != other and one.startswith(other) for other in under))


def between(first: str, last: str) -> tuple[str, ...]:
    """Every category and code from `first` to `last` in the order of the book, with what lies under `last`."""
    found = []
    for letter in _letters(first[0], last[0]):
        _, codes = _lines(letter)
        found += [code for code in codes if first <= code and (code <= last or code.startswith(last))]
    return tuple(found)


def _letters(first: str, last: str) -> Iterator[str]:
    return (chr(n) for n in range(ord(first), ord(last) + 1))


def all_rows() -> Iterator[Row]:
    """Every line of the book. Takes a tenth of a second: for searches by words, never for one code."""
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        for line in _lines(letter)[0]:
            if line:
                yield _read(line)


def _read(line: str) -> Row:
    code, title, first, last, until, header_from, header, sevenths, inclusion, excludes, notes = line.split("\t")
    return Row(
        code, title, _day(first), _day(last), _day(until), _day(header_from), bool(header), sevenths,
        tuple(filter(None, inclusion.split(" | "))), tuple(excludes.split()), tuple(filter(None, notes.split(" | "))),
    )  # fmt: skip


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
