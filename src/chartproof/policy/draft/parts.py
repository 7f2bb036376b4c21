"""A criterion's sentence as the tests that it holds: what is joined by "and", "or", "together with", "provided that".

The document's punctuation decides: a list that only names examples, methods or drugs of one class stays one test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from chartproof.policy.draft.clauses import VERB, member, together, ways
from chartproof.policy.draft.coordination import coordinated, person
from chartproof.policy.draft.fragments import is_fragment
from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.naming import Found, outside, pair, papers, papers_of_some, viruses
from chartproof.policy.draft.nouns import beside, names
from chartproof.policy.draft.seams import (
    after_lines,
    and_either,
    and_that,
    conditions,
    criteria_of,
    either,
    had_names,
    higher_of,
    included,
    inserted,
    limit_beside,
    negated,
    refused_for,
    refused_names,
    seamed,
    shown,
    ways_apart,
)
from chartproof.policy.draft.words import pattern

_ALSO = re.compile(
    r"\b(?:is|are|may be|will be)\s+(?:also\s+)?(?:accepted|acceptable|allowed|permitted|considered|enough|sufficient)\b|\bsuffices?\b|\bwill do\b|^For [^,]{3,60} only,|^An? (?:member|patient|person|adult|child) (?:who|with|whose)\b.*\bmay\b.*\b(?:if|when)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(r"(?:First|Second|Third|Fourth|Fifth|Next|Then|Last|Lastly|Finally),?\s+")
_DENIES = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|will|may|must|can) (?:not|never)\b|\bcannot\b", re.IGNORECASE
)
#: A clause or a test of its own after a sentence's examples.
_GOES_ON = re.compile(
    r"[;.]\s+\w|,\s+(?:and|or|but)\s+(?:an?|the|no|has|is|was|at)\s|,\s+(?!or\b|and\b)(?:within|in the)\s|\d"
)
#: The same after what says only what words mean.
_CLAUSE = re.compile(r"[;.]\s+\w|,\s+(?:and|but)\s|,\s+or\s+(?:an?|the|no|has|is|was|at)\s")
#: A comparison that stands behind a whole list of limits.
_SHARED = re.compile(r",\s+or (?:better|more|less|higher|lower|above|below|greater|older|younger)\W*$", re.IGNORECASE)
#: What only explains the clause before it.
_EXPLAINS = re.compile(
    r"^(?:(?:coverage|approval|authorization) (?:ends|lasts)|in that case|this|that|these|such|it)\b|(?<!platelet )(?<!blood )(?<!cell )(?<!neutrophil )(?<!eosinophil )\bcounts\b(?! of)"
    r"|\b(?:not|also|only|will|may|each|both|all) count\b|\bon request\b",
    re.IGNORECASE,
)


_Way = Callable[[str], Found]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; `join` is leaf, all or any. `text` is the printed words."""

    text: str
    join: str = "leaf"
    parts: tuple[Part, ...] = ()


def split(text: str, *, documents: bool = False, refuses: bool = False, deep: int = 0) -> Part:
    """The sentence's tests. `documents` is for lists of papers, `refuses` for what is not covered: each name is one."""
    return _split(text, _As(documents, refuses, deep))


@dataclass(frozen=True, slots=True)
class _As:
    """As what a sentence is split: a list of papers, what is refused, and how deep within another it stands."""

    documents: bool
    refuses: bool
    deep: int


def _split(text: str, sort: _As) -> Part:
    text = text.strip()
    if sort.deep > 3 or len(text.split()) < 3:
        return Part(text)
    whole = _without_tail(text)
    if whole:
        return _with_examples(_split(whole, sort), text)
    if pattern("nouns", "states").fullmatch(text) or (sort.documents and pattern("nouns", "one_paper").fullmatch(text)):
        return Part(text)
    if sort.refuses and _names_others(text):
        return Part(text)
    consulted = pattern("seams", "consulted").search(text)
    if consulted is not None:  # "prescribed by, or in consultation with, a neurologist": both ask for the neurologist
        return Part(text, "any", (Part(text), Part(consulted["other"])))
    for way in _ways(sort):
        found = way(text)
        if found is not None and (part := _of_pieces(text, way, *found, sort)) is not None:
            return part
    return Part(text)


