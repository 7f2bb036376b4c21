"""What clinicians say of cancer screening as a whole: current, nothing due, put off for a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chartproof.chart.context import conditional
from chartproof.chart.find.person import of_another
from chartproof.chart.find.screening.pieces import pieces
from chartproof.chart.find.screening.rules import pattern, pattern_of, rules, sites
from chartproof.chart.find.statements import clip
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Case, DayRange, Span

#: Kinds of documents in which a clinician says it; what a patient told someone is no statement.
CLINICIANS = frozenset(
    [
        "clinic_note",
        "consult_note",
        "primary_care",
        "preventive_care",
        "committee",
        "attestation",
        "provider_letter",
        "nursing_note",
        "treatment_summary",
        "discharge_summary",
    ]
)
EXCEPT = re.compile(r"^\W{0,3}(?:except|other than|apart from|aside from|but|with the exception)\b", re.IGNORECASE)
WISH = re.compile(
    r"\b(?:not|(?<!\bI )(?<!\bwe )(?<!\bI can )(?<!\bto )confirm|verify|ensure|whether|should|must|required?|requires|requirements?|eligib\w+|criteri\w+|until|once|to be|needs?|make sure"
    r"|please|unless|bring|get|keep|catch|goal|un(?:clear|known)|ask(?:s|ed|ing)?|expects?|wants?|insists?|insurer|plan|payer)\b",
    re.IGNORECASE,
)
BOX = re.compile(r"\[\s*\]|\(\s*\)|[☐□]|_{3,}|\*{3}|\[\s*[xX]\s*\]\s*no\b")
CHECKED = re.compile(r"(?:\[\s*[xX✓✔]\s*\]|\([xX]\)|[☑☒✓✔])\s*(?:\w+\W+){0,3}$")
SITE_CURRENT = re.compile(r"\b(?:up[- ]to[- ]date|UTD|current(?! (?:smok|every|treat|med|cancer)))\b", re.IGNORECASE)
WHOLE = re.compile(
    r"\b(?:cancer screenings?(?: status)?|screenings?|health maintenance|HM|preventive (?:care|health|services)|screening tests?)$",
    re.IGNORECASE,
)
SCREEN = re.compile(r"screening|preventive|nothing", re.IGNORECASE)
VACCINES = re.compile(r"\b(?:vaccin|immuni[sz]|influenza|tdap|zoster|shingrix|pneumococ)", re.IGNORECASE)
#: How far above its closing sentence a list of tests may begin.
LIST_LINES = 10
#: "All routine cancer screening, incl. mammogram, deferred": the tests are examples of it.
ALL_SCREENING = re.compile(r"\ball (?:[\w-]+ ){0,3}screenings?\b", re.IGNORECASE)
HEARSAY = re.compile(
    r"\b(?:per (?:the )?(?:patient|pt)|(?:patient|pt|he|she) (?:states|reports|says|believes|thinks)|reportedly|said to be|by (?:patient )?report)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """`sites` names what was put off or is current; empty: all of it."""

    kind: str
    sentence: Sentence
    span: Span
    sites: frozenset[str] = frozenset()

    @property
    def when(self) -> DayRange | None:
        return self.sentence.segment.when


def statements(reading: Reading, case: Case) -> Iterator[Statement]:
    """Dated statements on screening as a whole, newest first: current, nothing due, deferred with a reason."""
    found: list[Statement] = []
    for index, sentence in enumerate(reading.sentences):
        when = sentence.segment.when
        days = int(rules()["statement_days"])
        if (
            when is None
            or when.first > case.as_of
            or (case.as_of - when.last).days > days
            or sentence.segment.signed is False
        ):
            continue
        if sentence.document.kind not in CLINICIANS:
            continue
        found.extend(statement_of(sentence, reading.sentences[max(0, index - LIST_LINES) : index]))
    return iter(sorted(found, key=lambda one: one.when.last if one.when else date.min, reverse=True))


def statement_of(sentence: Sentence, above: Sequence[Sentence]) -> Iterator[Statement]:
    """The one statement of a sentence; `above` are the sentences before it, which may list what it speaks of."""
    text = sentence.text
    context = f"{sentence.heading} {sentence.label} {text}"
    of_site = frozenset(
        site for site, found in sites() if found.match(f"{sentence.label}:") and sentence.label not in text
    )
    if not of_site and sentence.label and sentence.label not in text and pattern("deferred").search(text):
        # "Pap with HPV: 2021, negative. Due 03/2026. Deferred by agreement with oncology because ..."
        of_site = frozenset(piece.site for piece in pieces(sentence.label))
    of_site = of_site or left_open_above(sentence, above)
    if not of_site and not pattern("screening_words").search(context):
        spoken = any(pattern(kind).search(text) for kind in ("nothing_due", "current", "deferred")) or pieces(text)
        if not (spoken and closes_a_list(sentence, above)):
            return
    beside = above[-1].text if above and above[-1].segment == sentence.segment else ""
    if VACCINES.search(beside) and not SCREEN.search(text) and not pieces(text):
        return
    if (
        HEARSAY.search(text)
        or pattern("guessed").search(text)
        or pattern("other_person_screening").search(text)
        or pattern("overdue").search(pattern_of("never_overdue").sub("", text))
        or pattern("overdue_before").search(text)
        or re.search(r"\b(?:viral|infectious|toxicology|drug|virology|study|trial|donor)\b", text, re.IGNORECASE)
    ):
        return
    for kind in ("nothing_due", "current", "deferred"):
        match = pattern(kind).search(text)
        if not match or conditional(sentence, match.start()) or of_another(sentence, match.start(), match.end()):
            continue
        if text[match.end() :].lstrip().startswith("?"):
            continue
        if open_box(text, match) or (kind != "deferred" and WISH.search(text[: match.end()])):
            continue
        named = of_site or pieces(text) or re.search(r"cancer|screening", text, re.IGNORECASE)
        if kind == "deferred" and not (named and (pattern("reason").search(text) or told_why(text, match.end()))):
            continue
        if kind == "current" and (EXCEPT.search(text[match.end() :]) or not named_whole(text, match)):
            continue
        if kind == "current" and told_of_the_past(sentence, match.end()):
            continue
        about = sites_put_off(text, match, of_site) if kind == "deferred" else sites_at(text, match)
        about = about or of_site
        yield Statement(kind, sentence, clip(sentence, match.start(), match.end()), about)
        return
    yield from current_sites(sentence)


def told_of_the_past(sentence: Sentence, end: int) -> bool:
    """ "Screening was up to date in 2019": a year behind the words that is over a year before the note's."""
    written, year = (
        sentence.segment.when,
        re.match(r"\W{0,2}(?:in|as of|by|at|through) (?:\w+ )?((?:19|20)\d\d)\b", sentence.text[end:]),
    )
    return bool(written and year and int(year[1]) < written.last.year - 1)


