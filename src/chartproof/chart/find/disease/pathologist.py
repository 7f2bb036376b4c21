"""Which line of a pathology report gives the pathologist's own diagnosis, and not the request's or the history's."""

from __future__ import annotations

import re

from chartproof.chart.view import Sentence

_DIAGNOSIS_PART = re.compile(r"diagnos|interpretation|conclusion|impression|summary|result|^final\b", re.IGNORECASE)
_HISTORY_PART = re.compile(
    r"history|clinical|indication|reason|information|supplied|provided|comparison|request", re.IGNORECASE
)

#: "CD5+ CD19+ CD23+ ... Dx:": a diagnosis behind the findings is the report's own, one before them the request's.
_CONCLUDES = re.compile(r"\bcd\d+\w*\s?(?:\+|pos)[\s\S]*[.;\n]\s*dx\s*:\s*$", re.IGNORECASE)


#: What a pathologist saw of the disease, and a request does not say: "DX: plasma cell myeloma, 45% of cellularity".
_MEASURED = re.compile(r"\d\s?% of\b|cellularity|\brestricted\b|\binvolv|\binfiltrat", re.IGNORECASE)


#: A line of the report that opens "Diagnosis." or "Interpretation:" and goes on with the disease.
_OPENED = re.compile(
    r"(?:^|\n)[ \t]*(?:(?:final|pathologic(?:al)?|integrated) )?(?:diagnos[ei]s|interpretation|conclusion)[ \t]*[.:][ \t]*$",
    re.IGNORECASE,
)


def is_verdict(sentence: Sentence, start: int, end: int, part: str) -> bool:
    """Whether the disease at [start, end) of a pathology report is its diagnosis: by its heading (`part`), by capitals, or as a
    finding in its text."""
    before = sentence.text[:start]
    if _HISTORY_PART.search(part) and not _DIAGNOSIS_PART.search(part):
        return False
    if _CONCLUDES.search(sentence.page.text[sentence.segment.start : sentence.start + start]):
        return True
    line = sentence.page.text[: sentence.start + start].rpartition("\n")[2]
    if re.fullmatch(r"\W*dx\s*:\s*(?:\w+ ){0,2}", line, re.IGNORECASE) and (
        _MEASURED.search(sentence.text[end:]) or _only_verdict(sentence, start)
    ):
        return True
    if re.search(
        r"\bclinical\b|history|supplied|provided|\bdx\b|s/p\b",
        before[-60:] + sentence.text[end : end + 30],
        re.IGNORECASE,
    ):
        return False
    opened = _OPENED.search(sentence.page.text[: sentence.start + start])
    if _below_specimen(sentence, start) or (opened and _MEASURED.search(sentence.text[end:])):
        return True
    if _DIAGNOSIS_PART.search(part) or sentence.text[start:end].isupper():
        return not re.search(r"\b(?:dx|s/p|pre|since|history)\b", sentence.text[:start], re.IGNORECASE)
    return bool(
        re.search(
            r"infiltrat|involv|consist|diagnos|support|persist|relaps|confirm|occup", sentence.text, re.IGNORECASE
        )
    )


#: Where else a report would give its verdict, and what it lists of the cells below it.
_VERDICT_LINE = re.compile(
    r"(?:^|\n)\W*(?:(?:final|integrated) )?(?:diagnos|interpretation|conclusion|impression|comment)", re.I
)
_CELLS = re.compile(r"\bcd\d+\w*\s?(?:\+|pos)", re.IGNORECASE)
_NO_DISEASE = re.compile(
    r"\b(?:no|without) (?:\w+ ){0,2}(?:abnormal|clon\w+|evidence|monotypic|residual|lymphoma|leuk\w+|myeloma)|\bpoly(?:typic|clonal)|\bnormal\b|\breactive\b",
    re.I,
)


def _only_verdict(sentence: Sentence, start: int) -> bool:
    """Whether a line that opens "DX:" is all the verdict there is, with the stains that bear it out below."""
    text, at = sentence.page.text, sentence.start + start
    own = text[sentence.segment.start : sentence.segment.end]
    if _VERDICT_LINE.search(own) or _NO_DISEASE.search(own):
        return False
    return len(_CELLS.findall(text[at : sentence.segment.end])) > 1


#: "Bone marrow, left iliac, core and aspirate:", "Lymph node, right axilla, excision -": what was looked at.
_SPECIMEN = re.compile(
    r"\b(?:marrow|nodes?|biops(?:y|ies)|excision(?:al)?|core|aspirate|trephine|resection|FNA|mass|specimen|clot|tonsil|spleen"
    r"|parotid|salivary|skin|stomach|gastric|thyroid|breast|bowel|colon|ileum|duodenum|liver|lung|bone|soft tissue|orbit|conjunctiva"
    r"|testis|kidney|mediastin\w+|retroperiton\w+|neck|axilla\w*|groin|\w*pharynx|sinus|brain|vertebra\w*|pleural|fluid|blood)\b"
    r"[^.;:]{0,80}(?:[:\u2013-]|\n)\s*(?:(?:[A-Z1-9][.)]|[-*\u2022>])\s*)?$",
    re.IGNORECASE,
)


def _below_specimen(sentence: Sentence, start: int) -> bool:
    """Whether the disease opens what is said right behind the name of a specimen, on the same line or the next."""
    left = sentence.page.text[max(sentence.segment.start, sentence.start - 140) : sentence.start + start]
    named = _SPECIMEN.search(left)
    about = re.search(
        r"\b(?:history|clinical|prior|previous|outside(?! (?:slides?|blocks?|material|case))|indication|rule out|r/o)\b",
        left[-140:],
        re.IGNORECASE,
    )
    return bool(named) and not about
