"""To which drugs the disease is refractory, as clinicians put it: it grew while the drug was given, or they say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.chart.context import assertion
from chartproof.chart.find.drugs import Mention, core, mentions
from chartproof.chart.find.said import fact_of, loosen, near_quote, section_is
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Assertion, Fact

#: Words before the drugs: "refractory to A, B and C", "progressed while on A maintenance".
_BEFORE = re.compile(
    loosen(
        r"(?<!non-)(?<!non)\b(?:refractory to|resistan(?:t|ce) to|progress(?:ed|ion|ing|ive disease)?(?: \w+){0,3}? (?:on|through|during|while (?:on|taking|receiving)|despite|under)"
        r"|PD (?:on|through|during|while on)|relaps(?:ed|e)(?: \w+){0,3}? (?:on|through|during|while (?:on|taking|receiving))|grew (?:straight )?through|grow(?:n|ing) (?:through|on)|no response to|did not respond to)"
        r"(?: (?:both|all of|either|the|his|her|single-agent|full-dose|maintenance|continuous|low-dose|prior|previous|ongoing)){0,3}\W{1,3}$"
    ),
    re.IGNORECASE,
)
#: Words behind the drug: "lenalidomide-refractory", "lenalidomide stopped 6/10/2026 because of progression".
_AFTER = re.compile(
    loosen(r"^(?:\W| maintenance| therapy| \d+ ?mg| daily){0,6}?\W?(?:refractory|resistant)\b(?! to)"), re.IGNORECASE
)
_STOPPED = re.compile(
    loosen(
        r"^[^.;]{0,70}?\b(?:stopped|discontinued|ended|ceased|off)\b[^.;]{0,50}?\b(?:because of|due to|for|owing to|on account of|at|with|:)"
        r" ?(?:clear |overt |biochemical |disease |frank |the )*(?:progress\w*|PD\b|relapse)"
    ),
    re.IGNORECASE,
)
#: What may stand between drugs of one list.
_JOINT = re.compile(r"[\s,/&+()-]*(?:(?:and|or|plus|with|as well as)\b[\s,]*)?", re.IGNORECASE)
_RULE = re.compile(
    r"\b(?:if|label|indicat\w*|criteria|requires?|must|eligib\w*|trial|study|unless|policy|would|could|in case|patients|who|survival|PFS)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|never|no|without|nor|neither|is non)\b[\s-]*(?:\w+\W+){0,2}$", re.IGNORECASE)
#: What is denied then is a paper, and nothing is said of the disease: "no lenalidomide-refractory proof on file".
_PAPERS = re.compile(r"\W*(?:disease )?(?:proof|documentation|paperwork|records?|documented|notes?)\b", re.IGNORECASE)
_OF_PAPERS = re.compile(
    r"\b(?:not?|without|lacks?|lacking|missing)\b[^.;:]{0,20}\b(?:proof|documentation|paperwork|records?|documents?|notes?) (?:of|showing|that shows?)\W+$",
    re.IGNORECASE,
)


def find(reading: Reading) -> list[Fact]:
    """Facts of refractory_to: the value is a drug id of drugs.yaml."""
    return [fact for sentence in reading.sentences for fact in _of(sentence)]


def _of(sentence: Sentence) -> Iterator[Fact]:
    text = sentence.text
    if not re.search(r"refractor|resistan|progress|relaps|\bPD\b|grew|grow|respon", text, re.IGNORECASE):
        return
    if (
        _RULE.search(text)
        or section_is(sentence, "risk")
        or sentence.document.kind in ("psychosocial", "program_letter")
    ):
        return
    known = frozenset(load("concepts.yaml")["concepts"]["refractory_to"]["values"])
    running: Assertion | None = None
    last = -1
    for mention in mentions(text):
        joined = running is not None and _JOINT.fullmatch(text[last : mention.start])
        if not joined:
            running = _said(sentence, mention)
        last = mention.end
        if running in ("present", "absent"):
            quote = near_quote(sentence, mention.start, mention.end)
            for drug in sorted(core(mention.drugs) & known):
                yield fact_of(sentence, "refractory_to", running, quote, value=drug)


def _said(sentence: Sentence, mention: Mention) -> Assertion | None:
    """present or absent where the words bind refractoriness to the drug, else None."""
    text = sentence.text
    before = _BEFORE.search(text[: mention.start])
    behind = text[mention.end :]
    after = _AFTER.match(behind) or _STOPPED.match(behind)
    if not before and not after:
        return None
    start = before.start() if before else mention.start
    if assertion(sentence, start, mention.end) in ("family", "planned"):
        return None
    denied = _NOT.search(text[:start]) or (after and re.search(r"\b(?:not|non|never|no)[\s-]", after[0], re.IGNORECASE))
    if denied and (papers_denied(text[:start]) or (after and _PAPERS.match(behind, after.end()))):
        return None
    return "absent" if denied else "present"


def papers_denied(before: str) -> bool:
    """Whether the words before a state of the disease deny the paper that would show it: "no documentation of"."""
    return bool(_OF_PAPERS.search(before))
