"""What "and", "or" and commas set side by side in a sentence: like stands beside like, told by how each piece begins.

A piece begins as a verb of the same subject ("has had a relapse"), as what is said of a person ("who has ..."), as a
condition ("if ..."), as a clause of its own ("the pain has lasted ..."), or with the same word as the piece before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chartproof.policy.draft.naming import Found, outside
from chartproof.policy.draft.words import pattern, patterns

#: Where a piece may end: a comma or "and", "or", with the words that only count or stress what follows.
_MARK = re.compile(
    r"(?P<stop>,)?\s+(?P<word>and|or)(?:\s+(?:also|then|finally|alternatively|else))?(?:\s+that)?\s+(?=\S)|(?P<comma>,)\s+(?=\S)"
)
_CLASSES = ("person", "condition", "verb", "clause", "measure")
#: Words that say only how one thing is known or done, where no comma sets them apart: "detected by FISH or by karyotype".
_LOOSE = (
    "by",
    "from",
    "through",
    "on",
    "in",
    "at",
    "to",
    "with",
    "for",
    "of",
    "against",
    "before",
    "after",
    "during",
    "measure",
)
#: What binds least comes first: with a comma, and whole clauses; "and" binds more than "or".
_ORDER: tuple[tuple[bool, str, tuple[str, ...]], ...] = (
    (True, "and", ()), (True, "or", ()), (False, "and", ("clause", "person")), (False, "or", ("verb", "clause", "measure")),
    (False, "and", ()), (False, "or", ()),
)  # fmt: skip
#: What is said by the way of the subject before it.
_ASIDE = re.compile(r",\s(?:if|when|where)\s\w+(?:\s\w+)?,(?=\s(?:is|are|was|were|has|have|will)\s)")
#: When something was done, within a subject: "imaging performed in the 42 days before the request".
_SPAN = re.compile(r"\b(?:in|within|during)\s(?:the\s)?(?:[\w-]+\s){1,3}?(?:before|after|of)\s(?:the|an?|this)\s[\w-]+")
#: The last of several states of one thing: "is broken, lost or stolen, and ...".
_STATES = re.compile(r"\w+(?:ed|en|st|n) or \w+(?:ed|en|st|n)(?=[,.;]|$)")
#: A clause's subject has so many words at the most.
_REACH = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where a piece may end: [start, end) is left out, `word` is "and", "or" or "", `like` how the next piece begins."""

    start: int
    end: int
    word: str
    stop: bool
    like: str


def coordinated(text: str) -> Found:
    """The pieces that stand side by side at the sentence's own level; None where it has one piece."""
    plain = blanked(text)
    marks = [mark for mark in _marks(plain) if mark.like]
    for stop, word, likes in _ORDER:
        ends = [mark for mark in marks if mark.word == word and mark.stop is stop and (not likes or mark.like in likes)]
        for end in reversed(ends):
            cuts = _series(plain, marks, end)
            if cuts and (stop or end.like not in _LOOSE):
                starts, stops = [0, *(cut.end for cut in cuts)], [*(cut.start for cut in cuts), len(text)]
                pieces = [text[a:b].strip() for a, b in zip(starts, stops, strict=True)]
                return "all" if word == "and" else "any", pieces
    return None


def _series(plain: str, marks: list[Mark], last: Mark) -> list[Mark]:
    """The marks of the series that `last` closes: the commas and the same word before it, where the piece after is like its own."""
    cuts = [
        mark for mark in marks
        if mark.start <= last.start and _are_like(mark, last) and mark.word in ("", last.word)
        and (mark is last or mark.stop or not last.stop)
    ]  # fmt: skip
    while cuts:
        head = plain[: cuts[0].start]
        if pattern("likeness", "scope").search(head):
            return []  # what is set side by side stands inside a condition or an example
        if _begins_alike(head, last) or (len(cuts) > 1 and last.like in head.lower().split()[:1]):
            return [] if _is_of_relative(head, last) else cuts
        if len(cuts) > 1 and last.like not in _CLASSES and pattern("likeness", "has_verb").search(head) is None:
            return cuts  # "angina, for pain from cancer, or for headache", after "not covered for"
        cuts = cuts[1:]
    return []


def _is_of_relative(head: str, last: Mark) -> bool:
    """True for "a disorder that is active and would prevent ...": both are said of the same word."""
    return last.like == "verb" and not last.stop and pattern("likeness", "relative").search(head) is not None


def _are_like(mark: Mark, last: Mark) -> bool:
    """True where both begin alike; in a series with commas a clause may stand beside a verb of the subject before it."""
    return mark.like == last.like or (
        last.stop and mark.stop and {mark.like, last.like} <= {"verb", "clause", "measure"}
    )


def _begins_alike(head: str, last: Mark) -> bool:
    """True where the first piece has a part that the others can stand beside."""
    like = last.like
    if len(head.split()) < 2:
        return False
    if like == "clause":
        return _is_clause(head) or (last.stop and last.word == "and" and len(head.split()) > 2)
    if like == "condition" and _is_clause(head):
        return True  # "if" stood before it
    if like == "person" and last.stop and pattern("likeness", "verb").match(head):
        return True  # "who" stood before it
    if like in _CLASSES:
        return pattern("likeness", f"has_{like}").search(head) is not None
    return re.search(rf"(?i)\b{re.escape(like)}\s", head) is not None


