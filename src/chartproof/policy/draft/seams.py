"""Where one sentence falls into tests that stand side by side: conditions, what is said of whom, limits beside findings."""

from __future__ import annotations

import re

from chartproof.policy.draft.naming import Found, outside
from chartproof.policy.draft.words import pattern, patterns

_IF = re.compile(r"(?:,\s+(?:and\s+|or\s+)?|\s+and\s+|(?<=\w)\s+)(?:only\s+)?(?:if|when)\s+", re.IGNORECASE)
_GRANTS = re.compile(
    r"\b(?:continued|renewed|extended|prolonged|allowed|granted|approved|covered|authori[sz]ed|necessary|eligible|payable|paid for)\b",
    re.IGNORECASE,
)
#: The same word before each of several conditions: "when this, when that, and when the other".
_REPEATED = re.compile(r"\b(?P<word>if|when)\s[^;:]+?,\s+(?:and\s+)?(?P=word)\s[^;:]+?,?\s+and\s+(?P=word)\s")
#: A list in a sentence's own line that shows what its first words ask: "..., which we accept if there is any one of A, B, or C".
_SHOWN = re.compile(
    r",\s+(?:which|as)\s[^,;:]{0,30}?\b(?:accepts?|takes?|regards?|counts?|shown|seen|met|proven)\b[^,;:]{0,30}?\s"
    r"(?P<join>at least one|any one|any|one|either) of (?!these\b|those\b|the following\b)(?P<names>[^;:]+?,?\sor\s[^,;:]+)$"
)
#: A limit, and a finding that must stand beside it.
_LIMIT = re.compile(
    r"(?P<limit>[^,;.]*\b(?:below|above|under|over|less than|more than|at least|from [\d.]+ to)\s+[\d.,]+(?:\s+(?:per\s+)?[\w/%]+){0,2}?)\s+(?:with|and)\s+(?P<rest>(?!a window|in\b|no more)[a-z][^,;]*)$"
)
#: What stands behind a whole list: "A, B, or C, provided that ...".
_PROVIDED = re.compile(r",\s+(?:provided|so long as|on condition)", re.IGNORECASE)
#: How long something was tried, within the words of what came of it: "failure, after a trial of at least 6 weeks, of a tablet".
_TRIED = re.compile(
    r",\s+(?P<inner>after (?:an?\s)?(?:[\w-]+\s){0,2}?(?:trial|course|use|treatment)s? (?:of|for) at least [^,;]+),\s+(?=of\s)"
)
_CRITERIA_OF = re.compile(
    r"(?:The\s)?(?P<names>(?:[\w-]+\s){1,4}?(?:[\w-]+)?(?:,\s(?:[\w-]+\s?){1,4})*,?\sand\s(?:[\w-]+\s?){1,3}?)\s"
    r"(?:criteria|requirements|conditions|rules|tests)\sof\s(?:section|part|table|step)\s\S+\s(?:are|must be|have been|is)\b"
)
_EITHER = re.compile(r"^(?P<lead>[^,;]{0,30}?)\b[Ee]ither\s+(?P<one>(?!of\b)[^;]+?),?\s+or\s+(?P<other>[^;]+)$")
#: "shows either a deletion ... or a mutation ...": two things, each with its article.
_EITHER_NAMED = re.compile(r"\beither (?P<one>an?\s[^,;:]{8,90}?),?\s+or\s+(?P<other>an?\s[^,;:]{8,}$)")
_INCLUDED = re.compile(
    r"(?P<lead>(?:[^,;]*\b)?(?:among (?:which|them) (?:were|was)|(?:which|that) (?:must (?:have )?)?(?:included?|contain(?:ed)?)|included|comprised)) "
    r"(?P<names>an?\s[^;.]+)\.?$"
)
#: "14 or fewer" is one limit.
_COMPARES = re.compile(
    r"(?:more|less|fewer|higher|lower|greater|older|younger|above|below|over|under|longer|later|worse|better|farther|further|heavier)\b"
)
_ADJECTIVE = re.compile(r"[a-z](?:al|ic|ous|ive|ary|ed|ent|ant)$")
#: What a person has: two commas or a comma and "or" at least.
_HAD = re.compile(
    r"(?:(?:the|an?|any)\s(?:member|patient|person|beneficiary|child|adult)\s)?(?:who\s)?(?:has|have|had|with)\s+(?P<names>[^,;:]{3,60},\s[^;:]*?\bor\s[^,;:]+)$"
)
#: Two findings that no comma parts, and the treatment that stands behind both.
_LINES = re.compile(
    r"(?P<head>[^,;:]*\sor\s(?:is|are|was|were|has|have|had|did)\s[^,;:]*?)\s+(?P<tail>(?:after|following|despite)\s(?:at least\s)?(?:one|two|three|four|five|\d+)\s(?:or more\s)?"
    r"(?:\w+\s)?(?:lines?|regimens?|courses?|treatments?|therapies)\b.*)$",
    re.IGNORECASE,
)
#: One more of those for whom something is refused, and one more case in which it is.
_FOR_ONE = re.compile(r",\s+(?:or\s+)?(?=for an?\s(?:member|patient|person|individual|adult|child|beneficiary)\b)")
_FOR_CASE = re.compile(rf"{_FOR_ONE.pattern}|,\s+or\s+(?=(?:when|if|where|in|with)\s)")
_SAID_OF = re.compile(r"\b(?:that|which)\s(?:is|are|was|were|has|have)\s[^,;]*$")
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|does|did|cannot|can|will|would)\b")


