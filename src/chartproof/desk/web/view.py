"""A review as the desk's case page shows it: rows by group, the chosen row's evidence, and one page with its boxes.

Everything comes from the review; a person's judgements are in it already (decide_again). Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chartproof.model import Box, Fact, Finding, Page, Review, SourceFile, Span
from chartproof.model.truth import REASON_WORDS
from chartproof.packet.exhibits import named
from chartproof.packet.look import (
    dated,
    document_at,
    groups,
    marks,
    prose_day,
    prose_range,
    sentence,
    step_words,
    stop,
    tidy,
)  # fmt: skip
from chartproof.packet.page_data import looked_for

RowKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list on the left. `key` is "policy:I.A"; `judged` says who looked at it, "" where nobody did."""

    key: str
    mark: str
    says: str
    status: str
    judged: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote as a link to its page. `facts` are the ids of the facts that it carries; `number` is its place in the list.

    `date` is its document's; `of` the day that the words speak of, where that is another.
    """

    number: int
    file: int
    name: str
    page: int
    title: str
    date: str
    of: str
    quote: str
    unsigned: bool
    scanned: bool
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The row that is open: what is required, what the chart shows, for and against."""

    row: Row
    layer: str
    id: str
    kind: str
    says: str
    status: str
    reason: str
    shows: str
    valid: str
    remedy: str
    ask: str
    sought: str
    basis: str
    because: str
    notes: tuple[str, ...]
    trace: tuple[str, ...]
    evidence: tuple[Quoted, ...]
    against: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page that has no picture, in parts: (words, whether they are quoted); `start` is its first character."""

    start: int
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page in the middle. `boxes` are in the page's own points; `lines` are for a page without geometry."""

    file: int
    name: str
    page: int
    pages: int
    title: str
    date: str
    width: float
    height: float
    drawn: bool
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    note: str


def rows_of(review: Review, judged: Mapping[RowKey, str]) -> tuple[Group, ...]:
    """The list on the left, in the packet's order. `judged` gives who looked at a row, by layer and id."""
    short = marks(review)
    return tuple(
        Group(title, tuple(_row(one, short, judged) for one in found)) for title, found in groups(review) if found
    )


def _row(one: Finding, short: Mapping[RowKey, str], judged: Mapping[RowKey, str]) -> Row:
    key = (one.layer, one.id)
    says = one.id.replace("_", " ") if one.layer == "label" else one.says
    return Row(f"{one.layer}:{one.id}", short[key], sentence(says), one.status, judged.get(key, ""))


def finding_of(review: Review, key: str) -> Finding | None:
    """The finding of a row's key; None where the review has no such row."""
    layer, _, name = key.partition(":")
    rows = review.criteria if layer == "policy" else review.label
    return next((one for one in rows if one.id == name), None)


def chosen_of(review: Review, finding: Finding, judged: Mapping[RowKey, str]) -> Chosen:
    """Everything that the right side says of one row."""
    carried = _facts_by_place(review.chart.facts)
    files = {source.name: number for number, source in enumerate(review.chart.files)}
    quoted = [
        _quoted(review, span, number, finding, files, carried)
        for number, span in enumerate((*finding.evidence, *finding.against))
    ]
    many = len(finding.evidence)
    missing = finding.status == "missing"
    return Chosen(
        row=_row(finding, marks(review), judged),
        layer=finding.layer,
        id=finding.id,
        kind=finding.kind,
        says=stop(sentence(finding.says)),
        status=finding.status,
        reason=sentence(REASON_WORDS.get(finding.reason, finding.reason)),
        shows=stop(sentence(finding.shows)),
        valid=prose_day(finding.valid_until) if finding.valid_until else "",
        remedy=stop(sentence(finding.remedy)) if missing else "",
        ask=sentence(finding.ask) if missing else "",
        sought=looked_for(review, finding),
        basis=finding.basis,
        because=stop(sentence(finding.because)),
        notes=tuple(stop(sentence(note)) for note in finding.notes),
        trace=tuple(map(step_words, finding.trace)),
        evidence=tuple(quoted[:many]),
        against=tuple(quoted[many:]),
    )


def _facts_by_place(facts: Iterable[Fact]) -> dict[tuple[str, int, int, int], list[str]]:
    found: dict[tuple[str, int, int, int], list[str]] = {}
    for fact in facts:
        for span in fact.evidence:
            found.setdefault((span.file, span.page, span.start, span.end), []).append(fact.id)
    return found


def _quoted(
    review: Review, span: Span, number: int, finding: Finding, files: Mapping[str, int],
    carried: Mapping[tuple[str, int, int, int], Sequence[str]],
) -> Quoted:  # fmt: skip
    document, page = document_at(review, span.file, span.page), page_at(review, span.file, span.page)
    written, spoken = document.when if document else None, dated(review, span, finding.facts)
    asked = spoken is not None and spoken.first == spoken.last == review.case.as_of  # an age, reckoned for that day
    return Quoted(
        number=number,
        file=files.get(span.file, 0),
        name=span.file,
        page=span.page,
        title=named(document) if document else "",
        date=prose_range(written),
        of=prose_range(spoken) if spoken != written and not asked else "",
        quote=tidy(span.quote),
        unsigned=bool(document and document.signed is False),
        scanned=bool(page and page.read == "ocr"),
        facts=tuple(carried.get((span.file, span.page, span.start, span.end), ())),
    )


def page_at(review: Review, file: str, number: int) -> Page | None:
    """A page of the chart; None where it has none such."""
    source = next((one for one in review.chart.files if one.name == file), None)
    return next((page for page in source.pages if page.number == number), None) if source else None


def sheet_of(review: Review, source: SourceFile, number: int, spans: Sequence[Span]) -> Sheet | None:
    """One page with the quotes that stand on it boxed; None where the file has no page of that number."""
    page = next((one for one in source.pages if one.number == number), None)
    if page is None:
        return None
    own = [span for span in spans if span.file == source.name and span.page == number]
    document = document_at(review, source.name, number)
    drawn = page.width > 0 and source.media in ("pdf", "image")
    return Sheet(
        file=next(n for n, one in enumerate(review.chart.files) if one.name == source.name),
        name=source.name,
        page=number,
        pages=len(source.pages),
        title=named(document) if document else "",
        date=prose_range(document.when) if document and document.when else "",
        width=page.width,
        height=page.height,
        drawn=drawn,
        boxes=tuple(box for span in own for box in (span.boxes or page.boxes(span.start, span.end))),
        lines=() if drawn else tuple(_lines(page.text, own)),
        note=page.note,
    )


def _lines(text: str, spans: Sequence[Span]) -> Iterable[Line]:
    """The text in lines, each cut where a quote begins or ends."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        cuts = {start, end}
        for span in spans:
            cuts |= {min(max(edge, start), end) for edge in (span.start, span.end)}
        edges = sorted(cuts)
        parts = tuple(
            (text[first:last], any(span.start <= first and last <= span.end for span in spans))
            for first, last in pairwise(edges)
        )
        yield Line(start, parts)
        start = end + 1
