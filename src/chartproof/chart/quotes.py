"""Which words of a rendered text stand in one piece in the file itself: only those can be quoted from it."""

from __future__ import annotations

import re
from collections.abc import Iterator


def squeeze(text: str) -> str:
    """The text without white space, the form in which a quote is looked for in a file."""
    return re.sub(r"\s+", "", text)


def best_quote(whole: str, label: str, raw: str, *, value: str = "") -> tuple[int, int]:
    """The span of `whole` that carries the statement called `label` and is found in `raw`, the squeezed file.

    A whole line that names the label is best, then a cell or piece that names it, then one with the value, then the
    longest. Where nothing
    is found in the file, all of `whole` is returned: then the entry has no better evidence than its rendered line.
    """
    if not whole.strip():
        return 0, 0
    best, best_rank = (0, len(whole.rstrip("\n"))), (-1, -1, 0)
    start = 0
    for line in whole.rstrip("\n").split("\n"):
        for first, last in pieces(line, raw):
            text = line[first:last]
            named = 2 if label and label.lower() in text.lower() else int(bool(value) and value.lower() in text.lower())
            rank = (named, int(last - first == len(line)), len(text))
            if text.strip() and rank > best_rank:
                best, best_rank = (start + first, start + last), rank
        start += len(line) + 1
    return best


def pieces(line: str, raw: str) -> Iterator[tuple[int, int]]:
    """The line itself where the file has it unbroken, else its cells, else what stands between escaped characters."""
    if squeeze(line) in raw:
        yield 0, len(line)
        return
    at = 0
    for part in re.split(r"( \| )", line):
        if part.strip() and part != " | ":
            if squeeze(part) in raw:
                yield at, at + len(part)
            else:
                yield from _fragments(part, at, raw)
        at += len(part)


def _fragments(part: str, at: int, raw: str) -> Iterator[tuple[int, int]]:
    found = False
    for piece in re.finditer(r"[^<>&\"'\s][^<>&\"']*[^<>&\"'\s]", part):
        if squeeze(piece[0]) in raw:
            found = True
            yield at + piece.start(), at + piece.end()
    if not found:
        yield from ((at + w.start(), at + w.end()) for w in re.finditer(r"\S{3,}", part) if w[0] in raw)