def _without_tail(text: str) -> str:
    """What stands before examples, or before a comparison of all limits: "A of 10, B of 20 and C of 30, or better"; else ""."""
    note = pattern("nouns", "note").search(text)
    if note is not None and not pattern("nouns", "note_asks").search(text[note.start() :]):
        return text[: note.start()]
    told = pattern("nouns", "explains").search(outside(text))
    if told is not None and not _CLAUSE.search(text[told.end() :]):
        return text[: told.start()]
    either_way = pattern("nouns", "indifferent").search(text)
    if either_way is not None:
        return text[: either_way.start()]
    shown = pattern("nouns", "examples").search(outside(text))
    if shown is not None and not _GOES_ON.search(text[shown.end() :]):
        return text[: shown.start()]
    shared = _SHARED.search(text)
    return text[: shared.start()] if shared is not None else ""


def _ways(sort: _As) -> Iterator[_Way]:
    """The ways in which a sentence may fall into tests, in the order in which they are tried."""
    documents, refuses = sort.documents, sort.refuses
    plain = not documents and not refuses
    yield from (partial(_titled, refuses=refuses), partial(_named, refuses=refuses), _bulleted, conditions)
    yield from (refused_for,) if refuses else ()
    yield from (_qualifies,) if plain else ()
    yield from () if documents else (_sentences, person)
    yield from (_enumerated, _listed_after, _semicolons)
    yield from (after_lines, criteria_of, shown, and_that) if plain else ()
    yield from (papers_of_some,) if documents else (higher_of, and_either, coordinated)
    yield from (negated, inserted, included, either)
    yield from (limit_beside, _apart if refuses else seamed, ways, papers if documents else together)
    yield from (refused_names, had_names) if refuses else ()
    yield from () if documents else (viruses,)
    yield from (pair, member)
    yield from () if documents else (partial(names, refuses=refuses),)
    yield from (beside,) if plain and not sort.deep else ()


def _qualifies(text: str) -> Found:
    """ "A member with gout who is over 60 qualifies if the urate is 8": who it is, and what is asked of them."""
    match = pattern("frames", "qualifies").match(text)
    return ("all", [match["who"], match["rest"]]) if match is not None else None


def _apart(text: str) -> Found:
    """What is refused when two things are taken together is one test; other seams part it."""
    return ways_apart(text) if pattern("seams", "combined").search(text) else seamed(text)


def _of_pieces(text: str, way: _Way, join: str, pieces: Sequence[str], sort: _As) -> Part | None:
    """The part that one way makes of a sentence; None where its pieces are no tests."""
    if sort.refuses and join == "all" and (way in _LISTS or (way is coordinated and _open_alike(pieces))):
        join = "any"  # "for this, for that, and for another": each is refused
    pieces = [re.sub(r"^(?:and|or|AND|OR)\s+", "", piece.strip()) for piece in pieces]
    if join == "any" and any(is_fragment(piece) for piece in pieces):
        return None
    if way in (ways, seamed) and join == "any" and not sort.refuses and _denies_each(pieces):
        return Part(text)  # "is not taken with this or with that": neither may be so
    if way is _semicolons and join == "all" and not sort.documents and any(_ALSO.search(one) for one in pieces[1:]):
        join = "any"  # "the score is 2 or less; 3 is accepted if ..."
    if join == "all" and _of_both(pieces):
        return Part(text)
    if join == "all" and pattern("nouns", "kept").match(pieces[-1]) is not None:
        return _split(" ".join(pieces[:-1]), sort) if len(pieces) > 2 else Part(text)
    parts = tuple(_split(piece, replace(sort, deep=sort.deep + 1)) for piece in pieces)
    return Part(text, join, tuple(_flat(join, parts)))


