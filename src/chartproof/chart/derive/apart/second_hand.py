"""What a family doctor, a list, a referral or an old plan says, and a treating clinician or a report says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any

from chartproof.chart.derive.apart.scores_apart import LOOK_BACK_DAYS, MEASURES
from chartproof.chart.derive.claimed.papers import of_papers
from chartproof.chart.derive.standing import CLINICIANS, last_day, pattern, standing
from chartproof.chart.find.drugs import mentions
from chartproof.chart.find.said import near_quote
from chartproof.chart.find.transplant.weigh import OTHER_DAY, OUTWEIGHED, UNSUPPORTED
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact, Page, Span

#: A score of a second hand this far from the centre's newest may still be read as the present one.
SCORE_DAYS = 200
#: A transplant intended longer ago than this was another plan.
PLAN_DAYS = 365
#: A biopsy this near to the newest word of active disease is of that relapse.
BIOPSY_DAYS = 180
#: Who calls a test current so long before the request says it of the time of the request.
CALLED_DAYS = 180
OUT_OF_DATE = "the second-hand statement is out of date or wrong"


def second_hand(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """Of transplants and their days, drugs never taken, a disease called quiet, scores, screening, and old intentions."""
    kinds = {document.id: document.kind for document in reading.documents}
    yield from transplants(facts, kinds)
    yield from never_taken(reading, facts)
    yield from quiet(reading, facts, asked)
    yield from scores(facts, second_hands(reading), asked)
    yield from screening(reading, facts, asked)
    yield from intentions(reading, facts, asked)


def transplants(facts: Sequence[Fact], kinds: dict[str, str]) -> Iterator[Conflict]:
    """A transplant that never was, or of another day, by a paper that the procedure's own record outweighs."""
    for concept in ("allogeneic_transplant", "autologous_transplant", "prior_car_t"):
        said = [fact for fact in facts if fact.concept == concept]
        for fact in said:
            if fact.note in (OUTWEIGHED, UNSUPPORTED):
                others = [one for one in said if one.assertion == "absent" and one.signed]
            elif fact.note == OTHER_DAY:
                others = [one for one in said if one.assertion == "present" and one.rank and one.when != fact.when]
            else:
                continue
            best = max(others, key=lambda one: weight(one, kinds), default=None)
            if best:
                name = concept.replace("_", " ")
                right = (
                    f"{best.when or 'none'}: the treating clinicians' own record"
                    if best.assertion == "present"
                    else "none was given"
                )
                yield Conflict(name, fact.evidence[0], best.evidence[0], right)
                break


def weight(fact: Fact, kinds: dict[str, str]) -> tuple[int, int, date]:
    order = ("committee", "provider_letter", "clinic_note", "consult_note", "treatment_summary")
    kind = kinds.get(fact.document, "")
    return (order.index(kind) if kind in order else -1, fact.rank, last_day(fact))


def never_taken(reading: Reading, facts: Sequence[Fact]) -> Iterator[Conflict]:
    """ "Has failed venetoclax" beside "was prescribed and he never started it"."""
    words = load("second_hand.yaml")
    for fact in facts:
        drug = str(fact.value or "")
        if fact.concept != "treatment_not_given" or fact.assertion != "absent" or " + " in drug:
            continue
        for sentence in reading.sentences:
            if sentence.document.id == fact.document or sentence.segment.signed is False:
                continue
            for mention in mentions(sentence.text):
                if mention.drugs != (drug,):
                    continue
                clause = re.split(r"[.;]\s", sentence.text[: mention.start])[-1]
                if not pattern(words["taken"]).search(clause):
                    continue
                if not pattern(words["not_taken"]).search(sentence.text):
                    quote = near_quote(sentence, mention.start, mention.end)
                    yield Conflict(f"{drug} taken or not", quote, fact.evidence[0], "never taken, a clinician says")
                    break
            else:
                continue
            break


