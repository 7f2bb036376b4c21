"""A letter as sentences, and as labels with their values. Nothing is decided here.

A sentence never crosses a page.
"""

from __future__ import annotations

import re
from functools import cached_property

from chartproof.rights.blocks import blocks
from chartproof.rights.grids import Grid, grids
from chartproof.rights.labels import Pair
from chartproof.rights.lines import Line, Sentence, decided_rows
from chartproof.rights.pairs import pairs
from chartproof.rights.printed import Printed
from chartproof.rights.words import table

_QUOTATION = re.compile(r"“[^“”]{20,1500}”|\"[^\"]{20,1500}\"")


class Letter(Printed):
    """A printed letter with its sentences and pairs, found once."""

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The body's sentences; cut when they are asked for, since most papers of a chart turn out to be no letter."""
        return [sentence for block in blocks(self, self.grids) for sentence in block]

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """The tables under heads of columns."""
        return grids(self)

    @cached_property
    def decided_rows(self) -> list[tuple[Line, bool, str]]:
        """(row, refused, the words after the decision) of each row of a table of services that gives a decision."""
        rows = [line for grid in self.grids for row in grid.rows for line in row.lines]
        heads = [line for grid in self.grids for line in grid.over]  # "Not covered" over a column decides nothing
        apart = {(line.page, line.start) for line in (*rows, *heads)}
        whole = [row.line() for grid in self.grids for row in grid.rows]
        plain = [line for line in self.body if (line.page, line.start) not in apart]
        return decided_rows(sorted([*plain, *whole], key=lambda line: (line.page, line.start)))

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Labels with their values, found once."""
        return pairs(self)

    def cited(self, sentence: Sentence) -> bool:
        """Whether most of a sentence stands within quotation marks after words that lead to a policy's own."""
        inside = sum(
            max(0, min(end, sentence.end) - max(start, sentence.start))
            for page, start, end in self._citations
            if page == sentence.page
        )
        return inside > 0.6 * (sentence.end - sentence.start)

    @cached_property
    def _citations(self) -> list[tuple[int, int, int]]:
        leads = re.compile(table("reasons")["cites"], re.I)
        return [
            (page, found.start(), found.end())
            for page, text in enumerate(self.texts)
            for found in _QUOTATION.finditer(text)
            if leads.search(re.sub(r"\s+", " ", text[max(0, found.start() - 220) : found.start()]))
        ]
