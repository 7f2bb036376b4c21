"""Risk of respiratory failure: lung diseases, smoking, and whether lung function has to be measured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from chartproof.chart.context import assertion, conditional
from chartproof.chart.dates import find_dates
from chartproof.chart.find.deferral import options
from chartproof.chart.find.entries import Placed, entries
from chartproof.chart.find.lungs.need import need_in
from chartproof.chart.find.lungs.smoking import second_hand, smoking_entries, smoking_facts
from chartproof.chart.find.lungs.words import DISEASES, disease, fact, pattern, pattern_of, rules
from chartproof.chart.find.person import of_another, sex_of
from chartproof.chart.find.statements import clip
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Assertion, Case, Coverage, DayRange, Fact

#: Structured files are read by their entries, which know what was taken back; their text repeats them without.
STRUCTURED = frozenset(("fhir_bundle", "ccda", "lab_export", "mar_export"))
#: A word after which a capital letter does not open a new table cell.
LEADS_ON = re.compile(
    r"(?:[,;:(/\-–]|\b(?:no|not|denies|without|of|or|and|with|for|possible|probable|mild|moderate|severe|the|has|is|on|in|shows?))\s*$",
    re.IGNORECASE,
)
#: A mark on a fact, until all are known: the disease stands in a list or as a label.
ONLY_LISTED = "only listed"
VOID = frozenset(("entered-in-error", "entered in error", "cancelled", "canceled", "not-done"))
#: FHIR's words for a diagnosis that nobody has confirmed.
UNSURE = frozenset(("provisional", "differential", "unconfirmed"))
PACK_YEARS = "smoking_pack_years"
#: A form's answer to "COPD?", as it is ticked.
ANSWER = re.compile(r"\b(y|n)(?:es|o)?\b", re.IGNORECASE)
UNCHECKED = re.compile(r"(?:\[\s*\]|\(\s*\)|☐|□)\s*$")
#: "High risk given known COPD": the risk is of something else.
GROUND = re.compile(
    r"\b(?:given|due to|because of|in view of|owing to)(?: (?:his|her|the|known|moderate|severe|mild|underlying))* $",
    re.IGNORECASE,
)
LINE_OF_FAMILY = re.compile(r"\bF(?:am(?:ily)?)?[. ]?(?:H(?:x|istory)?)\b", re.IGNORECASE)


def find(reading: Reading, case: Case) -> list[Fact]:
    """Facts of the four lung diseases, smoking, pack-years and the need of lung function tests."""
    sex = sex_of(reading, case)
    facts: list[Fact] = []
    previous: Sentence | None = None
    for sentence in reading.sentences:
        when = sentence.segment.when
        if when is None or when.first <= case.as_of:
            if sentence.document.kind not in STRUCTURED:
                facts.extend(diseases_in(sentence, previous, sex))
            facts.extend(smoking_facts(sentence, previous, sex))
            facts.extend(need_in(sentence))
        previous = sentence
    facts.extend(coded(reading))
    facts.extend(smoking_entries(reading))
    return list(once(without_mere_lists(never_fewer(weighed(facts)))))


def never_fewer(facts: Sequence[Fact]) -> list[Fact]:
    """Pack-years only grow: fewer of them, told later by another paper than a signed one, do not stand against those.

    What asks for fewer tests needs a correction of the larger figure, not a later guess.
    """
    said = [one for one in facts if one.concept == PACK_YEARS]
    smoked = [one for one in said if one.assertion in ("present", "historical")]

    def fewer(fact: Fact) -> bool:
        return any(
            one.signed and one.when and fact.when and one.document != fact.document
            and one.when.last < fact.when.first and (_most(one) or 0) > (_most(fact) or 0) and not weighed_by_one(one, fact)
            for one in smoked
        )  # fmt: skip

    def weighed_by_one(more: Fact, less: Fact) -> bool:
        """Whether a paper tells both figures: who does so chose the one."""
        told = [{one.document for one in said if _most(one) == _most(other)} for other in (more, less)]
        return bool(told[0] & told[1])

    return [
        replace(fact, assertion="planned", rank=0, note="fewer than an earlier signed paper tells")
        if fact in smoked and not corrected().search(fact.evidence[0].quote) and fewer(fact)
        else fact
        for fact in facts
    ]


def _most(fact: Fact) -> float | None:
    return fact.quantity.high if fact.quantity else None


@cache
def corrected() -> re.Pattern[str]:
    """Words by which a later figure takes an earlier one back."""
    return re.compile(
        r"\b(?:correct\w*|wrong|error|actual\w*|not|clarif\w*|revis\w*|recalculat\w*|instead)\b", re.IGNORECASE
    )


def weighed(facts: Sequence[Fact]) -> list[Fact]:
    """ "Former smoker per EMS sheet" does not stand against two signed papers by which the patient never smoked."""
    never = {
        fact.document for fact in facts if fact.concept == "smoking" and fact.assertion == "absent" and fact.signed
    }
    amount = any(fact.concept == "smoking_pack_years" and fact.assertion in ("present", "historical") for fact in facts)
    return [
        replace(fact, assertion="planned", rank=0, note="at second hand; signed papers say never")
        if fact.concept == "smoking"
        and fact.assertion == "present"
        and not amount
        and len(never - {fact.document}) >= 2
        and second_hand().search(fact.evidence[0].quote)
        else fact
        for fact in facts
    ]


def without_mere_lists(facts: Sequence[Fact]) -> list[Fact]:
    """A disease that only an unreconciled list or a label names does not stand against a clinician who denies it."""
    denied = {
        fact.concept for fact in facts if fact.concept in DISEASES and fact.assertion == "absent" and not fact.note
    }
    return [
        replace(fact, assertion="planned", rank=0, note="only listed; a clinician denies it")
        if fact.concept in denied and fact.assertion == "present" and fact.note == ONLY_LISTED
        else replace(fact, note="")
        if fact.note == ONLY_LISTED
        else fact
        for fact in facts
    ]


def once(facts: Sequence[Fact]) -> Iterator[Fact]:
    """One fact for each concept, assertion and value on a page."""
    seen: set[tuple[object, ...]] = set()
    for one in facts:
        low = one.quantity.low if one.quantity else None
        key = (one.concept, one.assertion, low, one.evidence[0].file, one.evidence[0].page, one.when)
        if key not in seen:
            seen.add(key)
            yield one


# --- diseases


def diseases_in(sentence: Sentence, previous: Sentence | None, sex: str) -> Iterator[Fact]:
    for concept in DISEASES:
        for match in disease(concept).finditer(sentence.text):
            says = how(sentence, match.start(), match.end(), previous=previous, sex=sex)
            if concept.startswith("alpha"):
                says = alpha(sentence, match, says)
            if says is None:
                continue
            note = "taken back in the chart" if pattern("taken_back").search(sentence.text) else ""
            if note and says == "present":
                says = taken_back(sentence.text)
            elif says == "present" and pattern("only_listed").search(listed_under(sentence, previous)):
                refused = pattern_of("not_believed").search(sentence.text, match.end())
                says, note = ("absent", "") if refused else (says, ONLY_LISTED)
            yield fact(
                sentence, match.start(), match.end(), concept, says, note, measured_on(sentence, match.end(), concept)
            )


def listed_under(sentence: Sentence, previous: Sentence | None) -> str:
    """The sentence under its titles, with the line above where that leads into a list."""
    lead = previous.text if previous and previous.text.rstrip().endswith(":") else ""
    return f"{lead} {sentence.heading}: {sentence.label}: {sentence.text}"


def measured_on(sentence: Sentence, end: int, concept: str) -> DayRange | None:
    """The day of a level of alpha-1 antitrypsin, which is measured once: "148 mg/dL (normal), genotype MM (2019)"."""
    if not concept.startswith("alpha"):
        return None
    near = [days for start, _end, days in find_dates(sentence.text, years=True) if 0 <= start - end <= 60]
    return near[0] if near else None


def taken_back(text: str) -> Assertion:
    """An entry made in error decides nothing: it was another person's, or it is no statement at all."""
    return "family" if re.search(r"wrong (?:patient|chart|person)", text, re.IGNORECASE) else "planned"


