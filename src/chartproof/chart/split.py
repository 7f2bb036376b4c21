"""Where one document of a file ends and the next begins: by page, and within a page where a dated title opens a new one.

A running header or footer that a print job puts on every page says nothing about documents and is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from chartproof.chart.closing import ends_signed, reopens
from chartproof.chart.correspondence import letter_body
from chartproof.chart.dates import find_dates
from chartproof.chart.encounter_line import encounter_line
from chartproof.chart.kinds import STRONG, best_kind, bodies, evidence_of, title_kind
from chartproof.chart.numbering import begins_by_number, body_start, counter, filled, plain, runs_on
from chartproof.chart.page_parts import CONTINUED, counted_results, persons_of, report_head, screens_of
from chartproof.chart.printed import differs, prints_identity
from chartproof.model import DayRange, Page

#: A count that runs through papers of so many kinds is the print job's.
RELEASE_KINDS = 4
#: Lines, at the top of a page, in which a document says whose and of what day it is.
HEAD_LINES = 6
#: Lines at the top of a printed page of which one is the patient's and the next the paper's title.
TOP_LINES = 2
LABELLED_TITLE = re.compile(
    r"\b(?:service|exam|visit|encounter|study|result|collected|admit(?:ted)?)(?: date)?(?:/time)?:|\bauth\w* ?\(|\baccession\b",
    re.IGNORECASE,
)
#: The head of a printed message: who wrote it, and to whom, of what day or on what.
MAIL = re.compile(r"\s*from:[^\n]+\n(?:[^\n]*\n){0,3}?\s*(?:to|sent|subject|date):", re.IGNORECASE)
#: Veterans' records print note below note, each under this line, with its day and status beneath.
NOTE_TITLE = re.compile(r"\s*(?:LOCAL|NOTE) TITLE:\s*\S")
#: The day under it, within so many characters of the page.
NOTE_DAY = re.compile(r"^\s*DATE OF NOTE:\s*\S", re.MULTILINE)
HEAD = 240
#: The head of a form's section: "4. Candidate information".
SECTION = re.compile(r"\s*(?:section |part )?(\d{1,2})[.):] {1,3}[A-Z]", re.IGNORECASE)
#: A print of results puts one under the other, each under its type and, beneath, its day.
RESULT_TITLE = re.compile(r"\s*(?:result|report|document|exam) (?:type|title|name):\s*\S", re.IGNORECASE)
RESULT_DAY = re.compile(r"\s*(?:result|report|document|exam|service|study) date(?:/time)?:\s*\S", re.IGNORECASE)
#: "Virology - collected 08/25/2026".
PANEL = re.compile(
    r"\W*[A-Z][^\n|]{2,80}?(?:\s[–—-]|[,:(])\s*(?:collected|drawn|specimen(?: collected)?|collection)(?: on| date)?\W{0,3}(?=\d|[A-Z])",
    re.IGNORECASE,
)
#: The label right before the day of a visit, in the head of its page.
VISIT_DAY = re.compile(
    r"(?:^|(?<=\W))(?:date(?: of (?:service|visit|encounter))?|(?:visit|service|encounter) date|dos|seen(?: on)?):\s*$",
    re.IGNORECASE,
)
#: What a line calls a clinician's note, and a day in it that is none of the note's.
NOTED = re.compile(r"\b(?:notes?|consult(?:ation)?|visit|evaluation|assessment|h ?& ?p)\b", re.IGNORECASE)
PRINTED = re.compile(r"\b(?:print\w*|fax\w*|received|scanned|page|dob|born|birth|exported|generated)\b", re.IGNORECASE)
#: Titles that may open another document in the midst of a page. A note's own headings ("Echo 17 March: ...") may not.
MID_PAGE = frozenset(
    [
        "pet_ct",
        "ct",
        "mri",
        "chest_xray",
        "echo",
        "muga",
        "cardiac_mri",
        "ecg",
        "pft",
        "imaging",
        "pathology",
        "lab_report",
        "clinic_note",
        "nursing_note",
        "consult_note",
        "committee",
        "psychosocial",
        "draft_letter",
        "telephone_note",
        "message_thread",
        "discharge_summary",
        "flowsheet",
    ]
)
#: "Cytogenetics (reported 08/28/2026)": a part of a report that was issued after the rest.
PART_REPORTED = re.compile(
    r"\b(?:reported|resulted|issued|finali[sz]ed|final|signed|released|added|completed)(?: out| on)?\W{1,3}(?=\w*\d|[A-Z][a-z]{2,8}\.? \d)[^()\n]*\)?\W*$",
    re.IGNORECASE,
)
#: Titles that a part of a note may bear too: they open a paper only with the name of its writer behind them.
WITH_WRITER = frozenset(["treatment_summary", "provider_letter"])
WRITER = re.compile(r"\b(?:MD|DO|MBBS|NP|PA-?C|APRN|FNP|ARNP|CRNP)\b")
AFTER_DATE = re.compile(
    r"^[\s,:@]*(?:(?:at\s*)?\d{1,2}[:.]?\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?\s*(?:E[SD]T|C[SD]T|P[SD]T|hrs?)?)?"
    r"[\s,|\-]*(?:(?:ord|ordering|req|acc|accession|md|by|ref)\w*\s*[:.]\s*[A-Z0-9][\w'.\-]*,?\s*){0,3}"
    r"(?:auth(?:enticated)? ?\((?:verified|final|modified)\)\W*)?(?-i:[A-Z](?:[A-Za-z'\-]+,?|\.)\s*){0,5}(?:[\d\-]{5,})?\s*(?:\([^)]{0,60}\))?\W*$",
    re.IGNORECASE,
)
NEVER_OPENS = re.compile(
    r"^\W*(?:(?:late )?(?:addendum|amendment|correction|corrected)|compar\w+|prior|previous|result (?:type|date|status|title)|encounter"
    r" info|printed|indication|reason|history|technique|ordered|performed by|verified|signed|electronically|dictated|read by|reported"
    r"|labs?|results? of|generated|received|reviewed|interpreted|confirmed|cc|his|her|their|my|our|own|the patient.s)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of one page's characters that belongs to one document."""

    page: Page
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.page.text[self.start : self.end]