def conditions(text: str) -> Found:
    """ "may be continued if this, if that, and if the other": each condition."""
    marks = list(_IF.finditer(text))
    if len(marks) < 2 or not _GRANTS.search(text[: marks[0].start()]):
        return None
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    join = "any" if any(re.search(r"\bor\b", mark.group()) for mark in marks) else "all"
    return join, [text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]


def repeated(text: str) -> bool:
    """True where a sentence names each of its conditions with the same word: none of them is its only condition."""
    return _REPEATED.search(text) is not None and conditions(text) is not None


def shown(text: str) -> Found:
    """ "The gout calls for treatment, which we accept if there is any one of tophi, a flare, or a worn joint": each of them."""
    match = _SHOWN.search(text)
    if match is None:
        return None
    pieces = re.split(r",\s+(?:or\s+)?|\s+or\s+(?=an?\s)", match["names"])
    return ("any", pieces) if len(pieces) > 1 else None


#: "provided that this holds and that the other does": no other "that" stands before the second.
_AND_THAT = re.compile(
    r"(?:(?!\bthat\b)[^;:])*?(?:\b(?:provided|on condition) that\s(?:(?!\bthat\b)[^;:])+?)?(?P<and>,?\s+and that)\s(?!of\b|is\b|was\b)(?=\S)"
)


def and_that(text: str) -> Found:
    """ "provided that the delay was short and that a scan was repeated": what each "that" begins."""
    match = _AND_THAT.match(text)
    return ("all", [text[: match.start("and")], text[match.end("and") :]]) if match is not None else None


def higher_of(text: str) -> Found:
    """ "at least 2 years old, or of the labeled age if that is higher": both hold."""
    match = pattern("seams", "whichever").search(text)
    return ("all", [text[: match.start()], text[match.end() :]]) if match is not None else None


def included(text: str) -> Found:
    """ "among which were an A, a B and a C": each of them."""
    match = _INCLUDED.match(text)
    if match is None or " or " in match["names"]:
        return None
    pieces = re.split(r",\s+(?:and\s+)?(?=an?\s)|\s+and\s+(?=an?\s)", match["names"])
    if len(pieces) < 3:
        return None
    return "all", [text[: match.start("names")] + pieces[0], *pieces[1:]]


def inserted(text: str) -> Found:
    """ "two members of a board, one of whom did not refer the patient, have recommended"."""
    match = re.search(r",\s+(?P<inner>(?:one|two|each|none|at least \w+) of (?:whom|which|them) [^,]+),\s+", text)
    match = match or _TRIED.search(text)
    if match is None:
        return None
    return "all", [f"{text[: match.start()]} {text[match.end() :]}", match["inner"]]


def criteria_of(text: str) -> Found:
    """ "The gout, kidney and age criteria of section B are met": each of them."""
    match = _CRITERIA_OF.match(text)
    if match is None:
        return None
    names = re.split(r",\s+(?:and\s+)?|\s+and\s+", text[: match.end("names")])
    return "all", [*names[:-1], text[match.end("names") - len(names[-1]) :]]