def how(sentence: Sentence, start: int, end: int, *, previous: Sentence | None, sex: str) -> Assertion | None:
    """The assertion of a lung disease; a chronic disease "in the history" is one that the patient has."""
    text = sentence.text
    if UNCHECKED.search(text[max(0, start - 6) : start]):
        return None
    ticked = [text[a:b] for (a, b), tick in options(text) if tick and a >= end]
    if len(ticked) == 1 and ANSWER.search(ticked[0]):
        return "absent" if ANSWER.search(ticked[0])[1].lower() == "n" else "present"  # type: ignore[index]
    if text[max(0, start - 2) : start].strip().endswith("?"):
        return "planned"
    if of_another(sentence, start, end, previous=previous, sex=sex) or LINE_OF_FAMILY.search(text[:start]):
        return "family"
    if (
        pattern("never_given").search(text[:start])
        or pattern_of("answered_no").match(text, end)
        or pattern_of("excluded_after").match(text, end)
    ):
        return "absent"
    if (
        text[start].isupper()
        and not text[start + 1].isupper()
        and text[:start].strip()
        and not LEADS_ON.search(text[:start])
    ):
        sentence, start, end = replace(sentence, text=text[start:], start=sentence.start + start), 0, end - start
    if GROUND.search(sentence.text[:start]):
        return "present"
    says = assertion(sentence, start, end, person=False, reach=140)
    return "present" if says == "historical" else says


