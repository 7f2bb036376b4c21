"""What one sentence says of organ function: a verdict for now, or what is expected in the four weeks after apheresis.

A verdict for now is a word of adequacy (or a barrier that is denied) beside the organs it is of and the treatment it is
for; a forecast is a word of decline or of stability beside the coming weeks. Polarity, conditions, questions with their
answers, and whose verdict it is are the same for both. The lists are data (knowledge/vocabulary/organs.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from chartproof.chart.context import about_another, before
from chartproof.chart.find.deferral import BOX, OPEN_BOX, put_off
from chartproof.chart.find.statements import CHECKED, depends, either, says_nothing
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression

Reply = Literal["", "yes", "no", "conditional", "open"]
Part = Literal["now", "ahead"]
Verdict = Literal["good", "bad", "conditional", "withheld"]
#: Characters of the words, whether they are good, and the text that names the organs.
Found = tuple[int, int, bool, str]

#: Sentences around one that may name its organs, its treatment or its weeks.
BACK = 2
#: So many organs by name are the whole patient.
THREE = 3
CLAUSE = re.compile(r"[;.](?:\s|$)|,? \b(?:but|while|though|although|yet(?= (?:I|we|it|they|he|she)\b)|however)\b")
#: The choices that a form prints beside its question, and a line below an empty one that answers nothing.
CHOICES = re.compile(r"\(y(?:es)? ?/ ?no?\)", re.IGNORECASE)
SIGNED = re.compile(r"\W*(?:electronically |digitally |e-?)?signed\b", re.IGNORECASE)
#: Notes in which "Organ function adequate for apheresis" is said, not asked as in a form.
DICTATED = ("clinic_note", "consult_note", "discharge_summary")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence's word: characters [start, end) of `sentence`, for now or for the weeks ahead.

    `answer` is the sentence that answers it, `named` the text that names its organs.
    """

    sentence: Sentence
    start: int
    end: int
    part: Part
    verdict: Verdict
    answer: Sentence | None = None
    named: str = ""

    @property
    def partial(self) -> bool:
        """Of one organ or two ("kidneys: acceptable"): a part of a verdict on the whole patient."""
        return self.part == "now" and self.verdict == "good" and not whole_patient(self.named)


@cache
def words(name: str) -> Expression:
    data = load("organs.yaml")
    return either(data[name], data["words"])


@cache
def organ_names() -> tuple[Expression, ...]:
    data = load("organs.yaml")
    return tuple(either([pattern], data["words"]) for pattern in data["names"].values())


def plain(text: str) -> str:
    """The same characters with the underscores of a field's name as blanks ("ORGAN_FXN_VERDICT")."""
    return re.sub(r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])", " ", text)


def read(said: Sequence[Sentence], index: int) -> Iterator[Said]:
    """What the sentence `said[index]` says; `said` is its segment."""
    sentence = said[index]
    text = plain(sentence.text)
    if says_nothing(sentence) or words("quoting").search(text):
        return
    withheld = words("withheld").search(text)
    if not withheld and re.search(r"\borgans?\b", sentence.label, re.IGNORECASE):
        withheld = words("taken_back").search(text)
    if withheld and not words("past").search(text[: withheld.end()]):
        yield Said(sentence, withheld.start(), withheld.end(), "now", "withheld")
        return
    reply, answer = reply_to(said, index)
    if reply == "open":
        return
    parts: tuple[tuple[Part, Found | None], ...] = (
        ("now", verdict_now(said, index, reply)),
        ("ahead", forecast(said, index, reply)),
    )
    for part, found in parts:
        if not found:
            continue
        start, end, good, named = found
        topic = max(end, text.rfind(":") + 1)  # "Organ function adequate for CAR-T: to be assessed"
        if about_another(sentence, start, before(text, start)[-90:]) or put_off(text, start, topic):
            continue
        verdict: Verdict = "good" if good != (reply == "no") else "bad"
        if verdict == "bad" and part == "now" and words("until").search(text):
            verdict = "withheld"
        elif reply == "conditional" or depends(words("timing").sub(" ", text)):
            if part == "ahead" or verdict == "bad":
                continue
            verdict = "conditional"
        yield Said(sentence, start, end, part, verdict, answer, named)


