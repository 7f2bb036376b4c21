"""Pages that stand in a folder more than once, also as a fax of one another: said in the ledger, nothing is dropped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from chartproof.chart.numbers import figures
from chartproof.model.page import Page, SourceFile

#: Pages with less than so many words are stamps and covers that look alike.
FEWEST_WORDS = 40
#: What two readings of one sheet share at least; two reports on one form share their words and not their numbers.
SHARED_NUMBERS, SHARED_WORDS = 0.8, 0.75
#: A number on more pages than this (a record number, a birth date) tells no page from another.
COMMON = 20
#: So many rarer numbers must two pages have in common before they are compared.
FEWEST_RARE = 3


@dataclass(frozen=True)
class _Counted:
    page: Page
    numbers: Counter[str]

    @cached_property
    def words(self) -> Counter[str]:
        """Counted where a page has the numbers of another: few do."""
        return Counter(self.page.text.lower().split())


def mark_copies(files: Sequence[SourceFile]) -> tuple[SourceFile, ...]:
    """The files, with a note on each page of a PDF or picture that repeats an earlier one."""
    pages = [page for file in files if file.media in ("pdf", "image") for page in file.pages]
    notes = {(page.file, page.number): f"a copy of {first.file} p. {first.number}" for page, first in _copies(pages)}
    return tuple(_noted(file, notes) for file in files)


def _noted(file: SourceFile, notes: dict[tuple[str, int], str]) -> SourceFile:
    mine = {number: note for (name, number), note in notes.items() if name == file.name}
    if not mine:
        return file
    pages = tuple(
        replace(page, note="; ".join(filter(None, (page.note, mine.get(page.number, ""))))) for page in file.pages
    )
    said = [f"p. {number}: {note}" for number, note in sorted(mine.items())]
    return replace(file, pages=pages, note="; ".join(filter(None, (file.note, *said))))


def _copies(pages: Sequence[Page]) -> Iterator[tuple[Page, Page]]:
    """Each page that repeats an earlier one, with the first that it repeats."""
    holders: dict[str, list[_Counted]] = defaultdict(list)
    for page in pages:
        if len(page.text.split()) < FEWEST_WORDS:
            continue
        one = _Counted(page, Counter(figures(page.text)))
        first = next((other for other in _near(one, holders) if _same_sheet(one, other)), None)
        if first:
            yield page, first.page
            continue
        for number in one.numbers:
            holders[number].append(one)


def _near(one: _Counted, holders: dict[str, list[_Counted]]) -> Iterator[_Counted]:
    """Earlier pages that share rare numbers with this one."""
    sharing = [other for number in one.numbers if len(holders[number]) <= COMMON for other in holders[number]]
    places = {(other.page.file, other.page.number): other for other in sharing}
    rare = Counter((other.page.file, other.page.number) for other in sharing)
    yield from (places[place] for place, count in rare.most_common() if count >= FEWEST_RARE)


def _same_sheet(one: _Counted, other: _Counted) -> bool:
    if one.page.text == other.page.text:
        return True
    alike = _shared(one.numbers, other.numbers) >= SHARED_NUMBERS
    return alike and _shared(one.words, other.words) >= SHARED_WORDS


def _shared(one: Counter[str], other: Counter[str]) -> float:
    return (one & other).total() / max(1, (one | other).total())
