"""The answer to each reason of a denial: what the policy and the label ask, what the chart shows, what the law asks.

Each sentence stands only where a row, a fact, a rule or a checked reference carries it. A reason that the chart bears
out is said to stand. The words are data (knowledge/vocabulary/answers.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from chartproof.model import DenialReason, Fact, Finding, Review
from chartproof.packet import told
from chartproof.packet.citations import beside_facts, earlier_number, spoken_facts, spoken_words
from chartproof.packet.coded import code_runs
from chartproof.packet.exhibits import Book
from chartproof.packet.forms import form
from chartproof.packet.library import Reference, fitting
from chartproof.packet.look import one_way, prose, sentence, stop, tidy, unconfirmed
from chartproof.packet.subjects import answer_words, named, rows_for, silent, subject
from chartproof.packet.table import policy_short
from chartproof.packet.tree import Block, Run, cite, of_row, para
from chartproof.packet.wording import quoted, say, words


@dataclass
class Used:
    """What the letter has said already, so that no sentence stands in it twice."""

    sources: set[str] = field(default_factory=set)

    def first(self, source: str) -> bool:
        """True the first time that a source is asked about."""
        new = source not in self.sources
        self.sources.add(source)
        return new


def answer(review: Review, book: Book, reason: DenialReason, used: Used) -> list[Block]:
    """The paragraphs that answer one reason: what is asked, the chart, the law, and whether the reason stands.

    `used` is what the letter said before; it grows.
    """
    rows = speaking(review, reason.kind)
    asked = _asked(review, reason, rows, used)
    chart = _chart(review, book, reason, rows, used)
    stands = _stands(review, reason, rows)
    law = law_block(review, subject(reason.kind).law, used)
    about = subject(reason.kind)
    if not review.criteria or not (rows or chart or stands):
        stands.append(para(form(about.ask, words=about.words)))
    elif not (chart or stands):
        stands.append(para(form("letter.above", words=about.words)))
    return [*asked, *chart, *stands, *law]


def speaking(review: Review, kind: str) -> tuple[Finding, ...]:
    """The rows of policy and label that speak to a kind of reason, the policy's first."""
    if subject(kind).rest:
        others = (reason.kind for reason in _reasons(review) if reason.kind != kind)
        claimed = {of_row(f) for other in others for f in rows_for(review, other)[0]}
        policy = tuple(f for f in review.criteria if f.kind != "documentation" and of_row(f) not in claimed)
        return (*policy, *rows_for(review, kind)[1])
    policy, label = rows_for(review, kind)
    return (*policy, *label)


