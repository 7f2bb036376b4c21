"""The lines of a policy document in reading order, with their place, and without what is printed on every page."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median, median_high

from chartproof.model.page import Box, Page, Word
from chartproof.policy.draft.labels import Label, label_of

#: Places on each page, by its number.
Marks = Mapping[int, Sequence[Box]]
#: A line in this part of a page's height, at its top or bottom, may be a running header or footer.
_MARGIN = 0.09
#: Words further apart than this many times their height stand in different cells.
_CELL_GAP = 0.75
#: So many times the usual space between words does, too.
#: What goes on beside a raised sign stands this near, in its heights: as high, and without a space to speak of.
_LEVEL, _SPACE = 0.5, 0.3
#: The words at a scanned line's beginning that tell where it stands.
_FIRST = 3
#: What stands between a typed row's cells, and how far apart they are put.
_BAR, _COLUMN = " | ", 400.0
#: Files that are read with each paragraph as one line.
_UNWRAPPED = (".docx", ".html", ".htm")
#: Typed lines that are wrapped by hand end so many letters early at the most.
_RAGGED = 30
#: A label hangs at most this many text heights before its text.
_HANGING = 4.0
#: The height of a typed line and the distance of two, in points.
_TYPED, _PITCH = 10.0, 14.0
_ARROW = re.compile(r"[←-⇿▲▼◄►⬆⬇]+")
#: Letters and signs that go below the line.
_BELOW = re.compile(r"[gjpqyQ,;()\[\]{}|/@§]")
_PAGE_OF = re.compile(r"(?i)\bpage\s*[\dlI]{1,3}\s*[o0]f\s*[\dlI]{1,3}\b|\bpage\s*[\dlIotf ]{1,8}$")


#: A line of so many words, of which so many are letters, is set with space between its letters; words stand so much farther
#: apart than these.
_LETTERS, _MOST_LETTERS, _APART = 5, 0.8, 1.6


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: `text` is page.text[start:end] in one line; places in points, 0 where the page has no geometry.

    `cells` are its parts that stand apart, each with its left edge; one cell for a line of prose. `tops` are their own
    tops, for cells that are not level, and `hang` is where the text begins that hangs beside a label, 0 where none does.
    `last_top` is the
    top of its last word: a line that ends in a hyphen may run on below. `scanned` where it was read from a picture.
    `titled` where it stands in the margin and heads the text beside it; it has no cells then.
    `series` is its label where only the lines of its series tell that it is one.
    `styled` where its writer set it in a heading's style.
    `bold` counts the letters at its beginning that are set in bold type.
    """

    page: int
    start: int
    end: int
    text: str
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    height: float = 0.0
    cells: tuple[tuple[float, str], ...] = ()
    last_top: float = 0.0
    scanned: bool = False
    tops: tuple[float, ...] = ()
    hang: float = 0.0
    titled: bool = False
    series: Label | None = None
    bold: int = 0
    styled: bool = False


def read_lines(
    pages: Sequence[Page], bold: Marks | None = None, headings: frozenset[str] = frozenset()
) -> tuple[Line, ...]:
    """Every line that is not blank and not a running header or footer, in reading order.

    `bold` are the places of each page that are set in bold type, `headings` the words of lines that are set as headings.
    """
    set_bold = bold or {}
    found = [line for page in pages for line in _whole(_of(page, set_bold.get(page.number, ())))]
    running = _running(found, pages)
    kept = (line for line in found if id(line) not in running)
    return tuple(replace(line, styled=True) if _is_among(line, headings) else line for line in kept)


def _is_among(line: Line, headings: frozenset[str]) -> bool:
    """True for a heading's words, with or without the label that its list gives it."""
    text = " ".join(line.text.split())
    label = label_of(text)
    return bool(headings) and (text in headings or (label is not None and text[label.length :] in headings))


def read_running(pages: Sequence[Page]) -> tuple[Line, ...]:
    """The running headers and footers of the first page."""
    found = [line for page in pages for line in _whole(_of(page))]
    running = _running(found, pages)
    return tuple(line for line in found if id(line) in running and line.page == pages[0].number)


