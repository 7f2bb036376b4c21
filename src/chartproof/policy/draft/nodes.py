"""A part of a document's outline, and what its label says of its place: what follows what, what contains what, its path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chartproof.policy.draft.labels import PARTS, Label, label_of
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.sections import CRITERIA, section_of

#: Capitals with a stop after them, and then a sentence.
_RUN_IN = re.compile(r"[A-Z][A-Z’'/&,() -]{3,70}[.:]\s+(?=[A-Z\d])")
#: A part's name, and the sentence that goes on in its line: it begins after a stop, or with a capital of its own.
_PART_ENDS = re.compile(
    r"(?:[A-Z][\w’'-]*,?)(?:\s[a-z][\w’'-]*,?){1,7}\s+(?=(?:The|An?|All|Any|It|Each|Every|One|No|None|Both|Either|We|For|In|If|When"
    r"|This|These|At least|Coverage|Approvals?|Requests?|Members?|Patients?)[\s:])|[^.:;?]{3,60}[.:]\s+(?=[A-Z])"
)

#: What no title has within it.
_STATES = re.compile(r"\s(?:is|are|was|were|has|have|had)\s(?!covered|approved|not|to\b)")

#: What begins a title that asks, whatever it states.
_ASKS = re.compile(r"(?:Who|Whom|What|Which|When|Where|Why|How)\b")

#: A line of boxes that answer a question, not an item with a box before it.
ANSWER = re.compile(
    r"(?i)^(?:then|else|otherwise|yes|no)\b[,:→]?\s*(?:go|proceed|continue|stop|approve|deny|refuse|skip|end|pend)\b|^[☐□❑❒◻]\s*(?:yes|no|n/?a|none|not|unknown)\b|^[☐□❑❒◻][^☐□❑❒◻]*\b(?:continue|stop|approve|deny|go to|skip)\b"
)
#: A word that joins the item above it and the item below.
JOINT = re.compile(r"(?:[-–—*(]\s*)?(?:AND|OR|and|or|And|Or)(?:\s*[-–—*)])?")
#: What no paragraph ends in.
UNENDED = re.compile(
    r"(?:[,(/-]|\b(?:an?|the|of|to|for|in|on|by|at|with|and|or|is|are|was|be|as|than|from|within|before|after|under|over|between|that|which|who|no|not))$",
    re.IGNORECASE,
)
#: An entry's name has so many words at the most.
_NAME = 6
#: A numbered title has so many words at the most.
_TITLE = 8


@dataclass(slots=True)
class Node:
    """A part of the document. `text` is its own words in one line; `lines` where they stand; `id` its printed path.

    `named` where a paragraph begins with the name of its part.

    kind: document | heading | item | exception (from the item above it) | paragraph | answers (boxes to tick) | table | row (its `cells`).
    """

    kind: str
    text: str
    page: int
    lines: list[Line] = field(default_factory=list)
    label: Label | None = None
    id: str = ""
    left: float = 0.0
    children: list[Node] = field(default_factory=list)
    cells: tuple[str, ...] = ()
    parent: Node | None = None
    named: bool = False


def announces(text: str) -> bool:
    """True where a list goes on with the paragraph: it ends in a colon, or its sentence has not ended."""
    return re.search(r"(?::|[^.;?!)\]”\"])$", text.rstrip()) is not None


def run_in(line: Line, label: Label, beside: Node | None = None) -> int:
    """Where the heading of this line's own text ends, 0 where it has none."""
    if label.kind == "word" and PARTS.match(label.text):
        ends = _PART_ENDS.match(line.text[label.length :])
        if ends is None and label.text.startswith("§"):
            words = line.text[label.length :].split()
            named = 0 < len(words) <= _TITLE and words[0][0].isupper() and not _STATES.search(line.text)
            return len(line.text) if named else 0  # else a paragraph with a number, not a part's name
        return label.length + ends.end() if ends else len(line.text)
    if beside is not None and _is_sister(label, beside):
        match = _BEGINS.match(line.text[label.length :])
        words = re.sub(r"\([^)]*\)", "", line.text[label.length :]).split()
        bare = 0 < len(words) <= _TITLE and not _STATES.search(" ".join(words)) and not words[-1].endswith((".", ";"))
        return label.length + match.end() if match else len(line.text) if bare else 0
    if label.kind not in ("number", "roman", "letter", "decimal", "word"):
        return 0
    match = _RUN_IN.match(line.text[label.length :]) or _named_part(line.text[label.length :], label, beside)
    return label.length + match.end() if match else 0