def bearing_out(reason: DenialReason, rows: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of the rows that speak to a reason those that make it right where they fail: an infection of today makes no drug
    investigational, and that the plan's own pharmacy refused is the decision itself and no ground for it."""
    label = subject(reason.kind).bears_out
    return tuple(
        f for f in rows if f.kind != "precondition" and not (label and f.layer == "label" and f.id not in label)
    )


def _reasons(review: Review) -> tuple[DenialReason, ...]:
    return review.denial.reasons if review.denial else ()


def _asked(review: Review, reason: DenialReason, rows: tuple[Finding, ...], used: Used) -> list[Block]:
    """What the policy and the label ask, or that they ask nothing; what trials and guidelines say; the code book."""
    runs = [*_policy(review, reason, rows), *_label(review, rows, used), *code_runs(review, reason)]
    runs += [_reference(one) for one in _chosen(review, reason, used)]
    return [para(*_spaced(runs))] if runs else []


def _policy(review: Review, reason: DenialReason, rows: tuple[Finding, ...]) -> Iterator[Run]:
    said, about = answer_words("policy"), subject(reason.kind)
    short = policy_short(review)
    asks = [f for f in rows if f.layer == "policy" and f.status != "not_applicable"]
    if asks and not about.rest:
        listed = one_way([said["row"].format(says=tidy(f.says).rstrip("."), id=f.id) for f in asks])
        yield Run(said["asks"].format(Policy=sentence(short), list=listed), source="policy:")
        left_open = list(filter(None, map(_left_open, asks)))
        own_numbers = any(re.search(r"\d", f.says) or f.basis not in answer_words("no_number_basis") for f in asks)
        if left_open:
            yield Run(stop(sentence(one_way(left_open))), source="policy:")
        elif about.numbers and re.search(r"\d", reason.quote) and not own_numbers:
            yield Run(said["no_number"], source="policy:")
    elif about.silence and silent(review, reason.kind):
        template = said["prior_therapy"] if reason.kind == "prior_therapy" else said["silent"]
        text = template.format(Policy=sentence(short), policy=short, words=about.words)
        yield Run(text, source=f"silence:{reason.kind}")
    elif review.criteria and about.contract:
        yield Run(said["contract"].format(what=about.contract, policy=short), source=f"silence:{reason.kind}")


def _left_open(finding: Finding) -> str:
    """What the policy file says that the policy leaves open in a row that is no mere document; empty where it does not."""
    if finding.kind == "documentation":
        return ""
    parts = (re.match(answer_words("policy")["leaves_open"], part.strip()) for part in finding.because.split(";"))
    return next((part.group() for part in parts if part), "")


def _label(review: Review, rows: tuple[Finding, ...], used: Used) -> Iterator[Run]:
    """That the label is silent, with a word to the signer where that was not confirmed."""
    found = [f for f in rows if f.layer == "label" and says_nothing(f) and used.first(of_row(f))]
    text = label_silence(found)
    if text:
        yield Run(text, source=of_row(found[0]))
        if any(unconfirmed(review, f) for f in found):
            yield Run(words("row")["confirm"], source=of_row(found[0]))


def says_nothing(finding: Finding) -> bool:
    """True for a row on which the label does not speak: it does not apply, and no fact decided that."""
    return finding.status == "not_applicable" and not finding.facts and not finding.evidence


def label_silence(rows: Iterable[Finding]) -> str:
    """'The FDA label for this indication names no number of prior lines and no class of earlier drugs.'"""
    said = words("silent")["label"]
    silent_rows = [f for f in rows if f.layer == "label"]
    listed = [said[f.id] for f in silent_rows if f.id in said]
    others = [stop(sentence(f.shows or f.says)) for f in silent_rows if f.id not in said]
    return " ".join([*([said["sentence"].format(list=one_way(listed))] if listed else []), *others])


def _chosen(review: Review, reason: DenialReason, used: Used) -> list[Reference]:
    """The checked references that answer this reason and were not used before."""
    if subject(reason.kind).only_numbers and not re.search(r"\d", reason.quote):
        return []
    fresh = [one for one in fitting(review, reason.kind) if one.verified and _source(one) not in used.sources]
    chosen = [one for one in fresh[: answer_words("most_references")] if used.first(_source(one))]
    for one in chosen:
        used.first(f"rule:{one.rule}")
    return chosen


def _source(one: Reference) -> str:
    return f"evidence:{one.id}"


def _reference(one: Reference) -> Run:
    return Run(f"{one.shows} ({prose(one.citation)}).", source=_source(one))


def _chart(review: Review, book: Book, reason: DenialReason, rows: tuple[Finding, ...], used: Used) -> list[Block]:
    """What the chart shows, page by page: lines of therapy, the center's words, each row; else its own sentences."""
    about = subject(reason.kind)
    above = [para(form("letter.above", words=about.words))]
    by_name = named(review, reason)
    if by_name:
        new = [finding for finding in by_name if used.first(of_row(finding))]
        return told.named_papers(review, book, by_name) if new else above
    if reason.kind == "documentation":
        if not used.first("documentation"):
            return above
        return told.documentation(review) or _spoken(review, book, reason, used)
    blocks: list[Block] = []
    if about.history and used.first("history"):
        blocks += told.history(review, book)
    if about.centre:
        blocks.append(told.centre(review, book))
    applies = any(f.layer == "policy" and f.status != "not_applicable" for f in rows)
    beside = {f.id for f in rows if applies and f.layer == "policy" and f.status == "not_applicable"}
    shown = [f for f in rows if not says_nothing(f) and f.id not in beside and used.first(of_row(f))]
    blocks += [told.row(review, book, finding, titled=about.rest) for finding in shown]
    if not rows:
        blocks += _spoken(review, book, reason, used)
    blocks += _facts(review, book, beside_facts(review, reason), used)
    older = earlier_number(review, reason)
    return [*blocks, *_facts(review, book, [older], used, lead=answer_words("earlier_number"))] if older else blocks


def _facts(review: Review, book: Book, facts: Iterable[Fact], used: Used, *, lead: str = "") -> list[Block]:
    """A paragraph for each fact that was not told before, behind the words that lead to it."""
    blocks = []
    for fact in facts:
        span = fact.evidence[0]
        if used.first(f"fact:{fact.id}"):
            text = say(review, fact, span)
            text = f"{lead} {small(text)}" if lead else text
            blocks.append(para(text, *cite(book, (span,)), ".", source=(f"fact:{fact.id}",)))
    return blocks


def _spoken(review: Review, book: Book, reason: DenialReason, used: Used) -> list[Block]:
    """What the chart says where neither policy nor label has a row: its newest facts, then its own sentences, once each."""
    blocks = _facts(review, book, spoken_facts(review, reason), used)
    runs: list[Run | str] = []
    for span in spoken_words(review, reason):
        if not used.first(f"words:{span.file}:{span.page}:{span.start}"):
            continue
        runs += [" ", quoted(review, span), *cite(book, (span,)), "."]
    return [*blocks, para(answer_words("chart"), *runs, source=("chart:",))] if runs else blocks


def law_block(review: Review, wanted: Iterable[str], used: Used) -> list[Block]:
    """The first of these rules that reaches the plan, is confirmed and was not named before; and how this notice broke it."""
    said = answer_words("law")
    rights = {right.rule: right for right in review.rights if right.verified and right.rule in said["says"]}
    for name in wanted:
        if name in rights and used.first(f"rule:{name}"):
            text = said["sentence"].format(says=said["says"][name], citation=rights[name].citation)
            faults = [fault for fault in (review.denial.notice_defects if review.denial else ()) if fault.rule == name]
            broken = [Run(" " + said["fault"].format(what=small(of_notice(f.what))), source="denial:") for f in faults]
            return [para(text, *broken, source=(f"rule:{name}",))]
    return []


def of_notice(defect: str) -> str:
    """A defect of the notice as the plan reads it: without the advice to the patient's side that may follow it."""
    return stop(prose(re.split(r"(?<=[.!?])\s+(?=Ask\b|Request\b|Call\b|Write\b)", tidy(defect))[0]))


def small(text: str) -> str:
    """The text with a small first letter, to stand inside of a sentence."""
    return text[:1].lower() + text[1:]


def _stands(review: Review, reason: DenialReason, rows: tuple[Finding, ...]) -> list[Block]:
    """That the reason stands, where the rows that bear it out are not met or missing, and what remains open then."""
    said = answer_words("stands")
    rows = bearing_out(reason, rows)
    wrong = [f for f in rows if f.status == "not_met"]
    if wrong:
        roads = [_road(review, name) for name in subject(reason.kind).roads]
        lead = answer_words("roads")["lead"].format(list=one_way([road for road in roads if road]))
        source = tuple(of_row(f) for f in wrong)
        return [
            para(
                said["not_met"].format(words=subject(reason.kind).words), " ", Run(lead, source="case:"), source=source
            )
        ]
    if any(f.status == "missing" for f in rows):
        text = said["missing"].format(words=subject(reason.kind).words)
        return [para(text, source=tuple(of_row(f) for f in rows if f.status == "missing"))]
    return []


def _road(review: Review, name: str) -> str:
    """One of the roads in words; none to another product where no label names the disease."""
    others = review.extra.get("other_products", "")
    return "" if name == "product" and not others else str(answer_words("roads")[name]).format(names=others)


def _spaced(runs: Iterable[Run]) -> Iterator[Run | str]:
    for n, run in enumerate(runs):
        if n:
            yield " "
        yield run