def after_lines(text: str) -> Found:
    """ "has relapsed or is refractory after four or more lines": so many lines are asked of both."""
    match = _LINES.match(outside(text))
    return ("all", [text[: match.end("head")], text[match.start("tail") :]]) if match is not None else None


def negated(text: str) -> Found:
    """ "no A, no B, and no C"."""
    if not re.match(r"(?i)no\s", text):
        return None
    pieces = re.split(r",?\s+and\s+(?=no\s)|,\s+(?=no\s)", text)
    return ("all", pieces) if len(pieces) > 1 else None


def seamed(text: str) -> Found:
    """What is said beside the first test: "together with", "of whom", "confirmed by"."""
    plain = outside(text)
    for join in ("all", "any"):
        for seam in patterns("seams", join):
            match = seam.search(plain)
            outer = match is not None and _PROVIDED.match(match.group()) is not None
            if match is None or (not outer and re.search(r",\s+or\s", plain[: match.start()])):
                continue
            if len(plain[: match.start()].split()) > 1 and match.start() > 8:
                return join, [text[: match.start()], text[match.end() :]]
    match = pattern("seams", "opening").match(plain)
    if match is not None:
        return "all", [text[: match.end("first")], text[match.end() :]]
    match = pattern("seams", "articles").search(plain)
    if (
        match is not None
        and not re.search(r"(?i)\b(?:between|both|by|of|for|from|either)\s*$", plain[: match.start()])
        and len(plain[match.end() :].split()) > 1
    ):
        return "all", [text[: match.end("one")].strip(), text[match.end() :]]
    return None


def ways_apart(text: str) -> Found:
    """The seams of "or" alone, for what is refused together: "with a statin, or when pregnant"."""
    plain = outside(text)
    for seam in patterns("seams", "any"):
        match = seam.search(plain)
        if match is not None and len(plain[: match.start()].split()) > 1:
            return "any", [text[: match.start()], text[match.end() :]]
    return None


def limit_beside(text: str) -> Found:
    """ "platelets below 30,000 per microliter with bleeding": the limit and the finding beside it."""
    match = _LIMIT.match(outside(text))
    if match is None or re.search(r"\b(?:between|or)\b", match["limit"]):
        return None
    return "all", [text[: match.end("limit")], text[match.start("rest") :]]


def and_either(text: str) -> Found:
    """ "average use of 18 hours, and either a new scan, or a date": the alternatives are asked beside what stands first."""
    plain = outside(text)
    match = re.search(r",?\s+and,?\s+(?=(?:[\w-]+,?\s){0,6}?either\s(?!of\b)[^;]+?,?\s+or\s)", plain)
    if match is not None and len(plain[: match.start()].split()) > 2:
        return "all", [text[: match.start()], text[match.end() :]]
    listed = re.match(r"(?P<lead>(?:[\w-]+\s){1,6})either\s+(?!of\b)(?P<list>[^;]+,\s+or\s+[^;]+)$", plain)
    if listed is not None:
        at = listed.start("list")
        pieces = re.split(r",\s+(?:or\s+)?", text[at:])
        return "any", [text[:at] + pieces[0], *pieces[1:]]
    alone = re.match(r"either\s+(?!of\b)(?P<one>[^;]+?),\s+or\s+(?P<other>[^;]+)$", plain)
    alone = alone or re.match(r"either\s+(?!of\b)(?P<one>[^,;]{4,60}?)\s+or\s+(?P<other>an?\s[^,;]+)$", plain)
    return ("any", [text[alone.start("one") : alone.end("one")], text[alone.start("other") :]]) if alone else None


