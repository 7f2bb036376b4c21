"""A criterion's sentence as the tests that it holds: what is joined by "and", "or", "together with", "provided that".

The document's punctuation decides: a list that only names examples, methods or drugs of one class stays one test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.naming import NOT_A_NAME, Found, commas, outside, pair, papers, viruses
from chartproof.policy.draft.seams import (
    and_either,
    conditions,
    either,
    included,
    inserted,
    limit_beside,
    negated,
    refused_names,
    seamed,
    series,
    ways_apart,
)
from chartproof.policy.draft.words import pattern

_VERB = r"(?:is|are|was|were|has|have|had|can|could|did|does|will|must|may|progressed|relapsed|returned|failed|supports?|states?|confirms?|documents?|agrees?|shows?|reaches|needs|takes|holds|meets|comes|provides|includes|requires|remains|lies|lives|signed|recommends|records|attests|certifies|orders|plans|expects|agreed|gives|receives|would|cannot|gave|rose|came|found|weighs|injects|uses|wears)"
_PREPOSITION = re.compile(
    r"\b(?:by|such as|including|like|with|of|for|in|to|from|on|e\.g\.|as)\b[^,]{0,45}$", re.IGNORECASE
)
_ALSO = re.compile(
    r"\b(?:is|are|may be|will be)\s+(?:also\s+)?(?:accepted|acceptable|allowed|permitted|considered|enough|sufficient)\b|\bsuffices?\b|\bwill do\b|^For [^,]{3,60} only,|^An? (?:member|patient|person|adult|child) (?:who|with|whose)\b.*\bmay\b.*\b(?:if|when)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(r"(?:First|Second|Third|Fourth|Fifth|Next|Then|Last|Lastly|Finally),?\s+")
#: What only explains the clause before it.
_EXPLAINS = re.compile(r"^(?:in that case|this|that|these|such|it)\b|\bcounts?\b|\bon request\b", re.IGNORECASE)
#: What only says how or when the test before it was written down.
_RECORDED = re.compile(
    r"(?:(?:shall|must) have been|has been|have been|was|were|is|are|it was)?\s*(?:entered|recorded|documented|measured|obtained|taken|dated|performed|written)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; `join` is leaf, all or any. `text` is the printed words."""

    text: str
    join: str = "leaf"
    parts: tuple[Part, ...] = ()


def split(text: str, *, documents: bool = False, refuses: bool = False, deep: int = 0) -> Part:
    """The sentence's tests. `documents` is for lists of papers, `refuses` for what is not covered: each name is one."""
    text = text.strip()
    if deep > 3 or len(text.split()) < 3:
        return Part(text)
    consulted = pattern("seams", "consulted").search(text)
    if consulted is not None:  # "prescribed by, or in consultation with, a neurologist": both ask for the neurologist
        return Part(text, "any", (Part(text), Part(consulted["other"])))
    for way in (
        _titled,
        _named,
        conditions,
        *(() if documents else (_sentences,)),
        _enumerated,
        _listed_after,
        _semicolons,
        negated,
        series,
        and_either,
        inserted,
        included,
        either,
        limit_beside,
        ways_apart if refuses and pattern("seams", "combined").search(text) else seamed,
        _or,
        *(() if documents else (_and,)),
        *((papers,) if documents else ()),
        *((refused_names,) if refuses else ()),
        *(() if documents else (viruses,)),
        pair,
        _member,
    ):
        found = way(text)
        if found is not None:
            join, pieces = found
            pieces = [re.sub(r"^(?:and|or|AND|OR)\s+", "", piece.strip()) for piece in pieces]
            parts = tuple(split(piece, documents=documents, refuses=refuses, deep=deep + 1) for piece in pieces)
            return Part(text, join, tuple(_flat(join, parts)))
    return Part(text)


def also_accepts(text: str) -> bool:
    """True where a sentence after the first accepts something else instead: its own "if" is not the whole text's."""
    return any(_ALSO.search(sentence) for sentence in re.split(r"(?<=[.?])\s+(?=[A-Z])", text)[1:])


