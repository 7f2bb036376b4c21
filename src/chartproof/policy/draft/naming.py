"""Lists of names in a sentence: papers to send, viruses tested, two tests with one limit; and its commas and brackets."""

from __future__ import annotations

import re

from chartproof.policy.draft.words import pattern

#: How two or more pieces join, and the pieces; None where the sentence is no such list.
Found = tuple[str, list[str]] | None

_VIRUS = r"(?:[Hh]epatitis [BC](?: (?:virus|surface antigen|core antibody|antibody))?|HBV|HCV|HIV(?:-1)?|HTLV|CMV|syphilis|HBsAg)"
NOT_A_NAME = re.compile(
    r"^(?:with|without|that|which|who|dated|listing|including|showing|from|for|not|as|on|in|at|by|of|to|if|when|where|unless|such|e\.g|i\.e|made|measured|taken|drawn|collected|performed|obtained|signed|recorded|within|during|whether|whatever|so|than|but|plus|after|before|over)\b",
    re.IGNORECASE,
)


#: "the pathology report and a list of earlier treatment": each with an article of its own.
_TWO_PAPERS = re.compile(
    r"(?P<one>(?:[\w-]+\s){0,5}?(?:an?|the|all|any)\s(?:[\w-]+\s){0,4}?[\w-]+)\s+and\s+(?P<other>(?:an?|the|all|any)\s.*)$",
    re.DOTALL,
)
#: What is said by the way of a measure before its value: ", corrected for hemoglobin, of 50 percent".
_ADJUSTED = re.compile(r",\s\w+ed (?:for|by|to|with|at|on)\s[^,;]{3,40},(?=\s(?:of|at|is|was|above|below|no)\s)")
#: "report of the hand or of the wrist".
_OF_EITHER = re.compile(r"(?P<one>[^,;:]*?\bof (?:the|an?)\s[^,;:]+?)\s+or\s+(?P<other>of (?:the|an?)\s[^,;:]+)$")
#: "clinic notes within 45 days, including a hearing test": the paper, and one thing that it must hold.
_WITH_PART = re.compile(r"(?P<paper>[^,;:]{8,}),\s+(?:including|which includes?)\s+(?P<part>an?\s[^,;:]{4,60})$")
#: "and, for members over 70, a letter".
_OF_SOME = re.compile(r"and,\s+(?:for|if|when|where|in)\s", re.IGNORECASE)


def papers(text: str) -> Found:
    """Papers named one after the other, or one paper of either of two things."""
    within = _WITH_PART.match(text)
    if within is not None:
        return "all", [within["paper"], within["part"]]
    either = _OF_EITHER.match(text)
    if either is not None:
        return "any", [either["one"], either["other"]]
    if (by_each := _by_each(text)) is not None:
        return by_each
    _lead, colon, list_text = text.partition(": ")
    body = list_text if colon and "," in list_text else text
    shown = re.search(r"\b(?:that|which) shows?\s+", body)
    if shown and re.search(r",\s+and\s", body[shown.end() :]):
        body = body[shown.end() :]
    cut = re.search(
        r",\s+(?:with|listing|including|showing|stating|naming|giving|describing|noting|covering|containing|specifying|that|which)\b",
        body,
    )
    named = body[: cut.start()] if cut else body
    pieces = _with_whom([piece.strip() for piece in commas(named)])
    two = _TWO_PAPERS.match(named) if len(pieces) == 1 and pattern("seams", "sends").search(named) else None
    two = two or (pattern("seams", "two_papers").match(named) if len(pieces) == 1 else None)
    if two is not None:
        return "all", [body[: two.end("one")], body[two.start("other") :]]
    if len(pieces) == 1 or _describes(pieces):
        return None
    if len(pieces) == 2 and re.match(r"(?i)(?:if|for|in|when|unless)\s", pieces[0]):
        return None  # a paper that is asked of some
    more: list[str] = []
    for piece in pieces:
        stripped = re.sub(r"^(?:and|or)\s+", "", piece)
        if (
            more
            and not _OF_SOME.match(piece)
            and (NOT_A_NAME.match(stripped) or pattern("seams", "detail").match(stripped))
        ):
            more[-1] = f"{more[-1]}, {piece}"
        else:
            more.append(stripped)
    last = re.split(r"\s+and\s+(?=(?:the|an?|all)?\s*\w)", more[-1], maxsplit=1) if more else []
    if (
        len(last) == 2
        and len(more) > 1
        and not pieces[-1].startswith("and ")
        and not pattern("seams", "detail").match(last[1])
    ):
        more[-1:] = last
    return ("all", more) if len(more) > 1 and not _share_a_noun(more) else None


def _by_each(text: str) -> Found:
    """ "is accompanied by a report that names the grade, by a letter, and by a scan": each "by" begins a paper."""
    verb = pattern("seams", "by_papers").search(text)
    if verb is None or re.search(r"\band,\s", text):
        return None  # "and, where a graft is planned, by a letter": what is asked of some is read apart
    pieces = re.split(r",?\s+and\s+by\s+(?=\S)|,\s+by\s+(?=(?:the|an?|any|all)\s)", text[verb.end() :])
    return ("all", [text[: verb.end()] + pieces[0], *pieces[1:]]) if len(pieces) > 1 else None