def alpha(sentence: Sentence, match: re.Match[str], says: Assertion | None) -> Assertion | None:
    """A level is not the disease: the words beside it say which."""
    if says in ("absent", "family", None):
        return says
    rest = re.split(r"[.;](?:\s|$)", sentence.text[match.end() :])[0]
    if re.search(r"deficien|A1ATD|AAT def", match[0], re.IGNORECASE) and not pattern("alpha_normal").search(rest):
        return says
    if pattern("alpha_normal").search(rest):
        return "absent"
    return "present" if pattern("alpha_low").search(rest) else None


def coded(reading: Reading) -> Iterator[Fact]:
    """Condition entries; one that was entered in error is shown and does not count, and a relative's is the family's."""
    for placed in entries(reading, "condition", "family"):
        for concept in DISEASES:
            if not names_disease(placed, concept):
                continue
            words = {placed.entry.status.lower(), placed.entry.extra.get("verification", "").lower()}
            if "refuted" in words or words & UNSURE:
                says: Assertion = "absent" if "refuted" in words else "planned"
                yield Fact(
                    id="", concept=concept, assertion=says, evidence=(placed.span(),), when=placed.entry.when or placed.document.when,
                    known=placed.document.when, document=placed.document.id, note="refuted" if says == "absent" else "not confirmed",
                )  # fmt: skip
                continue
            void = bool(words & VOID) or bool(pattern("taken_back").search(placed.span().quote))
            yield Fact(
                id="", concept=concept, assertion=standing_of(placed, void), evidence=(placed.span(),),
                when=placed.entry.when or placed.document.when, known=placed.document.when, document=placed.document.id,
                note="entered in error" if void else "",
            )  # fmt: skip


def standing_of(placed: Placed, void: bool) -> Assertion:
    if placed.entry.kind == "family":
        return "family"
    return taken_back(placed.span().quote) if void else "present"


def names_disease(placed: Placed, concept: str) -> bool:
    rule = rules()["diseases"][concept]
    for code in placed.entry.codes:
        if code.system.startswith("icd10") and any(code.code.upper().startswith(prefix) for prefix in rule["icd10"]):
            return True
        if code.system == "snomed" and code.code in rule["snomed"]:
            return True
    # a relative's entry is labelled by the relative; what he has may stand in its words alone
    return bool(disease(concept).search(placed.span().quote if placed.entry.kind == "family" else placed.entry.label))


# --- a complete lung history


def coverage(reading: Reading, facts: Sequence[Fact]) -> list[Coverage]:
    """Where the chart says that there is no lung disease, silence about one of them is an answer.

    Smoking is covered too where the same note states it.
    """
    smokers = {
        (fact.document, fact.when)
        for fact in facts
        if fact.concept.startswith("smoking") and fact.assertion in ("present", "historical", "absent")
    }
    found: list[Coverage] = []
    for sentence in reading.sentences:
        segment = sentence.segment
        if segment.signed is False or not denies_lung_disease(sentence, smokers):
            continue
        match = pattern("no_lung_disease").search(sentence.text)
        start, end = match.span() if match else (0, len(sentence.text))
        if (
            of_another(sentence, start, end)
            or pattern("taken_back").search(sentence.text)
            or conditional(sentence, start)
        ):
            continue
        stated = (segment.document.id, segment.when) in smokers
        concepts = (*DISEASES, "smoking") if stated else DISEASES
        found.append(Coverage(concepts, (clip(sentence, start, end),), segment.when))
    return found


def denies_lung_disease(sentence: Sentence, smokers: set[tuple[str, DayRange | None]]) -> bool:
    """Lung disease as such is denied; or at least two lung diseases are, in a note that states smoking."""
    if pattern("no_lung_disease").search(sentence.text):
        return True
    denied = [
        name
        for name in (*DISEASES[:2], "asthma")
        for match in disease(name).finditer(sentence.text)
        if how(sentence, match.start(), match.end(), previous=None, sex="") == "absent"
    ]
    return len(set(denied)) >= 2 and (sentence.document.id, sentence.segment.when) in smokers