def reply_to(said: Sequence[Sentence], index: int) -> tuple[Reply, Sentence | None]:
    """How a question or a form's line is answered: "" where nothing is asked, "open" where no one answered."""
    text = CHOICES.sub(lambda choices: " " * len(choices[0]), said[index].text)
    boxed = in_boxes(text)
    if boxed:
        return boxed, None
    given = words("answered").search(text)
    if given and answers_organs(text, given.start()):
        return "yes" if given["yes"] else "no", None
    following = said[index + 1] if index + 1 < len(said) else None
    if following and text.rstrip().endswith(":") and in_boxes(following.text):
        return in_boxes(following.text), following
    if text.rstrip().endswith(":") and (
        text != said[index].text or not following or following.label or SIGNED.match(following.text)
    ):
        return "open", None
    if not re.search(r"\?\W*$", text):
        return "", None
    if following:
        given = words("answer").match(following.text)
        spoken: Reply = "" if not given else "yes" if given["yes"] else "no" if given["no"] else ""
        return in_boxes(following.text) or spoken or "open", following
    return "open", None


def answers_organs(text: str, at: int) -> bool:
    """Whether the answer at `at` is that of a line on organs: "organ function - ok; infection - none" answers another item."""
    items = text[:at].split(";")
    return len(items) == 1 or bool(words("any_organ").search(items[-1]) or words("period").search(items[-1]))


def in_boxes(text: str) -> Reply:
    """The answer that boxes in the text give: "" where it has none, "open" where none is ticked."""
    if not OPEN_BOX.search(text):
        return ""
    chosen = re.search(rf"{BOX}\s*(?:(yes)|(no))\b", text, re.IGNORECASE)
    if chosen:
        return "yes" if chosen[1] else "no"
    if re.search(rf"{OPEN_BOX.pattern}\s*(?:yes|no)\b", text, re.IGNORECASE) and re.search(BOX, text):
        return "conditional"  # "[ ] Yes [ ] No [x] With a condition: ..."
    return "" if re.search(BOX, text) else "open"


def clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in CLAUSE.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def verdict_now(said: Sequence[Sentence], index: int, reply: str) -> Found | None:
    """Characters of a verdict on the whole patient's organs for this treatment, and whether it is good."""
    sentence = said[index]
    text = plain(sentence.text)
    unfit = words("unfit").search(text)
    if unfit and not words("past").search(text[: unfit.start()]):
        return unfit.start(), unfit.end(), False, text
    if of_another_aim(text) or of_an_earlier_year(sentence):
        return None
    for left, right in clauses(text):
        clause = text[left:right]
        for start, end, good in verdicts(clause):
            named = organs_named(said, index, clause)
            if not named or (not reply and words("open").search(clause[:start])):
                continue
            if good and not (reply or stated(sentence, text)):
                continue
            if not good and (words("past").search(clause[:start]) or not words("any_organ").search(clause)):
                continue
            if aimed(said, index, named) or (good and not whole_patient(named)):
                return left + start, left + end, good, named
    return None


def verdicts(clause: str) -> Iterator[tuple[int, int, bool]]:
    """Words of adequacy and of its lack in the clause: a "not" before one turns it, a barrier counts as denied or named."""
    for match in words("good").finditer(clause):
        if words("of_a_place").search(clause[: match.start()]):
            continue
        yield match.start(), match.end(), not denied(clause, match)
    for match in words("barrier").finditer(clause):
        if words("barred").search(clause[: match.start()]):
            yield match.start(), match.end(), True
    for match in words("bad").finditer(clause):
        if not denied(clause, match):
            yield match.start(), match.end(), False


def denied(clause: str, match: re.Match[str]) -> bool:
    inside = re.search(r"\b(?:not|never|hardly|barely|nor|no)\b|n['’]t\b", match[0], re.IGNORECASE)
    return bool(inside or words("negated").search(clause[: match.start()]))


def organs_named(said: Sequence[Sentence], index: int, clause: str) -> str:
    """The text that names the organs: the clause, its sentence, or what "each of them" points back to; "" for none."""
    sentence = said[index]
    text = plain(sentence.text)
    if whole_patient(clause):
        return clause
    if words("refers").search(clause):
        back = " ".join(one.text for one in said[max(0, index - BACK) : index] if one.heading == sentence.heading)
        if whole_patient(f"{sentence.label} {back} {text}"):
            return f"{sentence.label} {back} {text}"
    titled = f"{sentence.label} {clause}"
    return titled if words("any_organ").search(titled) else ""


