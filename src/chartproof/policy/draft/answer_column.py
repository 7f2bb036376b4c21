"""Forms on a scan that ask on the left and are answered in a column of boxes on the right: each question in one piece.

A picture's reader runs the two columns into one line, and often loses a question's number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from chartproof.policy.draft.labels import scanned_label
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.words import pattern

#: So many answers make a column, and this share of what they answer are questions.
_FEW, _ASKED = 4, 0.6
#: The column's left edge is this sharp, in text heights; a line begins at the number's place where it is this near to it.
_EDGE, _NEAR = 2.5, 1.2
_NUMBER = re.compile(r"^(?P<number>\d{1,2})\s?[.,)]\s*(?=[^\s\d])")


@dataclass(slots=True)
class _Question:
    """A question's own lines, and what its column says."""

    lines: list[Line]
    answers: list[str] = field(default_factory=list)
    place: Line | None = None

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


def with_answer_columns(lines: Sequence[Line]) -> list[Line]:
    """The lines; on a scanned page whose questions are answered in a column, each question and then its answers."""
    pages = sorted({line.page for line in lines})
    if not any(_edge(lines, page, _FEW) for page in pages):
        return list(lines)
    edges = {page: edge for page in pages if (edge := _edge(lines, page, 2)) is not None}
    read = list(_read(lines, edges))
    questions = [one for one in read if isinstance(one, _Question)]
    if sum("?" in one.text for one in questions) < _ASKED * len(questions):
        return list(lines)
    _number(questions)
    return [line for one in read for line in ([one] if isinstance(one, Line) else _written(one))]


def _edge(lines: Sequence[Line], page: int, few: int) -> float | None:
    """Where a page's column of so many answers begins, None where it has none."""
    ours = [line for line in lines if line.page == page and line.scanned]
    lefts = [left for line in ours for left, text in line.cells[1:] if pattern("answered", "cell").match(text)]
    right = max((line.right for line in ours), default=0.0)
    first = [left for left in lefts if left > right / 2]
    if len(first) < few:
        return None
    height = median(line.height for line in ours)
    near = [left for left in first if left < min(first) + _EDGE * height]
    return min(near) - height / 2 if len(near) >= few else None


def _read(lines: Sequence[Line], edges: dict[int, float]) -> Iterator[Line | _Question]:
    """The questions in order, and between them the lines that belong to none."""
    question: _Question | None = None
    begun: list[float] = []
    for line in lines:
        edge = edges.get(line.page)
        asked = [text for left, text in line.cells if edge is None or left < edge]
        answers = [text for left, text in line.cells if edge is not None and left >= edge]
        opens = bool(asked and answers) and pattern("answered", "cell").match(answers[0]) is not None
        first = opens and (question is None or pattern("answered", "first").match(answers[0]) is not None)
        own = replace(line, text=" ".join(asked), cells=((line.left, " ".join(asked)),), tops=(line.top,))
        if first:
            if question is not None:
                yield question
            question = _Question([own], answers, line)
            begun.append(line.left)
        elif question is None or (asked and not answers and _begins_anew(line, question, median(begun))):
            if question is not None:
                yield question
            question = None
            yield line
        else:
            question.answers += answers
            if asked:
                question.lines.append(_set_in(own, question.lines[-1]))
    if question is not None:
        yield question


def _begins_anew(line: Line, question: _Question, edge: float) -> bool:
    """True for a line at the left `edge`, where numbers and titles stand; what goes on with a question is set in."""
    return line.page != question.lines[0].page or line.left < edge + _NEAR * line.height


def _set_in(line: Line, before: Line) -> Line:
    """A line that goes on with the sentence before it stands where that one does."""
    goes_on = line.text[:1].islower() and scanned_label(line.text) is None and not re.search(r"[.;:?]$", before.text)
    return replace(line, left=max(line.left, before.left)) if goes_on else line


def _number(questions: Sequence[_Question]) -> None:
    """Gives each question the number that its place among the others tells, where most of them still have theirs."""
    shifts: Counter[int] = Counter()
    for at, one in enumerate(questions):
        found = _NUMBER.match(one.lines[0].text)
        if found is not None:
            shifts[int(found["number"]) - at] += 1
    shift, votes = shifts.most_common(1)[0] if shifts else (0, 0)
    if votes * 2 <= sum(shifts.values()):
        return
    for at, one in enumerate(questions):
        first = one.lines[0]
        text = f"{at + shift}. {_NUMBER.sub('', pattern('answered', 'lost').sub('', first.text))}"
        one.lines[0] = replace(first, text=text, cells=((first.left, text),))


def _written(question: _Question) -> Iterator[Line]:
    yield from question.lines
    last = question.place or question.lines[-1]
    said = (
        pattern("answered", "box").sub(lambda match: f" ☐ {_word(match['word'])}", " ".join(question.answers)).strip()
    )
    if said.startswith("☐"):
        yield replace(
            last, text=said, cells=((last.left, said),), page=question.lines[-1].page, top=question.lines[-1].top
        )


def _word(read: str) -> str:
    return "Yes" if read.lower().endswith("es") else "No"
