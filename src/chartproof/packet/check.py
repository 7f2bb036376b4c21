"""Looks again for every quote on its page, in the file as it lies on disk now, before anything is written."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pypdfium2 as pdfium

from chartproof.errors import EvidenceError
from chartproof.model import Page, Review, SourceFile, Span

_DASHES = re.compile(r"[\u2010-\u2015\u2212\u00ad\x02\ufffe-]")


def check_quotes(review: Review, spans: Iterable[Span], folder: Path) -> None:
    """Raises EvidenceError unless each span's file is unchanged since it was read and its quote stands on its page.

    A born-digital PDF page is read a second time, by other means than the first reading, and must hold the quote's
    words; a scanned page and a file without pages are compared with the text of the first reading.
    """
    sources = {source.name: source for source in review.chart.files}
    by_file: dict[str, list[Span]] = {}
    for span in dict.fromkeys(spans):
        by_file.setdefault(span.file, []).append(span)
    for name, cited in by_file.items():
        source = sources.get(name)
        if source is None:
            raise EvidenceError("CP-EVID-01", "a quote cites a file that is not in the chart", where=name)
        _unchanged(source, folder)
        pages = {page.number: page for page in source.pages}
        for span in cited:
            _on_page(span, pages.get(span.page))
        if source.media == "pdf":
            _again(folder / name, [s for s in cited if pages[s.page].read == "text"])


def _unchanged(source: SourceFile, folder: Path) -> None:
    path = folder / source.name
    if not path.is_file():
        raise EvidenceError("CP-EVID-03", "a cited file is no longer in the folder", where=source.name)
    if source.sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != source.sha256:
        raise EvidenceError(
            "CP-EVID-04",
            "a cited file has changed since it was read",
            where=source.name,
            then="Review the folder again.",
        )


def _on_page(span: Span, page: Page | None) -> None:
    if page is None or not span.quote.strip() or page.text[span.start : span.end] != span.quote:
        raise EvidenceError(
            "CP-EVID-01",
            "a quote was not found where it is cited",
            where=f"{span.file}, page {span.page}",
            then="Nothing was written.",
        )


def _again(path: Path, spans: list[Span]) -> None:
    pdf = pdfium.PdfDocument(path)
    try:
        held: dict[int, str] = {}
        for span in spans:
            if span.page not in held:
                held[span.page] = "".join(_words(pdf[span.page - 1].get_textpage().get_text_bounded()))
            if not all(word in held[span.page] for word in _words(span.quote)):
                raise EvidenceError(
                    "CP-EVID-01",
                    "a quote was not found on a second reading of its page",
                    where=f"{span.file}, page {span.page}",
                    then="Nothing was written.",
                )
    finally:
        pdf.close()


def _words(text: str) -> list[str]:
    """The text's runs of letters and digits, folded; the page's are joined, since readings differ in where they cut."""
    plain = _DASHES.sub("", unicodedata.normalize("NFKC", text)).lower()
    return re.findall(r"[^\W_]+", plain)
