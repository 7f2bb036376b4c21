"""Pages set word by word, and what is drafted of them: for tests of how a policy is set."""

from __future__ import annotations

from collections.abc import Sequence

from chartproof.model.page import Box, Page, Word
from chartproof.policy.draft.criterion import Criterion, every
from chartproof.policy.draft.draft import Draft, draft_policy

#: (left edge, size, words): a line is one or several cells.
Cells = Sequence[tuple[float, str]]


def sheet(*lines: tuple[float, float, Cells]) -> Page:
    """A page: each line has its top, its size and its cells."""
    text, words = "", []
    for top, size, cells in lines:
        for start, said in cells:
            left = start
            for word in said.split():
                words.append(
                    Word(word, len(text), len(text) + len(word), Box(left, top, left + 5.0 * len(word), top + size))
                )
                text += f"{word} "
                left += 5.0 * len(word) + 3.0
        text += "\n"
    return Page("policy.pdf", 1, text, tuple(words), 800.0, 800.0)


def column(*said: tuple[float, str], size: float = 10.0, gap: float = 14.0) -> list[tuple[float, float, Cells]]:
    """Lines one below the other, each at its own left edge; an empty one leaves a gap."""
    return [(60.0 + gap * at, size, [(left, words)]) for at, (left, words) in enumerate(said) if words]


def drafted(lines: Sequence[tuple[float, float, Cells]]) -> Draft:
    return draft_policy([sheet(*lines)])


def by_id(draft: Draft, name: str) -> Criterion:
    return next(one for one in every(draft.criteria) if one.id == name)


def ids(criteria: Sequence[Criterion]) -> list[str]:
    return [one.id for one in criteria]
