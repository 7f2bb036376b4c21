"""A quote as the review page shows it: where it stands, and its boxes on the picture of its page or the lines around it."""

from __future__ import annotations

from typing import Any

from chartproof.model import Finding, Page, Review, Span
from chartproof.packet.exhibits import named
from chartproof.packet.look import (
    dated,
    document_at,
    prose_range,
    tidy,
)  # fmt: skip

#: Lines of a file without pages that are shown on either side of a quote.
_AROUND = 6


def quote_data(
    review: Review, span: Span, sheets: dict[tuple[str, int], str], finding: Finding | None = None
) -> dict[str, Any]:
    """The quote and its day, as one of `finding`'s where there is one.

    `sheets` gives the picture of its page; `boxes` are in percent of that page; `excerpt` where there is no picture.
    """
    page = _page(review, span)
    document = document_at(review, span.file, span.page)
    sheet = sheets.get((span.file, span.page))
    boxes = span.boxes or (page.boxes(span.start, span.end) if page else ())
    size = (page.width or 1.0, page.height or 1.0) if page else (1.0, 1.0)
    return {
        "file": span.file,
        "page": span.page,
        "title": named(document) if document else "",
        "unsigned": bool(document and document.signed is False),
        "date": prose_range(dated(review, span, finding.facts if finding else ())),
        "quote": tidy(span.quote),
        "sheet": sheet,
        "ratio": f"{size[0]:.0f} / {size[1]:.0f}",
        "up": _up(boxes[0].top / size[1] * 100) if boxes else 0,
        "boxes": [
            {
                "left": round(box.left / size[0] * 100, 2),
                "top": round(box.top / size[1] * 100, 2),
                "width": round((box.right - box.left) / size[0] * 100, 2),
                "height": round((box.bottom - box.top) / size[1] * 100, 2),
            }
            for box in boxes
        ],
        "excerpt": _excerpt(page, span) if page and sheet is None else None,
        "ocr": bool(page and page.read == "ocr"),
    }


def _up(top: float) -> float:
    """How far (percent of its height) a page is moved up in a strip, so that the quote stands a little below its top."""
    return round(min(max(top - 5.0, 0.0), 84.0), 2)


def _page(review: Review, span: Span) -> Page | None:
    pages = (p for s in review.chart.files if s.name == span.file for p in s.pages)
    return next((page for page in pages if page.number == span.page), None)


def _excerpt(page: Page, span: Span) -> tuple[str, str, str]:
    """The words before the quote, the quote, the words after it: a few lines each."""
    before, after = page.text[: span.start].split("\n"), page.text[span.end :].split("\n")
    return "\n".join(before[-_AROUND - 1 :]), page.text[span.start : span.end], "\n".join(after[: _AROUND + 1])
