"""The labels that policies print before their criteria: I., A., 1), (a), 4.10, Question 5, C2(b), bullets."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from chartproof.policy.draft.words import drafting, pattern

_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_ROMAN = r"(?:x{0,3}(?:ix|iv|v?i{0,3}))"
_WORDS = r"(?:question|criterion|criteria|requirement|rule|step|item|section|part|chapter|register|schedule|annex|table|standard|condition|row|element|test|box|path|pathway|gate|check|reason|exception|ground|no\.|sec\.|sect\.|article|art\.|clause|paragraph|para\.|provision|point)"
_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\s"
#: Words whose labels head a part of the document.
PARTS = re.compile(r"(?i)^(?:(?:part|section|chapter|register|schedule|annex|table)\b|§)")
#: Signs that begin an entry: any geometric shape, dingbat or sign of a symbol font, with the mark that picks its style.
BULLET = "[•–—‣⁃∙·*o\\-\u25a0-\u27bf\u2981\u29be\u29bf\u2b00-\u2bff\ue000-\uf8ff][\ufe0e\ufe0f]?"

_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDERED = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")

_PATTERNS = (
    ("word", re.compile(rf"(?i)^(?P<all>{_WORDS}\s+(?P<label>\d{{1,3}}(?:\.\d{{1,2}}){{1,2}}[a-z]?|[A-Z][-.]?\d{{1,2}}[a-z]?))\s*[.:)–—]\s+(?=\S)")),
    ("word", re.compile(rf"(?i)^(?P<all>{_WORDS}\s+(?P<label>\d{{1,3}}[a-z]?|[A-Z]|{_ROMAN}))(?:\s*\([^)]{{1,40}}\))?\s*[.:)\-–—]\s*")),
    ("word", re.compile(rf"^(?P<all>(?!{_MONTHS})[A-Z][a-z]+\s(?P<label>\d{{1,3}}[a-z]?))[.:]\s+(?=[A-Z])")),
    ("word", re.compile(rf"^(?P<all>(?i:{_WORDS})\s+(?P<label>\d{{1,2}}[a-z]?|[A-Z]))\s+(?=(?:IF|If|Is|Are|Was|Were|Has|Have|Had|Does|Do|Did|Will|Can)\s)")),
    ("word", re.compile(rf"^(?P<all>(?i:{_WORDS}) (?P<label>{'|'.join(one.title() for one in _COUNTED)}))[.:–—]\s+(?=[A-Z])")),
    ("word", re.compile(r"^(?P<all>[§¶]\s?(?P<label>\d{1,2}))[.:)]?\s+(?=\S)")),
    ("number_word", re.compile(rf"^(?P<label>(?i:{'|'.join(_COUNTED)})|{'|'.join(_ORDERED)})(?:[.:)]|,(?=\s[a-z]))\s+(?=\S)")),
    ("paren_code", re.compile(r"^\((?P<label>\d{1,2}[a-z]|[A-Z]{1,2}\d{1,2})\)\s*(?=\S)")),
    ("code", re.compile(r"^(?P<label>(?:[A-Z]{1,5}|[A-Z][A-Z0-9]{1,3}[A-Z])(?:-[A-Z]{1,4})?-\d{1,3}(?:\.\d{1,2})*[a-z]?)(?:[.:)]\s*|\s{1,})(?=\S)")),
    ("nested", re.compile(r"^(?P<label>(?:[IVX]{1,4}|[A-Z])-[A-Z](?:\.?\d{1,2})?)[.:)]?\s+(?=\S)")),
    ("nested", re.compile(r"^(?P<label>(?:[A-Z]|[IVX]{2,4})(?:\.\d{1,2}){1,3}(?:\.[a-z])?)[.:)]?\s+(?=\S)")),
    ("nested", re.compile(r"^(?P<label>[A-Z]{1,3}\d{1,2}-\d{1,2}[a-z]?)[.:)]?\s+(?=\S)")),
    ("nested", re.compile(r"^(?P<label>[A-Z]{1,2}(?:[1-9]|[12]\d(?!\.\d))(?:\.\d{1,2})*(?:\([a-z0-9]{1,4}\))*)[.:)]?\s+(?=\S)")),
    ("decimal", re.compile(r"^(?P<label>\d{1,2}-\d{1,3})[.:)]?\s+(?=[A-Z])")),
    ("decimal", re.compile(r"^(?:§\s*)?(?P<label>\d{1,2}(?:\.\d{1,2}){1,4})[.:)]?\s+(?=\S)")),
    ("digit_letter", re.compile(r"^(?P<label>\d{1,2}(?:\.\d{1,2})+[a-z])[.:)]?\s+(?=\S)")),
    ("digit_letter", re.compile(r"^(?:§\s*)?(?P<label>\d{1,2}(?:\.\d{1,2})*(?:\.[a-z]|(?:\([a-z]{1,4}\))+))[.:)]?\s+(?=\S)")),
    ("digit_letter", re.compile(r"^(?P<label>\d{1,3}[a-z])[.:)]\s*(?=\S)")),
    ("paren_number", re.compile(r"^\((?P<label>\d{1,2})\)\s*(?=\S)")),
    ("paren_letter", re.compile(r"^\((?P<label>[A-Za-z]{1,4})\)\s*(?=\S)")),
    ("number", re.compile(r"^#?(?P<label>\d{1,2}|[1-9]\d\d)[.)]\s+(?=\S)")),
    ("number", re.compile(r"^#?(?P<label>\d{1,2})(?:\s[–—-]|:)\s+(?=[A-Z])")),
    ("letter", re.compile(r"^(?P<label>[A-Za-z])[.)]\s+(?=\S)")),
    ("letter", re.compile(r"^(?P<label>[A-Z])\s[/|]\s+(?=[A-Za-z][a-z]+\b)")),
    ("letter", re.compile(r"^(?P<label>[α-ω])[.)]\s+(?=\S)")),
    ("nested", re.compile(r"^(?P<label>[α-ω]\d{1,2})[.:)]?\s+(?=\S)")),
    ("roman", re.compile(r"(?i)^(?P<label>[ivx]{2,5})[.)]\s+(?=\S)")),
    ("bullet", re.compile(r"^(?P<label>\[\s?\]|\(\s\)|_{2,4})\s*(?=\S)")),
    ("number", re.compile(r"^(?P<label>\d{1,2})\s+(?=[A-Z][a-z]+(?:\s[\w,/()-]+){0,7}$)")),
    ("bullet", re.compile(rf"^(?P<label>{BULLET})\s+(?=\S)")),
)  # fmt: skip

#: A word and its letter, number or numeral before the name of a part.
_HEADS = re.compile(
    rf"^(?P<all>(?!{_MONTHS})[A-Z][a-z]+\s(?P<label>\d{{1,2}}|[A-Z]|[IVX]{{1,4}}))(?:[.:]|\s[–—-])\s+(?=\S)"
)
_BOX = re.compile(r"[☐□❑❒◻]\s+")
#: What goes on with a label in a sentence that speaks of it: "A1 to A4 must be met", "T6 is skipped".
_SPOKEN_OF = re.compile(r"(?:to|through|and|or|is|are|must|has|have|needs?|appl(?:y|ies)|does|do)\s")
#: A number with its letter needs no stop behind a box: "☐ 4a fever".
_BOXED = re.compile(r"^(?P<label>\d{1,2}[a-z])\s(?=\S)")
_DOT = re.compile(r"[•◦▪●○■]\s+")
_TAG = re.compile(r"(?P<tag>(?:MUST|SHALL|MAY|DO) NOT|[A-Z]{2,8}(?! NOT\b)|--|—|–)[.:]?\s+(?=[\w\"“(<>≤≥])")
#: A Roman numeral in capitals of which a picture's reader took some strokes for other signs.
_STROKES = re.compile(r"^(?P<numeral>(?=[^.,]*[IVX])[IVXl1|]{2,5})[.,]\s+(?=\S)")
#: What a picture's reader makes of small labels, and what they are.
_MISREAD = (
    (re.compile(r"^[l|I!][.,]\s+(?=[A-Z]{3})"), "I. "),
    (re.compile(r"^[iIl1|]{3}[.,]\s+"), "iii. "), (re.compile(r"^[iIl|]{2}[.,]\s+"), "ii. "),
    (re.compile(r"^[l|I!][.,]\s+"), "i. "), (re.compile(r"^i[,]?\s+(?=[a-z])"), "i. "),
    (re.compile(r"^[¢€©][.,]?\s+"), "c. "), (re.compile(r"^(?:l|I)v[.,]\s+"), "iv. "),
    (re.compile(r"^[®@]\s+"), "• "), (re.compile(r"^[Oo0]\s+(?=[A-Z])"), "• "), (re.compile(r"^(?:\[\s?[\]|]|L[J1]|\(\s\))\s*(?=\S)"), "☐ "),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: `kind` its family, `text` without its stops, `rank` its place in its sequence (0 for bullets).

    `tag` is the class that a register prints after its entry's number ("REQ"), "" where it prints none.
    `boxed` where a box to tick stands before it.
    """

    kind: str
    text: str
    rank: int
    length: int
    tag: str = ""
    boxed: bool = False


