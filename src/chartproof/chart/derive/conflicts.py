"""Statements on disease and treatment that contradict each other, side by side, with what stands and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from chartproof.chart.derive.apart.codes_apart import codes_apart
from chartproof.chart.derive.apart.converted import converted
from chartproof.chart.derive.apart.corrected import corrected
from chartproof.chart.derive.apart.event_days import event_days
from chartproof.chart.derive.apart.explained import explained
from chartproof.chart.derive.apart.left_open import left_open
from chartproof.chart.derive.apart.other_people import other_people
from chartproof.chart.derive.apart.products import products
from chartproof.chart.derive.apart.recovered import recovered
from chartproof.chart.derive.apart.screened import screened
from chartproof.chart.derive.apart.second_hand import second_hand
from chartproof.chart.derive.apart.stamped import stamped
from chartproof.chart.derive.claimed.claims import claims
from chartproof.chart.derive.claimed.disease_claimed import regimens_claimed, remission_listed
from chartproof.chart.derive.claimed.labelled import labelled
from chartproof.chart.derive.claimed.mistaken import mistaken
from chartproof.chart.derive.claimed.numbers_claimed import numbers_claimed
from chartproof.chart.derive.claimed.plan_claims import plan_claims
from chartproof.chart.derive.claimed.plan_says import plan_says
from chartproof.chart.derive.claimed.ticked import ticked
from chartproof.chart.derive.standing import takes_side
from chartproof.chart.derive.taken_back import overtaken
from chartproof.chart.derive.told.contradictions import contradictions
from chartproof.chart.derive.told.told_courses import told_courses
from chartproof.chart.derive.told.told_disease import told_disease
from chartproof.chart.derive.told.told_medicines import told_medicines
from chartproof.chart.derive.told.told_responses import told_responses
from chartproof.chart.derive.told.told_tests import told_tests
from chartproof.chart.derive.told.told_twice import told_twice
from chartproof.chart.derive.told.two_names import renamed, two_names
from chartproof.chart.derive.treatment.counts import counted_apart
from chartproof.chart.find.said import near_quote
from chartproof.chart.find.transplant.given import TAKEN_BACK
from chartproof.chart.find.transplant.words import named
from chartproof.chart.view import Reading, Sentence, sentences
from chartproof.model import Case, Conflict, DayRange, Fact, Span, TherapyLine

#: Kinds of documents in which a physician states the history.
CLINICIANS = ("clinic_note", "consult_note", "provider_letter", "committee", "treatment_summary", "discharge_summary")

#: A record of these days around the last dose was written by whoever stopped it.
DAYS_AT_THE_STOP = 14
REASON = re.compile(
    r"(?:reason[^:.]{0,25}: ?|because of |due to |for |secondary to )(?:his |her |their |a |an |the )?([a-z][a-z -]{3,30})",
    re.IGNORECASE,
)
#: How a plan's letter names engineered cells without their name.
CELLS = re.compile(r"\b(?:cell(?:ular)?|gene) (?:and gene )?therap(?:y|ies)\b", re.IGNORECASE)


def conflicts(
    reading: Reading,
    facts: Sequence[Fact],
    lines: Sequence[TherapyLine],
    case: Case | None = None,
    claimed: Sequence[Fact] = (),
    numbers: Sequence[Fact] = (),
) -> list[Conflict]:
    """Conflicts of stop reasons, counts of lines, disease status, 17p (TP53) over time, transplant or CAR-T history; of
    our own papers, the plan's letter and the lists with the chart. `claimed` are the facts that our papers tell, `numbers`
    those that they and the plan's letter give numbers of. Without a case, asked on the chart's newest day."""
    asked = case.as_of if case else newest_day(reading)
    pairs = list(renamed(reading))
    found = [
        *_stop_reasons(reading, facts, lines),
        *counted_apart(reading, lines, sum(not one.drugs & other.drugs for one, other in pairs)),
        *_changed(facts, "tp53_deletion", "TP53 (17p) status"),
        *_denied_yet_done(facts),
        *_cells_never_given(reading, facts),
        *corrected(reading),
        *claims(reading, facts, lines, asked),
        *numbers_claimed(reading, numbers, facts, asked),
        *ticked(reading, facts, asked),
        *regimens_claimed(reading, lines),
        *remission_listed(reading, facts, asked),
        *mistaken(reading),
        *left_open(reading, facts, asked),
        *two_names(pairs, reading),
        *other_people(reading, facts, asked),
        *second_hand(reading, facts, asked),
        *plan_says(reading, facts, asked),
        *plan_claims(reading, facts, lines, asked),
        *told_courses(reading, lines),
        *told_responses(reading, lines),
        *told_medicines(reading),
        *told_tests(reading),
        *told_disease(reading),
        *codes_apart(reading, asked),
        *event_days(reading, facts, asked),
        *screened(facts, asked),
        *recovered(facts, {one.id: one.kind for one in reading.documents}, asked),
        *explained(reading, facts, asked),
        *converted(facts, asked),
        *products(reading, asked),
        *stamped(reading),
        *labelled(reading, asked),
        *overtaken(reading, facts),
        *_infected_since([fact for fact in facts if not fact.when or fact.when.first <= asked]),
        *(told_twice(reading, facts, case) if case else ()),
    ]
    shown = {places(one) for one in found}
    return [*found, *(one for one in contradictions(reading, [*facts, *claimed], asked) if places(one) not in shown)]


def places(conflict: Conflict) -> frozenset[tuple[str, int, int]]:
    return frozenset((side.file, side.page, side.start) for side in (conflict.a, conflict.b))


def newest_day(reading: Reading) -> date:
    return max((segment.when.last for segment in reading.segments if segment.when), default=date.max)


def _stop_reasons(reading: Reading, facts: Sequence[Fact], lines: Sequence[TherapyLine]) -> Iterator[Conflict]:
    """One document stops the drug for toxicity, another for progression: the treating record stands, before minutes."""
    kinds = {document.id: document.kind for document in reading.documents}
    for line in lines:
        said = [fact for fact in facts if fact.concept == f"line{line.line}_stop_reason"]
        told = {fact.id: _of_the_day(fact, line, kinds) for fact in said}
        stands = [fact for fact in said if fact.rank > 0]
        stands.sort(key=lambda fact: (not told[fact.id], kinds.get(fact.document) == "committee"))
        for against in [fact for fact in said if fact.rank == 0][:1]:
            if stands:
                right = f"{stands[0].value}: the treating clinician's record nearest to the last dose says so"
                quote = stands[0].evidence[0]
                if not told[stands[0].id]:
                    quote = _denies(reading, against) or quote
                yield Conflict(f"reason {line.regimen} was stopped", against.evidence[0], quote, right)


def _of_the_day(fact: Fact, line: TherapyLine, kinds: Mapping[str, str]) -> bool:
    """Whether a clinician wrote it when the treatment was stopped."""
    written = kinds.get(fact.document) in CLINICIANS and fact.known and line.end
    return bool(written and abs(_last(fact.known) - _last(line.end)) <= DAYS_AT_THE_STOP)


def _denies(reading: Reading, against: Fact) -> Span | None:
    """A clinician who says that the reason given was none: "There was never a rash"."""
    words = REASON.search(against.evidence[0].quote)
    name = re.sub(r"\W+$", "", words[1]).strip() if words else ""
    if len(name) < 4:
        return None
    cue = re.compile(rf"\b(?:never|not|no)\b(?:\W+\w+){{0,4}}?\W+{re.escape(name)}\b", re.IGNORECASE)
    for sentence in reading.of_kind(*CLINICIANS):
        match = cue.search(sentence.text)
        if match and sentence.segment.signed is not False:
            return near_quote(sentence, match.start(), match.end())
    return None


def _changed(facts: Sequence[Fact], concept: str, what: str) -> Iterator[Conflict]:
    """A marker that was absent and is now present (or the reverse): a change over time, both shown."""
    dated = sorted((fact for fact in facts if fact.concept == concept and fact.when), key=lambda fact: _last(fact.when))
    if not dated:
        return
    latest = dated[-1]
    other = [fact for fact in dated if fact.assertion != latest.assertion and fact.assertion in ("present", "absent")]
    if other:
        state = "acquired since" if latest.assertion == "present" else "no longer found"
        right = f"{state}: the newer specimen ({latest.when}) describes the disease now"
        yield Conflict(what, other[-1].evidence[0], latest.evidence[0], right)


def _denied_yet_done(facts: Sequence[Fact]) -> Iterator[Conflict]:
    """A transplant or cell product that one document denies after another has dated it."""
    for concept in ("allogeneic_transplant", "autologous_transplant", "prior_car_t"):
        done = [fact for fact in facts if fact.concept == concept and fact.assertion == "present" and fact.when]
        denied = [fact for fact in facts if fact.concept == concept and fact.assertion == "absent" and fact.when]
        denied = [fact for fact in denied if takes_side(fact, "beside")]
        done = [fact for fact in done if takes_side(fact, "offered")]
        late = [fact for fact in denied if done and _last(fact.when) > min(_last(one.when) for one in done)]
        if late:
            right = f"not settled: given {done[0].when} by one document, denied on {late[0].when} by another; ask the treating clinician"
            yield Conflict(concept.replace("_", " "), late[0].evidence[0], done[0].evidence[0], right)


def _infected_since(facts: Sequence[Fact]) -> Iterator[Conflict]:
    """Who wrote that there is no infection, beside the newest page of another paper that treats one since."""
    told = [fact for fact in facts if fact.concept == "active_infection" and fact.when]
    ill = [fact for fact in told if fact.assertion == "present"]
    newest = max(ill, key=lambda fact: _last(fact.when), default=None)
    if newest is None:
        return
    free = [fact for fact in told if fact.assertion == "absent" and fact.document != newest.document]
    said = max((fact for fact in free if _last(fact.when) <= _last(newest.when)), key=lambda fact: _last(fact.when), default=None)  # fmt: skip
    if said and not any(_last(fact.when) > _last(newest.when) for fact in free):
        right = f"the infection of {newest.when} is newer, and no later page says that it is over"
        yield Conflict("active infection", said.evidence[0], newest.evidence[0], right)


def _cells_never_given(reading: Reading, facts: Sequence[Fact]) -> Iterator[Conflict]:
    """A list or the plan's own letter that speaks of earlier cells, beside the clinicians who state that none were given."""
    told = [fact for fact in facts if fact.concept == "prior_car_t"]
    denied = [fact for fact in told if fact.assertion == "absent" and fact.when and fact.signed]
    if not denied or any(fact.assertion == "present" for fact in told):
        return
    kinds = {document.id: document.kind for document in reading.documents}
    notes = [fact for fact in denied if kinds.get(fact.document) in CLINICIANS] or denied
    newest = max(notes, key=lambda fact: _last(fact.when))
    told_why = max(notes, key=lambda fact: (fact.extra.get("told") == "explained", _last(fact.when)))
    right = f"none was given: clinicians state so, last on {newest.when}"
    for fact in told:
        if fact.note == TAKEN_BACK:
            yield Conflict(
                "earlier CAR-T product", fact.evidence[0], told_why.evidence[0], f"{right}; the list is wrong"
            )
            break
    quote = next((quote for quote in map(_plan_says, _of_the_plan(reading)) if quote), None)
    if quote:
        yield Conflict("earlier CAR-T product, by the plan's letter", quote, newest.evidence[0], right)


