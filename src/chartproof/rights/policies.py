"""Clinical and payment policies that a letter names: a number beside the word for a rule, a title, the value of a label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from chartproof.model import Span
from chartproof.rights.codes import DIAGNOSIS
from chartproof.rights.text import Letter

#: A policy's number: capitals, then parts with a digit ("MP-4.118", "KB-CELL-3", "CG-MED-81"), or capitals alone ("K-CAR").
_ID = r"[A-Z]{1,6}(?:[-.](?:[A-Z]{2,6}|[A-Z0-9]*\d[A-Z0-9]*)){1,4}(?![\w-])"
_RULE = r"(?:Policy|Guideline|Standard|Rule|Bulletin|Criteria|Protocol|Manual|Ladder|Pathway)"
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
        rf"(?P<name>{_TITLE}{_RULE} (?:v?\d{{1,3}}(?:\.\d{{1,3}})?(?:-[A-Z]{{1,3}})?|\d{{2}}-[A-Z0-9]{{1,4}}))(?![\w/-])"
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

_KIND = r"Policy|Guidelines?|Guide|Criteria|Criterion|Protocol|Program|Rule|Bulletin|Standard|Coverage Determination|Coverage Article|Coding Article|Technology Assessment"
_KINDS_SPELLED = ("Policy", "Guideline", "Criteria", "Protocol", "Bulletin")
#: A policy's number alone in brackets after the word: "our Entyvio policy (PH-0214)".
#: "Drug Criteria, Migraine Agents (MBD-27)"; "the guideline we used is called ..."; a licensed set of guidelines.
_TITLED = re.compile(
    rf"(?P<whole>(?:[A-Z][\w-]* ){{1,6}}(?:{_KIND}|Step Therapy)(?:, [A-Z][\w-]+(?: [\w-]+){{0,4}})?(?:,? ?\([A-Z]{{2,6}}-?\d+\)|,? \((?:19|20)\d\d\)|, (?:19|20)\d\d)|(?:[A-Z][\w-]+ ){{1,5}}(?:Recommendations|Guidelines|Criteria) (?:19|20)\d\d(?!-)|(?:[A-Z][\w-]+ ){{2,6}}coverage criteria)"
)
_CALLED = re.compile(
    r"\b(?:guideline|policy|criteria|rule|protocol)\b[^.;]{0,20}\b(?:called|named|titled|entitled) [“\"]?(?P<whole>[A-Z][\w-]*(?: (?:[A-Z][\w-]*|with|and|of|for|the|in|to))*)"
)
_LICENSED = re.compile(
    r"(?P<whole>\b(?:MCG|InterQual|Milliman|eviCore|Carelon|Magellan)(?: [A-Z][\w-]+){1,5}(?:, [A-Z][\w-]+(?: [A-Z][\w-]+)*)?|\bASAM Criteria(?:, \d+\w\w edition)?(?:,? Level [\d.]*\d)?)"
)
_BRACKETED = re.compile(
    r"\b(?i:policy|guideline|protocol|criteria|standard) \((?P<id>[A-Z]{2,}[A-Z0-9]*(?:[.-][A-Z0-9]*\d[A-Z0-9]*)+)\)"
)
#: "Medicare Benefit Policy Manual, Chapter 1, Section 110".
_MANUAL = re.compile(
    r"(?P<name>(?:[A-Z][\w-]+ ){1,4}Manual)(?: [\d.]+-M)?,? (?P<id>Chapter \d+(?:, Section [\d.]*\d)?)"
)
_POLICY = re.compile(
    rf"(?<![A-Za-z])(?P<name>(?:(?:[a-z]?[A-Z][\w&’'-]*|\d{{4}}(?= Part)|B|of|&)\s+){{0,6}}(?i:{_KIND}),?\s+(?:(?:No\.?|Number|#)\s*)?)(?P<id>[A-Z0-9]*[0-9A-Z]+(?:[.-][A-Z0-9]+)+|[A-Z]{{1,4}}\d+|(?<=Policy )\d{{3,6}}(?![\d/-]|\.\d)|(?<=Guide )\d{{1,3}}\b|(?<=Guideline )\d{{1,4}}\b)"
)
_LIST = re.compile(r"(?P<name>(?:\d{4}\s+)?(?:(?:[A-Z][\w&’'-]*|B)\s+){1,5}List)\b")


def _mended(word: re.Match[str]) -> str:
    """A scanned word that is nearly a word for a policy, as that word; others as they are."""
    said = word.group()
    kinds = _KINDS_SPELLED if said[0].isupper() else tuple(kind.lower() for kind in _KINDS_SPELLED)
    return next((kind for kind in kinds if fuzz.ratio(said, kind) >= 85), said)


def policies(letter: Letter) -> list[tuple[str, str, Span]]:
    """(name as printed, its number, place) of each clinical or payment policy, in order of first mention."""
    found: dict[str, tuple[str, str, Span]] = {}
    text = " ¦ ".join(s.text for s in letter.sentences if s.section != "notices")
    if any(page.read == "ocr" for page in letter.pages):
        text = re.sub(r"\b[A-Za-z][a-z]{5,9}\b", _mended, re.sub(r"\b[QO0]ur\b", "Our", text))
    for match in _POLICY.finditer(text):
        number = match.group("id").rstrip(".-")
        if (
            not re.search(r"\d|^[A-Z]{2,4}-[A-Z]{2,5}$", number)
            or DIAGNOSIS.fullmatch(number)
            or re.search(r"\b(?:section|article)\s*$", text[: match.start()], re.I)
        ):
            continue
        name = re.sub(r"^.*\b(?:IS|ARE|UNDER|PER|DENIED|USED)\s+(?=[A-Z])", "", match.group("name").strip())
        name = re.sub(r"^(?:(?:The|Our|Your|This|In|Under|Of|of|When|Per|[A-Z]|\w+['’]s)\s+)+", "", name)
        name = re.sub(r"^.*\w['’]s\s+(?=\S)", "", name)
        if name == "POLICY" or re.search(r"(?i)\bpolicy (?:no\.?|number|#)$", name):
            continue  # the member's own policy
        name = re.sub(r"^Medicare (?=Local|National)", "", name)
        name = "" if re.fullmatch(r"(?i:program|list)|rule|RULE", name) else name
        whole = f"{name} {number}".strip()
        if number not in found:
            found[number] = (whole, number, letter.locate(number))
    for pattern in (_TITLED, _CALLED, _LICENSED):
        for match in pattern.finditer(text):
            whole = match["whole"].strip(" ,.")
            if len(whole.split()) >= 3:
                whole = re.sub(r"^(?:The|Our|Your|This|In|Under|When|Per) ", "", whole)
                found.setdefault(whole, (whole, whole, letter.locate(" ".join(whole.split()[:3]))))
    for match in _BRACKETED.finditer(text):
        if any(match["id"] in whole for whole, _number, _span in found.values()):
            continue
        found.setdefault(match["id"], (match["id"], match["id"], letter.locate(match["id"])))
    for match in _MANUAL.finditer(text):
        whole = re.sub(r"^(?:The|Our|Under|In) ", "", re.sub(r"\s+", " ", match.group()))
        found.setdefault(whole, (whole, whole, letter.locate(match.group())))
    for match in _LIST.finditer(text):
        name = re.sub(r"^(?:The|Our|Your)\s+", "", match.group("name"))
        if len(name.split()) >= 3 and not any(name in kept[0] or kept[0].endswith(name) for kept in found.values()):
            found[name] = (name, name, letter.locate(name))
    for name in _named(letter):
        if not any(name in whole or number in name for whole, number, _span in found.values()):
            found[name] = (name, name, letter.locate(name))
    return list(found.values())


def _named(letter: Letter) -> Iterator[str]:
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
