"""The peer-to-peer sheet as a letter tree, for Word: the same points, numbers, questions and pages as call-sheet.pdf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chartproof.model import Review
from chartproof.packet.documents import parts
from chartproof.packet.documents.words import words
from chartproof.packet.tree import Block, Letter, Run, heading, item, para


def build(review: Review, sheet: Mapping[str, Any]) -> Letter:
    """The Word sheet of what calls.content gives."""
    name = words("documents")["call-sheet"]["title"]
    numbers = [heading("Numbers and their dates"), para("; ".join(sheet["numbers"]) + ".")] if sheet["numbers"] else []
    firm, not_claimed = _section("Do not concede", sheet["firm"]), _section("Do not claim", sheet["open"])
    points = [para(Run(f"{n}. ", strong=True), p["text"], _where(p)) for n, p in enumerate(sheet["points"], 1)]
    asked = [para(Run(q["question"] + " ", strong=True), q["answer"], _where(q)) for q in sheet["questions"]]
    blocks = [para(Run(sheet["ask"], strong=True)), heading("Three points"), *points, *numbers]
    blocks += [heading("Likely questions"), *asked] if asked else []
    return Letter(
        title=f"{name}: {sheet['patient']}",
        addressee=(),
        reference=tuple((label, value) for label, value in sheet["facts"]),
        salutation="",
        blocks=(*blocks, *firm, *not_claimed),
        closing="",
        enclosures="",
        draft=False,
        form="sheet",
        before=parts.before(review, "call-sheet"),
        foot="For the physician's own use; do not send. Prepared with chartproof; a clinician must review it.",
    )


def _section(title: str, lines: list[str]) -> list[Block]:
    return [heading(title), *(item(line) for line in lines)] if lines else []


def _where(entry: Mapping[str, str]) -> str:
    return f" [{entry['where']}]" if entry["where"] else ""
