"""Where a note names a comorbid condition, and whether the same words say what is done and how it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartproof.chart.context import assertion, boxed, cues
from chartproof.chart.find.comorbid.conditions import (
    HISTORY,
    Item,
    condition_of_code,
    conditions_in,
    ends,
    goes_through,
    is_his,
    items,
    organs,
    starts_with_condition,
    words,
)
from chartproof.chart.find.comorbid.none import none_said
from chartproof.chart.find.deferral import unanswered
from chartproof.chart.find.person import of_another, sex_of
from chartproof.chart.find.statements import UNANSWERED
from chartproof.chart.view import BOX, Reading, Segment, Sentence
from chartproof.model import Case

#: Documents in which a clinician says what the patient has. A laboratory or an imaging report does not.
NOTES = frozenset(
    [
        "clinic_note",
        "consult_note",
        "committee",
        "primary_care",
        "provider_letter",
        "attestation",
        "nursing_note",
        "discharge_summary",
        "treatment_summary",
        "preventive_care",
        "face_sheet",
        "flowsheet",
        "medication_record",
        "ccda",
    ]
)
#: In these a condition counts only in a list of conditions; their sentences are about something else.
LISTS_ONLY = frozenset(
    ["face_sheet", "flowsheet", "preventive_care", "treatment_summary", "nursing_note", "medication_record"]
)
#: What a list of the past does not say about today.
PAST_STATE = re.compile(
    r"\b(?:resolved|cleared|recovered|cured|treated|grade|stage|active|inactive|mild|severe)\b", re.IGNORECASE
)
#: A sentence of how it began says nothing about today.
ONSET = re.compile(r"\b(?:first )?(?:diagnosed|found|noted|presented) (?:with|in|at)\b", re.IGNORECASE)
#: What may happen is no condition of his.
RISK = re.compile(
    r"^\W*(?:risks?|side effects?|toxicit\w+|complications?|hazards?|adverse)\b|\b(?:may|might|could|can) (?:occur|recur|develop|happen|follow)\b",
    re.IGNORECASE,
)
CODE = re.compile(r"\s*([A-TV-Z]\d\d(?:\.\w{1,4})?)\s*[|\t;,:]")
CLAUSE = re.compile(r"[.;,](?:\s|$)|\bbut\b")
PAST_CARE = re.compile(r"treated|stopp?|held", re.IGNORECASE)
#: "Thin bones from prednisone": the drug is a cause.
CAUSE = re.compile(
    r"\b(?:from|due to|caused by|induced by|allerg\w+ to|intoleran\w+ (?:of|to)|secondary to)\W{1,2}$", re.IGNORECASE
)
#: A rule for candidates, and what is wished for.
OBLIGED = re.compile(r"\b(?:must|should|has to|have to|is required|are required|if (?:present|any))\b", re.IGNORECASE)
HOPED = re.compile(
    r"\b(?:not|if|unless|once|until|whether|must|should|to be|required|criteria|ensure|will (?:re-?)?(?:assess|review|evaluate))\b",
    re.IGNORECASE,
)
#: Behind the words, what is said of them is none: "and no changes are required", "and do not preclude"; "but not controlled" is.
NO_HOPE = re.compile(
    r"\b(?:no|nor|neither|without|not(?! (?:yet |well |adequately |optimally |fully )*(?:controlled|managed|treated|optimi[sz]ed|stable"
    r"|assessed|reviewed)))\b(?: \w+){1,6}",
    re.IGNORECASE,
)
FOR = re.compile(r"^[^.;]{0,50}\b(?:for|indication:?)(?: (?:his|her|the|\w+))?\W*$", re.IGNORECASE)
SUBJECT = re.compile(
    r"\W*(?:as (?:for|to)|regarding|concerning|with regard to)?\W*(?:(?:his|her|their|the) other \w+\W+)?(?:his|her|their)\b|\W*(?:he|she|they|(?:the )?patient|pt|mrs?\.? [A-Z]\w+|ms\.? [A-Z]\w+)\b(?: also| still)? (?:has|have|is (?:being )?(?:treated|followed) for|carries|lives with)\b",
    re.IGNORECASE,
)
#: "When I saw her in June her [asthma] was quiet": right before the name, wherever it stands.
OWN = re.compile(r"\b(?:his|her|their) (?:\w+ ){0,2}$", re.IGNORECASE)
#: Any words at all behind the name, in a list that goes through the conditions.
SAID = re.compile(r"[A-Za-z0-9][^.;|]{3,60}")
#: "Asthma: none" denies; "COPD: no exacerbation" does not.
DENIED = re.compile(
    r"\W{0,4}(?:none|denie[sd]|absent|negative|never|ruled out|excluded|not (?:present|seen)|no\b(?! (?:\w+ )?(?:exacerbation|flare|recurren"
    r"|change|symptom|active|episode|angina|wheez|treatment|therapy|medication|issue|bleed|new)))",
    re.IGNORECASE,
)


#: Rows of a table that have nothing behind their names.
EMPTY = re.compile(r"(?:[^|]*\w[^|]*\|\s*(?:\|\s*)+)+")
#: A table whose rows name what the patient has, though its cells be empty; one that asks for a yes or a score names none.
CARE = re.compile(r"\b(?:status|treatment|management|today|plan|action|onset|since|year)\b", re.IGNORECASE)
#: Care that is only thought of.
WOULD = re.compile(r"\b(?:would|could|might)\s+(?:\w+\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """What one place says: `strength` 0 is the most explicit."""

    sentence: Sentence
    names: tuple[str, ...]
    managed: re.Match[str] | None
    state: re.Match[str] | None
    strength: int
    note: str = ""


def after(segment: Segment, case: Case) -> bool:
    return segment.when is not None and segment.when.first > case.as_of


def listed(segment: Segment) -> Iterator[Said]:
    """Items of lists of conditions."""
    for item in items(segment):
        asked = EMPTY.fullmatch(item.sentence.text) and not CARE.search(f"{item.title} {item.header}")
        if asked or unanswered(item.sentence.text):
            continue
        at = first_at(item.sentence.text)
        if assertion(item.sentence, at, at + 1) == "family":
            continue
        rest = without_names(item.sentence.text)
        yield Said(item.sentence, item.conditions, managed_of(item, rest), state_of(item, rest), strength(item))


def managed_of(item: Item, rest: str) -> re.Match[str] | None:
    """The words that say what is done; in a list of the past "treated" is over."""
    found = [match for match in care_in(rest, over_too=True) if not (item.history and PAST_CARE.match(match[0]))]
    if item.history and len(item.conditions) >= 3 and len(found) < 2:
        return None  # one remark in a list of many says nothing about the others
    return found[0] if found else None


def strength(item: Item) -> int:
    if item.header:
        return 0
    return 2 if item.history or item.sentence.document.kind in LISTS_ONLY else 1


def state_of(item: Item, rest: str) -> re.Match[str] | None:
    """The words that say how the condition is; a copied list and one of the past say little."""
    kept = carried_document(item.sentence) and not words("gone_over").search(item.sentence.text)
    if words("carried").search(f"{item.title} {item.sentence.text}") or kept:
        return None
    found = list(words("state").finditer(rest))
    if item.history:
        found = [match for match in found if not PAST_STATE.search(match[0])]
    if not found and goes_through(f"{item.title} {item.header}") and not words("unreviewed").search(rest):
        lead = organs().match(rest)
        return SAID.search(rest, lead.end() if lead else 0)
    return found[0] if found else None


def carried_document(sentence: Sentence) -> bool:
    """A problem list kept by the system, and the few lines under "carried forward", assess nothing."""
    above = sentence.page.text[max(0, sentence.start - 120) : sentence.start]
    return sentence.document.kind in ("face_sheet", "ccda") or bool(words("carried").search(above.split("\n\n")[-1]))


def stated(reading: Reading, case: Case) -> Iterator[Said]:
    """Sentences outside lists: of all conditions at once, of none, or of one with its treatment or state."""
    rows = reading.sentences
    sex = sex_of(reading, case)
    for index, sentence in enumerate(rows):
        kind = sentence.document.kind
        if unanswered(sentence.text) or UNANSWERED.fullmatch(sentence.text):
            continue
        if kind not in NOTES or after(sentence.segment, case):
            continue
        text = sentence.text
        carried = bool(words("carried").search(text))
        if words("of_infection").search(text):
            continue
        none = none_said(sentence)
        if kind in LISTS_ONLY and not (none and sentence.document.signed):
            continue
        row = coded_row(sentence) if kind != "committee" else None
        ticked = ticked_yes(sentence)
        if row or ticked:
            yield row or Said(sentence, ticked, None, None, 2)
            continue
        if none and not about_other(sentence, none):
            yield Said(sentence, (), none, None if carried else none, 0, "the note says that there are none")
            continue
        managed, assessed = words("all_managed").search(text), words("all_assessed").search(text)
        managed = None if words("ill_managed").search(text) else managed
        said = managed or assessed
        if said and not HOPED.search(text[: said.end()] + NO_HOPE.sub(" ", text[said.end() : 200])):
            names = tuple(dict.fromkeys(name for _s, _e, name in conditions_in(text)))
            yield Said(sentence, names, managed, None if carried else assessed, 0)
        elif kind != "committee" and (starts_with_condition(text) or has_one(sentence, rows[max(0, index - 1)], sex)):
            at = conditions_in(text)[0]
            if of_another(sentence, at[0], at[1], previous=rows[max(0, index - 1)], sex=sex):
                continue
            one = of_one(sentence, rows[index + 1 : index + 5])
            if one and not carried:
                yield one
            else:
                yield from together(sentence, rows[max(0, index - 1)], sex)
        else:
            drug = list(drug_for(sentence)) if kind != "committee" else []
            yield from drug or together(sentence, rows[max(0, index - 1)], sex)


def coded_row(sentence: Sentence) -> Said | None:
    """ "I48.0|Paroxysmal AF|active": a row of an export that opens with the code of one of our conditions."""
    code = CODE.match(sentence.text)
    name = condition_of_code(code[1]) if code else ""
    return Said(sentence, (name,), None, None, 3) if name and not words("void_row").search(sentence.text) else None


def ticked_yes(sentence: Sentence) -> tuple[str, ...]:
    """The conditions behind which a form's "Yes" is ticked: "High blood pressure [x] Yes [ ] No"."""
    if not BOX.search(sentence.text) or assertion(sentence, 0, 1) == "family":
        return ()
    return tuple(name for _start, end, name in conditions_in(sentence.text) if boxed(sentence, end) == "yes")


