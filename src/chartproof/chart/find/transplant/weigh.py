"""What several documents say of one transplant or product, weighed: denials, days that differ, claims that do not stand.

A day that would make a transplant look long past never wins by being convenient: it stands against another only in the
transplant's own record and a second document; a later day stands so against one other paper alone. Otherwise the day is
the whole span between the two, and open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chartproof.model import DayRange, Document, Fact

#: The note of a list's entry that clinicians have explained or denied: it decides nothing and is shown beside them.
TAKEN_BACK = "a list names it, but clinicians state that none was given"
#: The note of a claim by someone outside the field, against the procedure's own record and two signed denials.
OUTWEIGHED = "the record of the procedure and two signed notes say otherwise"
#: The note of a claim without a day, or of a hand that only passes it on, against what the field's signed notes deny.
UNSUPPORTED = "told in passing, while signed notes of the treating field say that none was given"
#: The note of a day that does not stand against the transplant's own record.
OTHER_DAY = "the transplant's own record gives another day"
#: The note of a denial that was true when it was written.
BEFORE_IT_WAS_DONE = "said before it was done"
OPEN_DAY = "documents give different days; the day is open between them"
#: Days of one event that differ by less than this are one day, told more or less closely.
SAME_EVENT = 62
OUTSIDE = ("primary_care", "preventive_care", "face_sheet", "nursing_note", "ccda", "fhir_bundle", "problem_list", "coordinator_log",
           "prior_auth_form", "nutrition", "psychosocial", "flowsheet")  # fmt: skip
#: Papers whose writer asked the patient or has the course before him, and papers that pass on what others said or plan.
FIELD = ("clinic_note", "consult_note", "provider_letter", "attestation", "discharge_summary", "treatment_summary", "procedure_note",
         "operative_report")  # fmt: skip
PASSED_ON = ("committee", "telephone_note", "message_thread", "after_visit", "nursing_note", "coordinator_log", "prior_auth_form", "flowsheet",
             "nutrition", "psychosocial")  # fmt: skip
LISTS = ("face_sheet", "problem_list", "ccda", "fhir_bundle")
RECORDS = ("discharge_summary", "treatment_summary", "procedure_note", "operative_report")
KINDS = ("allogeneic_transplant", "autologous_transplant")
#: A transplant whose kind the words do not name; it never leaves this module.
ANY = "any_transplant"


def settle(facts: Sequence[Fact], documents: Iterable[Document] = ()) -> list[Fact]:
    """A denial cannot outlive a transplant that was done: what was said before it becomes historical.

    A denial on a later day than the event stays: that is a contradiction, which must be seen.
    """
    known = {document.id: document for document in documents}
    facts = _with_kind(facts)
    facts = [_taken_back(fact, facts) for fact in facts]
    facts = [_outweighed(fact, facts, known) for fact in facts]
    facts = _unsupported(facts, known)
    for concept in KINDS:
        facts = _one_day(concept, facts, known)
    out = []
    for one in facts:
        given = [f for f in facts if f.concept == one.concept and f.assertion == "present" and f.when]
        if one.assertion == "absent" and given:
            first = min(f.when.first for f in given if f.when)
            lately = one.extra.get("told") == "lately" and one.when and (one.when.first - first).days > 180
            if one.extra.get("told") == "before" and any(f.document == one.document for f in given):
                continue  # it denies those before the one that its own document tells of
            if one.when is None or one.when.last <= first or one.rank == 0 or lately:
                one = replace(one, assertion="historical", note=BEFORE_IT_WAS_DONE)
        out.append(_dated(one, given))
    return list(
        {
            (f.concept, f.assertion, f.when, f.evidence[0].file, f.evidence[0].page, f.evidence[0].start): f
            for f in out
        }.values()
    )


def _with_kind(facts: Sequence[Fact]) -> list[Fact]:
    """A transplant counted without its kind is of each kind that the chart says was given; of none, it says nothing."""
    given = [kind for kind in KINDS if any(f.concept == kind and f.assertion == "present" for f in facts)]
    near = {
        id(fact): [kind for kind in given if any(f.concept == kind and f.assertion == "present" and _near(f, fact) for f in facts)]
        for fact in facts if fact.concept == ANY
    }  # fmt: skip
    out: list[Fact] = []
    for fact in facts:
        kinds = (near[id(fact)] or given) if fact.concept == ANY else [fact.concept]
        out.extend(replace(fact, concept=kind) for kind in kinds)
    return out


def _near(one: Fact, other: Fact) -> bool:
    return bool(one.when and other.when and _gap(one.when, other.when) <= SAME_EVENT)


def _gap(one: DayRange, other: DayRange) -> int:
    """Days between two ranges; 0 where they touch."""
    return max((one.first - other.last).days, (other.first - one.last).days, 0)


def _taken_back(one: Fact, facts: Sequence[Fact]) -> Fact:
    """An entry of a list that names cells without product or day, which signed clinicians deny on or after its day.

    It takes two documents that deny it, or one that explains it (screened only, never infused); less leaves a conflict.
    """
    if one.assertion != "present" or one.concept != "prior_car_t" or one.extra.get("told") != "list":
        return one
    others = [
        f for f in facts if f.concept == one.concept and f.assertion == "present" and f.extra.get("told") != "list"
    ]
    since = max((day.first for day in (one.when, one.known) if day), default=None)
    denials = [
        f for f in facts
        if f.concept == one.concept and f.assertion == "absent" and f.signed and f.when
        and (since is None or f.when.last >= since) and f.document != one.document
    ]  # fmt: skip
    enough = len({f.document for f in denials}) >= 2 or any(f.extra.get("told") == "explained" for f in denials)
    if others or not enough:
        return one
    return replace(one, assertion="planned", rank=0, note=TAKEN_BACK)


def _outweighed(one: Fact, facts: Sequence[Fact], known: Mapping[str, Document]) -> Fact:
    """ "She had her transplant from a donor in 2022" in a family practice's letter, where the unit's own record of 2022 is
    of an autograft and two signed notes of the field deny donor cells. Without that record the claim stands."""
    if one.concept != KINDS[0] or one.assertion != "present" or not _outside(one, known):
        return one
    claims = [f for f in facts if f.concept == KINDS[0] and f.assertion == "present"]
    records = [
        f for f in facts
        if f.concept == KINDS[1] and f.assertion == "present" and f.when and f.when.exact and _own_record(f, known)
        and (one.when is None or _gap(one.when, f.when) == 0)
    ]  # fmt: skip
    denials = {
        f.document for f in facts
        if f.concept == KINDS[0] and f.assertion == "absent" and f.signed and f.when and not _outside(f, known)
        and f.extra.get("told") != "lately" and any(f.when.first >= r.when.last for r in records if r.when)
    }  # fmt: skip
    if not records or len(denials) < 2 or not all(_outside(claim, known) for claim in claims):
        return one
    return replace(one, assertion="planned", rank=0, note=OUTWEIGHED)


def _unsupported(facts: Sequence[Fact], known: Mapping[str, Document]) -> list[Fact]:
    """Claims that a signed denial of the treating field outweighs: "post transplant" without a day, or a day that a message
    or a meeting's list passes on, against one later denial; an imported list's day against two.

    A donor's transplant that a clinician only passes on yields as well where an autograft of that time is documented.

    One claim that stands (a day in a clinician's or a procedure's own paper, a coded procedure with its day) keeps all.
    """
    weak: set[int] = set()
    for concept in {one.concept for one in facts}:
        claims = [one for one in facts if one.concept == concept and one.assertion == "present"]
        denials = [one for one in facts if one.concept == concept and _denies_all(one, known)]
        if claims and all(_yields(one, denials, known) or _mixed_up(one, facts, denials, known) for one in claims):
            weak |= {id(claim) for claim in claims}
    return [replace(one, assertion="planned", rank=0, note=UNSUPPORTED) if id(one) in weak else one for one in facts]


def _denies_all(one: Fact, known: Mapping[str, Document]) -> bool:
    """Whether a signed paper of the treating field denies it for all of the time before its day."""
    document = known.get(one.document)
    limited = one.extra.get("told") in ("lately", "before")
    return bool(one.assertion == "absent" and one.signed and one.when and not limited and document and document.kind in FIELD)  # fmt: skip


def _yields(claim: Fact, denials: Sequence[Fact], known: Mapping[str, Document]) -> bool:
    kind = known[claim.document].kind if claim.document in known else ""
    listed = claim.extra.get("told") == "list"
    others = {one.document for one in denials if one.document != claim.document and _knew(one, claim, kind)}
    if claim.when is None or claim.when == claim.known:  # the day of its paper is no day of its own
        return bool(others)
    coded = kind in ("ccda", "fhir_bundle") and claim.when.exact and not listed
    enough = 1 if kind in PASSED_ON else 2 if listed or kind in LISTS or not claim.signed else len(denials) + 1
    return len(others) >= enough and not coded


def _mixed_up(claim: Fact, facts: Sequence[Fact], denials: Sequence[Fact], known: Mapping[str, Document]) -> bool:
    """Whether a clinician passes on a donor's transplant that somebody told at the door, where the chart has an autograft
    of that time on its day and the treating field denies donor cells afterwards: it is that one, by a wrong name."""
    if claim.concept != KINDS[0] or claim.extra.get("hand") != "passed on" or claim.when is None:
        return False
    own = [
        one for one in facts
        if one.concept == KINDS[1] and one.assertion == "present" and one.signed and one.document != claim.document
        and one.when and one.when.exact and _gap(one.when, claim.when) == 0
    ]  # fmt: skip
    later = [one for one in denials if one.document != claim.document and _knew(one, claim, FIELD[0])]
    return bool(own and later)


def _knew(denial: Fact, claim: Fact, kind: str) -> bool:
    """Whether the denial was written when the claim could be known: a clinician's newer word may be news."""
    told = claim.known if kind in FIELD else claim.when
    return told is None or bool(denial.when and denial.when.last >= told.first)


