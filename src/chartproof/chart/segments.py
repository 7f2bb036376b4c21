"""Cut a document into runs of text of one day: a visit, a report, an addendum below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from chartproof.chart.dates import find_dates
from chartproof.chart.document_days import PROSE_WORDS, SKIP, SMALL_WORD, is_birth_date
from chartproof.chart.log_lines import contacts, dated_paragraphs, log_entries
from chartproof.chart.signatures import signed
from chartproof.chart.split import Piece
from chartproof.chart.view import Segment
from chartproof.model import DayRange, Document, Page

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
ENTRY = re.compile(
    r"^\W*(?:(?P<add>(?:late )?(?:addendum|amendment|correction|amended report)\b(?: to [\w ]{0,40})?)"
    r"|(?:office|progress|phone|telephone|clinic|results?|nursing|interval|portal|message|procedure|follow-?up|urgent care|consult"
    r"|brief)\s*(?:note|visit|message|call|report)s?"
    r"|office visit|annual physical|visit|message|assessment|pulmonary function|results? note|ecg 12-?lead|12-?lead ecg|ecg)\b",
    re.IGNORECASE,
)

#: "Pulmonary function 03/14/2023: FEV1 81%": a row of a list that gives its test's result, and what stands below it.
ROW_OF_TEST = re.compile(
    r"\W*(?:pulmonary function|ecg 12-?lead|12-?lead ecg|ecg)\b[^\n:;]{0,40}\d\W{0,3}(?:[:;,–-]|\s{2,})\s*\S[^\n]{3,}",
    re.IGNORECASE,
)
NEXT_LABEL = re.compile(r"\n(?=[ \t]*(?:\n|[A-Z][A-Za-z /&'’-]{2,40}(?::|[ \t]*\n)|[A-Z][a-z]+[^\n:]{0,40}\d:))")

#: "Psychology Initial Evaluation 7/9/2026 Nora Quist, LICSW": a title in capital letters, and who wrote it behind its day.
TITLED_ENTRY = re.compile(r"\W*(?:[A-Z][\w/&'’-]*[ ,:-]{1,3}){0,6}?(?-i:[A-Z])[\w-]*[ :,-]{1,4}$")
WRITER_BEHIND = re.compile(
    r"[\s,@|-]*(?:at )?(?:\d{1,2}:?\d\d ?(?:[ap]\.?m\.?)?[\s,|-]*)?(?:by |author:? ?|provider:? ?)?"
    r"(?:(?:Dr\.? )?[A-Z][\w.'’-]+,? ){1,4}(?:MD|DO|PhD|PsyD|RN|NP|PA-?C?|APRN|DNP|CNP|CRNP|PharmD|LMSW|LCSW|LICSW|LISW|MSW|RDN?|DPT)\b"
)

#: "Hepatology clinic, first visit" between the day and the writer.
VISIT_BETWEEN = re.compile(
    r"[\s,:|–—-]+(?-i:[A-Z])(?:[\w/&'’-]+[ ,]{1,2}){0,5}?"
    r"(?:clinic|visit|call|tele\w+|phone|video|notes?|consult(?:ation)?|encounter|follow-?up|message|rounds|check(?:-?in)?)"
    r"(?:,? (?!(?:read|signed|reviewed|dictated|requested|ordered|from|to|by)\b)[a-z][\w/-]+){0,4}[\s,:|–—-]+(?=(?-i:[A-Z]))",
    re.IGNORECASE,
)
#: "Nutrition", "Social work" there, where a note's first part stands below: "S: ...".
DESK_BETWEEN = re.compile(r"[\s,:|–—-]+(?:[A-Z][\w/&'’-]+ )(?:[\w/&'’-]+ ){0,2}? *(?=[A-Z])")
NOTE_PART = re.compile(r"\s*(?:S|HPI|CC|Subjective|Interval\w*|Reason)(?: \w+)?\s*:")
#: A second writer behind the first: "(fellow) / attending Jane Roe".
WRITTEN_WITH = re.compile(
    r"(?:[\s,/&;+()-]|\b(?:attending|fellow|resident|supervising|with|and|for|seen)\b|\b[A-Z][\w.'’-]*)*"
)

#: Words in small letters of a line that tells something.
TOLD_BELOW = 3

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
            [
                *entries(piece, as_of),
                *headed_visits(piece, as_of),
                *copies(piece, as_of),
                *logged(piece, as_of),
                *(sat[number] if several else []),
            ],
            key=lambda one: one[0],
        )
        ends = [*(one[0] for one in cuts), piece.end][1:]
        for (cut, new_day, is_addendum, new_title), end in zip(cuts, ends, strict=True):
            if cut > start:
                yield make(document, piece.page, start, cut, state)
            start, state = cut, own
            if new_day or is_addendum:
                told = signed(piece.page.text[cut:end], document.kind) if is_addendum else None
                state = State(new_day or own.day, new_title, document.signed if told is None else told, is_addendum)
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
    rows = [(piece.start + start, piece.start + end, day) for start, end, day in contacts(piece.text)]
    for start, end, day in rows or dated_paragraphs(piece.page, piece.start, piece.end):
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


#: "Addendum to my letter of 12 October": the day of what it is added to.
ADDED_TO = re.compile(r"\bto\b[^.;:\n]{1,40}\b(?:of|from|dated)\W{1,3}$", re.IGNORECASE)


#: "MAY 12,2026@09:35  ADDENDUM   STATUS: COMPLETED": behind its own day and hour.
STAMPED = re.compile(
    r"[\s@,]*(?:\d{1,2}:?\d\d(?: ?[ap]m)?)?[\s:|-]*(?:late )?(?:addendum|amendment)\b(?! to\b)(?=\W*(?:$|:| {2}|\(|status\b|by\b))",
    re.IGNORECASE,
)


def stamped_addendum(line: str) -> DayRange | None:
    """The day of a line that opens with the day and hour of an addendum, and then says that it is one."""
    for start, end, day in find_dates(line[:40])[:1]:
        if day.exact and not line[:start].strip(" *-|") and STAMPED.match(line, end):
            return day
    return None


def entries(piece: Piece, as_of: date) -> Iterator[tuple[int, DayRange | None, bool, str]]:
    """Lines that open a dated entry: "OFFICE NOTE  7/21/22", "Addendum 12/11/2025 (B. Telfer CNP): ...".

    No day of its own has an addendum whose line names only that of what it is added to.
    """
    for match in re.finditer(r"[^\n]+", piece.text):
        line = match[0]
        added = stamped_addendum(line)
        if added:
            yield piece.start + match.start(), added, True, line.strip()[:60]
            continue
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
        if (
            is_addendum
            and len(dates) == 1
            and any(ADDED_TO.search(line[:start]) for start, _end, _day in find_dates(line))
        ):
            yield piece.start + match.start(), None, True, line.strip()[:60]
            continue
        if not dates or not (near or is_addendum):
            continue
        entered = re.search(r"\bentered\b", line, re.IGNORECASE)
        day = dates[-1] if is_addendum and entered else dates[0]
        if day.first <= as_of or is_addendum:
            yield piece.start + match.start(), day, is_addendum, line.strip()[:60]
            row = ROW_OF_TEST.match(line) and not is_addendum
            closed = NEXT_LABEL.search(piece.text, match.end()) if row else None
            if closed:
                yield piece.start + closed.start() + 1, None, False, ""


def headed_visits(piece: Piece, as_of: date) -> Iterator[tuple[int, DayRange, bool, str]]:
    """Notes one below the other, each under a line of nothing but its day and its writer: "24 SEP 2019, N. Roe, MD".

    What kind of visit it was may stand between the two. Where nothing is told below the last of such lines they sign what
    stands above them, and head nothing.
    """
    found = []
    for match in re.finditer(r"[^\n]+", piece.text):
        for start, end, day in find_dates(match[0][:40])[:1]:
            if not day.exact or match[0][:start].strip(" *-|"):
                continue
            parted = NOTE_PART.match(piece.text, match.end())
            called = VISIT_BETWEEN.match(match[0], end) or (parted and DESK_BETWEEN.match(match[0], end))
            behind = WRITER_BEHIND.match(match[0], called.end() - 1 if called else end)
            rest = match[0][behind.end() :] if behind else ""
            if behind and (not re.search(r"\w{3}", rest) or WRITTEN_WITH.fullmatch(rest)):
                found.append((match.start(), match.end(), day, match[0].strip()[:60]))
    below = "\n".join(list(filter(str.strip, piece.text[found[-1][1] :].split("\n")))[:2]) if found else ""
    if len(found) >= 2 and len(re.findall(SMALL_WORD, below)) >= TOLD_BELOW:
        for at, _end, day, line in found:
            if day.first <= as_of:
                yield piece.start + at, day, False, line


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
