"""What one writes by hand in DuckDB for this policy: a yes or no a row, or three values with reason and the fact's row."""

from __future__ import annotations

from pathlib import Path

import duckdb

from screen_ways.asked import ASKED, ROWS, USABLE, since


def by_sql(facts: Path, out: Path, threads: int, memory: str) -> None:
    names = ", ".join(f"{sql_of(name)} as {name}" for name in ASKED)
    rows = ", ".join(
        f'({" or ".join("(" + " and ".join(names_) + ")" for names_ in lists)}) as "{row}"'
        for row, lists in ROWS.items()
    )
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"set threads = {threads}")
        if memory:
            connection.execute("set memory_limit = ?", [memory])
        connection.execute(
            f"""copy (select subject, {rows} from (select subject, {names} from '{facts}/*.parquet' group by subject))
            to '{out}/sql.parquet'"""
        )


def sql_of(name: str) -> str:
    concept, window, pick, wanted = ASKED[name]
    recent = f" and first_day >= date '{since(window)}'" if window is not None else ""
    mine = f"concept = '{concept}' and {USABLE}{recent}"
    said = "assertion = 'present'"
    if isinstance(wanted, tuple):
        said += f" and value in ({', '.join(repr(word) for word in wanted)})"
    elif wanted is not None:
        said += f" and low >= {wanted}"
    if pick == "any":
        return f"coalesce(bool_or({said}) filter ({mine}), false)"
    if pick == "latest":
        return f"coalesce(arg_max({said}, first_day) filter ({mine}), false)"
    present = f"coalesce(bool_or({said}) filter ({mine}), false)"
    absent = f"coalesce(bool_or(assertion = 'absent') filter ({mine}), false)"
    complete = f"coalesce(bool_or(kind = 'coverage' and concept = '{concept}'), false)"
    return f"(not {present} and ({absent} or {complete}))"


def by_answers(facts: Path, out: Path, threads: int, memory: str) -> None:
    """By name and then by row: a truth, a reason, and the row of the fact in its file."""
    sums = ", ".join(part for name in ASKED for part in sums_of(name))
    names = ", ".join(part for name in ASKED for part in answers_of(name))
    rows = ", ".join(part for row, lists in ROWS.items() for part in answer_of_row(row, lists))
    status = "case \"t:{0}\" when 1 then 'met' when -1 then 'not_met' else 'missing' end"
    shown = ", ".join(f'{status.format(row)} as "{row}", "r:{row}", "f:{row}"' for row in ROWS)
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"set threads = {threads}")
        if memory:
            connection.execute("set memory_limit = ?", [memory])
        connection.execute(
            f"""copy (select subject, {shown} from (select subject, {rows} from (select subject, {names} from (
                select subject, {sums} from read_parquet('{facts}/*.parquet', file_row_number = true) group by subject))))
            to '{out}/answers.parquet'"""
        )


def sums_of(name: str) -> list[str]:
    """What is known of a question: the facts that may decide it, and why there is none."""
    concept, window, pick, wanted = ASKED[name]
    start = f"date '{since(window)}'" if window is not None else ""
    own = f"concept = '{concept}'"
    mine = f"{own} and {USABLE}" + (f" and first_day >= {start}" if start else "")
    said = "assertion = 'present'"
    if isinstance(wanted, tuple):
        said += f" and value in ({', '.join(repr(word) for word in wanted)})"
    elif wanted is not None:
        said += f" and low >= {wanted}"
    day = "coalesce(first_day, date '0001-01-01')"
    latest = f"max({day}) filter ({mine} and {{}})"
    found = [
        f"arg_max(file_row_number, {day}) filter ({mine} and {said}) as {name}_yes",
        f"arg_max(file_row_number, {day}) filter ({mine} and not ({said})) as {name}_no",
        f"bool_or(kind = 'fact' and not signed) filter ({own}) as {name}_unsigned",
        f"bool_or(kind = 'fact') filter ({own}) as {name}_any",
    ]
    if pick == "latest":
        found += [f"{latest.format(said)} as {name}_yes_day", f"{latest.format(f'not ({said})')} as {name}_no_day"]
    if pick == "never":
        found.append(f"bool_or(kind = 'coverage') filter ({own}) as {name}_complete")
    return found


def answers_of(name: str) -> list[str]:
    pick = ASKED[name][2]
    yes, no = f"{name}_yes is not null", f"{name}_no is not null"
    nothing = f"case when {name}_unsigned then 'unsigned' when {name}_any then 'stale' else 'no_evidence' end"
    if pick == "any":
        cases = [(yes, 1, "'value'", "yes"), (no, -1, "'stated_absent'", "no")]
    elif pick == "latest":
        cases = [
            (f"{name}_yes_day = {name}_no_day", 0, "'conflicting'", "yes"),
            (f"{yes} and ({name}_no_day is null or {name}_yes_day > {name}_no_day)", 1, "'value'", "yes"),
            (no, -1, "'value'", "no"),
        ]
    else:
        cases = [
            (f"{yes} and {no}", 0, "'conflicting'", "yes"),
            (yes, -1, "'value'", "yes"),
            (no, 1, "'stated_absent'", "no"),
            (f"{name}_complete", 1, "'absent_and_covered'", ""),
        ]
    truth = " ".join(f"when {test} then {truth}" for test, truth, _reason, _fact in cases)
    reason = " ".join(f"when {test} then {reason}" for test, _truth, reason, _fact in cases)
    fact = " ".join(f"when {test} then {f'{name}_{fact}' if fact else 'null'}" for test, _truth, _reason, fact in cases)
    return [
        f"case {truth} else 0 end as {name}_t", f"case {reason} else {nothing} end as {name}_r", f"case {fact} end as {name}_f",
    ]  # fmt: skip


def answer_of_row(row: str, lists: list[list[str]]) -> list[str]:
    """The least of each list, the greatest of those; reason and fact of the first name with that truth."""
    least = [f"least({', '.join(f'{name}_t' for name in names)})" for names in lists]
    truth = f"greatest({', '.join(least)})"
    names = dict.fromkeys(name for names in lists for name in names)

    def first(end: str) -> str:
        return "case " + " ".join(f"when {name}_t = {truth} then {name}_{end}" for name in names) + " end"

    return [f'{truth} as "t:{row}"', f'{first("r")} as "r:{row}"', f'{first("f")} as "f:{row}"']
