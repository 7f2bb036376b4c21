"""How well faxes are read: pages of labelled charts, faxed at three grades, against the text they were made from.

usage: python benchmarks/fax.py CASES [--pages N] [--seed N]      (default: every born-digital page, one noise a page)

CASES holds folders with files/ and gold.yaml. A token is a word with a digit in it, found again by its place on the
page. Prints, a grade: tokens; how many were read exactly; of those in a gold fact's quote (numbers and units, dates,
record numbers) how many; how many were read wrongly and said so, and wrongly without a word (the figure to keep at or
below 0.1 %); how many were right and yet doubted; seconds a page with two workers.
"""

from __future__ import annotations

import argparse
import math
import re
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import yaml
from changes import bound, sheets
from PIL import Image, ImageFilter

from chartproof.chart.files import read_file, read_folder
from chartproof.chart.numbers import figures
from chartproof.model import Box, Page, SourceFile, Word

WORKERS = 2
#: Letter paper on a fax machine: 204 dots an inch across; 196 (fine) or 98 (standard) down.
ACROSS, FINE, STANDARD = 204, 196, 98
MARGIN_POINTS = 20


@dataclass(frozen=True, slots=True)
class Grade:
    """How bad a line and a machine: `down` in dots an inch, `skew` in degrees at most, shares of pixels changed."""

    name: str
    down: int
    skew: float
    blur: float
    noise: float
    black: float
    white: float
    streaks: int


