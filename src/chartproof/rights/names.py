"""The payer whose decision it is."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import zip_longest

from chartproof.model import Span
from chartproof.rights.cells import cells_of
from chartproof.rights.labels import label_of
from chartproof.rights.lines import Line
from chartproof.rights.text import Letter
from chartproof.rights.words import table

#: What Medicare has every plan say of itself (42 CFR 422.2267, model disclaimer).
_CONTRACTED = r"(?P<value>[A-Z][\w&'’-]*(?: [A-Z][\w&'’-]*){1,5}?)(?: \([A-Z, -]+\))? is an? (?:HMO|PPO|PFFS|PDP|D-SNP|HMO D-SNP|HMO-POS|Medicare)[\w -]* (?:with|under) a Medicare contract"


def payer(letter: Letter) -> tuple[str, Span] | None:
    """Whose decision it is: a plan that the writer acts for, else the organization of the letterhead."""
    acts = re.compile(
        r"(?:acting for|for members of|on beha[li]f of|^for|\b(?:insured|underwritten|issued) by|\b(?:manager|agent|contractor|vendor|reviewer)s? for|^health plan:?)\s*(?:the )?(?P<value>(?-i:[A-Z][\w&'’.-]*(?: (?:[A-Z&][\w&'’.-]*|of|and|the))*))",
        re.I,
    )
    words = table("words")
    contracted = re.search(_CONTRACTED, letter.flat)
    if contracted:
        return contracted["value"], letter.locate(contracted["value"])
    over = {(line.page, line.start) for grid in letter.grids for line in grid.over}
    head = [line for line in letter.body[:16] if (line.page, line.start) not in over]
    for line, below in zip_longest(head, head[1:]):
        # A name may go on in the line below.
        goes_on = below.text if below and re.match(r"(?:[A-Z][a-z]+ ?){1,3}$", below.text) else ""
        match = acts.search(f"{line.text} {goes_on}".strip())
        organ = match and re.match(r"(?:board|committee|panel)\b", match.group("value"), re.I)
        if match and not organ and re.search(words["organization"], match.group("value"), re.I):
            return match.group("value"), letter.find(line, match, "value")
    delegated = _delegated(letter)
    if delegated:
        return delegated
    for pair in letter.pairs:
        named = re.match(r"[A-Z][^(;|\d]{4,70}", pair.value) if pair.field == "payer" else None
        plan = named and (pair.rank == 0 and len(named.group().split()) > 1)
        if named and (plan or re.search(words["organization"], named.group(), re.I)):
            return named.group().strip(" ,"), pair.span
    # "Product: Juniper Select PPO" names what was bought, not whose decision it is.
    bought = re.compile(r"\b(?:HMO|PPO|EPO|POS|bronze|silver|gold|platinum)\b", re.I)
    products = [pair.value for pair in letter.pairs if pair.field == "plan_name"]
    best: tuple[int, str, Span] | None = None
    for order, line in enumerate(head):
        under = order and (_program().match(line.text) or _ROLE.match(line.text))
        if under and (above := _NAME_ALONE.fullmatch(head[order - 1].text)):
            return above["value"], letter.find(head[order - 1], above, "value")
        below = head[order + 1].text if order + 1 < len(head) else ""
        parts = cells_of(letter, line) if order < 3 else ()
        lines = [replace(line, text=cell) for cell in parts] if len(parts) > 1 else [line]
        entry = next(filter(None, (_organization(part, below, first=order == 0) for part in lines)), None)
        if entry is None or (bought.search(entry[0]) and any(product.startswith(entry[0]) for product in products)):
            continue
        value, match = entry
        score = 100 - 3 * order + 10 * min(5, len(re.findall(re.escape(value), letter.flat, re.I))) + 40 * (order < 3)
        score -= 80 * bool(
            re.search(
                r"\b(?:program|intake|review|department|services unit|division|(?:care|medical|case|utilization) management)$",
                value,
                re.I,
            )
        )
        if best is None or score > best[0]:
            best = (score, value, letter.find(line, match, "value"))
    if best:
        return best[1], best[2]
    for pair in letter.pairs:
        named = re.match(r"[A-Z][^(;|/\d]{4,70}", pair.value) if pair.field in ("plan_name", "sender") else None
        if named and re.search(words["organization"], named.group(), re.I):
            return named.group().strip(" ,"), pair.span
    return _enrolled(letter) or _repeated(letter) or _of_appeals(letter)


#: Whose requests somebody decides, and who hears the appeals of that.
_DECIDES_FOR = re.compile(
    r"\b(?:reviews?|decides?|manages?|handles?|administers?|processes)\b[^.;]{0,50}? (?:for|of) (?:the )?(?P<value>[A-Z][\w&'’.-]*(?: (?:[A-Z&][\w&'’-]*|of|and)){1,5})"
)


def _delegated(letter: Letter) -> tuple[str, Span] | None:
    """The plan for which the writer says that it decides, where the appeals go to that plan."""
    for named in _DECIDES_FOR.finditer(letter.flat):
        value = named["value"]
        appeals = rf"(?i:appeals?|grievances?)\b[^.;]{{0,60}} (?:by|to|with) (?:the )?{re.escape(value)}|{re.escape(value)},? (?:Member |Provider )?(?:Appeals?|Grievances?)\b"
        if re.search(table("words")["organization"], value, re.I) and re.search(appeals, letter.flat):
            return value, letter.locate(value)
    return None


#: Whose member the reader is.
_ENROLLED = re.compile(
    r"\b(?:[Ee]nrolled in|(?:[Mm]ember|[Ee]nrollee) of|[Cc]overed (?:by|under|through)) (?:the )?(?P<value>[A-Z][\w&'’.-]*(?: (?:[A-Z&][\w&'’.-]*|of|and)){1,5})"
)


def _enrolled(letter: Letter) -> tuple[str, Span] | None:
    """The plan that the letter says its reader belongs to, where no letterhead names one."""
    named = _ENROLLED.search(letter.flat)
    return (named["value"], letter.locate(named["value"])) if named else None


#: A line that is a name, whatever it is the name of.
_NAME_ALONE = re.compile(
    r"(?P<value>[A-Z][\w&'’.-]+(?: (?:[A-Z&][\w&'’.-]*|of|and)){1,5}(?:,? (?:LLC|L\.L\.C\.|LLP|LP|Inc\.?|INC\.?|Corp\.?|Co\.?))?)"
)
#: What whoever stands above does for a plan: no name of its own.
_ROLE = re.compile(
    r"(?:(?:an? |the |your )?(?:independent |contract(?:ed)? |third[- ]party |plan |benefits? |claims? ){0,3}(?:administrators?|supervisors?|adjusters?|processors?)|(?:claims? |plan |benefits? )?administration) (?:for|of)\b",
    re.I,
)


@cache
def _program() -> re.Pattern[str]:
    """A State's program by its name, which a plan's name stands above."""
    return re.compile(rf"(?:{'|'.join(table('plans')['states'])}) (?:Medicaid|CHIP)\b(?! Health Plan| Plan)")


def _of_appeals(letter: Letter) -> tuple[str, Span] | None:
    """The plan that opens the address of appeals, where no letterhead names one."""
    for line in letter.body:
        named = re.match(
            r"(?P<value>[A-Z][\w&'’.-]+(?: (?:[A-Z&][\w&'’.-]*|of)){1,5}?),? (?:Member |Provider )?Appeals?\b",
            line.text,
        )
        if named and re.search(table("words")["organization"], named["value"], re.I):
            return named["value"], letter.find(line, named, "value")
    return None


#: A title in capitals beside a name that is not.
_TITLE_BESIDE = re.compile(r"(?<=[a-z])(?: [A-Z]{4,})+$")


def _repeated(letter: Letter) -> tuple[str, Span] | None:
    """A name that heads the letter and stands in its text again, where no word says that it is a plan."""
    persons = {pair.value for pair in letter.pairs if pair.field == "member_name"}
    for line in letter.body[:4]:
        text = _TITLE_BESIDE.sub("", line.text)
        named = re.fullmatch(r"[A-Z][\w&'’.-]+(?: (?:[A-Z&][\w&'’.-]*|of|and)){1,5}", text)
        # A house style may have no capitals at all.
        opens = re.match(r"[a-z]+(?: [a-z]+){1,4}(?= \d+ [A-Z]|$)", text)  # perhaps with the street beside it
        small = opens and re.search(table("words")["organization"], opens.group())
        text = opens.group() if opens and small else text
        again = len(re.findall(re.escape(text), letter.flat)) >= 2 or (small and line is letter.body[0])
        if (named or small) and text not in persons and again and not label_of(text):
            return text, letter.span(line.page, line.start, line.start + len(text))
    return None


#: The second half of a payer's name: "Health Insurance Company, 88 Mill Road".
_SECOND_HALF = re.compile(
    r"(?:(?:Health|Life|Mutual|Medical|Family|State|Casualty|Insurance|Assurance|Benefits?|Care|Plans?|Fund|Trust|Company|Corporation|Cooperative|Alliance|Partners|Administrators|Inc\.?|of|and|&)\b ?){2,}(?=\W|$)"
)


#: A part of the payer that writes, before its name.
_DEPARTMENT = re.compile(
    r"^(?:[A-Z]\w+ (?:and )?){1,3}(?:Committee|Department|Unit|Board|Panel|Division|Office), (?=[A-Z])"
)


def _organization(line: Line, below: str, *, first: bool = False) -> tuple[str, re.Match[str]] | None:
    """The payer's name that opens a line, without a title that follows it; the `first` line's may end in the next."""
    words = table("words")
    half = (
        _SECOND_HALF.match(below)
        if first and re.fullmatch(r"[A-Z][\w'’&-]+(?: [A-Z][\w'’&-]+){0,3}", line.text)
        else None
    )
    if half and not re.search(words["organization"] + "|" + words["titles"], line.text, re.I):
        whole = re.match(r"(?P<value>.+)", f"{line.text} {half.group().strip()}")
        return (whole["value"], whole) if whole else None
    shape = r"\W*(?:(?i:plan)(?::\s*|\s{2,}))?(?P<value>[A-Z][\w&'’./-]*(?:,? (?:[A-Z&(][\w&'’./()-]*|(?<=Local |LOCAL )\d{1,4}|of|and|the|for))*)"
    match = re.match(shape, line.text)
    if not match or re.match(
        r"re:|to:|(?:dear|from|member|patient|name|p\.?o\.? box|the (?-i:[a-z])|an?|your|our|you|we|keep|request)\b",
        line.text,
        re.I,
    ):
        return None
    value = re.sub(_DEPARTMENT, "", match.group("value"))
    value = re.split(rf"\s*{words['titles']}", value, flags=re.I)[0].strip(" ,:-")
    value = re.split(r"\s+(?:Date|DATE|F[Aa][Xx]|RECEIVED|Received|Phone|Page|Member|Case)\b", value)[0]
    if value.count("(") != value.count(")"):
        return None  # the end of something in brackets
    if label_of(value) or not re.search(words["organization"], value, re.I) or len(value.split()) < 2:
        return None
    if re.search(r"\b(?:office|desk|team|unit)$|^(?:board|committee|panel)(?: of \w+)?$", value, re.I):
        return None
    if re.search(r"\b(?:hospital|center|clinic|cancer|institute|pharmacy coverage)\b", value, re.I):
        return None
    if re.fullmatch(
        r"Company|Corporation|Inc\.?|Plan|Co\.|Administrators|Services|Partners|Alliance|Cooperative|Solutions|Fund|Trust",
        below,
    ):
        value = f"{value} {below}"
    return value, match


def sent_by(sender: str, payer_name: str) -> bool:
    """Whether a fax header's sender shares a telling word with the payer's name."""
    words = {word.lower() for word in re.findall(r"[A-Za-z]{5,}", payer_name)}
    return any(word.lower() in words for word in re.findall(r"[A-Za-z]{5,}", sender))
