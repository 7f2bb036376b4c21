"""What several documents share: who signs, the box at the top, reference lines, addresses, dates, reasons, rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from chartproof.model import Deadline, Review
from chartproof.packet import table
from chartproof.packet.documents.words import BLANK, law_words, say, words
from chartproof.packet.exhibits import Book
from chartproof.packet.look import counts, day_of, number_word, prose, prose_day, sentence, tidy
from chartproof.packet.table import drug_name, ours, policy_short
from chartproof.packet.tree import Block, Letter, Run, cite, heading, item, para, sign

_ADULT = 18


def is_child(review: Review) -> bool:
    """True where the patient is under 18 on the day for which is asked; False where the birth date is not known."""
    born, day = review.case.patient.born, review.case.as_of
    if born is None:
        return False
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) < _ADULT


def person(review: Review) -> Mapping[str, str]:
    """The words for the one who acts: the patient, or a parent or guardian."""
    found: Mapping[str, str] = words("persons")["child" if is_child(review) else "adult"]
    return found


def patient_name(review: Review) -> str:
    """The patient's name, or "the patient" where nothing names the patient."""
    return table.patient_name(review) or "the patient"


def is_final(review: Review) -> bool:
    """True where the notice is the plan's last decision, so that the next step lies outside the plan."""
    return review.denial is not None and review.denial.letter_kind == "final_internal"


def before(review: Review, name: str, *lines: str, step: str = "") -> tuple[str, ...]:
    """The box at the top of a document: who signs it, what it does and what it does not do, then `lines`."""
    said, entry = words("box"), words("documents")[name]
    signs = entry["signs"].format(**person(review))
    told = [said["who"].format(signs=signs)]
    if entry["does"]:
        told.append(said["does"].format(does=entry["does"].format(step=step)))
    told.append(said["does_not"].format(does_not=entry["does_not"]))
    return (*told, *filter(None, lines))


def notes(blocks: Iterable[Block], reference: Sequence[tuple[str, str]] = ()) -> list[str]:
    """What the box says of unchecked lines and of lines to fill in, where the document has any."""
    text = " ".join([*(block.text for block in blocks), *(value for _, value in reference)])
    said = words("box")
    found = [said["confirm"]] if words("common")["confirm"] in text else []
    return [*found, said["fill"]] if BLANK in text else found


def reference(review: Review, *, policy: bool = True) -> tuple[tuple[str, str], ...]:
    """The block of labelled lines; a line that identifies the case and is not known is left to be filled in."""
    denial, patient = review.denial, review.case.patient
    codes = denial.service_codes if denial else ()
    lines = [
        ("Patient", table.patient_name(review) or BLANK),
        ("Date of birth", prose_day(patient.born) if patient.born else BLANK),
        ("Member ID", member(review)),
        ("Plan", payer(review) or BLANK),
        ("Treatment", ", ".join([drug_name(review), *codes])),
    ]
    if denial:
        lines.insert(4, ("Case reference", denial.reference or BLANK))
        lines.insert(5, ("Denial dated", prose_day(denial.letter_date) if denial.letter_date else BLANK))
    if policy and review.criteria:
        edition = f", edition of {prose(review.edition)}" if review.edition else ""
        lines.append(("Policy", sentence(policy_short(review)) + edition))
    return tuple(lines)


def member(review: Review) -> str:
    return review.case.patient.member_id or (review.denial.member_id if review.denial else "") or BLANK


def payer(review: Review) -> str:
    return review.case.payer or (review.denial.payer if review.denial else "") or ""


def plan_address(review: Review) -> tuple[str, ...]:
    """The plan's name and where an appeal to it is sent, as its notice prints it."""
    denial = review.denial
    address = tidy(denial.appeal_address or "") if denial else ""
    fax = f"Fax {denial.appeal_fax}" if denial and denial.appeal_fax else ""
    where = tuple(line for line in (address, fax) if line)
    return (payer(review) or f"Plan: {BLANK}", *(where or (f"Address or fax: {BLANK}",)))


def request(review: Review, name: str, blocks: Sequence[Block]) -> Letter:
    """A request to the plan's medical director that the physician signs, with its box, reference lines and address."""
    lines = reference(review)
    return Letter(
        title=words("documents")[name]["title"],
        addressee=plan_address(review),
        reference=lines,
        salutation="To the medical director:",
        blocks=tuple(blocks),
        closing="",
        enclosures=enclosed(review),
        draft=not review.extra.get("signed_by"),
        form="letter",
        before=before(review, name, *notes(blocks, lines)),
    )


