"""Cut a document into runs of text of one day: a visit, a report, an addendum below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from chartproof.chart.dates import find_dates
from chartproof.chart.encounter_line import encounter_line
from chartproof.chart.find.drugs import mentions
from chartproof.chart.kinds import title_kind
from chartproof.chart.log_lines import dated_paragraphs, log_entries
from chartproof.chart.signatures import signed
from chartproof.chart.split import Piece
from chartproof.chart.view import Segment
from chartproof.model import DayRange, Document, Page

#: Labels of the day that a document speaks of, best first; the print, receipt and birth dates are never that day.
_LABELS = (
    r"(?:date of (?:service|visit|exam(?:ination)?|study|consultation|procedure|encounter|evaluation|test)|dos"
    r"|visit date|encounter date|encounter|study date|exam date|exam|test date|procedure date|date performed|performed"
    r"|acquired|acquisition|collected|collection date|interview|meeting|meeting date|session date|visit|seen|consultation"
    r"|study|date/time|procedure|(?-i:Obtained)|result date|service date|(?:adm/)?ser(?:vice)? dt|dict(?:ated)?|taken|coll|performed on|held|answer(?:ed)?|replied|reply|opinion|(?-i:A)(?= ?\()|specimen collected|drawn)",
    r"(?:date|submitted|reported|signed out|discharged|final)",
)
#: "Date Event" over a table's first row heads its columns: no word stands between a label and the line below.
LABELS = [re.compile(rf"\b{label}\b\W{{0,8}}(?:\w+,?[^\w\n]{{1,3}})?$", re.IGNORECASE) for label in _LABELS]
#: How far before a day its label may stand.
LABEL_REACH = 120
#: "Procedure  core biopsy, left axilla, JUL 29, 2026" in the head of a pathologist's report: the tissue's day, not the report's.
TISSUE_TAKEN = re.compile(
    r"^\W*(?:procedure|operation|surgery|biopsy)\b(?![^\n]*\b(?:outside|prior|previous\w*|review\w*|slides?|report\w*|signed|received)\b)"
    r"[^\n]*\Z",
    re.IGNORECASE | re.MULTILINE,
)
SKIP = re.compile(
    r"(?:d\.?o\.?b\.?|born|birth|(?:printed|print|run|report|faxed?|received|opened|case opened)(?: (?:date|time|on|at|out|from|the|electronic|medical|health|record|chart|emr|ehr)){0,6}|received|rcvd|admitted|fax(?:ed)?|from \d|expires?|effective|rev(?:ised)?"
    r"|(?:next|upcoming|following|return|future)(?: \w+){0,2}|due|comparison|compare|prior|through|until|range|approved|ordered|requested|planned|day (?:0|zero)|(?:leuk)?apheresis|version|report(?:ed)?|diagnos(?:is|ed)|dx|onset|relapsed?"
    r"|(?:slot|bed|chair|room|place|appointment|date)s? (?:is |was |are |being )?(?:held|reserved|booked|taken)(?: (?:for|on))?)\W{0,12}$",
    re.IGNORECASE,
)
#: A test's day, told in brackets within a line of the patient's state: "Disease: ALL, MRD negative (flow, 01/06/2026)".
TOLD_BESIDE = re.compile(r"^[^\n(]*:[^\n(]*\((?=[^()\n]*[A-Za-z])[^()\n]*$")
#: "27 August 2026 - Agenda and outcome of the session": a line that opens with its day and sets it off.
DAY_FIRST = re.compile(
    r"\W*(?:\d{1,2} [A-Z][a-z]{2,8}|[A-Z][a-z]{2,8} \d{1,2},|\d{1,2}[/-]\d{1,2}[/-]) ?(?:19|20)\d\d ?[-–—|:]"
)
#: Behind a signer's name, or "signed by": the day of the paper.
AUTHORED = re.compile(
    r"(?:\b(?:signed|finali[sz]ed|dictated|reported|read|completed|prepared|entered|verified|approved)\b[^\n]{0,50}"
    r"|\b(?:MD|DO|PhD|RN|NP|PA-?C|ANP|ARNP|CNP|PharmD|RPh|LMSW|LCSW|LISW|LICSW|MSW|RDN|DPT)\b)[\s,:|(]*(?:(?:on|at)\s)?$",
    re.IGNORECASE,
)
#: Characters in which a head says of what day it is; lower-case words that make a line prose.
HEAD, HEAD_WIDTH = 1800, 300
PROSE_WORDS = 6
SMALL_WORD = r"(?<![\w.])[a-z]{2,}\b"
LETTER_HEAD = 10
SALUTATION = re.compile(r"(?:Dear|To whom)\b", re.IGNORECASE)
#: The title of a block that a note copies from an earlier one begins so.
COPY = "copied from an earlier note"
COPIED = re.compile(
    r"^\W*(?:begin(?:ning)?(?: of)? )?(?:(?:text|section|note|content|what follows)(?: below)?(?: this line)? (?:is |was )?)?"
    r"(?:copied|carried|pulled|imported|brought)(?: forward| over| in)? (?:text )?from\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
#: "(text inserted from the 08/03/2026 pre-therapy note): "..."": what stands in the quotes is the earlier note's.
_COPIED_FROM = (
    r"\((?:text |note |section |paragraph )?(?:inserted|copied|carried|pulled|imported|brought|pasted)(?: forward| over| in)? from\b"
    r"(?P<whence>[^()]{0,160})\)"
)
QUOTED_COPY = re.compile(_COPIED_FROM + r"\W{0,3}?(?=[“\"])(?P<said>[“\"][^”\"]{10,900}[”\"])", re.IGNORECASE)
#: "Oncology history (copied from the 08/03/2026 visit)" on a line of its own: what stands below, to the next title, is.
HEADED_COPY = re.compile(_COPIED_FROM + r"[ .:]*\n", re.IGNORECASE)
#: A blank line, or a few words in a line behind the end of a sentence.
NEXT_TITLE = re.compile(r"\n[ \t]*\n|(?<=[.:;!?])[ \t]*\n(?=[A-Z][A-Za-z /&'’-]{2,40}:?[ \t]*\n)")
#: A line below a copied text that speaks of the visit itself: "Medications (reconciled today): ...".
OF_TODAY = re.compile(
    r"^[^\n:.;]{0,40}\b(?:today|now|currently|current|interval|this visit|reconciled)\b", re.IGNORECASE | re.MULTILINE
)
COPY_ENDS = re.compile(
    r"^\W*(?:end|stop)\b[^\n]{0,12}\b(?:copied|copy|carried|pulled|imported)\b[^\n]*$", re.IGNORECASE | re.MULTILINE
)
#: What a page of a record may be called, right before its day.
PAGE_TITLE = re.compile(
    r"\b(?:form|note|visit|assessment|record|sheet|evaluation|report|panel|results?|summary|entry|encounter)\b[^\w\n]{0,12}$",
    re.IGNORECASE,
)
#: Under "Return visit, 7 October 2026" it tells that the visit took place.
WRITTEN_BY = re.compile(
    r"\W*(?:author|provider|clinician|physician|attending|seen by|signed|written by|by)\b", re.IGNORECASE
)
LISTS = ("preventive_care",)
PRINTED = re.compile(
    r"\b(?:print(?:ed|out)?|export(?:ed)?|run|as of|updated|generated|current (?:to|as of)|prepared|report(?:ed)?|reviewed)\b(?: (?:on|date|day))?\W{0,4}$",
    re.IGNORECASE,
)
ENTRY = re.compile(
    r"^\W*(?:(?P<add>(?:late )?(?:addendum|amendment|correction|amended report)\b(?: to [\w ]{0,40})?)"
    r"|(?:office|progress|phone|telephone|clinic|results?|nursing|interval|portal|message|procedure|follow-?up|urgent care|consult"
    r"|brief)\s*(?:note|visit|message|call|report)s?"
    r"|office visit|annual physical|visit|message|assessment|pulmonary function|results? note|ecg 12-?lead|12-?lead ecg|ecg)\b",
    re.IGNORECASE,
)

#: "Psychology Initial Evaluation 7/9/2026 Nora Quist, LICSW": a title in capital letters, and who wrote it behind its day.
TITLED_ENTRY = re.compile(r"\W*(?:[A-Z][\w/&'’-]*[ ,:-]{1,3}){0,6}?(?-i:[A-Z])[\w-]*[ :,-]{1,4}$")
WRITER_BEHIND = re.compile(
    r"[\s,@|-]*(?:at )?(?:\d{1,2}:?\d\d ?(?:[ap]\.?m\.?)?[\s,|-]*)?(?:by |author:? ?|provider:? ?)?"
    r"(?:(?:Dr\.? )?[A-Z][\w.'’-]+,? ){1,4}(?:MD|DO|PhD|PsyD|RN|NP|PA-?C?|APRN|DNP|CNP|CRNP|PharmD|LMSW|LCSW|LICSW|LISW|MSW|RDN?|DPT)\b"
)

#: What stands before and behind the day in the heading of one sitting of a body.
SITTING = re.compile(
    r"\W*(?:[\w'’-]+ ){0,4}(?:board|conference|meeting|review|session|discussion|committee|presentation|sitting|minutes|proceedings)\b"
    r"(?: (?:of|on|held|held on))?\W{0,4}",
    re.IGNORECASE,
)
HOUR = re.compile(
    r"[\s,@at]*(?:\d{1,2}:?\d\d ?(?:[ap]m)?)?\s*(?:[A-Z]{2,4})?\s*(?:\([^()]{0,30}\))?\W*(?:(?:entry|item|case|no\.?|agenda) ?#?\d+(?: of \d+)?)?\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class State:
    """What holds for the characters that follow: their day, the title above them, who answers for them."""

    day: DayRange | None
    title: str
    signed: bool | None
    addendum: bool = False


def document_day(texts: Sequence[str], kind: str = "", born: date | None = None) -> DayRange | None:
    """The day of which the document speaks: by its label, else by a line of its head, else by its signature.

    A day on which a drug was given, that stands in the midst of prose, or on which the patient was `born`, is never the
    document's. A list of tests over years is of the day on which it was printed. A line that heads an encounter tells its day.
    """
    encounter = encounter_line(texts[0]) if texts else None
    if encounter:
        return encounter.day
    for text in texts[:2]:
        dated = find_dates(text) if kind in LISTS else ()
        printed = [days for start, _end, days in dated if days.exact and PRINTED.search(text[:start])]
        if printed:
            return max(printed, key=lambda days: days.last)
        head = text[:HEAD]
        found = [
            (s, e, d)
            for s, e, d in find_dates(head)
            if d.exact
            and d.first != born
            and not SKIP.search(head[max(0, s - 24) : s])
            and not is_due_before_done(line_of(head, s))
        ]
        lettered = next((d for s, e, d in found if heads_a_letter(head, s, e)), None)
        if lettered:
            return lettered
        visit = [(s, d) for s, e, d in found if heads_a_visit(head, s, e)]
        for label in (LABELS[0], *([TISSUE_TAKEN] if kind == "pathology" else []), LABELS[1]):
            for start, _end, days in found:
                if label.search(head[max(0, start - LABEL_REACH) : start]):
                    return next((day for at, day in visit if at < start and start - at > HEAD_WIDTH), days)
        for start, end, days in found:
            line, behind = line_of(head, start), head[end:].partition("\n")[0]
            if (mentions(line) or in_period(line)) and not title_kind(behind.strip()):
                break  # a list of treatments: what stands below is history
            if days.first.year > 1990 and (titles(head, start) or title_kind(behind.strip())):
                return days
    return next(filter(None, map(signed_day, reversed(texts))), None)


#: What follows the day of a letter, at most so many lines below it.
SALUTATION = re.compile(r"^[ \t]*(?:dear\b|to whom|to the\b|attn\b|attention\b)", re.IGNORECASE | re.MULTILINE)
LINES_TO_SALUTATION = 9


def heads_a_letter(text: str, start: int, end: int) -> bool:
    """Whether the day stands alone on its line, above a letter's salutation: no visit that the letter names is its day."""
    if not re.fullmatch(r"\W*(?:date\W*)?", text[text.rfind("\n", 0, start) + 1 : start], re.IGNORECASE):
        return False
    rest, _, below = text[end:].partition("\n")
    return not rest.strip() and bool(SALUTATION.search("\n".join(below.split("\n")[:LINES_TO_SALUTATION])))