def together(sentence: Sentence, previous: Sentence, sex: str) -> Iterator[Said]:
    """ "Osteoarthritis and aortic stenosis alongside her MCL": two conditions that one sentence gives the patient."""
    found = conditions_in(sentence.text)
    names = tuple(dict.fromkeys(name for _s, _e, name in found))
    owned = len(names) == 1 and bool(words("owned").search(sentence.text[: found[0][0]]))
    if (
        (len(names) < 2 and not owned)
        or RISK.search(sentence.text)
        or OBLIGED.search(sentence.text)
        or not is_his(sentence.text)
    ):
        return
    if words("not_named").search(sentence.text) or sentence.text.rstrip().endswith("?"):
        return
    own = all(
        assertion(sentence, start, end) in ("present", "historical")
        and not DENIED.match(sentence.text[end:])
        and not of_another(sentence, start, end, previous=previous, sex=sex)
        for start, end, _name in found
    )
    if own:
        yield Said(sentence, names, None, None, 3)


def drug_for(sentence: Sentence) -> Iterator[Said]:
    """ "Lisinopril 20 mg daily for hypertension": a drug of a list with what it is for."""
    found = conditions_in(sentence.text)
    drug = words("managed").search(sentence.text)
    if not found or not drug or drug.start() > 6 or not FOR.search(sentence.text[drug.end() : found[0][0]]):
        return
    if assertion(sentence, drug.start(), drug.end()) == "present" and assertion(sentence, *found[0][:2]) == "present":
        yield Said(sentence, (found[0][2],), drug, None, 2)