def _flat(join: str, parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        if part.join == join:
            yield from part.parts
        else:
            yield part


def _named(text: str) -> Found:
    """ "Immune thrombocytopenia: platelets rose, and ...": what stands before the colon only names the case."""
    match = re.match(r"(?P<title>[A-Z][^.:;,]{3,60}):\s+(?=\S)", text)
    if match is None or announcement(text[: match.end()].rstrip()) or re.search(r"\d", match["title"]):
        return None
    inner = split(text[match.end() :], deep=1)
    return (inner.join, [part.text for part in inner.parts]) if inner.parts else None


def _sentences(text: str) -> Found:
    """Two sentences are two ways where the second accepts something else; other sentences explain the first."""
    first, *rest = re.split(r"(?<=[.?])\s+(?=[A-Z])", text)
    also = [sentence for sentence in rest if _ALSO.search(sentence)]
    if also:
        return "any", [first, *also]
    if rest and re.match(r"First,?\s", first) and all(_NEXT.match(sentence) for sentence in rest):
        return "all", [_NEXT.sub("", sentence) for sentence in (first, *rest)]
    others = [
        sentence
        for sentence in rest
        if re.match(r"(?:For|In|If|When) [^,:.]{3,60}[,:]\s", sentence) and re.search(r"\d", sentence)
    ]
    return ("all", [first, *others]) if others else None


def _titled(text: str) -> Found:
    """ "Mantle cell lymphoma. The disease is relapsed ...": the name of an entry is no test of its own."""
    match = re.match(r"(?P<title>[A-Z][^.:;,]{3,90})\.\s+(?=[A-Z])", text)
    if match is None or re.search(rf"\b{_VERB}\b", match["title"]) or re.search(r"\d", match["title"]):
        return None
    rest = text[match.end() :]
    inner = split(rest, deep=1)
    return (inner.join, [part.text for part in inner.parts]) if inner.parts else None


def _enumerated(text: str) -> Found:
    """ "either (a) this or (b) that", "1) this; and 2) that"."""
    marks = list(re.finditer(r"(?:(?<=\s)|^)\(?(?P<mark>[a-h]|[1-8]|i{1,3}|iv|v)\)\s+(?=\S)", text))
    if len(marks) < 2 or marks[0]["mark"] not in ("a", "1", "i"):
        return None
    ends = [*(match.start() for match in marks[1:]), len(text)]
    items = [text[match.end() : end].strip() for match, end in zip(marks, ends, strict=True)]
    lead = text[: marks[0].start()].rstrip()
    said = announcement(lead) if lead else None
    join = (
        said.join if said else "any" if re.search(r"\beither\s*$", lead) or re.search(r"\bor\W*$", items[-2]) else "all"
    )
    return join, [re.sub(r"[\s;,]+(?:and|or)?\W*$", "", item) if item is not items[-1] else item for item in items]


def _listed_after(text: str) -> Found:
    """ "at least two of: this; that; another"."""
    match = re.search(r":\s+", text)
    if match is None:
        return None
    said = announcement(text[: match.end()].rstrip())
    rest = text[match.end() :]
    mark = ";" if ";" in rest else ","
    if said is None or rest.count(mark) < (1 if mark == ";" else 2):
        return None
    head = re.sub(r"[\s,]*(?:\bwith|\band|\bplus)?\s*$", "", text[: said.start])
    if len(head.split()) > 2 and re.search(r"\d", head) and not re.match(r"(?i)tried|used|failed", head):
        return "all", [head, text[said.start :]]
    rest = re.split(r"(?<=\w)\.\s+(?=[A-Z])", rest)[0]
    return said.join, [
        re.sub(r"^(?:and|or)\s+", "", item.strip()) for item in re.split(rf"{mark}\s+", rest) if item.strip()
    ]


def _semicolons(text: str) -> Found:
    pieces = [piece.strip() for piece in re.split(r";\s+", outside(text)) if piece.strip()]
    if len(pieces) < 2 or any(len(piece.split()) < 2 for piece in pieces):
        return None
    found = [re.sub(r"^(?:and|or)\s+", "", piece.strip()) for piece in re.split(r";\s+", text)]
    found = [piece for piece in found if piece and not _EXPLAINS.search(piece)]
    return ("any" if re.search(r";\s+or\s", text) else "all", found) if len(found) > 1 else None


def _or(text: str) -> Found:
    plain = outside(text)
    last: re.Match[str] | None = None
    for found in re.finditer(r"[,;]\s+or(?:\s+else|\s+alternatively)?\s+(?=\w)", plain):
        last = found
    if (
        last is not None
        and not _is_aside(plain, last)
        and not re.search(r"\b(?:in|for|if|when),?\s*$", plain[: last.start()])
    ):
        head, tail = text[: last.start()], text[last.end() :]
        pieces = _listed(head, tail)
        if pieces:
            return "any", pieces
    match = re.search(
        r"(?<!detected )(?<!shown )(?<!confirmed )(?<!established )(?<!measured )(?<!documented )(?<!judged )(?<!assessed )(?<!proven )\b(for|by|from|through|after|because of|because|with|on)\s(?:(?!\bor\b(?! (?:more|less|fewer|lower|higher|older|younger|greater)\b)).)+?(\s+or\s+)(?=\1\s)",
        plain,
    )
    if match and not re.search(rf"\s+and\s+(?={_VERB}\s)", plain[: match.start(2)]):
        return "any", [text[: match.start(2)], text[match.end(2) :]]
    match = re.search(rf"(?<!,)\s+or\s+(?={_VERB}\s)", plain)
    if (
        match
        and len(plain[: match.start()].split()) > 2
        and not re.search(r"\b(?:been|be|is|are|was|were|has|have|will|can|could|of|to|by)$", plain[: match.start()])
        and not re.search(r",\s+and\s+(?:the|an?|his|her|its|it|they)\s", plain[: match.start()])
    ):
        return "any", [text[: match.start()], text[match.end() :]]
    match = re.search(r"\bbecause of (?:(?!\bor\b)[^,;])+?(\s+or\s+)(?=(?:an?|the)\s)", plain) or re.search(
        rf"{_VERB}\b[^,;]*?(\s+or\s+)(?=(?:the|an?)\s(?:[\w-]+\s){{1,2}}(?:is|are|was|were|has|have|had)\s)", plain
    )
    beside = match and (
        re.search(r"\band\s+(?:if\s+|when\s+)?(?:the|an?|it|they)\s", plain[: match.start(1)])
        or re.search(rf",\s+and\s+(?:the|an?|it|they)\s(?:[\w-]+\s){{1,4}}?{_VERB}\b", plain[match.end(1) :])
    )
    if match and not beside:
        return "any", [text[: match.start(1)], text[match.end(1) :]]
    match = re.match(
        r"an?\s[^,;]{3,40}?(\s+or\s+)(?=an?\s[^,;]*\b(?:taken|used|given|tried|worn) for (?:at least )?\d)", plain
    )
    if match:
        return "any", [text[: match.start(1)], text[match.end(1) :]]
    match = re.search(
        r"(?<=\d|%)(?:\s*(?:percent|%|cm|kg|mg|months?|years?|points?|[a-zA-Z]+/[a-zA-Z]+))?\s+or\s+(?!more|less|higher|lower|greater|above|below|older|younger|over|under|longer|better|fewer|later|smaller|larger|\d)(?=[A-Za-z])",
        plain,
    )
    if match and re.search(
        r"\b(?:above|below|at least|more than|less than|over|under|of)\s+[\d.,]+$", plain[: match.start()].rstrip()
    ):
        cut = plain.index(" or ", match.start())
        return "any", [text[:cut], text[cut + 4 :]]
    return None


def _is_aside(plain: str, match: re.Match[str]) -> bool:
    """True for ", or can stay, " which is said by the way."""
    rest = plain[match.end() :]
    comma = rest.find(",")
    return comma >= 0 and len(rest[:comma].split()) <= 3 and len(rest[comma + 1 :].split()) > 2


def _listed(head: str, tail: str) -> list[str]:
    """The pieces of "A, B, or C"; nothing where they all hang on one preposition, or are bare numbers."""
    pieces = [piece.strip() for piece in commas(head)]
    if len(pieces) > 1 and re.search(r"\b(?:an?|the|any|no)\s+[\w-]+$", pieces[0]) and len(pieces[0].split()) < 5:
        pieces[:2] = [f"{pieces[0]}, {pieces[1]}"]  # "an active, uncontrolled infection"
    if re.fullmatch(r"[\d\s.,%]+", tail.split(" ")[0]) and re.search(r"\d$", head.strip()):
        return []
    if len(pieces) > 1 and all(re.match(rf"{_VERB}\s", piece) for piece in [*pieces[1:], tail]):
        return [*pieces, tail]  # one subject: "it was refractory, came back within a year, or is relapsed"
    if len(pieces) > 1 and re.match(rf"{_VERB}\s", tail) and re.search(r"\bor\s", pieces[-1]):
        return [head, tail]  # "is a surgeon, a nurse or a midwife, or has spoken with one"
    again = re.match(r"(?:by|for|with|from|after|to)\b", tail)
    if len(pieces) > 1 and all(len(piece.split()) <= 9 and not NOT_A_NAME.match(piece) for piece in pieces[1:]):
        if _PREPOSITION.search(pieces[0]) and not re.search(
            r"\b(?:has|have|is|are|had)\b\s+(?:an?\s+)?\S+(?:\s\S+){0,3}$", pieces[0]
        ):
            # "by a surgeon, a nurse or a doctor, or by a clinician who ..."
            return [head, tail] if again and re.search(rf"\b{again.group()}\s", head) else []
        return [*pieces, tail]
    if len(pieces) > 1 and all(re.match(r"(?i)(?:while|if|when|that|because|where)\b", piece) for piece in pieces[1:]):
        return [*pieces, tail]
    if len(pieces) > 2 and all(
        re.match(r"(?i)(?:by|for|to|with|in|while|if|when|that|because|where)\b", piece) for piece in pieces[1:]
    ):
        return [*pieces, tail]
    if (
        len(pieces) == 2
        and re.match(r"(?i)(?:by|to|from|through)\b", pieces[1])
        and re.match(r"(?i)(?:by|to|from|through)\b", tail)
    ):
        return [*pieces, tail]
    if re.search(r"\b(?:such as|including|e\.g\.)\b", head):
        return []
    level = 0  # "shown by a protein of 5 or more, a protein of 200 or more, or a chain of 10 or more"
    while level + 1 < len(pieces) and _LIMITS.search(tail) and _LIMITS.search(pieces[-1 - level]):
        if NOT_A_NAME.match(pieces[-1 - level]):
            break
        level += 1
    return [", ".join(pieces[: len(pieces) - level]), *pieces[len(pieces) - level :], tail] if level else [head, tail]


#: A tail that is a test without a verb: "no port or central line", "an IgG trough of 500 mg/dL or more".
_IS_TEST = re.compile(
    r"no\s|an adult\b|an?\s[^,;]*\b(?:at least|at most|no (?:more|less) than|(?:more|less) than|above|below|over|under)\s+\d|[^,;]*\s\d[\d.,]*(?:\s[\w/%]+){0,2}\s+or (?:more|less|higher|lower)\b"
)


#: A limit that a piece of a list states.
_LIMITS = re.compile(
    r"\b(?:at least|at most|no (?:more|less|fewer) than|(?:more|less|higher|lower|greater) than|above|below|over|under)\s+\d"
    r"|\d[\d.,]*(?:\s[\w/%^.-]+){0,5}\s+or (?:more|less|higher|lower|greater|above|below)\b"
)


def _and(text: str) -> Found:
    plain = outside(text)
    match = re.search(r"[,;]\s+and\s+(?!not\b|in\b|any\b|that\b)", plain)
    if match and len(plain[match.end() :].split()) > 2:
        tail = plain[match.end() :]
        if _RECORDED.match(tail):
            return None
        if (
            _LIMITS.search(tail)
            or re.match(rf"(?:[\w’'-]+\s+){{0,7}}?{_VERB}\b", tail)
            or _IS_TEST.match(tail)
            or ";" in match.group()
        ):  # a clause of its own
            return "all", [*_clauses(text[: match.start()]), text[match.end() :]]
    match = re.search(
        rf"\s+and\s+(?=(?:the|an?|no|there|his|her|their|its|any)\s+(?:[\w’'-]+\s+){{1,5}}{_VERB}\b)", plain
    )
    if match and len(plain[: match.start()].split()) > 2:
        return "all", [text[: match.start()], text[match.end() :]]
    match = re.search(
        r"\s+and\s+(?=(?:[\w-]+\s){1,3}(?:does not|do not|cannot|will|would|has|have|is|are|was|were)\s|\w+s (?:less|more|at least|no more) than\s\d)",
        plain,
    )
    if (
        match
        and re.search(rf"\b{_VERB}\b", plain[: match.start()])
        and not re.search(r",|\b(?:or|of|for|with|by|between)\s+[\w-]+$", plain[: match.start()])
    ):
        return "all", [text[: match.start()], text[match.end() :]]
    match = re.match(
        r"(?P<a>(?:an?|the|\w+)\s[^,;]*?)\s+and\s+(?P<b>(?:the|one other|another)\s[^,;]*?)\s+(?=(?:have|are|were)\s)",
        plain,
    )
    if match:
        return "all", [text[: match.end("a")], text[match.start("b") :]]
    match = re.search(
        r"\bby\s(?:(?!\band\b)[^,;])+?(\s+and\s+)(?=by\s)|\b[Aa]grees? to\s(?:(?!\band\b)[^,;])+?(\s+and\s+)(?=to\s)",
        plain,
    )
    if match:
        at = match.lastindex or 1
        return "all", [text[: match.start(at)], text[match.end(at) :]]
    match = re.search(rf"\s+and\s+(?={_VERB}\s)(?!(?:is|are|was|were)\s[\d<>≤≥])", plain)
    two = re.search(
        r"(?<=\w)\s+and\s+(?=(?:an?\s)?[A-Za-z][\w -]{1,40}?\s(?:[<>≤≥]\s*\d|(?:of\s)?(?:at least|at most|no (?:more|less) than|below|above)\s+\d))",
        plain,
    )
    if (
        two
        and "," not in plain[: two.start()]
        and (_LIMITS.search(plain[: two.start()]) or re.search(r"[<>≤≥]\s*\d|\bbetween\s\d", plain[: two.start()]))
    ):
        return "all", [text[: two.start()], text[two.end() :]]
    relative = match and re.search(rf"\b(?:that|which)\s+{_VERB}\b[^,]*$", plain[: match.start()])
    if match and not relative and len(plain[: match.start()].split()) > 3:
        return "all", [text[: match.start()], text[match.end() :]]
    return None


def _clauses(head: str) -> list[str]:
    """ "A is met, B is true" before ", and C is present"."""
    pieces = commas(head)
    whole = all(
        len(piece.split()) > 3 and re.search(rf"\b{_VERB}\b", piece) and not NOT_A_NAME.match(piece) for piece in pieces
    )
    limits = len(pieces) > 1 and all(_IS_TEST.match(piece) or _LIMITS.search(piece) for piece in pieces)
    beside = not any(NOT_A_NAME.match(piece) for piece in pieces[1:])
    return pieces if whole or (limits and beside) else [head]


def _member(text: str) -> Found:
    match = re.search(
        r"\s+in an? (?=(?:member|patient|person|child|adult|individual|case|tumou?r) (?:aged|younger|older|under|over|who|with|that)\b)",
        text,
    )
    if match and match.start() > 5:
        return "all", [text[: match.start()], text[match.end() :]]
    return None
