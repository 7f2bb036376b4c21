"""Numbers and days of a scanned letter that its two readings read differently: asked about, with both readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from chartproof.model import Page, Span
from chartproof.rights.dates import dates_in

#: The fields that a deadline or the way of an appeal turns on, as a reader calls them.
_ASKED = {
    "letter_date": "Letter date", "received": "Day of receipt", "reference": "Reference number",
    "member_id": "Member ID", "group_number": "Group number", "appeal_fax": "Appeal fax", "appeal_phone": "Appeal phone",
}  # fmt: skip


def doubtful(values: dict[str, Any], where: Iterable[tuple[str, Span]], pages: Sequence[Page]) -> Iterator[str]:
    """A question for each field whose value stands only in words that are in doubt, once a field."""
    by_number = {page.number: page for page in pages if page.read == "ocr"}
    asked = set()
    for name, span in where:
        page = by_number.get(span.page)
        if name not in _ASKED or name in asked or page is None or not values.get(name):
            continue
        start, end = _printed(values[name], span, page)
        word = next((one for one in page.words if one.doubt and one.start < end and one.end > start), None)
        if word is not None:
            asked.add(name)
            one, other = page.text[min(start, word.start) : max(end, word.end)], ""
            if word.doubt != "?":
                other = f" or {page.text[start : word.start]}{word.doubt}{page.text[word.end : end]}"
            yield f"{_ASKED[name]}: is it {one}{other}? Two readings of the scan differ; look at page {span.page}."


def _printed(value: str | date, span: Span, page: Page) -> tuple[int, int]:
    """Where the value itself stands on the page: of a day's line, the day."""
    if isinstance(value, date):
        for match, day in dates_in(page.text[span.start : span.end]):
            if day == value:
                return span.start + match.start(), span.start + match.end()
    return span.start, span.end
