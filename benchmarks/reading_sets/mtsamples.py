"""MTSamples: values and assertions in dictated notes, read by every finder of the program.

data: mtsamples/facts_dev.jsonl (sentences of public dictated notes, each with one labelled fact), notes_dev.jsonl (the
whole notes, for speed). Each item's `text` becomes the body of a clinic note of one day and goes through
chart.reader.read_chart, as a file of a folder does.

An item is right where its value and its assertion are both exact:

- Facts count that are of the item's kind (KINDS) and whose quote overlaps the labelled mention.
- A number is exact where both ends of the interval are the label's (`value`, `value_high`; "<" leaves the low end open,
  "~" is taken as said), in the label's unit. A word ("normal", "uterine cancer") is exact where the fact says it.
- Therapies are exact where the agents that the facts name are those of the label; the number of cycles is not read.
- present, absent, historical, family are the program's; the label's "hypothetical" is `planned`, and a
  fact that is present on a day before the note's is as good as historical.
- An item without a value ("must stay empty") is right where the assertion is exact and no fact gives a number there.

Invented: a number given at the mention of an item that has none. Dates are reported apart. medspaCy reads no values: its
column is the share of assertions that its shipped rules give to the labelled mention.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from chartproof.chart.find.mentions import agents_in
from chartproof.chart.reader import read_chart
from chartproof.model import Fact
from reading_sets.notes import CASE, file_of
from reading_sets.table import NOT_INSTALLED, Peer, Row, json_lines

DAY = date(2029, 2, 3)
HEAD = f"CLINIC NOTE\nDate of visit: {DAY:%m/%d/%Y}\n\n"
#: fact_type of the label -> the concept of the number, where it is not of the same name.
KINDS = {
    "dvt": "deep_vein_thrombosis",
    "gvhd": "graft_versus_host",
    "systemic_immunosuppression": "immunosuppression",
    "lvef_stress": "lvef",
    "spo2_room_air": "spo2",
    "dlco": "dlco_percent_predicted",
    "bone_marrow_plasma_cells": "marrow_plasma_cells",
}
UNITS = {
    "%": "%",
    "mg/dL": "mg/dL",
    "10^3/uL": "K/uL",
    "g/dL": "g/dL",
    "U/L": "U/L",
    "cells/uL": "cells/uL",
    "copies/mL": "copies/mL",
}
ASSERTIONS = {"hypothetical": "planned"}
THERAPIES = ("prior_therapy", "current_therapy", "planned_therapy")
#: What a therapy's label says beside its agents.
BESIDE = re.compile(
    r"\b(?:x ?\d+|cycles?|courses?|day|next|last|modified|palliative|intraperitoneal|intravenous)\b|(?<!\S)\d+(?!\S)|[,()]"
)


def measure(data: Path, peer: Peer | None) -> list[Row]:
    items = json_lines(data / "mtsamples" / "facts_dev.jsonl")
    judged = [judge(item, facts_at(item)) for item in items]
    empty = [item for item in items if not isinstance(item["value"], int | float)]
    invented = sum(one["invented"] for one in judged)
    dated = [(item, one) for item, one in zip(items, judged, strict=True) if item["date"]]
    theirs = peer_share(items, peer) if peer else NOT_INSTALLED
    return [
        Row(
            "value and assertion exact",
            share(judged, "right"),
            0.92,
            note=f"{sum(one['right'] for one in judged)} of {len(items)}",
        ),
        Row("value exact", share(judged, "value")),
        Row("assertion exact", share(judged, "assertion"), None, theirs),
        Row(f"numbers invented ({len(empty)} items without one)", invented, 0, form="{:.0f}", most=True),
        Row("day exact, of what has one", share([one for _, one in dated], "day"), note=f"{len(dated)} items"),
        speed(data),
    ]


def share(judged: Sequence[dict[str, bool]], key: str) -> float:
    return sum(one[key] for one in judged) / max(1, len(judged))


def facts_at(item: dict[str, Any]) -> list[Fact]:
    """Facts whose quote overlaps the labelled mention."""
    chart = read_chart([file_of(HEAD + item["text"])], CASE)
    start, end = item["char_start"] + len(HEAD), item["char_end"] + len(HEAD)
    return [fact for fact in chart.facts if any(span.start < end and span.end > start for span in fact.evidence)]


def judge(item: dict[str, Any], near: list[Fact]) -> dict[str, bool]:
    kind = KINDS.get(item["fact_type"], item["fact_type"])
    numbers = [fact for fact in near if fact.concept == kind and fact.quantity is not None]
    named = [
        fact
        for fact in near
        if fact.concept == "clinical_mention" and (fact.value == kind or item["fact_type"] == "diagnosis")
    ]
    wanted = ASSERTIONS.get(item["assertion"], item["assertion"])
    if isinstance(item["value"], int | float):
        exact = [fact for fact in numbers if number_exact(item, fact)]
    elif item["fact_type"] in THERAPIES:
        agents = [fact for fact in near if fact.concept == "clinical_mention" and fact.extra.get("kind") == "therapy"]
        exact = agents if therapies_exact(item, agents) else []
        named = agents
    else:
        exact = [
            fact
            for fact in named
            if item["value"] is None or fact.extra.get("detail", "") == str(item["value"]).lower()
        ]
    any_fact = exact or numbers or named
    invented = not isinstance(item["value"], int | float) and bool(numbers)
    return {
        "right": any(asserts(fact, wanted) for fact in exact) and not invented,
        "value": bool(exact) and not invented,
        "assertion": any(asserts(fact, wanted) for fact in any_fact),
        "invented": invented,
        "day": any(day_exact(item, fact) for fact in exact),
    }


def asserts(fact: Fact, wanted: str) -> bool:
    """Whether the fact is asserted so: of an earlier day is the program's way to say what the label calls historical."""
    earlier = fact.when is not None and fact.when.last < DAY
    return fact.assertion == wanted or (wanted == "historical" and fact.assertion == "present" and earlier)


