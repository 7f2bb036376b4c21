"""The facts table, version 1: its columns, and what makes a row unusable. knowledge/schemas/facts-table.schema.json
publishes the same columns.

A row of the kind `fact` is one dated clinical statement, of the kind `coverage` the statement that the record is
complete for a concept, of the kind `subject` a patient who may have no other row, with site and product.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 1
#: Without these a table says too little to be read; a default in their place would be a guess.
REQUIRED = ("subject", "concept", "assertion", "first_day", "source")
OPTIONAL = ("kind", "value", "low", "high", "unit", "last_day", "known_by", "signed", "rank", "tier", "site", "product")
KINDS = ("fact", "coverage", "subject")
#: Where a statement comes from: a code or a structured field, or the words of a note.
TIERS = ("code", "note")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A concept that a row may be about. `type` is event, state or number; `words` are the words that a state may have."""

    concept: str
    type: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A fault of a row, by its column. `fails` is SQL over the raw columns (sources.opened) and the joined vocabulary."""

    code: str
    column: str
    what: str
    fails: str


def _not_a(column: str, kind: str) -> str:
    return f"{column} is not null and try_cast({column} as {kind}) is null"


#: The first that fails is the one that the ledger names.
CHECKS = (
    Check("CP-SCR-20", "subject", "the row names no subject", "subject is null"),
    Check("CP-SCR-21", "kind", "the kind is not fact, coverage or subject", "kind is null"),
    Check("CP-SCR-22", "concept", "the concept is not in the vocabulary", "kind <> 'subject' and known is null"),
    Check(
        "CP-SCR-23", "assertion", "the assertion is not present, absent, historical, planned or family",
        "kind = 'fact' and assertion is null",
    ),
    Check(
        "CP-SCR-24", "value", "the value is not a word of the concept",
        "kind = 'fact' and type = 'state' and ((value is null and assertion = 'present')"
        " or (value is not null and not list_contains(words, value)))",
    ),
    Check(
        "CP-SCR-25", "value", "the value is not a number, or low and high are given beside it",
        "kind = 'fact' and type = 'number' and value is not null"
        " and (try_cast(value as double) is null or not isfinite(try_cast(value as double))"
        " or low is not null or high is not null)",
    ),
    Check("CP-SCR-26", "low", "low or high is not a number",
          f"{_not_a('low', 'double')} or {_not_a('high', 'double')}"
          " or not isfinite(try_cast(low as double)) or not isfinite(try_cast(high as double))"),
    Check("CP-SCR-27", "high", "high is below low", "try_cast(low as double) > try_cast(high as double)"),
    Check("CP-SCR-28", "first_day", "a day is not a date such as 2026-05-04",
          f"{_not_a('first_day', 'date')} or {_not_a('last_day', 'date')}"
          " or not isfinite(try_cast(first_day as date)) or not isfinite(try_cast(last_day as date))"),
    Check("CP-SCR-29", "last_day", "the last day is before the first, or stands alone",
          "last_day is not null and (first_day is null or try_cast(first_day as date) > try_cast(last_day as date))"),
    Check("CP-SCR-30", "known_by", "the day is not a date such as 2026-05-04",
          f"{_not_a('known_by', 'date')} or not isfinite(try_cast(known_by as date))"),
    Check("CP-SCR-31", "signed", "signed is not true or false", _not_a("signed", "boolean")),
    Check("CP-SCR-32", "rank", "the rank is not 0, 1 or 2",
          f"{_not_a('rank', 'integer')} or try_cast(rank as integer) not in (0, 1, 2)"),
    Check("CP-SCR-33", "tier", "the tier is not code or note", "tier is null"),
)  # fmt: skip

#: What stands for every unit, or word, that no question depends on.
OTHER_UNIT, OTHER_WORD = "another", ""


def fault() -> str:
    """SQL: the number of the first check that fails, from 1, or null."""
    cases = " ".join(f"when {check.fails} then {number}" for number, check in enumerate(CHECKS, start=1))
    return f"case {cases} end"
