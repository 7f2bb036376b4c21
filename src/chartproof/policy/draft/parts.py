"""A criterion's sentence as the tests that it holds: what is joined by "and", "or", "together with", "provided that".

The document's punctuation decides: a list that only names examples, methods or drugs of one class stays one test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_VERB = r"(?:is|are|was|were|has|have|had|can|could|did|does|will|must|may|progressed|relapsed|returned|failed|supports?|states?|confirms?|documents?|agrees?|shows?|reaches|needs|takes|holds|meets|comes|provides|includes|requires|remains|lies|lives|signed|recommends|records|attests|certifies|orders|plans|expects|agreed|gives|receives)"
_NOT_A_NAME = re.compile(
    r"^(?:with|without|that|which|who|dated|listing|including|showing|from|for|not|as|on|in|at|by|of|to|if|when|where|unless|such|e\.g|i\.e|made|taken|drawn|collected|performed|obtained|signed|recorded|within|during|whether|whatever|so|than|but|plus|after|before|over)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"\b(?:by|such as|including|like|with|of|for|in|to|from|on|e\.g\.|as)\b[^,]{0,45}$", re.IGNORECASE)
_VIRUS = r"(?:hepatitis [BC](?: (?:virus|surface antigen|core antibody|antibody))?|HBV|HCV|HIV(?:-1)?|HTLV|CMV|syphilis|HBsAg)"
_ALSO = re.compile(r"\b(?:is|are|may be|will be)\s+(?:also\s+)?(?:accepted|acceptable|allowed|permitted|considered)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; `join` is leaf, all or any. `text` is the printed words."""

    text: str
    join: str = "leaf"
    parts: tuple[Part, ...] = ()


def split(text: str, *, documents: bool = False, deep: int = 0) -> Part:
    """The sentence's tests. `documents` is for lists of papers, where each paper is one."""
    text = text.strip()
    if deep > 3 or len(text.split()) < 3:
        return Part(text)
    for way in (_sentences, _together, _or, _and, _papers if documents else _nothing, _viruses, _pair, _member):
        found = way(text)
        if found is not None:
            join, pieces = found
            parts = tuple(split(piece, documents=documents, deep=deep + 1) for piece in pieces)
            return Part(text, join, tuple(_flat(join, parts)))
    return Part(text)