def about_other(sentence: Sentence, match: re.Match[str]) -> bool:
    """Of a relative or donor, before or behind the words: "no comorbidities in the donor"."""
    behind = re.match(r"\W*(?:in|of|for|among)\b.{0,12}", sentence.text[match.end() :])
    named = cues("family").search(sentence.text[match.end() :][: behind.end() + 10]) if behind else None
    return bool(named) or assertion(sentence, match.start(), match.start() + 1) == "family"


def has_one(sentence: Sentence, previous: Sentence, sex: str) -> bool:
    """ "He has well controlled hypertension on losartan": the patient is the subject and the condition stands near."""
    subject = SUBJECT.match(sentence.text)
    found = conditions_in(sentence.text)
    if not found or not (
        OWN.search(sentence.text[: found[0][0]])
        or (subject and len(sentence.text[subject.end() : found[0][0]].split()) <= 4)
    ):
        return False
    return not of_another(sentence, found[0][0], found[0][1], previous=previous, sex=sex)


def of_one(sentence: Sentence, following: Sequence[Sentence]) -> Said | None:
    """ "Hypertension, at target on lisinopril." or "CKD G3bA2. On sacubitril, tolerated.": two sentences of one line."""
    first = conditions_in(sentence.text)[0]
    if (
        RISK.search(sentence.text)
        or not is_his(sentence.text)
        or HISTORY.search(sentence.heading)
        or ONSET.search(sentence.text)
        or OBLIGED.search(sentence.text)
    ):
        return None
    left_only = replace(sentence, text=sentence.text[: first[1]])
    if assertion(left_only, first[0], first[1]) not in ("present", "historical") or DENIED.match(
        sentence.text[first[1] :]
    ):
        return None
    joined = with_next(sentence, following)
    rest = without_names(joined.text)
    managed = next(care_in(rest), None)
    state = words("state").search(rest)
    if not managed and not state:
        return None
    names = tuple(dict.fromkeys(name for _s, _e, name in conditions_in(sentence.text)))
    return Said(joined, names, managed, state, 2 if sentence.document.kind == "discharge_summary" else 1)


