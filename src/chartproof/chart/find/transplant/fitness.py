"""Whether a clinician says that the patient cannot be given high-dose chemotherapy with a stem cell transplant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.chart.context import about_another, conditional
from chartproof.chart.find.said import fact_of, loosen, near_quote
from chartproof.chart.find.transplant.words import clause_before
from chartproof.chart.view import Sentence
from chartproof.expressions import Expression
from chartproof.model import Fact

_GRAFT = r"(?:transplant\w*|autografts?\w*|autologous|ASCT|HSCT|HDT|HDC|SCT|HCT|high[- ]dose)"
_FIT = r"(?:eligible|candidates?|fit|suitable|appropriate|someone)"
_JUDGED = r"(?:judged|deemed|considered|felt|thought|regarded|believed|found|ruled|assessed)(?: to be| as)?"
_UNFIT = r"(?:unsuitable|inappropriate|unsafe|too risky|contraindicated|not (?:an? )?(?:suitable|appropriate|safe|feasible|advisable|option|viable option|possible)|out of the question|precluded)"
_INELIGIBLE = Expression(
    loosen(
        rf"\bnot (?:currently |felt to be |deemed |considered |judged |thought to be |be )?(?:an? )?(?:\w+ )?{_FIT}\b[^.;:]{{0,60}}?{_GRAFT}"
        r"|\bnot (?:currently )?(?:an? )?(?:transplant|ASCT|HSCT|HCT|SCT)[- ]eligible|(?:transplant|ASCT|HSCT|HCT|SCT)[- ](?:in|non-?)eligible|\bineligible for\b[^.;]{0,50}?(?:transplant\w*|autograft|ASCT|HSCT|HCT|high[- ]dose)"
        r"|\bunfit for\b[^.;]{0,40}?(?:transplant\w*|autograft|ASCT|HSCT|HCT|high[- ]dose)|\bnot (?:an? )?(?:transplant|ASCT|HSCT|auto\w*|SCT|HCT)[- ]candidate|\b(?:transplant|ASCT|auto)[- ]unfit"
        rf"|\b(?:do|does|did|would|could|can)(?: not|n['\u2019]t) (?:consider|regard|think|believe|see|view|judge|feel)\b[^.;:]{{0,40}}?\b{_FIT}\b[^.;:]{{0,50}}?{_GRAFT}"
        rf"|\bno candidate for\b[^.;:]{{0,40}}?{_GRAFT}|\b(?:poor|unsuitable|inappropriate) candidate for\b[^.;:]{{0,40}}?{_GRAFT}"
        rf"|\btoo (?:\w+ )?(?:frail|old|unwell|ill|sick|infirm|comorbid|high[- ]risk)\b[^.;:]{{0,30}}?\bfor\b[^.;:]{{0,40}}?{_GRAFT}"
        rf"|\b{_GRAFT}(?: [\w-]+){{0,4}}? (?:is|was|were|has been|would be) (?:{_JUDGED} )?{_UNFIT}|\b{_GRAFT} (?:{_JUDGED} )?{_UNFIT}"
        rf"|\bpreclud(?:e|es|ed|ing) (?:\w+ ){{0,3}}?{_GRAFT}|\b{_GRAFT} (?:is |was )?(?:precluded|ruled out) (?:by|on|for|because)"
        rf"|\b(?:would|could|can|will)(?: ?not|n['\u2019]t) (?:survive|tolerate|withstand|come through|stand)\b[^.;:]{{0,40}}?{_GRAFT}|\btx[- ]ineligible"
    ),
    re.IGNORECASE,
)
#: Another graft, or another thing for which the patient does not qualify.
_ELSE = re.compile(
    r"\b(?:kidney|renal|liver|lung|heart|organ|solid|corneal|allo\w*|CAR[- ]?T|trial|study|surgery|dialysis|bispecific\w*)\b",
    re.IGNORECASE,
)
_AUTO = re.compile(r"\b(?:auto\w*|ASCT|high[- ]dose|HDT|HDC|either)\b", re.IGNORECASE)
_RULE = re.compile(r"\b(?:if|unless|requires?|criteria|whether|until|had)\b", re.IGNORECASE)
#: Not for the patient's health but by choice, or because the cells could not be had.
_CHOICE = re.compile(
    r"\b(?:declin\w*|refus\w*|choice|prefer\w*|insur\w*|collect\w*|mobili[sz]\w*|donor)\b", re.IGNORECASE
)
_TURNED = re.compile(
    r"\b(?:no reason|cannot see why|not (?:because|that)|no longer|previously|initially|disagree|wrongly|question)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"\b(?:donor|patients|people|those|criteria|label|members?|indicated|policy)\b", re.IGNORECASE)


def find_in(sentence: Sentence) -> Iterator[Fact]:
    """Facts of transplant_ineligible, and of transplant_eligible as absent."""
    match = _INELIGIBLE.search(sentence.text)
    if not match or conditional(sentence, match.start()):
        return
    left = clause_before(sentence.text, match.start())
    if _RULE.search(left) or _TURNED.search(left) or _OTHERS.search(sentence.text):
        return
    if about_another(sentence, match.start(), left) or (_ELSE.search(match[0]) and not _AUTO.search(match[0])):
        return
    if re.match(r"\s*(?:kidney|renal|allo\w*|anymore\?|\?)", sentence.text[match.end() :], re.IGNORECASE):
        return
    if _CHOICE.search(sentence.text[match.end() :][:80]):
        return
    quote = near_quote(sentence, match.start(), match.end())
    yield fact_of(sentence, "transplant_ineligible", "present", quote, when=sentence.segment.when)
    yield fact_of(sentence, "transplant_eligible", "absent", quote, when=sentence.segment.when)
