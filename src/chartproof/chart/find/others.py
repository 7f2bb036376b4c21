"""Pages about another person by their nature: a donor's work-up, a caregiver's form, wherever they were filed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from chartproof.chart.find.named_people import is_told_of, people
from chartproof.chart.kinds import evidence_of
from chartproof.chart.line_looks import is_heading
from chartproof.chart.view import Reading, Segment, Sentence, sentences
from chartproof.chart.vocabulary import load
from chartproof.model import Fact, Page

RELATIVE = r"(?:sibling|brother|sister|son|daughter|father|mother|parent|spouse|wife|husband|partner|cousin|unrelated)"
#: Whoever shares a room or a street with the patient shares no history with her: what such a clause tells is never the patient's.
UNRELATED = (
    r"(?:room-?mate|neighbou?r|friend|co-?worker|classmate|(?:another|a different) (?:patient|pt|person|member))"
)
#: Titles and labelled lines of such a page. A patient's own note speaks of relatives and donors too, in sentences, and
#: names a next of kin by relation: neither makes the page another's.
HEAD = re.compile(
    rf"\brelation(?:ship)?\b\s*[:.|]?\s*(?:to (?:the )?(?:patient|recipient)\s*[:|]?\s*)?{RELATIVE}\b.{{0,30}}\bdonor\b"
    r"|\b(?:related|unrelated|sibling) donor (?:evaluation|screening|work-?up|testing|health)|\bdonor evaluation only\b"
    r"|\bcaregiver (?:health|medical) (?:form|declaration|questionnaire)|^\W*donor(?: name)?\s*[:|]?\s*(?-i:[A-Z][A-Z'-]+),\s*(?-i:[A-Z])",
    re.IGNORECASE,
)
#: A clause that opens with whom it is about: "Donor's LVEF", "Her roommate in 4-B: ECG normal".
OPENED = re.compile(
    rf"\W*(?:(?:the|his|her|patient's|pt's) )?(?:{RELATIVE}|(?:{RELATIVE} )?donor|grand(?:father|mother)|{UNRELATED}|twin)"
    r"(?:['’]s\b|\s?:|(?! (?:here|present|with|at|in for|and))(?: [\w'-]+){0,3}(?: ?\([^()]{1,40}\)|, (?:M(?:rs?|s)\.? )?[A-Z]\w+)?:|(?= (?:HIV|CMV|HBV|HCV|HBsAg|hepatitis|ECG|EKG|echo|MUGA|EF|LVEF|ECOG|KPS|Karnofsky|CXR|PFTs?|spirometry|FEV1|DLCO|CBC|CMP|BMP|labs|serolog(?:y|ies)|creatinine|mammogram|colonoscopy|chest (?:film|x-?ray))\b))",
    re.IGNORECASE,
)
#: "ECG of his brother", behind the name of a test: whose it was.
BEHIND = re.compile(
    rf"[\w /()-]{{0,30}}?\b(?:of|from|for|on) (?:the|his|her|their|patient's|pt's) (?:{RELATIVE}|(?:{RELATIVE} )?donor|twin|uncle|aunt|grand(?:father|mother))\b(?! (?:cells?|marrow|transplant|graft))"
    rf"|[^()]{{0,60}}\((?:his |her |the )?(?:{RELATIVE}|(?:{RELATIVE} )?donor)(?: only)?\)",
    re.IGNORECASE,
)
#: A line that says that it came into the wrong chart, or opens with whom it is about.
MISFILED = re.compile(
    r"^\W*(?:a )?(?:different|another) (?:patient|pt)\b(?! of)|\b(?:wrong (?:chart|patient|folder|record)|mis-?filed|filed in error|not (?:this|our) patient(?:'s)?|belongs to (?:another|a different|the wrong))\b",
    re.IGNORECASE | re.MULTILINE,
)
#: A line that begins the part of a paper that is about one person, and one whose own words go on behind the name.
PART = re.compile(
    rf"\W*(?:{RELATIVE} |(?:un)?related |haplo\w* |matched )*(?:donor|caregiver|care partner|{RELATIVE})(?:['’]s)?"
    r"(?: (?:lab\w*|results?|serolog\w+|screen\w*|test\w*|samples?|specimens?|data|work-?up|information|section|health|status))*\W*",
    re.IGNORECASE,
)
NAMED_PART = re.compile(r"\W*(?:[A-Z]+ )?(?:DONOR|CAREGIVER|SPOUSE|SIBLING)\b")
OWN_PART = re.compile(r"\W*(?:recipient|patient|pt|candidate)\b", re.IGNORECASE)
#: Lines that such a part may have.
PART_LINES = 20
SENTENCE_END = re.compile(r"[.;!?]\s+(?=[A-Z])")
OF_A_TEST = re.compile(
    r"\b(?:e[ck]gs?|electrocardiogra\w+|echo\w*|tte|muga|cxr|x-?rays?|films?|radiographs?|pfts?|cbc|cmp|labs?|hiv|cmv|hepatitis|serolog\w+|mammogra\w+|ct|pet|mri|biopsy)\b",
    re.IGNORECASE,
)
CLAUSE_END = re.compile(r"(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)[.;!?]\s|\n|\|")
PROSE = re.compile(r"(?:\b[a-z]{2,}\b[ ,]+){4,}")


def of_another(segment: Segment) -> bool:
    """Whether the segment's page says in its head that it is about a donor, a relative or a caregiver."""
    if evidence_of(segment.document.kind) == "other":
        return True
    return headed_by_another(segment.page.text)


