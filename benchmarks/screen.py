"""How fast a population is screened, beside the shortcuts that people write by hand for the same policy.

usage: python benchmarks/screen.py [--subjects 10000 100000] [--ways screen sql polars ...] [--threads 2] [--memory 1500MB]

Makes an invented registry of about 60 facts a subject, then runs over it, each in a process of its own:

    screen     the whole command: read, check, decide, write (Excellus 7.02.11)
    sql        one DuckDB statement written for this policy: a yes or no a row, no reason, no fact, no third value
    answers    one written for it that answers in three values too: status, reason and the fact's row
    polars     the shortcut of sql in polars, where it is installed (it is no dependency: pip install polars)
    python     the same shortcut in a loop of plain Python
    spark      the whole command with --engine spark on local[threads], where it is installed (pip install chartproof[spark])
    one-by-one the review's own decision, a case at a time, on 200 subjects

A CQL engine is not among them: the policy is not written in CQL here.

and prints seconds of processor and of the clock, subjects a second of processor time, the most memory, and ratios to
`sql` and `answers`. All of them drop ties, conflicts, partial days, units and addenda: how many rows they call met that the plan does
not is printed beside them. On a machine that others use, only the processor's seconds say much.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb

from chartproof.cli_screen import compiled
from chartproof.policy.load import concepts
from chartproof.screen.engine import Opener, duck_engine
from chartproof.screen.run import Limits, screen
from chartproof.screen.schema import Vocabulary
from chartproof.screen.spark import spark_engine
from chartproof.screen.synthetic import write_registry

AS_OF = date(2026, 5, 4)
POLICY = "excellus/7.02.11"
FEW = 200

#: Name: concept, window in days, pick, words or least number. `never`: stated absent or a complete record, and not present.
ASKED: dict[str, tuple[str, int | None, str, tuple[str, ...] | float | None]] = {
    "approved": ("pharmacy_approval", None, "latest", ("approved",)),
    "no_car_t": ("prior_car_t", None, "never", None),
    "team": ("mdt_recommendation", 60, "latest", ("recommended",)),
    "organs": ("organ_function_statement", 60, "latest", ("adequate",)),
    "lvef": ("lvef", 90, "latest", 40.0),
    "metabolic": ("metabolic_panel", 30, "any", None),
    "no_transplant": ("allogeneic_transplant", None, "never", None),
    "outpatient": ("place_of_service", None, "latest", ("outpatient",)),
    "inpatient": ("place_of_service", None, "latest", ("inpatient",)),
    "reason": ("inpatient_reason", None, "any", None),
    "risk": ("risk_benefit_analysis", None, "any", None),
    "pathology": ("pathology_diagnosis", None, "any", None),
    "listed": ("comorbidities_identified", None, "any", None),
    "managed": ("comorbidities_managed", None, "any", None),
    "assessed": ("comorbidities_assessed", 60, "any", None),
    "consult": ("specialist_consult", None, "latest", ("filed", "none_needed")),
    "stressors": ("psychosocial_stressors", 90, "any", None),
    "ecog": ("ecog", 30, "any", None),
    "karnofsky": ("karnofsky", 30, "any", None),
    "cbc": ("cbc_panel", 30, "any", None),
    "cmv": ("cmv_igg", 180, "any", None),
    "hbsag": ("hbsag", 180, "any", None),
    "anti_hbc": ("anti_hbc", 180, "any", None),
    "hcv": ("hcv_ab", 180, "any", None),
    "hiv": ("hiv", 180, "any", None),
    "ecg": ("ecg", 60, "any", None),
    "heart": ("cardiac_imaging", 90, "any", None),
    "xray": ("chest_xray", 90, "any", None),
    "lungs": ("pulmonary_function_test", 90, "any", None),
    "no_need": ("lung_function_need", None, "never", None),
    "screened": ("cancer_screening", None, "latest", ("current", "nothing_due")),
}
#: A row holds where every name of one of its lists does.
ROWS: dict[str, list[list[str]]] = {
    "PRE": [["approved"]], "I.A": [["no_car_t"]], "I.B": [["team"]], "I.C": [["organs", "lvef", "metabolic"]],
    "II": [["no_transplant"]], "DOC.A.1": [["outpatient"], ["inpatient"]],
    "DOC.A.2": [["outpatient"], ["inpatient", "reason"]], "DOC.B.1": [["risk"]], "DOC.B.2": [["pathology"]],
    "DOC.B.3": [["listed"]], "DOC.B.4": [["managed"]], "DOC.B.5": [["assessed"]], "DOC.B.6": [["consult"]],
    "DOC.C.1": [["stressors"]], "DOC.D": [["ecog"], ["karnofsky"]], "DOC.E.1": [["cbc"]], "DOC.E.2": [["metabolic"]],
    "DOC.E.3": [["cmv", "hbsag", "hcv"], ["cmv", "anti_hbc", "hcv"]], "DOC.E.4": [["hiv"]], "DOC.F.1": [["ecg"]],
    "DOC.F.2": [["heart"]], "DOC.G.1": [["xray"]], "DOC.G.2": [["lungs"], ["no_need"]], "DOC.H.1": [["screened"]],
}  # fmt: skip
USABLE = f"""kind = 'fact' and signed and source is not null and assertion in ('present', 'absent')
    and (first_day is null or first_day <= date '{AS_OF}')"""


def by_screen(facts: Path, out: Path, threads: int, memory: str) -> None:
    screened(facts, out / "screen", Limits(memory, threads), duck_engine)


def by_spark(facts: Path, out: Path, threads: int, memory: str) -> None:
    on_spark = partial(spark_engine, master=f"local[{threads}]", memory=memory or "2GB")
    screened(facts, out / "spark", Limits(memory, threads, 1_000_000), on_spark)
    from pyspark import SparkContext

    java = SparkContext._gateway.proc
    java.stdin.close()  # it ends with its input, and only then are its seconds told
    java.wait()


def screened(facts: Path, out: Path, limits: Limits, engine: Opener) -> None:
    vocabulary = [Vocabulary(one.id, one.type, one.values) for one in concepts().values()]
    screen(
        facts,
        [compiled(POLICY)],
        vocabulary,
        out=out,
        as_of=AS_OF,
        limits=limits,
        progress=lambda *_: None,
        engine=engine,
    )


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
    recent = f" and first_day >= date '{AS_OF - timedelta(days=window)}'" if window is not None else ""
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
    start = f"date '{AS_OF - timedelta(days=window)}'" if window is not None else ""
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


def by_polars(facts: Path, out: Path, threads: int, memory: str) -> None:
    import os

    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    usable = (
        (pl.col("kind") == "fact") & pl.col("signed") & pl.col("source").is_not_null()
        & pl.col("assertion").is_in(["present", "absent"])
        & (pl.col("first_day").is_null() | (pl.col("first_day") <= AS_OF))
    )  # fmt: skip
    found = []
    for name, (concept, window, pick, wanted) in ASKED.items():
        mine = pl.col("usable") & (pl.col("concept") == concept)
        if window is not None:
            mine = mine & (pl.col("first_day") >= AS_OF - timedelta(days=window))
        said = pl.col("assertion") == "present"
        if isinstance(wanted, tuple):
            said = said & pl.col("value").is_in(list(wanted))
        elif wanted is not None:
            said = said & (pl.col("low") >= wanted)
        told = said.filter(mine)
        if pick == "any":
            one = told.any()
        elif pick == "latest":
            one = told.sort_by(pl.col("first_day").filter(mine), nulls_last=False).last().fill_null(False)
        else:
            absent = (pl.col("assertion") == "absent").filter(mine).any()
            complete = ((pl.col("kind") == "coverage") & (pl.col("concept") == concept)).any()
            one = ~told.any() & (absent | complete)
        found.append(one.alias(name))
    rows = [pl.any_horizontal([pl.all_horizontal(names) for names in lists]).alias(row) for row, lists in ROWS.items()]
    (
        pl.scan_parquet(f"{facts}/*.parquet").with_columns(usable.alias("usable")).group_by("subject").agg(found)
        .select("subject", *rows).collect(engine="streaming").write_parquet(out / "polars.parquet")
    )  # fmt: skip


def by_python(facts: Path, out: Path, threads: int, memory: str) -> None:
    by_concept: dict[str, list[str]] = {}
    for name, (concept, *_rest) in ASKED.items():
        by_concept.setdefault(concept, []).append(name)
    seen: dict[str, dict[Any, Any]] = {}
    cursor = duckdb.connect(":memory:").execute(
        f"select subject, kind, concept, assertion, value, low, first_day, signed, source from '{facts}/*.parquet'"
    )
    while block := cursor.fetchmany(100_000):
        for subject, kind, concept, assertion, value, low, day, signed, source in block:
            mine = seen.setdefault(subject, {})
            for name in by_concept.get(concept, ()):
                _concept, window, pick, wanted = ASKED[name]
                if kind == "coverage":
                    mine[name, "complete"] = True
                    continue
                if not signed or source is None or assertion not in ("present", "absent") or (day and day > AS_OF):
                    continue
                if window is not None and (day is None or (AS_OF - day).days > window):
                    continue
                said = assertion == "present"
                if said and isinstance(wanted, tuple):
                    said = value in wanted
                elif said and wanted is not None:
                    said = low is not None and low >= wanted
                if pick == "latest":
                    if (day or date.min) >= mine.get((name, "day"), date.min):
                        mine[name, "day"], mine[name] = day or date.min, said
                elif pick == "any":
                    mine[name] = mine.get(name, False) or said
                else:
                    mine[name, "present" if said else "absent"] = True
    answers = [[subject, *(row_holds(lists, mine) for lists in ROWS.values())] for subject, mine in seen.items()]
    (out / "python.json").write_text(json.dumps(answers), encoding="utf-8")


def row_holds(lists: list[list[str]], mine: Mapping[Any, Any]) -> bool:
    def holds(name: str) -> bool:
        if ASKED[name][2] != "never":
            return bool(mine.get(name))
        told = mine.get((name, "absent")) or mine.get((name, "complete"))
        return bool(told and not mine.get((name, "present")))

    return any(all(holds(name) for name in names) for names in lists)


def by_one(facts: Path, out: Path, threads: int, memory: str) -> None:
    """The review's decision, a subject at a time; reading the table is not counted against it."""
    from chartproof.decide.fold import fold_criterion, tree_of
    from chartproof.decide.resolve import resolve
    from chartproof.model.day import DayRange
    from chartproof.model.fact import Fact, Quantity, Span

    rows = compiled(POLICY)
    tree = tree_of(rows)
    told = duckdb.connect(":memory:").execute(
        f"""select subject, concept, assertion, value, low, high, unit, first_day, coalesce(last_day, first_day)
        from '{facts}/*.parquet' where kind = 'fact' and subject < 'S{FEW:09}' order by subject"""
    )
    people: dict[str, list[Fact]] = {}
    for number, (subject, concept, assertion, value, low, high, unit, first, last) in enumerate(told.fetchall()):
        amount = Quantity(low, high, unit or "") if low is not None else None
        when = DayRange(first, last) if first else None
        people.setdefault(subject, []).append(
            Fact(str(number), concept, assertion, (Span("f", 1, 0, 1, "x"),), value, amount, when)
        )
    for chart in people.values():
        results = resolve(chart, rows.leaves, rows.answers, as_of=AS_OF).results
        for criterion in rows.criteria:
            fold_criterion(criterion, tree, results)


