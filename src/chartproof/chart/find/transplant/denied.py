"""Whether a sentence denies that a procedure was ever given to this patient: of all time, and not of one remission or one record."""

from __future__ import annotations

import re
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.said import loosen, section_is
from chartproof.chart.find.transplant.answers import EMPTY, TICK, answered, asked
from chartproof.chart.find.transplant.words import clause_after, clause_before, cue
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression

_FIRST = re.compile(
    r"(?:\bfirst|\binitial|\bfirst-ever|\bonly)[ -]+(?:ever )?(?:(?:exposure|course|experience|time|use|receipt|taste)(?: (?:to|of|with|on|having|receiving|getting))? (?:any |an? )?)?"
    r"(?:(?<=time )(?:(?:that|when) )?(?:s?he|they|the patient|pt|patient|(?:mrs?|ms)\.? [\w-]+) (?:(?:is|are|will|would|be|being) ){0,3}"
    r"(?:(?:given|treated|exposed|infused)(?: (?:with|to))?|gets?|receives?|undergoes) (?:any |an? )?)?$",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"after|since|following|fail|relaps|progress|post\b|second|received|had\b|underwent|\bs/p|prior", re.IGNORECASE
)
NAIVE_AFTER = re.compile(r"^[\s/,-]*(?:(?:and|or|therapy|products?|cells?|bispecifics?|bsAb|treatment|transplant)[\s/,-]+){0,4}na[iï]ve\b", re.I)  # fmt: skip


@cache
def _naive_before() -> Expression:
    between = "|".join(load("transplants.yaml")["between"])
    return Expression(
        rf"\bna[iï]ve\s+(?:to|for|of|with)\b(?:\W{{0,3}}(?:{loosen(between)})\b){{0,10}}\W{{0,3}}$", re.IGNORECASE
    )


@cache
def _listed_denial() -> Expression:
    between = "|".join(load("transplants.yaml")["between"])
    denials = "|".join(load("transplants.yaml")["denials"])
    return Expression(
        rf"\b(?P<no>{loosen(denials)})\b(?:\W{{0,3}}(?:{loosen(between)})\b){{0,16}}\W{{0,3}}$", re.IGNORECASE
    )


_REFUSED = re.compile(
    r"\b(?:insurance|insurer|plan|payer|carrier|medicaid|medicare|hmo|reviewer|company)\W*(?:has |had |have |first |again |then )*$",
    re.IGNORECASE,
)
_PAPERS = re.compile(
    r"\b(?:records?|notes?|reports?|documentation|paperwork|consents?|orders?|letters?)\W+(?:\w+\W+){0,4}$",
    re.IGNORECASE,
)


def denied(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the words deny that it was ever given."""
    text = sentence.text
    left, right = clause_before(text, start), clause_after(text, end)
    if EMPTY.match(text.lstrip(" -•*")) and not TICK.search(text):
        return False
    if cue("exception", shape=r"{}\W+(?:\w+\W+){0,2}$").search(left):
        return False  # "cellular therapy other than transplant: none"
    if NAIVE_AFTER.match(right) or _naive_before().search(left) or _not_transplanted(left, text[start:end], right):
        return True
    if cue("thing_of", shape=r"^[\s-]{1,3}{}").match(right):
        return False
    verb = list(cue("not_given").finditer(left))
    if verb and not _turned(left, verb[-1].start(), verb[-1].end()):
        return True
    listed = _listed_denial().search(left)
    if listed and _REFUSED.search(left[: listed.start()]):
        return False  # "Insurance denied the transplant"
    if listed and not re.search(r"\bno (?:other|further|second|additional|repeat)\W+$", left, re.IGNORECASE):
        looks_back = re.search(r"\b(?:prior|previous\w*|earlier|history|hx|ever|had|received|undergone|given|treated|record|never|denie[sd]|any)\b", listed[0], re.I)  # fmt: skip
        if looks_back or not (
            cue("no_past", shape=r"^\W{0,3}(?:\w+ ){0,1}{}").match(right) or section_is(sentence, "plan")
        ):
            return True
    if _not_done(left, right):
        return True
    if cue("never_before").search(left) and cue("been_after", shape=r"^{}").match(right):
        return True
    first = _FIRST.search(left)
    if (
        first
        and "only" not in first[0].lower()
        and not _LATER.search(left)
        and not is_around(right)
        and not past_beside(sentence, end)
    ):
        return True
    if _PAPERS.search(left):
        return False
    return asked(sentence, start, end) and answered(sentence, end) == "no"


def _not_transplanted(left: str, mention: str, right: str) -> bool:
    """ "Hasn't been transplanted", "Not transplanted": of all time, and not of one remission."""
    if not re.fullmatch(r"(?:been\s+)?(?:transplanted|grafted)", mention, re.IGNORECASE):
        return False
    no = re.search(r"(?:\bnot|n['\u2019]t)\s+(?:(?:yet|ever|previously)\s+)?$", left, re.IGNORECASE)
    whole = no and (mention.lower().startswith("been") or not left[: no.start()].strip(" -\u2022*("))
    turned = r"\W*(?:since|until|till|because|due|again|after|before|here|in|at|for|by|(?:with|from)(?! (?:any|some|another|a donor|donor)))\b"
    return bool(whole) and not re.match(turned, right, re.IGNORECASE)


def _turned(left: str, start: int, end: int) -> bool:
    """Whether "not had" is of something else: "has not had a fever since", "I have not received the"."""
    gap = left[end:]
    writer = re.search(
        r"\b(?:I|we|they|you|plan|office|clinic)\W+(?:have|had|has|ve)?\W*$", left[:start], re.IGNORECASE
    )
    owned = re.search(r"\b(?:his|her|their|the|this|that|its|my)\W*$", gap, re.IGNORECASE)
    return bool(writer or owned or cue("turns").search(gap))


def _not_done(left: str, right: str) -> bool:
    """ "... was never done", of the procedure itself and of this patient."""
    match = cue("not_done_after", shape=r"^\W{0,3}{}").match(right)
    if not match or cue("given", shape=r"{}\W+(?:\w+\W+){0,3}$").search(left):
        return False
    general = re.match(r"\W*(?:at (?:this|our)|here\b|in (?:patients|people|those|our)|until|by us|on site|locally|routinely|yet approved)", right[match.end() :], re.I)  # fmt: skip
    return not general and not _PAPERS.search(left)


def past_beside(sentence: Sentence, end: int) -> bool:
    """Whether a day that has passed stands right behind the words."""
    said = sentence.segment.when
    return any(
        0 <= left - end <= 30 and (said is None or day.first <= said.last)
        for left, _right, day in find_dates(sentence.text, years=True)
    )


def is_around(right: str) -> bool:
    """Whether the words name something around the procedure: its evaluation, its consent, its team."""
    return bool(cue("around", shape=r"^[\s,:\"-]{0,3}{}").match(right))