def label_of(text: str) -> Label | None:
    """The label that begins this line, or None. `length` counts the characters up to the words that follow it.

    A box to tick or a bullet before a printed label ("☐ A. ...", "• 2.1 ...") is a part of that label.
    """
    dot = _DOT.match(text)
    behind = _label_of(text[dot.end() :]) if dot else None
    spoken = behind and behind.kind == "nested" and dot and text[dot.end() + behind.length :][:1].islower()
    own = not spoken  # "• CD19 shown by biopsy" has no label of its own
    if own and dot and behind and behind.kind in ("code", "nested", "decimal", "digit_letter", "paren_code"):
        return replace(behind, length=dot.end() + behind.length)
    box = _BOX.match(text)
    inner = _label_of(_BOXED.sub(r"\g<label>. ", text[box.end() :])) if box else None
    if box and inner and _BOXED.match(text[box.end() :]):
        return replace(inner, length=box.end() + inner.length - 1, boxed=True)
    if box and inner and inner.kind not in ("bullet", "roman"):
        return replace(inner, length=box.end() + inner.length, boxed=True)
    found = _label_of(text)
    return replace(found, boxed=True) if box and found else found


def heading_label(text: str) -> Label | None:
    """The label of a line that is known to be a heading: any word may count parts there ("Sheet B: what is refused")."""
    match = _HEADS.match(text)
    return Label("word", match["all"], _rank("word", match["label"]), match.end()) if match else label_of(text)


