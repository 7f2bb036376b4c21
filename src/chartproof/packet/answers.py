"""The answer to each reason of a denial, made of findings alone; a reason that they do not answer is said to be open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from chartproof.model import DenialReason, Finding, Review, TherapyLine
from chartproof.packet.citations import centre_quotes, own_day_first, shown
from chartproof.packet.exhibits import Book
from chartproof.packet.look import counts, one_way, prose, prose_day, sentence, stop, tidy, unconfirmed
from chartproof.packet.table import drug_name, policy_short
from chartproof.packet.tree import Block, Run, cite, item, para
from chartproof.packet.wording import companions, quoted, rems_sentence, say, therapy_line, words


@dataclass(frozen=True, slots=True)
class Subject:
    """What a kind of reason is about: its heading, its words, and how to know the policy rows and label rows on it."""

    title: str
    words: str
    says: str = r"(?!)"
    label: tuple[str, ...] = ()


SUBJECTS = {
    "prior_therapy": Subject(
        "Prior therapy", "prior therapy",
        r"(?i)\b(prior|previous|earlier)\s+(systemic\s+)?(lines?|therap|treatments?|regimens?)|lines? of (systemic )?therapy",
        ("relapsed_or_refractory", "prior_lines", "required_classes"),
    ),
    "performance_status": Subject(
        "Performance status", "performance status", r"(?i)performance status|\becog\b|karnofsky|\bkps\b"
    ),
    "organ_function": Subject("Organ function", "organ function", r"(?i)organ function|ejection fraction|echocardiogram"),
    "rems_atc": Subject(
        "Treatment center", "a REMS certificate or a list of treatment centers",
        r"\bREMS\b|(?i:authori[sz]ed treatment|certified|accredit)",
    ),
    "site_of_care": Subject("Site of care", "the site of care", r"(?i)outpatient|inpatient|place of service|site of care"),
    "allo_transplant": Subject("Allogeneic transplant", "allogeneic transplant", r"(?i)allogeneic|allo-?hct|transplant"),
    "one_time": Subject(
        "One-time treatment", "one-time treatment", r"(?i)one-?\s?time|single (course|infusion|treatment)|given once|(earlier|prior|previous) car"
    ),
    "diagnosis": Subject("Diagnosis", "the diagnosis", r"(?i)\bdiagnos", ("diagnosis",)),
    "experimental": Subject("Experimental or investigational", "investigational use", r"(?i)experimental|investigational"),
    "documentation": Subject("Documentation", "documentation"),
    "not_covered_benefit": Subject("Benefit", "the benefit", r"(?i)\bbenefit (exclusion|limit)"),
}  # fmt: skip


def title_of(reason: DenialReason) -> str:
    """The heading of a reason."""
    subject = SUBJECTS.get(reason.kind)
    return subject.title if subject else "Other"


def rows_for(review: Review, kind: str) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """(policy rows, label rows) that speak to this kind of reason."""
    subject = SUBJECTS.get(kind)
    if subject is None:
        return (), ()
    policy = tuple(f for f in review.criteria if re.search(subject.says, f.says))
    wanted = review.label if kind == "experimental" else tuple(f for f in review.label if f.id in subject.label)
    return policy, wanted


def answer(review: Review, book: Book, reason: DenialReason) -> list[Block]:
    """The paragraphs that answer one reason, from the rows that speak to it."""
    if reason.kind == "documentation":
        return documentation(review)
    policy, label = rows_for(review, reason.kind)
    blocks = history(review, book) if reason.kind == "prior_therapy" else []
    if reason.kind == "rems_atc":
        blocks += _centre(review, book)
    blocks += [row(review, book, finding, titled=False) for finding in policy]
    silent = [finding for finding in label if says_nothing(finding)]
    said = " ".join(filter(None, (_not_in_policy(review, reason.kind, policy), label_silence(silent))))
    if said:
        confirm = any(unconfirmed(review, finding) for finding in silent)
        blocks.append(para(said, f" {words('row')['confirm']}" if confirm else ""))
    blocks += [row(review, book, finding, titled=False) for finding in label if finding not in silent]
    return blocks or [_open()]


def _not_in_policy(review: Review, kind: str, policy: tuple[Finding, ...]) -> str:
    """That the policy has no criterion of this kind, where it has none; nothing where the kind is no criterion's."""
    subject = SUBJECTS.get(kind)
    if policy or subject is None or kind in ("experimental", "not_covered_benefit", "diagnosis"):
        return ""
    said = words("silent")["policy"]
    return str(said.get(kind, said["other"])).format(policy=policy_short(review), words=subject.words)


def says_nothing(finding: Finding) -> bool:
    """True for a row on which the label does not speak: it does not apply, and no fact decided that."""
    return finding.status == "not_applicable" and not finding.facts and not finding.evidence


def label_silence(silent: list[Finding]) -> str:
    """'The FDA label for this indication names no number of prior lines and no class of earlier drugs.'"""
    said = words("silent")["label"]
    listed = [said[finding.id] for finding in silent if finding.layer == "label" and finding.id in said]
    others = [stop(sentence(f.shows or f.says)) for f in silent if f.layer == "label" and f.id not in said]
    return " ".join([*([said["sentence"].format(list=one_way(listed))] if listed else []), *others])


