"""Which passages of the patient's own pages speak of another person, so that no page is sent on with them in sight.

Three kinds: another's case in the record of a meeting, another's paper on a page that both share, another's row in a
file of results. A page that is another's as a whole is never cited and needs no passage.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from chartproof.chart.entry_owner import OTHERS
from chartproof.chart.minutes import is_minutes
from chartproof.chart.teaching import is_general
from chartproof.chart.view import Segment, Sentence, is_void, sentences, span
from chartproof.model import Page, SourceFile, Span

#: Media whose rows are lines; a row of JSON or XML has no line of its own.
LINES = ("csv", "text", "pdf", "docx")

#: Who kept or approved the whole record, and the foot of its page, stand below the last case and are nobody's own.
OF_THE_RECORD = re.compile(
    r"^\W*(?:(?:electronically |digitally )?signed|authenticated|attested|approved|recorded|minutes|reviewed|scribe)\b"
    r"(?:.{0,80}\b(?:MD|DO|MBBS|PhD|RN|NP|PA|APRN|PharmD|signature)\b| by\b)|\bpage \d+(?: of \d+)?\W*$",
    re.IGNORECASE | re.DOTALL,
)

Range = tuple[int, int]


def passages(files: Sequence[SourceFile], segments: Sequence[Segment], kept: Iterable[Sentence]) -> tuple[Span, ...]:
    """Whole lines of another person on pages that hold the patient's evidence, in the order of the files.

    `kept` are the sentences that were found to be the patient's.
    """
    pages = {(page.file, page.number): page for file in files for page in file.pages}
    found: dict[tuple[str, int], list[Range]] = defaultdict(list)
    for page, place in (*_cases(segments, kept), *_papers(segments), *_rows(files)):
        found[page.file, page.number].append(place)
    return tuple(span(page, *place) for key, page in pages.items() for place in joined(page.text, found.get(key, ())))


def _cases(segments: Sequence[Segment], kept: Iterable[Sentence]) -> Iterator[tuple[Page, Range]]:
    """The sentences of a meeting's record that were left out as another's case."""
    mine: dict[tuple[str, int], list[Range]] = defaultdict(list)
    for one in kept:
        mine[one.page.file, one.page.number].append((one.start, one.end))
    recorded = (segment for segment in segments if segment.document.belongs is not False)
    for segment in recorded:
        if not is_minutes(segment.document) or (segment.page.file, segment.page.number) not in mine:
            continue
        own = mine[segment.page.file, segment.page.number]
        for one in sentences(segment):
            title = " ".join(one.text.split()) == one.document.title
            if title or is_general(one) or is_void(one) or OF_THE_RECORD.search(one.text):
                continue
            yield from ((one.page, place) for place in without((one.start, one.end), own))


def _papers(segments: Sequence[Segment]) -> Iterator[tuple[Page, Range]]:
    """Another's paper that begins or ends on a page of the patient's."""
    by_page = sorted(segments, key=lambda one: (one.page.file, one.page.number))
    for _, group in groupby(by_page, key=lambda one: (one.page.file, one.page.number)):
        parts = list(group)
        if len({part.document.belongs is False for part in parts}) == 2:
            yield from ((one.page, (one.start, one.end)) for one in parts if one.document.belongs is False)


def _rows(files: Iterable[SourceFile]) -> Iterator[tuple[Page, Range]]:
    for file in files:
        if file.media in LINES and file.pages:
            yield from ((file.pages[0], place) for place in rows_of_others(file))


def rows_of_others(file: SourceFile) -> list[Range]:
    """Where the rows of a file stand that print another person than the patient."""
    return [(one.start, one.end) for one in file.entries if one.extra.get("subject") == OTHERS[0]]


def without(place: Range, own: Iterable[Range]) -> Iterator[Range]:
    """What of a range is in none of the others."""
    left, end = place
    for start, stop in sorted(own):
        if stop <= left or start >= end:
            continue
        if start > left:
            yield left, start
        left = max(left, stop)
    if left < end:
        yield left, end


def joined(text: str, places: Iterable[Range]) -> Iterator[Range]:
    """The ranges that hold a word, in order; those with nothing but blanks between them are one."""
    open_at: Range | None = None
    for start, end in sorted(place for place in places if re.search(r"\w", text[place[0] : place[1]])):
        if open_at and not text[open_at[1] : start].strip():
            open_at = open_at[0], max(end, open_at[1])
            continue
        if open_at:
            yield open_at
        open_at = start, end
    if open_at:
        yield open_at