def heads_a_visit(text: str, start: int, end: int) -> bool:
    """Whether the day stands behind a name in the head, with the hour: "Nadia Ferrone 5/4/2026 10:20 AM Lymphoma Clinic".

    A label far below it ("Eye exam 2/3/2026", in a list) is of something else than the visit.
    """
    before = text[text.rfind("\n", 0, start) + 1 : start]
    named = re.fullmatch(r"\W*[A-Z][\w'.-]*(?:,? [A-Z][\w'.-]*){1,3}\W{1,3}", before)
    return bool(named and start < HEAD_WIDTH and re.match(r"[ ,]{1,3}(?:at )?\d{1,2}:\d\d\b", text[end:]))


def titles(text: str, start: int) -> bool:
    """Whether the date at `start` stands on a line of a head, not amid prose, or right behind a title."""
    line, before = line_of(text, start), text[text.rfind("\n", 0, start) + 1 : start]
    if is_birth_date(before[-40:]) or TOLD_BESIDE.match(before):
        return False
    if len(re.findall(SMALL_WORD, line)) < PROSE_WORDS or DAY_FIRST.match(line):
        return True
    return len(re.findall(SMALL_WORD, before)) < PROSE_WORDS and bool(title_kind(before))


def in_period(line: str) -> bool:
    """Whether the line tells from what day to what day something went on: two days with nothing between them."""
    days = [(start, end) for start, end, day in find_dates(line) if day.exact]
    return any(not line[end:start].strip(" |-\u2013") for (_, end), (start, _) in pairwise(days))