def due(review: Review, *whats: str) -> Deadline | None:
    """Our first date for the first of these steps that has one."""
    for what in whats:
        found = [one for one in ours(review.deadlines) if one.what == what]
        if found:
            return found[0]
    return None


def due_words(review: Review, what: str, deadline: Deadline | None, *, waits: bool = False) -> Block:
    """'Internal appeal: by 27 October 2026 (citation).'; that it has passed; or a line to fill in.

    `waits` is for a step that begins with a decision that has not come: its day is the earliest that it can be.
    """
    said, name = words("deadline"), sentence(what)
    if deadline is None:
        return item(say("deadline.unknown", what=name))
    day, stated = prose_day(day_of(deadline.safe_due)), deadline.rule == "letter"
    where = said["stated"] if stated else said["rule"].format(citation=deadline.citation)
    if waits:
        text = said["earliest"].format(what=name, day=day, rule=where)
    elif day_of(deadline.safe_due) < review.case.as_of:
        text = said["passed"].format(what=name, day=day, as_of=prose_day(review.case.as_of))
    else:
        text = said["due"].format(what=name, day=day, rule=where)
    doubt = "" if deadline.verified else f" {words('common')['confirm']}"
    return item(Run(f"{text}{doubt}", source="denial:" if stated else f"rule:{deadline.rule}"))


def reasons(review: Review, book: Book) -> list[Block]:
    """The notice's reasons in its own words, each with its page."""
    denial = review.denial
    if denial is None:
        return []
    if not denial.reasons:
        return [para(say("common.no_reason"))]
    dated = f" of {prose_day(denial.letter_date)}" if denial.letter_date else ""
    listed = [
        item(
            f"“{tidy(reason.quote).rstrip('.')}”",
            *cite(book, (reason.span,) if reason.span else ()),
            ".",
            source=(f"reason:{n}",),
        )
        for n, reason in enumerate(denial.reasons, 1)
    ]
    return [para(Run(words("common")["notice"].format(dated=dated), source="denial:")), *listed]


def standing(review: Review) -> list[Block]:
    """How the policy's criteria stand, in a sentence or two; nothing without a policy."""
    if not review.criteria:
        return []
    said, number = words("common"), counts(review.criteria)
    open_rows, against = number["missing"], number["not_met"]
    text = said["standing" if open_rows else "standing_all"].format(
        day=prose_day(review.case.as_of),
        met=number["met"],
        all=len(review.criteria),
        policy=policy_short(review),
        open=f"{sentence(number_word(open_rows))} {'is' if open_rows == 1 else 'are'}",
    )
    if against:
        verb = "is" if against == 1 else "are"
        text += " " + said["against"].format(n=f"{sentence(number_word(against))} {verb}")
    return [para(Run(text, source="counts:"))]


def enclosed(review: Review) -> str:
    """What goes with a document: the whole package, whose first page is a table or, without a policy, a cover sheet."""
    found: str = words("common")["enclosed" if review.criteria else "enclosed_no_table"]
    return found


def rules(ids: Iterable[str]) -> list[Block]:
    """What these rules of law say, with their citations, under a heading; nothing where there are none."""
    listed = [item(law_words(rule_id)) for rule_id in ids]
    return [heading(words("common")["rules"]), *listed] if listed else []


def sign_as(kind: str, name: str = "") -> Block:
    """A place to sign for one of the persons of the words: 'physician', or ('adult', 'own')."""
    below = {"physician": "physician", "accepted": "accepted"}.get(kind, "other")
    return sign(say(f"persons.{kind}.{name or 'caption'}"), say(f"persons.{below}.name"))


def sign_applicant(review: Review, *, own: bool = False) -> Block:
    """A place to sign for the patient or for the one who acts for the patient."""
    return sign_as("child" if is_child(review) else "adult", "own" if own else "")


def writing_lines(count: int) -> Block:
    """Blank lines to write on."""
    return Block("line", tuple(say("common.blank") for _ in range(count)))


def is_urgent_possible(review: Review) -> bool:
    """False for care already given: there is nothing to hurry."""
    return review.denial is None or review.denial.decision_type != "post_service"


def planned(review: Review) -> date | None:
    """The planned collection of the cells where it is still to come."""
    day = review.case.apheresis_planned
    return day if day and day >= review.case.as_of else None
