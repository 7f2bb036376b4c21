"""Builds knowledge/codes/icd10cm.zip from the lists of several releases of ICD-10-CM, the newest first.

    python scripts/codebook.py 2026-04-01=new.xml 2024-10-01=order.txt 2021-01-01=oldest.xml

A release is a tabular list (.xml), or for the releases between an order file (.txt), which has titles only. Both are
published by CDC/NCHS and CMS and are in the public domain. One member a letter, one line a code, fields by tab:
code, title, first and last release that has it, last release in which it was billable, first in which it is a header,
seventh characters, inclusion terms, codes of Excludes1, notes. "" where there is nothing to say: a code of all
releases has no first and no last.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as tree
import zipfile
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "src" / "chartproof" / "knowledge" / "codes" / "icd10cm.zip"
_CODE = re.compile(r"\b[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]+)?-?(?:\s?-\s?[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]+)?-?)?")

#: What one release says of a code: its title, whether it is a whole code, and the rest of its line.
Entry = tuple[str, bool, tuple[str, ...]]


def main(arguments: list[str]) -> int:
    releases = [argument.split("=", 1) for argument in arguments]
    if len(releases) < 2 or releases != sorted(releases, reverse=True):
        print("Give two releases or more as DATE=FILE, the newest first.", file=sys.stderr)
        return 2
    tabular = {day: dict(_entries(tree.parse(file).getroot())) for day, file in releases if file.endswith(".xml")}
    known = frozenset(code for book in tabular.values() for code in book)
    books = tabular | {day: _ordered(Path(file), known) for day, file in releases if not file.endswith(".xml")}
    lines = sorted(_line(code, books) for code in set().union(*books.values()))
    write(lines, [day for day, _ in releases])
    print(f"{OUT.name}: {len(lines)} categories and codes, {OUT.stat().st_size} bytes")
    return 0


def _entries(root: tree.Element) -> Iterator[tuple[str, Entry]]:
    for section in root.iter("section"):
        for category in section.findall("diag"):
            yield from _under(category, "", "")


def _ordered(file: Path, known: frozenset[str]) -> dict[str, Entry]:
    """An order file: number, code without its dot, 1 for a whole code, short and long title, in columns.

    Codes that a seventh character completes are left out: the tabular list gives them as their stems.
    """
    found: dict[str, Entry] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        flat, whole, title = line[6:13].strip(), line[14] == "1", line[77:].strip()
        code = flat if len(flat) == 3 else f"{flat[:3]}.{flat[3:]}"
        if len(flat) < 7 or code in known:
            found[code] = (title, whole, ("", "", "", ""))
    return found


def _under(node: tree.Element, sevenths: str, inherited: str) -> Iterator[tuple[str, Entry]]:
    """The code and all below it; seventh characters and notes hold for what lies below."""
    code, title = _text(node, "name"), _text(node, "desc")
    own = " ".join(sorted(str(item.get("char")) for item in node.findall("sevenChrDef/extension")))
    sevenths = own or sevenths
    notes = " | ".join(filter(None, [inherited, *_notes(node, "notes")]))
    children = node.findall("diag")
    whole = not children and (not sevenths or len(code.replace(".", "")) == 7)
    excludes = " ".join(code for note in _notes(node, "excludes1") for code in _CODE.findall(note))
    inclusion = " | ".join([*_notes(node, "inclusionTerm"), *_notes(node, "includes")])
    yield code, (title, whole, ("" if children else sevenths, inclusion, excludes, notes))
    for child in children:
        yield from _under(child, sevenths, notes)


def _text(node: tree.Element, name: str) -> str:
    return " ".join((node.findtext(name) or "").split())


def _notes(node: tree.Element, name: str) -> list[str]:
    return [" ".join((note.text or "").split()) for note in node.findall(f"{name}/note")]


def _line(code: str, books: dict[str, dict[str, Entry]]) -> str:
    days = sorted(books)
    having = [day for day in days if code in books[day]]
    title, whole, rest = books[having[-1]][code]
    first = having[0] if having[0] != days[0] else ""
    last = having[-1] if having[-1] != days[-1] else ""
    billable = [day for day in having if books[day][code][1]]
    header = "" if whole else next((day for day in having if billable and day > billable[-1]), "")
    until = billable[-1] if billable and not whole else ""
    return "\t".join([code, title, first, last, until, header, "" if whole else "h", *rest])


def write(lines: list[str], days: list[str]) -> None:
    """The same bytes for the same releases."""
    with zipfile.ZipFile(OUT, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        for letter in sorted({line[0] for line in lines}):
            text = "\n".join(line for line in lines if line[0] == letter)
            book.writestr(zipfile.ZipInfo(f"{letter}.tsv"), text, zipfile.ZIP_DEFLATED, 9)
        book.writestr(zipfile.ZipInfo("releases.txt"), "\n".join(days), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