def papers_of_some(text: str) -> Found:
    """Papers of which one is asked of some members only: its "where" belongs to it, and to nothing before it."""
    return papers(text) if re.search(r"\band,\s+(?:for|if|when|where|in)\s", text) else None


def _with_whom(pieces: list[str]) -> list[str]:
    """The pieces, each that only says of whom the next paper is asked ("and, for children, a growth chart") with it."""
    found: list[str] = []
    for piece in pieces:
        before = found[-1] if found else ""
        if before.endswith(" and") and re.match(r"(?i)(?:for|if|when|where|in)\s", piece):
            found[-1] = before.removesuffix(" and")
            found.append(f"and, {piece}")
        elif before == "and" or (_OF_SOME.match(before) and "," not in before.removeprefix("and, ")):
            found[-1] = f"{before}, {piece}"
        else:
            found.append(piece)
    return found


def _share_a_noun(pieces: list[str]) -> bool:
    """True for "the pathology, cytometry and genetic reports": only the last has the noun that all are."""
    noun = pattern("seams", "paper")
    named = re.sub(r"^(?:the|an?|any|all)\s+", "", pieces[-1])
    return (
        named == pieces[-1]
        and noun.search(named) is not None
        and not any(noun.search(piece) or re.search(r"\d", piece) or len(piece.split()) > 4 for piece in pieces[:-1])
    )


def _describes(pieces: list[str]) -> bool:
    """True for "plan listing levels, approach and implants", where the list tells what is in one paper."""
    inside = re.search(
        r"\b(?:with|listing|including|showing|naming|stating|giving|describing|noting|containing|specifying)\s+[\w\s-]{1,40}$",
        pieces[0],
    )
    return inside is not None and all(
        len(piece.split()) <= 6 and not re.match(r"(?:and\s+)?(?:the|an?)\s", piece) for piece in pieces[1:]
    )


def viruses(text: str) -> Found:
    """Each virus of a list is tested alone."""
    match = re.search(rf"{_VIRUS}(?:,\s*{_VIRUS})*,?\s+and\s+{_VIRUS}", text)
    if match is None:
        return None
    names = re.split(r",\s*(?:and\s+)?|\s+and\s+", match.group())
    both = re.match(r"(?P<what>(?:\s\w+){0,2})\s+(?:are|were) both\s", text[match.end() :])
    if both is not None:  # what is said of both is said of each
        return "all", [
            f"{name}{text[match.end() + (0 if n == len(names) - 1 else both.end('what')) :]}"
            for n, name in enumerate(names)
        ]
    return "all", [f"{name}{text[match.end() :]}" if n == len(names) - 1 else name for n, name in enumerate(names)]


#: "colchicine and febuxostat were each tried for 6 weeks": what is said of each.
_EACH = re.compile(
    r"(?P<a>(?:[\w-]+\s){0,2}[\w-]+)\sand\s(?P<b>(?:[\w-]+\s){0,2}[\w-]+)\s(?P<rest>(?:is|are|was|were|has been|have been)\s(?:each|both)\s\w.*)$",
    re.DOTALL,
)


def pair(text: str) -> Found:
    """Two tests with one limit: "AST and ALT at or below 3 times the upper limit"."""
    several = re.match(
        r"(?P<names>[A-Z][\w ]{1,25}(?:,\s[\w ]{2,25})*,?\sand\s[\w ]{2,25}),?\s(?P<rest>each\s.*\d.*)$",
        text,
        re.DOTALL,
    )
    if several is not None and not re.search(r"\b(?:of|for|in|on|from|with)$", several["names"]):
        return "all", [f"{name} {several['rest']}" for name in re.split(r",\s(?:and\s)?|\sand\s", several["names"])]
    each = _EACH.match(text)
    if each is not None:
        return "all", [f"{each['a']} {each['rest']}", f"{each['b']} {each['rest']}"]
    match = re.match(r"(?P<a>[A-Z][A-Za-z]{1,5}) and (?P<b>[A-Z][A-Za-z]{1,5})(?P<rest>\s.*\d.*)$", text, re.DOTALL)
    if match is None:
        return None
    return "all", [f"{match['a']}{match['rest']}", f"{match['b']}{match['rest']}"]


def commas(text: str) -> list[str]:
    """The text cut at the commas that stand outside brackets and numbers."""
    plain, pieces, start = outside(text), [], 0
    for match in re.finditer(r",(?!\d{3})\s+", plain):
        pieces.append(text[start : match.start()])
        start = match.end()
    return [*pieces, text[start:]]


def outside(text: str) -> str:
    """The text with what stands in brackets, and what is said by the way, blanked, so that places stay the same."""
    plain = re.sub(r"\([^()]*\)", lambda match: "·" * len(match.group()), text)
    return _ADJUSTED.sub(lambda match: " " + "·" * (len(match.group()) - 1), plain)
