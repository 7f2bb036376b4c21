"""The drug or service that was decided on, as printed, and the drug's name where it is one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chartproof.model import Span
from chartproof.rights.charges import charge_rows, described, is_unpaid, unpaid_rows
from chartproof.rights.dates import dates_in
from chartproof.rights.decided import grants, is_boxes, refuses
from chartproof.rights.drug_pairs import named_twice, unstemmed
from chartproof.rights.labels import Pair, label_of
from chartproof.rights.lines import Sentence
from chartproof.rights.numbers import number_of
from chartproof.rights.tables import refused_beside_granted, services
from chartproof.rights.text import Letter
from chartproof.rights.words import table

_ASKED = re.compile(
    r"\b(?:(?:asked|request|wrote)\w*\b(?: (?:us|for|that we))?(?: [\w, ]{0,24}?)? ?\bto (?:cover|approve|authori[sz]e|pre-?authori[sz]e|certify|pre-?certify|pay for|allow|renew|continue(?! to)|(?:keep|continue|go on) (?:paying for|covering|approving|authori[sz]ing))"
    r"|asked (?:us )?for(?! is)|request(?:ed)? (?:for(?! (?:additional |more |further )?information)|authori[sz]ation (?:of|for))|approval (?:of|for) (?=an?\b)|(?:(?:denial|refusal) of|denied|refused|declined) (?:benefits?|coverage|payment) for|what was asked for|in reference to"
    r"|\b(?:claim|request|case|file|inquiry) \S*\d\S* for|\b(?:re|subject):)\s*(?P<what>[^.;(]{4,90})", re.I,
)  # fmt: skip
#: Care that is named by its setting.
_SETTING = re.compile(
    r"\b(?P<what>(?:acute )?(?:inpatient|residential|intensive outpatient|partial hospitali[sz]ation|skilled nursing|home health|hospice)(?: [a-z]+){0,2}? (?:treatment|rehabilitation|care|admission|stay|services?|program|hours))\b",
    re.I,
)


def _setting(text: str) -> re.Match[str] | None:
    """Care named by its setting; of a facility that is called after it ("Elm Residential Program") only where nothing else is."""
    found = list(_SETTING.finditer(text))
    return next((one for one in found if not one["what"].istitle()), found[0] if found else None)


#: Days of a stay.
_DAYS = re.compile(
    r"\b(?P<what>(?:acute )?(?:inpatient|hospital|residential|skilled nursing)(?: [a-z]+)? days?)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Service:
    """`text` reads brand (generic) for a drug; `drug` is the brand, or the name as printed, else None."""

    text: str
    drug: str | None
    span: Span


def service(letter: Letter) -> Service | None:
    """What was decided on: the first drug named with its other name, else what the letter says was asked for."""
    spoken = [s for s in letter.sentences if s.section not in ("rights", "notices", "policy")]
    text = " ".join(s.text for s in spoken)
    clauses = re.split(r"(?<=[.;]) (?=[A-Z])", text)
    withdrawn = re.compile(table("drugs")["withdrawn"], re.I)
    kept = [clause for clause in clauses if is_boxes(clause) or not withdrawn.search(clause)]
    asked = " ".join(kept)
    # A stay is what was decided on where the drug that it is for was granted apart.
    stay = _stay(letter, spoken) if len(kept) < len(clauses) else None
    known = (
        _decided_stay(letter) or _known(letter, asked) or stay or _known(letter, text) or _known(letter, letter.flat)
    )
    if known is not None:
        return known
    refused = " ".join(line.text for line, no, _why in letter.decided_rows if no)
    coded = _after_code(letter, text)
    if coded is not None:
        return coded
    pairs = named_twice(asked) or named_twice(text) or named_twice(letter.flat) or unstemmed(letter)
    if pairs:
        labelled = " ".join(pair.value for pair in letter.pairs if pair.field == "service" and pair.rank == 0)
        first = min(pairs, key=lambda one: (one["brand"] not in labelled, one["brand"] not in refused, one.start()))
        generic = re.sub(r", [A-V]\d{4}$", "", first["generic"])
        return Service(
            f"{first.group('brand')} ({generic})",
            first.group("brand"),
            letter.locate(first.group("brand")),
        )
    return (
        _tabled(letter)
        or _charged(letter)
        or _refused_part(letter)
        or _paired(letter)
        or _listed_below(letter)
        or _coded(letter, text)
        or _dosed(text, letter)
        or _asked_for(letter, text)
        or _stay(letter, spoken)
        or _requested(letter)
    )


#: "Requested service 38241, autologous stem cell transplantation": a label, the code, the words in small letters.
_AFTER_CODE = re.compile(
    r"\b(?:requested|denied|disputed) (?:service|procedure|treatment)s?:? (?:CPT |HCPCS )?(?:code )?\d{5}(?:-\w\w)?[,:;]? (?:[–—-] )?(?P<what>[a-z][^.;,()]{5,90})",
    re.I,
)


def _after_code(letter: Letter, text: str) -> Service | None:
    """What a procedure's code stands for right after a label of what was asked."""
    match = _AFTER_CODE.search(text)
    return _named(match["what"].strip(), letter.locate(match["what"].split()[0])) if match else None


