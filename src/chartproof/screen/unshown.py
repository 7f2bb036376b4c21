"""Counts of people that no table shows and that differences of shown counts tell: they are kept as the hidden ones are.

Who fails a row is more than who fails it first, who is one document away by a fact is who misses one row alone and who
misses several of that fact. Where the difference is a few people, the shown counts would tell them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chartproof.model.rows import Rows
from chartproof.screen.counts import Numbers, Reader

#: Who does not have a row after an earlier one; who fails more than a row alone; who is near, by the one fact that would
#: settle it ("" where none does) and the one row that is missing ("" where it is more than one).
TABLES = ("late", "several", "near")
#: Place of the policy, table, row, column.
Key = tuple[int, str, str, str]

_NEAR = """select s.would_settle, case when s.missing = 1 then c.criterion else '' end as alone, count(distinct s.subject)
    from subjects s inner join criteria c on c.subject = s.subject and c.policy = s.policy and c.edition = s.edition
        and c.status = 'missing'
    where s.policy = ? and s.edition = ? and s.overall in ('one_away', 'more_missing') group by all"""


def unshown(reader: Reader, rows: Rows) -> dict[str, Numbers]:
    """Of the policy that was counted last, those that are more than none, by table."""
    told, late, left = reader.numbers, {}, sum(reader.numbers["overall"].values())
    ids = [criterion.id for criterion in rows.criteria]
    for one in ids:
        stays = told["funnel"][one, "left"]
        late[one, "late"] = told["criteria"][one, "missing"] + told["criteria"][one, "not_met"] - (left - stays)
        left = stays
    several = told["overall"]["all", "not_met"] - sum(told["alone"][one, "not_met"] for one in ids)
    near = {(str(fact), str(row)): int(str(n)) for fact, row, n in reader.rows(_NEAR, [rows.id, rows.edition])}
    found: dict[str, Numbers] = {"late": late, "several": {("all", "not_met"): several}, "near": near}
    return {name: {key: n for key, n in numbers.items() if n} for name, numbers in found.items()}


def equations(place: int, numbers: Mapping[str, Numbers]) -> Iterator[dict[Key, int]]:
    """How they stand with the shown counts of their policy."""
    before: dict[Key, int] = {}
    for one, column in numbers["funnel"]:
        fails = {(place, "criteria", one, status): 1 for status in ("missing", "not_met")}
        late = {(place, "late", *key): -1 for key in numbers["late"] if key[0] == one}
        yield {**fails, **late, **before, (place, "funnel", one, column): 1}
        before = {(place, "funnel", one, column): -1}
    alone = {(place, "alone", one, column): 1 for one, column in numbers["alone"] if column == "not_met"}
    several = {(place, "several", *key): 1 for key in numbers["several"]}
    yield {**alone, **several, (place, "overall", "all", "not_met"): -1}
    wholes: dict[Key, list[tuple[str, str]]] = {}
    for fact, row in numbers["near"]:
        by_fact = (place, "settle", fact, "one_away") if fact else (place, "overall", "all", "more_missing")
        wholes.setdefault(by_fact, []).append((fact, row))
        if row:
            wholes.setdefault((place, "alone", row, "missing"), []).append((fact, row))
    for whole, parts in wholes.items():
        yield {whole: -1, **{(place, "near", *part): 1 for part in parts}}
