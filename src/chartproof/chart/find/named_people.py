"""People of the patient's life whom the chart calls by their given names: "lives with wife Annika", "Dennis (husband)"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from chartproof.chart.given_names import may_be_same, name_words
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression


@cache
def _introduced() -> Expression:
    data = load("context.yaml")["named"]
    who, name = "|".join(data["who"]), r"[A-Z][a-z'\u2019-]+"
    return Expression(
        rf"\b(?i:{who}),? (?:named |called |is |\()?(?P<behind>{name})\b|\b(?P<before>{name}) \((?:(?i:h(?:is|er)|the|pt's|patient's) )?(?i:{who})\b"
        rf"|\b(?P<comma>{name}), (?i:h(?:is|er)|the patient's|pt's) (?i:{who})\b"
    )


@cache
def _tells() -> Expression:
    """What makes a name the subject: the verb behind it."""
    return Expression(
        rf"['\u2019]s\b|\s+(?:(?:also|now|still|recently|just)\s+)?(?:{'|'.join(load('context.yaml')['named']['verbs'])})\b"
    )


@cache
def _patient() -> Expression:
    return Expression(rf"\b(?:{'|'.join(load('context.yaml')['named']['patient'])})\b", re.IGNORECASE)


def people(sentences: Iterable[Sentence], patient: str) -> frozenset[str]:
    """Given names that the chart gives to relatives and housemates; none that may be the patient's."""
    own = [word for word in name_words(patient) if len(word) > 1]
    found = (match.group(match.lastgroup or 0) for one in sentences for match in _introduced().finditer(one.text))
    return frozenset(name for name in found if not any(may_be_same(name.lower(), part) for part in own))


def is_told_of(left: str, quote: str, names: frozenset[str]) -> bool:
    """Whether one of the names is the subject of what is quoted: "Annika has [shingles]", "[Annika has shingles]"."""
    text = left + quote
    subjects = [match for match in re.finditer(r"[A-Z][\w-]+", text) if match[0] in names]
    if not subjects:
        return False
    end = subjects[-1].end()
    between = text[end : max(end, len(left))]
    return bool(_tells().match(text[end:])) and "," not in between and not _patient().search(text[end:])