def is_due_before_done(line: str) -> bool:
    """Whether two days stand side by side, the later first: a row of when a test is due again and when it was last done."""
    days = [(start, end, day) for start, end, day in find_dates(line) if day.exact]
    return any(
        one.first > other.first and not line[end:start].strip(" |-\u2013")
        for (_, end, one), (start, _, other) in pairwise(days)
    )


def line_of(text: str, start: int) -> str:
    return text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0]


def signed_day(text: str) -> DayRange | None:
    """The last day on which somebody put his name to the text: behind "signed" or behind a name with its degree."""
    found = [
        days
        for start, _end, days in find_dates(text)
        if days.exact and AUTHORED.search(text[max(0, start - 60) : start])
    ]
    return found[-1] if found else None


def is_birth_date(before: str) -> bool:
    """Whether the date after these words is the one that a "DOB" or "born" among them announces."""
    announced = list(re.finditer(r"\bDOB\b|\bborn\b|\bbirth\b", before, re.IGNORECASE))
    return bool(announced) and not find_dates(before[announced[-1].end() :])


def segments_of(document: Document, pieces: Sequence[Piece], as_of: date) -> Iterator[Segment]:
    """Segments of each piece in order; an undated continuation page keeps the day of the page before it."""
    state = State(document.when, document.title, document.signed)
    sat = [list(sittings(piece, as_of)) if document.kind == "committee" else [] for piece in pieces]
    several = len({day for found in sat for _cut, day, _is, _title in found}) > 1
    for number, piece in enumerate(pieces):
        start = piece.start
        opened = letter_day(piece) or titled_day(piece) if number else None
        if opened and opened.first <= as_of:
            state = replace(state, day=opened, addendum=False, signed=document.signed)
        own = state
        cuts = sorted(
            [*entries(piece, as_of), *copies(piece, as_of), *logged(piece, as_of), *(sat[number] if several else [])],
            key=lambda one: one[0],
        )
        ends = [*(one[0] for one in cuts), piece.end][1:]
        for (cut, new_day, is_addendum, new_title), end in zip(cuts, ends, strict=True):
            if cut > start:
                yield make(document, piece.page, start, cut, state)
            start, state = cut, own
            if new_day:
                told = signed(piece.page.text[cut:end], document.kind) if is_addendum else None
                state = State(new_day, new_title, document.signed if told is None else told, is_addendum)
        if start < piece.end:
            yield make(document, piece.page, start, piece.end, state)


