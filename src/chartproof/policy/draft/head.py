"""What a policy document says of itself: title, number, payer, dates."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.tables import Table
from chartproof.policy.draft.words import pattern

_MONTHS = {
    name: n
    for n, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        1,
    )
}
_UNITS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
#: The days of a month in words, the longer before those that they end with.
_NTH = {
    **{f"{ten}-{word}": at + n for ten, at in (("twenty", 20), ("thirty", 30)) for n, word in enumerate(_UNITS, 1) if at + n < 32},
    **{word: n for n, word in enumerate((*_UNITS, "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
                                         "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"), 1)},
    "thirtieth": 30,
}  # fmt: skip
_DATE = re.compile(
    r"(?P<month>[A-Z][a-z]{2,8})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})|(?P<m>\d{1,2})[/-](?P<d>\d{1,2})[/-](?P<y>\d{4}|\d{2})\b"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})|(?P<dd>\d{1,2})\s+(?P<mon>[A-Z][a-z]{2,8})\s+(?P<yy>\d{4})"
    rf"|(?P<nth>{'|'.join(_NTH)}|\d{{1,2}}(?:st|nd|rd|th))(?:\s+day)?\s+of\s+(?P<in>[A-Z][a-z]{{2,8}}),?\s+(?P<of>\d{{4}})"
)
_NAMES: tuple[tuple[str, str], ...] = (
    ("effective_date", r"(?:this edition |current |policy |date |revision )?effective(?:\s+date)?(?:\s+(?:for|from|on|as of|of)\b[^:]{0,45})?|in (?:force|effect|use)(?:\s+(?:from|since|on))?|effective (?:for|from)|applies from|valid from|takes effect|operative(?: date)?|start date"),
    ("number", r"(?:medical |clinical |coverage |drug |reference )?(?:policy|document|guideline|bulletin|standard|protocol|criteria|rule|article|sheet|form|lcd|ncd)?\s*(?:number|no\.?|#|id|identifier|code|ref(?:erence)?\.?)"),
    ("title", r"(?:policy |document |article |lcd )?(?:title|name|subject)"),
    ("policy", r"(?:medical |clinical |coverage )?(?:policy|article|rule|guideline|standard|bulletin|statement|memorandum|form|update|protocol)"),
    ("payer", r"(?:health )?plan(?: name)?|owner|payer|from|issued by|issuer|company|insurer|organization|contractor(?: name)?"),
)  # fmt: skip
_NUMBER = re.compile(
    r"\b[A-Z]{2,5} \d{1,3}\.\d{1,3}(?:\.\d{1,3})?[A-Z]?\b|\b(?=[A-Z0-9.-]*\d)(?:[A-Z]{1,6}(?:-[A-Z]{1,6}){0,2}[- ]?\d[\d.-]*(?:-\d+)*[A-Z]?|\d{1,3}\.\d{2}(?:\.\d{1,3})*|[A-Z]{2,4}\.\d[\d.]*)\b"
)
_NOT_EFFECTIVE = re.compile(r"(?i)original|first|last|previous|replaces|prior|next|review")
_PAYER = re.compile(
    r"\b(?:Health|Plan|Insurance|Assurance|Cooperative|Mutual|Blue|Care|Medicaid|Benefit|Partners|Alliance|Network|HMO|Choice|Advantage|Life|Administrators|Fund|Group|Trust|Rx|RX|Scripts|SCRIPTS|BENEFIT|ADVANTAGE|HEALTH|PLAN|INSURANCE|MUTUAL|FUND|TRUST|COOPERATIVE|MEDICAID)\b"
)


#: A picture's reader loses the room before the next name in the same line: "Number: KNE-31 Effective: May 1".
_NEXT_NAME = re.compile(r"\s+(?=[A-Z][a-z]+(?:\s[a-z]+){0,3}:\s)")


#: "News for offices from Such Health · Spring".
_ISSUED = re.compile(r"\b(?:from|by|of)\s+(?P<payer>[A-Z][\w’'&.-]+(?:\s[A-Z][\w’'&.-]+){1,4})")


#: What stands between the payer's name and the document's own data in one line.
_APART = re.compile(r"\s[·|—–:]{1,2}\s|\s(?=(?:Form|Checklist|Policy|Grid|Sheet|Rule)\s[A-Z]{1,5}-?\d)")
#: So many lines of the first page are the document's head.
_HEAD = 14
#: A title in larger type is larger by this factor.
_LARGER = 1.07
#: A title has so many lines at the most.
_TITLE_LINES = 3
#: A number that stands alone in its cell.
_SHAPED = re.compile(r"[A-Z]{2,6}(?:-[A-Z0-9]{1,8})+")
#: "Medical policy GT-2.3 changes ...": the number behind the word for what it numbers.
_NUMBERED = re.compile(
    r"(?i:\b(?:policy|standard|bulletin|rule|update|statement|memorandum|guideline|criteria)\s+(?:no\.?\s*|number\s*|#\s*)?)(?=[A-Z0-9.-]*\d)"
)


@dataclass(frozen=True, slots=True)
class Head:
    """The document's own data; "" and None where it does not print them."""

    title: str = ""
    number: str = ""
    payer: str = ""
    effective: date | None = None


