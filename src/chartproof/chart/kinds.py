"""What kind of document some text is, by the words of its title and body (knowledge/vocabulary/documents.yaml)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from chartproof.chart.correspondence import letter_body
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression, Expressions
from chartproof.model import Document, Page

#: A line that begins with a short date is an entry of a log or note, never a title.
DATED_LINE = re.compile(r"\s*(?:\d{4}-\d\d-\d\d|\d{1,2}[/-](?:\d{1,2}|[A-Za-z]{3})\b(?:[/-]\d{2,4})?)\s+\S")
#: A row of a ruled form: what is asked, and the answer.
FORM_ROW = re.compile(r"\s*\|[^|]*\w[^|]*\|[^|]*\w")
#: A row of a log tells something in words; a row of vital signs does not.
WORD = re.compile(r"[A-Za-z]{3,}")
LOG_WORDS = 2
#: A row that gives a dose was charted with the drug; no clerk's log.
DOSE = re.compile(r"\b\d[\d.,]*\s?(?:mg|mcg|g|ug|units?|iu)(?:/(?:m2|kg))?(?![\w/])", re.IGNORECASE)
#: Words behind a would-be title that make it prose: "PET/CT 7/5/22: new nodes", "Echo done in May", "Virus screening 4/21/26:
#: HBsAg non-reactive", "ECG with 12 leads was done".
PROSE_AFTER = re.compile(
    r"[^\n]*;\s+[a-z]+ [a-z]+|[^:\n]{1,30}(?::\d\d)?:\s+(?!(?:entry|excerpt|extract|report|minutes|record|page|copy) (?:for|of|on)\b)[a-z]"
    r"|[^:\n]{0,20}\d{4}:\s(?!(?:entry|excerpt|extract|report|minutes|record|page|copy) (?:for|of|on)\b)(?=.*\b[a-z]{3,}\b.*\b[a-z]{3,}\b)"
    r"|\s+(?i:(?:to|with) (?:\w*ology|\w+-?onc\w*|infectious|id)\b)"  # "Consult to Cardiology: ..." is an order
    r"|\s+(?:done|of \d|on \d|showed|shows|from|was|were|is|are|has|have|had|will|should|needs?|in [A-Z]?[a-z]+ )\b"
    r"|[^:.\n]{0,30}:[^\n]*\b(?:non-?reactive|negative|not detected)\b"
    r"|[^.:\n]{0,24}\b(?:(?:was|were|been) (?:done|drawn|obtained|performed|read|sent)|drawn (?:today|on)|sent (?:today|on))\b"
)
#: A row of a list of orders: "Consult: cardiology, pre CAR-T 06/01/2026 scheduled 06/22/2026".
ORDERED = re.compile(
    r"consult(?:ation)?s?\s*:[^\n]*\b(?:scheduled|ordered|placed|pending|requested)\b[^\n]*\d", re.IGNORECASE
)
#: Words before a would-be title that make it prose: "She underwent matched unrelated donor allogeneic HCT".
PROSE_BEFORE = re.compile(
    r"\b(?:(?:e-?)?consult(?:ation)? (?:to|with)|she|he|they|we|(?-i:I)|underwent|received|was|were|has|had|have|is|are|will|should|would|pt|gave|got"
    r"|(?:reviewed|discussed|noted|checked|saw|called|told|asked) (?:the|her|his|with|that|on))\b",
    re.IGNORECASE,
)
#: "Juniper Federal Employees Plan: Cellular Therapy Request": whose paper it is, then its title.
HOUSE = re.compile(r"^\W*(?:[A-Z][\w.&'’-]* (?:(?:of|and|the|for|&) )*){2,}[A-Z][\w.&'’-]*: ")
#: Two sentences on one line are prose.
SENTENCES = re.compile(
    r"[a-z)](?<!\bSt)(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bNo)\.\s+(?:[A-Z][a-z]* [a-z]|[A-Z][a-z]+$)"
)
#: The end of a sentence that began on the line or page before: "see laboratory."
SENTENCE_END = re.compile(r"\s*[a-z][^\n]*[.;,]\s*$")
#: A caption before the title: "EXAM: 1008-0077  CHEST PA/LAT".
#: "Nuclear Medicine: Cardiac blood pool imaging": the department, then the title.
DEPARTMENT = re.compile(
    r"^\W*(?:department of |division of )?(?:imaging|(?:diagnostic )?radiology|nuclear (?:medicine|cardiology)|cardiology"
    r"|pulmonary medicine|electrophysiology)\s*[:–-]\s+(?=[A-Z])",
    re.IGNORECASE,
)
LEAD_IN = re.compile(
    r"^\W*(?:exam|study|procedure|report|document|test|result type|type|(?:local |note |standard )?title|imaging|note type|modality|order)\s*[:#]\s*(?:[A-Z]*\d[\d-]+\s+)?",
    re.IGNORECASE,
)
#: What a payer, a template or a form says must not pass for the chart: such a title outweighs another as good.
CAUTION = 3
HEAD_LINES = 24
TITLE_LINES = 4
STRONG = 5
#: A line that is broken within a sentence has this many letters or more.
WRAPPED = 60
#: Words in small letters that make a line prose.
TOLD = 3
#: Where a title within a line of prose is taken to stand: late, so that it weighs little.
LATE_TITLE = 9
PIECES = re.compile(r"(?<=[a-z)])\.\s+(?=[A-Z])")
#: The weight of a title in the very first lines.
HEADED = 8
#: Points that a note's own words must bring for the release above it to be its running head.
NOTE_POINTS = 2
#: A clinician signs a note, not its cover.
CLINICIAN_SIGNED = re.compile(
    r"\bsigned by\b[^\n]{0,40}\b(?-i:MD|DO|MBBS|NP|PA|PA-C|APRN|RN|PharmD|LCSW)\b", re.IGNORECASE
)
#: Different sections of a clinician's note, each with its stop, from which on a summary is such a note.
NOTE_SECTIONS = 4
FLAGS = re.IGNORECASE | re.MULTILINE
#: A record that names the title of its note: whatever results the note repeats, it is that note.
NOTE_TITLE = re.compile(r"\s*(?:local|standard|note) title:\s*\S", re.IGNORECASE)
DECLARED = 6

#: Diagnosis codes of a problem list, and how many make one.
CODED = re.compile(r"(?<![\w.])[A-TV-Z]\d{2}(?:\.\d{1,4})?(?![\w.])")
CODED_ROWS = 3


def is_evidence(document: Document) -> bool:
    """Whether what the document says may be a fact about this patient."""
    return document.belongs is not False and evidence_of(document.kind) == "chart"


@cache
def evidence_of(kind: str) -> str:
    known = load("documents.yaml")["kinds"].get(kind)
    return known["evidence"] if known else "chart"


def is_own_paper(pages: Iterable[Page]) -> bool:
    """Whether chartproof wrote one of these pages: what stands there was taken from the chart and proves nothing of it."""
    return any(own_words().search(page.text) for page in pages)


@cache
def own_words() -> Expression:
    return Expression("|".join(load("documents.yaml")["own_paper"]), re.IGNORECASE)


def set_aside(document: Document) -> str:
    """Why the document's words are no evidence of the patient's state; "" where they are searched."""
    if document.belongs is False:
        return document.note or str(load("documents.yaml")["set_aside"]["another"])
    return str(load("documents.yaml")["set_aside"].get(evidence_of(document.kind), ""))


@cache
def titles() -> Expressions[str]:
    """What titles a document of each kind."""
    return _of_kinds("title")


@cache
def bodies() -> Expressions[str]:
    """What a document of each kind says."""
    return _of_kinds("body")


def _of_kinds(part: str) -> Expressions[str]:
    known = load("documents.yaml")["kinds"]
    return Expressions((kind, Expression(one, FLAGS)) for kind, rule in known.items() for one in rule[part])


@cache
def order() -> dict[str, int]:
    return {kind: number for number, kind in enumerate(load("documents.yaml")["kinds"])}


def may_title(line: str) -> bool:
    """Whether a line has a title's shape, whatever it says: short, no dated row, no two sentences, no end of one."""
    row = DATED_LINE.match(line) or FORM_ROW.match(line) or SENTENCE_END.match(line)
    return len(line) <= 150 and len(line.split()) <= 18 and not row and not SENTENCES.search(line)


