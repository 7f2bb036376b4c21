"""A model's reply in, checked proposals out. The reply is hostile text: what is not exactly as asked is dropped and counted.

A proposal is four values. Its quote must stand, character for character but for white space, once, in words of the page
that the model was shown. Nothing else that the model says is looked at, and what it says beyond the four is refused.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chartproof.chart.view import span
from chartproof.chart.vocabulary import load
from chartproof.model import DayRange, Span
from chartproof.propose.passages import Passage

KEYS = {"concept": str, "file": str, "page": int, "quote": str}
FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """A proposal whose quote was found; `sentence` is all of the sentences that it touches."""

    concept: str
    quote: Span
    sentence: Span
    when: DayRange | None


@dataclass(slots=True)
class Sieve:
    """`known` are all pages of the folder; `dropped` counts, by reason, over every reply that was sifted."""

    concepts: Collection[str]
    known: Collection[tuple[str, int]]
    open_pages: Collection[tuple[str, int]]
    dropped: Counter[str] = field(default_factory=Counter)
    _seen: list[tuple[str, Span]] = field(default_factory=list)

    def sift(self, reply: str, shown: Sequence[Passage]) -> Iterator[Found]:
        """The proposals of one reply that stand in the passages shown with its request."""
        for item in self._items(reply):
            found = self._check(item, shown)
            if isinstance(found, str):
                self.dropped[found] += 1
            else:
                self._seen.append((found.concept, found.quote))
                yield found

    def _items(self, reply: str) -> Sequence[object]:
        limits = load("propose.yaml")["limits"]
        if len(reply) > limits["reply_characters"]:
            self.dropped["too_long"] += 1
            return ()
        fenced = FENCE.match(reply)
        try:
            items = json.loads(fenced[1] if fenced else reply, object_pairs_hook=_once)
        except (ValueError, RecursionError):
            items = None
        if not isinstance(items, list):
            self.dropped["not_json"] += 1
            return ()
        if len(items) > limits["items"]:
            self.dropped["too_many"] += len(items) - limits["items"]
        return items[: limits["items"]]

    def _check(self, item: object, shown: Sequence[Passage]) -> Found | str:
        """The proposal, or why it is dropped."""
        if not isinstance(item, dict) or item.keys() != KEYS.keys():
            return "not_the_form"
        if any(type(item[key]) is not kind for key, kind in KEYS.items()):
            return "not_the_form"
        concept, place, quote = item["concept"], (item["file"], item["page"]), item["quote"]
        if concept not in self.concepts:
            return "unknown_concept"
        here = [passage for passage in shown if passage.place == place]
        if not here:
            return "closed_page" if place in self.known and place not in self.open_pages else "unknown_page"
        return unfit(quote, concept) or self._find(concept, quote, here)

    def _find(self, concept: str, quote: str, here: Sequence[Passage]) -> Found | str:
        page = here[0].page
        places = list(occurrences(quote, page.text))
        inside = [(one, at) for at in places for one in here if one.start <= at[0] and at[1] <= one.end]
        if not inside:
            return "closed_page" if places else "not_on_page"
        if len(places) > 1:
            return "not_unique"
        passage, (start, end) = inside[0]
        found = span(page, start, end)
        if any(one == concept and _overlap(found, other) for one, other in self._seen):
            return "duplicate"
        around = [one for one in passage.sentences if one.start < end and one.end > start]
        whole = span(page, min(one.start for one in around), max(one.end for one in around))
        if unseen(whole.quote):
            return "unseen_characters"
        segment = around[0].segment
        return Found(concept, found, whole, segment.when or segment.document.when)


def unfit(quote: str, concept: str) -> str:
    """Why these words cannot be a quote for this concept, whatever the page says; "" where they can."""
    known = load("propose.yaml")
    words = re.findall(r"\w+", quote)
    if len(quote) > known["limits"]["quote_characters"]:
        return "quote_too_long"
    if unseen(quote):
        return "unseen_characters"
    if len(words) < known["limits"]["quote_words"] or not any(one.isalpha() for one in quote):
        return "quote_too_short"
    measured = load("concepts.yaml")["concepts"][concept]["type"] == "number"
    numbers = frozenset(known["number_words"])
    if measured and not any(re.search(r"[0-9]", word) or word.lower() in numbers for word in words):
        return "no_number"
    return ""


def unseen(text: str) -> bool:
    """Whether there are control, format (zero width, direction) or unassigned characters in it: shown, it would deceive."""
    return any(unicodedata.category(one)[0] == "C" and not one.isspace() for one in text)


def occurrences(quote: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the quote stands in the text, white space aside, cutting no word and no number in two."""
    pieces = quote.split()
    before = r"(?<!\w)(?<![0-9][.,])" if re.match(r"\w", pieces[0]) else ""
    after = r"(?!\w)(?![.,][0-9])" if re.search(r"\w\Z", pieces[-1]) else ""
    pattern = re.compile(before + r"\s+".join(map(re.escape, pieces)) + after)
    for match in pattern.finditer(text):
        yield match.span()


def _once(pairs: Sequence[tuple[str, object]]) -> Mapping[str, object]:
    """An object; one with a key twice says two things and is left empty, so that it has not the form."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else {}


def _overlap(one: Span, other: Span) -> bool:
    return (one.file, one.page) == (other.file, other.page) and one.start < other.end and other.start < one.end