def _is_sister(label: Label, beside: Node) -> bool:
    """True for "Sheet 3" after the heading "Sheet 2": what counts the parts of a document names one more."""
    before = beside.label if beside.kind == "heading" else None
    if before is None or before.kind != "word" or label.kind != "word":
        return False
    return before.text.split(" ")[0] == label.text.split(" ")[0] and label.rank == before.rank + 1


def _named_part(text: str, label: Label, beside: Node | None) -> re.Match[str] | None:
    """ "6. How much. One dose ...": the name of a part that asks nothing, before its own text; None for any other words.

    After such a part every name is that of one more: `beside` is the part or item that the label follows.
    """
    match = _BEGINS.match(text)
    if match is None or label.kind not in ("number", "roman") or label.text.islower() or label.boxed:
        return None
    if PARTS.match(match["name"]) and label_of(text) is not None:
        return None  # "2. Table 1. Criteria": the table's number is no part's name
    counted = beside is not None and beside.kind == "heading" and beside.label is not None
    sister = counted and beside is not None and beside.label is not None and beside.label.kind == label.kind
    asks = sister and _ASKS.match(match["name"]) is not None  # "3. Who may have a trial." after the heading 2
    if len(match["name"].split()) > _NAME or (_STATES.search(match["name"]) and not asks):
        return None
    if sister:
        return match
    role = section_of(match["name"])
    return match if role in ("definitions", "limits") or (role and role not in CRITERIA) else None


def numbered_title(
    line: Line, label: Label | None, after: Line | None, edge: float, beside: Node | None = None
) -> bool:
    """True for "2. Home ventilator" over a sentence or over its own "2.1": a few words that end before the text's `edge`.

    A capital letter counts parts where the words name one, or go on with the headings that it counts: `beside` is the last.
    """
    if label is None or after is None or label.text.islower():
        return False
    words = line.text[label.length :].split()
    if label.kind not in ("number", "roman", "decimal", "code") and not _letters_a_part(label, " ".join(words), beside):
        return False
    if not words or len(words) > _TITLE or re.search(r"[.;:,?]$", words[-1]) or not words[0][0].isupper():
        return False
    if states(line.text) and not (label.kind == "letter" and section_of(" ".join(words))):
        return False
    beneath = label_of(after.text)
    if beneath is not None:
        apart = beneath.kind != label.kind or beneath.text.islower()
        begins = beneath.rank == 1 and beneath.kind != "bullet" and apart
        level = bool(line.height) and abs(after.left - line.left) < 1
        return (begins and level) or (beneath.kind in ("decimal", "nested") and stem(beneath.text) == label.text)
    letter = (after.right - after.left) / max(1, len(after.text))
    room = line.right + (len(after.text.split()[0]) + 1) * letter < edge
    begins = after.text[0].isupper() or (after.text[0].isdigit() and section_of(" ".join(words)) != "")
    return room and begins and len(after.text.split()) > len(words)


def _letters_a_part(label: Label, name: str, beside: Node | None) -> bool:
    """True for a lettered heading: "B. When it is refused", and "C. Amount" after a heading B."""
    if label.kind != "letter":
        return False
    sister = beside is not None and beside.kind == "heading" and beside.label is not None
    return sister or (label.rank == 1 and section_of(name) in CRITERIA)


def states(name: str) -> bool:
    """True for words that say something, as no title does."""
    return _STATES.search(name) is not None


def names_table(line: Line, label: Label) -> bool:
    """True for "3. Replacement" and "C / replacement" over a table: a few words with a capital, or a stroke, and no stop."""
    words = line.text[label.length :].split()
    begins = words and (words[0][0].isupper() or re.search(r"[/|]", line.text[: label.length]))
    named = begins and len(words) <= _TITLE and re.search(r"[\w)]$", words[-1]) is not None
    return (
        bool(named)
        and label.kind in ("number", "roman", "decimal", "letter", "word", "code")
        and not label.text.islower()
    )