def split_file(pages: Sequence[Page]) -> tuple[tuple[Piece, ...], ...]:
    """Runs of pieces that are one document each; every character of every page is in exactly one."""
    return _split(tuple(pages))


#: Files whose cuts are kept: they are asked for in search of a plan's letter, and again to sort the pages.
REMEMBERED = 1 << 8


@lru_cache(maxsize=REMEMBERED)
def _split(pages: tuple[Page, ...]) -> tuple[tuple[Piece, ...], ...]:
    repeated = furniture(pages)
    released = counts_a_release(pages, repeated)
    groups: list[list[Piece]] = []
    for page in pages:
        cuts = [0, *(cut for cut in title_lines(page, repeated) if cut), len(page.text)]
        for index, (start, end) in enumerate(pairwise(cuts)):
            piece = Piece(page, start, end)
            if groups and not index and not starts_document(piece, groups[-1], repeated, released):
                groups[-1].append(piece)
            else:
                groups.append([piece])
        if len(cuts) == 2 and not page.text and not groups:
            groups.append([Piece(page, 0, 0)])
    return tuple(tuple(group) for group in groups)


def furniture(pages: Sequence[Page]) -> frozenset[str]:
    """Lines that a print job repeats at the top or foot of most pages, digits left out."""
    return _furniture(tuple(pages))