def _flat(join: str, parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        if part.join == join:
            yield from part.parts
        else:
            yield part


Found = tuple[str, list[str]] | None


def _nothing(text: str) -> Found:
    return None


def _sentences(text: str) -> Found:
    """Two sentences are two ways where the second accepts something else; other sentences explain the first."""
    first, *rest = re.split(r"(?<=[.?])\s+(?=[A-Z])", text)
    also = [sentence for sentence in rest if _ALSO.search(sentence)]
    if also:
        return "any", [first, *also]
    return None


def _together(text: str) -> Found:
    match = re.search(r"(?<!used)(?<!given)(?<!taken)(?<!administered),?\s+(?:together with|along with|combined with|in addition to|as well as|provided that|provided|so long as|on condition that)\s+", _outside(text))
    if match and match.start() > 8:
        return "all", [text[: match.start()], text[match.end() :]]
    match = re.search(r"\s+(?:is|are)\s+(?:also\s+)?(?:accepted|acceptable|allowed|permitted)\s+(?:when|if|where|provided(?: that)?)\s+", _outside(text))
    if match:
        return "all", [text[: match.start()], text[match.end() :]]
    match = re.search(r",\s+where\s+(?=(?:an?|the)\s)", _outside(text))
    if match and match.start() > 8:
        return "all", [text[: match.start()], text[match.end() :]]
    return None


def _or(text: str) -> Found:
    plain = _outside(text)
    last = None
    for match in re.finditer(r"[,;]\s+or(?:\s+else|\s+alternatively)?\s+(?=\w)", plain):
        last = match
    if last is not None and not _is_aside(plain, last) and not re.search(r"\b(?:in|for|if|when),?\s*$", plain[: last.start()]):
        head, tail = text[: last.start()], text[last.end() :]
        pieces = _listed(head, tail)
        if pieces:
            return "any", pieces
    match = re.search(r"(?<!detected )(?<!shown )(?<!confirmed )(?<!established )(?<!measured )(?<!documented )(?<!judged )(?<!assessed )(?<!proven )\b(for|by|from|through|after|because of|with)\s(?:(?!\bor\b).)+?(\s+or\s+)(?=\1\s)", plain)
    if match:
        return "any", [text[: match.start(2)], text[match.end(2) :]]
    match = re.search(rf"\s+or\s+(?={_VERB}\s)", plain)
    if match and len(plain[: match.start()].split()) > 2 and not re.search(r"\b(?:been|be|is|are|was|were|has|have|will|can|could)$", plain[: match.start()]):
        return "any", [text[: match.start()], text[match.end() :]]
    match = re.search(
        r"(?<=\d|%)(?:\s*(?:percent|%|cm|kg|mg|months?|years?|points?|[a-zA-Z]+/[a-zA-Z]+))?\s+or\s+(?!more|less|higher|lower|greater|above|below|older|younger|over|under|longer|better|fewer|later|smaller|larger|\d)(?=[A-Za-z])",
        plain,
    )
    if match and re.search(r"\b(?:above|below|at least|more than|less than|over|under|of)\s+[\d.,]+$", plain[: match.start()].rstrip()):
        cut = plain.index(" or ", match.start())
        return "any", [text[:cut], text[cut + 4 :]]
    return None


def _is_aside(plain: str, match: re.Match[str]) -> bool:
    """True for ", or can stay, " which is said by the way."""
    rest = plain[match.end() :]
    comma = rest.find(",")
    return 0 <= comma and len(rest[:comma].split()) <= 3 and len(rest[comma + 1 :].split()) > 2


def _listed(head: str, tail: str) -> list[str]:
    """The pieces of "A, B, or C"; nothing where they all hang on one preposition, or are bare numbers."""
    pieces = [piece.strip() for piece in _commas(head)]
    if len(pieces) > 1 and re.search(r"\b(?:an?|the|any|no)\s+[\w-]+$", pieces[0]) and len(pieces[0].split()) < 5:
        pieces[:2] = [f"{pieces[0]}, {pieces[1]}"]  # "an active, uncontrolled infection"
    if re.fullmatch(r"[\d\s.,%]+", tail.split(" ")[0]) and re.search(r"\d$", head.strip()):
        return []
    if len(pieces) > 1 and all(len(piece.split()) <= 9 and not _NOT_A_NAME.match(piece) for piece in pieces[1:]):
        if _PREPOSITION.search(pieces[0]) and not re.search(r"\b(?:has|have|is|are|had)\b\s+(?:an?\s+)?\S+(?:\s\S+){0,3}$", pieces[0]):
            return []
        return [*pieces, tail]
    if len(pieces) > 2 and all(re.match(r"(?i)by|for|to|with|in\b", piece) for piece in pieces[1:]):
        return [*pieces, tail]
    if len(pieces) == 2 and re.match(r"(?i)(?:by|to|from|through)\b", pieces[1]) and re.match(r"(?i)(?:by|to|from|through)\b", tail):
        return [*pieces, tail]
    if re.search(r"\b(?:such as|including|e\.g\.)\b", head):
        return []
    return [head, tail]


def _and(text: str) -> Found:
    plain = _outside(text)
    match = re.search(r"[,;]\s+and\s+(?!not\b|in\b|any\b|that\b)", plain)
    if match and len(plain[match.end() :].split()) > 2:
        tail = plain[match.end() :]
        if re.match(rf"(?:[\w’'-]+\s+){{0,7}}?{_VERB}\b", tail) or ";" in match.group():  # a clause of its own
            return "all", [text[: match.start()], text[match.end() :]]
    match = re.search(rf"\s+and\s+(?=(?:the|an?|no|there|his|her|their|its|any)\s+(?:[\w’'-]+\s+){{1,5}}{_VERB}\b)", plain)
    if match and len(plain[: match.start()].split()) > 2:
        return "all", [text[: match.start()], text[match.end() :]]
    match = re.match(r"(?P<a>(?:an?|the|\w+)\s[^,;]*?)\s+and\s+(?P<b>the\s[^,;]*?)\s+(?=(?:have|are|were)\s)", plain)
    if match:
        return "all", [text[: match.end("a")], text[match.start("b") :]]
    match = re.search(rf"\s+and\s+(?={_VERB}\s)", plain)
    if match and len(plain[: match.start()].split()) > 3:
        return "all", [text[: match.start()], text[match.end() :]]
    return None


def _papers(text: str) -> Found:
    """Papers named one after the other."""
    lead, colon, list_text = text.partition(": ")
    body = list_text if colon and "," in list_text else text
    shown = re.search(r"\b(?:that|which) shows?\s+", body)
    if shown and re.search(r",\s+and\s", body[shown.end() :]):
        body = body[shown.end() :]
    cut = re.search(r",\s+(?:with|listing|including|showing|that|which)\b", body)
    named = body[: cut.start()] if cut else body
    pieces = [piece.strip() for piece in _commas(named)]
    if len(pieces) == 1:
        return None
    more: list[str] = []
    for piece in pieces:
        stripped = re.sub(r"^(?:and|or)\s+", "", piece)
        if more and _NOT_A_NAME.match(stripped):
            more[-1] = f"{more[-1]}, {piece}"
        else:
            more.append(stripped)
    last = re.split(r"\s+and\s+(?=(?:the|an?|all)?\s*\w)", more[-1], maxsplit=1) if more else []
    if len(last) == 2 and len(more) > 1 and not pieces[-1].startswith("and "):
        more[-1:] = last
    return ("all", more) if len(more) > 1 else None


def _viruses(text: str) -> Found:
    match = re.search(rf"{_VIRUS}(?:,\s*{_VIRUS})*,?\s+and\s+{_VIRUS}", text)
    if match is None:
        return None
    names = re.split(r",\s*(?:and\s+)?|\s+and\s+", match.group())
    return "all", [f"{name}{text[match.end() :]}" if n == len(names) - 1 else name for n, name in enumerate(names)]


def _pair(text: str) -> Found:
    """Two tests with one limit: "AST and ALT at or below 3 times the upper limit"."""
    match = re.match(r"(?P<a>[A-Z][A-Za-z]{1,5}) and (?P<b>[A-Z][A-Za-z]{1,5})(?P<rest>\s.*\d.*)$", text, re.DOTALL)
    if match is None:
        return None
    return "all", [f"{match['a']}{match['rest']}", f"{match['b']}{match['rest']}"]


def _member(text: str) -> Found:
    match = re.search(r"\s+in an? (?=(?:member|patient|person|child|adult|individual|case|tumou?r) (?:aged|younger|older|under|over|who|with|that)\b)", text)
    if match and match.start() > 5:
        return "all", [text[: match.start()], text[match.end() :]]
    return None


def _commas(text: str) -> list[str]:
    """The text cut at the commas that stand outside brackets and numbers."""
    plain, pieces, start = _outside(text), [], 0
    for match in re.finditer(r",(?!\d{3})\s+", plain):
        pieces.append(text[start : match.start()])
        start = match.end()
    return [*pieces, text[start:]]


def _outside(text: str) -> str:
    """The text with what stands in brackets blanked, so that places stay the same."""
    return re.sub(r"\([^()]*\)", lambda match: "·" * len(match.group()), text)
