"""Which words of a chart a model may be shown and may quote: sentences that could be evidence about this patient.

Left out: payers' papers, requests, logs and drafts (decisions/004), pages and minutes of other persons, and structured
files, which are read field by field and whose status stands in another field than their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartproof.chart.find.others import of_another
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Page


@dataclass(frozen=True, slots=True)
class Passage:
    """The characters [start, end) of a page: whole sentences with nothing but white space between them."""

    page: Page
    start: int
    end: int
    sentences: tuple[Sentence, ...]

    @property
    def place(self) -> tuple[str, int]:
        return self.page.file, self.page.number

    @property
    def text(self) -> str:
        return self.page.text[self.start : self.end]


def passages(reading: Reading) -> tuple[Passage, ...]:
    """Every passage that may be quoted, in the order of the chart."""
    found: list[Passage] = []
    for sentence in reading.sentences:
        if sentence.page.read == "structured" or of_another(sentence.segment):
            continue
        last = found[-1] if found else None
        if last and last.page is sentence.page and not last.page.text[last.end : sentence.start].strip():
            found[-1] = Passage(last.page, last.start, sentence.end, (*last.sentences, sentence))
        else:
            found.append(Passage(sentence.page, sentence.start, sentence.end, (sentence,)))
    return tuple(found)


def requests(shown: Sequence[Passage], characters: int) -> Iterator[tuple[Passage, ...]]:
    """The passages in groups of at most `characters` characters of text; a longer passage is cut at white space."""
    group: list[Passage] = []
    size = 0
    for piece in (piece for passage in shown for piece in _cut(passage, characters)):
        if group and size + len(piece.text) > characters:
            yield tuple(group)
            group, size = [], 0
        group.append(piece)
        size += len(piece.text)
    if group:
        yield tuple(group)


def _cut(passage: Passage, characters: int) -> Iterator[Passage]:
    start, text = passage.start, passage.page.text
    while passage.end - start > characters:
        most = start + characters
        end = max(text.rfind("\n", start + 1, most), text.rfind(". ", start + 1, most) + 1)
        end = end if end > start else max(text.rfind(" ", start + 1, most), 0) or most
        yield _part(passage, start, end)
        start = end
    yield _part(passage, start, passage.end)


def _part(passage: Passage, start: int, end: int) -> Passage:
    inside = tuple(one for one in passage.sentences if one.start < end and one.end > start)
    return Passage(passage.page, start, end, inside)