def letter_day(piece: Piece) -> DayRange | None:
    """The day of a page that begins another letter of the same writer: a line of nothing else, and the salutation below."""
    head = [line.strip() for line in piece.text.split("\n") if line.strip()][:LETTER_HEAD]
    greeted = next((index for index, line in enumerate(head) if SALUTATION.match(line)), 0)
    for line in head[:greeted]:
        for start, end, days in find_dates(line):
            if days.exact and not re.search(r"\w", line[:start] + line[end:]):
                return days
    return None


def titled_day(piece: Piece) -> DayRange | None:
    """The day of a page that opens with its own title and day: "Nursing assessment form 2026-11-16"."""
    lines = [line for line in piece.text.split("\n") if line.strip()][:3]
    for line, below in pairwise(lines):
        dates = [one for one in find_dates(line) if one[2].exact and not is_birth_date(line[: one[0]][-40:])]
        if (
            len(dates) != 1
            or (SKIP.search(line[: dates[0][0]][-24:]) and not WRITTEN_BY.match(below))
            or len(re.findall(SMALL_WORD, line)) >= PROSE_WORDS
        ):
            continue
        if PAGE_TITLE.search(line[: dates[0][0]]):
            return dates[0][2]
    return None


def make(document: Document, page: Page, start: int, end: int, state: State) -> Segment:
    return Segment(document, page, start, end, state.day, state.signed, state.addendum, state.title)


