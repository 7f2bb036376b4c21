"""A test that a form or a draft claims, and the desk's note that the paper behind it is another person's."""

from __future__ import annotations

from collections.abc import Iterator

from chartproof.chart.derive.claimed.papers import CORRECT, conflict_of, of_papers
from chartproof.chart.derive.standing import pattern
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence, sentences
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Span


def mistaken(reading: Reading) -> Iterator[Conflict]:
    """One conflict at most for each test and paper."""
    words, known, seen = load("claims.yaml")["tests"], dict(taken_back(reading)), set()
    for sentence in of_papers(reading) if known else ():
        for name, beside in known.items():
            match = pattern(words[name]["words"]).search(sentence.text)
            open_box = pattern(load("claims.yaml")["unclaimed"]).search(sentence.text.rstrip(" ?"))
            if match and not open_box and (name, sentence.document.id) not in seen:
                seen.add((name, sentence.document.id))
                yield conflict_of(words[name]["name"], sentence, match, beside, f"another person's; {CORRECT}")


def taken_back(reading: Reading) -> Iterator[tuple[str, Span]]:
    """(test, the words) of each note that a paper of that test is not this patient's; the test may stand right before."""
    words = load("claims.yaml")
    before: Sentence | None = None
    for segment in reading.segments:
        if segment.document.kind not in words["desk"] or segment.document.belongs is False:
            continue
        for sentence in sentences(segment):
            match = pattern(words["mistaken"]).search(sentence.text)
            told = sentence.text if before is None or before.page != sentence.page else f"{before.text} {sentence.text}"
            for name, rule in words["tests"].items() if match else ():
                if any(pattern(cue).search(told) for cue in (rule["words"], rule.get("chart", rule["words"]))):
                    assert match
                    yield name, near_quote(sentence, match.start(), match.end())
            before = sentence
