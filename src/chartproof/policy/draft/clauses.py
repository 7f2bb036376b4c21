"""Where "or" and "and" set whole clauses of a sentence side by side: each is a test of its own."""

from __future__ import annotations

import re

from chartproof.policy.draft.naming import NOT_A_NAME, Found, commas, outside

#: The verbs with which a further clause of the same subject begins.
VERB = r"(?:is|are|was|were|has|have|had|can|could|did|does|will|must|may|progressed|relapsed|returned|failed|supports?|states?|confirms?|documents?|agrees?|shows?|reaches|needs|takes|holds|meets|comes|provides|includes|requires|remains|finds|judges|lies|lives|signed|recommends|records|attests|certifies|orders|plans|expects|agreed|gives|receives|would|cannot|gave|rose|came|found|weighs|injects|uses|wears)"
_PREPOSITION = re.compile(
    r"\b(?:by|such as|including|like|with|of|for|in|to|from|on|e\.g\.|as)\b[^,]{0,45}$", re.IGNORECASE
)
#: What only says how or when the test before it was written down.
_RECORDED = re.compile(
    r"(?:(?:shall|must) have been|has been|have been|was|were|is|are|it was)?\s*(?:entered|recorded|documented|measured|obtained|taken|dated|performed|written)\b",
    re.IGNORECASE,
)


