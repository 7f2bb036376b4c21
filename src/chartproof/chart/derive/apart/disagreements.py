"""Two documents that say different things of one measure or condition: shown side by side, with what stands and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chartproof.chart.derive.apart.scores_apart import (
    LOOK_BACK_DAYS,
    MEASURES,
    dated,
    differ,
    fact_day,
    file_of,
    last_day,
    scales,
    scores,
    strength,
)
from chartproof.chart.derive.standing import pattern, takes_side
from chartproof.chart.find.drugs import mentions, role_of
from chartproof.chart.vocabulary import load
from chartproof.model import Case, Conflict, Fact

#: Two studies of the heart this close to each other ought to agree; over a longer time the heart changes.
STUDIES_DAYS = 200
#: A look at the bedside, taken in illness, contradicts only the study of those weeks.
GLANCE, GLANCE_DAYS = "a limited", 60
#: The window in which a study of the heart counts (a convention of the project).
HEART_DAYS = 90
#: Ejection fractions of two studies differ by more than the method's own spread.
LVEF_SPREAD = 5
CONDITIONS = {
    "copd": "COPD",
    "emphysema": "emphysema",
    "active_infection": "active infection",
    "prior_car_t": "earlier CAR-T",
    "allogeneic_transplant": "allogeneic transplant",
}
PASSING, OVER_DAYS = ("active_infection",), 10
TRANSPLANTS = {
    "autologous_transplant": "day of the autologous transplant",
    "allogeneic_transplant": "day of the allogeneic transplant",
}
#: Two days of one transplant; a second transplant follows later than this.
TRANSPLANT_DAYS = 60
#: concept, name, what was said first, what takes it back.
OPINIONS = (
    ("mdt_recommendation", "committee's outcome", ("recommended",), ("deferred", "conditional", "against")),
    ("organ_function_statement", "organ function", ("adequate", "withheld"), ("inadequate",)),
)
#: A word that the organs do not suffice which stands in the same packet as the one that replaces it.
REPLACED_DAYS = 60
#: Notes of facts: a statement that leaves out the weeks after the collection; a result that names no marker.
SHORT = "does not speak of the four weeks after apheresis"
UNNAMED = "the marker is not named"
#: Pack-years that two papers may differ by.
PACK_YEARS = 9
#: A lymphoma that turned into another, and the other: both are true, one after the other.
TURNED = ("follicular_lymphoma", "chronic_lymphocytic_leukemia", "marginal_zone_lymphoma", "large_b_cell_lymphoma")
RETRACTED = ("entered in error", "taken back", "wrong chart", "wrong patient", "marked in error")


def disagreements(facts: Sequence[Fact], case: Case, kinds: Mapping[str, str] | None = None) -> Iterator[Conflict]:
    """At most one conflict for each measure and condition: what stands now against what speaks otherwise. `kinds` are
    those of the documents, by their ids."""
    kinds = kinds or {}
    for concept, name in MEASURES.items():
        yield from scores(concept, name, facts, case, kinds)
    yield from scales(facts, case)
    yield from fractions(facts, case, kinds)
    yield from kinds_of_transplant(facts)
    yield from unnamed_hepatitis(facts)
    yield from opinions(facts, case)
    for concept, name in CONDITIONS.items():
        yield from conditions(concept, name, facts, case)
    yield from amounts(facts)
    for concept, name in TRANSPLANTS.items():
        yield from days_of(concept, name, facts)
    yield from drafts(facts)
    yield from listed_diagnosis(facts)


def fractions(facts: Sequence[Fact], case: Case, kinds: Mapping[str, str]) -> Iterator[Conflict]:
    """The newest study's ejection fraction against another value of those weeks, or one that a note still carries; a
    look at the bedside stands only where there is no study of those months."""
    reports = load("contradictions.yaml")["sources"]["report"]
    known = [
        fact
        for fact in facts
        if fact.concept == "lvef" and fact.quantity and fact.assertion in ("present", "historical") and fact.signed
    ]
    studies = [fact for fact in known if fact.when and fact.assertion == "present" and last_day(fact) <= case.as_of]
    if not studies:
        return
    formal = [fact for fact in studies if not fact.note.startswith(GLANCE) and in_window(fact, case)]
    studies = formal or studies
    newest = max(studies, key=lambda fact: (last_day(fact), fact.extra.get("method", "") != "", fact.rank))
    same = [one for one in studies if one.when == newest.when]
    newest = max(same, key=lambda one: (kinds.get(one.document) in reports, reported(one, known)))
    if not in_window(newest, case):
        return
    others = [fact for fact in known if apart(fact, newest) and near(fact, newest, known)]
    if others:
        other = max(others, key=lambda fact: (fact.when is not None, strength(fact), reported(fact, known)))
        # who looked, before whoever tells of it later
        told = [one for one in known if one.quantity == other.quantity and one.when and one.document != newest.document]
        other = min(told, key=last_day, default=other)
        yield Conflict(
            "LVEF",
            other.evidence[0],
            newest.evidence[0],
            f"the study of {fact_day(newest)} is the newest; the other value ({fact_day(other)}) does not stand",
        )


def in_window(fact: Fact, case: Case) -> bool:
    return (case.as_of - last_day(fact)).days <= HEART_DAYS


def reported(fact: Fact, known: Sequence[Fact]) -> int:
    """How many values the fact's own document gives: a study's report gives its earlier studies too, a note rarely."""
    method = 2 if fact.extra.get("method") else 0
    return method + sum(1 for one in known if one.evidence[0].file == fact.evidence[0].file)


def near(fact: Fact, newest: Fact, known: Sequence[Fact]) -> bool:
    """Whether a reader could take the value for a present one: a study of those months, or a value carried without a
    day into a note as new as the study, unless the same page, or note, gives the newest value too and so tells the change."""
    place = fact.evidence[0].file, fact.evidence[0].page
    same = [one for one in known if one.quantity == newest.quantity]
    if any((span.file, span.page) == place for one in same for span in one.evidence):
        return False
    if fact.assertion == "historical" and any(one.document == fact.document for one in same):
        return False
    if fact.when:
        days = GLANCE_DAYS if fact.note.startswith(GLANCE) else STUDIES_DAYS
        return fact.assertion == "present" and (last_day(newest) - last_day(fact)).days <= days
    return bool(fact.known and fact.known.last >= last_day(newest))


def apart(one: Fact, other: Fact) -> bool:
    a, b = one.quantity, other.quantity
    if not a or not b or None in (a.low, a.high, b.low, b.high):
        return False
    return a.low - b.high >= LVEF_SPREAD or b.low - a.high >= LVEF_SPREAD  # type: ignore[operator]


def conditions(concept: str, name: str, facts: Sequence[Fact], case: Case) -> Iterator[Conflict]:
    """A statement that the patient has it against one that he has not, in different documents."""
    mine = [fact for fact in facts if fact.concept == concept and fact.evidence]
    denied = [fact for fact in mine if fact.assertion == "absent" and fact.signed]
    retracted = [fact for fact in mine if any(word in fact.note for word in RETRACTED)]
    claimed = [fact for fact in mine if fact.assertion == "present" and fact.signed and takes_side(fact, "hinders")]
    claimed = claimed or retracted
    if concept in PASSING:  # an infection of February is no contradiction of "none" in June
        claimed = [fact for fact in claimed if (case.as_of - last_day(fact)).days <= LOOK_BACK_DAYS]
        denied = [fact for fact in denied if (case.as_of - last_day(fact)).days <= LOOK_BACK_DAYS]
    pairs = [(yes, no) for yes in claimed for no in denied if file_of(yes) != file_of(no)]
    if concept in PASSING:  # nor is one that a later look found to be over
        pairs = [(yes, no) for yes, no in pairs if (last_day(no) - last_day(yes)).days <= OVER_DAYS]
    if not pairs:
        return
    # The entry itself tells more than a note that speaks of it.
    yes, no = max(pairs, key=lambda pair: (is_entry(pair[0]), strength(pair[0]), strength(pair[1])))
    if yes in retracted:
        yield Conflict(name, yes.evidence[0], no.evidence[0], "no: the entry was taken back in the chart itself")
        return
    later, earlier = (yes, no) if strength(yes) >= strength(no) else (no, yes)
    yield Conflict(name, earlier.evidence[0], later.evidence[0], f"the statement of {fact_day(later)} is the newer one")


def is_entry(fact: Fact) -> bool:
    return fact.evidence[0].file.lower().endswith((".json", ".ndjson", ".xml"))


def amounts(facts: Sequence[Fact]) -> Iterator[Conflict]:
    """Pack-years that lie far apart in two papers."""
    told = [
        fact for fact in facts
        if fact.concept == "smoking_pack_years" and fact.assertion in ("present", "historical") and fact.signed and fact.quantity
    ]  # fmt: skip
    pairs = [
        (one, other)
        for one in told
        for other in told
        if file_of(one) != file_of(other) and differ(one, other, PACK_YEARS)
    ]
    if pairs:
        one, other = max(pairs, key=lambda pair: (strength(pair[0]), strength(pair[1])))
        right = (
            "not settled: two amounts; the larger one decides whether lung tests are asked for until a clinician says"
        )
        yield Conflict("pack-years", other.evidence[0], one.evidence[0], right)


def days_of(concept: str, name: str, facts: Sequence[Fact]) -> Iterator[Conflict]:
    """Two exact days for one transplant, in two papers."""
    told = [fact for fact in dated(facts, concept) if fact.when and fact.when.exact and not fact.extra.get("told")]
    for one in told:
        for other in told:
            gap = (last_day(other) - last_day(one)).days
            if 0 < gap <= TRANSPLANT_DAYS and file_of(one) != file_of(other):
                right = f"not settled: {fact_day(one)} or {fact_day(other)}; the transplant centre's summary knows"
                yield Conflict(name, one.evidence[0], other.evidence[0], right)
                return


def kinds_of_transplant(facts: Sequence[Fact]) -> Iterator[Conflict]:
    """The patient's own cells by one paper and a donor's by another, of one month."""
    own, donors = (dated_any(facts, concept) for concept in TRANSPLANTS)
    pairs = [
        (one, other) for one in own for other in donors if file_of(one) != file_of(other) and month(one) == month(other)
    ]
    if pairs:
        one, other = max(pairs, key=lambda pair: (pair[1].rank, bool(pair[1].when and pair[1].when.exact)))
        right = f"not settled: one transplant of {fact_day(other)}, two kinds; the transplant centre's summary knows"
        yield Conflict("kind of the transplant", one.evidence[0], other.evidence[0], right)


def dated_any(facts: Sequence[Fact], concept: str) -> list[Fact]:
    """Transplants with a day of their own, signed or told."""
    return [
        fact for fact in facts
        if fact.concept == concept and fact.assertion == "present" and fact.when and not fact.note and not fact.extra.get("told")
    ]  # fmt: skip


def month(fact: Fact) -> tuple[int, int]:
    day = last_day(fact)
    return day.year, day.month


def unnamed_hepatitis(facts: Sequence[Fact]) -> Iterator[Conflict]:
    """ "Hepatitis B: negative" where the core antibody is reactive: whoever wrote it looked at one marker."""
    told = [fact for fact in facts if fact.concept == "hbsag" and fact.value == "negative" and fact.note == UNNAMED]
    core = [fact for fact in dated(facts, "anti_hbc") if fact.value == "positive"]
    knows = {fact.document for fact in facts if fact.concept == "anti_hbc" and fact.value == "positive"}
    told = [fact for fact in told if fact.document not in knows and fact.assertion in ("present", "historical")]
    pairs = [(one, other) for one in told for other in core if file_of(one) != file_of(other)]
    if pairs:
        one, other = max(pairs, key=lambda pair: (pair[0].rank, strength(pair[1])))
        right = "the core antibody is reactive: an earlier infection, which a negative surface antigen does not exclude"
        yield Conflict("hepatitis B", one.evidence[0], other.evidence[0], right)


def opinions(facts: Sequence[Fact], case: Case) -> Iterator[Conflict]:
    """A team's recommendation, or a word that the organs suffice, that a later one takes back; of this product."""
    for concept, name, yes, no in OPINIONS:
        told = [fact for fact in dated(facts, concept) if fact.value in (*yes, *no) and fact.when and fact.when.exact]
        told = [fact for fact in told if not of_another_product(fact, case)]
        newest = max(told, key=strength, default=None)
        if newest is None:
            continue
        if newest.value in yes:
            # A body that refused first and recommends now shows both: a plan that holds the first minutes will ask.
            # So does a clinician who refused for an illness and, when it is over, replaces his word.
            refused = [
                fact for fact in told
                if (fact.value == "against" or replaced(fact, newest)) and last_day(fact) < last_day(newest)
            ]  # fmt: skip
            if refused:
                right = f"{newest.value}: the word of {fact_day(newest)} is the newer one"
                yield Conflict(name, max(refused, key=strength).evidence[0], newest.evidence[0], right)
            continue
        before = [fact for fact in told if fact.value in yes and last_day(fact) < last_day(newest)]
        before = [fact for fact in before if fact.value != "withheld" or fact.note == SHORT]
        if before:
            right = f"{newest.value}: the word of {fact_day(newest)} is the newer one"
            yield Conflict(name, max(before, key=strength).evidence[0], newest.evidence[0], right)