def with_next(sentence: Sentence, following: Sequence[Sentence]) -> Sentence:
    """The condition's line with what belongs to it: the rest of the line, or the text below a problem's heading."""
    bare = len(re.findall(r"[A-Za-z]{3,}", without_names(sentence.text))) <= 2
    end = sentence.end
    for later in following:
        newline = "\n" in sentence.page.text[end : later.start]
        if (
            later.segment != sentence.segment
            or later.start - end > 3
            or conditions_in(later.text)
            or later.end - sentence.start >= (320 if bare else 230)
            or (
                newline
                and not care_opens(later.text)
                and (not bare or later.row or later.heading != sentence.heading or ends(later.text))
            )
            or (not bare and has_cue(sentence.page.text[sentence.start : end]))
        ):
            break
        end = later.end
        if not bare:
            break
    text = sentence.page.text[sentence.start : end].replace("\n", " ")
    return Sentence(sentence.segment, sentence.start, end, text, sentence.heading, sentence.label)


def care_opens(text: str) -> bool:
    """ "Furosemide and spironolactone started" on the line below the condition's."""
    first = words("managed").search(text)
    return first is not None and first.start() <= 4


def care_in(text: str, *, over_too: bool = False) -> Iterator[re.Match[str]]:
    """Words that say what is done; not of a drug that is a cause, or that is no longer taken."""
    if words("untreated").search(text):
        return
    for match in words("managed").finditer(text):
        clause = CLAUSE.split(text[: match.start()])[-1]
        lapsed = words("lapsed").search(clause) or WOULD.search(clause)
        if not lapsed and not CAUSE.search(text[: match.start()]) and (over_too or not over(text, match)):
            yield match


def over(text: str, match: re.Match[str]) -> bool:
    """ "Pneumonia 2019, treated", "in 2012 it was treated with a diuretic": the care has ended."""
    if match[0].lower() != "treated":
        return False
    past = re.search(r"\b(?:was|were|had been) $", text[: match.start()]) and words("past_year").search(text)
    return bool(past) or not text[match.end() :].startswith((" with", " by"))


def has_cue(text: str) -> bool:
    """Whether the sentence itself already says how the condition is or what is done."""
    rest = without_names(text)
    return bool(words("managed").search(rest) or words("state").search(rest))


def without_names(text: str) -> str:
    """The text with the conditions' own words blanked, at the same length: "treated hepatitis C" is a name."""
    for start, end, _name in conditions_in(text):
        if re.search(r"\bno $", text[:start], re.IGNORECASE):
            continue  # "no angina" is a state
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def first_at(text: str) -> int:
    found = conditions_in(text)
    lead = organs().match(text)
    return found[0][0] if found else lead.start(1) if lead else 0