def ways(text: str) -> Found:
    """What "or" sets against each other: clauses, names of a list, limits; None where all hangs on one word."""
    plain = outside(text)
    last: re.Match[str] | None = None
    for found in re.finditer(r"[,;]\s+or(?:\s+else|\s+alternatively)?\s+(?!until\b)(?=\w)", plain):
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
        r"(?<!detected )(?<!shown )(?<!confirmed )(?<!established )(?<!measured )(?<!documented )(?<!judged )(?<!assessed )(?<!proven )\b(for|by|from|through|after|because of|because|with|on|(?<=evidence )of|(?<=signs )of|(?<=findings )of|(?<=proof )of)\s(?:(?!\bor\b(?! (?:more|less|fewer|lower|higher|older|younger|greater)\b)).)+?(\s+or\s+)(?=\1\s)",
        plain,
    )
    if match and not re.search(rf"\s+and\s+(?={VERB}\s)", plain[: match.start(2)]):
        return "any", [text[: match.start(2)], text[match.end(2) :]]
    match = re.search(rf"(?<!,)\s+or\s+(?={VERB}\s)", plain)
    if (
        match
        and len(plain[: match.start()].split()) > 2
        and not re.search(r"\b(?:been|be|is|are|was|were|has|have|will|can|could|of|to|by)$", plain[: match.start()])
        and not re.search(r",\s+and\s+(?:the|an?|his|her|its|it|they)\s", plain[: match.start()])
    ):
        return "any", [text[: match.start()], text[match.end() :]]
    match = re.search(r"\bbecause of (?:(?!\bor\b)[^,;])+?(\s+or\s+)(?=(?:an?|the)\s)", plain) or re.search(
        rf"{VERB}\b[^,;]*?(\s+or\s+)(?=(?:the|an?)\s(?:[\w-]+\s){{1,2}}{VERB}\s)", plain
    )
    beside = match and (
        re.search(r"\band\s+(?:if\s+|when\s+)?(?:the|an?|it|they)\s", plain[: match.start(1)])
        or re.search(rf",\s+and\s+(?:the|an?|it|they)\s(?:[\w-]+\s){{1,4}}?{VERB}\b", plain[match.end(1) :])
    )
    if match and not beside:
        return "any", [text[: match.start(1)], text[match.end(1) :]]
    match = re.match(
        r"an?\s[^,;]{3,40}?(\s+or\s+)(?=an?\s[^,;]*\b(?:taken|used|given|tried|worn) for (?:at least )?\d)", plain
    )
    if match:
        return "any", [text[: match.start(1)], text[match.end(1) :]]
    match = re.search(
        r"(?<=\d|%)(?:\s*(?:percent|%|cm|kg|mg|months?|years?|points?|[a-zA-Z]+/[a-zA-Z]+))?\s+or\s+(?!more|less|higher|lower|greater|above|below|older|younger|over|under|longer|better|fewer|later|smaller|larger|farther|further|heavier|\d)(?=[A-Za-z])",
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
    if len(pieces) > 1 and all(re.match(rf"{VERB}\s", piece) for piece in [*pieces[1:], tail]):
        return [*pieces, tail]  # one subject: "it was refractory, came back within a year, or is relapsed"
    if len(pieces) > 1 and re.match(rf"{VERB}\s", tail) and re.search(r"\bor\s", pieces[-1]):
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


#: Two states of one thing at a clause's end: "is out of warranty and malfunctioning".
_STATES = re.compile(
    r"\b(?:is|are)\s(?!between\b)(?:[\w-]+\s){1,5}?(?P<and>and\s)(?=(?:[a-z]+ing|broken|worn|damaged|depleted)\W*$)"
)
#: A limit that a piece of a list states.
_LIMITS = re.compile(
    r"\b(?:at least|at most|no (?:more|less|fewer) than|(?:more|less|higher|lower|greater) than|above|below|over|under)\s+\d"
    r"|\d[\d.,]*(?:\s[\w/%^.-]+){0,5}\s+or (?:more|less|higher|lower|greater|above|below)\b"
)


def together(text: str) -> Found:
    """Clauses that "and" asks for together, each with its own verb or limit; None where "and" joins words of one test."""
    plain = outside(text)
    match = re.search(r"[,;]\s+and\s+(?!not\b|in\b|any\b|that\b)", plain)
    if match and len(plain[match.end() :].split()) > 2:
        tail = plain[match.end() :]
        if _RECORDED.match(tail):
            return None
        if (
            _LIMITS.search(tail)
            or re.match(rf"(?:[\w’'-]+\s+){{0,7}}?{VERB}\b", tail)
            or _IS_TEST.match(tail)
            or ";" in match.group()
        ):  # a clause of its own
            return "all", [*_clauses(text[: match.start()]), text[match.end() :]]
    match = re.search(
        rf"\s+and\s+(?=(?:the|an?|no|there|his|her|their|its|any)\s+(?:[\w’'-]+\s+){{1,5}}{VERB}\b)", plain
    )
    if match and len(plain[: match.start()].split()) > 2:
        return "all", [text[: match.start()], text[match.end() :]]
    match = re.search(
        r"\s+and\s+(?=(?:[\w-]+\s){1,3}(?:does not|do not|cannot|will|would|has|have|is|are|was|were)\s|\w+s (?:less|more|at least|no more) than\s\d)",
        plain,
    )
    if (
        match
        and re.search(rf"\b{VERB}\b", plain[: match.start()])
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
    match = _STATES.search(plain)
    if match:
        return "all", [text[: match.start("and")], text[match.end("and") :]]
    match = re.search(rf"\s+and\s+(?={VERB}\s)(?!(?:is|are|was|were)\s[\d<>≤≥])", plain)
    two = re.search(
        r"(?<=\w)\s+and\s+(?=(?:an?\s)?[A-Za-z][\w -]{1,40}?\s(?:[<>≤≥]\s*\d|(?:of\s)?(?:at least|at most|no (?:more|less) than|below|above)\s+\d|\d[\d.,]*(?:\s[\w/%]+){1,3}\s+or (?:more|less|higher|lower|better)\b))",
        plain,
    )
    if (
        two
        and "," not in plain[: two.start()]
        and (_LIMITS.search(plain[: two.start()]) or re.search(r"[<>≤≥]\s*\d|\bbetween\s\d", plain[: two.start()]))
    ):
        return "all", [text[: two.start()], text[two.end() :]]
    relative = match and re.search(rf"\b(?:that|which)\s+{VERB}\b[^,]*$", plain[: match.start()])
    if match and not relative and len(plain[: match.start()].split()) > 3:
        return "all", [text[: match.start()], text[match.end() :]]
    return None


def _clauses(head: str) -> list[str]:
    """ "A is met, B is true" before ", and C is present"."""
    pieces = commas(head)
    whole = all(
        len(piece.split()) > 3 and re.search(rf"\b{VERB}\b", piece) and not NOT_A_NAME.match(piece) for piece in pieces
    )
    limits = len(pieces) > 1 and all(_IS_TEST.match(piece) or _LIMITS.search(piece) for piece in pieces)
    beside = not any(NOT_A_NAME.match(piece) for piece in pieces[1:])
    return pieces if whole or (limits and beside) else [head]


def member(text: str) -> Found:
    """ "A scan in a member older than 50": the test, and whom it is asked of."""
    match = re.search(
        r"\s+in an? (?=(?:member|patient|person|child|adult|individual|case|tumou?r) (?:aged|younger|older|under|over|who|with|that)\b)",
        text,
    )
    if match and match.start() > 5:
        return "all", [text[: match.start()], text[match.end() :]]
    aged = re.search(r"\s+(?=(?:at|from|under|over|above|below|until) age \d+\b)", text)
    if aged and re.search(r"\d", text[: aged.start()]):  # "a score of 50 or above at age 16 and over"
        return "all", [text[: aged.start()], text[aged.end() :]]
    return None
