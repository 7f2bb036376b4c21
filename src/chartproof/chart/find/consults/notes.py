"""Consultants' notes on file: whose they are, whether they were signed, and what they say of the plan.

A note may fill a document, or be a page of another one (a release of many encounters): what opens under a specialty's
letterhead or title is its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from chartproof.chart.dates import find_dates
from chartproof.chart.find.consults.requests import in_time
from chartproof.chart.find.consults.words import cue, rules, specialties
from chartproof.chart.find.deferral import OPEN_BOX
from chartproof.chart.find.others import of_another
from chartproof.chart.find.statements import clip
from chartproof.chart.kinds import ORDERED, is_evidence
from chartproof.chart.view import Reading, Segment, Sentence, span
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case, DayRange, Document, Page, Span

QUOTE_WORDS = 20
HEAD_LINES = 7
#: Lines of a page's letterhead, which stands over all that the page holds.
LETTERHEAD_LINES = 2
#: A note with more sentences than this tells more than that nobody came.
MISSED_LINES = 9
#: The first of the opinions in specialties.yaml, which are verdicts on the plan.
VERDICTS = 5
SIGNED = re.compile(
    r"\b(?:e-?sign\w*|signed|electronic(?:ally)? \w+|authenticated|attested|finali[sz]ed)\b", re.IGNORECASE
)
CREDENTIAL = re.compile(r"\b(?:MD|M\.D\.|DO|D\.O\.|NP|PA-?C|CNP|APRN|MBBS|FACC|FASN|FIDSA)(?![\w/])")
#: "B. Chaudhury MD 08/05/2026", "Thuy Nguyen-Cole, MD, Nephrology": a name and a degree that open a line and end it.
BLOCK = re.compile(
    r"^\W*(?:(?:dictated|attending|consultant|author|provider|by|sincerely|regards|signature)\W+)*(?:Dr\.? )?"
    r"(?:[A-Z][\w.'’-]*,? ){1,4}(?:MD|M\.D\.|DO|D\.O\.|MBBS|NP|PA-?C|CNP|APRN)(?![\w/])(?P<rest>.{0,60})$"
)
ADDRESSED = re.compile(
    r"\b(?:requested|requesting|referr\w+|asked|seen|followed) (?:by|from)\b|\bconsult(?:ation)?s? to\b|\bto:|\bcc:|\b(?:follow\w*|referral|to see|reason)\b|\breview \(",
    re.IGNORECASE,
)
#: What stands in a head behind the specialty of an answer: who asked for it, and that it was a later visit.
ASKER = re.compile(
    r"\W*\b(?:(?:consult\w*|opinion|evaluation|visit) )?(?:requested|referred|asked|ordered) (?:by|from)\b.*$"
    r"|\W*\bat the request of\b.*$|\bfollow[- ]?up (?=consult|visit|note|evaluation|letter|opinion)",
    re.IGNORECASE,
)
#: A title: the specialty, what it gave, and its day or nothing.
TITLE = re.compile(
    r"^\W*(?P<whose>[A-Za-z]+(?:[ /&-]{1,3}[A-Za-z]+){0,3})(?<!follow)\W{1,3}(?:consultation|consult (?:note|report|result)|opinion)[\W\d]*$",
    re.IGNORECASE,
)
#: A form that takes a question from one clinic to another and brings its answer back.
FORM = re.compile(r"\bconsult(?:ation)?\b[^\n]*\b(?:report|reply|answer|response|opinion)\b", re.IGNORECASE)
ANSWERED = re.compile(
    r"^\W*(?:impression|opinion|assessment|recommend\w*|conclusions?)\b|\bin (?:summary|sum|my (?:view|opinion|judge?ment))\b"
    r"|\byou asked (?:for |me for )?my (?:view|opinion|advice)\b",
    re.IGNORECASE | re.MULTILINE,
)
SENT_TO = re.compile(r"\bfrom:[^\n]*?\bto:\s*(?P<whose>[^\n]{3,40}?)(?=\s{2,}|\s+\w+:|\n|$)", re.IGNORECASE)
#: A letterhead is no sentence: lower-case words that end in a full stop.
SENTENCE = re.compile(r"\b[a-z]{2,}\b[^.]* [a-z]{2,}[.;](?:\s|$)|[.;] [A-Z][a-z]+ [a-z]+ [a-z]+")
#: Words in small letters that stand in letterheads.
LETTERHEAD_WORDS = frozenset(["of", "and", "the", "for", "in", "at", "on", "by", "to", "a", "with"])
EVALUATION = re.compile(
    r"\b(?:car[- ]?t|cell(?:ular)? therapy|leucel|leuk?apheresis|a?pheresis|(?:axi|brexu|liso|tisa|obe|ide|cilta)-?cel)\b",
    re.IGNORECASE,
)


#: What a verdict lets the team do, in a report whose head says for which treatment it was asked.
GOES_ON = re.compile(r"\b(?:proceed(?:ing)?|go(?:ing)? ahead|the plan|planned (?:treatment|therapy))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """Pages of a document that open under one head, and of each what belongs to the document."""

    document: Document
    pages: tuple[Page, ...]
    texts: tuple[str, ...]
    segments: tuple[Segment, ...]
    whole: bool

    def lines(self) -> list[str]:
        return [line for text in self.texts for line in text.split("\n") if line.strip()]


@dataclass(frozen=True, slots=True)
class Note:
    """A consultant's note on file: its opinion and the line that signs it. A joint practice has several specialties."""

    specialties: tuple[str, ...]
    document: Document
    when: DayRange
    opinion: Span
    signature: Span | None
    to_the_point: bool = True


