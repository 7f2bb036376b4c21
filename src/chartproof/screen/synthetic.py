"""An invented registry of any size as a facts table: the same seed gives the same rows. For tests and benchmarks.

Rates stand in knowledge/synthetic/registry.yaml: ties, addenda, late results, other units, months without a day,
unsigned and planned statements, and records that are complete for only some patients.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import yaml

from chartproof.errors import InputError
from chartproof.screen.survey import Progress

PART = 50_000


def profile() -> Mapping[str, Any]:
    """The packaged registry's rates."""
    text = files("chartproof").joinpath("knowledge", "synthetic", "registry.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def write_registry(
    folder: Path,
    subjects: int,
    *,
    seed: int,
    as_of: date,
    share: float = 1.0,
    progress: Progress = lambda *_: None,
) -> None:
    """Writes `folder`/part-*.parquet, a facts table of version 1 of so many subjects; of each concept only `share` of the
    patients have it who have it by the rates. Raises InputError CP-SCR-06 where the folder is not new or empty."""
    rates = profile()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "CP-SCR-06", "the folder holds something, and a registry is written into a new one", where=str(folder),
            then="Name another.",
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:") as connection:
        connection.execute("set threads = 1")
        for number, first in enumerate(range(0, subjects, PART)):
            progress("Inventing", first, subjects)
            people = f"range({first}, {min(first + PART, subjects)}) p(s)"
            parts = [_subjects(people, rates, seed), *_coverage(people, rates, seed, as_of)]
            for concept, told in rates["concepts"].items():
                given = {**rates["defaults"], **told}
                given["rate"] *= share
                parts.append(_facts(people, concept, given, rates["noise"], seed, as_of))
            connection.execute(
                f"""copy (select * exclude (s) from ({" union all by name ".join(parts)}) order by s, concept, first_day, source)
                to '{str(folder / f"part-{number:04}.parquet").replace("'", "''")}' (format parquet, compression zstd)"""
            )
    progress("Inventing", subjects, subjects)


def _draw(*parts: object) -> str:
    """SQL: a number in [0, 1) that depends on the subject `s`, on what it is for and on the seed alone."""
    key = ", ".join(
        f"'{part}'" if isinstance(part, str) and not part.startswith("@") else str(part).lstrip("@") for part in parts
    )
    return f"(hash(s, {key}) % 1000003 / 1000003.0)"


def _choice(draw: str, shares: Mapping[str, float]) -> str:
    """SQL: one of the words, by their shares."""
    total, bound, cases = sum(shares.values()), 0.0, []
    for word, share in shares.items():
        bound += share / total
        cases.append(f"when {draw} < {bound} then '{word}'")
    return f"case {' '.join(cases)} else '{list(shares)[-1]}' end"


def _name() -> str:
    return "'S' || lpad(cast(s as varchar), 9, '0') as subject"


def _subjects(people: str, rates: Mapping[str, Any], seed: int) -> str:
    def one(kind: str) -> str:
        return _choice(_draw(kind, seed), dict.fromkeys(rates[kind], 1.0))

    return f"""select s, 'subject' as kind, {_name()}, null as concept, null as assertion, cast(null as date) as first_day,
        null as source, {one("sites")} as site, {one("products")} as product from {people}"""


def _coverage(people: str, rates: Mapping[str, Any], seed: int, as_of: date) -> list[str]:
    """One draw for all of a patient's concepts: a complete history is complete for every one up to its rate."""
    return [
        f"""select s, 'coverage' as kind, {_name()}, '{concept}' as concept, 'present' as assertion,
        date '{as_of}' - cast({_draw("covered", seed)} * 200 as integer) as first_day, 'history' as source
        from {people} where {_draw("complete", seed)} < {rate}"""
        for concept, rate in rates["coverage"].items()
    ]


def _facts(
    people: str, concept: str, given: Mapping[str, Any], noise: Mapping[str, float], seed: int, as_of: date
) -> str:
    """Every row of one concept; `n` is the draw, `again` the second row of a tie."""

    def draw(what: str, *, of_tie: bool = False) -> str:
        return _draw(concept, what, seed, "@n", *(["@again"] if of_tie else []))

    value = amount = unit = "null"
    if "words" in given:
        value = _choice(draw("word", of_tie=True), given["words"])
    if "number" in given:
        mean, spread, digits = given["number"]
        normal = f"({' + '.join(draw(f'z{i}', of_tie=True) for i in range(4))} - 2) * 1.73"
        number = f"greatest(0, round({mean} + {spread} * {normal}, {digits}))"
        shares = {key.partition("*")[0]: share for key, share in given["units"].items()}
        factors = {key.partition("*")[0]: float(key.partition("*")[2] or 1) for key in given["units"]}
        unit = _choice(draw("unit"), shares)
        factor = " ".join(f"when '{name}' then {value}" for name, value in factors.items())
        amount = f"cast({number} * case {unit} {factor} end as double)"
    kinds = {kind: noise[kind] for kind in ("planned", "historical", "family")}
    kinds = {**kinds, "absent": given["absent"], "present": max(0.0, 1 - sum(kinds.values()) - given["absent"])}
    absent = "assertion = 'absent'"
    back = f"cast(floor(pow({draw('day')}, 1.5) * {given['back']}) as integer)"
    return f"""select s, 'fact' as kind, {_name()}, '{concept}' as concept, assertion,
        case when {absent} then null else word end as value, case when {absent} then null else amount end as low,
        case when {absent} then null else amount end as high, case when {absent} then null else unit end as unit,
        case when {draw("undated")} < {noise["undated"]} then null when wide then date_trunc('month', day)::date
            when assertion = 'planned' then date '{as_of}' + 14 else day end as first_day,
        case when {draw("undated")} < {noise["undated"]} or assertion = 'planned' then null
            when wide then last_day(day) else day end as last_day,
        case when {draw("late")} < {noise["late"]} then date '{as_of}' + 3 else day end as known_by,
        case when {draw("anchor")} < {noise["unanchored"]} then null
            else 'D' || cast(hash(s, day) % 100000 as varchar) end as source,
        {draw("signed")} >= {noise["unsigned"]} as signed,
        case when again = 1 and {draw("addendum")} < {noise["addendum"]} then 2 else 1 end as rank,
        case when {draw("tier")} < {noise["note"]} then 'note' else 'code' end as tier
        from (select s, n, again, {_choice(draw("kind"), kinds)} as assertion, {value} as word, {amount} as amount,
            {unit} as unit, date '{as_of}' - {back} as day, {draw("wide")} < {noise["month_wide"]} as wide
            from {people}, range({given["rows"]}) r(n), range(2) t(again)
            where {_draw(concept, "rate", seed)} < {given["rate"]}
            and (again = 0 or {draw("tie")} < {noise["tie"]}))"""