def replaced(fact: Fact, newest: Fact) -> bool:
    """Whether a clinician refused for an organ that he names, in these weeks, what the newest word grants."""
    near = (last_day(newest) - last_day(fact)).days <= REPLACED_DAYS
    return (
        fact.value == "inadequate"
        and near
        and bool(pattern(load("compared.yaml")["organs"]).search(fact.evidence[0].quote))
    )


def of_another_product(fact: Fact, case: Case) -> bool:
    """Whether the words name engineered cells, and only others than those asked for."""
    asked = {drug for one in mentions(case.drug) for drug in one.drugs}
    named = {drug for one in mentions(fact.evidence[0].quote) for drug in one.drugs if role_of(drug) == "cell_therapy"}
    return bool(asked and named and not asked & named)


def drafts(facts: Sequence[Fact]) -> Iterator[Conflict]:
    """A draft of a meeting's record that has another outcome than the signed one."""
    told = [fact for fact in facts if fact.concept == "mdt_recommendation" and fact.when and fact.assertion != "absent"]
    for draft in (fact for fact in told if not fact.signed):
        for other in told:
            outcomes = {draft.value, other.value}
            if (
                other.document == draft.document
                and other.evidence[0].page != draft.evidence[0].page
                and outcomes == {"recommended", "deferred"}
            ):
                right = "not settled: two outcomes in one paper, and nobody signed the first"
                yield Conflict("committee's outcome", draft.evidence[0], other.evidence[0], right)
                return
        signed = [fact for fact in told if fact.signed and fact.when == draft.when and file_of(fact) != file_of(draft)]
        if signed and draft.value in ("recommended", "deferred") and draft.value not in {fact.value for fact in signed}:
            right = f"{signed[0].value}: the signed record stands; the other is a draft"
            yield Conflict("committee's outcome", draft.evidence[0], signed[0].evidence[0], right)
            return


def listed_diagnosis(facts: Sequence[Fact]) -> Iterator[Conflict]:
    """Another lymphoid disease on an imported list than the one that pathology and clinicians name."""
    told = [fact for fact in facts if fact.concept == "diagnosis" and fact.assertion == "present" and fact.signed]
    named = Counter(fact.value for fact in told if not is_entry(fact))
    if not named:
        return
    disease = named.most_common(1)[0][0]
    proof = [fact for fact in facts if fact.concept == "pathology_diagnosis" and fact.value == disease and fact.signed]
    for entry in (fact for fact in told if is_entry(fact) and fact.value != disease):
        if proof and not (entry.value in TURNED and disease in TURNED):
            reports = Counter(fact.evidence[0].file for fact in facts if fact.concept == "pathology_diagnosis")
            best = max(proof, key=lambda fact: (reports[fact.evidence[0].file], strength(fact)))
            right = f"{str(disease).replace('_', ' ')}: pathology and the treating clinicians say so"
            yield Conflict("diagnosis", entry.evidence[0], best.evidence[0], right)
            return