def read_head(parts: Sequence[Line | Table], footers: Sequence[Line] = ()) -> Head:
    """From the first page's lines and tables, then from what is printed on every page."""
    first = [part for part in parts if _page(part) == 1]
    lines = [part for part in first if isinstance(part, Line)]
    fields = dict(_fields(first))
    top = sorted((line for line in lines[:14]), key=lambda line: -line.height)
    titles = _title_lines(lines)
    title = fields.get("title", "") or titles
    named = fields.get("policy", "")
    number = (
        fields.get("number", "")
        or (named if _SHAPED.fullmatch(named) else "")
        or _number_in(
            [*_after_policy(lines[:8]), title, *(line.text for line in lines[:8]), *(line.text for line in footers)]
        )
    )
    said = _without_desk(fields.get("payer", ""))
    agency = "" if said else _agency(lines)
    payer = agency or _named_payer(said or _payer(lines, top), [*lines[:8], *footers])
    payer = _letterhead(lines[:_TOP], payer) or payer
    payer = _in_footer(footers, payer) or payer or _administers(lines)
    effective = find_date(fields.get("effective_date", "")) or _effective_in([*lines, *footers]) or _edition_of(first)
    return Head(_without_number(title, number), _with_series(number, lines), payer, effective)


#: A name: words with capitals and what stands between them; it may stand in so many lines at the head of a page.
_NAME = re.compile(r"[A-Z][a-z][\w’'&-]*(?:\s(?:of|the|and|for|&|[A-Z][\w’'&.-]*))*\s[A-Z][\w’'&-]*")
_TOP = 3
#: Where a sentence ends behind a name.
_END = re.compile(r"(?<=[a-z]{3})\.(?:\s|$)")
#: "© 2026 Such Benefit Management. All rights reserved."
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|[Cc]opyright)\s*(?:\d{{4}}\s*)?(?P<name>{_NAME.pattern})")
#: A state's office is named in so many lines.
_AGENCY = 6


def _page(part: Line | Table) -> int:
    return part.page if isinstance(part, Line) else part.rows[0].lines[0].page


def _fields(parts: Sequence[Line | Table]) -> list[tuple[str, str]]:
    """(field, value) of "name: value" lines and of two-cell rows, the first of each name."""
    found: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    for part in parts:
        if isinstance(part, Table):
            names, *below = (row.cells for row in part.rows)
            over = below and len(names) > 2
            if over and not re.search(r"\d", " ".join(names)) and re.search(r"\d", " ".join(below[0])):
                told = zip(names, below[0], strict=False)  # names over their values; the number there is of an entry
                pairs += [(name, value) for name, value in told if name.lower().startswith("contractor name")]
            for row in part.rows:
                cells = [cell for cell in row.cells if cell]
                pairs += list(zip(cells[::2], cells[1::2], strict=False))
            if over and len(below) == 1:
                pairs += list(zip(names, below[0], strict=False))
        else:
            for text in [text for _, text in part.cells] or [part.text]:
                pairs += re.findall(r"(?:^|[|;]|\s{2,})\s*([A-Za-z#. ]{2,60}?):\s*([^|;]+)", text)
            if len(part.cells) == 2:
                pairs.append((part.cells[0][1], part.cells[1][1]))
    for name, value in pairs:
        for field, words in _NAMES:
            if re.fullmatch(rf"(?i)\s*(?:{words})\s*:?\s*", name) and _holds(field, name, value):
                found.setdefault(field, _NEXT_NAME.split(value)[0].strip())
    return list(found.items())


