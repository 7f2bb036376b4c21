"""Reads a letter again before it is written: nothing stands in it that no finding, fact, rule or checked reference proves.

Every document with the letter's content model passes through here. Each run of words names its source, itself or
through its block, as 'kind:name':

row:policy/I.A   a finding            line:2      a line of therapy        reason:1     a reason of the denial
fact:f7          a fact of the chart  case:       what was typed in        denial:      a field of the letter
rule:erisa.x     a rule of law        evidence:x  a checked reference      code:C83.18  a code of the book
silence:kind     that no row of the policy speaks of this kind of reason   centre:      the treating center's own words
counts:          how many rows are met                                     form:x       a sentence of the closed list
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from chartproof.errors import EvidenceError
from chartproof.model import Finding, Review
from chartproof.packet import known
from chartproof.packet.data import knowledge
from chartproof.packet.exhibits import Book
from chartproof.packet.forms import fits
from chartproof.packet.look import counts, tidy
from chartproof.packet.table import patient_name
from chartproof.packet.tree import Block, Letter, Run

_QUOTED = re.compile(r"“([^”]*)”")
_COUNT = re.compile(r"\b(\d+) of the (\d+) criteria\b")
_CRITERION = re.compile(r"\bCriterion ([\w.]*\w)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a block; `what` never repeats the letter's words."""

    rule: str
    block: int
    what: str

    def __str__(self) -> str:
        return f"paragraph {self.block}: {self.what}"


#: Kinds of blocks whose runs are cells that stand apart.
_CELLS = ("row", "box")


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a letter is held against."""

    review: Review
    book: Book
    proofs: known.Proofs
    listed: frozenset[str]


Check = Callable[[Block, _Bench], Iterator[tuple[str, str]]]


def check_letter(letter: Letter, review: Review, book: Book) -> None:
    """Raises EvidenceError CP-EVID-05 with the first thing that is wrong with the letter.

    A paragraph that stands twice is a blemish and no unproven word: a package is not lost for it.
    """
    found = [problem for problem in lint(letter, review, book) if problem.rule != "repeated"]
    if found:
        raise EvidenceError(
            "CP-EVID-05", f"a letter would hold what nothing proves: {found[0].what}",
            where=f"{letter.title}, paragraph {found[0].block}", then="Nothing was written.",
        )  # fmt: skip


def lint(letter: Letter, review: Review, book: Book) -> tuple[Problem, ...]:
    """Everything that is wrong with the letter, in its order; empty where it may be written."""
    listed = sum(block.kind in _CELLS for block in letter.blocks)
    bench = _Bench(review, book, known.proofs(review), frozenset((str(listed), str(listed - 1))))
    found = [Problem("name", 0, what) for what in _reference(letter, review)]
    under = ""
    for number, block in enumerate(letter.blocks, 1):
        under = block.text if block.kind == "heading" else under
        wrong = [*_gaps(block, bench, under), *(one for check in _CHECKS for one in check(block, bench))]
        found += [Problem(rule, number, what) for rule, what in wrong]
    return tuple(sorted([*found, *_shape(letter)], key=lambda problem: problem.block))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of lint.yaml."""
    return re.compile(knowledge("vocabulary/lint.yaml")[name])


def _sourced(block: Block, bench: _Bench) -> Iterator[tuple[str, str]]:
    """Each run of words has a source, and each source is known."""
    if block.kind == "heading":
        return
    for run in block.runs:
        if not run.places and re.search(r"\w", run.text) and not (run.source or block.source):
            yield "unproven", "a sentence names nothing that proves it"
    for source in block.sources:
        if not bench.proofs.holds(source):
            yield "unknown_source", f"'{source}' is not in this review or the checked library"
    for run in block.runs:
        name = run.source.removeprefix("form:")
        if run.source.startswith("form:") and not fits(name, run.text):
            yield "form", "a sentence of form is not the one of the list"
    if any(source.startswith("form:") for source in block.source):
        name = next(source for source in block.source if source.startswith("form:")).removeprefix("form:")
        own = "".join(run.text for run in block.runs if not run.source and not run.places)
        if not fits(name, own):
            yield "form", "a sentence of form is not the one of the list"


def _gaps(block: Block, bench: _Bench, under: str) -> Iterator[tuple[str, str]]:
    """A row that is missing is said to be open, by its sentence or the heading over it; one that is not met, not met."""
    for run in block.runs:
        for source in (run.source,) if run.source else block.source:
            finding = bench.proofs.rows.get(source)
            if finding is not None:
                yield from _claim(finding, f"{under} {_own(block)}", run)


def _claim(finding: Finding, said: str, run: Run) -> Iterator[tuple[str, str]]:
    if finding.status == "missing" and (not pattern("open").search(said) or pattern("closes").search(run.text)):
        yield "open_claimed", "a sentence on a missing row does not say that it is open"
    if finding.status == "not_met" and not pattern("denies").search(said):
        yield "open_claimed", "a sentence on a row that is not met does not say so"