def either(text: str) -> Found:
    """ "either the product was out of specification or the patient was too ill": two clauses, each with its verb."""
    match = _EITHER.match(outside(text))
    named = _EITHER_NAMED.search(outside(text))
    if named is not None and (match is None or match["lead"].strip()):
        return "any", [text[: named.end("one")], text[named.start("other") :]]
    chosen = pattern("seams", "chosen").search(outside(text))
    sides = (chosen["one"], chosen["other"]) if chosen is not None else ("", "")
    alike = any(all(pattern("nouns", kind).search(side) for side in sides) for kind in ("persons", "methods", "drugs"))
    if chosen is not None and not alike:
        return "any", [text[: chosen.end("one")], text[chosen.start("other") :]]
    if match is None or match["lead"].strip() or not (_FINITE.search(match["one"]) and _FINITE.search(match["other"])):
        return None
    return "any", [text[match.start("one") : match.end("one")], text[match.start("other") :]]


def refused_for(text: str) -> Found:
    """ "for a member with a tremor, for a member without one who ..., or when ...": each case is refused."""
    plain = outside(text)
    if _FOR_ONE.search(plain) is None:
        return None
    cuts = list(_FOR_CASE.finditer(plain))
    starts, ends = [0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(text)]
    return "any", [text[start:end] for start, end in zip(starts, ends, strict=True)]


def refused_names(text: str) -> Found:
    """ "stroke, heart attack or deep vein clot in the last 3 months", "A, B, and C": each name is refused alone."""
    plain = outside(text)
    two = re.match(r"(?P<one>[^,;]{3,60}?\s(?P<of>of|from)\s[^,;]{3,40}?)(?P<or>\s+or\s+)(?P=of)\s", plain)
    if two is not None and not _FINITE.search(plain):
        return "any", [text[: two.start("or")], text[two.end("or") :]]
    two = re.match(r"(?:had |has had )?(?P<one>an?\s[\w -]{3,40}?)(?P<or>\s+or\s+)an?\s", plain)
    if two is not None and not _FINITE.search(plain[two.start("one") :]):
        return "any", [text[: two.start("or")], text[two.end("or") :]]
    two = re.match(
        r"(?P<one>(?:[Tt]reatment|[Tt]herapy|[Uu]se) (?:with|of) [\w-]+)(?P<or>\s+or\s+)[\w-]+ (?:within|in the (?:last|past)) ",
        plain,
    )
    two = two or re.match(r"(?P<one>(?i:hepatitis) [A-E] [\w-]+)(?P<or>\s+or\s+)(?i:hepatitis) [A-E] ", plain)
    if two is not None:
        return "any", [text[: two.start("or")], text[two.end("or") :]]
    match = re.match(r"(?P<names>[^;:]*?,[^;:]*?)(?:\s+or|,\s+and)\s+(?P<last>[^,;:]+)$", plain)
    said = _SAID_OF.sub("", plain)  # what is said of one name is no sentence
    if match is None or _FINITE.search(said) or plain[: match.end("names")].endswith(","):
        return None
    pieces = [piece.strip() for piece in text[: match.end("names")].split(", ")]
    if re.match(r"(?i)(?:concurrent |concomitant |combined )?use with\s", plain) or re.match(r"alone\b", pieces[-1]):
        return None  # one of several drugs or purposes; "alone or added to a panel"
    if any(len(piece.split()) > 5 for piece in pieces) or _COMPARES.match(match["last"]):
        return None
    if pattern("nouns", "course").fullmatch(match["last"].strip(" .;")):
        return None  # "a hernia, first or recurrent": a course of what is named before it
    if all(len(piece.split()) == 1 for piece in pieces[1:]) and _ADJECTIVE.search(pieces[0]) and " " in match["last"]:
        return None  # "bacterial, viral or fungal infection" is one thing
    return "any", [*pieces, text[match.start("last") :]]


def had_names(text: str) -> Found:
    """ "the member has an infection, advanced fibrosis or a history of clots": each name is refused alone."""
    match = _HAD.match(outside(text))
    if match is None or _FINITE.search(match["names"]):
        return None
    names = text[match.start("names") :].rstrip(".")
    pieces = re.split(r",\s+(?:or\s+)?|\s+or\s+", names)
    short = len(pieces) > 2 and all(piece and len(piece.split()) <= 7 for piece in pieces)
    adjectives = all(len(piece.split()) == 1 for piece in pieces[1:-1]) and _ADJECTIVE.search(pieces[0])
    if not short or adjectives or any(_COMPARES.match(piece) for piece in pieces):
        return None
    return "any", [text[: match.start("names")] + pieces[0], *pieces[1:]]
