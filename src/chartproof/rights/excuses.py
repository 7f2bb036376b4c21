"""Clauses that look like findings and are none: that nothing tells why something was passed over, and a bare quotation."""

from __future__ import annotations

import re

from chartproof.rights.grammar import finding_words
from chartproof.rights.sections import VERB

#: A quotation; one of a word or two is the writer's own.
QUOTED = re.compile(r"[“\"](?=(?:[^“”\"\s]+\s+){2})[^“”\"]*[”\"]")


def is_excuse(clause: str) -> bool:
    """Whether a clause says that nothing tells why something was passed over."""
    return finding_words().fits("neg~excuse", clause)


def is_passed_over(clause: str) -> bool:
    """The same, in a sentence of its own."""
    return is_excuse(clause) and finding_words().has("passed_over", clause)


def only_cites(text: str) -> bool:
    """Whether a sentence is a quotation with no more than its source: "Booklet, Article 6, Exclusion 11: ..."."""
    rest = QUOTED.sub("", text)
    return rest != text and not VERB.search(rest)