def _holds(field: str, name: str, value: str) -> bool:
    """True for a value that may be this field's: a number has figures, and who writes may be a person."""
    if field == "number" and not re.search(r"\d", value):
        return False
    return not _NOT_EFFECTIVE.search(name) and (name.strip(" :").lower() != "from" or _PAYER.search(value) is not None)


def _title_lines(lines: Sequence[Line]) -> str:
    """The largest lines that are not the letterhead."""
    early = [line for line in lines[:16] if not (_PAYER.search(line.text) and line is lines[0])]
    if not early:
        return ""
    size = max(line.height for line in early)
    if size < median(line.height for line in lines) * _LARGER:  # set like the text
        named = (line.text for line in early if _is_name(line.text))
        return next(named, "")
    run: list[str] = []
    for line in early:
        if line.height >= size * 0.97 and not _PAYER.fullmatch(line.text) and len(run) < _TITLE_LINES:
            run.append(line.text)
        elif run:
            break
    return " ".join(run)


def _is_name(text: str) -> bool:
    """True for words that may be a title: no sentence, no day, no entry of a list."""
    return label_of(text) is None and not re.search(r"[.;,]$", text) and find_date(text) is None


def _payer(lines: Sequence[Line], top: Sequence[Line]) -> str:
    for line in [*lines[:1], *top]:
        if _PAYER.search(line.text) and len(line.text.split()) <= 8 and not re.search(r"\d|[·|]|\w{4}[.]$", line.text):
            at = lines.index(line)
            after = lines[at + 1] if at + 1 < len(lines) else None
            if (
                after is not None
                and abs(after.height - line.height) < 0.5
                and len(after.text.split()) <= 2
                and line.height > 12
            ):
                return f"{line.text} {after.text}"
            return _without_desk(line.text)
    named = next(
        (match for line in lines[:6] if (match := _ISSUED.search(line.text)) and _PAYER.search(match["payer"])), None
    )
    if named is not None:
        return named["payer"].strip()
    pieces = [piece for line in lines[:2] for piece in _APART.split(line.text) if _APART.search(line.text)]
    among = next(
        (one for one in pieces if _PAYER.search(one) and not re.search(r"[\d,]", one) and len(one.split()) <= 6), ""
    )
    if among:
        return among.strip()
    beside = [text for line in lines[:6] for _, text in line.cells[1:] if len(line.cells) > 1]
    return next((text for text in beside if _PAYER.search(text) and not re.search(r"\d", text)), "")


def _without_desk(payer: str) -> str:
    """The name without the part of the house that writes."""
    return re.sub(r",\s[^,]*\b(?:Desk|Department|Division|Unit|Program|Office|Services|Team|Management)$", "", payer)


def _named_payer(payer: str, lines: Sequence[Line]) -> str:
    """The payer as it was read, or its name among other words of a line."""
    name = pattern("head", "payer")
    if payer and not pattern("head", "sentence").search(payer):
        within = name.search(payer)
        more = re.search(r"\b[a-z]|[(]", payer) is not None  # other words than a name's
        return within.group() if within is not None and more else payer
    texts = [text for line in lines for _, text in line.cells] + [line.text for line in lines]
    found = (match.group() for text in texts for match in [name.search(text)] if match is not None)
    return next(found, "")


def _letterhead(lines: Sequence[Line], payer: str) -> str:
    """The name at the head of the first page of which the payer's is a part, or the first one there where none was found."""
    names = [
        part for line in lines for part in re.split(r"\s+[·|]\s+", line.text)
        if _NAME.fullmatch(part) and not pattern("head", "document").search(part)
    ]  # fmt: skip
    return next((name for name in names if payer in name), "") if payer else (names[:1] or [""])[0]


def _in_footer(footers: Sequence[Line], payer: str) -> str:
    """The name that a running line begins with, or has behind its copyright mark: the whole of a payer's name, or the only one."""
    for line in footers:
        for part in re.split(r"\s+[·|]\s+", line.text):
            marked = _COPYRIGHT.search(part)
            name = _END.split(marked["name"] if marked else part.strip())[0]
            whole = _NAME.fullmatch(name) and not pattern("head", "document").search(name)
            if whole and ((payer and payer in name) or (not payer and marked)):
                return name
    return ""