WAYS: dict[str, Callable[[Path, Path, int, str], None]] = {
    "screen": by_screen, "sql": by_sql, "answers": by_answers, "polars": by_polars, "python": by_python, "spark": by_spark, "one-by-one": by_one,
}  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--subjects", type=int, nargs="+", default=[10_000, 100_000])
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--ways", nargs="+", choices=WAYS, default=list(WAYS), help="those to run; sql and answers always are"
    )
    options.add_argument("--memory", default="", help="the limit of the tables of screen, sql and spark")
    options.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    options.add_argument("--facts", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.way:
        one(asked.way, asked.facts, asked.out, asked.threads, asked.memory)
        return
    for subjects in asked.subjects:
        with tempfile.TemporaryDirectory() as place:
            measure(Path(place), subjects, asked)


def one(way: str, facts: Path, out: Path, threads: int, memory: str) -> None:
    """Runs one way in this process and prints what it took. What every process loads is taken off; Java is counted, but
    its memory is not (it is as large as --memory lets it be)."""
    before, start = processor(), perf_counter()
    WAYS[way](facts, out, threads, memory)
    print(json.dumps({"cpu": processor() - before, "clock": perf_counter() - start, "memory": peak()}))


def processor() -> float:
    """Seconds of this process and of its children that ended."""
    spent = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def peak() -> float:
    """The most memory of this process, in MB (Linux; else what getrusage says, which counts the parent's too)."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def answer(query: str) -> tuple[int, ...]:
    """The first row of a query."""
    found = duckdb.connect(":memory:").execute(query).fetchone()
    return tuple(int(value) for value in found or ())


def measure(place: Path, subjects: int, asked: argparse.Namespace) -> None:
    facts, threads = place / "facts", asked.threads
    write_registry(facts, subjects, seed=asked.seed, as_of=AS_OF)
    (told,) = answer(f"select count(*) from '{facts}/*.parquet' where kind = 'fact'")
    print(f"\n{subjects:,} subjects, {told:,} facts ({told / subjects:.0f} each), {len(ROWS)} rows, {threads} threads")
    print(
        f"{'way':12} {'cpu s':>8} {'clock s':>8} {'subjects / cpu s':>17} {'MB':>7} {'to sql':>7} {'to answers':>10}  called met, is not"
    )
    results: dict[str, dict[str, float]] = {}
    for way in dict.fromkeys(("sql", "answers", *asked.ways)):
        command = [sys.executable, __file__, "--way", way, "--facts", str(facts), "--out", str(place)]
        command += ["--threads", str(threads), "--memory", asked.memory]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            print(f"{way:12} not run: {done.stderr.strip().splitlines()[-1][:80]}")
            continue
        results[way] = json.loads(done.stdout.strip().splitlines()[-1])
    for way, took in results.items():
        count = min(FEW, subjects) if way == "one-by-one" else subjects
        to_sql, to_answers = (
            (took["cpu"] / count) / (results[name]["cpu"] / subjects) for name in ("sql", "answers")
        )  # fmt: skip
        print(
            f"{way:12} {took['cpu']:8.2f} {took['clock']:8.2f} {count / took['cpu']:17,.0f} {took['memory']:7.0f} {to_sql:7.1f} {to_answers:10.1f}"
            f"  {wrongly_met(place, way)}"
        )


def wrongly_met(place: Path, way: str) -> str:
    """Of the rows that the shortcut calls met, how many the plan does not."""
    if way not in ("sql", "answers", "polars") or not (place / "screen").is_dir():
        return ""
    names = ", ".join(f'"{row}"' for row in ROWS)
    found = answer(
        f"""select count(*) filter (c.status in ('missing', 'not_met')), count(*)
        from (unpivot '{place}/{way}.parquet' on {names} into name criterion value holds) h
        inner join '{place}/screen/criteria/*.parquet' c on c.subject = h.subject and c.criterion = h.criterion
        where h.holds{" = 'met'" if way == "answers" else ""}"""
    )
    return f"{found[0]:,} of {found[1]:,}"


if __name__ == "__main__":
    main()
