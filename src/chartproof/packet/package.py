"""Writes the package: packet.pdf, the letter, the call sheet, the ladder, the documents and what the caller adds, all or nothing."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pikepdf

from chartproof.errors import InputError
from chartproof.model import Review
from chartproof.packet import gaps, table, tree
from chartproof.packet.bind import join, outline
from chartproof.packet.calls import call_sheet
from chartproof.packet.check import check_quotes
from chartproof.packet.citations import citations
from chartproof.packet.documents import call
from chartproof.packet.documents.files import alone, document_files
from chartproof.packet.exhibits import Book, build_book
from chartproof.packet.index import index, short_rows
from chartproof.packet.ladder import ladder_pdf
from chartproof.packet.letter import build_letter
from chartproof.packet.letter_docx import letter_docx
from chartproof.packet.lint import check_letter
from chartproof.packet.look import FOOTER, FOOTER_TO_SIGN
from chartproof.packet.record import searched
from chartproof.packet.table import Purpose
from chartproof.packet.timeline import bars
from chartproof.packet.typeset import EPOCH, compile_pdf, query

#: Names and checksums of what we wrote into a folder, so that a later run may replace it and nothing else.
MANIFEST = "chartproof-manifest.json"

#: The most pages that a letter may have; beyond it the letter leaves details to the table.
LETTER_PAGES = 4

_ELSEWHERE = "Name another place, check its permissions and the space that is left; nothing was changed."


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package as bytes, by name, the book of exhibits they refer to, and the documents left out."""

    files: Mapping[str, bytes]
    book: Book
    left_out: tuple[str, ...] = ()


def write_packet(
    review: Review,
    *,
    folder: Path,
    out: Path,
    purpose: str = "appeal",
    stamp: datetime | None = None,
    beside: Mapping[str, bytes] | None = None,
    asked: tuple[str, ...] = (),
    tell: Callable[[str], None] | None = None,
    more: Callable[[Package], Mapping[str, bytes]] | None = None,
) -> list[Path]:
    """Writes the package into `out` and returns the paths written, sorted by name.

    folder   the case's own files, as they were read
    purpose  appeal, prior-auth or external-review
    stamp    the moment written into the PDFs; the same review and stamp give the same bytes
    beside   further files of the caller to write with it, by name (deadlines.ics, review.json, review.html)
    asked    documents to write although nothing in the case calls for them, by name (documents.registry.OPTIONAL)
    tell     is given one line for each document that was left out, since not all of it is proven, and for each exhibit
             on which words on another person are covered, since a person should look
    more     is given the package and makes further files of it, by name (pas-request.json)

    Errors: InputError CP-OUT-01 where `out` exists and holds files that are not ours; EvidenceError where a quote is
    not on its page. On any error nothing is written.
    """
    refuse_foreign(out)
    package = make_package(review, folder=folder, purpose=purpose_of(purpose), stamp=stamp, asked=asked)
    if tell:
        for one in package.left_out:
            tell(f"Left out: {one}. The rest of the package is whole.")
        for exhibit in package.book.exhibits:
            if exhibit.covers:
                tell(
                    f"{exhibit.name} ({exhibit.file}): words on other persons are covered. Look at it before you send it."
                )
    return write_files({**package.files, **(beside or {}), **(more(package) if more else {})}, out)


def purpose_of(word: str) -> Purpose:
    """The purpose that this word names. Errors: InputError CP-OUT-02."""
    for purpose in table.PURPOSES:
        if purpose == word:
            return purpose
    raise InputError(
        "CP-OUT-02", f"there is no package for '{word}'", then="Use appeal, prior-auth or external-review."
    )


def make_package(
    review: Review,
    *,
    folder: Path,
    purpose: Purpose = "appeal",
    stamp: datetime | None = None,
    asked: tuple[str, ...] = (),
) -> Package:
    """The package in memory; every quote is looked up again before a page is made."""
    cited = citations(review, with_denial=purpose != "prior-auth")
    check_quotes(review, (*(citation.span for citation in cited), *gaps.seen(review)), folder)
    book = build_book(review, cited)
    draft = not review.extra.get("signed_by")
    letter = build_letter(review, book, purpose, draft=draft)
    if _pages(alone(review, letter)) > LETTER_PAGES:
        letter = build_letter(review, book, purpose, draft=draft, brief=True)
    check_letter(letter, review, book)
    sheet = call_sheet(review, book, purpose)
    documents = document_files(review, book, purpose, folder=folder, asked=asked, stamp=stamp)
    front = front_data(review, book, purpose, draft=draft) | {"letter": tree.data(letter)}
    front["cover"]["left_out"] = list(documents.left_out) if draft else []
    files = {
        "packet.pdf": _packet(front, book, folder, stamp),
        "letter.docx": letter_docx(letter, stamp=stamp),
        "letter.pdf": _settle(
            pikepdf.open(io.BytesIO(compile_pdf("letter_alone.typ", alone(review, letter), stamp=stamp))), stamp
        ),
        "call-sheet.pdf": _settle(pikepdf.open(io.BytesIO(compile_pdf("calls.typ", sheet, stamp=stamp))), stamp),
        "call-sheet.docx": letter_docx(call.build(review, sheet), stamp=stamp),
    }
    files |= {
        name: _settle(pikepdf.open(io.BytesIO(made)), stamp) if name.endswith(".pdf") else made
        for name, made in documents.files.items()
    }
    if review.ladder:
        files["ladder.pdf"] = _settle(pikepdf.open(io.BytesIO(ladder_pdf(review, stamp=stamp))), stamp)
    return Package(files, book, documents.left_out)