def _requested(letter: Letter) -> Service | None:
    """What stands in words where a label such as "Request" may have a number: care, and no decision."""
    for pair in letter.pairs:
        words = _CARE.match(pair.value) if pair.field == "reference" and not number_of(pair) else None
        if words and not (refuses(words["what"]) or grants(words["what"])):
            return Service(words["what"], None, letter.within(pair.span, words["what"]))
    return None


#: A few words that end in care by its setting or kind.
_CARE = re.compile(
    r"(?P<what>(?:[A-Za-z][\w/-]* ){1,4}(?:admission|stay|days|care|surgery|therapy|treatment|rehabilitation|imaging|scan|test(?:ing)?|visits|infusions?))\b"
)


#: A brand with its dose: "Dupixent, 300 mg every other week".
_DOSED = re.compile(r"\b(?P<brand>[A-Z][a-z]{3,}),? \d[\d.,]* ?(?:mg|mcg|ml|units)\b")


def _dosed(text: str, letter: Letter) -> Service | None:
    """A drug that is named with its dose alone."""
    match = _DOSED.search(text)
    if match is None or match["brand"].lower() in table("drugs")["not_brands"] or label_of(match["brand"]):
        return None
    return Service(match["brand"], match["brand"], letter.locate(match["brand"]))


def _decided_stay(letter: Letter) -> Service | None:
    """Days of a stay beside a label that decides ("Denied: acute inpatient days from May 3")."""
    decided = (pair for pair in letter.pairs if pair.field == "service" and pair.rank == _DECIDED)
    found = ((pair, _DAYS.match(pair.value) or _SETTING.match(pair.value)) for pair in decided)
    return next(
        (Service(what["what"], None, letter.within(pair.span, what["what"])) for pair, what in found if what), None
    )


def _stay(letter: Letter, spoken: Sequence[Sentence]) -> Service | None:
    """The care, named by its setting, that a sentence refuses."""
    found = (_DAYS.search(s.text) or _setting(s.text) for s in spoken if refuses(s.text))
    what = next(filter(None, found), None)
    return Service(what["what"], None, letter.locate(what["what"])) if what else None


def _refused_part(letter: Letter) -> Service | None:
    part = refused_beside_granted(letter)
    return _named(part[1], letter.locate(part[1])) if part else None


def _paired(letter: Letter) -> Service | None:
    """The value beside a label that names a service, in any layout."""
    for pair in sorted(letter.pairs, key=lambda one: (one.rank, one.order)):
        what = _cut(pair.value) if _names_service(pair) else ""
        if (
            what
            and not re.match(
                r"(?:we|you|your|our|the|this|denied|urgent|standard|pre|not|what|see|is|initial|first|second|denial|appeal|decision)\b",
                what,
                re.I,
            )
            and not next(dates_in(what), None)
        ):
            return _named(what, pair.span)
    return None


_ANY_CODE = re.compile(r"\b(?:\d{5}|[A-V]\d{4}|\d{4}[TFU])\b")
#: A row of a table without lines: the words, their code, an amount.
_ROW = re.compile(r"(?P<what>[A-Z][a-z-]+(?: [a-z-]+){1,6}),? (?:CPT |HCPCS )?(?:\d{5}|[A-V]\d{4}) (?=\d)")
#: The rank of the labels that are a decision: their value names a service only with its code.
_DECIDED = 1


def _names_service(pair: Pair) -> bool:
    """A label of a service; "Request: ..." is one where words stand in the number's place, and a code after them."""
    coded = re.match(r"[A-Za-z][a-z].*[(,] ?(?:CPT |HCPCS )?(?:\d{5}|[A-V]\d{4})\b", pair.value)
    if pair.field == "service" and pair.rank == _DECIDED:
        return _ANY_CODE.search(pair.value) is not None
    if pair.field == "service":
        return re.fullmatch(table("drugs")["class_only"], pair.value.strip(" .,"), re.I) is None
    return bool(pair.field in ("reference", "member_name") and coded and not number_of(pair))