def is_title(match: re.Match[str]) -> bool:
    """Whether the words stand in their line as a title does: near its start, not in the midst of prose."""
    line = match.string
    if ORDERED.match(line, match.start()):
        return False
    if match.start() >= 70 or PROSE_AFTER.match(line[match.end() :]) or listed_orders().match(line[: match.start()]):
        return False
    before = re.sub(r"\b(?:St|Dr|Mt|Ft)\.", "", line[: match.start()], flags=re.IGNORECASE)
    return not PROSE_BEFORE.search(before) and not re.search(r"[.;:] \S.* ", HOUSE.sub("", before))


@cache
def listed_orders() -> re.Pattern[str]:
    """A lead-in whose line lists what is ordered or taken: "Orders: cell therapy panel" titles nothing."""
    return re.compile(rf"\W*(?:{'|'.join(load('documents.yaml')['listing_labels'])})\s*:", re.IGNORECASE)


@lru_cache(maxsize=4096)
def without_lead(line: str) -> str:
    return LEAD_IN.sub("", DEPARTMENT.sub("", line), count=1)


@lru_cache(maxsize=1 << 14)
def titled(line: str) -> frozenset[str]:
    """The kinds that a line by itself may title; records print the same lines on every page."""
    line = without_lead(line)
    return (
        frozenset(kind for kind, match in titles().found(line) if is_title(match)) if may_title(line) else frozenset()
    )


