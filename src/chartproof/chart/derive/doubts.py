"""Facts whose number or day stands on a scan only in words that two readings read differently: they decide nothing.

The number or the day is taken away, so that a row that needs it is missing, and `Fact.doubt` keeps both readings for
whoever looks at the page. A statement of the same number and day that is not in doubt settles the matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.numbers import figures
from chartproof.model import Document, Fact, Page, Quantity, SourceFile, Span, Word

#: A day in figures of which every sign was read.
WHOLE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}")
#: No chart names a day after this year: "02/22/2621" is no other reading of a day.
LAST_YEAR = 2100
#: A day in figures has as many of them, whatever became of its strokes.
FIGURES = 8
Place = tuple[str, int]
#: The days that a page names beyond doubt, and each doubtful day with its two readings.
Days = tuple[frozenset[str], Mapping[str, str]]


def settle(facts: Sequence[Fact], files: Iterable[SourceFile], documents: Iterable[Document]) -> tuple[Fact, ...]:
    """The facts, each without the number or day that is in doubt."""
    pages = {(page.file, page.number): page for file in files for page in file.pages}
    doubted = {place for place, page in pages.items() if any(word.doubt for word in page.words)}
    if not doubted:
        return tuple(facts)
    spans = {one.id: [(one.file, number) for number in range(one.first, one.last + 1)] for one in documents}
    days = cache(lambda place: _days(pages[place]) if place in pages else (frozenset(), {}))
    found = [_of(fact, pages, doubted, lambda of: [days(place) for place in spans.get(of, [])]) for fact in facts]
    sure = {_said(fact) for fact, doubt in zip(facts, found, strict=True) if not any(doubt)}
    return tuple(
        fact if _said(fact) in sure else _without(fact, *doubt) for fact, doubt in zip(facts, found, strict=True)
    )


def _said(fact: Fact) -> tuple[object, ...]:
    return fact.concept, fact.assertion, fact.value, fact.quantity, fact.when


def _of(
    fact: Fact, pages: Mapping[Place, Page], doubted: set[Place], days: Callable[[str], list[Days]]
) -> tuple[str, str]:
    """The two readings of the fact's number and of its day; "" where there is no doubt."""
    if not any((span.file, span.page) in doubted for span in fact.evidence):
        return "", ""
    return _number(fact, [_words(span, pages) for span in fact.evidence]), _day(fact, days(fact.document))


def _words(span: Span, pages: Mapping[Place, Page]) -> list[Word]:
    page = pages.get((span.file, span.page))
    return [word for word in page.words if word.start < span.end and word.end > span.start] if page else []


def _number(fact: Fact, quotes: Sequence[Sequence[Word]]) -> str:
    if fact.quantity is None:
        return ""
    words = [word for quote in quotes for word in quote]
    wanted = {value for value in (fact.quantity.low, fact.quantity.high) if value is not None}
    sure = {value for word in words if not word.doubt for value in _values(word.text)}
    if not wanted or wanted <= sure:
        return ""
    named = [
        word for word in words if word.doubt and not WHOLE.fullmatch(word.text) and wanted & set(_values(word.text))
    ]
    # A number that was converted stands in no quote: then any doubtful word of the first may be its own. (The quotes
    # after it of a number that was counted, such as lines of therapy, do not hold it at all.)
    named = named or [word for word in quotes[0] if word.doubt]
    return _both(named[0]) if named else ""


def _values(text: str) -> Iterator[float]:
    """The numbers of a word; of a span or ratio ("55-60", "120/80") each part too."""
    for one in figures(text):
        for part in one.strip("<>").replace("/", "-").replace(":", "-").split("-"):
            try:
                yield float(part.replace(",", ""))
            except ValueError:
                continue


def _day(fact: Fact, days: Sequence[Days]) -> str:
    """The readings of the fact's day where its document names it nowhere beyond doubt."""
    day = str(fact.when) if fact.when else ""
    if not day or any(day in sure for sure, _ in days):
        return ""
    return next((doubtful[day] for _, doubtful in days if day in doubtful), "")


def _days(page: Page) -> Days:
    sure: set[str] = set()
    doubtful: dict[str, str] = {}
    unmade: Counter[str] = Counter()
    for start, end, when in find_dates(page.text):
        words = [word for word in page.words if word.doubt and word.start < end and word.end > start]
        if words and any(_may_be(page.text, word, start, end) for word in words):
            doubtful[str(when)] = _both(words[0])
            unmade[str(when)] += not any(_is_day(page.text, word, start, end) for word in words)
        else:
            sure.add(str(when))
    # read the same at two places, where the other look made out no day at all
    return frozenset(sure | {day for day, times in unmade.items() if times > 1}), doubtful


def _is_day(text: str, word: Word, start: int, end: int) -> bool:
    """Whether the other reading is a day too, or figures that may be one whose strokes were lost."""
    other = _other(text, word, start, end)
    return bool(find_dates(other)) or len(re.findall(r"\d", word.doubt)) >= FIGURES


def _other(text: str, word: Word, start: int, end: int) -> str:
    return text[min(start, word.start) : word.start] + word.doubt + text[word.end : max(end, word.end)]


def _may_be(text: str, word: Word, start: int, end: int) -> bool:
    """Whether the other reading may be another day: "21/24/2026" beside "11/24/2026", read whole, is none; a reading that
    only goes on behind the day ("11/24/2026 14:20"), or leaves one sign unread, is the same."""
    other = _other(text, word, start, end)
    longer = word.doubt.startswith(f"{word.text} ")
    return (
        not longer
        and not unread(word.text, word.doubt)
        and (any(day.last.year <= LAST_YEAR for _, _, day in find_dates(other)) or not WHOLE.fullmatch(word.doubt))
    )


def unread(one: str, other: str) -> bool:
    """Whether the other reading has a letter where this one has a figure, once, and is the same else: "2n26" beside "2026".
    It read that sign not otherwise but not at all."""
    apart = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    return len(one) == len(other) and len(apart) == 1 and apart[0][0].isdigit() and apart[0][1].isalpha()


def _both(word: Word) -> str:
    return f"{word.text} / {word.doubt}"


def _without(fact: Fact, number: str, day: str) -> Fact:
    quantity = Quantity(None, None, fact.quantity.unit) if number and fact.quantity else fact.quantity
    return replace(
        fact, quantity=quantity, when=None if day else fact.when, doubt=", ".join(filter(None, (number, day)))
    )