#: "A and B were made on the same scan": what is said of two things together parts neither.
_TOGETHER = re.compile(
    r"\b(?:are|were|have been|must be)\b[^;]*\b(?:the same|each other|together|side[- ]by[- ]side)\b"
)


def _of_both(pieces: Sequence[str]) -> bool:
    """True where the first piece only names what the last says of it and of another together."""
    named = pattern("likeness", "has_verb").search(pieces[0]) is None
    return len(pieces) == 2 and named and _TOGETHER.search(pieces[1]) is not None


def _denies_each(pieces: Sequence[str]) -> bool:
    """True where the first piece says that something is not so, and another goes on without a verb of its own."""
    return _DENIES.search(pieces[0]) is not None and any(
        pattern("likeness", "has_verb").search(piece) is None for piece in pieces[1:]
    )


def _with_examples(part: Part, text: str) -> Part:
    """The tests of a sentence without its examples, which stay with the last of them."""
    if part.join == "leaf":
        return Part(text)
    *before, last = part.parts
    return Part(text, part.join, (*before, _with_examples(last, text[text.rfind(last.text) :])))


def _open_alike(pieces: Sequence[str]) -> bool:
    """True where every piece after the first begins with the same word, which tells of what it is said."""
    words = {piece.split(" ")[0].lower() for piece in pieces[1:]}
    return len(words) == 1 and pattern("likeness", "same").match(pieces[-1]) is not None


def also_accepts(text: str) -> bool:
    """True where a sentence after the first accepts something else instead: its own "if" is not the whole text's."""
    return any(_ALSO.search(sentence) for sentence in re.split(r"(?<=[.?])\s+(?=[A-Z])", text)[1:])


