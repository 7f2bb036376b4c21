"""Text files: one page, as written, line ends made \\n. Messages of HL7 version 2 in it give entries too."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from chartproof.chart.hl7 import hl7_entries
from chartproof.chart.sniff import wide
from chartproof.model.page import Page, SourceFile


def read_text(name: str, data: bytes, sha256: str) -> SourceFile:
    """The whole file as page 1; `read` is 'structured' where it holds HL7 results."""
    text, note = decode(data)
    entries = hl7_entries(text)
    page = Page(name, 1, text, read="text", note=note)
    return SourceFile(name, sha256, "text", (page,), entries, "text", note)


def decode(data: bytes) -> tuple[str, str]:
    """The text and a note about how it was decoded: by its mark, as UTF-8, as UTF-16, else as Windows-1252."""
    note = ""
    if data.startswith(codecs.BOM_UTF8):
        text = data.decode("utf-8-sig", "replace")
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
    elif codec := wide(data[:8192]):
        text = data.decode(codec, "replace")
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text, note = data.decode("cp1252", "replace"), "not UTF-8: read as Windows-1252"
    return legible(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")), note


#: What is no text but steers a screen or a printer, or may stand in no document: a blank; a page's or a line's end, a line's.
_STEERING = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)}
_STEERING |= {0x0B: "\n", 0x0C: "\n", 0x85: "\n", 0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
#: Blanks one after the other that say no more than fewer, wider than any printed line; the first and last are kept.
_WIDE = 256
_LONG = re.compile(rf"\s{{{_WIDE},}}")


def legible(text: str) -> str:
    """The text with what steers instead of being read made blank, each character for one, and no long run of blanks."""
    return shortened(text if text.isprintable() else text.translate(_STEERING))


def shortened(text: str) -> str:
    """The text without the middles of its long runs of blanks."""
    at, kept = 0, []
    for start, end in superfluous(text):
        kept.append(text[at:start])
        at = end
    return "".join((*kept, text[at:])) if kept else text


def superfluous(text: str) -> Iterator[tuple[int, int]]:
    """Where the middles of long runs of blanks stand, but for one line's end there.

    Many an expression looks for the end of a run from each of its places: a page of nothing would take hours.
    """
    for run in _LONG.finditer(text):
        start, end = run.start() + _WIDE // 2, run.end() - _WIDE // 2
        line = text.find("\n", start, end)
        yield from ((start, end),) if line < 0 else ((start, line), (line + 1, end))
