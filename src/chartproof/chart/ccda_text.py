"""The narrative block of a C-CDA section as lines of text, and where each element with an ID stands in them."""

from __future__ import annotations

import re
from typing import Any

_SKIPPED = {"renderMultiMedia", "observationMedia"}


def tag_of(element: Any) -> str:
    """An element's name without its namespace; '' for a comment."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def is_html(data: bytes) -> bool:
    head = data[:2048].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return head.startswith((b"<html", b"<!doctype html")) or (head.startswith(b"<?xml") and b"<html" in head)


class Narrative:
    """Text under construction. A plain builder: no state but the text and the places of IDs."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._fresh = True
        self.places: dict[str, tuple[int, int]] = {}

    def __len__(self) -> int:
        return self._length

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def line(self, text: str) -> int:
        """Write one line; its start."""
        self._break()
        start = self._length
        if text:
            self._add(text)
            self._break()
        return start

    def section(self, section: Any) -> tuple[int, int]:
        """Write '## Title' and the section's narrative; the title line's span."""
        title = next((one for one in section if tag_of(one) == "title"), None)
        words = " ".join("".join(title.itertext()).split()) if title is not None else ""
        if not words:
            code = next((one for one in section if tag_of(one) == "code"), None)
            words = (code.get("displayName") or "") if code is not None else ""
        start = self.line(f"## {words or 'Section'}")
        end = self._length - 1
        for one in section:
            if tag_of(one) == "text":
                self._element(one)
                self._break()
        return start, end

    def _element(self, element: Any) -> None:
        tag = tag_of(element)
        if not tag or tag in _SKIPPED:
            self._words(element.tail)
            return
        block = tag in (
            "paragraph",
            "item",
            "tr",
            "table",
            "list",
            "caption",
            "text",
            "footnote",
            "br",
            "thead",
            "tbody",
        )
        if block and tag != "br":
            self._break()
        start = self._length
        self._words(element.text)
        for number, child in enumerate(element):
            if number and tag == "tr" and self._pieces:
                self._cell()
            self._element(child)
        own = element.get("ID")
        if own:
            begin, end = self._trim(start)
            self.places[own] = (begin, end)
        if block:
            self._break()
        if tag != "text":
            self._words(element.tail)

    def _words(self, text: str | None) -> None:
        if not text:
            return
        for part in re.split(r"(\s+)", text):
            if not part:
                continue
            if part.isspace():
                if not self._fresh and not self._pieces[-1].endswith(" "):
                    self._add(" ")
            else:
                self._add(part)

    def _cell(self) -> None:
        if not self._fresh:
            if self._pieces[-1] == " ":
                self._length -= len(self._pieces.pop())
            self._add(" | ")
        else:
            self._add("| ")

    def _break(self) -> None:
        if self._fresh:
            return
        while self._pieces and self._pieces[-1] == " ":
            self._length -= len(self._pieces.pop())
        self._add("\n")
        self._fresh = True

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        self._fresh = text == "\n"

    def _trim(self, start: int) -> tuple[int, int]:
        """The span from `start` to here without white space or cell marks at its ends."""
        tail, size = [], 0
        for piece in reversed(self._pieces):
            if size >= self._length - start:
                break
            tail.append(piece)
            size += len(piece)
        text = "".join(reversed(tail))[-(self._length - start) :] if self._length > start else ""
        lead = len(text) - len(text.lstrip(" |\n"))
        return start + lead, max(start + lead, self._length - (len(text) - len(text.rstrip(" |\n"))))