def _outside(fact: Fact, known: Mapping[str, Document]) -> bool:
    """Whether the document is none of the treating field's: it carries what others told."""
    document = known.get(fact.document)
    return not fact.signed or (document is not None and document.kind in OUTSIDE)


def _own_record(fact: Fact, known: Mapping[str, Document]) -> bool:
    """Whether the document is the record of the procedure: a summary of the stay or of the transplant."""
    document = known.get(fact.document)
    return bool(document and document.kind in RECORDS and fact.signed)


def _one_day(concept: str, facts: Sequence[Fact], known: Mapping[str, Document]) -> list[Fact]:
    """Days of one transplant that no document tells side by side are one event with a wrong day among them."""
    given = [f for f in facts if f.concept == concept and f.assertion == "present" and f.when]
    events = _events(given)
    if len(events) != 2 or {f.document for f in events[0]} & {f.document for f in events[1]}:
        return list(facts)
    earlier, later = events
    if all(_outside(f, known) for f in earlier) and not all(_outside(f, known) for f in later):
        return [replace(f, note=OTHER_DAY, rank=0) if f in earlier else f for f in facts]
    if _recorded(earlier, known) and all(_outside(f, known) for f in later):
        return [replace(f, assertion="planned", note=OTHER_DAY, rank=0) if f in later else f for f in facts]
    if not _slip(earlier, later):
        return list(facts)
    if _recorded(later, known) and not any(_own_record(f, known) for f in earlier) and len(_documents(earlier)) == 1:
        return [replace(f, note=OTHER_DAY, rank=0, assertion="planned") if f in earlier else f for f in facts]
    days = [f.when for f in given if f.when]
    whole = DayRange(min(day.first for day in days), max(day.last for day in days))
    return [replace(f, when=whole, note=OPEN_DAY) if f in given else f for f in facts]


