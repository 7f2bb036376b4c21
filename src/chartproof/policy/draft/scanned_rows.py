"""Rows of a ruled form on a scan: a label, a statement and printed answers, with the strokes of its rules read as signs.

Each row's label, mended by its place in the count, stands before its statement as an entry's label does; the answers are
to be filled in and say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.lines import Line

#: So many rows with a label and answers make a form.
_FEW = 4
_BOX = r"[\[\](){}|0OoLJ☐□\s]{0,4}"
#: "☐ Yes ☐ No" as a picture's reader has it, at the end of a row.
_ANSWERS = re.compile(rf"\s+{_BOX}Yes[\s|]+{_BOX}No[\s|]*$")
#: A label of a number and a letter, and what a picture's reader makes of one.
_LABEL = re.compile(r"(?P<number>[\dlI|iSOZ]{1,2}?)(?P<letter>[a-z¢©€@]{1,2})[.)]?$")
_NUMBERS = str.maketrans("lI|iSOZ", "1111502")
_LETTERS = str.maketrans("¢©€@", "ccca")
#: "For 1a:", where a row is asked of those alone who marked another.
_FOR = re.compile(r"^For (?P<label>[\dlI|i]{1,2}[a-z])(?=:)")
#: A Roman numeral of a part, in which strokes were read as other letters.
_PART = re.compile(r"^(?P<word>PART|SECTION|STEP|Part|Section|Step)\s(?P<numeral>(?=[IVXilL1|]{1,4}[.:])[IVXilL1|]+)")


#: A box before an entry, as a picture's reader has it, and an entry's label of a letter and a number.
_DRAWN = re.compile(r"[\[\](){}|0OoLJ☐□]{1,3}")
_CODED = re.compile(r"(?P<letter>[A-Z])(?P<number>[\dlI|]{1,3})(?P<stop>[.)]?)\s")
_NUMBERED = re.compile(r"\d{1,2}[.)]\s")
#: A box and the lettered entry behind it, in one cell or in two: "O 2a. a scan".
_LETTERED = re.compile(rf"{_DRAWN.pattern}\s+(?P<entry>\d{{1,2}}[a-z][.)]\s.+)")
#: Of what is answered, such a share has such a label.
_MOST = 0.6


@dataclass(slots=True)
class _Count:
    """The label that was read last, as its number and its letter."""

    number: int = 0
    letter: str = ""

    def follows(self, number: int, letter: str) -> bool:
        if number == self.number:
            return ord(letter) == ord(self.letter or "`") + 1
        return number == self.number + 1 and letter == "a"


def with_scanned_rows(lines: Sequence[Line]) -> list[Line]:
    """The lines; where scanned ones are rows of a form, each with its label before its statement alone."""
    rows = [line for line in lines if line.scanned and _ANSWERS.search(_whole(line))]
    if len(rows) < _FEW:
        return list(lines)
    count = _Count()
    mended = [_row(line, count) if line.scanned else line for line in lines]
    labelled = sum(1 for line, old in zip(mended, lines, strict=True) if line.hang and line is not old)
    if labelled >= _FEW:
        return mended
    coded = sum(1 for line in rows if _CODED.match(_whole(line)) or _NUMBERED.match(_whole(line)))
    return _with_entries(lines) if coded >= _MOST * len(rows) else list(lines)


def _with_entries(lines: Sequence[Line]) -> list[Line]:
    """The lines of a form whose entries are counted "1.", "2." or "B1.", "B2.": without their answers, a box before an
    entry as a box.
    """
    found: list[Line] = []
    last: dict[str, int] = {}
    for line in lines:
        whole = _whole(line)
        answered = _ANSWERS.search(whole) if line.scanned else None
        rest = " ".join(text for _, text in line.cells[1:])
        lettered = _LETTERED.fullmatch(whole) if line.scanned else None
        if lettered is not None:
            found.append(_set(line, f"☐ {lettered['entry']}"))
            continue
        boxed = line.scanned and _DRAWN.fullmatch(line.cells[0][1]) is not None and label_of(rest) is not None
        if answered is None and not boxed:
            found.append(line)
            continue
        said = whole[: answered.start()] if answered is not None else whole
        said = f"☐ {_as_counted(rest, last)}" if boxed else _as_counted(said, last)
        found.append(_set(line, said))
    return found


def _as_counted(said: str, last: dict[str, int]) -> str:
    """The entry with its number as the count of its letter tells it, where a stroke was read twice: "E1." for "E1l."."""
    match = _CODED.match(said)
    if match is None:
        return said
    letter, read = match["letter"], match["number"].translate(_NUMBERS)
    after = last.get(letter, 0) + 1
    number = after if read.startswith(str(after)) else int(read)
    last[letter] = number
    return f"{letter}{number}{match['stop']} {said[match.end() :].lstrip()}"


def _whole(line: Line) -> str:
    return " ".join(text for _, text in line.cells) or line.text


def _row(line: Line, count: _Count) -> Line:
    """A row as an entry with its label; another line without the strokes at its ends."""
    whole = _whole(line)
    answered = _ANSWERS.search(whole)
    words = [word for word in whole[: answered.start() if answered else None].split() if word != "|"]
    label = _labelled(words[0], count) if words else ""
    if label and (answered or len(line.cells) > 1):
        said = " ".join(words[2:] if len(words) > 2 and words[1] in ("I", "l") and "|" in whole else words[1:])
        beside = next((left for left, text in line.cells[1:] if text.strip("| ")), line.left)
        return _set(line, f"{label}. {_FOR.sub(_pointed, said)}", hang=beside)
    if answered or whole.startswith("| ") or whole.endswith(" |"):
        return _set(line, _with_numeral(" ".join(words)))
    return _set(line, numbered) if (numbered := _with_numeral(whole)) != whole else line


def _labelled(word: str, count: _Count) -> str:
    """The label that a row begins with, "" where the word is none that goes on with the count."""
    match = _LABEL.match(word)
    if match is None:
        return ""
    number, letter = int(match["number"].translate(_NUMBERS)), match["letter"].translate(_LETTERS)[0]
    if not count.follows(number, letter):
        return ""
    count.number, count.letter = number, letter
    return f"{number}{letter}"


def _pointed(match: re.Match[str]) -> str:
    """The label of the row that another points at: "1a" of "la" and of "1la"."""
    number = match["label"][:-1].translate(_NUMBERS)
    return f"For {number[0] if number == '11' else number}{match['label'][-1]}"


def _with_numeral(text: str) -> str:
    match = _PART.match(text)
    if match is None:
        return text
    numeral = re.sub(r"[ilL1|]", "I", match["numeral"])
    return f"{match['word']} {numeral}{text[match.end() :]}"


def _set(line: Line, text: str, *, hang: float = 0.0) -> Line:
    return replace(line, text=text, cells=((line.left, text),), tops=(line.top,), hang=hang)
