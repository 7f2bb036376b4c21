"""Labels without a stop or a bracket, told by their run: lines that begin 1, 2, 3 or A, B, C and stand equally far in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chartproof.policy.draft.labels import Label, is_spoken_of
from chartproof.policy.draft.lines import Line

#: A number or a capital that stands alone before words; behind a box also a small letter.
_BARE = re.compile(r"(?P<box>[☐□❑❒◻]\s+)?(?P<label>\d{1,2}|[A-H]|(?<=\s)[a-h])\s+(?=[\w“\"(<>≤≥])")
#: A label of some capitals and a number, and the capitals alone before the name of what they number.
_SERIES = re.compile(r"(?P<label>(?P<stem>[A-Z]{1,5})(?P<rank>\d{1,2})(?P<letter>[a-z]?))\s+(?=[\w“\"(<>≤≥])")
#: A word that counts, without a stop: "Gate 1 The member". What grades a disease or numbers a table counts nothing.
_WORDED = re.compile(
    r"(?P<label>(?P<stem>(?!Type|Grade|Stage|Class|Phase|Group|Level|Table|Figure|Page|Year|Month|Week|Day|Part|Section|Schedule)[A-Z][a-z]{2,}) "
    r"(?P<rank>\d{1,2})(?P<letter>[a-z]?))\s+(?=[A-Z])"
)
_NAMES = re.compile(r"(?P<label>[A-Z]{1,5})\s+(?=[A-Z][a-z])")
#: Left edges of one run differ by so many points at the most: a page may lie askew.
_SAME = 6.0
#: So many lines make a run: a number may begin any line, "A" and "B" after each other hardly do.
_NUMBERS, _LETTERS = 3, 2


@dataclass(slots=True)
class _Run:
    """Lines that count on at one left edge: `places` in the document, `last` the rank of the last."""

    letters: bool
    left: float
    last: int = 0
    places: list[int] = field(default_factory=list)


def with_bare_labels(lines: Sequence[Line]) -> list[Line]:
    """The lines, each label of a run with the stop that it lacks."""
    marked = {at for run in _runs(lines) for at in run.places}
    coded = _coded(lines)
    return [
        _stopped(line) if at in marked else replace(line, series=coded.get(at)) for at, line in enumerate(lines)
    ]  # fmt: skip


def _coded(lines: Sequence[Line]) -> dict[int, Label]:
    """The labels of series under letters of their own, "ABC1", "ABC2", "ABC2a", and of the line that names one: "ABC A drug"."""
    begun = {
        at: match for at, line in enumerate(lines)
        if (match := _SERIES.match(line.text) or _WORDED.match(line.text)) is not None
        and not is_spoken_of(line.text[match.end() :]) and len(line.cells) <= 1
    }  # fmt: skip
    counts: dict[str, list[int]] = {}
    for match in begun.values():
        if not match["letter"]:
            counts.setdefault(match["stem"], []).append(int(match["rank"]))
    series = {stem for stem, ranks in counts.items() if ranks[:2] == [1, 2] and ranks == sorted(set(ranks))}
    series |= {stem for stem, ranks in counts.items() if ranks == [1] and series}
    found = {at: _as_label(match) for at, match in begun.items() if match["stem"] in series}
    for at, line in enumerate(lines):
        name = _NAMES.match(line.text)
        below = (
            _SERIES.match(lines[at + 1].text) or (at + 2 < len(lines) and _SERIES.match(lines[at + 2].text))
            if name and at + 1 < len(lines)
            else None
        )
        if name is not None and below and below["stem"] == name["label"] in series and len(line.cells) <= 1:
            found[at] = Label("nested", name["label"], 0, name.end())
    return found


def _as_label(match: re.Match[str]) -> Label:
    rank = ord(match["letter"]) - 96 if match["letter"] else int(match["rank"])
    return Label("word" if " " in match["label"] else "nested", match["label"], rank, match.end())


def _runs(lines: Sequence[Line]) -> list[_Run]:
    """The runs that are long enough, each from its first label on."""
    found: list[_Run] = []
    for at, line in enumerate(lines):
        match = _BARE.match(line.text)
        if match is None or len(line.cells) > 1 or not line.height:
            continue
        letters = match["label"].isalpha()
        rank = ord(match["label"].upper()) - 64 if letters else int(match["label"])
        near = [run for run in found if run.letters is letters and abs(run.left - line.left) < _SAME]
        open_ = next((run for run in reversed(near) if run.last == rank - 1), None)
        if rank == 1:
            open_ = _Run(letters, line.left)
            found.append(open_)
        if open_ is not None:
            open_.places.append(at)
            open_.last, open_.left = rank, line.left
    return [run for run in found if len(run.places) >= (_LETTERS if run.letters else _NUMBERS)]


def _stopped(line: Line) -> Line:
    text = _BARE.sub(lambda match: f"{match['box'] or ''}{match['label']}. ", line.text, count=1)
    cells = tuple((left, text) for left, _ in line.cells)
    return replace(line, text=text, cells=cells)
