"""What a policy's words mean: one definition for each term that a section of definitions names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chartproof.policy.draft.criterion import Criterion, first_words
from chartproof.policy.draft.grids import is_aside
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sections import section_of, sentence_of

#: The name of a list has so many words at the most.
_TITLE = 6

_DEFINED = re.compile(
    r"(?<=[.:])\s+(?=[“\"]?(?:An?\s[\w-]+|[A-Z][\w-]+)(?:[\s-][\w-]+){0,5}?[”\"]?(?:\s+(?:means|covers|does not include|includes|refers to|is defined as|has the meaning|is|are)\b(?! not)|[^.;]{3,60} we mean\b|:\s|\.\s))"
)


def definitions(nodes: Sequence[Node]) -> list[Criterion]:
    """The definitions of a section, in order."""
    found = []
    for node in nodes:
        if node.kind == "table" and is_aside(node):
            continue  # the codes that stand below
        if node.kind == "table":
            found += [
                Criterion(f"DEF/{n}", "definition", row.text, row.page, first_words(row.text), made_id=True)
                for n, row in enumerate(node.children[1:], 1)
            ]
            continue
        texts = _DEFINED.split(node.text) if node.label is None else [node.text]
        texts = [
            text
            for text in _with_terms(texts)
            if sentence_of(text) not in ("background", "references", "history") and not _names_codes(text)
        ]
        for n, text in enumerate(texts):
            found.append(
                Criterion(
                    node.id or f"DEF/{len(found) + 1}" if n == 0 else f"DEF/{len(found) + 1}",
                    "definition",
                    text,
                    node.page,
                    first_words(text),
                    made_id=not node.id,
                )
            )
    return found


def _names_codes(text: str) -> bool:
    """True for "Codes for part 2." above a table of codes: no word is explained."""
    return len(text.split()) <= _TITLE and section_of(text) == "codes" and ":" not in text


def _with_terms(texts: Sequence[str]) -> list[str]:
    """A piece that is only the term ("Relapse.") goes with the words that follow it."""
    whole: list[str] = []
    for text in texts:
        if whole and len(whole[-1].split()) <= 6 and not re.search(r"\b(means|refers|is|are|has)\b", whole[-1]):
            whole[-1] = f"{whole[-1]} {text}"
        else:
            whole.append(text)
    return whole