def copies(piece: Piece, as_of: date) -> Iterator[tuple[int, DayRange | None, bool, str]]:
    """Blocks below "copied from the note of June 2, 2026", to "end of copied text" or the next title; in quotes behind such
    words; or below a title that ends with them: their day, then the note's own (None)."""
    for match in COPIED.finditer(piece.text):
        dates = list({days for _start, _end, days in find_dates(match[0]) if days.exact and days.first <= as_of})
        marked = COPY_ENDS.search(piece.text, match.end())
        # Text that begins in the line itself ends with its paragraph or bracket: its sentences tell that they are copied.
        headed = marked or not re.search(r"[:\[]\s*\S|\]", match[0].lstrip("[ ").rstrip("]: "))
        end = marked.end() if marked else end_of_copy(piece.text, match.end())
        if len(dates) == 1 and headed:
            yield piece.start + match.start(), dates[0], False, f"{COPY}: {match[0].strip()[:60]}"
            yield piece.start + end, None, False, ""
    for match in QUOTED_COPY.finditer(piece.text):
        dates = list({days for _start, _end, days in find_dates(match["whence"]) if days.exact and days.first <= as_of})
        if len(dates) == 1:
            yield piece.start + match.start("said"), dates[0], False, f"{COPY}: {match['whence'].strip()[:60]}"
            yield piece.start + match.end("said"), None, False, ""
    for match in HEADED_COPY.finditer(piece.text):
        dates = list({days for _start, _end, days in find_dates(match["whence"]) if days.exact and days.first <= as_of})
        title = NEXT_TITLE.search(piece.text, match.end())
        if len(dates) == 1:
            yield piece.start + match.end(), dates[0], False, f"{COPY}: {match['whence'].strip()[:60]}"
            yield piece.start + (title.start() if title else len(piece.text)), None, False, ""


