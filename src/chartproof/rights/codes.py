"""Procedure, drug and diagnosis codes. A ZIP, a box or a form number is not a code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.model import Span
from chartproof.rights.charges import charge_rows, is_unpaid
from chartproof.rights.lines import Line, Sentence
from chartproof.rights.numbers import number_of
from chartproof.rights.tables import is_granted_item, services
from chartproof.rights.text import Letter
from chartproof.rights.words import table

PROCEDURE = re.compile(r"(?<![\w-])(?:[ABCDEGHJKLMPQRSTV]\d{4})(?![A-Za-z0-9_]|-\d)")
#: What OCR makes of digits in a code; used on pages that were recognised, never on exact text.
_MISREAD = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "S": "5", "B": "8"})
#: What OCR makes of the letter that opens a diagnosis.
_MISREAD_LETTER = str.maketrans({"$": "S", "€": "C"})
_HCPCS_MISREAD = re.compile(r"(?<![\w-])[ABCEGHJKLMPQRSTV](?=(?:\w*\d){2})[0-9OoIlSB]{4}(?![A-Za-z0-9_]|-\d)")
_DIAGNOSIS_MISREAD = re.compile(r"(?<![\w.-])[A-TV-Z$€][0-9OIl][0-9ABOIl]\.[0-9OIlA-Z]{1,4}(?![\w])")
_CATEGORY_THREE = re.compile(r"(?<![\w-])\d{4}[TFU](?![\w-])")
_CPT = re.compile(r"(?<![\w.-])\d{5}(?:-[A-Z0-9]{2})?(?![\w]|-\d|\.\d)")
DIAGNOSIS = re.compile(r"(?<![\w.-])[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}(?![\w])")
_BARE_DIAGNOSIS = re.compile(r"(?<![\w.-])[A-TV-Z]\d[0-9A-Z](?![\w-]|\.\w)")
_PLACE = re.compile(
    r"(?:box|suite|(?:mail )?(?:stop|drop|slot|bin|station)|locker|desk|bay|dock|rack|bin|building|bldg\.?|dep(?:artmen)?t\.?|room|floor|(?<!\d )unit|contract|form|mail code|apt|licen[sc]e|no\.?|#|(?-i:(?<![/A-Z])\b(?:"
    + "|".join(table("plans")["states"].values())
    + r")(?=[ ,.]*$))|street|road)\W{0,3}$",
    re.I,
)
_CODE_WORD = re.compile(r"\b(?:cpt|hcpcs|codes?|procedures?|services?)\b[^.;]{0,60}$", re.I)
_DIAGNOSIS_WORD = re.compile(r"\b(?:diagnos\w+|dx|icd\S*|condition)\b[^.;]{0,80}$", re.I)
#: In a table of services the decision stands right after the code.
DECIDED_AFTER = re.compile(r"\s+(?:denied|approved|not (?:approved|certified|covered)|certified)\b", re.I)
_APART = re.compile(r"does not decide|not part of this (?:notice|decision)|separate(?:ly)? (?:review|notice)", re.I)

_GRANTED = re.compile(
    r"\b(?:is|are|was|were|been) approved\b|\b(?:we|department|plan|pharmacy)(?: (?!not\b|cannot\b)\w+)? approved?\b|would be (?:covered|approved|certified|authori[sz]ed)",
    re.I,
)

#: A diagnosis right before another: the dot in it ends no sentence.
_AFTER_DIAGNOSIS = re.compile(rf"{DIAGNOSIS.pattern}(?: \([^()]*\))?(?:,|;| /|,? and|,? &) $")
#: A line that prints the number of the form itself, as feet of pages do.
_OF_FORM = re.compile(
    r"^form (?:no\.? |# ?|number )?[A-Z]|\bOMB (?:no|approval|control|\d)|\(?\brev\.? ?\(?\d{1,2}[/-]\d", re.I
)

#: What OCR makes of a code that begins with I, right after a word that says diagnosis.
_DIAGNOSIS_OF_ONE = re.compile(r"(?<![\w.-])1\d\d\.\d{1,4}(?![\w])")
#: It stands in brackets of its own, right after a word: as a number it would say nothing there.
_BRACKETED_ONE = re.compile(r"[a-z]{4,} \(1\d\d\.\d{2,4}\)")

#: Another code right after a number: a number among codes is a code.
_BESIDE = re.compile(r"\s*(?:,|;|and\b|/)\s*(?:dx\W*)?(?:[A-V]\d{4}\b|[A-TV-Z]\d[0-9A-Z]\.)")


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
    rows = letter.decided_rows
    granted |= {code for line, no, _why in rows if not no for code in _mentioned(line.text)}
    granted |= {code for line in letter.body if is_granted_item(line.text) for code in _mentioned(line.text)}
    tabled = [line for line, _no, _why in rows]
    refused = {code for line, no, _why in rows if no for code in _mentioned(line.text)}
    told = (s for s in letter.sentences if not (_granted(s.text) or is_granted_item(s.text)))
    told = (s for s in told if (s.page, s.start) not in letter.rows)
    refused |= {code for s in told if not any(_shares(s, line) for line in tabled) for code in _mentioned(s.text)}
    found = {code: span for code, span in every.items() if code not in granted - refused} or every
    return tuple(found), list(found.values())


def _within(line: Line, row: Line) -> bool:
    return line.page == row.page and row.start <= line.start < row.end


def _shares(sentence: Sentence, line: Line) -> bool:
    return sentence.page == line.page and sentence.start < line.end and line.start < sentence.end


def _granted(text: str) -> bool:
    """A sentence that approves a code, or names it as what would be paid instead."""
    return bool(_GRANTED.search(text)) and not re.search(
        r"\bden(?:y|ied|ial)|not (?:approved|certified|covered)", text, re.I
    )


def _mentioned(text: str) -> list[str]:
    return [*PROCEDURE.findall(text), *(code.split("-")[0] for code in _CPT.findall(text))]


def _service_codes(letter: Letter) -> dict[str, Span]:
    """Every code of a service, in order, with its place."""
    found: dict[str, Span] = {}
    apart = {code for s in letter.sentences if _APART.search(s.text) for code in PROCEDURE.findall(s.text)}
    numbers = _identifiers(letter)
    charges = charge_rows(letter)
    tabled = [row for row, _named in services(letter)]
    refused = any(is_unpaid(row) for row in (*charges.values(), *(row.text for row in tabled)))
    # Where rows of charges print their codes, what the text around them says of other codes is advice.
    coded = refused and any(_mentioned(row) for row in charges.values())
    for position, line in enumerate(letter.body):
        row = charges.get(position) or next((row.text for row in tabled if _within(line, row)), "")
        if (row and refused and not is_unpaid(row)) or (not row and coded):
            continue
        asked = _asked_in_field(letter, position)
        context = (letter.body[position - 1].text if position else "") + " "
        scanned = letter.pages[line.page].read == "ocr"
        if _OF_FORM.search(line.text):
            continue
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
    """A number of an address: words and a ZIP code follow it in the line, or where it opens a street in the one below."""
    line = letter.body[position].text
    below = letter.body[position + 1].text if position + 1 < len(letter.body) else ""
    zipped = re.compile(r"\b[A-Z]{2}\.? \d{5}(?:-\d{4})?\b")
    street = re.match(r" [A-Z][\w.'’-]*(?: [A-Z0-9][\w.'’-]*)*(?:,|$)", line[match.end() :])
    if re.search(r"\b(?:cpt|hcpcs|codes?)\W*$", line[: match.start()], re.I):
        return False
    # Between the commas of an address nothing but names and numbers stands.
    within = re.match(r"(?:, [A-Z0-9][\w.'’-]*(?: [A-Z0-9][\w.'’-]*)*){0,3}, [A-Z]{2}\.? \d{5}\b", line[match.end() :])
    return bool(within or (street and (zipped.search(line[match.end() :]) or zipped.search(below))))


def _asked_in_field(letter: Letter, position: int) -> bool:
    """Whether a line holds the value of a field that names the service, or its second line."""
    fields = [pair.order for pair in letter.pairs if pair.field == "service" and len(pair.value.split()) <= 24]
    return position in fields or (
        position - 1 in fields and re.match(r"(?:and|or|,|&)?\s*\d{5}\b", letter.body[position].text) is not None
    )


def _codes(line: Line, *, scanned: bool) -> Iterator[tuple[re.Match[str], bool]]:
    for pattern, certain in ((_HCPCS_MISREAD if scanned else PROCEDURE, True), (_CATEGORY_THREE, True), (_CPT, False)):
        for match in pattern.finditer(line.text):
            yield match, certain


def _is_code(before: str, line: Line, match: re.Match[str]) -> bool:
    """A five-digit number after "CPT" or "code", in brackets after a service, at the head of a service row, or beside codes."""
    after = line.text[match.end() :]
    if re.search(r"[A-Z]{2}\s*$", line.text[: match.start()]) and not re.search(r"CPT\s*$", line.text[: match.start()]):
        return False
    if re.search(r"[({]\s*$", before) and re.match(r"\s*[,)}]", after):
        return True
    named = re.search(r"[({][A-Z][\w-]*(?: [\w-]+)*, $", before)
    if named and re.match(r"\s*[,;)}]", after):
        return True
    if re.search(r"[({][^(){}]*(?:\d{5}|[A-V]\d{4})(?:,|;|/| and|&) ?$", before) and re.match(r"\s*[,;)}]", after):
        return True
    if re.search(r"\bcpt\b[^.;\d]{0,16}:\s*$", before, re.I) or (match.start() and DECIDED_AFTER.match(after)):
        return True
    if _CODE_WORD.search(before[-70:]) and re.search(r"(?:cpt|hcpcs|codes?|\d{5},?(?: and)?)\W{0,3}$", before, re.I):
        return True
    if re.search(r"\b(?:requested|denied|disputed) (?:service|procedure|treatment)s?:? $", before, re.I):
        return re.match(r"[,:;]? (?:[–—-] )?[a-z]", after) is not None
    if re.search(r"\b(?:administration|admin|infusion|apheresis|procedures?) $", line.text[: match.start()], re.I):
        return True
    if re.search(r"[a-z)\d], $", line.text[: match.start()]) and _BESIDE.match(after):
        return True
    # Set off by a comma after the words that it stands for, alone up to the next stop: a ZIP follows a State, a box its word.
    if re.search(r"[a-z)], $", before) and re.match(r"[,.;:]?(?:\s+\d+(?!\S))?$|[,;:.](?:\s|$)", after):
        return True
    # In a line with a code that its letter tells for certain, after a stop, and counted as that one is.
    if PROCEDURE.search(line.text[: match.start()]) and re.search(r"[;,|/] ?$", line.text[: match.start()]):
        return not re.match(r" [A-Z]", after)
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
        for match in (_DIAGNOSIS_MISREAD if scanned else DIAGNOSIS).finditer(line.text):
            category, _, rest = match.group().partition(".")
            digits = category[1:].translate(str.maketrans("OIl", "011")) if scanned else category[1:]
            code = f"{category[0].translate(_MISREAD_LETTER)}{digits}.{rest.translate(str.maketrans('OIl', '011')) if scanned else rest}"
            found.setdefault(code, letter.find(line, match))
        for match in _DIAGNOSIS_OF_ONE.finditer(line.text) if scanned else ():
            bracketed_one = any(match.start() in range(*one.span()) for one in _BRACKETED_ONE.finditer(line.text))
            if bracketed_one or _DIAGNOSIS_WORD.search(line.text[: match.start()]):
                found.setdefault(f"I{match.group()[1:]}", letter.find(line, match))
    bracketed = _bracketed_diagnoses(letter)
    found.update(bracketed if not found else _of_disease(letter, bracketed))
    found.update(_beside_diagnoses(letter))
    for line in letter.body:
        for match in _BARE_DIAGNOSIS.finditer(line.text):
            labelled = re.search(r"(?:^|\s)[A-Z][a-z]+: $", line.text[: match.start()])
            if labelled and re.match(r", [a-z]{4,}", line.text[match.end() :]):
                found.setdefault(match.group(), letter.find(line, match))  # "For: G40, epilepsy"
            before = line.text[: match.start()]
            before = DIAGNOSIS.sub("", before) if _AFTER_DIAGNOSIS.search(before) else before
            if _DIAGNOSIS_WORD.search(before) and not _PLACE.search(line.text[: match.start()]):
                found.setdefault(match.group(), letter.find(line, match))
    return tuple(found), list(found.values())


#: Brackets that hold diagnoses and nothing else, and what parts them.
_ONLY_CODES = re.compile(r"\((?P<codes>[A-TV-Z]\d[^()]{2,60})\)")
_PARTED = re.compile(r"\s*(?:,|;|/|&|\band\b)\s*")


def _beside_diagnoses(letter: Letter) -> dict[str, Span]:
    """Codes without a dot that share their brackets with codes that have one, and with no other word: "(C61, C79.51)"."""
    found: dict[str, Span] = {}
    for line in letter.body:
        for match in _ONLY_CODES.finditer(line.text):
            codes = [one for one in _PARTED.split(match["codes"]) if one]
            dotted = [code for code in codes if DIAGNOSIS.fullmatch(code)]
            bare = [code for code in codes if _BARE_DIAGNOSIS.fullmatch(code)]
            if dotted and bare and len(dotted) + len(bare) == len(codes):
                found |= {code: letter.find(line, match, "codes") for code in bare}
    return found


def _bracketed_diagnoses(letter: Letter) -> dict[str, Span]:
    """Codes without a dot that end what a treatment is for: in brackets ("for developmental delay (F88)") or by a comma."""
    alone = re.compile(
        r"[a-z]{3,} (?:[A-Z0-9] )?\((?P<code>[A-TV-Z]\d[0-9A-Z])\)"
        r"|\b(?:for|has|have|with) (?:(?!Suite|Room)[^.;:()\d]){2,70}[a-z]{3,}, (?P<ended>[A-TV-Z]\d[0-9A-Z])(?=[.;,]?(?:\s|$))(?!, [A-Z]{2}\b)"
    )
    named = [
        (line, match, "code" if match["code"] else "ended")
        for line in letter.body
        for match in alone.finditer(line.text)
    ]
    return {
        match[group]: letter.find(line, match, group)
        for line, match, group in named
        if group == "code" or _CARE.search(_up_to(letter, line, match))
    }


#: What a code in brackets right after it stands for, whatever other codes with a dot the letter prints.
_DISEASE = re.compile(
    r"\b(?:cancers?|carcinomas?|lymphomas?|leuk(?:a?e)mias?|melanomas?|myelomas?|sarcomas?|tumou?rs?|gliomas?|diseases?|disorders?|syndromes?|diabetes|hypertension|schizophrenia|dementia|epilepsy|glaucoma|psoriasis|scoliosis|gout) \($",
    re.I,
)


def _of_disease(letter: Letter, bracketed: dict[str, Span]) -> dict[str, Span]:
    """Those of the codes in brackets before which the name of a disease stands."""
    return {
        code: span
        for code, span in bracketed.items()
        if any(_DISEASE.search(line.text.partition(f"{code})")[0]) for line in letter.body if f"({code})" in line.text)
    }


#: Words of care in the sentence that ends in a diagnosis.
_CARE = re.compile(r"\b(?:request|ask|order|prescri|treat|therap|infus|surg|diagnos|mg\b|[A-V]\d{4}\b)\w*", re.I)


def _up_to(letter: Letter, line: Line, match: re.Match[str]) -> str:
    """The sentence up to a match, as far as the line above reaches; "Ask for ..." bids, and names no care."""
    order = letter.body.index(line)
    above = letter.body[order - 1].text if order else ""
    told = re.split(r"(?<=[.;:]) (?=[A-Z])", f"{above} {line.text[: match.start('ended')]}")[-1]
    return "" if re.match(r"(?:Ask|Write|Call)\b", told) else told