def _label_of(text: str) -> Label | None:
    for kind, form in _PATTERNS:
        match = form.match(text)
        if match is None:
            continue
        label = match["label"]
        if kind in ("nested", "code", "decimal", "digit_letter") and is_spoken_of(text[match.end() :]):
            return None
        if kind == "paren_letter" and len(label) > 1 and _roman(label) == 0:
            continue
        if kind == "paren_letter" and len(label) > 1:
            kind = "paren_roman"
        if kind == "roman" and _roman(label) == 0:
            continue
        name = match["all"] if kind == "word" else label
        tag = _TAG.match(text[match.end() :]) if kind == "code" else None
        if tag is not None and not _is_class(tag["tag"]):
            tag = None  # "C-2. HCV RNA is detectable"
        length = match.end() + (tag.end() if tag else 0)
        return Label(kind, re.sub(r"\s+", " ", name), _rank(kind, label), length, tag["tag"] if tag else "")
    return None


def is_spoken_of(after: str) -> bool:
    """True where the words after a label go on with a sentence that speaks of it: "A1 to A4 must be met"."""
    return _SPOKEN_OF.match(after) is not None


def printed_label(cell: str) -> str:
    """The cell where it is no more than a printed label ("P1", "3.", "(a)"), without its stops."""
    label = label_of(f"{cell} X") or label_of(f"{cell}. X")
    return label.text if label is not None and label.length >= len(cell) and label.kind != "bullet" else ""


