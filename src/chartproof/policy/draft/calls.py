"""Decision tables that call entries of a register by their numbers: each request's row says which must hold, one of which, which not.

An entry stands once, asked of the requests that call it; entries of which one is enough stand in a group of their own, and
an entry that bars is refused where it is called. What no row calls is kept for the request that would call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartproof.policy.draft.cells import NOTHING
from chartproof.policy.draft.criterion import Criterion, first_words, renamed
from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.words import pattern

#: The number of an entry as a cell calls it, and a cell of nothing else.
_NUMBER = r"[A-Z]{1,3}[- ]?\d{1,3}[a-z]?"
_CALLS = re.compile(rf"{_NUMBER}(?:(?:,|;|\s+and|\s+or|,\s+and|,\s+or)\s+{_NUMBER})*[.]?")
#: A decision table names the request, and has so many rows and columns of calls at the least.
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Call:
    """What one cell calls: for which request, how the entries join there (all, any, none), and their numbers."""

    request: str
    join: str
    entries: tuple[str, ...]


def calling(table: Node) -> bool:
    """True for a table of requests whose other cells are nothing but numbers of entries, in several columns."""
    if table.kind != "table" or not table.children:
        return False
    head, *rows = (row.cells for row in table.children)
    columns = range(1, len(head))
    if len(columns) < _LEAST or len(rows) < _LEAST or any(len(row) != len(head) for row in rows):
        return False
    cells = [row[n] for row in rows for n in columns if not NOTHING.match(row[n])]
    return (
        len(cells) > 1 and all(_CALLS.fullmatch(cell) for cell in cells) and not any(_CALLS.fullmatch(n) for n in head)
    )


def calls_of(tables: Sequence[Node]) -> list[Call]:
    """The calls of decision tables, row by row."""
    return [call for table in tables for call in _of_table(table)]


def _of_table(table: Node) -> Iterator[Call]:
    head, *rows = (row.cells for row in table.children)
    for row in rows:
        label = label_of(row[0])
        request = row[0][label.length :] if label is not None else row[0]
        for n in range(1, len(head)):
            if not NOTHING.match(row[n]):
                numbers = tuple(match.group() for match in re.finditer(_NUMBER, row[n]))
                yield Call(request.strip(" ."), _join(head[n]), numbers)


def _join(name: str) -> str:
    """How the entries of a column join, by its name: "Must not hold", "One of", else all of them."""
    found = (join for join in ("none", "any") if pattern("grids", f"calls_{join}").search(name))
    return next(found, "all")


def with_calls(criteria: Sequence[Criterion], tables: Sequence[Node]) -> tuple[list[Criterion], list[Criterion]]:
    """The criteria as decision tables call them, and those sentences that only said how the tables are read."""
    calls = calls_of(tables)
    if not calls:
        return list(criteria), []
    heads = [name for table in tables for name in table.children[0].cells[1:]]
    reading = [one for one in criteria if one.made_id and not one.children and _tells(one.text, heads)]
    plain = _opened([one for one in criteria if one not in reading], {name for call in calls for name in call.entries})
    called = _Called(calls)
    found: list[Criterion] = []
    for one in plain:
        found += called.entry(one, plain)
    return found, reading


def _tells(said: str, heads: Sequence[str]) -> bool:
    """True for a sentence that says what a column's name means, or what the table or the register is for."""
    means = any(re.match(rf"(?i)[“\"*]?{re.escape(name)}[”\"*]?\s+means\b", said) for name in heads if name)
    return means or pattern("grids", "says_calls").search(said) is not None


def _opened(criteria: Sequence[Criterion], numbers: set[str]) -> list[Criterion]:
    """The criteria without a group that only held the register's entries together."""
    found: list[Criterion] = []
    for one in criteria:
        holds = one.made_id and any(child.id in numbers and not child.made_id for child in one.children)
        found += one.children if holds else (one,)
    return found


class _Called:
    """The calls of a document by entry."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self.calls = calls
        self.requests = list(dict.fromkeys(call.request for call in calls))
        self.numbers = {name for call in calls for name in call.entries}
        stems = {re.sub(r"\d.*", "", name) for name in self.numbers}
        self.label = re.compile(rf"(?:{'|'.join(map(re.escape, stems))})\d{{1,3}}[a-z]?")

    def entry(self, one: Criterion, criteria: Sequence[Criterion]) -> list[Criterion]:
        """What an entry asks in the requests that call it; a paper is asked with its entry."""
        if one.kind == "documentation" and any(child.id.endswith("/proof") for child in one.children):
            return [replace(one, children=tuple(self._papers(one.children)))]
        if one.made_id or not self.label.fullmatch(one.id) or one.kind == "definition":
            return [one]
        found: list[Criterion] = []
        if one.id not in self.numbers:
            return [replace(one, when=one.when or f"a request that calls {one.id}")]
        for join in ("all", "none"):
            asked = [call.request for call in self.calls if call.join == join and one.id in call.entries]
            if asked:
                own = _barred(one) if join == "none" or one.kind == "exclusion" else one
                found.append(replace(own, when=own.when or self.when(asked)))
        ways = dict.fromkeys(call.entries for call in self.calls if call.join == "any" and one.id == call.entries[0])
        return [*found, *(self._either(names, criteria) for names in ways)]

    def when(self, asked: Sequence[str]) -> str:
        """In which of the requests something is asked, "" where it is in all of them."""
        named = list(dict.fromkeys(asked))
        return "" if len(named) == len(self.requests) else f"{' or '.join(named)} is requested"

    def _either(self, names: tuple[str, ...], criteria: Sequence[Criterion]) -> Criterion:
        """Entries of which one is enough, as the requests that call them so ask them."""
        ways = tuple(one for name in names for one in criteria if one.id == name)
        asked = [call.request for call in self.calls if call.join == "any" and call.entries == names]
        text = ", ".join(names)
        if len(ways) == 1:
            return replace(ways[0], when=ways[0].when or self.when(asked))
        return Criterion(
            f"{'/'.join(names)}/any", ways[0].kind, text, ways[0].page, first_words(text), "any", self.when(asked),
            made_id=True, children=ways,
        )  # fmt: skip

    def _papers(self, papers: Sequence[Criterion]) -> Iterator[Criterion]:
        for paper in papers:
            name = paper.id.removesuffix("/proof")
            calls = [call for call in self.calls if name in call.entries]
            relied = bool(calls) and all(call.join == "any" and len(call.entries) > 1 for call in calls)
            when = f"the request relies on {name}" if relied else self.when([call.request for call in calls])
            if calls:
                yield replace(paper, when=paper.when or when)


def _barred(one: Criterion) -> Criterion:
    """An entry that must not be true, as a refusal of its own."""
    if one.join == "none":
        return one
    refused = replace(one, children=tuple(_refusing(child) for child in one.children), kind="exclusion")
    own = (
        refused.children
        if one.join == "any" and not one.unless
        else (replace(renamed(refused, one.id, f"{one.id}/a"), when=""),)
    )
    return replace(refused, join="none", leaf=None, unless="", children=own)


def _refusing(one: Criterion) -> Criterion:
    return replace(one, kind="exclusion", children=tuple(_refusing(child) for child in one.children))
