"""medspaCy's answers on the same inputs. Runs in its own virtual environment (see requirements.txt); knows nothing of ours.

usage: PYTHON medspacy_context.py mentions|speed < JSON > JSON

mentions: {"mentions": [{"text", "start", "end"}]} -> {"mentions": [{"negated", "historical", "hypothetical", "family",
"uncertain"}], "version"}
speed: {"notes": [text], "terms": [word]} -> {"notes_per_second", "mentions", "version"}
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any

import medspacy  # type: ignore[import-not-found]
from loguru import logger  # type: ignore[import-not-found]
from medspacy.ner import TargetRule  # type: ignore[import-not-found]

logger.remove()  # it logs every token of the notes otherwise


def mentions(asked: list[dict[str, Any]]) -> dict[str, Any]:
    """What the shipped ConText rules say of each given span; its own sentence splitter cuts the text."""
    pipeline = medspacy.load()
    context = pipeline.get_pipe("medspacy_context")
    answers = []
    for one in asked:
        doc = pipeline(one["text"])
        span = doc.char_span(one["start"], one["end"], label="CONDITION", alignment_mode="expand")
        doc.ents = [span]
        doc = context(doc)
        entity = doc.ents[0]._
        answers.append(
            {
                "negated": entity.is_negated,
                "historical": entity.is_historical,
                "hypothetical": entity.is_hypothetical,
                "family": entity.is_family,
                "uncertain": entity.is_uncertain,
            }
        )
    return {"mentions": answers}


def speed(notes: list[str], terms: list[str]) -> dict[str, Any]:
    """Notes a second of processor time of the shipped pipeline: sentences, target terms, ConText."""
    pipeline = medspacy.load()
    pipeline.get_pipe("medspacy_target_matcher").add([TargetRule(term, "CONDITION") for term in terms])
    pipeline(notes[0])
    start = time.process_time()
    found = sum(len(pipeline(note).ents) for note in notes)
    return {"notes_per_second": len(notes) / (time.process_time() - start), "mentions": found}


def main() -> None:
    given = json.load(sys.stdin)
    answer = mentions(given["mentions"]) if sys.argv[1] == "mentions" else speed(given["notes"], given["terms"])
    json.dump(answer | {"version": version("medspacy")}, sys.stdout)


if __name__ == "__main__":
    main()
