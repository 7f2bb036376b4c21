"""Ways to change a chart whose effect on the answer is known: other names, a fax of it, a word before a phrase."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import pypdfium2 as pdfium
from PIL import Image

from chartproof.model import Box, Page, SourceFile, Span, Word

DOTS = 200
#: Words that take a statement away from the patient's present: denied, to come, of another person.
WORDS = ("no", "planned", "father's", "donor's")
#: A verb that "not" follows: "was tested" says nothing else when "no" stands before the sentence.
AUXILIARY = re.compile(r"\b(?:is|was|are|were|has|have|had|will|can|does|did)\b(?! not\b)")
NEGATIVE = re.compile(r"\b(?:no|not|non|never|none|denies|without|neither|nor|absent|negative)\b", re.IGNORECASE)
#: Before such a beginning stands "Father: ", before any other "Father's ".
SENTENCE = re.compile(
    r"\W*(?:the|an?|this|his|her|he|she|it|they|we|i|mr|mrs|ms|dr|patient|pt|no|not|never|denies|none)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Change:
    """A word put into a page before `start`; `end` is where the changed phrase ends, in the page's old offsets."""

    file: str
    page: int
    start: int
    end: int
    at: int
    word: str


def shuffled(files: Sequence[SourceFile], seed: int) -> tuple[SourceFile, ...]:
    """The same files under other names, in another order; only the ending of a name is kept."""
    numbers = list(range(len(files)))
    random.Random(seed).shuffle(numbers)
    renamed = [named(file, f"document-{number:03d}{PurePath(file.name).suffix}") for number, file in zip(numbers, files, strict=True)]  # fmt: skip
    return tuple(sorted(renamed, key=lambda file: file.name))


def named(file: SourceFile, name: str) -> SourceFile:
    return replace(file, name=name, pages=tuple(replace(page, file=name) for page in file.pages))


def faxed(path: Path) -> bytes:
    """A PDF as a clean fax of itself: one black and white picture a page, no text."""
    return bound([grey.point(lambda level: 255 if level > 150 else 0).convert("1") for grey in sheets(path)])


def sheets(path: Path, *, dots: int = DOTS) -> Iterator[Image.Image]:
    """The pages of a PDF in grey, at `dots` an inch, form fields filled in."""
    document = pdfium.PdfDocument(path.read_bytes())
    document.init_forms()
    for page in document:
        yield page.render(scale=dots / 72, grayscale=True).to_pil().convert("L")
    document.close()


def bound(pictures: Sequence[Image.Image], *, dots: int = DOTS) -> bytes:
    """Pictures as a PDF of one page each."""
    out = io.BytesIO()
    pictures[0].save(out, format="PDF", resolution=float(dots), save_all=True, append_images=pictures[1:])
    return out.getvalue()


def change_of(span: Span, word: str) -> Change | None:
    """The word before the phrase, or "not" behind its verb; None where the effect is not known (a double negation)."""
    at, put = span.start, f"{word.capitalize()} "
    if word == "no" and NEGATIVE.search(span.quote):
        return None
    verb = AUXILIARY.search(span.quote) if word == "no" else None
    if verb:
        at, put = span.start + verb.end(), " not"
    elif word == "planned" or (word != "no" and SENTENCE.match(span.quote)):
        put = word.removesuffix("'s").capitalize() + ": "
    return Change(span.file, span.page, span.start, span.end, at, put)


def changed(files: Iterable[SourceFile], changes: Sequence[Change]) -> tuple[SourceFile, ...]:
    """The files with every change made. Structured entries keep their values: only text is changed."""
    by_page: dict[tuple[str, int], list[Change]] = {}
    for change in changes:
        by_page.setdefault((change.file, change.page), []).append(change)
    return tuple(
        replace(file, pages=tuple(_page(page, by_page.get((file.name, page.number), [])) for page in file.pages))
        for file in files
    )


def _page(page: Page, changes: Sequence[Change]) -> Page:
    for change in sorted(changes, key=lambda one: -one.at):
        page = inserted(page, change.at, change.word)
    return page


def inserted(page: Page, at: int, word: str) -> Page:
    """The page with a word more, and every later word moved along."""
    bare = word.strip()
    start = at + len(word) - len(word.lstrip())
    words = [
        one if one.start < at else replace(one, start=one.start + len(word), end=one.end + len(word))
        for one in page.words
    ]
    behind = next((number for number, one in enumerate(words) if one.start > at), None)
    if behind is not None:
        box = words[behind].box
        words.insert(behind, Word(bare, start, start + len(bare), Box(box.left, box.top, box.left, box.bottom)))
    return replace(page, text=page.text[:at] + word + page.text[at:], words=tuple(words))


def moved(change: Change, changes: Iterable[Change]) -> tuple[int, int]:
    """Where the changed phrase stands once all changes are made."""
    page = [one for one in changes if (one.file, one.page) == (change.file, change.page)]
    before = sum(len(one.word) for one in page if one.at < change.start)
    within = sum(len(one.word) for one in page if change.start <= one.at < change.end)
    return change.start + before, change.end + before + within


def by_name(files: Iterable[SourceFile]) -> Mapping[str, SourceFile]:
    return {file.name: file for file in files}
