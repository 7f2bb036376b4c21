"""How the words around a mention assert it."""

from __future__ import annotations

import pytest

from chartproof.chart.context import around, assertion
from chartproof.chart.find.comorbid.conditions import of_history
from chartproof.chart.view import Segment, Sentence, sentences
from chartproof.model import Document, Page


def mention(text: str, word: str) -> tuple[Sentence, int, int]:
    document = Document(id="D001", file="note.txt", first=1, last=1, kind="clinic_note")
    segment = Segment(document, Page("note.txt", 1, text), 0, len(text), None)
    sentence = next(one for one in sentences(segment) if word in one.text)
    start = sentence.text.index(word)
    return sentence, start, start + len(word)


@pytest.mark.parametrize(
    ("text", "word", "said"),
    [
        ("COMPLICATIONS: None  POSTOPERATIVE DIAGNOSIS: 1) Hiatal hernia.", "Hiatal hernia", "present"),
        ("Doppler negative   for DVT.", "DVT", "absent"),
        ("Have you had any of these?   Yes   No\nAsthma, COPD or emphysema          X", "COPD", "absent"),
        ("Have you had any of these?   Yes   No\nAsthma, COPD or emphysema     X", "COPD", "present"),
        ("Conditions        | Yes | No |\nKidney disease    |     | X  |", "Kidney disease", "absent"),
        ("Conditions           YES     NO\nStroke                      [X]", "Stroke", "absent"),
        ("A second graft is not wise and bendamustine in COPD with low counts is hard.", "COPD", "present"),
        ("The film is not back and his asthma of old is no worse.", "asthma", "present"),
        ("She is not diabetic or hypertensive.", "hypertensive", "absent"),
        ("Home is not safe: no driver, two hours away, and emphysema that leaves little reserve.", "emphysema", "present"),
        ("No fever, cough, and diarrhea.", "diarrhea", "absent"),
        ("Married to Otto, who has gout.", "gout", "family"),
        ("Lives with a retired nurse. He has gout.", "gout", "present"),
        ("Stroke [ ] Yes [X] No Diabetes [X] Yes [ ] No", "Stroke", "absent"),
        ("Stroke [ ] Yes [X] No Diabetes [X] Yes [ ] No", "Diabetes", "present"),
        ("Stroke Yes [ ] No [x], Asthma Yes [x] No [ ]", "Stroke", "absent"),
        ("Stroke Yes [ ] No [x], Asthma Yes [x] No [ ]", "Asthma", "present"),
        ("Gout \u2610 Yes \u2612 No \u2610 Unknown", "Gout", "absent"),
        ("Asthma: ( ) Y (x) N. Gout: (x) Y ( ) N", "Gout", "present"),
        ("Seizures [ ] Yes [ ] No", "Seizures", "planned"),
        ("Seizures [ ] Yes [ ] No [x] Unknown", "Seizures", "planned"),
        ("PCR testing for BK virus was negative.", "BK virus", "absent"),
        ("He refused nitrates for his chest pain.", "chest pain", "present"),
        ("No history of angina who presents with dyspnea.", "dyspnea", "present"),
        ("A 62-year-old man with anemia.", "anemia", "present"),
        ("History of gout, asthma, anemia, migraine, anxiety, and diabetes.", "diabetes", "historical"),
        ("History of gout, anemia and asthma, he was seen in the clinic this morning, and has diabetes.", "diabetes", "present"),
        ("A two-day history of fever.", "fever", "present"),
        ("The edema is as previously noted.", "edema", "present"),
        ("Call also for any weight gain of three pounds a day, any unusual rashes, nausea or fever.", "fever", "planned"),
        ("The source patient has hepatitis C.", "hepatitis C", "family"),
    ],
)  # fmt: skip
def test_assertion(text: str, word: str, said: str) -> None:
    assert assertion(*mention(text, word)) == said


@pytest.mark.parametrize(
    ("text", "word", "history"),
    [
        ("PAST MEDICAL HISTORY: Hypertension, gout.", "gout", True),
        ("3. Hypertension.", "Hypertension", True),
        ("Denies alcohol or drugs.", "alcohol", True),
        ("He presents with hypertension.", "hypertension", False),
        ("HISTORY OF PRESENT ILLNESS: Chest pain.", "Chest pain", False),
    ],
)
def test_what_belongs_to_the_history(text: str, word: str, history: bool) -> None:
    assert of_history(around(*mention(text, word))) is history
