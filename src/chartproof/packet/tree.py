"""The letter as content: blocks of runs, rendered by typst and by python-docx from this one tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chartproof.model import Finding, Span
from chartproof.packet.doubtful import Doubtful
from chartproof.packet.exhibits import Book, Place
from chartproof.packet.look import FOOTER, FOOTER_TO_SIGN


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; `places` makes it a reference in brackets instead, linked where the medium can;
    `strong` the first words of a paragraph; `look` sets the crop of a scanned word before it. `source` names what proves
    it (see lint.py); "" for none."""

    text: str = ""
    places: tuple[Place, ...] = ()
    strong: bool = False
    source: str = ""
    look: Doubtful | None = None

    def __str__(self) -> str:
        return f"[{'; '.join(_compact(self.places))}]" if self.places else self.text


@dataclass(frozen=True, slots=True)
class Block:
    """`source` proves each of its runs that names no source of its own; headings need none.

    box has a place to tick; row is a line of a table, a cell each run, the first of them its head; line is a blank line to
    write on; sign is a place to sign, its runs what stands below the signature and below the name.
    """

    kind: Literal["heading", "para", "item", "quote", "box", "row", "line", "sign"]
    runs: tuple[Run, ...]
    source: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source that the block names, its own first."""
        return tuple(dict.fromkeys((*self.source, *(run.source for run in self.runs if run.source))))

    @property
    def text(self) -> str:
        return "".join(str(run) for run in self.runs)


@dataclass(frozen=True, slots=True)
class Letter:
    """`reference` is the block of labelled lines under the date; `enclosures` the last line.

    form     letter: with letterhead, and the physician's signature after `closing`; form: signed where a block says so;
             sheet: nobody signs it; page: a sheet in large type
    before   lines for whoever sends it, in a box at the top that is deleted before sending
    columns  the relative widths of its table, if it has one
    foot     what every page says at its foot; empty for the usual line
    dated    the day of the letter, in words; empty where whoever signs it writes it in
    """

    title: str
    addressee: tuple[str, ...]
    reference: tuple[tuple[str, str], ...]
    salutation: str
    blocks: tuple[Block, ...]
    closing: str
    enclosures: str
    draft: bool
    form: Literal["letter", "form", "sheet", "page"] = "letter"
    before: tuple[str, ...] = ()
    columns: tuple[float, ...] = ()
    foot: str = ""
    dated: str = ""


def foot_of(letter: Letter) -> str:
    """What every page of the letter says at its foot."""
    return letter.foot or (FOOTER if letter.draft else FOOTER_TO_SIGN)


def para(*runs: Run | str, source: tuple[str, ...] = ()) -> Block:
    """A paragraph; strings become runs, and `source` proves those that name no source of their own."""
    return Block("para", tuple(Run(r) if isinstance(r, str) else r for r in runs if r), source)


def item(*runs: Run | str, source: tuple[str, ...] = ()) -> Block:
    """A line of a list."""
    return Block("item", para(*runs).runs, source)


def of_row(finding: Finding) -> str:
    """The source of a sentence on one row: 'row:policy/I.A'."""
    return f"row:{finding.layer}/{finding.id}"


def box(*runs: Run | str, source: tuple[str, ...] = ()) -> Block:
    """A line with a place to tick."""
    return Block("box", para(*runs).runs, source)


def row(*cells: Run | str, source: tuple[str, ...] = ()) -> Block:
    """A line of a table, a cell each; empty cells stay."""
    return Block("row", tuple(Run(cell) if isinstance(cell, str) else cell for cell in cells), source)


def sign(caption: Run, name: Run) -> Block:
    """A place to sign and date: what stands below the signature, and below the name."""
    return Block("sign", (caption, name))


def heading(text: str) -> Block:
    return Block("heading", (Run(text),))


def cite(book: Book, spans: tuple[Span, ...], *, most: int = 3) -> tuple[Run, ...]:
    """' [Exhibit C, p. 3; Exhibit D, p. 1]' as runs, empty where none of the spans is in the package."""
    places = tuple(dict.fromkeys(place for s in spans if (place := book.place(s))))[:most]
    letters = list(dict.fromkeys(place.letter for place in places))
    chosen = tuple(sorted(places, key=lambda place: (letters.index(place.letter), place.page)))
    return (Run(" "), Run(places=chosen)) if chosen else ()


def data(letter: Letter, pictures: Mapping[Doubtful, bytes] | None = None) -> dict[str, Any]:
    """The letter for letter.typ; `pictures` holds the crops that its runs show."""
    return {
        "title": letter.title,
        "addressee": list(letter.addressee),
        "reference": [list(pair) for pair in letter.reference],
        "salutation": letter.salutation,
        "blocks": [
            {
                "kind": b.kind,
                "sticky": b.text.endswith(":") or b in ends(letter),
                "runs": [_run(run, pictures or {}) for run in b.runs],
            }
            for b in letter.blocks
        ],
        "closing": letter.closing,
        "enclosures": letter.enclosures,
        "draft": letter.draft,
        "form": letter.form,
        "before": list(letter.before),
        "columns": list(letter.columns),
        "dated": letter.dated,
    }


def ends(letter: Letter) -> tuple[Block, ...]:
    """The last paragraphs, at most two: they stay with the signature, so that it stands on no page alone."""
    kept = [block for block in letter.blocks[-2:] if block.kind == "para"]
    return tuple(kept) if letter.blocks and letter.blocks[-1].kind == "para" else ()


def _run(run: Run, pictures: Mapping[Doubtful, bytes]) -> dict[str, Any]:
    texts = _compact(run.places)
    links = [{"text": t, "link": p.link} for t, p in zip(texts, run.places, strict=True)]
    picture = pictures.get(run.look) if run.look else None
    return {"text": run.text, "places": links, "strong": run.strong, "picture": list(picture or b"")}


def _compact(places: tuple[Place, ...]) -> list[str]:
    """'Exhibit C, p. 3', then 'p. 4' for a further page of the same exhibit."""
    texts: list[str] = []
    last = ""
    for place in places:
        texts.append(f"p. {place.page}" if place.letter == last else str(place))
        last = place.letter
    return texts