def consultants_pages(reading: Reading) -> frozenset[tuple[str, int]]:
    """(document id, page) of what consultants wrote, signed or not: what they say of their own clinics is no request."""
    return frozenset(
        (part.document.id, page.number)
        for document, segments in with_segments(reading)
        for part in parts(document, segments)
        if consultant(head_of(part))
        for page in part.pages
    )


def notes_on_file(reading: Reading, case: Case) -> list[Note]:
    found = []
    said: dict[str, list[Sentence]] = {}
    for sentence in reading.sentences:
        said.setdefault(sentence.document.id, []).append(sentence)
    for document, segments in with_segments(reading):
        if not is_evidence(document) or document.signed is False:
            continue
        for part in parts(document, segments):
            note = note_of(part, said.get(document.id, []), case)
            if note:
                found.append(note)
    return sorted(found, key=lambda note: (note.when, note.document.id))


def with_segments(reading: Reading) -> Iterator[tuple[Document, list[Segment]]]:
    own: dict[str, list[Segment]] = {}
    for segment in reading.segments:
        own.setdefault(segment.document.id, []).append(segment)
    return ((document, own.get(document.id, [])) for document in reading.documents)


def note_of(part: Part, sentences: Sequence[Sentence], case: Case) -> Note | None:
    """The signed opinion that the pages hold, where they are a specialist's and hold one."""
    document = part.document
    if any(of_another(segment) for segment in part.segments):
        return None
    named = consultant(head_of(part))
    numbers = {page.number for page in part.pages}
    said = [one for one in sentences if one.page.number in numbers]
    if not (readable_kind(part) or (document.kind in rules()["study_kinds"] and judges(said))):
        return None
    if not named or not said or missed(said) or paperwork(part) or unsigned(part):
        return None
    signature = signature_of(part)
    when = day_of(part, signature, case)
    if when is None or not in_time(when, case.as_of, 2 * int(rules()["request_days"])):
        return None
    if not signature and not document.signed:
        return None
    pointed = any(cue("to_the_point").search(one.text) for one in said if one.heading != one.text.strip())
    return Note(named, document, when, opinion_of(said), signature, pointed)


def parts(document: Document, segments: Sequence[Segment]) -> Iterator[Part]:
    """The document, cut before each page that opens under another specialty's own head."""
    groups: list[list[tuple[Page, str]]] = []
    for _number, own in groupby(segments, key=lambda segment: segment.page.number):
        runs = list(own)
        page = runs[0].page
        # Two consultants may share a page: only what is the document's own is read.
        text = page.text[min(run.start for run in runs) : max(run.end for run in runs)]
        opens = not groups or (bool(consultant((top_of(text), ""))) and bool(cue("answer_head").search(top_of(text))))
        if opens:
            groups.append([(page, text)])
        else:
            groups[-1].append((page, text))
    for group in groups:
        pages, texts = zip(*group, strict=True)
        numbers = {page.number for page in pages}
        under = tuple(segment for segment in segments if segment.page.number in numbers)
        yield Part(document, pages, texts, under, whole=len(groups) == 1 or group is groups[0])


