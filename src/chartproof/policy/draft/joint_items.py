"""Lists without marks whose items are parted by "- AND -" or "- OR -", alone in a line: where they are set in tells their levels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import JOINT, UNENDED
from chartproof.policy.draft.placing import TOUCH

#: What follows an item without a word between them stands so many text heights below it at the most.
_APART = 1.75
#: A sentence that has ended, at a line's end or within it.
_SENTENCE = re.compile(r"[a-z\d)]\.(?:\s+[A-Z]|$)")


def with_joint_items(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, those of such a list with a bullet before each of its items and the word that joins at the item's end."""
    edge = max((line.right for line in lines), default=0.0)
    at = 0
    while at < len(lines):
        yield lines[at]
        at += 1
        items = _listed(lines, at, edge) if lines[at - 1].text.rstrip().endswith(":") else []
        if any(_word(line) for item in items for line in item):
            for item in items:
                yield from _marked(item)
            at += sum(len(item) for item in items)


def _listed(lines: Sequence[Line], at: int, edge: float) -> list[list[Line]]:
    """The items of the list that begins there, each with the word that joins it to the next as its last line."""
    items: list[list[Line]] = []
    for line in lines[at:]:
        last = items[-1][-1] if items else lines[at - 1]
        if not line.height or (_word(line) and (not items or _word(last))):
            break
        begins = bool(_word(last)) or (
            last.text.rstrip().endswith(":") and _is_in(line, items[-1][0] if items else last)
        )
        if _word(line) or (items and not begins and _runs_on(last, line, edge)):
            items[-1].append(line)
        elif (begins or not items) and label_of(line.text) is None:
            items.append([line])
        else:
            break
    return items


def _is_in(line: Line, lead: Line) -> bool:
    return line.page != lead.page or line.left > lead.left + TOUCH


def _runs_on(last: Line, line: Line, edge: float) -> bool:
    """True where the line goes on with an item: it had no room above, and begins no sentence behind items without stops."""
    if line.page == last.page and line.top - last.top > last.height * _APART:
        return False
    if label_of(line.text) is not None or abs(line.left - last.left) > TOUCH:
        return False
    if line.text[0].islower() or UNENDED.search(last.text):
        return True
    letter = (last.right - last.left) / max(1, len(last.text))
    full = last.right + (len(line.text.split()[0]) + 1) * letter > edge
    return full and not _SENTENCE.search(line.text)


def _word(line: Line) -> str:
    """ "and" or "or" of a line that says nothing else, between dashes or in capitals; "" for any other line."""
    text = line.text.strip()
    return re.sub(r"\W", "", text).lower() if JOINT.fullmatch(text) else ""


def _marked(item: Sequence[Line]) -> Iterator[Line]:
    """The item's lines behind a bullet, set in by so much that what follows the list is no more of it."""
    own = [line for line in item if not _word(line)]
    joint = next((f", {word}" for line in item if (word := _word(line))), "")
    for at, line in enumerate(own):
        text = f"{'' if at else '• '}{line.text}{joint if line is own[-1] else ''}"
        left, hang = line.left + line.height, line.left + 2 * line.height
        yield replace(
            line,
            text=text,
            left=hang if at else left,
            hang=0.0 if at else hang,
            cells=((hang, text),),
            tops=(line.top,),
        )