#: A code in brackets after the words that it stands for.
_CODED = re.compile(
    r"(?P<what>[A-Za-z][\w-]*(?:,? (?:[a-z][\w-]*|\([A-Z]{2,6}\)|[A-Z]{2,5}\b|[CLST]\d{1,2}(?:-[CLST]?\d{1,2})?\b|Group \d)){0,11}),? [({](?:CPT |HCPCS |procedure )?(?:codes? )?(?:\d{5}|[A-V]\d{4}|\d{4}[TFU])\b"
)


#: "... for the following prescription drug that you requested: lidocaine 5% patch".
_FOLLOWING = re.compile(
    r"\bfollowing (?:\w+ )?(?:service|drug|item|treatment)s?\b[^:;.]{0,70}: (?P<what>[a-z][^.;]{4,90})", re.I
)


def _listed_below(letter: Letter) -> Service | None:
    """What stands below words such as "the services listed below requested by your doctor:"."""
    for one, after in pairwise(letter.sentences):
        within = _FOLLOWING.search(one.text)
        if within and (what := _cut(within["what"])):
            return _named(what, letter.locate(" ".join(what.split()[:3])))
        led = one.text.endswith(":") and re.search(
            r"\b(?:listed|named|described) below\b|\bfollowing (?:service|drug|item|treatment)", one.text, re.I
        )
        what = _cut(after.text) if led else ""
        if what and not next(dates_in(what), None):
            return _named(what, letter.span(after.page, after.start, after.end))
    return None


#: Words before a maker's name with its code: "a genomic test (Arbor DX, 81519)".
_NAMED_BESIDE = re.compile(
    r"(?<![\w-])(?P<what>[a-z][\w-]*(?: [a-z][\w-]*){0,5}) \([A-Z][\w-]*(?: [\w-]+){0,4}, (?:CPT |HCPCS )?(?:code )?(?:\d{5}|[A-V]\d{4}|\d{4}[TFU])\b"
)
#: Words in small letters with their code between commas: "24 speech therapy visits, 92507, for ...".
_APPOSED = re.compile(
    r"(?P<what>\b(?!with\b|and\b|or\b)[a-z][\w-]*(?: (?:[a-z][\w-]*|[CLST]\d{1,2}(?:-[CLST]?\d{1,2})?)){1,8}), (?:CPT |HCPCS )?(?:codes? )?(?:\d{5}|[A-V]\d{4})(?=[,.;]| (?:for|to|at|by|on)\b)"
)
#: Words after the code, set off by commas.
_CODE_FIRST = re.compile(
    r"\b(?:CPT|HCPCS) (?:codes? )?(?:\d{5}|[A-V]\d{4}), (?!(?:with|for|and|or|on|at|by)\b)(?:the |an? )?(?P<what>[^,.;()]{6,80}),"
)
_BEFORE_SERVICE = re.compile(
    # "MRI of the left knee" is one service: what an examination or an operation is of belongs to its name.
    r"^.*\b(?:your|for an?|for the|for|about|(?<!(?-i:[A-Z]{2})\s)(?<!scan\s)(?<!imaging\s)(?<!repair\s)(?<!fusion\s)(?<!replacement\s)"
    r"(?<!removal\s)(?<!biopsy\s)(?<!injection\s)(?<!treatment\s)(?<!therapy\s)(?-i:of)(?: an?| the)?|cover|approve|authori[sz]e|(?:pre-?)?certify(?: an?| the)?|receive|provide|turned down|den(?:y|ied)|declined?|refused?|requested|pays? for|paid for)\s+(?=[a-z])|^(?:an?|the) ",
    re.I,
)


#: What was asked for, before the parts of it, each with its code: "a request for a glucose monitor (CGM): a receiver (E2103)".
_IN_PARTS = re.compile(
    r"\b(?:request|asked)\b[^.:;]{0,40}? for (?:an? |the )?(?P<what>[a-z][^.:;()]{5,60})(?: \([A-Z]{2,6}\))?: (?:an? |the |one |two )?[a-z][\w -]{2,40} \((?:CPT |HCPCS )?(?:\d{5}|[A-V]\d{4})\)"
)
#: Words that tell of persons and what befell them, and name no service.
_OF_PERSONS = re.compile(r"\b(?:his|her|their|after|because|while|who|that)\b")


