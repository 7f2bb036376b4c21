"""What records of administration say: structured entries, tables of cycles, logs of dates, lists with start and stop."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.treatment.event import Event
from chartproof.chart.derive.treatment.outcomes import response_in, role_near, stop_reason
from chartproof.chart.derive.treatment.stacked import stacked
from chartproof.chart.entry_owner import is_anothers
from chartproof.chart.find.drugs import Mention, by_drugs, core, drug_named, mentions, role_of
from chartproof.chart.view import Reading, Segment, span
from chartproof.model import Case, DayRange, Document, Entry, Page

#: A source's own words for what never happened.
VOID = re.compile(
    r"cancel|entered.in.error|not.done|not.given|not.taken|held|hold|draft|refused|never|missed|omitted|declined|pend|proposed|plan"
    r"|revers|not.(?:picked.up|dispensed|filled|collected|released|shipped)|return\w*.to.stock|unclaimed|abandon|reject|denied|\bvoid",
    re.IGNORECASE,
)
#: Of these, what says for certain that no dose was had.
NEVER_GIVEN = re.compile(
    r"cancel|not.(?:done|given|taken|picked.up|dispensed|filled|collected|shipped)|revers|return\w*.to.stock|unclaimed|abandon",
    re.IGNORECASE,
)
LAST = re.compile(r"\b(?:last|final)\b(?! \w+ (?:was|of))", re.IGNORECASE)
GIVEN = re.compile(
    r"given|administered|completed|dispensed|infused|taken|stopped|active|charted|new bag|done", re.IGNORECASE
)


def structured(reading: Reading, case: Case) -> list[Event]:
    """Events from medication entries of FHIR, C-CDA and administration exports.

    Doses of one day are one event; an order without an administration is only corroboration (rank 1).
    """
    owned = {document.file: document for document in reading.documents if document.belongs is not False}
    events: list[Event] = []
    for file in reading.files:
        document = owned.get(file.name)
        if document is None or not file.pages:
            continue
        doses: list[tuple[Entry, tuple[str, ...]]] = []
        for entry in first_to_last(without_returns(file.entries)):
            if (
                entry.kind != "medication"
                or is_anothers(entry)
                or not happened(entry)
                or (entry.when and entry.when.first > case.as_of)
            ):
                continue
            drugs = drug_named(entry.label)
            if not drugs:
                continue
            if is_dose(entry):
                doses.append((entry, drugs))
            else:
                events.append(_period(file.pages[0], document, entry, drugs))
        events.extend(_days(file.pages[0], document, doses))
    return events


#: What says that what was dispensed came back: of that fill no dose was had.
RETURNED = re.compile(r"\breturn|revers|re-?stock|destroy", re.IGNORECASE)
#: The column by which a pharmacy's ledger ties a return to its fill.
PRESCRIPTION = re.compile(r"^(?:rx|prescription|fill|script)[ _-]?(?:no|num|number|id|#)?$", re.IGNORECASE)


def without_returns(entries: Sequence[Entry]) -> list[Entry]:
    """The entries without the fills that a later row of the same drug and prescription takes back."""
    kept = list(entries)
    for back in entries:
        if back.kind != "medication" or not RETURNED.search(back.status) or back.when is None:
            continue
        day = back.when.first
        fills = [
            one
            for one in kept
            if one.label.lower() == back.label.lower()
            and happened(one)
            and one.when is not None
            and one.when.first <= day
            and _prescription(one) == _prescription(back)
        ]
        if fills:
            kept.remove(max(fills, key=lambda one: one.when.first if one.when else day))
    return kept


def _prescription(entry: Entry) -> str:
    return next((value for key, value in entry.extra.items() if PRESCRIPTION.match(key)), "")


def first_to_last(entries: Sequence[Entry]) -> list[Entry]:
    """The entries; a fill that is called the last one closes the first one of its drug, and is no course of its own."""
    kept: list[Entry] = []
    opened: dict[str, int] = {}
    for entry in entries:
        name = entry.label.lower()
        told = f"{entry.status} {entry.extra.get('note', '')}"
        if entry.kind == "medication" and name in opened and LAST.search(told) and entry.when:
            first = opened.pop(name)
            kept[first] = replace(kept[first], until=entry.when)
            continue
        if entry.kind == "medication" and entry.when and happened(entry) and not is_dose(entry) and not entry.until:
            opened.setdefault(name, len(kept))
        kept.append(entry)
    return kept


def void(reading: Reading) -> Iterator[tuple[Document, Page, Entry, tuple[str, ...]]]:
    """Medication entries that the source itself calls cancelled or never given, each with its drugs."""
    owned = {document.file: document for document in reading.documents if document.belongs is not False}
    for file in reading.files:
        for entry in file.entries if file.name in owned and file.pages else ():
            note = f"{entry.status} {entry.extra.get('note', '')}"
            cancelled = not happened(entry) and NEVER_GIVEN.search(note)
            if entry.kind == "medication" and cancelled and not is_anothers(entry):
                named = drug_named(entry.extra.get("panel", "")) or drug_named(entry.label)
                if core(named):
                    yield owned[file.name], file.pages[0], entry, named


def happened(entry: Entry) -> bool:
    """Whether the source lets it stand: by its status, by a column that says given yes or no, by the start of its note."""
    columns = [
        value for key, value in entry.extra.items() if re.search(r"given|administered|done|taken", key, re.IGNORECASE)
    ]
    refused = any(re.fullmatch(r"\s*(?:n|no|false|0|not given)\s*", str(value), re.IGNORECASE) for value in columns)
    note = str(entry.extra.get("note", ""))
    return not (
        refused
        or VOID.search(entry.status)
        or re.match(r"\W*(?:cancel|planned|not given|not done|held|never|refused)", note, re.I)
    )


def is_dose(entry: Entry) -> bool:
    """Whether the entry is one administration, not a period or an order."""
    return (
        bool(entry.extra.get("panel") or entry.extra.get("cycle"))
        or entry.extra.get("resource") == "MedicationAdministration"
    )


def _period(page: Page, document: Document, entry: Entry, drugs: tuple[str, ...]) -> Event:
    order = entry.extra.get("intent") == "order" or entry.extra.get("resource") == "MedicationRequest"
    # An order that the source itself closed after a time of use tells of a course: "stopped", "completed", with its days.
    if order and entry.status in ("stopped", "completed") and entry.when and entry.until:
        order = entry.until.last <= entry.when.first
    note = " ".join(entry.extra.get(key, "") for key in ("reason", "note", "dosage", "category"))
    quote = span(page, entry.start, entry.end)
    status_reason = re.sub(r".*?\b(?:stopped|discontinued)\b", "stopped", quote.quote, count=1, flags=re.S)
    stop, _by_verb = (
        stop_reason(f"{status_reason} {entry.extra.get('reason', '')}") if entry.status == "stopped" else ("", False)
    )
    role = role_near(f"{entry.label} {note}", Mention(0, len(entry.label), drugs), 0, len(entry.label) + len(note) + 1)
    if not role and re.search(r"\bmaint(?:enance\b|\.)", quote.quote, re.IGNORECASE):
        role = "maintenance"  # the plan's name of the row says so: "Lenalidomide maintenance"
    steroid = not core(drugs)
    response, deep, _place = response_in(entry.extra.get("response", ""))
    return Event(
        drugs=drugs,
        regimen=by_drugs().get(core(drugs), "") if len(core(drugs)) > 1 else "",
        status="listed" if order or steroid else "given",
        role=role,
        span=quote,
        start=None if order else entry.when,
        end=None if order else entry.until,
        response=response,
        deep=deep,
        stop=stop,
        stop_when=entry.until,
        firm=3 if stop else 0,
        said=entry.until or entry.when,
        rank=1 if order else 3,
        kind=document.kind,
        document=document.id,
    )


def _days(page: Page, document: Document, doses: list[tuple[Entry, tuple[str, ...]]]) -> Iterator[Event]:
    """Doses of one day, and of one order set where the export names it, are one event."""

    def key(row: tuple[Entry, tuple[str, ...]]) -> tuple[str, str]:
        return str(row[0].when.first) if row[0].when else "", row[0].extra.get("panel", "")

    usable = [row for row in doses if row[0].when and GIVEN.search(row[0].status or "given")]
    for (_day, panel), group in groupby(sorted(usable, key=key), key=key):
        rows = list(group)
        drugs = tuple(dict.fromkeys(drug for _entry, named in rows for drug in named if role_of(drug) != "supportive"))
        if not core(drugs):
            continue
        first = max(rows, key=lambda row: len(core(row[1])))[0]
        panel_drugs = drug_named(panel)
        if panel_drugs and core(drugs) <= core(panel_drugs):
            drugs = panel_drugs
        yield Event(
            drugs=drugs,
            regimen=by_drugs().get(core(drugs), ""),
            status="given",
            role=role_near(f"{panel} ", Mention(0, 0, drugs), 0, len(panel)),
            span=span(page, first.start, first.end),
            start=first.when,
            end=first.when,
            said=first.when,
            rank=3,
            kind=document.kind,
            document=document.id,
        )


#: "C1   2/6/24": a row that opens with the number of its cycle; behind the first of `BESIDE` stand days of other things.
CYCLE_ROW = re.compile(r"\W*(?:(?P<first>(?:C|cyc?le )\s?0?1\b)|[CR]\s?\d{1,2}\b|cyc?le \d{1,2}\b)", re.IGNORECASE)
BESIDE = re.compile(r"\b(?:PET|CT|scans?|imaging|restag\w+|marrow|echo|MRD|interim|next|due)\b", re.IGNORECASE)
#: A line with a regimen over a table of its cycles; words that such a line may have beside the name alone.
OF_CYCLES = re.compile(
    r"regimen|protocol|power ?plan|(?:treatment|care) plan|treatment\s*:|log\b|administration|summary", re.IGNORECASE
)
BARE_WORDS = 3
#: A row with a day on which nothing was given.
NO_DOSE = re.compile(
    r"cancel|due\b|planned|held\b|\b(?:printed|exported|generated|response (?:recorded|assessed|documented))\b",
    re.IGNORECASE,
)
#: Start and end on the page, the words and the days of a row of a table of cycles.
Row = tuple[int, int, str, list[DayRange]]


def tables(reading: Reading, case: Case) -> list[Event]:
    """Events from cycle tables, date logs and drug lists printed one cell to a line."""
    events: list[Event] = []
    for segment, group in groupby(reading.sentences, key=lambda sentence: sentence.segment):
        lines = list(_lines(segment))
        sentences = list(group)
        if not sentences or sentences[0].document.kind in ("prior_auth_form", "lab_report", "lab_export"):
            continue
        events.extend(_cycles(segment, lines, case))
        events.extend(_vertical(segment, lines))
        events.extend(stacked(segment, lines, case))
    return events


def _lines(segment: Segment) -> Iterator[tuple[int, int, str]]:
    for match in re.finditer(r"[^\n]+", segment.page.text[segment.start : segment.end]):
        yield segment.start + match.start(), segment.start + match.end(), match[0]


def _cycles(segment: Segment, lines: list[tuple[int, int, str]], case: Case) -> Iterator[Event]:
    """Rows of dates below a line that names a regimen: under a header with "cycle", that open with "C1", or in a log of one drug."""
    regimen: Mention | None = None
    text = ""
    opened = 0
    rows: list[Row] = []
    for index, (start, end, line) in enumerate([*lines, (0, 0, "")]):
        named = [one for one in mentions(line) if core(one.drugs)]
        header = re.search(r"\bcyc?\W?l|\bday 1\b|\bD1\b|\blog\b|doses? given|administration", line, re.IGNORECASE)
        glued = re.match(
            rf"\W*C{len(rows) + 1}[.,]?(?=\d{{1,2}}/\d{{1,2}}/\d)", line
        )  # a scan's "C12/6/24", "C4.4/9/24"
        numbered = CYCLE_ROW.match(line)
        told = BESIDE.split(line[glued.end() if glued else 0 :])[0] if numbered or glued else line
        dates = [day for _a, _b, day in find_dates(told) if day.exact and day.first <= case.as_of]
        heads = heads_cycles(line, named, dates, lines[index + 1][2] if index + 1 < len(lines) else "")
        if rows and (heads or index - opened > 40 or (not dates and (len(line.split()) > 9 or index == len(lines)))):
            if regimen is not None and len(rows) + sum(len(row[3]) > 3 for row in rows) >= 2:
                yield from _table_events(segment, regimen, text, rows)
            rows, opened = [], 0
        if heads or (named and not dates and OF_CYCLES.search(line)):
            regimen, text = max(named, key=lambda one: len(core(one.drugs))), line
            opened = index if re.search(r"\blog\b|administration", line, re.I) else 0
            rows = []
            continue
        if regimen is not None and ((header and not dates) or (dates and (glued or (numbered and numbered["first"])))):
            opened = opened or index
        if rows and CYCLE_ROW.match(rows[0][2]) and not (numbered or glued):
            continue
        if opened and regimen is not None and dates and not NO_DOSE.search(line):
            rows.append((start, end, line, dates))


def heads_cycles(line: str, named: Sequence[Mention], dates: Sequence[DayRange], below: str) -> bool:
    """Whether the line is nothing but a treatment's name over its first cycle: "Blinatumomab", below it "Cycle 1: 12-08-25"."""
    first = CYCLE_ROW.match(below)
    if dates or not named or not first or not first["first"] or not find_dates(below):
        return False
    rest = line
    for one in named:
        rest = rest[: one.start] + " " * (one.end - one.start) + rest[one.end :]
    return len(re.findall(r"[A-Za-z]{2,}", rest)) <= BARE_WORDS


