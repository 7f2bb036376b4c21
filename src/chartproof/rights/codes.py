"""Procedure, drug and diagnosis codes, and the policies that a letter names. A ZIP, a box or a form number is not a code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from chartproof.model import Span
from chartproof.rights.lines import Line, Sentence, decided_rows
from chartproof.rights.numbers import number_of
from chartproof.rights.policies import named
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_HCPCS = re.compile(r"(?<![\w-])(?:[ABCDEGHJKLMPQRSTV]\d{4})(?![A-Za-z0-9_]|-\d)")
#: What OCR makes of digits in a code; used on pages that were recognised, never on exact text.
_MISREAD = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "S": "5", "B": "8"})
_HCPCS_MISREAD = re.compile(r"(?<![\w-])[ABCEGHJKLMPQRSTV](?=(?:\w*\d){2})[0-9OoIlSB]{4}(?![A-Za-z0-9_]|-\d)")
_DIAGNOSIS_MISREAD = re.compile(r"(?<![\w.-])[A-TV-Z$][0-9OIl][0-9ABOIl]\.[0-9OIlA-Z]{1,4}(?![\w])")
_CATEGORY_THREE = re.compile(r"(?<![\w-])\d{4}[TFU](?![\w-])")
_CPT = re.compile(r"(?<![\w.-])\d{5}(?:-[A-Z0-9]{2})?(?![\w]|-\d|\.\d)")
_DIAGNOSIS = re.compile(r"(?<![\w.-])[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}(?![\w])")
_BARE_DIAGNOSIS = re.compile(r"(?<![\w.-])[A-TV-Z]\d[0-9A-Z](?![\w.-])")
_PLACE = re.compile(
    r"(?:box|suite|stop|building|room|floor|unit|contract|form|mail code|apt|licen[sc]e|no\.?|#|(?-i:(?<![/A-Z])\b[A-Z]{2}(?=[ ,.]*$))|street|road)\W{0,3}$",
    re.I,
)
_CODE_WORD = re.compile(r"\b(?:cpt|hcpcs|codes?|procedures?|services?)\b[^.;]{0,60}$", re.I)
_DIAGNOSIS_WORD = re.compile(r"\b(?:diagnos\w+|dx|icd\S*|condition)\b[^.;]{0,80}$", re.I)
#: In a table of services the decision stands right after the code.
DECIDED_AFTER = re.compile(r"\s+(?:denied|approved|not (?:approved|certified|covered)|certified)\b", re.I)
_AMOUNT = re.compile(r"\d[\d,]*\.\d{2}(?!\d)")
_APART = re.compile(r"does not decide|not part of this (?:notice|decision)|separate(?:ly)? (?:review|notice)", re.I)

_GRANTED = re.compile(
    r"\b(?:is|are|was|were|been) approved\b|\b(?:we|department|plan|pharmacy)(?: \w+)? approved\b|would be covered",
    re.I,
)

#: Another code right after a number: a number among codes is a code.
_BESIDE = re.compile(r"\s*(?:,|;|and\b|/)\s*(?:dx\W*)?(?:[A-V]\d{4}\b|[A-TV-Z]\d[0-9A-Z]\.)")

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


def service_codes(letter: Letter, *, denied: bool = True) -> tuple[tuple[str, ...], list[Span]]:
    """Codes of what was decided, in order; a five-digit number counts only where something says that it is a code.

    Of a denial, what it grants beside is left out.
    """
    every = _service_codes(letter)
    if not denied:
        return tuple(every), list(every.values())
    granted = {code for s in letter.sentences if _granted(s.text) for code in _mentioned(s.text)}
    granted |= {code for line, row in letter.results() if row.group("result").lower() in ("approved", "certified", "met")
                for code in _mentioned(line.text)}  # fmt: skip
    rows = decided_rows(letter.body)
    granted |= {code for line, no, _why in rows if not no for code in _mentioned(line.text)}
    tabled = [line for line, _no, _why in rows]
    refused = {code for line, no, _why in rows if no for code in _mentioned(line.text)}
    told = (s for s in letter.sentences if not _granted(s.text) and (s.page, s.start) not in letter.rows)
    refused |= {code for s in told if not any(_shares(s, line) for line in tabled) for code in _mentioned(s.text)}
    found = {code: span for code, span in every.items() if code not in granted - refused} or every
    return tuple(found), list(found.values())


def _shares(sentence: Sentence, line: Line) -> bool:
    return sentence.page == line.page and sentence.start < line.end and line.start < sentence.end


def _granted(text: str) -> bool:
    """A sentence that approves a code, or names it as what would be paid instead."""
    return bool(_GRANTED.search(text)) and not re.search(
        r"\bden(?:y|ied|ial)|not (?:approved|certified|covered)", text, re.I
    )


def _mentioned(text: str) -> list[str]:
    return [*_HCPCS.findall(text), *(code.split("-")[0] for code in _CPT.findall(text))]


def _service_codes(letter: Letter) -> dict[str, Span]:
    """Every code of a service, in order, with its place."""
    found: dict[str, Span] = {}
    apart = {code for s in letter.sentences if _APART.search(s.text) for code in _HCPCS.findall(s.text)}
    numbers = _identifiers(letter)
    charges = charge_rows(letter)
    refused = any(_unpaid(row) for row in charges.values())
    for position, line in enumerate(letter.body):
        row = charges.get(position, "")
        if row and refused and not _unpaid(row):
            continue
        asked = _asked_in_field(letter, position)
        context = (letter.body[position - 1].text if position else "") + " "
        scanned = letter.pages[line.page].read == "ocr"
        for match, certain in _codes(line, scanned=scanned):
            before = context + line.text[: match.start()]
            if _PLACE.search(line.text[: match.start()]) or (not match.start() and _PLACE.search(context)):
                continue
            if _in_address(letter, position, match) or (not row and match.group() in numbers):
                continue
            code = match.group().split("-")[0]
            code = code[0] + code[1:].translate(_MISREAD) if scanned and code[0].isalpha() else code
            if code not in apart and (certain or row or asked or _is_code(before, line, match)):
                found.setdefault(code, letter.find(line, match))
    return found


def _identifiers(letter: Letter) -> set[str]:
    """The pieces of the member's, the group's and the case's numbers."""
    return {piece for pair in letter.pairs for piece in number_of(pair).split()}


