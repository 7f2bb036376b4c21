"""Refractory to the first line, or relapsed within twelve months of it, where a clinician says so in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.chart.context import assertion
from chartproof.chart.find.said import fact_of, loosen, near_quote
from chartproof.chart.view import Sentence
from chartproof.expressions import Expression
from chartproof.model import Fact

_DISEASE = r"(?:disease|lymphoma|DLBCL|LBCL|it|malignancy|cancer)"
#: "His lymphoma returned", "the disease came back"; a bare "returned" may be of the patient.
_BACK = rf"(?:relaps\w*|\brel\b|progress\w*|refractory|recurr\w+|{_DISEASE} (?:\w+ ){{0,2}}?(?:returned|reappeared|came back|is back|was back|regrew|grew back))"
_MONTHS = r"(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|[1-9]|1[01]) ?(?:months?|mos?\b))"
_FIRST = r"(?:first[- ]line|1st[- ]line|1L\b|front-?line|initial|upfront|R-?CHOP|R-?EPOCH|EPOCH-?R|pola-?R-?CHP|last (?:cycle|dose|chemo\w*|treatment)|EOT\b|chemoimmunotherapy|immunochemotherapy)"
_END = r"(?:completing |completion of |the end of |end of |finishing |finish of |EOT of )"
_EARLY = Expression(
    loosen(
        r"primary[- ]refractory|refractory to (?:first|front|initial|1st)[- ]?line|(?:relaps\w*|\brel\b|progress\w*|refractory)[^.;]{0,60}(?:\b(?:within|inside|less than|under) |<) ?(?:12|twelve) (?:months?|mos?\b)"
        r"|(?:relaps\w*|progress\w*)[^.;]{0,60}\b(?:within|inside) (?:a|one) (?:year|month)\b"
        rf"|{_BACK}[^.;]{{0,40}}\b(?:within|inside|less than|under|in under|<) ?(?:(?:12|twelve) (?:months?|mos?\b)|a year|one year) (?:after|of|from|following) (?:{_END})?(?:the |his |her )?{_FIRST}"
        rf"|\b(?:never|did not|didn['\u2019]t|failed to|failure to|no) (?:\w+ ){{0,2}}?(?:remission|response(?! (?:assess|eval|scan|imag|document))|CR)\b[^.;]{{0,40}}\b(?:to|with|after|on|from|under) (?:the |his |her )?{_FIRST}"
        rf"|{_BACK}[^.;]{{0,40}}\b{_MONTHS} (?:after|from|following|post|out from) (?:{_END})?(?:the |his |her )?{_FIRST}"
    ),
    re.IGNORECASE,
)
#: Thirteen months or more behind the first line: late, whatever the months are written in.
_LATER = r"(?:(?:over|more than|beyond|>) ?(?:a|one|1|12|twelve) (?:years?|months?)|(?:almost |about |nearly |some |over |more than |~ ?)?(?:(?:1[3-9]|[2-9]\d|1\d\d|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\w+)?) ?(?:months?|mos?\b)|(?:two|three|four|five|six|seven|eight|nine|ten|[2-9]|1\d) ?(?:and a half )?(?:years?|yrs?\b)))"
_LATE = Expression(
    loosen(
        rf"\b(?:relaps\w*|recurr\w+|progress\w*|{_BACK})[^.;]{{0,40}}\b{_LATER}[^.;]{{0,20}}\b(?:after|from|following|post|since|beyond|out from)\b[^.;]{{0,30}}?(?:{_FIRST}|\bprimary (?:therapy|treatment|chemo\w*))"
        r"|\bnot (?:belong to |qualify as |count as |meet |fall (?:in|within) |be )?(?:an? |the )?early[- ]relapse"
        r"|\b(?:is|was|a|this|clearly) (?:a )?late relapse\b"
    ),
    re.IGNORECASE,
)
_RULE = re.compile(r"\blabel|\bindicat|\bcriteri|\bif\b|\btrial\b|\bstudy\b|\bpatients\b|\bpolicy\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|never|no|without|neither|denies)\b[^.;,]{0,40}$|n['\u2019]t\b[^.;,]{0,40}$", re.IGNORECASE)


def find_in(sentence: Sentence) -> Iterator[Fact]:
    """The fact of first_line_refractory_or_early_relapse that the sentence states."""
    late = _LATE.search(sentence.text)
    if late and not _RULE.search(sentence.text) and assertion(sentence, late.start(), late.end()) != "family":
        quote = near_quote(sentence, late.start(), late.end())
        yield fact_of(
            sentence,
            "first_line_refractory_or_early_relapse",
            "absent",
            quote,
            when=sentence.segment.when,
            note="as stated",
        )
        return
    match = _EARLY.search(sentence.text)
    if not match or _RULE.search(sentence.text) or _NOT.search(sentence.text[: match.start()]):
        return
    if assertion(sentence, match.start(), match.end()) in ("present", "historical", "absent"):
        quote = near_quote(sentence, match.start(), match.end())
        when = sentence.segment.when
        yield fact_of(sentence, "first_line_refractory_or_early_relapse", "present", quote, when=when, note="as stated")