def _of(page: Page, bold: Sequence[Box] = ()) -> list[Line]:
    lines: list[Line] = []
    breaks = (
        [] if page.words else _deliberate(page.text.split("\n"), wrapped=not page.file.lower().endswith(_UNWRAPPED))
    )
    rows = set() if page.words else _rows(page.text.split("\n"))
    starts = [word.start for word in page.words]
    deeper, gap = _deeper(page), _cell_gap(page)
    position = 0
    for at, text in enumerate(page.text.split("\n")):
        start, end = position, position + len(text)
        position = end + 1
        if not text.strip():
            continue
        words = page.words[bisect_left(starts, start) : bisect_left(starts, end)]
        if words and all(_ARROW.fullmatch(word.text) for word in words):
            continue  # an arrow between two boxes of a flow
        while words and _ARROW.fullmatch(words[0].text):
            words = words[1:]
        if not words:
            indent = len(text) - len(text.lstrip())
            typed = _typed(page.number, start + indent, text, at + sum(breaks[:at]) / 2)
            lines.append(_celled(typed) if at in rows else typed)
            continue
        boxes = [word.box for word in words]
        height = median_high(_full_height(word, deeper) for word in words)
        cells, tops, hang = _cells(page, words, height, gap)
        said = page.text[words[0].start : words[-1].end]
        if _is_spaced(words):
            said = _joined(words)
            cells, tops = ((words[0].box.left, said),), tops[:1]
        scanned = page.read == "ocr"
        # A picture that lies askew raises or lowers a line's end: its beginning is held against the next line's.
        top = min(box.top for box in (boxes[:_FIRST] if scanned else boxes))
        lines.append(
            Line(
                page.number, words[0].start, words[-1].end, said,
                min(box.left for box in boxes), top, max(box.right for box in boxes), height, cells,
                top if scanned else words[-1].box.top, scanned, tops, hang, bold=_bold_letters(words, bold),
            )
        )  # fmt: skip
    return lines


def _is_spaced(words: Sequence[Word]) -> bool:
    """True for a line that is set with space between its letters, as titles are: nearly every word is one letter."""
    letters = sum(1 for word in words if len(word.text) == 1)
    return len(words) >= _LETTERS and letters >= _MOST_LETTERS * len(words)


def _joined(words: Sequence[Word]) -> str:
    """The words of a line of spaced letters: they stand farther apart than its letters do."""
    gaps = [after.box.left - word.box.right for word, after in itertools.pairwise(words)]
    apart = max(_APART * median(gaps), 0.1)
    return words[0].text + "".join(
        f"{' ' if gap > apart else ''}{word.text}" for gap, word in zip(gaps, words[1:], strict=True)
    )