def _in_address(letter: Letter, position: int, match: re.Match[str]) -> bool:
    """A number that opens a street line: words and a ZIP code follow it in the line or in the one below."""
    line = letter.body[position].text
    below = letter.body[position + 1].text if position + 1 < len(letter.body) else ""
    zipped = re.compile(r"\b[A-Z]{2}\.? \d{5}(?:-\d{4})?\b")
    street = re.match(r" [A-Z][\w.'’-]*(?: [A-Z0-9][\w.'’-]*)*(?:,|$)", line[match.end() :])
    opens = not re.search(r"\b(?:cpt|hcpcs|codes?)\W*$", line[: match.start()], re.I)
    return bool(street and opens and (zipped.search(line[match.end() :]) or zipped.search(below)))


def _asked_in_field(letter: Letter, position: int) -> bool:
    """Whether a line holds the value of a field that names the service, or its second line."""
    fields = [pair.order for pair in letter.pairs if pair.field == "service" and len(pair.value.split()) <= 24]
    return position in fields or (
        position - 1 in fields and re.match(r"(?:and|or|,|&)?\s*\d{5}\b", letter.body[position].text) is not None
    )


#: A row that describes the service before its code.
_DESCRIBED = re.compile(
    r"(?:\d{1,2}\s+)?(?P<what>[A-Z][^$]{3,60}?)\s+(?:[A-V]\d{4}|\d{5})(?:-\w{2})?\s+\$?\d[\d,]*\.\d\d"
)


def described(row: str) -> str:
    """The words before the code of a row of charges; empty where its code stands first."""
    match = _DESCRIBED.match(row)
    return match["what"] if match else ""


def charge_rows(letter: Letter) -> dict[int, str]:
    """For each line that opens a row of a table of charges, the text of the whole row."""
    rows: dict[int, str] = {}
    current: int | None = None
    for position, line in enumerate(letter.body):
        if _DESCRIBED.match(line.text) and len(_AMOUNT.findall(line.text)) >= 3:
            current = None
            rows[position] = line.text
        elif re.match(r"(?:\d{1,2}\s+)?(?:\d{1,2}/\d{1,2}/\d{2,4}|(?<=\d\s))\s*(?:[A-Z]\d{4}|\d{5})\b", line.text):
            current = position
            rows[current] = line.text
        elif current is not None and re.search(r"total|\bdiagnos[ie]s\b|explain|^[•*]", line.text, re.I):
            current = None
        elif current is not None and line.gap and len(_AMOUNT.findall(rows[current])) >= 3:
            current = None  # a whole row, and a wide space: what follows is no part of it
        elif current is not None:
            rows[current] += " " + line.text
    return {position: text for position, text in rows.items() if len(_AMOUNT.findall(text)) >= 3}


def unpaid_rows(letter: Letter) -> Iterator[tuple[Line, str]]:
    """(first line, whole text) of each row of charges of which nothing was paid."""
    for position, row in charge_rows(letter).items():
        if _unpaid(row):
            yield letter.body[position], row