def readable_kind(part: Part) -> bool:
    """A later page of a discharge summary may be an opinion; an echo report under a cardiology letterhead is none."""
    kinds = rules()["consult_kinds"] if part.whole else [*rules()["consult_kinds"], *rules()["mixed_kinds"]]
    return part.document.kind in kinds


def judges(sentences: Sequence[Sentence]) -> bool:
    """Whether a report of a study also says what its author thinks of the treatment: "acceptable for CAR-T"."""
    about = any(EVALUATION.search(one.text) for one in sentences)
    return about and any(
        (EVALUATION.search(one.text) or GOES_ON.search(one.text))
        and not cue("opinion_not").search(one.text)
        and any(pattern.search(one.text) for pattern in opinions()[:VERDICTS])
        for one in sentences
    )


def missed(sentences: Sequence[Sentence]) -> bool:
    """A few lines that say that the visit did not take place are no opinion."""
    return len(sentences) <= MISSED_LINES and any(cue("missed").search(one.text) for one in sentences)


def paperwork(part: Part) -> bool:
    """An order, a referral form, an appointment letter: it names the specialty and holds nobody's findings."""
    text = "\n".join(part.lines())
    if cue("reply").search(text) or (FORM.search(top_of(text)) and ANSWERED.search(text)):
        return False
    # An opinion under its own heading may still ask to be called; a letter on an appointment has none.
    return bool(
        cue("paperwork_head").search(top_of(part.texts[0]))
        or (cue("paperwork").search(text) and not ANSWERED.search(text))
    )


def unsigned(part: Part) -> bool:
    return any(cue("unsigned").search(line) or cue("void").search(line) for line in part.lines())


# --- whose it is


def top_of(text: str) -> str:
    return "\n".join([line for line in text.split("\n") if line.strip()][:HEAD_LINES])


def head_of(part: Part) -> tuple[str, str]:
    """(the letterhead and title, the lines of the signature): where a note says of which specialty it is."""
    if not part.pages:
        return "", ""
    last = part.lines()
    signing = [i for i, line in enumerate(last) if SIGNED.search(line) or (CREDENTIAL.search(line) and len(line) < 60)]
    near = {j for i in signing for j in range(i - 2, i + 3)}
    tail = [line for j, line in enumerate(last) if j in near and len(line) < 70 and not is_text(line)]
    stationery = [] if part.pages[0].text.startswith(part.texts[0]) else part.pages[0].text.strip().split("\n")
    return "\n".join([top_of(part.texts[0]), *stationery[:LETTERHEAD_LINES]]), "\n".join(tail)


def consultant(head: tuple[str, str]) -> tuple[str, ...]:
    """The specialties of the consultant whose note it is, none for the treating team's own notes.

    The letterhead or title names it before any word of the treating team; an addressee below it is of no account.
    """
    top, tail = head
    named = titled(top) or answering(top)
    if named:
        return named
    for printed in top.split("\n"):
        line = ASKER.sub("", printed)
        if cue("own_team").match(line.strip()) and not cue("own_opinion").search(line):
            return ()
        if (
            not line.strip()
            or len(line) > 110
            or ORDERED.search(line)
            or ADDRESSED.search(line)
            or SENTENCE.search(line)
            or is_text(line)
        ):
            continue
        team = cue("own_team").search(line)
        found = [(match.start(), name) for name, pattern in specialties() for match in [pattern.search(line)] if match]
        if found and (team is None or min(found)[0] <= team.start()):
            return tuple(name for _start, name in sorted(found))
        if team:
            return ()
    lines = [
        line
        for line in tail.split("\n")
        if not re.search(r"\bcc\b|,.*,.*,.*,|:", line, re.IGNORECASE) and not cue("not_the_writers").search(line)
    ]
    return tuple(name for name, pattern in specialties() if any(pattern.search(line) for line in lines))