def _quotes(block: Block, bench: _Bench) -> Iterator[tuple[str, str]]:
    """Words in quotation marks stand on a page."""
    if any(not bench.proofs.on_a_page(words) for words in _QUOTED.findall(block.text)):
        yield "quote", "words in quotation marks are on no page of the chart"


def _places(block: Block, bench: _Bench) -> Iterator[tuple[str, str]]:
    pages = {exhibit.letter: {page.number for page in exhibit.pages} for exhibit in bench.book.exhibits}
    if any(place.page not in pages.get(place.letter, set()) for run in block.runs for place in run.places):
        yield "place", "a reference names a page that is not in the package"


def _days(block: Block, bench: _Bench) -> Iterator[tuple[str, str]]:
    """Every day that is named is a day of the review or of a source of the block."""
    if any(not bench.proofs.day(day, block.sources) for day in known.days_in(_own(block))):
        yield "day", "a date is neither the chart's nor the letter's"


def _names(block: Block, bench: _Bench) -> Iterator[tuple[str, str]]:
    own = _ours(block, bench)
    if pattern("pronoun").search(own):
        yield "pronoun", "a pronoun stands for a person whose sex the letter does not prove"
    if any(not bench.proofs.person(match.group()) for match in pattern("person").finditer(own)):
        yield "name", "a person is named whom neither the chart nor the letter names"
    rows = {finding.id for finding in (*bench.review.criteria, *bench.review.label)}
    if any(match[1] not in rows for match in _CRITERION.finditer(_own(block))):
        yield "name", "a criterion is named that the review does not have"


def _references(block: Block, bench: _Bench) -> Iterator[tuple[str, str]]:
    """Literature, law and codes come from the block's own checked sources or from the letter that is answered."""
    left = _ours(block, bench)
    if pattern("literature").search(left) or pattern("law").search(left):
        yield "reference", "a reference is not that of a checked source of its paragraph"
    allowed = bench.proofs.codes(block.sources)
    if any(match.group() not in allowed for match in pattern("code").finditer(left)):
        yield "code", "a code is neither the letter's nor the code book's"


def _numbers(block: Block, bench: _Bench) -> Iterator[tuple[str, str]]:
    """Every number in our words stands in what proves the sentence."""
    if not block.sources or block.kind == "heading":
        return
    left = bench.proofs.without_citations(_own(block), block.sources)
    if not set(known.numbers_in(left)) <= bench.proofs.numbers(block.sources) | bench.listed:
        yield "number", "a number is not one of what proves the sentence"


def _counted(block: Block, bench: _Bench) -> Iterator[tuple[str, str]]:
    number = counts(bench.review.criteria)
    for met, whole in _COUNT.findall(_own(block)):
        if (int(met), int(whole)) != (number["met"], len(bench.review.criteria)):
            yield "count", "a count of criteria is not that of the table"


def _language(block: Block, bench: _Bench) -> Iterator[tuple[str, str]]:
    own = _ours(block, bench)
    if pattern("leftover").search(own):
        yield "leftover", "a text was not filled in"
    if pattern("filler").search(own):
        yield "filler", "a word adds nothing or boasts"


_CHECKS: tuple[Check, ...] = (
    _sourced, _quotes, _places, _days, _names, _references, _numbers, _counted, _language,
)  # fmt: skip


def _ours(block: Block, bench: _Bench) -> str:
    """Our words, also without names, and without those of the block's rows, lines of therapy and citations."""
    words = bench.proofs.without_row_words(bench.proofs.without_names(_own(block)), block.sources)
    return bench.proofs.without_citations(words, block.sources)


def _own(block: Block) -> str:
    """Our words: without the chart's, in quotation marks, and without exhibits."""
    between = " " if block.kind in _CELLS else ""
    return _QUOTED.sub("“”", between.join(run.text for run in block.runs if not run.places))


def _shape(letter: Letter) -> Iterator[Problem]:
    """No heading without a text, no paragraph twice."""
    seen: set[str] = set()
    following = (*letter.blocks[1:], None)
    for number, (block, after) in enumerate(zip(letter.blocks, following, strict=True), 1):
        if not block.text.strip():
            yield Problem("empty", number, "a paragraph is empty")
        if block.kind == "heading" and (after is None or after.kind == "heading"):
            yield Problem("heading", number, "a heading has no text under it")
        text = tidy("".join(run.text for run in block.runs if not run.places)).lower()
        if block.kind != "heading" and text in seen:
            yield Problem("repeated", number, "a paragraph stands twice")
        seen.add(text)


def _reference(letter: Letter, review: Review) -> Iterator[str]:
    """The lines under the date say what the case and the denial say."""
    lines = dict(letter.reference)
    patient, denial = review.case.patient, review.denial
    wanted = {
        "Patient": {patient_name(review)},
        "Member ID": {patient.member_id, (denial.member_id if denial else "") or ""},
        "Case reference": {(denial.reference if denial else "") or ""},
    }
    for name, values in wanted.items():
        if name in lines and lines[name] not in {*values, "____"}:
            yield f"the line '{name}' is not that of the case"