def whole_patient(text: str) -> bool:
    """A word on one organ (a cardiologist's) is no statement on organ function: three organs, or organs as such."""
    return bool(words("organs").search(text)) or len(names_in(text)) >= THREE


def names_in(text: str) -> frozenset[int]:
    """Numbers of the organs that the text names."""
    return frozenset(number for number, name in enumerate(organ_names()) if name.search(text))


def aimed(said: Sequence[Sentence], index: int, named: str) -> bool:
    """Whether the verdict is on this treatment: named beside it, or organ function as such is what is judged."""
    near = " ".join(plain(one.text) for one in said[max(0, index - 1) : index + 2])
    return bool(words("target").search(near) or words("organs").search(f"{said[index].heading} {named}"))


def of_another_aim(text: str) -> bool:
    """ "Adequate for anesthesia" is no word on cells: another procedure is named, and this treatment is not."""
    return bool(words("other_aim").search(text)) and not words("own_aim").search(text)


def of_an_earlier_year(sentence: Sentence) -> bool:
    """ "We found organ function adequate in 2024" was said of another treatment."""
    when = sentence.segment.when
    years = [int(year) for year in re.findall(r"\b(?:in|of|during) (20\d\d)", sentence.text)]
    return when is not None and any(year < when.first.year for year in years)


def stated(sentence: Sentence, text: str) -> bool:
    """A form's line counts only where it is ticked or answered: "Organ function adequate for ..." alone is a question."""
    if words("stating").search(text) or CHECKED.match(text):
        return True
    if sentence.label and words("organs").search(sentence.heading):  # "ORGAN FUNCTION" over "Renal: adequate."
        return True
    if words("verdict_label").search(text):
        return True
    if re.search(r"organ (?:function|fxn|fn)(?: \w+)? ?(?:[:=\-–.]|\([^()]*\d)", text, re.IGNORECASE):
        return True
    return sentence.document.kind in DICTATED and "?" not in text


def forecast(said: Sequence[Sentence], index: int, reply: str) -> Found | None:
    """Characters of what is expected of the organs in the coming weeks, and whether it is good (no significant decline)."""
    text = plain(said[index].text)
    if not words("period").search(text):
        return None
    decline = None if reply else declined(text)
    if decline:
        return *decline, False, text
    if words("unsure").search(text) or not on_organs(said, index):
        return None
    own = words("any_organ").search(text)
    for worse in words("worse").finditer(text):
        if not own and words("elsewhere").search(text[worse.end() :]):
            continue
        unlikely = words("unlikely_before").search(text[: worse.start()])
        if unlikely or (not reply and words("unlikely_behind").search(text[worse.end() :])):
            return worse.start(), worse.end(), True, text
        if reply:
            return worse.start(), worse.end(), False, text
    stays = words("stays").search(text)
    if stays and words("expects").search(text) and not denied(text, stays):
        return stays.start(), stays.end(), True, text
    return None


def declined(text: str) -> tuple[int, int] | None:
    """Where a significant decline of an organ in the coming weeks is plainly expected."""
    for left, right in clauses(text):
        clause = text[left:right]
        if not (words("surely").search(clause) and words("period").search(clause) and words("any_organ").search(text)):
            continue
        if words("hedged").search(clause):
            continue
        for worse in words("worse").finditer(clause):
            ahead, behind = clause[: worse.start()], clause[worse.end() :]
            denial = words("unlikely_before").search(ahead) or words("unlikely_behind").search(behind)
            if not denial and not words("minor").search(ahead):
                return left + worse.start(), left + worse.end()
    return None


def on_organs(said: Sequence[Sentence], index: int) -> bool:
    """Whether the forecast is of organs: named in it or in its lead-in, or in the sentences around it."""
    sentence = said[index]
    near = [plain(one.text) for one in said[max(0, index - 2 * BACK) : index + 2]]
    return any(words("any_organ").search(one) for one in (sentence.label, sentence.heading, *near))
