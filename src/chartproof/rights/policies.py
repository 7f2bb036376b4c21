"""Policies that a letter names in prose: a number beside the word for a rule, a title with a number, a value of a label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.rights.text import Letter

#: A policy's number: capitals, then parts with a digit ("MP-4.118", "KB-CELL-3", "CG-MED-81"), or capitals alone ("K-CAR").
_ID = r"[A-Z]{1,6}(?:[-.](?:[A-Z]{2,6}|[A-Z0-9]*\d[A-Z0-9]*)){1,4}(?![\w-])"
_KIND = r"(?:Policy|Guideline|Standard|Rule|Bulletin|Criteria|Protocol|Manual|Ladder|Pathway)"
_TITLE = r"(?:[A-Z][\w&’'-]* ){1,5}"
_FORMS = (
    # "our guideline KB-CELL-3 asks", "the policy that governs, CT-ALL-5, lists", "the pathway in force, LYM-2026.1,"
    re.compile(
        rf"\b(?:policy|guideline|rule|pathway|protocol|criteria|standard|bulletin)\b,?(?: (?:that|which|in|of|called|numbered|we|used|applies|governs|force))*,? (?P<name>{_ID})"
    ),
    # "CG-GENE-14 calls for"
    re.compile(rf"(?:^|[.;] )(?P<name>{_ID})(?= (?:calls? for|asks? for|requires?|lists?|covers?|wants?|allows?)\b)"),
    # "Policy K-CAR", "Policy C-77"
    re.compile(r"(?:^|[ (])(?P<name>Policy [A-Z](?:-[A-Z]{2,5}|-\d{1,4}))(?![\w-])"),
    # "Hepatitis C Policy 8", "OHCA Gene Therapy Criteria v3", "Provider Manual 214.300", "Clinical Standard 5-CT"
    re.compile(
        rf"(?P<name>{_TITLE}{_KIND} (?:v?\d{{1,3}}(?:\.\d{{1,3}})?(?:-[A-Z]{{1,3}})?|\d{{2}}-[A-Z0-9]{{1,4}}))(?![\w/-])"
    ),
    # "Cardiac Drug Ladder, rung 3"
    re.compile(rf"(?P<name>{_TITLE}Ladder(?:, (?:rung|step) \d+)?)(?=\W)"),
    # "2025 Part B list"
    re.compile(r"(?P<name>(?:19|20)\d\d Part [BD] (?:drug )?list)\b"),
    # "Granite Notch CG-MED-81"
    re.compile(rf"\b(?:guideline|policy|standard) is (?P<name>{_TITLE}{_ID})"),
    # "Guideline: BBR Level of Care 2019, RTC-Continued."
    re.compile(
        r"(?:^|[.;] )(?:Guideline|Criteria|Rule|Standard)(?: used| applied)?: (?P<name>[A-Z][A-Za-z]+ [^.;:|]{4,60}?)(?=[.;:|]|$)"
    ),
)
_FIRST = re.compile(r"^(?:(?:The|Our|Your|This|In|Under|Of|When|Per|Plan(?= Rule)|See|And)\s+)+")


def named(letter: Letter) -> Iterator[str]:
    """Each name as it is printed, in the order of the forms."""
    texts = [" ".join(s.text for s in letter.sentences if s.block == block) for block in _blocks(letter)]
    for form in _FORMS:
        for text in texts:
            for match in form.finditer(text):
                name = _FIRST.sub("", match["name"]).strip(" ,")
                if re.search(r"\d|-[A-Z]{2}|Ladder", name):
                    yield name


def _blocks(letter: Letter) -> list[int]:
    return list(dict.fromkeys(s.block for s in letter.sentences if s.section != "notices"))