def named_within(line: str) -> Iterator[str]:
    """A request's form may name itself in one of the short sentences of its head: "Self-funded plan. Prior authorization
    worksheet". That weighs little: a note tells of such forms, too."""
    pieces = PIECES.split(line) if SENTENCES.search(line) else []
    for piece in pieces:
        yield from (kind for kind in titled(piece) if evidence_of(kind) == "request")


def title_kind(line: str) -> str:
    """The kind that a line by itself titles, else ''."""
    return min(titled(line), key=order().__getitem__, default="")


def head_lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()][:HEAD_LINES]


def runs_on(above: str, line: str) -> bool:
    """Whether the line goes on with the sentence of the line above it: no title, whatever word stands in it."""
    full = len(above) >= WRAPPED and not re.search(r"[.:;?!)|]\s*$", above)
    told = sum(1 for word in above.split() if word.islower()) >= TOLD
    return full and told and line[:1].islower() and not re.match(r"[^ ]+:|.* \| ", line)


def scored(text: str) -> dict[str, tuple[int, int]]:
    """Kind -> (score, weight of its title): the earlier a title stands, the more it weighs."""
    lines = head_lines(text)
    filled = [line for line in text.split("\n") if line.strip()]
    dated = (line for line in filled if DATED_LINE.match(line) and not DOSE.search(line))
    rows = sum(1 for line in dated if len(WORD.findall(line)) >= LOG_WORDS)
    logged = rows >= STRONG or (rows >= 3 and rows + 2 >= len(filled))
    first: dict[str, int] = {}
    letter, reports = letter_body(filled), load("contradictions.yaml")["sources"]["report"]
    for index, line in enumerate(lines):
        if index and runs_on(lines[index - 1], line):
            continue
        alone = index >= TITLE_LINES and len(line.split()) == 1
        for kind in titled(line):
            told = index in letter and kind in reports  # a letter tells of tests under their names
            if not told and not (alone and evidence_of(kind) == "general"):  # "fax" further down is a cell's last word
                first.setdefault(kind, index)
    for kind in (kind for line in lines[:TITLE_LINES] for kind in named_within(line)):
        first.setdefault(kind, LATE_TITLE)
    listed = list(tabled(filled))
    first = untitled(listed, sections_left_out(first))
    # A visit's note that is titled as one has its history in dated rows, a trend of results its cultures; neither is a log.
    logged = logged and not any(
        index < TITLE_LINES and kind in load("documents.yaml")["never_logs"] for kind, index in first.items()
    )
    declared = titled(lines[0]) if lines and NOTE_TITLE.match(lines[0]) else frozenset()
    results = next((at for at, line in enumerate(lines) if results_head().fullmatch(line)), None)
    if results is not None and first.get("lab_report", HEAD_LINES) > results:
        first["lab_report"] = results
    logged = logged and results is None and "lab_report" not in listed
    found: dict[str, tuple[int, int]] = {}
    said = Counter(kind for kind, _ in bodies().found(text))
    for kind, rule in load("documents.yaml")["kinds"].items():
        need = rule["need"]
        index = first.get(kind, HEAD_LINES)
        weight = HEADED if index < TITLE_LINES else 6 if index < 9 else 3 if index < HEAD_LINES else 0
        if kind == "coordinator_log" and logged:
            weight = max(weight, 6)
        score = weight + said[kind] + (DECLARED if kind in declared else 0)
        if (weight and score >= need + 2) or score >= need + 3:
            sure = weight >= STRONG or score - weight >= need + 3
            careful = CAUTION if sure and evidence_of(kind) != "chart" else 0
            found[kind] = (score + careful, weight)
    if found.get("face_sheet", (0, STRONG))[1] < STRONG and len(set(note_captions().findall(text))) >= NOTE_POINTS:
        del found["face_sheet"]  # a note that prints the problem list
    if len({one.lower() for one in note_sections().findall(text)}) >= NOTE_SECTIONS:
        for kind in ("face_sheet", "after_visit"):
            found.pop(kind, None)
    if "cover_sheet" in found and _is_filled(found, text):
        del found["cover_sheet"]
    return found