def _marks(plain: str) -> list[Mark]:
    found = []
    for match in _MARK.finditer(plain):
        rest = plain[match.end() :]
        word = match["word"] or ""
        stop = bool(match["stop"] or match["comma"])
        if word and pattern("likeness", "no_mark").match(plain[match.start() :].lstrip(", ")):
            continue
        if pattern("likeness", "open").search(plain[: match.start()]):
            continue
        if (
            word
            and not stop
            and re.search(r"(?i)\b(?:between|both|either|whether|from)\b[^,;]*$", plain[: match.start()])
        ):
            like = _like(rest) if re.search(r"(?i)\b(?:either|both)\b[^,;]*$", plain[: match.start()]) else ""
        else:
            like = _like(rest)
        found.append(Mark(match.start(), match.end(), word, stop, "" if _is_aside(rest) else like))
    return found


def _like(rest: str) -> str:
    """How a piece begins: a class of words, its own first word where that tells it from bare names, "" for a bare name."""
    if _STATES.match(rest):
        return ""
    for name in ("person", "condition", "verb"):
        if pattern("likeness", name).match(rest):
            return name
    piece = re.split(r"[,;]|\s(?:and|or)\s(?!\w+er\b|more\b|less\b|above\b|below\b|over\b|under\b)", rest, maxsplit=1)[
        0
    ]
    if _is_clause(piece):
        return "clause"
    if pattern("likeness", "measure").match(piece) and not pattern("likeness", "hangs").match(piece):
        return "measure"
    first = pattern("likeness", "same").match(rest)
    return first.group().lower() if first is not None else ""


def _is_clause(piece: str) -> bool:
    """True for a subject with its own verb, and no part of a sentence that hangs on a word before it."""
    match = pattern("likeness", "has_verb").search(piece)
    if match is None or pattern("likeness", "hangs").match(piece):
        return False
    subject = piece[: match.start()]
    own = _SPAN.sub("", subject)
    return 0 < len(subject.split()) <= _REACH and pattern("likeness", "within").search(own) is None


def _is_aside(rest: str) -> bool:
    """True for ", or cannot tolerate, " which is said by the way."""
    aside = re.match(r"(?:\S+\s){0,3}\S+,\s+(?!(?:and|or)\s)(?=\S)", rest)
    return aside is not None and _like(rest[aside.end() :]) not in _CLASSES


def blanked(text: str) -> str:
    """The text with brackets, the commas of numbers and ", if found," blanked, so that places stay the same."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "·", outside(text))
    return _ASIDE.sub(lambda aside: f" {'·' * (len(aside.group()) - 1)}", plain)


def person(text: str) -> Found:
    """ "an adult aged 18 years or older who has gout and whose pain ...": who it is, where that is a test, and what is said of them."""
    match = pattern("likeness", "who").match(text)
    if match is None:
        return None
    if re.search(r"\bor\s+(?:who|whose|with)\b", match["said"]):
        return _said_and_ways(match, _WITH_WAYS)
    if _IN_WAYS.match(outside(match["said"])):
        return _said_and_ways(match, _IN_WAYS)
    said = _said_of(match["said"])
    if pattern("likeness", "telling").search(match["who"]):
        return "all", [match["who"], *said]
    return ("all", said) if len(said) > 1 else None


def _said_and_ways(match: re.Match[str], said: re.Pattern[str]) -> Found:
    """ "a person with gout who is on dialysis, or who has tophi": the gout, and either of what is said besides."""
    both = said.match(outside(match["said"]))
    if both is None:
        return None
    who = [match["who"]] if pattern("likeness", "telling").search(match["who"]) else []
    have, ways = (match["said"][both.start(name) : both.end(name)] for name in ("have", "ways"))
    return "all", [*who, *_said_of(have), ways]


#: "with gout", and two things of which either is said: no comma and no "or" parts the first from them.
_WITH_WAYS = re.compile(
    r"(?P<have>with\s(?:(?!\bor\b|\band\b)[^,;])+?)\s+(?P<ways>who\s(?:(?!\band\s+(?:who|whose)\b).)+,?\s+or\s+who\s.*)$"
)
#: "who has gout, when the gout did not respond to this, or came back after that": the "or" stands within the condition.
_IN_WAYS = re.compile(
    r"(?P<have>(?:(?!\bor\b|\b(?:if|when|unless)\b)[^;])+?),\s+(?:and\s+)?(?:if|when)\s+"
    r"(?P<ways>(?:the|an?|it|there|his|her)\s(?:(?!\b(?:if|when|unless)\b|\band\s)[^;:])+?,\s+or\s.*)$"
)


def _said_of(text: str) -> list[str]:
    """ "with A, who has B, and whose C is D": each of them."""
    plain = blanked(text)
    cuts = [match for one in patterns("likeness", "said_of") for match in one.finditer(plain)]
    starts = [0, *sorted(match.end() for match in cuts)]
    stops = [*sorted(match.start() for match in cuts), len(text)]
    return [text[a:b].strip(" ,") for a, b in zip(starts, stops, strict=True)]