def titled(top: str) -> tuple[str, ...]:
    """The specialty that a title by itself names, whoever's stationery it is: "Endocrinology consultation, 06/09/2026"."""
    for line in top.split("\n"):
        title = TITLE.match(line)
        if title and not cue("own_team").search(line):
            found = tuple(name for name, pattern in specialties() if pattern.search(title["whose"]))
            if found:
                return found
    return ()


def answering(top: str) -> tuple[str, ...]:
    """The specialty to which a form for question and answer is sent, where both are on it: "FROM: GI   TO: CARDIOLOGY"."""
    form = FORM.search(top)
    sent = SENT_TO.search(top) if form else None
    if sent is None or cue("own_team").search(sent["whose"]):
        return ()
    return tuple(name for name, pattern in specialties() if pattern.search(sent["whose"]))


def is_text(line: str) -> bool:
    """Boxes of a form, or several plain words: "Protocol 6.3: consult cardiology for subjects with EF 40%"."""
    plain = [word for word in line.split() if word.islower() and word.isalpha() and word not in LETTERHEAD_WORDS]
    return bool(OPEN_BOX.search(line)) or len(plain) >= 3


# --- what it says, and who signed


def opinion_of(sentences: Sequence[Sentence]) -> Span:
    """The sentence that says most plainly what the consultant thinks of the plan."""

    def weight(index: int, sentence: Sentence) -> tuple[int, int, int]:
        conditional_words = bool(cue("opinion_not").search(sentence.text))
        rank = next((i for i, pattern in enumerate(opinions()) if pattern.search(sentence.text)), 99)
        plan = bool(
            EVALUATION.search(sentence.text) or re.search(r"lymphodeplet|candida", sentence.text, re.IGNORECASE)
        )
        short = len(sentence.text.split()) < 4 or bool(re.match(r"\W*page \d", sentence.text, re.IGNORECASE))
        return (rank + 4 * conditional_words - 2 * plan + 9 * short, 0 if plan else 1, -index)

    rated = sorted(((weight(i, s), i) for i, s in enumerate(sentences)), key=lambda row: row[0])
    return clip(sentences[rated[0][1]], 0, 1, limit=QUOTE_WORDS)


def signature_of(part: Part) -> Span | None:
    """The last line with a signature's words and a clinician's name, else a name and degree that stand as a line."""
    signed: Span | None = None
    block: Span | None = None
    for segment in part.segments:
        for number, match in enumerate(re.finditer(r"[^\n]+", segment.page.text[segment.start : segment.end])):
            line, start = match[0], segment.start + match.start()
            opening = number < 2 and segment.start == 0  # a doctor's name in the letterhead signs nothing
            if len(line) >= 160:
                continue
            if SIGNED.search(line) and (CREDENTIAL.search(line) or re.search(r"\d{4}|\d{1,2}/\d{1,2}/\d{2}", line)):
                signed = cut(segment.page, start, line)
            elif not opening and stands_alone(line):
                block = cut(segment.page, start, line)
    return signed or block


def stands_alone(line: str) -> bool:
    """ "B. Chaudhury MD 08/05/2026" signs; "Dear Bertrand Yee, MD," and "Referring: A. Orr, MD" do not."""
    found = BLOCK.match(line)
    return bool(found) and not cue("not_the_author").search(line)


def cut(page: Page, start: int, line: str) -> Span:
    tokens = list(re.finditer(r"\S+", line))[:QUOTE_WORDS]
    return span(page, start + tokens[0].start(), start + tokens[-1].end())


def day_of(part: Part, signature: Span | None, case: Case) -> DayRange | None:
    """The day of the signature, else of the head, else of the document: a page of a release has a day of its own."""
    texts = [signature.quote] if signature else []
    for text in [*texts, top_of(part.texts[0]).split("\n")[0]]:
        days = [days for _start, _end, days in find_dates(text) if days.exact and days.last <= case.as_of]
        if days:
            return days[-1]
    dated = [segment.when for segment in part.segments if segment.when]
    return dated[-1] if dated and not part.whole else part.document.when or (dated[0] if dated else None)


@cache
def opinions() -> tuple[Expression, ...]:
    return tuple(Expression(part, re.IGNORECASE) for part in load("specialties.yaml")["opinion"])
