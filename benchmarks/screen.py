"""How fast a population is screened, beside the shortcuts that people write by hand for the same policy.

usage: python benchmarks/screen.py [--subjects 10000 100000] [--ways screen sql polars ...] [--threads 2] [--memory 1500MB]
    [--modules FOLDER]

Makes an invented registry of about 60 facts a subject, then asks Excellus 7.02.11 and the label of one drug in both of its
indications of all of them, each way in a process of its own:

    screen     the whole command: read, check, decide, write
    sql        one DuckDB statement written for these rows: a yes or no a row, no reason, no fact, no third value
    answers    one written for them with the output of screen: status, reason and the fact's row
    polars     the shortcut of sql in polars, where it is installed (it is no dependency: pip install polars)
    python     the same shortcut in a loop of plain Python
    spark      the whole command with --engine spark on local[threads], where it is installed (pip install chartproof[spark])
    one-by-one the review's own decision, a case at a time, on 200 subjects
    cql        the same rows in CQL, run by the npm package cql-execution on 1,000 subjects, whose facts it is given as bare
               objects found by their code: the least that they can cost it. A yes, no or unknown a row
    cql-fhir   the same, the facts as FHIR through its own package cql-exec-fhir, which is how a record reaches it

(both of the last need --modules, a folder with those packages and the translator: see screen_ways/by_cql.mjs, scripts/elm.mjs)
and prints seconds of processor and of the clock, subjects a second of processor time, the most memory, and ratios to
`sql` and `answers`. All of the shortcuts drop ties, conflicts, partial days, units and addenda: how many rows they call met
that the plan does not is printed beside them. On a machine that others use, only the processor's seconds say much.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import duckdb
from screen_ways.asked import AS_OF, POLICIES, ROWS
from screen_ways.by_cql import SOME, by_cql, by_cql_fhir, prepare
from screen_ways.by_hand import by_polars, by_python
from screen_ways.by_plan import FEW, by_one, by_screen, by_spark
from screen_ways.by_sql import by_answers, by_sql

from chartproof.screen.synthetic import write_registry

WAYS: dict[str, Callable[[Path, Path, int, str], None]] = {
    "screen": by_screen, "sql": by_sql, "answers": by_answers, "polars": by_polars, "python": by_python, "spark": by_spark, "one-by-one": by_one,
    "cql": by_cql, "cql-fhir": by_cql_fhir,
}  # fmt: skip
#: Ways too slow for all of the subjects.
PART = {"one-by-one": FEW, "cql": SOME, "cql-fhir": SOME}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--subjects", type=int, nargs="+", default=[10_000, 100_000])
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--share", type=float, default=1.0, help="of the facts of a subject: 0.1 makes about 6 of them"
    )
    options.add_argument("--place", type=Path, help="where the registry and the answers are kept meanwhile")
    options.add_argument("--alone", action="store_true", help="only --ways, without sql beside them")
    options.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS), help="those to run, after sql")
    options.add_argument(
        "--modules", type=Path, help="a folder in which the npm packages of cql and cql-fhir are installed"
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
        with tempfile.TemporaryDirectory(dir=asked.place) as place:
            measure(Path(place), subjects, asked)


def one(way: str, facts: Path, out: Path, threads: int, memory: str) -> None:
    """Runs one way in this process and prints what it took. What every process loads is taken off; Java and node are counted."""
    before, start = processor(), perf_counter()
    WAYS[way](facts, out, threads, memory)
    print(json.dumps({"cpu": processor() - before, "clock": perf_counter() - start, "memory": peak()}))


def processor() -> float:
    """Seconds of this process and of its children that ended."""
    spent = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def peak() -> float:
    """The most memory of this process and of the largest that it started, in MB (Linux; else what getrusage says, which
    counts the parent's too)."""
    started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 + started
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024 + started


def answer(query: str) -> tuple[int, ...]:
    """The first row of a query."""
    found = duckdb.connect(":memory:").execute(query).fetchone()
    return tuple(int(value) for value in found or ())


def measure(place: Path, subjects: int, asked: argparse.Namespace) -> None:
    facts, threads = place / "facts", asked.threads
    write_registry(facts, subjects, seed=asked.seed, as_of=AS_OF, share=asked.share)
    (told,) = answer(f"select count(*) from '{facts}/*.parquet' where kind = 'fact'")
    print(
        f"\n{subjects:,} subjects, {told:,} facts ({told / subjects:.0f} each), {len(ROWS)} rows and {CONSTANT} that are constants, {threads} threads"
    )
    print(
        f"{'way':12} {'cpu s':>8} {'clock s':>8} {'subjects / cpu s':>17} {'MB':>7} {'to sql':>7} {'to answers':>10}  called met, is not"
    )
    if asked.modules:
        prepare(facts, place, asked.modules, min(SOME, subjects))
    results: dict[str, dict[str, float]] = {}
    beside = () if asked.alone else ("sql",)
    for way in dict.fromkeys((*beside, *asked.ways)):
        command = [sys.executable, __file__, "--way", way, "--facts", str(facts), "--out", str(place)]
        command += ["--threads", str(threads), "--memory", asked.memory]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            print(f"{way:12} not run: {done.stderr.strip().splitlines()[-1][:80]}")
            continue
        results[way] = json.loads(done.stdout.strip().splitlines()[-1])
    for way, took in results.items():
        count = min(PART.get(way, subjects), subjects)
        ratios = [
            f"{(took['cpu'] / count) / (results[name]['cpu'] / subjects):.1f}" if name in results else ""
            for name in ("sql", "answers")
        ]
        print(
            f"{way:12} {took['cpu']:8.2f} {took['clock']:8.2f} {count / took['cpu']:17,.0f} {took['memory']:7.0f} {ratios[0]:>7} {ratios[1]:>10}"
            f"  {wrongly_met(place, way)}"
        )
    for way in ("cql", "cql-fhir"):
        if way in results and "screen" in results:
            times = results[way]["cpu"] / min(SOME, subjects) / (results["screen"]["cpu"] / subjects)
            print(f"screen answers {times:,.0f} times as many subjects in a second of the processor as {way}")


#: Rows of the labels that this drug's does not ask: prior_lines, required_classes and limitation_of_use, twice.
CONSTANT = 6


def wrongly_met(place: Path, way: str) -> str:
    """Of the rows that the shortcut calls met, how many the plan does not."""
    if way not in ("sql", "answers", "polars", "cql", "cql-fhir") or not (place / "screen").is_dir():
        return ""
    names = ", ".join(f'"{row}"' for row in ROWS)
    told = f"read_json('{place}/cql.ndjson')" if way.startswith("cql") else f"'{place}/{way}.parquet'"
    found = answer(
        f"""select count(*) filter (c.status in ('missing', 'not_met')), count(*)
        from (unpivot (select subject, cast(columns(* exclude subject) as varchar) from {told}) on {names} into name criterion value holds) h
        inner join '{place}/screen/criteria/*.parquet' c on c.subject = h.subject
            and case when c.policy = '{POLICIES[0]}' then '' else c.policy || '/' end || c.criterion = h.criterion
        where h.holds = '{"met" if way == "answers" else "true"}'"""
    )
    return f"{found[0]:,} of {found[1]:,}"


if __name__ == "__main__":
    main()