def _administers(lines: Sequence[Line]) -> str:
    """Who runs the plans that a document is for: "applies to plans administered by Such Pharmacy Solutions"."""
    text = " ".join(line.text for line in lines)
    match = re.search(rf"\b(?:administered|underwritten|issued|managed) by (?P<name>{_NAME.pattern})", text)
    return _END.split(match["name"])[0] if match is not None else ""


def _agency(lines: Sequence[Line]) -> str:
    """A state and the office of it that is named next: on a line of its own, or behind a mark on the same line."""
    parts = [part for line in lines[:_AGENCY] for part in re.split(r"\s+[·|]\s+", line.text)]
    for state, office in itertools.pairwise(parts):
        if pattern("head", "state").fullmatch(state) and pattern("head", "office").match(office):
            return f"{_named(state)} {_named(office)}"
    return ""


def _named(text: str) -> str:
    """A name that was set in capitals, as it is written elsewhere."""
    return (
        re.sub(r"\b(?:Of|For|And|The)\b", lambda word: word.group().lower(), text.title()) if text.isupper() else text
    )


def _after_policy(lines: Sequence[Line]) -> list[str]:
    return [line.text[match.end() :].split(" ")[0] for line in lines for match in _NUMBERED.finditer(line.text)]


def _number_in(texts: Sequence[str]) -> str:
    for text in texts:
        label = label_of(text)
        match = _NUMBER.search(text, label.length if label is not None and label.kind in ("nested", "word") else 0)
        # "V2.0.2026" is an edition, and "CD20" an antigen.
        edition = match is not None and re.match(r"V\d|CD\d+$", match.group())
        if match is not None and not edition and not _DATE.search(text[match.start() : match.end() + 8]):
            return match.group().rstrip(".-")
    return ""


def _with_series(number: str, lines: Sequence[Line]) -> str:
    """The number with the letters of its series where another line prints both: "XY 5.20" for "5.20"."""
    bare = re.fullmatch(r"\d{1,3}\.\d{1,3}", number)
    texts = (line.text for line in lines[:_HEAD]) if bare else ()
    whole = (match for text in texts if (match := re.search(rf"\b[A-Z]{{2,5}} {re.escape(number)}\b", text)))
    return next((match.group() for match in whole), number)


def _edition_of(parts: Sequence[Line | Table]) -> date | None:
    """The date of a document that says only of which day its edition is: "Version of March 1, 2026"."""
    rows = [" ".join(row.cells) for part in parts if isinstance(part, Table) for row in part.rows]
    for text in [*(part.text for part in parts if isinstance(part, Line))][:_HEAD] + rows[:_HEAD]:
        match = pattern("head", "edition").search(text)
        found = find_date(match["rest"]) if match and not _NOT_EFFECTIVE.search(text[: match.end("said")]) else None
        if found is not None:
            return found
    return None


def _without_number(title: str, number: str) -> str:
    title = re.sub(rf"\s*\({re.escape(number)}\)\s*$", "", title) if number else title
    found = re.sub(rf"^.*{re.escape(number)}\s*[.:–-]?\s*", "", title) if number and number in title else title
    return found or title


def _effective_in(lines: Sequence[Line]) -> date | None:
    pairs = [f"{line.text} {after.text}" for line, after in itertools.pairwise(lines)]
    for text in [*(line.text for line in lines), *pairs]:
        match = pattern("head", "effective").search(text)
        if match and not re.search(r"(?i)(?:original|first|last)\s*$", text[: match.start()].strip()):
            found = find_date(match["rest"])
            if found is not None:
                return found
    return None


def find_date(text: str) -> date | None:
    """The first full date in the text, months in words or US order; None where there is none."""
    for match in _DATE.finditer(text):
        try:
            if match["iso"]:
                return date.fromisoformat(match["iso"])
            if match["month"]:
                return date(int(match["year"]), _month(match["month"]), int(match["day"]))
            if match["mon"]:
                return date(int(match["yy"]), _month(match["mon"]), int(match["dd"]))
            if match["nth"]:
                day = _NTH.get(match["nth"]) or int(match["nth"][:-2])
                return date(int(match["of"]), _month(match["in"]), day)
            year = int(match["y"])
            return date(year if year > 99 else 2000 + year, int(match["m"]), int(match["d"]))
        except ValueError:
            continue
    return None


def _month(word: str) -> int:
    return next((n for name, n in _MONTHS.items() if name.startswith(word.lower()[:3])), 0)
