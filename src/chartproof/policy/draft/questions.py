"""Questions with a number whose answers have the same number ("Q4 ...?", "A4 ..."): the question heads its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.labels import Label, label_of
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import joined

#: A question goes over so many lines at the most, and a document that is set so has at least so many of them.
_LINES, _LEAST = 4, 3


def with_questions(lines: Sequence[Line]) -> list[Line]:
    """The lines, each question that the next label answers as one line that heads what follows, without its own number."""
    asked = {at: size for at in range(len(lines)) if (size := _size(lines, at))}
    if len(asked) < _LEAST:
        return list(lines)
    found: list[Line] = []
    at = 0
    while at < len(lines):
        size = asked.get(at, 1)
        found.append(_headed(lines[at : at + size]) if at in asked else lines[at])
        at += size
    return found


def _size(lines: Sequence[Line], at: int) -> int:
    """How many lines the question takes that begins here and is answered right below it, 0 where none does."""
    label = label_of(lines[at].text)
    if label is None or not label.rank:
        return 0
    for size in range(1, _LINES + 1):
        if at + size >= len(lines):
            return 0
        after = label_of(lines[at + size].text)
        if lines[at + size - 1].text.rstrip().endswith("?") and after is not None:
            return size if _answers(label, after) else 0
        if after is not None and after.kind == label.kind:
            return 0
    return 0


def _answers(question: Label, answer: Label) -> bool:
    """True for the same number under another name: "A4" below "Q4", "Answer 4" below "Question 4"."""
    return question.kind == answer.kind and question.rank == answer.rank and question.text != answer.text


def _headed(lines: Sequence[Line]) -> Line:
    first = lines[0]
    label = label_of(first.text)
    text = first.text[label.length if label else 0 :]
    for line in lines[1:]:
        text = joined(text, line.text)
    return replace(first, text=text, end=lines[-1].end, cells=(), titled=True)