@lru_cache(maxsize=REMEMBERED)
def _furniture(pages: tuple[Page, ...]) -> frozenset[str]:
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page.text.split("\n") if line.strip()]
        seen.update({plain(line) for line in (*lines[:3], *lines[-3:])})
    least = max(3, len(pages) // 3)
    return frozenset(line for line, times in seen.items() if times >= least and len(line) > 8 and not titled(line))


def titled(line: str) -> bool:
    """Whether a repeated line is a title that each document prints ("OFFICE NOTE #/#/#"), not a running header."""
    return len(line) < 90 and bool(title_kind(line)) and "page" not in line.lower()


@lru_cache(maxsize=1 << 13)
def own_text(piece: Piece, repeated: frozenset[str] = frozenset()) -> str:
    """The piece without the fax line and without running headers and footers."""
    start = max(piece.start, body_start(piece.page))
    lines = piece.page.text[start : piece.end].split("\n")
    return "\n".join(line for line in lines if plain(line) not in repeated)


def title_lines(page: Page, repeated: frozenset[str]) -> Iterator[int]:
    """Offsets of lines in the midst of a page that title another document and carry its date."""
    top = body_start(page)
    lines = [m for m in re.finditer(r"[^\n]+", page.text[top:]) if m[0].strip() and plain(m[0]) not in repeated]
    screens = screens_of([match[0] for match in lines])
    if screens:
        yield from (top + lines[number].start() for number in screens)
        return
    listed = counted_results([match[0] for match in lines])
    listed = listed or persons_of([match[0] for match in lines])
    if listed:
        yield from (top + lines[number].start() for number in listed)
        return
    opening = [opening_kind(match[0]) if number > 2 else "" for number, match in enumerate(lines)]
    last_kind, last_days = best_kind(page.text[top:])[0], days_of("\n".join(m[0] for m in lines[:4]))
    if last_kind and evidence_of(last_kind) != "chart":
        yield from plan_below([(top + match.start(), match[0]) for match in lines])
        return
    letter = letter_body([match[0] for match in lines])
    for number, match in enumerate(lines):
        if number in letter:
            continue  # what a letter tells of a test under its own heading is the letter's
        if number > 1 and NOTE_TITLE.match(match[0]):
            yield top + match.start()
            last_kind, last_days = "", set()
            continue
        if number > 2 and (head := report_head([one[0] for one in lines[number:]])):
            yield top + match.start()
            last_kind, last_days = title_kind(match[0]), days_of(head)
            continue
        if number > 1 and last_kind == "lab_report" and heads_a_panel(match[0]):
            yield top + match.start()
            continue
        if (
            number > 1
            and RESULT_TITLE.match(match[0])
            and number + 1 < len(lines)
            and RESULT_DAY.match(lines[number + 1][0])
        ):
            yield top + match.start()
            last_kind, last_days = opening_kind(match[0]), days_of(lines[number + 1][0])
            continue
        in_table = (number and opening[number - 1]) or (number + 1 < len(lines) and opening[number + 1])
        if not opening[number] or in_table or number + 1 == len(lines):
            continue
        kind, days = opening[number], days_of(match[0])
        below = "\n".join(one[0] for one in lines[number + 1 : number + 10])
        if all(other != kind for other, _ in bodies().found(below)):
            continue  # a row that only names the test
        if kind == last_kind and (days & last_days or PART_REPORTED.search(match[0])):
            continue  # the note's own heading repeats its day, or a report's part came later
        yield top + match.start()
        last_kind, last_days = kind, days


def heads_a_panel(line: str) -> bool:
    """Whether a line names a panel of results, or its person, and ends with the day of collection."""
    found = PANEL.match(line)
    days = [(start, end) for start, end, day in find_dates(line) if day.exact and found and start >= found.end()]
    return len(days) == 1 and not re.search(r"\w", line[days[0][1] :])


def plan_below(lines: Sequence[tuple[int, str]]) -> Iterator[int]:
    """Where a plan's notice begins below a clinic's own paper on one sheet: its title with a day in it or alone beneath.

    What stands above must by itself be a paper of the chart; else it is the notice's own letterhead.
    """
    for number, (at, line) in enumerate(lines[:-1]):
        if number < HEAD_LINES - 2 or len(line) > 120 or evidence_of(title_kind(line)) != "payer":
            continue
        below = lines[number + 1][1].strip()
        dated = days_of(line) or any(
            not (below[:start] + below[end:]).strip(" .") for start, end, _ in find_dates(below)
        )
        kind, weight = best_kind("\n".join(one for _at, one in lines[:number]))
        if dated and weight >= STRONG and evidence_of(kind) == "chart":
            yield at
            return


def days_of(text: str) -> set[DayRange]:
    return {days for _start, _end, days in find_dates(text) if days.exact}


UNDONE = re.compile(
    r"(?<!\b[A-Z])[.;]\s+\S|\b(?:completed|ordered|done|final|cancell?ed|active|scheduled|planned|compared?|since|from|both|normal|abnormal)\b|\d ?%",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 14)
def opening_kind(line: str) -> str:
    """The kind of document that a line by itself opens, else ''.

    "CT ABDOMEN AND PELVIS   14-JUN-2026 01:10", "Telephone Encounter by Knapp, RN at 8/26/2026 11:18 AM".
    """
    text = line.strip()
    if len(text) > 120 or NEVER_OPENS.match(text):
        return ""
    dates = [(s, e) for s, e, d in find_dates(text) if d.exact]
    if not dates or not AFTER_DATE.match(text[dates[-1][1] :]):
        return ""
    before = text[: dates[0][0]]
    if len(before.split()) > 14 or UNDONE.search(before) or re.match(r"\W*[a-z]", before):
        return ""
    kind = title_kind(re.sub(r"\bDOB\b.*", "", before))
    return kind if kind in MID_PAGE or (kind in WITH_WRITER and WRITER.search(text)) else ""


def counts_a_release(pages: Sequence[Page], repeated: frozenset[str]) -> bool:
    """Whether one count runs through the whole file though its pages are titled as papers of many kinds: a print job's."""
    if len(pages) < RELEASE_KINDS or any(
        counter(page) not in ((0, 0), (number, len(pages))) for number, page in enumerate(pages, 1)
    ):
        return False
    kinds = [best_kind(own_text(Piece(page, 0, len(page.text)), repeated)) for page in pages]
    return len({kind for kind, weight in kinds if weight >= STRONG}) >= RELEASE_KINDS


def starts_document(piece: Piece, current: Sequence[Piece], repeated: frozenset[str], released: bool = False) -> bool:
    """Whether the top of a page begins another document than the page before it. `released`: pages are counted through."""
    page, before = piece.page, [one.page for one in current if one.page.text.strip()]
    if not page.text.strip() or not before:
        return False  # a blank sheet lies behind the document that it follows
    if differs(page, before):
        return True
    opened = best_kind(own_text(current[0], repeated))[0]
    if len(current) == 1 and opened == "cover_sheet":
        return True  # a fax numbers its cover with the rest
    if NOTE_TITLE.match(own_text(piece, repeated)) and NOTE_DAY.search(own_text(piece, repeated)[:HEAD]):
        return True
    day = visit_day(page)
    if day and day != (visit_day(before[0]) or day):
        return True
    titled = title_day(own_text(piece, repeated))
    if titled and titled != (title_day(own_text(current[0], repeated)) or titled):
        return True
    encounter = encounter_line(own_text(piece, repeated))
    if encounter:
        return encounter != encounter_line(own_text(current[0], repeated))
    text = own_text(piece, repeated)
    if opened and evidence_of(opened) in ("payer", "request") and numbered_on(text, own_text(current[-1])):
        return False
    # a fax numbers the sheets of one transmission, and a print job those of one chart, whatever papers they are
    if under_a_title(text, own_text(current[0], repeated), printed=page.read != "ocr"):
        return True
    counted = None if released else begins_by_number(page, before[-1])
    if counted is False and ends_signed(current[-1].text):
        return reopens(text, own_text(current[0], repeated)) and not CONTINUED.search("\n".join(text.split("\n")[:2]))
    if counted is not None:
        return counted
    if CONTINUED.search("\n".join(text.strip().split("\n")[:2])):
        return False
    if page.read != before[-1].read:
        return True  # nobody prints half a document and scans the other half
    if MAIL.match(text):
        return True
    if opened and evidence_of(opened) in ("payer", "request") and not prints_identity(page):
        return False
    first, first_before = first_line(text), first_line(own_text(current[0], repeated))
    if first and first == first_before:
        return False
    kind, weight = best_kind(text)
    if weight >= STRONG:
        return kind != opened or has_header(text)
    return not filled(before[-1]) and not runs_on(page, before[-1]) and heads(text)


def numbered_on(text: str, before: str) -> bool:
    """Whether a page opens with the section of a form that follows on the last of the page before: "4." behind "3."."""
    lines = [line for line in text.split("\n") if line.strip()]
    opens = SECTION.match(lines[0]) if lines else None
    above = [int(match[1]) for match in map(SECTION.match, before.split("\n")) if match]
    return bool(opens and above and int(opens[1]) == above[-1] + 1)


def under_a_title(text: str, current: str, *, printed: bool) -> bool:
    """Whether a dated title in the first lines of a page opens a paper of another kind and day than the one before it.

    `printed`: a note's own headings may be dated too; a chart's print labels the day of each of its papers.
    """
    lines = [line for line in text.split("\n") if line.strip()][: TOP_LINES if printed else HEAD_LINES]
    title = next(filter(opening_kind, lines), "")
    return (
        bool(title)
        and (not printed or bool(LABELLED_TITLE.search(title)))
        and opening_kind(title) != best_kind(current)[0]
        and not days_of(title) & days_of(current)
    )


def visit_day(page: Page) -> DayRange | None:
    """The day that the first lines of a page give to the visit, by its label."""
    for line in page.text[body_start(page) :].strip().split("\n")[:HEAD_LINES]:
        for start, _end, day in find_dates(line):
            if day.exact and VISIT_DAY.search(line[:start]):
                return day
    return None


def title_day(text: str) -> DayRange | None:
    """The day in the line that heads a page as a note: "Elm Oncology | Pre-therapy note, A. Roe MD | 08/03/2026"."""
    line = next((line for line in text.split("\n") if line.strip()), "")
    days = days_of(line) if len(line) < 130 and NOTED.search(line) and not PRINTED.search(line) else set()
    return next(iter(days)) if len(days) == 1 else None


def heads(text: str) -> bool:
    """Whether the first lines are a letterhead's: no prose that goes on, and a day or a subject's name."""
    head = [line.strip() for line in text.split("\n") if line.strip()][:HEAD_LINES]
    if not head or not re.match(r"\W*[A-Z0-9]", head[0]):
        return False
    return has_header("\n".join(head)) or any(days_of(line) for line in head)


def first_line(text: str) -> str:
    lines = [line.strip() for line in text.split("\n") if len(line.strip()) > 3]
    return plain(lines[0]) if lines else ""


def has_header(text: str) -> bool:
    head = "\n".join(text.split("\n")[:14])
    return bool(re.search(r"\b(?:patient|pt|name|dob|mrn|born|re|author|date)\b\s*[:.]?", head, re.IGNORECASE))
