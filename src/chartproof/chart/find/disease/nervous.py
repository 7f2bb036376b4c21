"""Whether the disease is in the central nervous system: said, denied, or shown by a scan or the spinal fluid."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from chartproof.chart.context import about_another, assertion, conditional
from chartproof.chart.find.dating import dates_of
from chartproof.chart.find.said import fact_of, loosen, near_quote
from chartproof.chart.find.studies import NOTES, day_of_lines, titles
from chartproof.chart.view import Sentence
from chartproof.expressions import Expression
from chartproof.model import Assertion, DayRange, Fact

_PLACE = r"(?:central\s+nervous\s+system|CNS|leptomeningeal|intracranial|meningeal)"
_PARTS = rf"(?:{_PLACE}|brain|cerebral|spinal)(?:(?: or | and |, ?|/)(?:{_PLACE}|brain|cerebral|spinal))*"
_OF_IT = rf"(?:{_PLACE} |parenchymal |cerebral )*(?:or (?:leptomeningeal|parenchymal) )?(?:lymphoma\w*|leuk\w*emi\w+|(?<=CNS )\w+|(?<=intracranial )(?:disease|involvement))"
#: A scan of the head with what it shows; only a result that names the disease counts, "normal" does not.
_SCAN = (
    r"(?:(?:MRI|MR|CT)(?: scan)?(?: of)?(?: the| her| his)? (?:brain|head)|(?:brain|head|cranial) (?:MRI|MR|CT|scan))"
)
_NO = Expression(
    loosen(
        rf"\bno (?:evidence of |sign of |known |history of )?(?:lymphoma|leuk\w*emia|disease) in (?:the )?(?:brain|meninges|CNS)|\bno (?:evidence of |sign of |known |history of )?{_PLACE}[^.;]{{0,20}}\b(?:lymphoma|disease|dz\b|involvement|leuk\w+|relapse)|\bCNS[- ]?(?:negative|neg\b|uninvolved|clear|free)"
        rf"|\bCNS-?1\b|(?:CSF|cerebrospinal|(?<!cervical )(?<!urine )(?<!sputum )(?<!pap )(?<!pleural )(?<!thyroid )(?<!urinary )cytology|(?-i:\bLP\b)|lumbar puncture|spinal tap)(?:(?!\bpos(?:itive)?\b)[^.;]){{0,80}}\b(?:negative|neg\b|no (?:abnormal |malignant )?(?:blasts|cells|lymphoma|B-lymphoblasts)|unrevealing|clear|no blasts)|cytology and flow negative for \w+"
        rf"|\bCNS(?: (?:status|disease|involvement|lymphoma))? ?[:=–-] ?(?:no\b(?: (?:known|evidence of|sign of))?(?: (?:involvement|disease|lymphoma))?(?= |[.,;(]|$)|none\b|neg(?:ative)?\b|clear\b|clean\b|not involved|uninvolved|free\b)"
        rf"|\bno (?:clinical |current |present )*(?:suspicion|concern)s? (?:of|for|about) (?:any )?{_PLACE}[^.;]{{0,12}}\b(?:lymphoma|disease|involvement|leuk\w+|relapse)"
        rf"|\b{_PLACE} (?:lymphoma|disease|involvement|relapse) (?:is |was )?not suspected"
        rf"|(?:without|\bno) (?:evidence of |sign of |known |history of )?{_PARTS} (?:involvement|disease|lymphoma)"
        rf"|\b{_SCAN}\b[^.;]{{0,40}}?\b(?:no (?:(?:evidence|sign|trace) (?:of|for) )?|negative for |neg for |free of |clear of |without (?:evidence of )?){_OF_IT}"
    ),
    re.IGNORECASE,
)
_OF_SCAN = re.compile(r"\b(?:MRI|MR|CT|PET)\b", re.IGNORECASE)
#: A tap that the words date: "CSF neg on every LP, last 09/17/26", "IT MTX 06/02, 06/23, CSF neg each time".
_TAP = re.compile(r"\b(?:CSF|LPs?|(?i:lumbar punctures?|spinal taps?|intrathecal)|IT)\b")
#: A scan that is asked for shows nothing yet.
_TO_COME = re.compile(
    r"\b(?:if|unless|provided|order(?:ed)?|pending|await\w*|schedul\w*|plan\w*|will|should|must|need(?:s|ed)? to|to (?:rule|exclude|confirm|ensure|make|show|be)|"
    r"criteri\w*|eligib\w*|patients|require\w*|requests?|booked)\b",
    re.IGNORECASE,
)
_YES = Expression(
    loosen(rf"\b{_PLACE}\s+(?:involvement|relapse|lymphoma|disease|leuk\w+)|\bCNS-?[23]\b"), re.IGNORECASE
)
_PRIMARY = Expression(
    loosen(
        r"primary (?:central nervous system|CNS) (?:(?:diffuse|large|B-?cell|B|cell)[- ]){0,5}(?:lymphoma|DLBCL|LBCL)|\bPCNSL\b"
    ),
    re.IGNORECASE,
)


def denied(text: str) -> bool:
    """Whether the text says that the nervous system is free of the disease."""
    return bool(_NO.search(text))


def find_in(sentence: Sentence, asserted: Callable[[Sentence, int, int], Assertion]) -> Iterator[Fact]:
    """Facts of cns_disease and primary_cns_lymphoma; `asserted` says how the sentence asserts its characters."""
    text = sentence.text
    primary = _PRIMARY.search(text)
    if primary:
        if re.search(r"not indicated|limitation|label|indicat", text, re.IGNORECASE):
            return
        said = asserted(sentence, primary.start(), primary.end())
        quote = near_quote(sentence, primary.start(), primary.end())
        yield fact_of(sentence, "primary_cns_lymphoma", said, quote, when=sentence.segment.when)
        return
    none = _NO.search(text)
    if none:
        yield from _absent(sentence, none)
        return
    some = _YES.search(text)
    if some:
        said = asserted(sentence, some.start(), some.end())
        if said in ("present", "absent"):
            quote = near_quote(sentence, some.start(), some.end())
            yield fact_of(sentence, "cns_disease", said, quote, when=sentence.segment.when)


def _absent(sentence: Sentence, none: re.Match[str]) -> Iterator[Fact]:
    text = sentence.text
    clause = re.split(r"[.;]\s", text[: none.start()])[-1]
    if conditional(sentence, none.start()) or about_another(sentence, none.start(), clause):
        return
    if _TO_COME.search(f"{clause[-60:]} {none[0]}") or assertion(sentence, none.start(), none.start() + 1) == "family":
        return
    quote = near_quote(sentence, none.start(), none.end())
    leukemia = re.search(r"blast|leuk|CNS-?1", text, re.IGNORECASE)
    for concept in ("cns_disease",) if leukemia else ("cns_disease", "primary_cns_lymphoma"):
        yield fact_of(sentence, concept, "absent", quote, when=_day(sentence, none.start()))


def _day(sentence: Sentence, at: int) -> DayRange | None:
    """The day of the scan where the sentence or its report gives one, else that of the note."""
    own = dates_of(sentence)
    tapped = _TAP.search(sentence.text)
    taps = [day for start, _end, day in own if tapped and start > tapped.end() and day.exact]
    if taps and not re.search(r"[.;]\s", sentence.text[tapped.end() : own[-1][0]] if tapped else ""):
        return max(taps, key=lambda day: day.last)
    if len(own) == 1 and _OF_SCAN.search(sentence.text):
        return own[0][2]
    segment = sentence.segment
    heads = [start for start, kind in titles(segment) if kind == "mri" and start <= sentence.start + at]
    if heads and sentence.document.kind not in NOTES:
        return day_of_lines(segment, heads[-1], sentence.end) or segment.when
    return segment.when