def quiet(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """ "Lymphoma in remission" on a list or in a family doctor's letter, when a later or the same time proves relapse."""
    words = load("second_hand.yaml")
    active = [fact for fact in standing(facts, "relapsed_or_refractory", asked) if fact.evidence]
    active_on = max((last_day(fact) for fact in active), default=None)
    reports = {one.id for one in reading.documents if one.kind == "pathology"}
    biopsies = [
        fact
        for fact in standing(facts, "pathology_diagnosis", asked)
        if fact.document in reports and active_on and abs(active_on - last_day(fact)) <= timedelta(days=BIOPSY_DAYS)
    ]
    scans = {
        (one.file, number)
        for one in reading.documents
        if one.kind == "pet_ct"
        for number in range(one.first, one.last + 1)
    }
    scanned = [fact for fact in active if (fact.evidence[0].file, fact.evidence[0].page) in scans]
    # A scan that finds progression after the biopsy is nearer to the request.
    biopsied = max(map(last_day, biopsies), default=asked)
    worse = pattern(words["worse"])
    since = [fact for fact in scanned if last_day(fact) > biopsied and worse.search(fact.evidence[0].quote)]
    since.sort(key=lambda fact: len(fact.evidence[0].quote))  # the finding itself, before the reason for the scan
    newest = max(since or biopsies or scanned or active, key=last_day, default=None)
    if newest is None:
        return
    seen: set[str] = set()
    for sentence in listed(reading, words):
        match = pattern(words["quiet"]).search(sentence.text)
        left = re.split(r"[.;|]\s", sentence.text[: match.start()])[-1] if match else ""
        if not match or sentence.document.file in seen or pattern(words["not_now"]).search(f"{left} {match[0]}"):
            continue
        seen.add(sentence.document.file)
        quote = near_quote(sentence, match.start(), match.end())
        if quote.file != newest.evidence[0].file or quote.page != newest.evidence[0].page:
            right = f"relapsed or refractory ({newest.when}); {OUT_OF_DATE}"
            yield Conflict("disease status", quote, newest.evidence[0], right)


def is_outside(page: Page, words: dict[str, Any]) -> bool:
    """Whether a page calls itself another system's, as it came over the exchange, whatever it is read as."""
    return bool(pattern(words["outside"]).search(page.text))


def second_hands(reading: Reading) -> frozenset[str]:
    """The documents that second hands wrote, and those of which a page says that it came from outside."""
    words = load("second_hand.yaml")
    wrote = {one.id for one in reading.documents if one.kind in words["second_hand"]}
    return frozenset(wrote | {one.document.id for one in reading.segments if is_outside(one.page, words)})


def listed(reading: Reading, words: dict[str, Any]) -> Iterator[Sentence]:
    """What second hands write, and the problem lists of any paper but a report, or of a line that calls itself one."""
    title = pattern(words["problem_list"])
    for sentence in reading.sentences:
        kind = sentence.document.kind
        own = kind in words["no_list"] and not is_outside(sentence.page, words)
        under = title.search(f"{sentence.heading} {sentence.label}") and not own
        opens = title.match(sentence.text.lstrip()) and kind not in words["never_list"]
        if kind in words["second_hand"] or under or opens:
            yield sentence


def scores(facts: Sequence[Fact], second: frozenset[str], asked: date) -> Iterator[Conflict]:
    """A performance status of a second hand beside the centre's newest one, where they differ and it is no copy.
    Scores of the last weeks are compared in `disagreements`, whoever gave them."""
    for concept, step in (("ecog", 0), ("karnofsky", 10)):
        known = [fact for fact in facts if fact.concept == concept and fact.assertion in ("present", "historical")]
        ours = [fact for fact in standing(known, concept, asked) if fact.document not in second]
        newest = max((fact for fact in ours if fact.rank), key=last_day, default=None)
        for fact in known if newest else ():
            if newest is None or fact.document not in second or not _apart(fact, newest, step):
                continue
            old = fact.when is None or (asked - last_day(fact)).days > LOOK_BACK_DAYS
            near = fact.when is None or abs(last_day(newest) - last_day(fact)) <= timedelta(days=SCORE_DAYS)
            copied = any(one.when == fact.when and not _apart(one, fact, 0) for one in ours)
            told = any(one.document == fact.document and not _apart(one, newest, 0) for one in known)
            if old and near and not copied and not told:
                right = f"the treating clinician's score of {newest.when} is the present one"
                yield Conflict(MEASURES[concept], fact.evidence[0], newest.evidence[0], right)
                break


def _apart(one: Fact, other: Fact, step: float) -> bool:
    a, b = one.quantity, other.quantity
    if not a or not b or a.low is None or a.high is None or b.low is None or b.high is None:
        return False
    return a.low - b.high > step or b.low - a.high > step


def screening(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """A screening test that a note remembers or calls current, of which the record has none, or that it calls overdue."""
    words, named = load("second_hand.yaml"), False
    for name, cue in words["screens"].items():
        late = list(_late(reading, facts, name, cue, words["site_of"][name], asked))
        named = named or bool(late)
        yield from late
        none = _first(reading, cue, words["none_on_file"])
        told = _first(reading, cue, words["remembered"], but=words["none_on_file"]) if none and not late else None
        if none and told and none.file != told.file:
            yield Conflict(name, told, none, "no result on file; ask for the report or repeat the test")
    if not named:
        yield from _late(reading, facts, "cancer screening", words["all_screening"], "", asked)


def _late(
    reading: Reading, facts: Sequence[Fact], name: str, cue: str, site: str, asked: date
) -> Iterator[Conflict]:  # fmt: skip
    """What a paper calls current, beside the row of the record by which that site's screening (any, "") is overdue."""
    due = _overdue(facts, cue if site else "", site, asked)
    current = _called_current(reading, cue, load("second_hand.yaml"), asked) if due else None
    if due and current and current.file != due[0].file:
        yield Conflict(name, current, due[0], f"overdue: by the record; {due[1]}")


def _overdue(facts: Sequence[Fact], cue: str, site: str, asked: date) -> tuple[Span, str] | None:
    """The record's row of the test, and why it is overdue, where the screening of that site is."""
    for fact in standing(facts, "cancer_screening", asked):
        why = next((part for part in fact.note.split("; ") if part.startswith(site) and ": " in part), "")
        rows = [quote for quote in fact.evidence if pattern(cue).search(quote.quote)]
        if fact.value == "overdue" and why and rows:
            return rows[0], why
    return None


def _called_current(reading: Reading, cue: str, words: dict[str, Any], asked: date) -> Span | None:
    """Where a paper of these months, or one of ours, says of the test that nothing is due."""
    for sentence in chain(of_papers(reading), reading.sentences):
        when = sentence.segment.when
        recent = when is None or 0 <= (asked - when.last).days <= CALLED_DAYS
        named = pattern(cue).search(sentence.text) if recent and not _family(sentence) else None
        if named and not pattern(words["not_current"]).search(sentence.text):
            behind = pattern(words["called_current"]["behind"]).match(sentence.text[named.end() :])
            before = pattern(words["called_current"]["before"]).search(sentence.text[: named.start()])
            if behind or before:
                start = before.start() if before else named.start()
                return near_quote(sentence, start, named.end() + (behind.end() if behind else 0))
    return None


def _first(reading: Reading, cue: str, says: str, *, but: str = "") -> Span | None:
    for sentence in chain(reading.sentences, of_papers(reading) if but else ()):
        named = pattern(cue).search(sentence.text)
        said = pattern(says).search(sentence.text, max(0, named.start() - 30)) if named else None
        if not named or not said or said.start() - named.end() > 40 or _family(sentence):
            continue
        if not but or not pattern(but).search(sentence.text):
            return near_quote(sentence, min(named.start(), said.start()), max(named.end(), said.end()))
    return None


def _family(sentence: Sentence) -> bool:
    return bool(re.search(r"\b(?:mother|father|sister|brother|family|aunt|donor)\b", sentence.text, re.IGNORECASE))


def intentions(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """An autologous transplant that one clinician intends in these months and another, later, does not pursue."""
    words = load("second_hand.yaml")
    if standing(facts, "autologous_transplant", asked):
        return
    refused = [
        (one, span)
        for one, span in _said_of_transplant(reading, words, "not_pursued")
        if one.document.kind in CLINICIANS
    ]
    for sentence, quote in _said_of_transplant(reading, words, "intended"):
        when = sentence.segment.when
        if (
            when is None
            or not 0 <= (asked - when.last).days <= PLAN_DAYS
            or pattern(words["not_pursued"]).search(sentence.text)
        ):
            continue
        for other, beside in refused:
            if other.segment.when and other.segment.when.last >= when.first and quote.file != beside.file:
                yield Conflict(
                    "autologous transplant intended", quote, beside, "not pursued: the later clinician's word"
                )
                return


def word_on_transplant(reading: Reading) -> Span | None:
    """The newest clinician's word that an autologous transplant is not suitable."""
    said = [
        (sentence.segment.when.last if sentence.segment.when else date.min, quote)
        for sentence, quote in _said_of_transplant(reading, load("second_hand.yaml"), "not_pursued")
        if sentence.document.kind in CLINICIANS
    ]
    return max(said, key=lambda row: row[0], default=(date.min, None))[1]


def _said_of_transplant(reading: Reading, words: dict[str, Any], what: str) -> Iterator[tuple[Sentence, Span]]:
    for sentence in reading.sentences:
        for named in pattern(words["transplant"]).finditer(sentence.text):
            left = sentence.text[max(0, named.start() - 40) : named.start()]
            right = sentence.text[named.end() : named.end() + 40]
            said = pattern(words[what]).search(left) or pattern(words[what]).search(right)
            if said and sentence.segment.signed is not False:
                yield sentence, near_quote(sentence, named.start(), named.end())
                break