@lru_cache(maxsize=1 << 12)
def headed_by_another(text: str) -> bool:
    head = [line for line in text.split("\n") if line.strip()][:12]
    return any(HEAD.search(line) for line in head if len(line) <= 100 and not PROSE.search(line))


@lru_cache(maxsize=1 << 12)
def speaks_of_misfiling(text: str) -> bool:
    return bool(MISFILED.search(text))


def disowned(sentence: Sentence) -> bool:
    """Whether the sentence's line says that it was filed into the wrong chart: in the sentence itself, or in another of the
    line that does not name what it speaks of."""
    text = sentence.page.text
    if not speaks_of_misfiling(text):
        return False
    end = text.find("\n", sentence.end)
    start = text.rfind("\n", 0, sentence.start) + 1
    line = text[start : end if end >= 0 else len(text)]
    for match in MISFILED.finditer(line):
        told = SENTENCE_END.split(line[: match.start()])[-1]
        if sentence.start <= start + match.start() < sentence.end or not OF_A_TEST.search(told):
            return True
    return False


def sentences_of_others(reading: Reading) -> Iterator[Sentence]:
    """Sentences about a donor, relative or caregiver; a page that was misfiled from another patient is not read at all."""
    for segment in reading.segments:
        if of_another(segment) and evidence_of(segment.document.kind) in ("other", "chart"):
            yield from sentences(segment)


def handed_over(facts: Iterable[Fact], reading: Reading, patient: str) -> Iterator[Fact]:
    """The facts; a test or a judgement whose clause opens with a donor's or relative's name is that person's."""
    pages = {(file.name, page.number): page for file in reading.files for page in file.pages}
    personal = frozenset(load("context.yaml")["personal"])
    by_name = frozenset(load("context.yaml")["personal_by_name"])
    names = people(reading.sentences, patient)
    for fact in facts:
        first = fact.evidence[0] if fact.evidence else None
        page = pages.get((first.file, first.page)) if first else None
        # A donor or a relative may open the line that tells of the patient's own graft; a name may not.
        theirs_by = (
            spoken_of_another if fact.concept in personal else told_of_stranger if fact.concept in by_name else None
        )
        theirs = False
        if first and page and theirs_by and fact.assertion in ("present", "absent"):
            theirs = theirs_by(page, first.start, fact, names)
        yield replace(fact, assertion="family") if theirs else fact


def spoken_of_another(page: Page, start: int, fact: Fact, names: frozenset[str]) -> bool:
    """Whether the words at `start` are another person's by the clause's opening, by the part of the paper, or by name."""
    stranger = line_of_stranger(page, start, fact)
    return stranger or opened(page, start) or in_part_of_another(page, start) or told_of_named(page, start, fact, names)


def told_of_stranger(page: Page, start: int, fact: Fact, names: frozenset[str]) -> bool:
    """Whether the line opens with one who is no relative, or the clause has for its subject one whom the chart calls by name."""
    return line_of_stranger(page, start, fact) or told_of_named(page, start, fact, names)


def line_of_stranger(page: Page, start: int, fact: Fact) -> bool:
    """Whether the line opens with one who is no relative, and a colon, and does not turn to the patient before the fact."""
    line = page.text[page.text.rfind("\n", 0, start) + 1 : start + len(fact.evidence[0].quote)]
    opening = re.match(
        rf"\W*(?:\w+ ){{0,3}}{UNRELATED}\b[^.;:]*?(?:\([^()]*\)|\bM(?:rs?|s)\. [^.;:]*)?:", line, re.IGNORECASE
    )
    turned = re.compile(r"\b(?:patient|pt|herself|himself)\b", re.IGNORECASE)
    return opening is not None and not turned.search(line, opening.end())


def told_of_named(page: Page, start: int, fact: Fact, names: frozenset[str]) -> bool:
    """Whether the words at `start` have for their subject one whom the chart calls by name."""
    quoted = CLAUSE_END.split(fact.evidence[0].quote.replace("\n", " "))[-1]
    left = CLAUSE_END.split(page.text[max(0, start - 120) : start])[-1]
    return bool(names) and is_told_of(left, quoted, names)


def opened(page: Page, start: int) -> bool:
    """Whether the clause in which `start` stands opens with another person, or goes on with whose it is."""
    left = CLAUSE_END.split(page.text[max(0, start - 120) : start])[-1]
    told = CLAUSE_END.split(page.text[start : start + 80])[0]
    return bool(OPENED.match(left + page.text[start : start + 40]) or BEHIND.match(told))


def in_part_of_another(page: Page, start: int) -> bool:
    """Whether the line of `start` stands in the part of a paper that is a donor's or relative's: "DONOR (sibling)" over it.

    Such a part ends at a blank line, at another heading or at the patient's own; under a head that goes on with words of
    its own ("DONOR: Marcus") only what is set in belongs to it.
    """
    *above, own = page.text[: page.text.find("\n", start) if "\n" in page.text[start:] else None].split("\n")
    inward = len(own) - len(own.lstrip())
    for line in reversed(above[-PART_LINES:]):
        if not line.strip() or OWN_PART.match(line):
            return False
        deeper = inward > len(line) - len(line.lstrip())
        titles = PART.fullmatch(line) and not line.lstrip()[0].islower()  # "... on file,\ndaughter." ends a sentence
        if titles or (deeper and NAMED_PART.match(line) and not PROSE.search(line)):
            return True
        if is_heading(line):
            return False
    return False