def number_exact(item: dict[str, Any], fact: Fact) -> bool:
    assert fact.quantity is not None
    high = item["value"] if item["value_high"] is None else item["value_high"]
    low = None if item["comparator"] == "<" else item["value"]
    unit = item["unit"] is None or UNITS[item["unit"]] == fact.quantity.unit
    return unit and same(fact.quantity.low, low) and same(fact.quantity.high, high)


def same(ours: float | None, label: float | None) -> bool:
    return ours == label if ours is None or label is None else abs(ours - label) < 1e-6


def therapies_exact(item: dict[str, Any], agents: list[Fact]) -> bool:
    if item["value"] is None:
        return True
    label = {agent_of(part) for part in re.split(r"\+|\band\b", BESIDE.sub(" ", item["value"].lower())) if part.strip()}
    return label == {str(fact.value) for fact in agents}


def agent_of(part: str) -> str:
    """The program's name of an agent that the label names ("bcnu" is carmustine), else the label's own."""
    bare = " ".join(part.split())
    return next((name for name, start, end in agents_in(bare) if (start, end) == (0, len(bare))), bare)


def day_exact(item: dict[str, Any], fact: Fact) -> bool:
    if not item["date"] or fact.when is None:
        return False
    label = str(item["date"])
    return str(fact.when.first)[: len(label)] == str(fact.when.last)[: len(label)] == label


def peer_share(items: list[dict[str, Any]], peer: Peer) -> float:
    asked = [{"text": item["text"], "start": item["char_start"], "end": item["char_end"]} for item in items]
    said = peer.ask("mentions", {"mentions": asked})["mentions"]
    return sum(label_of(one) == item["assertion"] for one, item in zip(said, items, strict=True)) / len(items)


def label_of(said: dict[str, bool]) -> str:
    """One label of medspaCy's five answers, in the order in which ours decides."""
    order = (
        ("family", "family"),
        ("negated", "absent"),
        ("hypothetical", "hypothetical"),
        ("uncertain", "hypothetical"),
        ("historical", "historical"),
    )
    return next((label for key, label in order if said[key]), "present")


def speed(data: Path) -> Row:
    """Whole notes a second through every reader and finder."""
    files = [file_of(HEAD + note["text"]) for note in json_lines(data / "mtsamples" / "notes_dev.jsonl")]
    read_chart(files[:2], CASE)
    start = time.process_time()
    for file in files:
        read_chart([file], CASE)
    return Row("whole notes a second, every finder", len(files) / (time.process_time() - start), form="{:.1f}")
