"""The NegEx/ConText set: is a mention negated, historical, hypothetical, another person's? Each question by itself.

data: negex_context/mentions.jsonl, 2,376 sentences of real de-identified reports (chapmanbe/negex, Apache-2.0), each with
one mention. Eleven mentions are not in their sentence (they run over its end): the whole sentence stands for them.

Ours are the questions that chart/context.py asks for every finder, put to the sentence as the readers cut it
(chart/view.py). F1 is of the marked class: "negated", "historical", "not particular". medspaCy answers with its shipped
rules; `is_hypothetical` and `is_historical` are its two. Speed: both cut the same notes (mtsamples/notes_dev.jsonl) into
sentences, look for the words of the same conditions and ask all of these questions of each mention; the rate is by
processor time, so that a busy machine slows neither.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from chartproof.chart.context import about_another, around, negated, supposed
from chartproof.chart.find.comorbid.conditions import conditions_in, of_history
from reading_sets.notes import mention_at, sentences_of
from reading_sets.table import NOT_INSTALLED, Peer, Row, json_lines, score

QUESTIONS = (("negation", 0.95), ("historical", 0.80), ("hypothetical", 0.88), ("another person", None))
#: Words that stand for the conditions in medspaCy's list of targets: it takes phrases, not expressions.
REPEATS = 5


def measure(data: Path, peer: Peer | None) -> list[Row]:
    items = json_lines(data / "negex_context" / "mentions.jsonl")
    for item in items:
        if item["char_start"] is None:
            item["char_start"], item["char_end"] = 0, len(item["text"])
    gold = [gold_of(item) for item in items]
    ours = [answers(item["text"], item["char_start"], item["char_end"]) for item in items]
    theirs = peer_answers(items, peer) if peer else None
    rows = []
    for question, bar in QUESTIONS:
        own = score((a[question], g[question]) for a, g in zip(ours, gold, strict=True))
        other = score((a[question], g[question]) for a, g in zip(theirs, gold, strict=True)) if theirs else None
        rows.append(
            Row(
                f"{question}: F1 ({sum(g[question] for g in gold)} of {len(gold)})",
                own.f1,
                bar,
                other.f1 if other else NOT_INSTALLED,
                note=f"precision {own.precision:.3f}, recall {own.recall:.3f}",
            )
        )
    return [*rows, *speed(data, peer)]


def gold_of(item: dict[str, Any]) -> dict[str, bool]:
    return {
        "negation": item["negation"] == "negated",
        "historical": item["temporality"] == "historical",
        "hypothetical": item["temporality"] == "not particular",
        "another person": item["experiencer"] != "patient",
    }


def answers(text: str, start: int, end: int) -> dict[str, bool]:
    """What the program's context layer says of the characters [start, end) of a note."""
    sentence, left, right = mention_at(text, start, end)
    words = around(sentence, left, right)
    return {
        "negation": negated(words),
        "historical": of_history(words),
        "hypothetical": supposed(words),
        "another person": about_another(sentence, left, words.left),
    }


def peer_answers(items: list[dict[str, Any]], peer: Peer) -> list[dict[str, bool]]:
    asked = [{"text": item["text"], "start": item["char_start"], "end": item["char_end"]} for item in items]
    said = peer.ask("mentions", {"mentions": asked})["mentions"]
    return [
        {
            "negation": one["negated"],
            "historical": one["historical"],
            "hypothetical": one["hypothetical"],
            "another person": one["family"],
        }
        for one in said
    ]


def speed(data: Path, peer: Peer | None) -> list[Row]:
    """Notes a second of finding and judging the conditions' mentions, and how many times medspaCy's rate it is."""
    notes = [note["text"] for note in json_lines(data / "mtsamples" / "notes_dev.jsonl")]
    judged = [judge(note) for note in notes]  # warm: vocabulary read, patterns compiled
    start = time.process_time()
    for _ in range(REPEATS):
        judged = [judge(note) for note in notes]
    rate = REPEATS * len(notes) / (time.process_time() - start)
    terms = sorted({word for found in judged for word in found})
    there = peer.ask("speed", {"notes": notes, "terms": terms}) if peer else None
    rows = [
        Row(
            "sentences, mentions and context: notes a second",
            rate,
            None,
            there["notes_per_second"] if there else NOT_INSTALLED,
            "{:.0f}",
            note=f"{len(notes)} notes, mean {sum(map(len, notes)) // len(notes)} characters; ours found {sum(map(len, judged))} mentions"
            + (f", medspaCy {there['mentions']}" if there else ""),
        )
    ]
    if there:
        rows.append(Row("times medspaCy's rate", rate / there["notes_per_second"], 20, form="{:.0f}"))
    return rows


def judge(note: str) -> list[str]:
    """The words of every condition that the note names, each judged."""
    found = []
    for sentence in sentences_of(note):
        for start, end, _name in conditions_in(sentence.text):
            words = around(sentence, start, end)
            _ = negated(words), of_history(words), supposed(words), about_another(sentence, start, words.left)
            found.append(sentence.text[start:end].lower())
    return found