def _of_the_plan(reading: Reading) -> Iterator[Sentence]:
    for segment in reading.segments:
        if segment.document.kind == "denial_letter" and segment.document.belongs is not False:
            yield from sentences(segment)


def _plan_says(sentence: Sentence) -> Span | None:
    """The words with which a letter asserts earlier cells of this member, not its policy's rule on them."""
    for match in (*named("cells").finditer(sentence.text), *CELLS.finditer(sentence.text)):
        left, right = sentence.text[: match.start()], sentence.text[match.end() :]
        before = re.search(
            r"\b(?:prior|previous|earlier|already|s/p|received|had)\W+(?:\w+\W+){0,3}$", left, re.IGNORECASE
        )
        after = re.match(
            r"\W*(?:exposure|therapy|treatment|infusion|was|has|before|already|in\b|on\b|,|\.|\(|$)",
            right,
            re.IGNORECASE,
        )
        rule = re.search(
            r"\b(?:no|not|if|unless|must|requires?|criteria|who|members|individuals|policy|for example|such as|without)\b",
            left + right[:40], re.IGNORECASE,
        )  # fmt: skip
        if before and after and not rule:
            return near_quote(sentence, match.start(), match.end())
    return None


def _last(when: DayRange | None) -> int:
    return when.last.toordinal() if when else 0