def sections_left_out(first: Mapping[str, int]) -> dict[str, int]:
    """The lines that title a page (kind -> line), without what would set it aside ("Orders, 2022") below a chart paper's
    title: that is a section of the paper. So is what a note tells of screening."""
    if any(kind in load("documents.yaml")["never_logs"] and index < TITLE_LINES for kind, index in first.items()):
        first = {kind: at for kind, at in first.items() if kind != "preventive_care" or at < TITLE_LINES}
    above = min((index for kind, index in first.items() if evidence_of(kind) == "chart"), default=HEAD_LINES)
    return {
        kind: index
        for kind, index in first.items()
        if evidence_of(kind) not in ("general", "other") or index < TITLE_LINES or index < above
    }


def tabled(lines: Sequence[str]) -> Iterator[str]:
    """The kinds of which a page is by its lines alone: the rows of a table that is known by itself."""
    for kind, table in tables().items():
        rows = [match[1].lower() for line in lines if (match := table.row.match(line))]
        if len(set(rows)) >= table.several and len(rows) >= table.share * len(lines):
            yield kind


def untitled(listed: Iterable[str], first: Mapping[str, int]) -> dict[str, int]:
    """The lines that title a page (kind -> line), without those of which its rows say that they title nothing."""
    titles = dict(first)
    for kind in listed:
        if [one for one in tables()[kind].instead_of if titles.pop(one, None) is not None]:
            titles[kind] = 0
    return titles


@dataclass(frozen=True, slots=True)
class Table:
    """How a line of it begins, how many different beginnings make it, its share of a page, and what it is not."""

    row: re.Pattern[str]
    several: int
    share: float
    instead_of: tuple[str, ...]


@cache
def tables() -> dict[str, Table]:
    return {
        kind: Table(re.compile(one["row"], re.IGNORECASE), one["several"], one["share"], tuple(one["instead_of"]))
        for kind, one in load("documents.yaml")["tables"].items()
    }


@cache
def results_head() -> re.Pattern[str]:
    """The head of a table of results: "Collected  Test  Result  Reference"."""
    named = "|".join(load("documents.yaml")["results_columns"])
    return re.compile(rf"\W*(?:(?:{named})\b[ |/]*){{3,}}\W*", re.IGNORECASE)


@cache
def note_captions() -> re.Pattern[str]:
    return re.compile(rf"^\W*({'|'.join(load('documents.yaml')['note_captions'])})\b", re.IGNORECASE | re.MULTILINE)


@cache
def note_sections() -> re.Pattern[str]:
    named = "|".join(load("documents.yaml")["note_sections"])
    return re.compile(rf"^[^\w\n]*({named})[.:](?=\s)", re.IGNORECASE | re.MULTILINE)


def _is_filled(found: dict[str, tuple[int, int]], text: str) -> bool:
    """Whether a page that a release heads is more than its cover: it lists diagnoses, or a titled note begins on it."""
    if "face_sheet" in found and len(CODED.findall(text)) >= CODED_ROWS:
        return True
    closed = bool(CLINICIAN_SIGNED.search(text))
    return any(
        weight >= STRONG and (closed or score - weight >= NOTE_POINTS) and evidence_of(kind) == "chart"
        for kind, (score, weight) in found.items()
    )


@lru_cache(maxsize=1 << 13)
def best_kind(text: str) -> tuple[str, int]:
    """The likeliest kind with the weight of its title (STRONG or more where one stands in the first lines)."""
    scores = scored(text)
    best = max(scores, key=lambda kind: (*scores[kind], -order()[kind]), default="")
    return (best, scores[best][1]) if best else ("", 0)