GRADES = (
    Grade("light", FINE, 0.3, 0.3, 12, 0.0002, 0.0005, 0),
    Grade("medium", FINE, 0.9, 0.6, 26, 0.0008, 0.002, 1),
    Grade("heavy", STANDARD, 1.6, 0.6, 26, 0.001, 0.003, 2),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A grade's figures. `silent` tokens were read with other digits and not doubted; `told` with a doubt; `asked` were right, yet doubted."""

    grade: str
    pages: int
    tokens: int
    exact: int
    critical: int
    critical_exact: int
    silent: int
    told: int
    lost: int
    asked: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Source:
    """A born-digital page: its words, and the characters of it that a gold fact quotes."""

    path: Path
    page: Page
    quoted: tuple[tuple[int, int], ...]


def rows(cases: Path, *, pages: int | None = None, seed: int = 0) -> list[Row]:
    """One row a grade, over the born-digital pages of every case; `pages` takes about so many, evenly.

    `seed` makes other dirt on the same pages.
    """
    sources = list(born_digital(cases))
    if pages:
        sources = sources[:: max(1, len(sources) // pages)]
    return [row(grade, sources, seed) for grade in GRADES]


def row(grade: Grade, sources: Sequence[Source], seed: int = 0) -> Row:
    angles = [angle_of(grade, source) for source in sources]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number, (source, angle) in enumerate(zip(sources, angles, strict=True)):
            clean = list(sheets(source.path, dots=ACROSS))[source.page.number - 1]
            (folder / f"{number:04d}.pdf").write_bytes(
                page_of(degraded(clean, grade, angle, seed * 10_000 + number), source.page)
            )
        start = perf_counter()
        files = read_folder(folder, workers=WORKERS)
        seconds = perf_counter() - start
    return counted(grade, sources, angles, files, seconds)


def counted(
    grade: Grade, sources: Sequence[Source], angles: Sequence[float], files: Sequence[SourceFile], seconds: float
) -> Row:
    found = [
        (verdict(word, source.page, file.pages[0], angle), critical(word, source))
        for source, angle, file in zip(sources, angles, files, strict=True)
        for word in source.page.words
        if figures(word.text) and inside(word.box, source.page)
    ]
    verdicts = [one for one, _ in found]
    return Row(
        grade.name, len(sources), len(found), verdicts.count("exact") + verdicts.count("asked"),
        sum(key for _, key in found), sum(key and one in ("exact", "asked") for one, key in found),
        verdicts.count("silent"), verdicts.count("told"), verdicts.count("lost"), verdicts.count("asked"),
        seconds / max(1, len(sources)),
    )  # fmt: skip


def born_digital(cases: Path) -> Iterator[Source]:
    for gold in sorted(cases.glob("*/gold.yaml")):
        facts = yaml.safe_load(gold.read_text(encoding="utf-8"))["facts"]
        for path in sorted(gold.parent.glob("files/*.pdf")):
            for page in read_file(path, workers=WORKERS).pages:
                if page.read == "text" and page.words:
                    mine = [f["quote"] for f in facts if f.get("file") == path.name and f.get("page") == page.number]
                    yield Source(path, page, tuple(span for quote in mine for span in places(quote, page.text)))


def places(quote: str, text: str) -> Iterator[tuple[int, int]]:
    pattern = r"\s+".join(re.escape(word) for word in str(quote).split())
    yield from (match.span() for match in re.finditer(pattern, text))


def angle_of(grade: Grade, source: Source) -> float:
    """The same page is always skewed the same way."""
    seed = zlib.crc32(f"{source.path.name}{source.page.number}".encode())
    return float(np.random.default_rng(seed).uniform(-grade.skew, grade.skew))


def degraded(clean: Image.Image, grade: Grade, angle: float, seed: int) -> Image.Image:
    """The grey page as it leaves a fax machine: turned, blurred, coarse, black and white, dirty, streaked."""
    random = np.random.default_rng(seed)
    turned = clean.rotate(angle, fillcolor=255, resample=Image.Resampling.BICUBIC)
    turned = turned.filter(ImageFilter.GaussianBlur(grade.blur))
    coarse = turned.resize((clean.width, round(clean.height * grade.down / ACROSS)), Image.Resampling.BOX)
    grey = np.asarray(coarse, dtype=np.float64)
    grey = grey + random.normal(0, grade.noise, grey.shape)
    bits = np.where(grey < 155, 0, 255).astype(np.uint8)
    specks = random.random(bits.shape)
    bits[specks < grade.black] = 0
    bits[specks > 1 - grade.white] = 255
    for _ in range(grade.streaks):
        bits[:, int(random.uniform(0.03, 0.97) * bits.shape[1])] = 0
    return Image.fromarray(bits).convert("1")


def page_of(bits: Image.Image, page: Page) -> bytes:
    """The fax as a PDF page of the size of the first page, whatever its dots up and down."""
    tall = bits.resize((bits.width, round(bits.width * page.height / page.width)), Image.Resampling.NEAREST)
    return bound([tall], dots=round(bits.width * 72 / page.width))


def verdict(word: Word, page: Page, read: Page, angle: float) -> str:
    """exact, asked (right, yet doubted), silent (other digits, no doubt), told (other, doubted), or lost (no digit there)."""
    there = standing_at(turned(word.box, page, angle), read.words)
    text = " ".join(one.text for one in there)
    wanted = figures(word.text)
    if contains(figures(text), wanted) or contains(figures(text), figures(joined(word, page))):
        return "asked" if any(one.doubt for one in there) else "exact"
    if not figures(text):
        return "lost"
    return "told" if any(one.doubt for one in there) else "silent"


#: "< 14" and "40 / 41" may be read as one word each: no digit of theirs is wrong.
JOINED = re.compile(r"(?:[<>] )?\S+(?: ?/ ?\S+)*")


def joined(word: Word, page: Page) -> str:
    """The word with the signs and numbers that stand beside it, written as one."""
    line = page.text.rfind("\n", 0, word.start) + 1
    runs = (match for match in JOINED.finditer(page.text, line) if match.end() > word.start)
    return next(runs).group().replace(" ", "")


def contains(found: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the wanted numbers stand side by side among those found (neighbours may have been read as one word)."""
    return any(found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1))


def critical(word: Word, source: Source) -> bool:
    return any(word.start < end and word.end > start for start, end in source.quoted)


def turned(box: Box, page: Page, angle: float) -> Box:
    """Where the box lies once the page is turned counter-clockwise about its middle."""
    theta = math.radians(-angle)
    x, y = (box.left + box.right - page.width) / 2, (box.top + box.bottom - page.height) / 2
    x, y = x * math.cos(theta) - y * math.sin(theta), x * math.sin(theta) + y * math.cos(theta)
    width, height = (box.right - box.left) / 2, (box.bottom - box.top) / 2
    x, y = x + page.width / 2, y + page.height / 2
    return Box(x - width, y - height, x + width, y + height)


def standing_at(box: Box, words: Sequence[Word]) -> list[Word]:
    """Words that share a good part of the box, from left to right."""

    def shared(low: float, high: float, first: float, last: float) -> float:
        return (min(high, last) - max(low, first)) / max(0.1, min(high - low, last - first))

    there = [
        word for word in words
        if shared(word.box.left, word.box.right, box.left, box.right) > 0.4
        and shared(word.box.top, word.box.bottom, box.top, box.bottom) > 0.4
    ]  # fmt: skip
    return sorted(there, key=lambda word: word.box.left)


def inside(box: Box, page: Page) -> bool:
    """Whether skew leaves the word on the sheet."""
    across = box.left >= MARGIN_POINTS and box.right <= page.width - MARGIN_POINTS
    return across and box.top >= MARGIN_POINTS and box.bottom <= page.height - MARGIN_POINTS


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("cases", type=Path)
    arguments.add_argument("--pages", type=int, default=None, help="about so many pages instead of all")
    arguments.add_argument("--seed", type=int, default=0, help="other noise on the same pages")
    options = arguments.parse_args()
    print("grade   pages  tokens   exact  critical  wrong, said  wrong, silent   lost  right, doubted  s a page")
    for one in rows(options.cases, pages=options.pages, seed=options.seed):
        exact, key = one.exact / max(1, one.tokens), one.critical_exact / max(1, one.critical)
        silent = one.silent / max(1, one.tokens)
        print(
            f"{one.grade:7}{one.pages:6}{one.tokens:8}{exact:8.2%}{key:10.2%}{one.told:13}"
            f"{one.silent:7} {silent:6.2%}{one.lost:7}{one.asked:7} {one.asked / max(1, one.exact):7.2%}{one.seconds:10.2f}"
        )


if __name__ == "__main__":
    main()