def end_of_copy(text: str, start: int) -> int:
    """Where a copied text ends that nothing closes: before the next title, the first line of today, or with the page."""
    found = (NEXT_TITLE.search(text, start + 1), OF_TODAY.search(text, start))
    ends = (one.start() for one in found if one)
    return min(ends, default=len(text))


def logged(piece: Piece, as_of: date) -> Iterator[tuple[int, DayRange | None, bool, str]]:
    """The entries of a log, each of its own day; paragraphs that open with their day, and then the note's own (None)."""
    for start, day, line in log_entries(piece.text, as_of):
        if day.first <= as_of:
            yield piece.start + start, day, False, line
    for start, end, day in dated_paragraphs(piece.page, piece.start, piece.end):
        if day.first <= as_of:
            yield start, day, False, piece.page.text[start:end].split("\n")[0].strip()[:60]
            yield end, None, False, ""


def sittings(piece: Piece, as_of: date) -> Iterator[tuple[int, DayRange, bool, str]]:
    """The sittings of a body's running record, each under its heading: "Board of 09/30/2026 07:00", "Minutes, October 1, 2026"."""
    for match in re.finditer(r"[^\n]+", piece.text):
        for start, end, day in find_dates(match[0][:80]):
            if (
                day.exact
                and day.first <= as_of
                and SITTING.fullmatch(match[0][:start])
                and HOUR.fullmatch(match[0][end:])
            ):
                yield piece.start + match.start(), day, False, match[0].strip()[:60]


def entries(piece: Piece, as_of: date) -> Iterator[tuple[int, DayRange, bool, str]]:
    """Lines that open a dated entry: "OFFICE NOTE  7/21/22", "Addendum 12/11/2025 (B. Telfer CNP): ..."."""
    for match in re.finditer(r"[^\n]+", piece.text):
        line = match[0]
        titled = titled_entry(line)
        if titled and titled.first <= as_of:
            yield piece.start + match.start(), titled, False, line.strip()[:60]
            continue
        opened = ENTRY.match(line)
        if not opened or opened.end() > 60:
            continue
        dates = days_in(line[:130])
        if opened["add"] and not dates:
            dates = days_in(piece.text[match.end() :].lstrip("\n").split("\n")[0][:40])
        near = find_dates(line[opened.end() : opened.end() + 42])
        is_addendum = bool(opened["add"])
        if not dates or not (near or is_addendum):
            continue
        entered = re.search(r"\bentered\b", line, re.IGNORECASE)
        day = dates[-1] if is_addendum and entered else dates[0]
        if day.first <= as_of or is_addendum:
            yield piece.start + match.start(), day, is_addendum, line.strip()[:60]


def titled_entry(line: str) -> DayRange | None:
    """The day of a line that is the head of an entry: the title of a page of a record, its day, and who wrote it."""
    for start, end, day in find_dates(line[:90])[:1]:
        before = line[:start]
        if (
            day.exact
            and PAGE_TITLE.search(before)
            and TITLED_ENTRY.fullmatch(before)
            and WRITER_BEHIND.match(line, end)
        ):
            return day
    return None


def days_in(text: str) -> list[DayRange]:
    """The whole days that a line names, but for birth dates."""
    return [
        day
        for start, _end, day in find_dates(text)
        if day.exact and not re.search(r"DOB|born", text[max(0, start - 12) : start], re.I)
    ]