def row(review: Review, book: Book, finding: Finding, *, titled: bool = True) -> Block:
    """One row in prose: its sentences, each with its exhibit; or that it is open. `titled` rows begin with a title."""
    said = words("row")
    runs: list[Run | str] = []
    if finding.layer == "policy":
        runs = [Run(_lead(finding, titled=titled), strong=True), " "]
    if finding.status == "missing":
        return para(*runs, _gap_words(said["missing"], finding))
    if finding.status == "not_met":
        runs += [said["not_met"].format(says=tidy(finding.says).rstrip(".")), " "]
    elif finding.status == "not_applicable":
        runs += [said["not_applicable"], " "]
    elif finding.layer == "label":
        runs += [said["label_asks"].format(says=tidy(finding.says).rstrip(".")), " "]
    runs += sentences(review, book, finding)
    if unconfirmed(review, finding):
        runs.append(f" {said['confirm']}")
    return para(*runs)


def _lead(finding: Finding, *, titled: bool) -> str:
    found = next((words("titles")[f.concept] for f in finding.facts if f.concept in words("titles")), "")
    if not titled:
        return f"Criterion {finding.id}."
    return str(words("row")["policy"]).format(title=found or sentence(finding.says).rstrip("."), id=finding.id)


def sentences(review: Review, book: Book, finding: Finding) -> list[Run | str]:
    """What the row's facts say, a sentence each with its exhibit; what the row shows where no fact can be cited."""
    runs: list[Run | str] = []
    told: set[str] = set()
    for fact in finding.facts:
        spans = tuple(s for s in own_day_first(review, fact) if book.place(s))
        values = tuple(v for v in companions(review, fact) if book.place(v.evidence[0]))
        # Words that stand in the paragraph already are not quoted again.
        again = bool(spans) and quoted(review, spans[0]) in " ".join(told)
        text = say(review, fact, spans[0], values, quote=not again) if spans else ""
        if text and text not in told:
            told.add(text)
            places = cite(book, (*spans, *(v.evidence[0] for v in values)), most=2)
            runs += [" " if runs else "", text, *places, "."]
    if runs:
        return runs
    spans, shows = shown(review, finding), prose(tidy(finding.shows)).rstrip(".")
    text = sentence(shows or finding.says)
    if spans and finding.status == "met":
        text = str(words("default")["record"]).format(shows=text, quote=quoted(review, spans[0]))
    return [text, *cite(book, spans), "."]


def gap(finding: Finding, *, brief: bool = False) -> Block:
    """A missing row as a line of the letter's list of gaps."""
    return item(_gap_words(words("row")["gap"], finding, brief=brief))


def _gap_words(template: str, finding: Finding, *, brief: bool = False) -> str:
    name = finding.id if finding.layer == "policy" else "FDA label, " + finding.id.replace("_", " ")
    needed = tidy(finding.remedy).rstrip(".") or tidy(finding.says).rstrip(".")
    shows = "" if brief else stop(prose(sentence(finding.shows)))
    return template.format(id=name, remedy=needed, shows=shows).strip()


def history(review: Review, book: Book) -> list[Block]:
    """The lines of therapy as the records give them, a sentence each."""
    if not review.chart.lines:
        return [para(words("history")["none"])]
    return [para(words("history")["heading"]), *(_line(review, book, line) for line in review.chart.lines)]


def _line(review: Review, book: Book, line: TherapyLine) -> Block:
    text = therapy_line(line.line, line.regimen, line.drugs, line.start, line.end, line.best_response, line.stop_reason)
    return item(text, *cite(book, line.evidence), ".")


def _centre(review: Review, book: Book) -> list[Block]:
    """What the center says of itself, or that its letter is being asked for; then what became of the REMS."""
    said, spans = words("centre"), centre_quotes(review)
    runs: list[Run | str] = [said["states"]] if spans else [said["missing"]]
    for _, group in groupby(spans, key=book.place):
        found = tuple(group)
        said_there = "; ".join(f"“{tidy(span.quote).rstrip('.')}”" for span in found)
        runs += [f" {said_there}", *cite(book, found), "."]
    return [para(*runs), para(rems_sentence(drug_name(review), review.case.product))]


def documentation(review: Review) -> list[Block]:
    """How many of the items of documentation are in the chart, and which are open."""
    papers = tuple(f for f in review.criteria if f.kind == "documentation")
    if not papers:
        return [_open()]
    said, number = words("documents"), counts(papers)
    needed = len(papers) - number["not_applicable"]
    lines = [said["count"].format(needed=needed, met=number["met"], day=prose_day(review.case.as_of))]
    open_ids = [f.id for f in papers if f.status == "missing"]
    wrong = [f.id for f in papers if f.status == "not_met"]
    if open_ids:
        lines.append(said["open" if len(open_ids) > 1 else "open_one"].format(ids=one_way(open_ids)))
    if wrong:
        lines.append(said["not_met"].format(ids=one_way(wrong)))
    return [para(" ".join(lines))]


def _open() -> Block:
    return para(
        "No row of the table speaks to this reason. Please name the criterion and the chart entry on which it rests, "
        "so that it can be answered."
    )