def _table_events(segment: Segment, regimen: Mention, line: str, rows: list[Row]) -> Iterator[Event]:
    """The course as its first row and its last one tell it, each with the words of its own row."""
    every = [day for row in rows for day in row[3]]
    first, last = min(every), max(every, key=lambda day: day.last)
    opening = _table_event(segment, regimen, line, next(row for row in rows if first in row[3]))
    closing = _table_event(segment, regimen, line, next(row for row in reversed(rows) if last in row[3]))
    yield replace(opening, start=first)
    yield replace(closing, end=last)


def _table_event(segment: Segment, regimen: Mention, line: str, row: Row) -> Event:
    role = role_near(line, regimen, 0, len(line))
    return Event(
        drugs=regimen.drugs,
        regimen=regimen.regimen,
        status="given",
        role=role if role == "maintenance" else "",
        span=span(segment.page, row[0], row[1]),
        said=segment.when,
        rank=3,
        kind=segment.document.kind,
        document=segment.document.id,
    )


def _vertical(segment: Segment, lines: list[tuple[int, int, str]]) -> Iterator[Event]:
    """A medication list printed one cell to a line: the drug, then its start, then its stop."""
    for index in range(len(lines) - 1):
        start, _end, line = lines[index]
        named = mentions(line)
        if len(named) != 1 or len(line.split()) > 3 or len(line.strip()) > named[0].end - named[0].start + 3:
            continue
        first = _only_date(lines[index + 1][2])
        if first is None:
            continue
        last = _only_date(lines[index + 2][2]) if index + 2 < len(lines) else None
        stop_at = lines[index + 2][1] if last else lines[index + 1][1]
        note = lines[index + 3][2] if last and index + 3 < len(lines) else ""
        only_spinal = bool(re.match(r"\W*intrathecal\W*$", note, re.IGNORECASE))
        yield Event(
            drugs=named[0].drugs,
            regimen=named[0].regimen,
            status="given" if core(named[0].drugs) else "listed",
            role="intrathecal" if only_spinal else "",
            span=span(segment.page, start, stop_at),
            start=first,
            end=last,
            said=segment.when,
            rank=3,
            kind=segment.document.kind,
            document=segment.document.id,
        )


def _only_date(line: str) -> DayRange | None:
    found = find_dates(line)
    if len(found) != 1 or len(line.strip()) > found[0][1] - found[0][0] + 2:
        return None
    return found[0][2]