#: What says of the service right before it that it was granted.
_GRANTED = re.compile(
    r"[^.;()]{0,8}\)? (?:was|were|is|are|has been|have been) (?:paid|approved|covered|authori[sz]ed)\b", re.I
)


def _unpaid(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first service with its code of which the text does not say that it was granted; else the first."""
    every = list(pattern.finditer(text))
    return next((one for one in every if not _GRANTED.match(text, one.end())), every[0] if every else None)


def _coded(letter: Letter, text: str) -> Service | None:
    """The words right before a code in brackets, without what leads to them."""
    row = next(filter(None, (_ROW.match(line.text) for line in letter.body)), None) or _IN_PARTS.search(text)
    if row:
        return _named(row["what"], letter.locate(row["what"]))
    found = (_unpaid(_CODED, text), _NAMED_BESIDE.search(text))
    match = min(filter(None, found), key=lambda one: one.start(), default=None) or _CODE_FIRST.search(text)
    apposed = None if match else _APPOSED.search(text)
    match = match or apposed
    what = _BEFORE_SERVICE.sub("", match["what"]).strip(" ,") if match else ""
    counted = not apposed and re.search(r"\b(?:same day|days|visits|hours|weeks|units|doses)\b", what)
    named = " " in what or (len(what) >= 5 and not what[:1].isupper())
    named = named and not (_OF_PERSONS.search(what) or re.match(r"(?:mg|mcg|ml|units?)\b", what))
    return _named(what, letter.locate(what)) if named and not counted else None


def _known(letter: Letter, text: str) -> Service | None:
    """A cell therapy of drugs.yaml, by either of its names."""
    hits = []
    for row in table("drugs")["drugs"]:
        for name in (row["brand"], row["generic"]):
            match = re.search(rf"\b{re.escape(name)}", text, re.I)
            if match:
                hits.append((match.start(), row, match.group()))
    if not hits:
        return None
    _, row, printed = min(hits, key=lambda hit: hit[0])
    return Service(f"{row['brand']} ({row['generic']})", row["brand"], letter.locate(printed))


def _tabled(letter: Letter) -> Service | None:
    """In a table of services: the first that was refused or of which nothing was paid, else the first."""
    refused = [line.start for line, no, _why in letter.decided_rows if no]
    rows = [(line, named) for line, named in services(letter) if re.search(r"[A-Za-z]{4}", named)]
    against = (row for row in rows if row[0].start in refused or is_unpaid(row[0].text))
    done = (row for row in rows if _ANY_CODE.search(row[0].text))  # a revenue code stands for a room or a department
    first = next(against, next(done, rows[0] if rows else None))
    return _named(first[1], letter.span(first[0].page, first[0].start, first[0].end)) if first else None


def _charged(letter: Letter) -> Service | None:
    """On a statement of charges: the description of the first line that was not paid, else of the first line."""
    rows = [*unpaid_rows(letter), *((letter.body[at], row) for at, row in charge_rows(letter).items())]
    for line, text in rows:
        row = re.search(r"(?:[A-Z]\d{4}|\d{5})(?:-\w{2})?\s+(?P<what>[A-Za-z].*?)\s+\$?\d[\d,]*\.\d{2}", text)
        what = row.group("what") if row else described(text)
        if what:
            return Service(what, None, letter.span(line.page, line.start, line.end))
    return None


def _cut(what: str) -> str:
    """Without codes, brackets and further fields after the words that name a service; empty where none are left."""
    what = re.split(
        r"\s+\d+ (?:CAPSULES|TABLETS|units)\b|\bDIAGNOSIS\b|, (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d|\s*[,;( ]\s*(?:CPT|HCPCS|code|procedure|date of service|[A-V]\d{4}\b|\d{5}\b|\d{4}[TFU]\b|[A-TV-Z]\d[0-9A-Z]\.\d)|\s+\((?![^()]*\) [a-z])|\s+[A-Z][\w/ ]{2,20}:\s",
        what,
    )[0]
    what = re.sub(
        r"\s+(?:performed|done|given|provided|rendered|furnished|received|drawn|collected) (?:on|by|at|in)\b.*$",
        "",
        what,
    )
    what = re.sub(r"\s+(?:for|in) (?:the |your |an? )?(?:member|patient|diagnosis)\b.*$", "", what)
    what = re.sub(r"(?<=[a-z]) for [A-Z][a-z]+\s*$", "", what).strip(" ,.:-")
    return what if len(re.findall(r"[A-Za-z]", what)) >= 5 and len(what.split()) <= 14 else ""


def _named(what: str, span: Span) -> Service:
    what = re.sub(r"^(?:CPT |HCPCS )?(?:\d{5}|[A-V]\d{4}|\d{4}[TFU])[,:]? (?=[A-Za-z]{3})", "", what)
    what = re.sub(r"^(?:more|further|additional|continued) (?=[a-z])", "", what)
    what = re.sub(r"^admission to (?:an? |the )?(?=[a-z])([^,;]+).*", r"\1", what, flags=re.I)
    drug = re.search(r"\b\d+(?:\.\d+)? ?(?:mg|mcg|ml|units?)\b", what, re.I)
    return Service(what, what if drug else None, span)


def _asked_for(letter: Letter, text: str) -> Service | None:
    for match in _overlapping(_ASKED, text):
        what = _cut(
            re.sub(r"^(?:the|an?|your|(?:[\w-]+ )?denial (?:of|for)) ", "", match.group("what").strip(), flags=re.I)
        )
        told = re.match(
            r"(?:(?:is|are|was|were) (?:not )?(?:approved|denied|covered)|(?:\d+|[a-z]+) (?:additional|more|further|extra) (?:days|weeks|hours|nights)\b|\d+ (?:additional|more|further)|we|you|our|this|it|that|reconsider\w*|appeal|(?:first|second)[- ]level|information|a review|coverage|claim|more|notice|member|form\\b|additional|denial|denied|pre-?service|adverse)\b|(?:your|the) (?:requests?|appeals?|services?|treatments?|care|drugs?|claims?)$|your (?:request|appeal)"
            r"|(?:is|are|was|were|has|have|had|not|by|to|from|on|in|at|and|or|but|because)\b",
            what,
            re.I,
        )
        # A label that follows in the head, and a day, are no service.
        if what and not (told or _is_field(what) or re.search(r"\bID\b|\bDear\b", what)):
            return _named(what, letter.locate(match.group("what").split()[0]))
    coded = re.search(r"\b(?:CPT|HCPCS)? ?(?:\d{5}|[A-V]\d{4}) \((?P<what>[a-z][^()]{4,60})\)", text)
    named = re.search(
        r"(?P<what>\b[a-z][a-z-]+(?: [a-z-]+){1,5}) \((?:CPT |HCPCS )?(?:code )?(?:\d{5}|[A-V]\d{4})\)", text
    )
    named = None if named and re.match(r"(?:hours|days|visits|weeks|units|doses)\b", named["what"]) else named
    about = re.search(
        r"\b(?:decision|determination) (?:on|about|regarding|concerning) (?P<what>(?!your|medical necess|the|an?\b|this|our)[a-z][a-z-]+(?: [a-z-]+){0,4})",
        text,
        re.I,
    )
    set_in = (
        coded or named or about or _setting(text) or _DAYS.search(text) or _decided_on(text) or _EXCLUDED.search(text)
    )
    what = set_in["what"] if set_in else ""
    what = _BEFORE_SERVICE.sub("", what) if set_in and set_in is named else what
    return Service(what, None, letter.locate(what)) if what else None


#: What a sentence says is left out of the contract: "Cold laser therapy for this diagnosis is excluded".
_EXCLUDED = re.compile(
    r"(?:^|[.:;] |\b[A-Z]{0,3}\d{1,3} )(?P<what>(?!(?i:the|this|your|it|that)\b)[A-Z](?:[a-z]{3,}|[A-Z]{3,})(?: (?!for\b|FOR\b|is\b|IS\b|are\b|ARE\b)[A-Za-z-]+){0,5})"
    r"(?: (?i:for) (?i:this|your|the) (?i:diagnosis|condition|indication|use))? (?i:is|are) (?i:excluded|not (?:a )?covered|not payable)\b"
)


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every match, those too that begin in the words that another names."""
    match = pattern.search(text)
    while match:
        yield match
        match = pattern.search(text, match.start("what"))


def _is_field(what: str) -> bool:
    """Whether words are a field of the head, and name no service."""
    words = what.split()
    return any(label_of(" ".join(words[:count])) for count in (1, 2, 3)) or bool(re.match(_MONTH, words[-1]))


#: The name of a month, where a day ends what was cut.
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)$"


def _decided_on(text: str) -> re.Match[str] | None:
    """What a sentence says is covered, denied or asked for, where nothing else names it: "... denied 12 sessions of X"."""
    asks = re.compile(table("drugs")["decides_on"], re.I)
    found = (match for match in asks.finditer(text) if not re.match(table("drugs")["no_service"], match["what"], re.I))
    return next(found, None)
