"""Mutations of single genes, found or excluded: "TP53 mutated", "BTK L528W 22%", "TP53 wild type"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from chartproof.chart.context import assertion
from chartproof.chart.find.disease.markers import day_of_report
from chartproof.chart.find.said import fact_of, loosen, near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Case, Fact

#: The letter of each amino acid: "p.Arg175His" and "R175H" are one change.
LETTERS = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H", "Ile": "I",
    "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W", "Tyr": "Y", "Val": "V",
    "Ter": "*",
}  # fmt: skip
#: Characters behind a gene's name in which its state stands.
REACH = 70


def find(reading: Reading, case: Case) -> list[Fact]:
    """gene_mutation facts: `value` the protein change where one is written, `extra["gene"]` the gene."""
    kinds = load("markers.yaml")["mutations"]["kinds"]
    return [fact for sentence in reading.of_kind(*kinds) for fact in told(sentence)]


@cache
def genes() -> Expression:
    return Expression(rf"(?<![\w-])(?:{'|'.join(load('markers.yaml')['genes'])})(?![\w:])(?!/)")


@cache
def words(name: str) -> Expression:
    rule = load("markers.yaml")["mutations"][name]
    return Expression(
        loosen(rule if isinstance(rule, str) else "|".join(rule)), re.IGNORECASE if isinstance(rule, list) else 0
    )


def told(sentence: Sentence) -> Iterator[Fact]:
    text = sentence.text
    named = list(genes().finditer(text))
    for index, gene in enumerate(named):
        stop = named[index + 1].start() if index + 1 < len(named) else len(text)
        tail = re.split(r";|\.\s", text[gene.end() : min(stop, gene.end() + REACH)])[0]
        read = state(text[: gene.start()], tail)
        if read is None:
            continue
        said, value, length = read
        about = assertion(sentence, gene.start(), gene.end())
        if about in ("planned", "family"):
            said = about
        end = gene.end() + length
        quote = near_quote(sentence, gene.start(), end, words=14)
        yield fact_of(
            sentence, "gene_mutation", said, quote, when=day_of_report(sentence), value=value, extra={"gene": gene[0]}
        )


def state(left: str, tail: str) -> tuple[Assertion, str | None, int] | None:
    """(found or excluded, the protein change, characters of the tail that say so) for a gene; None where nothing is said."""
    no = words("unchanged").search(tail) or re.search(
        r"\b(?:no|without|negative for|absence of) $", left, re.IGNORECASE
    )
    change = words("change").search(tail) or words("long_change").search(tail)
    yes = words("changed").search(tail)
    found = min((one for one in (change, yes) if one), key=lambda one: one.start(), default=None)
    if no and no.string is tail and (found is None or no.start() <= found.start()):
        return "absent", None, no.end()
    if no and no.string is not tail and yes:
        return "absent", None, yes.end()
    if found is None:
        ahead = re.search(r"\bmutated $", left, re.IGNORECASE)
        return ("present", None, 0) if ahead and not re.search(r"\b(?:un|not )mutated $", left, re.IGNORECASE) else None
    return "present", short(change["change"]) if change else None, (change or found).end()


def short(change: str) -> str:
    """The change in single letters: "Arg175His" is "R175H"."""
    return re.sub(r"[A-Z][a-z]{2}", lambda name: LETTERS.get(name[0], name[0]), change)