def entry_name(node: Node) -> str:
    """The name that an entry has in its first line: "Step 4: Safety" over its sentence, "" where it has none."""
    if node.label is None or node.label.kind != "word" or not node.lines:
        return ""
    first = node.lines[0].text[node.label.length :].strip()
    named = len(first.split()) <= _NAME and re.search(r"[\w)]$", first) and first[:1].isupper()
    return first if named else ""


_BEGINS = re.compile(r"(?P<name>[A-Z][\w’'/() -]{2,45})[.:]\s+(?=\S)")


def begun_name(text: str) -> str:
    """The few words that name what an entry is for before it says it ("Records: a diary of pain"), "" where none do."""
    match = _BEGINS.match(text)
    return match["name"] if match is not None and len(match["name"].split()) <= _NAME else ""


def follows(before: Label, label: Label) -> bool:
    if label.kind == "bullet":
        return before.text == label.text
    if label.kind in ("decimal", "nested", "code", "digit_letter", "paren_code"):
        return stem(before.text) == stem(label.text) and label.rank == before.rank + 1
    if label.kind == "word" and before.text.split()[0].lower() == label.text.split()[0].lower():
        lettered = label.rank == before.rank and label.text.startswith(before.text)  # Box 3, Box 3a
        return label.rank == before.rank + 1 or lettered
    return label.rank == before.rank + 1 and before.text.isupper() == label.text.isupper()


def contains(node: Node, label: Label) -> bool:
    """True where the label's own text carries the node's ("4.1" in "4", "4a" in "Question 4", "A1" in "A")."""
    if node.label is None or label.kind not in ("decimal", "nested", "digit_letter", "code", "number"):
        return False
    if label.kind == "number":  # "200" holds 201 to 299
        return (
            node.label.kind == "number" and label.rank > 100 and label.rank // 100 * 100 == node.label.rank < label.rank
        )
    own = re.sub(r"(?i)^[a-z]+\s+", "", node.label.text) if node.label.kind == "word" else node.label.text
    return stem(label.text) == re.sub(r"(?<=\d)\.0$", "", own) and label.text != own


def stem(text: str) -> str:
    """The label without its last part: "4.1" of "4.1.2", "4" of "4a", "A" of "A1", "C2" of "C2(b)"."""
    for pattern in (
        r"\([^()]*\)$",
        r"(?<=\.\d)[a-z]$",
        r"(?<=\.\d\d)[a-z]$",
        r"\.\d+[a-z]?$",
        r"\.[a-z]$",
        r"(?<=[A-Zα-ω])\d+$",
        r"(?<=\d)[a-z]$",
        r"-\d+[a-z]?$",
        r"-[A-Z]$",
        r"(?<=\d)[-–./][a-z]{1,4}$",
    ):
        shorter = re.sub(pattern, "", text)
        if shorter != text:
            return shorter
    return ""


def path(parent: Node, label: Label) -> str:
    """The printed path of a label: what contains its parents stands alone, others are joined to them."""
    counts_alone = label.kind == "number" and label.rank > 100
    if label.kind in ("decimal", "nested", "code", "word", "digit_letter", "paren_code") or counts_alone:
        return label.text
    above: Node | None = parent
    named = parent.label is not None and parent.label.kind == "word" and not parent.label.text.startswith("§")
    if parent.kind == "heading" and named and label.kind != "bullet":
        return label.text  # the items of a part or section have names of their own
    while above is not None and (above.label is None or above.label.kind == "bullet"):
        above = above.parent
    own = "" if label.kind == "bullet" else label.text
    if above is None or not above.id:
        return own
    if label.kind in ("paren_number", "paren_letter", "paren_roman"):
        return f"{above.id}({own})"
    return f"{above.id}.{own}" if own else above.id


def items_below(above: Node, marks: Sequence[Label], entries: Sequence[tuple[str, Sequence[Line]]]) -> list[Node]:
    """The entries of the list that an item announces, whose marks stand in a column of their own."""
    return [
        Node("item", text, lines[0].page, list(lines), mark, path(above, mark), left=lines[0].left, parent=above)
        for mark, (text, lines) in zip(marks, entries, strict=True)
    ]


def joined(before: str, after: str) -> str:
    """Two lines as one text; a word that was divided at the line's end is whole again."""
    if re.search(r"\w/$", before) and re.match(r"\w", after):
        return before + after
    if re.search(r"[a-z]-$", before) and re.match(r"[a-z]", after):
        return before + after
    return f"{before} {after}".strip()
