"""A scanned page that lay on its side or head, as it was turned to be read: its rows and columns are found there.

The page itself keeps the boxes of its words as displayed, for whoever shows a quote on it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from chartproof.model.page import Box, Page


@lru_cache(maxsize=512)
def upright(page: Page) -> Page:
    """The page with its words where a reader of the turned page sees them; the page itself where it was not turned."""
    if not page.turned or not page.words:
        return page
    words = tuple(replace(word, box=_turned(word.box, page)) for word in page.words)
    wide, high = (page.width, page.height) if page.turned == 180 else (page.height, page.width)
    return replace(page, words=words, width=wide, height=high, turned=0)


def _turned(box: Box, page: Page) -> Box:
    """The box after the page was turned clockwise by `page.turned` degrees."""
    if page.turned == 180:
        return Box(page.width - box.right, page.height - box.bottom, page.width - box.left, page.height - box.top)
    if page.turned == 90:
        return Box(page.height - box.bottom, box.left, page.height - box.top, box.right)
    return Box(box.top, page.width - box.right, box.bottom, page.width - box.left)