def _bold_letters(words: Sequence[Word], bold: Sequence[Box]) -> int:
    """How many letters of a line's text its first words have that are set in bold."""
    end = words[0].start
    for word in words:
        across, down = (word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2
        if not any(one.left <= across <= one.right and one.top <= down <= one.bottom for one in bold):
            break
        end = word.end
    return end - words[0].start


def _cell_gap(page: Page) -> float:
    """How far apart two cells stand on this page, in text heights: wider than two spaces, which a typewriter sets wide."""
    spaces = [
        (after.box.left - word.box.right) / height
        for word, after in itertools.pairwise(page.words)
        if (height := word.box.bottom - word.box.top) > 0
        and word.box.right <= after.box.left
        and abs(after.box.bottom - word.box.bottom) < _LEVEL * height
    ]
    return max(_CELL_GAP, 2 * median(spaces)) if spaces and page.read == "ocr" else _CELL_GAP


def _deeper(page: Page) -> float:
    """How much taller a word is on this page when one of its letters goes below the line; 1 for a picture's words."""
    if page.read == "ocr" or not page.words:
        return 1.0
    heights: dict[bool, list[float]] = {True: [], False: []}
    for word in page.words:
        heights[bool(_BELOW.search(word.text))].append(word.box.bottom - word.box.top)
    deep, flat = heights[True], heights[False]
    return min(1.6, max(1.0, median(deep) / median(flat))) if deep and flat and median(flat) > 0 else 1.0


def _full_height(word: Word, deeper: float) -> float:
    """The height of a word as if it had a letter that goes below the line, so that lines can be held against each other."""
    height = word.box.bottom - word.box.top
    return height if _BELOW.search(word.text) else height * deeper


def _whole(lines: Sequence[Line]) -> list[Line]:
    """The lines, with the rest of a line that a raised sign broke ("73 m2" and ", or less") put back."""
    found: list[Line] = []
    for line in lines:
        last = found[-1] if found else None
        level = last is not None and line.height and abs(line.top - last.top) < _LEVEL * line.height
        if last is None or not level or not -1 <= line.left - last.right < _SPACE * line.height:
            found.append(line)
            continue
        gap = "" if line.text[0] in ",.;:)" else " "
        cells = list(last.cells)
        cells[-1:] = [(cells[-1][0], f"{cells[-1][1]}{gap}{line.cells[0][1]}"), *line.cells[1:]]
        found[-1] = replace(
            last, end=line.end, text=f"{last.text}{gap}{line.text}", right=line.right,
            height=max(last.height, line.height), cells=tuple(cells), last_top=line.last_top,
            tops=(*last.tops, *line.tops[1:]),
        )  # fmt: skip
    return found


def _deliberate(texts: Sequence[str], *, wrapped: bool) -> list[bool]:
    """Of each typed line, whether it ends although the next line's first word had room in it: a paragraph ends there."""
    width = max((len(text) for text in texts), default=0)
    after = [*texts[1:], ""]
    return [
        bool(text.strip() and then.strip())
        and (not wrapped or len(text.rstrip()) + 1 + len(then.split()[0]) + _RAGGED < width)
        for text, then in zip(texts, after, strict=True)
    ]


def _typed(page: int, start: int, text: str, at: float) -> Line:
    """A line of a page without places, as if it were typed.

    Blank lines stand it apart from the one before, and half as much where that one ended early.
    """
    words, indent = text.strip(), len(text) - len(text.lstrip())
    top = _PITCH * at
    return Line(
        page, start, start + len(words), words, indent * 5.0, top, (indent + len(words)) * 5.0, _TYPED, last_top=top
    )


def _rows(texts: Sequence[str]) -> set[int]:
    """The places of typed lines that are a table's rows: as many bars as the line before or after them has."""
    bars = [text.count(_BAR) for text in texts]
    return {
        at for at, count in enumerate(bars)
        if count and count in (bars[at - 1] if at else 0, bars[at + 1] if at + 1 < len(bars) else 0)
    }  # fmt: skip


def _celled(line: Line) -> Line:
    """A typed row with its cells, as if they stood in columns."""
    cells = tuple((_COLUMN * n, text.strip()) for n, text in enumerate(line.text.split(_BAR)))
    return replace(line, left=0.0, cells=cells, tops=(line.top,) * len(cells))


def _cells(
    page: Page, words: Sequence[Word], height: float, gap: float
) -> tuple[tuple[tuple[float, str], ...], tuple[float, ...], float]:
    """The line's cells, the top of each, and where the text begins that hangs beside a label."""
    groups: list[list[Word]] = []
    for word in words:
        if groups and word.box.left - groups[-1][-1].box.right <= gap * height:
            groups[-1].append(word)
        else:
            groups.append([word])
    cells = [(group[0].box.left, page.text[group[0].start : group[-1].end]) for group in groups]
    tops = [min(word.box.top for word in group) for group in groups]
    if len(cells) > 1 and _hangs(groups[0], groups[1], height):
        cells[:2] = [(cells[0][0], f"{cells[0][1]} {cells[1][1]}")]
        tops[:2] = [min(tops[:2])]
        return tuple(cells), tuple(tops), groups[1][0].box.left
    return tuple(cells), tuple(tops), 0.0


def _hangs(label: Sequence[Word], text: Sequence[Word], height: float) -> bool:
    """True for a label that hangs beside its text: the two are one cell. A dash in a column of its own is none."""
    if text[0].box.left - label[-1].box.right > _HANGING * height:
        return False
    words = " ".join(word.text for word in label)
    found = label_of(f"{words} x") or label_of(f"{words} {' '.join(word.text for word in text[:2])}")
    return found is not None and found.length > len(words)


def _running(lines: Sequence[Line], pages: Sequence[Page]) -> set[int]:
    """Lines in the margins whose words (numbers aside) stand on at least half of the pages and on two."""
    height = {page.number: page.height for page in pages}
    edge = [line for line in lines if height[line.page] and not _MARGIN < line.top / height[line.page] < 1 - _MARGIN]
    if len(pages) < 2:
        return {id(line) for line in edge if _PAGE_OF.fullmatch(line.text.strip())}
    seen = Counter(words for words, _ in {(_shape(line), line.page) for line in edge})
    often = {words for words, count in seen.items() if count >= max(2, len(pages) / 2)}
    return {id(line) for line in edge if _shape(line) in often or _PAGE_OF.search(line.text)}


def _shape(line: Line) -> str:
    words = re.sub(r"[\W\d_]+", " ", line.text).strip().lower()
    return re.sub(r"\s[ivx]{1,5}$", "", words)  # a page's number may be a numeral