def _flat(join: str, parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        if part.join == join:
            yield from part.parts
        else:
            yield part


def _named(text: str, *, refuses: bool) -> Found:
    """ "Immune thrombocytopenia: platelets rose, and ...": what stands before the colon only names the case."""
    match = re.match(r"(?P<title>[A-Z][^.:;,]{3,60}):\s+(?=\S)", text)
    counts = match is not None and re.fullmatch(r"[A-Z][a-z]+ \d{1,2}", match["title"]) is not None  # "Step 2: ..."
    if match is None or announcement(text[: match.end()].rstrip()) or (re.search(r"\d", match["title"]) and not counts):
        return None
    inner = split(text[match.end() :], refuses=refuses, deep=1)
    return (inner.join, [part.text for part in inner.parts]) if inner.parts else None


def _names_others(text: str) -> bool:
    """True for "use with another biologic: A, B or C": the names of a word or two only say which others."""
    lead, colon, names = text.partition(": ")
    pieces = re.split(r",\s+(?:(?:or|and)\s+)?|\s+(?:or|and)\s+", names)
    return bool(colon) and pattern("seams", "with_another").search(lead) is not None and all(
        len(piece.split()) < 3 for piece in pieces
    )  # fmt: skip


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


def _titled(text: str, *, refuses: bool) -> Found:
    """ "Mantle cell lymphoma. The disease is relapsed ...": the name of an entry is no test of its own."""
    rest = after_title(text)
    if rest == text:
        return None
    inner = split(rest, refuses=refuses, deep=1)
    return (inner.join, [part.text for part in inner.parts]) if inner.parts else None


def after_title(text: str) -> str:
    """What stands behind the name of an entry: "Earlier care. The member ...", "When it is refused. The scan ..."."""
    match = re.match(r"(?P<title>[A-Z][^.:;,]{3,90})\.\s+(?!Exceptions?:)(?=[A-Z])", text)
    if match is None or re.search(r"\d", match["title"]):
        return text
    names = _ASKS.match(match["title"]) or pattern("sections", "continuation").match(match["title"])
    asks = names is not None and len(match["title"].split()) <= _NAME
    return text[match.end() :] if asks or not re.search(rf"\b{VERB}\b", match["title"], re.IGNORECASE) else text


#: A name of an entry that is put like a question, and how many words it has at the most.
_ASKS, _NAME = re.compile(r"(?:Who|When|What|Where|How|Which)\s"), 8
#: A bullet that stands in a sentence's own line, with the word before it that joins.
_BULLET = re.compile(r"(?:^|\s*[,;]?\s+(?:(?P<word>and|or)\s+)?)[•∙◦▪‣●·]\s+(?=\S)")


def _bulleted(text: str) -> Found:
    """ "Granted once when • the lot failed, and • the heart is sound": what each bullet begins."""
    marks = list(_BULLET.finditer(text))
    if len(marks) < 2:
        return None
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    said = announcement(f"{text[: marks[0].start()].rstrip(' :')}:") if marks[0].start() else None
    join = said.join if said else "any" if any(mark["word"] == "or" for mark in marks) else "all"
    return join, [text[mark.end() : end].strip(" ,;") for mark, end in zip(marks, ends, strict=True)]


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


#: "The gout is diagnosed and is backed by one finding: ...": the findings are asked besides.
_BACKED = re.compile(r",?\sand\s(?:is|are|was|were)\s(?:backed|supported|confirmed|proven|shown)\sby\s*$")


#: Another way that a clause of its own begins: "is 40 or more, or it is at least 35".
_OTHER = re.compile(r",\s+or\s+(?=(?:else\s+)?(?:it|they|he|she|there|the|an?|his|her|its)\s)")


def _listed_after(text: str) -> Found:
    """ "at least two of: this; that; another"."""
    match = re.search(r":\s+|,?\s+namely,?\s+", text)
    if match is None:
        return None
    said = announcement(
        text[: match.end()].rstrip().removesuffix("namely").rstrip(" ,") + ("" if text[match.start()] == ":" else ":")
    )
    rest = text[match.end() :]
    mark = ";" if ";" in rest else r",(?:\s+(?:and|or)(?=\s))?|\s+(?:and|or)(?=\s(?:an?|the)\s[^,]+$)"
    if said is None or len(re.findall(mark, rest)) < (1 if mark == ";" else 2):
        return None
    lead = _BACKED.sub(" and", text[: said.start])
    head = re.sub(r"[\s,]*(?:\b(?:together )?with|\band|\bplus)?\s*$", "", lead)
    beside = re.search(r"\d", head) or re.search(r"\band\s*$", lead)
    other = list(_OTHER.finditer(head)) if beside and head != lead.rstrip(" ,") else []
    if other:  # what the list stands with is the last way alone
        return "any", [text[: other[-1].start()], text[other[-1].end() :]]
    if len(head.split()) > 2 and beside and not re.match(r"(?i)tried|used|failed", head):
        return "all", [head, text[said.start :]]
    rest = re.split(r"(?<=\w)\.\s+(?=[A-Z])", rest)[0]
    return said.join, [
        re.sub(r"^(?:and|or)\s+", "", item.strip()) for item in re.split(rf"(?:{mark})\s+", rest) if item.strip()
    ]


def _semicolons(text: str) -> Found:
    pieces = [piece.strip() for piece in re.split(r";\s+", outside(text)) if piece.strip()]
    if len(pieces) < 2 or any(len(piece.split()) < 2 for piece in pieces):
        return None
    found = [re.sub(r"^(?:and|or)\s+", "", piece.strip()) for piece in re.split(r";\s+", text)]
    found = [piece for piece in found if piece and not _EXPLAINS.search(piece)]
    return ("any" if re.search(r";\s+or\s", text) else "all", found) if len(found) > 1 else None


#: Ways in which a refusal names one thing after the other: each is refused alone.
_LISTS = (_enumerated, _semicolons)