def _recorded(told: Sequence[Fact], known: Mapping[str, Document]) -> bool:
    """Whether the transplant's own record tells it, and a second document."""
    return any(_own_record(f, known) for f in told) and len(_documents(told)) >= 2


def _documents(told: Sequence[Fact]) -> set[str]:
    return {f.document for f in told}


def _slip(earlier: Sequence[Fact], later: Sequence[Fact]) -> bool:
    """Whether the days differ as slips of the pen do: the same day of another year. Else there may have been two."""
    return any(
        (a.when.first.month, a.when.first.day) == (b.when.first.month, b.when.first.day)
        for a in earlier for b in later
        if a.when and b.when and a.when.exact and b.when.exact
    )  # fmt: skip


def _events(given: Sequence[Fact]) -> list[list[Fact]]:
    """The facts by event, earlier first: a gap of more than two months parts them. A year that holds both parts nothing."""
    out: list[list[Fact]] = []
    for fact in sorted(given, key=lambda f: (f.when.first, f.when.last) if f.when else ()):
        if out and fact.when and any(f.when and _gap(f.when, fact.when) <= SAME_EVENT for f in out[-1]):
            out[-1].append(fact)
        else:
            out.append([fact])
    return out


def _dated(one: Fact, given: Sequence[Fact]) -> Fact:
    """A transplant named without a day, or by a count, is the one that the chart dates, where it dates only one."""
    if one.assertion != "present" or (one.when is not None and one.extra.get("told") != "counted"):
        return one
    days = [f.when for f in given if f.when and f.rank and (one.when is None or _gap(f.when, one.when) == 0)]
    if not days:
        return one
    first, last = min(day.first for day in days), max(day.last for day in days)
    if (last - first).days > SAME_EVENT:
        return one
    finest = min(days, key=lambda day: (day.last - day.first).days)
    return one if finest == one.when else replace(one, when=finest, note="the day is from another document")