def _unpaid(row: str) -> bool:
    """Nothing was paid and the whole charge is not covered."""
    amounts = [float(word.replace(",", "")) for word in _AMOUNT.findall(row)]
    whole = amounts[0] > 0 and amounts.count(amounts[0]) >= 2 and 0.0 in amounts
    # A part of the charge was refused where its last amount stands before a code that refuses.
    reasons = re.findall(r"\b(?:CO|PR|OA|PI)[- ]?(\d{1,3})\b", row)
    whole = whole or (amounts[0] > 0 and not any(amounts[1:]))
    return whole or (amounts[-1] > 0 and any(reason in table("remarks")["codes"] for reason in reasons))


def _codes(line: Line, *, scanned: bool) -> Iterator[tuple[re.Match[str], bool]]:
    for pattern, certain in ((_HCPCS_MISREAD if scanned else _HCPCS, True), (_CATEGORY_THREE, True), (_CPT, False)):
        for match in pattern.finditer(line.text):
            yield match, certain


def _is_code(before: str, line: Line, match: re.Match[str]) -> bool:
    """A five-digit number after "CPT" or "code", in brackets after a service, at the head of a service row, or beside codes."""
    after = line.text[match.end() :]
    if re.search(r"[A-Z]{2}\s*$", line.text[: match.start()]) and not re.search(r"CPT\s*$", line.text[: match.start()]):
        return False
    if re.search(r"[({]\s*$", before) and re.match(r"\s*[,)}]", after):
        return True
    if re.search(r"[({][^(){}]*(?:\d{5}|[A-V]\d{4})(?:,|;|/| and|&) ?$", before) and re.match(r"\s*[,;)}]", after):
        return True
    if re.search(r"\bcpt\b[^.;\d]{0,16}:\s*$", before, re.I) or (match.start() and DECIDED_AFTER.match(after)):
        return True
    if _CODE_WORD.search(before[-70:]) and re.search(r"(?:cpt|hcpcs|codes?|\d{5},?(?: and)?)\W{0,3}$", before, re.I):
        return True
    if re.search(r"\b(?:administration|admin|infusion|apheresis|procedures?) $", line.text[: match.start()], re.I):
        return True
    if re.search(r"[a-z)\d], $", line.text[: match.start()]) and _BESIDE.match(after):
        return True
    if re.search(r"\b[A-V]\d{4}(?:,|,? and|;|/| with)? {0,1}$", line.text[: match.start()]):
        return True
    if match.start() == 0 and re.match(r"[\W_]*[A-Z][A-Za-z]", after):
        return bool(
            re.search(r"therapy|cell|administration|service|\bdenied\b|approved|collection|\d\s*$", after, re.I)
        )
    if match.group() in line.cells and len(line.cells) >= 3:
        return True
    opens = match.start() == 0 or re.search(r"[a-z)]\s*$", line.text[: match.start()])
    return bool(opens and re.match(r"\s+\d{1,2}\s+(?:\d{1,2}/|treatment|unit|dose|visit)", after))


def diagnosis_codes(letter: Letter) -> tuple[tuple[str, ...], list[Span]]:
    """ICD-10-CM codes; one without a dot only right after a word that says diagnosis."""
    found: dict[str, Span] = {}
    for line in letter.body:
        scanned = letter.pages[line.page].read == "ocr"
        for match in (_DIAGNOSIS_MISREAD if scanned else _DIAGNOSIS).finditer(line.text):
            category, _, rest = match.group().partition(".")
            digits = category[1:].translate(str.maketrans("OIl", "011")) if scanned else category[1:]
            code = f"{category[0].replace('$', 'S')}{digits}.{rest.translate(str.maketrans('OIl', '011')) if scanned else rest}"
            found.setdefault(code, letter.find(line, match))
    if not found:
        found = _bracketed_diagnoses(letter)
    for line in letter.body:
        for match in _BARE_DIAGNOSIS.finditer(line.text):
            if _DIAGNOSIS_WORD.search(line.text[: match.start()]) and not _PLACE.search(line.text[: match.start()]):
                found.setdefault(match.group(), letter.find(line, match))
    return tuple(found), list(found.values())


def _bracketed_diagnoses(letter: Letter) -> dict[str, Span]:
    """Codes without a dot, alone in brackets after words in small letters ("global developmental delay (F88)")."""
    alone = re.compile(r"[a-z]{3,} \((?P<code>[A-TV-Z]\d[0-9A-Z])\)")
    return {
        match.group("code"): letter.find(line, match, "code")
        for line in letter.body
        for match in alone.finditer(line.text)
    }


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
            or _DIAGNOSIS.fullmatch(number)
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
    for name in named(letter):
        if not any(name in whole or number in name for whole, number, _span in found.values()):
            found[name] = (name, name, letter.locate(name))
    return list(found.values())
