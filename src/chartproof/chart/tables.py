"""Delimited exports (.csv, .tsv): the page is the file as written; each data row gives entries with the row as quote."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartproof.chart.dates import clock, find_dates, parse_stamp
from chartproof.chart.numbers import interval
from chartproof.chart.plain import decode
from chartproof.model.day import DayRange
from chartproof.model.page import Code, Entry, Page, SourceFile

#: What a column holds, by the words of its header (lower case, letters and digits only).
_ROLES = {
    "when": "collected collectiondate collectiondatetime collecteddate collectedat collectiontime colldate drawn drawdate "
    "date datetime dateandtime resultdate observationdate specimendate performed effective effectivedate admindate "
    "administered administrationdate giventime givenat servicedate dos startdate start testdate reportdate dated "
    "when timestamp taken takenat takenon sampled sampledate sampletime drawtime drawndate datedrawn drawnat collecton "
    "collectedon collectdate datecollected specimencollected obsdate eventdate eventtime resulted resultedat dateofservice "
    "recorded recordedat recordedon recordeddate charted chartedat done doneon datedone lastdone lastdate lastcompleted entered enteredat "
    "filldate datefilled filled filledon dispensed dispensedate datedispensed dispensedon firstdose startedon begun",
    "until": "end enddate ended endedon stop stopdate stopped stoppedon lastdose lastcycle thru through until",
    "test": "test testname component componentname analyte name resultname lab labtest observation description measurement "
    "measure study procedure metric vital vitalsign element question marker "
    "parameter item labname exam assay investigation testdescription labcomponent determination topic screening "
    "healthmaintenance healthmaintenanceitem maintenanceitem",
    "panel": "panel panelname order ordername orderset group battery profile category protocol regimen plan treatment therapy",
    "loinc": "loinc loinccode testcode code loincnum",
    "value": "value result resultvalue numericresult results finding observationvalue obsvalue valuenum val reading measured measuredvalue answer impression conclusion report narrative score outcome",
    "unit": "unit units uom uoms resultunit resultunits doseunit valueunit",
    "range": "range referencerange refrange reference ref normalrange normal normals expected refinterval referenceinterval reflimits limits",
    "low": "reflow referencelow low rangelow lowerlimit",
    "high": "refhigh referencehigh high rangehigh upperlimit",
    "flag": "flag abnormal abn abnormalflag interpretation hl flg alert hilo",
    "status": "status resultstatus state adminstatus action marstatus transaction transactiontype disposition fillstatus dispensestatus rxstatus",
    "drug": "drug drugname medication medicationname med medname generic genericname agent product",
    "dose": "dose dosegiven doseadministered amount amountgiven doseamount",
    "route": "route",
    "id": "accession accessionnumber specimen specimenid orderid ordernumber mrn patientid patient patientname dob "
    "rn nurse provider orderingprovider facility location cycle day source lastname firstname sex birthdate",
    "comment": "comment comments note notes remark remarks reason whystopped stopreason reasonstopped reasonended endedfor",
    "response": "response bestresponse best outcome",
}  # fmt: skip
_FLAG = re.compile(
    r"\s*[(\[*]?\s*\b(?<!/)(H{1,2}|L{1,2}|A|C|HIGH|LOW|CRIT(?:ICAL)?|ABN(?:ORMAL)?)\b[!*)\]]*\s*$|\s*([*!]{1,2})\s*$",
    re.IGNORECASE,
)
_WITH_UNIT = re.compile(
    r"^\s*([<>]?=?\s*[\d.,]+)\s*((?:x?10\S*|[A-Za-z%\u00b5\u03bc][A-Za-z\d\u00b5\u03bc]*)?(?:/\S+)|%|fL|pg)\s*$"
)
#: Words of a head that tell its role where the whole of it is not known ("study_performed_date"), unless another is in it.
_PARTS = (
    ("when", {"date", "time", "datetime", "dttm", "dt"}, {"birth", "dob", "born", "print", "printed", "order", "ordered",
     "received", "reported", "verified", "admission", "discharge", "next", "due", "scheduled", "last"}),
    ("value", {"result", "results", "value", "reading", "finding", "findings", "impression", "conclusion"}, {"unit", "units",
     "flag", "status", "code", "range"}),
    ("status", {"status"}, {"marital", "patient", "insurance"}),
    ("test", {"test", "study", "exam", "measure", "assay", "analyte", "component", "procedure"}, {"code", "id", "status", "number"}),
)  # fmt: skip
#: Heads beside which "name" is the patient's.
_PERSON = {"dob", "birthdate", "dateofbirth", "born", "mrn", "patientid", "medicalrecordnumber"}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    names: tuple[str, ...]
    roles: tuple[str, ...]

    def cell(self, line: _Line, role: str) -> str:
        for index, one in enumerate(self.roles):
            if one == role and index < len(line.cells):
                return line.cells[index].strip()
        return ""

    def rest(self, line: _Line, roles: Sequence[str] = ("", "id")) -> dict[str, str]:
        """Columns without a role of their own, by their header; with `roles` ("id",) those alone that say whose row it is."""
        return {
            _words(name): line.cells[index].strip()
            for index, (name, role) in enumerate(zip(self.names, self.roles, strict=True))
            if role in roles and index < len(line.cells) and line.cells[index].strip() and name.strip()
        }


def read_table(name: str, data: bytes, sha256: str) -> SourceFile:
    """Page 1 is the raw text. A file whose columns are not recognised still gives an entry of kind 'other' a row."""
    text, note = decode(data)
    entries = tuple(_entries(text))
    page = Page(name, 1, text, read="structured", note=note)
    return SourceFile(name, sha256, "csv", (page,), entries, "structured", note)


def _entries(text: str) -> Iterator[Entry]:
    lines = list(_lines(text))
    at, header = _find_header(lines)
    if header is None:
        return
    body = lines[at + 1 :]
    if "drug" in header.roles:
        yield from (_medication(header, line) for line in body)
    elif {"panel", "when", "until"} <= set(header.roles) and not {"test", "value"} & set(header.roles):
        yield from (_treatment(header, line) for line in body)
    elif "test" in header.roles and _date_columns(header):
        yield from _across(header, body)
    elif "test" in header.roles and _is_results(header):
        yield from (_result(header, line) for line in body)
    elif "when" in header.roles and "test" not in header.roles:
        yield from _wide(header, body)
    else:
        yield from (Entry("other", line.cells[0], line.start, line.end, extra=header.rest(line)) for line in body)


def rows_of_results(text: str, start: int, end: int) -> Iterator[Entry]:
    """Entries of the rows of results in `text[start:end]`, cells apart by a bar: a narrative table without codes.

    A table without a head whose rows begin with a day is read as day, test, value.
    """
    lines = [
        _Line(match.start(), match.end(), tuple(cell.strip() for cell in match[0].split("|")))
        for match in re.compile(r"[^\n]+").finditer(text, start, end)
        if "|" in match[0]
    ]
    header: _Header | None = None
    for line in lines:
        named = _header(line)
        if (
            len({role for role in named.roles if role in ("when", "test", "value")}) >= 2
            and _day_of(line.cells[0]) is None
        ):
            header = named
        elif header is not None:
            yield _result(header, line)
        elif _day_of(line.cells[0]) is not None and len(line.cells) >= 3:
            yield _result(_Header(("date", "test", "value"), ("when", "test", "value")), line)


def _lines(text: str) -> Iterator[_Line]:
    """Records with their place; a record may hold line ends inside quotes."""
    mark = _delimiter(text)
    start = 0
    while start < len(text):
        end = start
        while True:
            stop = text.find("\n", end)
            stop = len(text) if stop < 0 else stop
            if text.count('"', start, stop) % 2 == 0 or stop == len(text) or stop - start > 20_000:
                break
            end = stop + 1
        record = text[start:stop]
        if record.strip(" ,;\t|"):
            cells = _cells(record.replace("\n", " "), mark)
            yield _Line(start, start + len(record.rstrip()), tuple(cells))
        start = stop + 1


def _cells(record: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([record], delimiter=mark), [])
    except csv.Error:  # a cell longer than any
        return record.split(mark)


def _delimiter(text: str) -> str:
    head = "\n".join(text.split("\n")[:20])
    return max(",\t;|", key=head.count)


def _find_header(lines: list[_Line]) -> tuple[int, _Header | None]:
    """The line among the first thirty with the most recognised column names (at least two, or a column of dates)."""
    best, place, found = 0, -1, None
    for index, line in enumerate(lines[:30]):
        header = _header(line)
        count = sum(role not in ("", "id") for role in header.roles) + (2 if len(_date_columns(header)) > 1 else 0)
        if count > best and len(line.cells) > 1:
            best, place, found = count, index, header
    return (place, found) if best >= 2 else (-1, None)


def _header(line: _Line) -> _Header:
    roles: list[str] = []
    heads = [re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in line.cells]
    for index, cell in enumerate(line.cells):
        role = "id" if heads[index] == "name" and _PERSON & set(heads[max(0, index - 1) : index + 2]) else ""
        role = role or _ROLE_OF.get(heads[index], "") or _role_of_parts(cell)
        roles.append("" if role != "id" and role in roles else role)
    if "event" in heads and not roles[heads.index("event")]:
        # What a pharmacy's ledger calls the event is what became of the drug; in a list of results it is the test.
        asked = "status" if "drug" in roles else "test"
        roles[heads.index("event")] = "" if asked in roles else asked
    days = list(_date_columns(_Header(line.cells, tuple(roles))))
    side_by_side = len(days) > 1 and days == list(range(days[0], days[-1] + 1))
    if side_by_side and "test" not in roles and days[0] > 0 and roles[days[0] - 1] == "":
        roles[days[0] - 1] = "test"  # what stands beside a row of days names what was measured, whatever its head
    if "panel" in roles and "value" in roles and "test" not in roles:  # a queue of orders names its tests as orders
        roles[roles.index("panel")] = "test"
    return _Header(line.cells, tuple(roles))


def _role_of_parts(head: str) -> str:
    if len(head) > 40 or find_dates(head):
        return ""
    parts = set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", head).lower()))
    return next((role for role, words, others in _PARTS if parts & words and not parts & others), "")


def _is_results(header: _Header) -> bool:
    """A column of values, or of codes, or a day for each test: a work list of items and their owners has none of them."""
    return bool({"value", "loinc", "when"} & set(header.roles))


def _measured(cell: str, unit: str) -> tuple[float | str | None, float | None, float | None, str, str]:
    """(value, low, high, flag, unit) of a result cell, which may hold its unit: "10.2 g/dL (L)"."""
    value, low, high, flag = _flagged(cell)
    match = _WITH_UNIT.match(_FLAG.sub("", cell)) if low is None and high is None and not unit else None
    if match:
        value, low, high = interval(match[1])
        return value, low, high, flag or ((found[1] or "A").upper() if (found := _FLAG.search(cell)) else ""), match[2]
    return value, low, high, flag, unit


def _flagged(cell: str) -> tuple[float | str | None, float | None, float | None, str]:
    """(value, low, high, flag) of a cell such as "431 H" or "9.8 (L)"; a word stays a word."""
    match = _FLAG.search(cell)
    if match:
        value, low, high = interval(cell[: match.start()])
        if low is not None or high is not None:
            return value, low, high, (match[1] or "A").upper()
    return (*interval(cell), "")


def _date_columns(header: _Header) -> dict[int, DayRange]:
    """Columns whose header is a date: a table with a column a draw."""
    columns = {}
    for index, name in enumerate(header.names):
        days = _day_of(name)
        if days is not None and days.exact:
            columns[index] = days
    return columns


def _result(header: _Header, line: _Line) -> Entry:
    value, low, high, flag, unit = _measured(header.cell(line, "value"), header.cell(line, "unit"))
    extra = header.rest(line) | _reference(
        header.cell(line, "range"), header.cell(line, "low"), header.cell(line, "high")
    )
    extra |= {
        "panel": header.cell(line, "panel"),
        "time": clock(header.cell(line, "when")),
        "interpretation": header.cell(line, "flag") or flag,
        "note": header.cell(line, "comment"),
    }
    code = header.cell(line, "loinc")
    codes = (Code("loinc" if re.fullmatch(r"\d{1,6}-\d", code) else "local", code),) if code else ()
    return Entry(
        "observation", header.cell(line, "test"), line.start, line.end, codes, value, low, high,
        unit, _day_of(header.cell(line, "when")), None, header.cell(line, "status"), _filled(extra),
    )  # fmt: skip


def _medication(header: _Header, line: _Line) -> Entry:
    value, low, high = interval(header.cell(line, "dose"))
    extra = header.rest(line)
    extra |= {
        "panel": header.cell(line, "panel"),
        "route": header.cell(line, "route"),
        "note": header.cell(line, "comment"),
        "dosage": " ".join(filter(None, (header.cell(line, role) for role in ("dose", "unit", "route")))),
    }
    return Entry(
        "medication", header.cell(line, "drug"), line.start, line.end, (), value, low, high,
        header.cell(line, "unit"), _day_of(header.cell(line, "when")), _day_of(header.cell(line, "until")),
        header.cell(line, "status"), _filled(extra),
    )  # fmt: skip


def _treatment(header: _Header, line: _Line) -> Entry:
    """A row of a table of treatments: the regimen from its first day to its last, what it did and why it ended."""
    reason = header.cell(line, "comment")
    extra = header.rest(line) | {"reason": reason, "response": header.cell(line, "response")}
    return Entry(
        "medication", header.cell(line, "panel"), line.start, line.end,
        when=_day_of(header.cell(line, "when")), until=_day_of(header.cell(line, "until")),
        status=header.cell(line, "status") or ("stopped" if reason else ""), extra=_filled(extra),
    )  # fmt: skip


def _wide(header: _Header, body: list[_Line]) -> Iterator[Entry]:
    """A row a draw, a column a test; rows named units, ref_low, ref_high describe the columns."""
    about: dict[str, _Line] = {}
    for line in body:
        role = _ROLE_OF.get(re.sub(r"[^a-z0-9]", "", line.cells[0].lower()), "") if line.cells else ""
        if role in ("unit", "range", "low", "high") and _day_of(header.cell(line, "when")) is None:
            about[role] = line
    for line in body:
        if any(line is one for one in about.values()):
            continue
        when = _day_of(header.cell(line, "when"))
        for index, name in enumerate(header.names):
            # "CA" and "HIGH" name a test as easily as a column; only columns without a role hold results.
            if header.roles[index] or index >= len(line.cells) or not line.cells[index].strip() or when is None:
                continue
            value, low, high, flag = _flagged(line.cells[index])

            def described(role: str, column: int = index) -> str:
                one = about.get(role)
                return one.cells[column].strip() if one and column < len(one.cells) else ""

            extra = header.rest(line, ("id",)) | _reference(described("range"), described("low"), described("high"))
            extra |= {"note": header.cell(line, "comment"), "panel": header.cell(line, "panel"), "interpretation": flag}
            yield Entry(
                "observation", name.strip(), line.start, line.end, (), value, low, high, described("unit"), when, None,
                header.cell(line, "status"), _filled(extra),
            )  # fmt: skip


def _across(header: _Header, body: list[_Line]) -> Iterator[Entry]:
    """A row a test, a column a draw."""
    for line in body:
        for index, when in _date_columns(header).items():
            if index >= len(line.cells) or not line.cells[index].strip():
                continue
            value, low, high, flag = _flagged(line.cells[index])
            extra = header.rest(line, ("id",)) | _reference(
                header.cell(line, "range"), header.cell(line, "low"), header.cell(line, "high")
            )
            extra |= {"panel": header.cell(line, "panel"), "interpretation": flag}
            yield Entry(
                "observation", header.cell(line, "test"), line.start, line.end, (), value, low, high,
                header.cell(line, "unit"), when, None, header.cell(line, "status"), _filled(extra),
            )  # fmt: skip


def _reference(spread: str, low: str, high: str) -> dict[str, str]:
    if spread and not (low or high):
        _, first, last = interval(spread)
        low = "" if first is None else f"{first:g}"
        high = "" if last is None else f"{last:g}"
    return {"reference": spread, "reference_low": low, "reference_high": high}


def _filled(extra: dict[str, str]) -> dict[str, str]:
    return {key: word for key, word in extra.items() if word}


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def _day_of(cell: str) -> DayRange | None:
    """A cell that begins with a date, in any spelling; None for any other cell."""
    word = cell.strip()
    found = find_dates(word)
    if found and found[0][0] == 0:
        return found[0][2]
    return parse_stamp(word) if re.fullmatch(r"(?:19|20)\d\d-\d\d(?:-\d\d.*)?", word) else None