def left_open_above(sentence: Sentence, above: Sequence[Sentence]) -> frozenset[str]:
    """The site of the sentence before, where this one has no subject: "LDCT last 01/2025. Deferred by PCM: ..."."""
    if not above or above[-1].segment != sentence.segment or not pattern("deferred").match(sentence.text.lstrip()):
        return frozenset()
    return frozenset(piece.site for piece in pieces(above[-1].text)[-1:])


def told_why(text: str, end: int) -> bool:
    """Whether the deferral goes on to its reason behind a colon or dash: "Deferred 08/11 by PCM: serial PET covers lungs"."""
    told = re.match(r"[^.;:]{0,40}(?::| [-\u2013\u2014]) ((?:\S+ ){2,}\S+)", text[end:])
    return bool(told and not pattern("no_reason").search(told[1].split(";")[0]))


def sites_put_off(text: str, match: re.Match[str], above: frozenset[str]) -> frozenset[str]:
    """The sites that a deferral names; those of the sentence before where it opens with the deferral itself."""
    if ALL_SCREENING.search(text[: match.start()]):
        return frozenset()
    return above if above and not text[: match.start()].strip() else frozenset(piece.site for piece in pieces(text))


def closes_a_list(sentence: Sentence, above: Sequence[Sentence]) -> bool:
    """ "He is up to date." below a list of screening tests, with nothing of vaccines in between."""
    own = [one for one in above if one.segment == sentence.segment]
    listed = [one for one in own if pieces(one.text)]
    last = own[-1].text if own else ""
    return len(listed) >= 2 and own.index(listed[-1]) >= len(own) - 3 and not VACCINES.search(last)


def open_box(text: str, match: re.Match[str]) -> bool:
    """A template's text: a box or blank that no one filled, or one ticked for no."""
    if not BOX.search(text):
        return False
    before = text[: match.start()].rstrip()
    return not (
        CHECKED.search(before) or re.match(r"\W{0,3}(?:\[[xX]\]|\([xX]\)|[☑☒])\s*yes", text[match.end() :], re.I)
    )


def sites_at(text: str, match: re.Match[str]) -> frozenset[str]:
    """The site to which the words of a statement belong: "colon cancer screening is up to date"."""
    return frozenset(site for site, found in sites() for m in found.finditer(text) if m.end() > match.start() and m.start() < match.end())  # fmt: skip


def named_whole(text: str, match: re.Match[str]) -> bool:
    """Whether the statement names screening, or stands alone; "Immunizations: UTD" speaks of something else."""
    if re.search(r"screening", match[0], re.IGNORECASE):
        return True
    before = re.sub(r"[^\w]+", " ", text[: match.start()]).strip()
    return not before or bool(WHOLE.search(before))


def current_sites(sentence: Sentence) -> Iterator[Statement]:
    """ "Mammogram UTD. Pap UTD.": current for those sites and no others."""
    text = sentence.text
    for piece in pieces(text):
        words = text[piece.start : piece.end]
        match = SITE_CURRENT.search(words)
        start = piece.start + match.start() if match else 0
        if (
            match
            and not WISH.search(text[: start + len(match[0])])
            and not BOX.search(text)
            and not conditional(sentence, start)
            and not of_another(sentence, start, start + len(match[0]))
        ):
            yield Statement(
                "current", sentence, clip(sentence, piece.start, piece.start + match.end()), frozenset((piece.site,))
            )