def _pages(data: dict[str, Any]) -> int:
    return int(query("letter_alone.typ", data, "<part>")[-1]["page"])


def front_data(review: Review, book: Book, purpose: Purpose, *, draft: bool) -> dict[str, Any]:
    """What packet.typ sets before the exhibits, without the letter."""
    denial = review.denial
    rows = table.table(review, book, purpose)
    return {
        "notes": table.number_notes(rows),
        "cover": table.cover(review, purpose, draft=draft),
        "table": rows,
        "treatment": table.treatment(review, book),
        "timeline": bars(review),
        "missing": gaps.missing(review, purpose),
        "searched": searched(review.chart),
        "tabs": index(review, book),
        "patient": table.patient_name(review),
        "reference": (denial.reference if denial else "") or "",
        "as_of": table.table_day(review.case.as_of),
        "footer": FOOTER if draft else FOOTER_TO_SIGN,
    }


def _packet(front: dict[str, Any], book: Book, folder: Path, stamp: datetime | None) -> bytes:
    exhibited = sum(len(exhibit.pages) for exhibit in book.exhibits)
    parts = {part["what"]: int(part["page"]) for part in query("packet.typ", {**front, "total": 0}, "<part>")}
    at = parts["end"] - len(book.exhibits) + 1
    for tab, exhibit in zip(front["tabs"], book.exhibits, strict=True):
        tab["page"] = at
        at += 1 + len(exhibit.pages)
    made = compile_pdf("packet.typ", {**front, "total": parts["end"] + exhibited}, stamp=stamp)
    packet, starts = join(made, len(book.exhibits), book, folder)
    entries: list[tuple[str, int, list[tuple[str, int]]]] = [
        ("Criteria table", 0, []),
        ("What is missing", parts["missing"] - 1, []),
        ("Letter", parts["letter"] - 1, []),
        ("Index of exhibits", parts["index"] - 1, []),
    ]
    for exhibit in book.exhibits:
        rows = short_rows(exhibit.rows)
        entries.append((f"{exhibit.name}: {exhibit.title} ({rows})", starts[exhibit.letter], []))
    outline(packet, sorted(entries, key=lambda entry: entry[1]))
    packet.Root.PageMode = pikepdf.Name.UseOutlines
    packet.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    return _settle(packet, stamp)


def _settle(pdf: pikepdf.Pdf, stamp: datetime | None) -> bytes:
    """The bytes of the file, the same for the same content."""
    moment = stamp or EPOCH
    day = moment.strftime("D:%Y%m%d%H%M%S")
    pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = pikepdf.String(day)
    held = io.BytesIO()
    pdf.save(held, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return held.getvalue()


def refuse_foreign(out: Path) -> None:
    """Raises InputError where nothing may be written there, before anything is read for it.

    CP-OUT-01 where `out` is a file, or a folder with files that this program did not write; CP-OUT-03 where the place
    takes no new files.
    """
    holder = next(path for path in (out.absolute(), *out.absolute().parents) if path.exists())
    if holder.is_dir() and not os.access(holder, os.W_OK):
        raise InputError("CP-OUT-03", "the output folder cannot be written", where=str(out), then=_ELSEWHERE)
    if not out.exists():
        return
    if not out.is_dir():
        raise InputError("CP-OUT-01", "the output path is a file", where=str(out), then="Name a new folder.")
    ours = _manifest(out)
    for path in sorted(out.iterdir()):
        if path.name == MANIFEST and ours:
            continue
        if not path.is_file() or ours.get(path.name) != _sha(path.read_bytes()):
            raise InputError(
                "CP-OUT-01",
                "the output folder holds other files, or ones changed since they were written",
                where=f"{out}, first: {path.name}",
                then="Name a new or empty folder; nothing was changed.",
            )


def write_files(files: Mapping[str, bytes], out: Path) -> list[Path]:
    """Writes all files and the manifest into a new folder beside `out`, then puts it in `out`'s place. Errors: InputError CP-OUT-01, -03."""
    refuse_foreign(out)
    made: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        for name, content in files.items():
            (made / name).write_bytes(content)
        sums = {name: _sha(files[name]) for name in sorted(files)}
        (made / MANIFEST).write_text(json.dumps({"files": sums}, indent=1) + "\n", encoding="utf-8")
        made.chmod(0o755)
        _swap(made, out)
    except OSError:
        raise InputError(
            "CP-OUT-03", "the output folder cannot be written", where=str(out),
            then=_ELSEWHERE,
        ) from None  # fmt: skip
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
    return sorted(out / name for name in files)


def _swap(made: Path, out: Path) -> None:
    if not out.exists():
        made.replace(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
    out.replace(old)
    try:
        made.replace(out)
    except OSError:
        old.replace(out)
        raise
    shutil.rmtree(old)


def _manifest(out: Path) -> dict[str, str]:
    path = out / MANIFEST
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    files = found.get("files") if isinstance(found, dict) else None
    return dict(files) if isinstance(files, dict) else {}


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
