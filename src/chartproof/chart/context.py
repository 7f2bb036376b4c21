"""Assertion of a mention from the words around it: present, absent, historical, planned, family.

The cue lists are data (knowledge/vocabulary/context.yaml). A cue reaches to the
nearest terminator or the end of the sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from chartproof.chart.view import ANSWERS, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion

NOT_A_NEGATION = re.compile(
    r"\b(?:(?:(?:do|does|did|can|could)(?: not|n['’]t)|cannot) (?:\w+ )?(?:exclude|rule out)|not only|no (?:change|doubt|barrier|contraindication|objection|restriction|residual(?:s|ua)?(?= (?:and|but)\b|[,;.]))|not (?:just|merely))\b", re.I
)  # fmt: skip


#: "COPD, one flare in February, none since": no more of them, and the disease all the same.
NONE_SINCE = re.compile(r"[^.;:]*\w[^.;:]*\bnone (?:since|after|thereafter|lately|recently)\b", re.IGNORECASE)


#: "A graft is not wise and chemotherapy in COPD is hard": what is denied ends before the clause of the mention begins.
DENIED_BEFORE = re.compile(
    r"\b(?:is|was|are|were)(?: not|n['’]t) (?!(?:known|noted|seen|aware|found)\b)\w+ and (?:[\w-]+ ){0,5}$",
    re.IGNORECASE,
)
OWN_VERB = re.compile(r"[^,;:.]*\b(?:is|was|are|were|has|have)\b", re.IGNORECASE)
#: "No driver at home, and emphysema that leaves little reserve": what does something is there.
LAST_OF_LIST = re.compile(r"\band (?:[\w/-]+ ){0,3}$", re.IGNORECASE)
DOES = re.compile(
    r"(?: \w+)? (?:that|which) (?:leaves?|makes?|limits?|raises?|needs?|requires?|adds?|complicates?|calls?|worr(?:y|ies))\b",
    re.IGNORECASE,
)


#: The boxes of a form behind what they answer, and one box with its word.
BOXES = re.compile(rf"[^.;\[\u2610-\u2612]{{0,60}}?(?P<boxes>{ANSWERS})")
_CROSS = r"[\[(] {0,3}[xX\u2713\u2714] {0,3}[\])]|[\u2611\u2612]"
TICK_BEFORE, TICK_BEHIND = re.compile(rf"(?:{_CROSS}) ?([A-Za-z/]+)"), re.compile(rf"([A-Za-z/]+) ?(?:{_CROSS})")


#: An opening quote that is not closed before the end, and the characters before it in which its paper is named.
OPEN_QUOTE = re.compile(r"(?:“[^”]*|(?<![\w\"])\"[^\"]*)$")
OF_PAPER = 60
#: Up to four words before a colon at the head of a sentence.
LEAD_IN = re.compile(r"\W*((?:[\w'’-]+ ){0,3}[\w'’-]+) ?:")
#: A relative as the one whom a sentence tells about, with a name or an age, and what that person has.
MEN = re.compile(r"father|brother|son|husband|uncle|grandfather|grandson|nephew", re.IGNORECASE)
EITHER = re.compile(r"cousin|roommate|neighbou?r|friend", re.IGNORECASE)
RELATIVE = re.compile(
    r"\W*(?:(?:his|her|the|one|an?|pt's|patient's|only|twin|older|younger|elder|half|late)[ -])*"
    r"(father|mother|brother|sister|son|daughter|husband|wife|uncle|aunt|grandfather|grandmother|grandson|granddaughter|nephew|niece|cousin|roommate|neighbou?r|friend)\b"
    r"(?: (?-i:[A-Z][\w'’-]+)){0,2},?(?: ?\([^()]{1,30}\)| ?\d{1,3},)? "
    r"(?:also |too |once |now )?(?:has|had|is on|was on|takes|took|received|got|underwent|carries|was treated|was diagnosed|suffers|died)\b",
    re.IGNORECASE,
)
#: A relative who is a patient as well: "her brother, also our patient, is ...".
ALSO_PATIENT = re.compile(
    r"\b(?:also|likewise|himself|herself|who is|too)\b[^.;]{0,14}\b(?:patient|pt)\b", re.IGNORECASE
)
#: Places of which the words beside them are kept: each finder asks.
REMEMBERED = 1 << 12


@cache
def cues(name: str) -> Expression:
    """One pattern for a cue list; word boundaries where the cue starts or ends in a letter."""
    parts = []
    for cue in load("context.yaml")[name]:
        left = r"\b" if re.match(r"\w|\(\?:\w", cue) else ""
        right = r"\b" if re.search(r"[\w)]$", cue) else ""
        spaced = re.sub(r"(?<=[\w)]) (?=[\w(])", " +", cue)  # scans and wrapped lines leave wider gaps
        parts.append(f"{left}(?:{spaced}){right}")
    return Expression("|".join(parts), re.IGNORECASE)


@lru_cache(maxsize=REMEMBERED)
def before(text: str, start: int) -> str:
    """The words that can reach the mention from the left, cut at the last terminator."""
    left = text[:start]
    last = 0
    for match in cues("terminators").finditer(left):
        last = match.end()
    return left[last:]


@lru_cache(maxsize=REMEMBERED)
def after(text: str, end: int) -> str:
    right = text[end:]
    match = cues("terminators").search(right)
    return right[: match.start()] if match else right


@dataclass(frozen=True, slots=True)
class Around:
    """The characters [start, end) of a sentence with the words that can reach them: cut at terminators and by `reach`."""

    sentence: Sentence
    start: int
    end: int
    left: str
    right: str


def around(sentence: Sentence, start: int, end: int, *, reach: int = 90) -> Around:
    """`reach` limits how many characters away a cue may stand."""
    text = sentence.text
    left, right = (re.sub(r"  +", " ", side) for side in (before(text, start), after(text, end)))
    return Around(sentence, start, end, left[-reach:], right[:reach])


def assertion(sentence: Sentence, start: int, end: int, *, person: bool = True, reach: int = 90) -> Assertion:
    """How the sentence asserts its characters [start, end): the first of the questions below that is answered with yes.

    `person` False leaves out the family test, for judgements that name relatives in passing ("he and his wife agree").
    """
    words = around(sentence, start, end, reach=reach)
    if person and about_another(sentence, start, words.left):
        return "family"
    ticked = boxed(sentence, end) or sentence.answer
    if negated(words) or ticked == "no":
        return "absent"
    if ticked == "open" or supposed(words) or doubted(words) or intended(words):
        return "planned"
    return "historical" if past(words) else "present"


def boxed(sentence: Sentence, end: int) -> Literal["yes", "no", "open", ""]:
    """What the boxes behind the words answer: "Stroke [ ] Yes [X] No"; "open" where none is ticked, or more than one, or
    neither yes nor no; "" where there are none."""
    found = BOXES.match(sentence.text, end)
    if not found:
        return ""
    shape = TICK_BEHIND if found["boxes"][0].isalpha() else TICK_BEFORE
    ticked = [match[1].lower() for match in shape.finditer(found["boxes"])]
    if len(ticked) == 1 and ticked[0] in ("yes", "y", "no", "n"):
        return "yes" if ticked[0][0] == "y" else "no"
    return "open"


def negated(words: Around) -> bool:
    left = NOT_A_NEGATION.sub(lambda m: " " * len(m[0]), words.left)
    right = words.right[:60]
    if NONE_SINCE.match(words.sentence.text, words.end):
        right = re.sub(r"\bnone\b", "    ", right, flags=re.IGNORECASE)
    own = (DENIED_BEFORE.search(left) and OWN_VERB.match(right)) or (
        LAST_OF_LIST.search(left) and DOES.match(words.right)
    )
    return bool((not own and cues("negation_before").search(left)) or cues("negation_after").search(right))


def supposed(words: Around) -> bool:
    """Whether it is a condition or what may come: "call if ...", "should she have ..."."""
    return conditional(words.sentence, words.start) or bool(cues("supposed_before").search(words.left))


def doubted(words: Around) -> bool:
    """Whether it is only possible, considered or asked about."""
    told = cues("doubted_before").search(words.left) or cues("doubted_after").search(words.right[:50])
    titled = cues("doubted_label").search(words.sentence.label)
    return bool(told or titled) or quoted_of_a_paper(words.sentence.text, words.start)


def quoted_of_a_paper(text: str, start: int) -> bool:
    """Whether the character `start` stands in quotation marks as what a draft or a notice has: "Your draft speaks of “ECOG 0”"."""
    opened = OPEN_QUOTE.search(text[:start])
    return bool(
        opened and cues("of_a_paper").search(re.split(r"[.;:]", text[: opened.start()].rstrip(" :"))[-1][-OF_PAPER:])
    )


def intended(words: Around) -> bool:
    told = cues("planned_before").search(words.left[-45:]) or cues("planned_after").search(words.right[:60])
    return bool(told) or listed_as_plan(words.sentence)


def listed_as_plan(sentence: Sentence) -> bool:
    """Whether it is a row under a title such as "Plan of treatment" that does not say of itself that it was carried out."""
    titles = cues("plan_titles")
    listed = any(titles.fullmatch(title.strip(" :.")) for title in (sentence.heading, sentence.label))
    return listed and not cues("carried_out").search(sentence.text)


def past(words: Around) -> bool:
    """Whether the words put it before this visit, themselves or at the head of the list in which it stands."""
    near = cues("historical_before").search(words.left[-60:]) or cues("historical_after").search(words.right[:40])
    return bool(near) or listed_after(words, "historical_before")


def listed_after(words: Around, name: str) -> bool:
    """Whether a cue opens a list that goes on to the mention: "a history of gout, asthma, anemia and [diabetes]"."""
    left = re.sub(r"  +", " ", before(words.sentence.text, words.start))
    found = list(cues(name).finditer(left))
    if not found or "," not in left[found[-1].end() :]:
        return False
    *items, _open = re.split(r",|;| and | or ", left[found[-1].end() :])
    return all(len(item.split()) <= 6 and not cues("verbs").search(item) for item in items)


def listed_as_history(sentence: Sentence) -> bool:
    """Whether it stands under a title such as "Past medical history": the section's heading or the paragraph's label."""
    titles = cues("history_titles")
    return any(titles.match(title.strip(" :.")) for title in (sentence.heading, sentence.label))


def of_habit(words: Around) -> bool:
    """Whether the mention is of a habit or an allergy: told as history, whenever it is asked about."""
    return bool(cues("habits").match(words.sentence.text[words.start : words.end]))


#: "FAMILY / SOCIAL": a title over what the relatives have and what the patient does.
SHARED = re.compile(r"\bsoc(?:ial)?\b|\bs(?:oc)?hx?\b|\bhabits?\b|\btobacco\b|\bsmoking\b", re.IGNORECASE)
PACK_YEARS = re.compile(r"\b(?:pack|pk|pck)\W?y(?:ea)?rs?\b|\bppd\b", re.IGNORECASE)


#: "She was the donor for her brother in 2017 and has never received a transplant": the second verb is the patient's too.
PATIENT_FIRST = re.compile(r"\W*(?:s?he|patient|pt|(?:the|this) patient|mrs?|ms)\b", re.IGNORECASE)
FOR_THEM = re.compile(r"\b(?:for|to|with)\W+(?:her|his|their|an?)\W+(?:\w+ )?$", re.IGNORECASE)
GOES_ON = re.compile(r"[^.;:]{0,30}?\b(?:and|but) (?:has|had|was|is|did|does)\b", re.IGNORECASE)


def about_another(sentence: Sentence, start: int, left: str) -> bool:
    """Whether the mention is of a relative, donor or caregiver: by heading, by lead-in, or by the clause's subject."""
    headings = load("context.yaml")["family_headings"]
    own = cues("own_subject").match(sentence.text)
    for title in () if own else (sentence.heading.lower().strip(" :"), sentence.label.lower().strip(" :")):
        if title in headings or title.startswith("family"):
            return not (SHARED.search(title) and of_own_habit(sentence, start))
    # A lead-in holds for all that follows: "Sister Ann: leukemia; transplant in 2020".
    lead = LEAD_IN.match(sentence.text)
    if not own and lead and lead.end() <= start and cues("family").match(lead[1]):
        left = sentence.text[:start]
    if not own and of_a_relative(sentence.text, start):
        return True
    mentions = list(cues("family").finditer(cues("no_person").sub(lambda found: " " * len(found[0]), left)))
    if not mentions:
        return False
    # "Father: emphysema", "her mother has ..." but not "his wife says that he ..."
    behind = ALSO_PATIENT.sub(" ", left[mentions[-1].end() :])
    if GOES_ON.match(behind) and PATIENT_FIRST.match(sentence.text) and FOR_THEM.search(left[: mentions[-1].start()]):
        return False
    return not re.search(r"\b(?:he|she|patient|pt|him|mr|mrs|ms)\b", behind, re.IGNORECASE)