def _is_class(word: str) -> bool:
    """True for a word that a register uses for the class of its entries."""
    first = word.split(" ")[0]
    return any(pattern("tags", name).match(first) for name in drafting()["tags"])


def scanned_label(text: str) -> Label | None:
    """The label of a line that was read from a picture, where its small signs are often lost or taken for others."""
    strokes = _STROKES.match(text)
    if strokes is not None:
        numeral = re.sub(r"[l1|]", "I", strokes["numeral"])
        rank = _roman(numeral)
        return Label("roman", numeral, rank, strokes.end()) if rank else None
    for wrong, right in _MISREAD:
        match = wrong.match(text)
        if match is not None:
            label = label_of(right + text[match.end() :])
            return replace(label, length=match.end()) if label else None
    return label_of(text)


def after_lost_stroke(before: Label, label: Label) -> Label:
    """The numeral that was printed where a picture lost one of its strokes: "V" or "III" after "III" is "IV".

    `length` is that of the label as read; a numeral that can follow `before` as it stands is returned unchanged.
    """
    rank = before.rank + 1
    numeral = "x" * (rank // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[rank % 10]
    shorter = {numeral[:at] + numeral[at + 1 :] for at, letter in enumerate(numeral) if letter == "i"}
    if label.rank > before.rank and label.text.lower() not in shorter:
        return label
    return replace(label, rank=rank, text=numeral.upper() if label.text.isupper() else numeral)


def as_roman(label: Label) -> Label | None:
    """The same single letter read as a Roman numeral (I, V, X), where it can be."""
    if label.kind not in ("letter", "paren_letter") or _roman(label.text) == 0:
        return None
    kind = "roman" if label.kind == "letter" else "paren_roman"
    return Label(kind, label.text, _roman(label.text), label.length)


def _rank(kind: str, label: str) -> int:
    if kind in ("roman", "paren_roman"):
        return _roman(label)
    if kind == "number_word" or (kind == "word" and label.lower() in _COUNTED):
        return next(
            at for names in (_COUNTED, _ORDERED) for at, name in enumerate(names, 1) if name.lower() == label.lower()
        )
    if kind in ("letter", "paren_letter"):
        return _GREEK.index(label) + 1 if label in _GREEK else ord(label.lower()) - 96
    if kind == "digit_letter" and label.endswith(")"):
        inner = label[label.rfind("(") + 1 : -1]
        return (_roman(inner) if label.count("(") > 1 else 0) or ord(inner[0]) - 96
    if kind == "digit_letter" or re.search(r"\.[a-z]$", label) or (kind == "paren_code" and label[-1].isalpha()):
        return ord(label[-1].lower()) - 96
    numbers = re.findall(r"\d+", label)
    if kind == "nested" and re.search(r"-[A-Z]$", label):
        return ord(label[-1].lower()) - 96
    if kind == "nested" and label.endswith(")"):
        inner = label[label.rfind("(") + 1 : -1]
        return int(inner) if inner.isdigit() else ord(inner[0]) - 96
    if numbers:
        return int(numbers[-1])
    if kind == "word":
        return _roman(label) or ord(label[0].lower()) - 96
    return 0


def _roman(text: str) -> int:
    """The value of a Roman numeral up to 39, 0 where the text is none."""
    lower = text.lower()
    if not lower or re.fullmatch(_ROMAN, lower) is None:
        return 0
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in lower]
    return sum(-a if b > a else a for a, b in zip(values, [*values[1:], 0], strict=True))