def of_own_habit(sentence: Sentence, start: int) -> bool:
    """Whether the mention stands in a sentence that tells a habit and names no relative, or tells it right behind one."""
    text = sentence.text
    told = cues("habits").search(text) or PACK_YEARS.search(text)
    if not told:
        return False
    return not cues("family").search(cues("no_person").sub(" ", text[: max(start, told.start())]))


def of_a_relative(text: str, start: int) -> bool:
    """Whether the sentence opens with what a relative has or had, and goes on with that person as "he" or "she":
    "Brother Ed (73) has leukemia too; he is on venetoclax"."""
    opened = RELATIVE.match(text, 0, start)
    if not opened:
        return False
    his, others = ("he", "she") if MEN.search(opened[1]) else ("she", "he")
    if EITHER.search(opened[1]):
        his, others = "s?he", "they"
    behind = text[opened.end() : start].lower()
    return bool(re.search(rf"\b{his}\b", behind)) and not re.search(
        rf"\b(?:{others}|{his[:1] + 'im' if his == 'he' else 'her'}self|patient|pt|mr|mrs|ms|i)\b", behind
    )


def of_another(sentence: Sentence, start: int) -> bool:
    """Whether the mention is plainly another person's: opened with "Donor:", or right behind "father's".

    Narrower than `about_another`, for statements that name relatives in passing.
    """
    opened = re.match(r"\W*(?:(?:the|his|her|patient's|pt's) )?([\w-]+?)(?:['’]s? |: | - )", sentence.text[:40])
    owner = re.search(r"([\w-]+)['’]s? (?:[\w-]+ )?$", sentence.text[:start][-40:])
    persons = [match[1].lower() for match in (opened, owner) if match]
    # What burdens the family or the caregiver is said of the patient's own case.
    return any(cues("family").fullmatch(one) for one in persons if one not in ("family", "caregiver", "parents"))


def conditional(sentence: Sentence, start: int) -> bool:
    """Whether an "if", "should ..." or "were to" opens the clause in which the mention stands."""
    clause = re.split(r"[.;]\s", sentence.text[:start])[-1]
    return any(opens(clause, match.start()) for match in cues("conditions").finditer(clause))


def opens(clause: str, at: int) -> bool:
    """Whether a word begins at `at`: not the second half of "what-if"."""
    return at == 0 or clause[at - 1] in " \t(,*"
