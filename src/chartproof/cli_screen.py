"""The commands `screen`, the same policy over a population, and `screen-registry`, an invented one. Part of the command line;
nothing imports it but cli.py."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chartproof.errors import InputError
from chartproof.writing import unwritable

if TYPE_CHECKING:
    from chartproof.model.rows import Rows
    from chartproof.screen.engine import Opener

Command = Callable[[str, Callable[[argparse.Namespace], None], str, str], argparse.ArgumentParser]


def add_screen_commands(command: Command) -> None:
    add_screen_command(command)
    one = command(
        "screen-registry", run_registry, "write an invented registry, to try the screen on",
        "chartproof screen-registry registry/ --subjects 5000 --as-of 2026-05-04",
    )  # fmt: skip
    one.add_argument("out", metavar="DIR", help="a new folder: a facts table in parts; nobody in it is real")
    one.add_argument("--subjects", type=int, default=5000, metavar="N", help="default: %(default)s")
    one.add_argument("--as-of", required=True, metavar="DATE", help="the day up to which there are facts")
    one.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same gives the same rows (default: %(default)s)"
    )
    one.add_argument(
        "--share",
        type=float,
        default=1.0,
        metavar="0.1",
        help="of about 60 facts a subject only this share (default: all)",
    )


def run_registry(options: argparse.Namespace) -> None:
    from chartproof.screen.synthetic import write_registry

    if options.subjects < 1 or not 0 < options.share <= 1:
        raise InputError("CP-SCR-13", "--subjects is at least 1, and --share above 0 and at most 1")
    as_of, out = day_of(options.as_of, "--as-of"), Path(options.out)
    with told_of_disk(out):
        write_registry(
            out, options.subjects, seed=options.seed, as_of=as_of, share=options.share, progress=progress()
        )  # fmt: skip
    print(f"{options.subjects:,} invented subjects: {out}\n")
    print(
        f"chartproof screen {out} --policy excellus/7.02.11 --policy brexu_mcl --as-of {as_of} --out {out.name}-screened"
    )


def add_screen_command(command: Command) -> None:
    one = command(
        "screen", run_screen, "ask the same policy of a whole population",
        "chartproof screen facts.parquet --policy excellus/7.02.11 --as-of 2026-05-04 --out screened/",
    )  # fmt: skip
    one.add_argument(
        "facts",
        metavar="FACTS",
        help="a facts table (.parquet, .csv, .duckdb), a folder of them, a FHIR bulk export (a folder of .ndjson or .ndjson.gz), or a folder of review files",
    )
    one.add_argument(
        "--policy", action="append", required=True, metavar="ID|FILE",
        help="a known policy, a label's indication such as brexu_mcl, or a policy file; may be repeated",
    )  # fmt: skip
    one.add_argument("--as-of", required=True, metavar="DATE", help="the day for which is asked")
    one.add_argument("--compare", metavar="ID|FILE", help="another edition: what it changes from the first --policy")
    one.add_argument("--known-by", metavar="DATE", help="leave out what was recorded after this day")
    one.add_argument("--out", required=True, metavar="DIR", help="a new folder, or one that screen wrote")
    one.add_argument(
        "--memory", default="", metavar="1500MB", help="memory for the tables; beyond it a run spills to DIR"
    )
    one.add_argument("--threads", type=int, default=os.cpu_count() or 2, metavar="N", help="default: one per core")
    one.add_argument("--batch", type=int, metavar="N", help="subjects at a time (default: 100000; 1000000 on Spark)")
    one.add_argument(
        "--engine", choices=("duckdb", "spark"), default="duckdb", help="what decides (default: %(default)s)"
    )
    one.add_argument(
        "--master", default="local[*]", metavar="URL",
        help="with --engine spark: the cluster, which must see DIR (default: %(default)s, this machine)",
    )  # fmt: skip


def run_screen(options: argparse.Namespace) -> None:
    from chartproof.policy.load import concepts
    from chartproof.screen.report import write_report
    from chartproof.screen.run import Limits, screen
    from chartproof.screen.schema import Vocabulary

    batch = (1_000_000 if options.engine == "spark" else 100_000) if options.batch is None else options.batch
    if options.threads < 1 or batch < 1:
        raise InputError("CP-SCR-08", "--threads and --batch are at least 1")
    as_of = day_of(options.as_of, "--as-of")
    known_by = day_of(options.known_by, "--known-by") if options.known_by else None
    policies = [compiled(name) for name in (*options.policy, *filter(None, [options.compare]))]
    refuse_twice(policies)
    vocabulary = [Vocabulary(one.id, one.type, one.values) for one in concepts().values()]
    facts = table_of(Path(options.facts), options, as_of=as_of)
    with told_of_disk(Path(options.out)):
        intake = screen(
            facts, policies, vocabulary, out=Path(options.out), as_of=as_of, known_by=known_by,
            limits=Limits(options.memory, options.threads, batch), progress=progress(), engine=engine_of(options),
        )  # fmt: skip
    print(f"{intake.subjects:,} subjects, {intake.rows:,} rows, {intake.facts:,} of them asked about.")
    if intake.rejected or intake.left_out:
        print(f"{intake.rejected:,} rows and {len(intake.left_out)} files were left out: {options.out}/ledger.csv")
    if intake.nameless or intake.left_out:
        print("Some of what was left out names no subject: it may speak against anyone's answer.")
    written = write_report(
        Path(options.out), policies, intake, as_of=as_of, names={one.id: one.name for one in concepts().values()},
        compare=bool(options.compare),
    )  # fmt: skip
    print("A population's met is provisional: nobody has read the pages behind it.\n\nWritten:")
    for path in (*written, Path(options.out, "criteria"), Path(options.out, "subjects")):
        print(f"  {path}")


@contextmanager
def told_of_disk(out: Path) -> Iterator[None]:
    """Raises InputError CP-CLI-07 where the engine cannot write into `out`: its errors are none of the system's."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.TransactionException):
        raise unwritable(out) from None


def engine_of(options: argparse.Namespace) -> Opener:
    """What runs the statements; nothing of Spark is loaded where it is not asked for."""
    from chartproof.screen.engine import duck_engine

    if options.engine == "duckdb":
        return duck_engine
    from chartproof.screen.spark import spark_engine

    return partial(spark_engine, master=options.master, memory=options.memory)


def day_of(text: str, where: str) -> date:
    """A day; a registry whose dates were moved for privacy may be in any year. Raises InputError CP-CASE-03."""
    from chartproof.chart.casefile import parse_day

    try:
        return date.fromisoformat(text)
    except ValueError:
        return parse_day(text, where=where)


def table_of(place: Path, options: argparse.Namespace, *, as_of: date) -> Path:
    """The facts table itself; of a bulk export or a folder of reviews the one that is made of it, in a folder beside --out."""
    from chartproof.bulk.reviews import gather_reviews, reviews
    from chartproof.bulk.run import gather
    from chartproof.bulk.spool import exported
    from chartproof.screen.sources import files_of

    if not place.is_dir():
        return place
    out = Path(f"{str(options.out).rstrip('/')}-facts")
    if used := exported(place):
        found = gather(place, out, as_of=as_of, workers=options.threads, progress=progress())
        read, left = "resources", "lines or notes of the export"
    elif used := reviews(place):
        found = gather_reviews(place, out, progress=progress())
        read, left = "reviews", "reviews"
    else:
        tell_of_others(place, files_of(place))
        return place
    tell_of_others(place, used)
    print(f"{found.lines:,} {read} of {found.subjects:,} subjects gave {found.rows:,} rows: {found.facts}")
    if found.left:
        print(f"{found.left:,} {left} were left out: {found.ledger}")
    return found.facts


def tell_of_others(place: Path, used: Iterable[Path]) -> None:
    """What stands in the folder beside the files that are read is not passed over in silence."""
    from chartproof.bulk.run import LEFT

    known = {path.relative_to(place).parts[0] for path in used}
    names = [one.name for one in place.iterdir() if not one.name.startswith((".", "_")) and one.suffix != LEFT]
    others = sorted(set(names) - known)
    if others:
        more = " and more" if len(others) > 5 else ""
        print(f"Not read, {len(others):,} in {place} beside what is: {', '.join(others[:5])}{more}")


def refuse_twice(policies: list[Rows]) -> None:
    """Raises InputError CP-SCR-09 where two have the same id and edition: their answers could not be told apart."""
    names = [(rows.id, rows.edition) for rows in policies]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise InputError(
            "CP-SCR-09", "the same policy and edition is given twice", where=", ".join(twice),
            then="An edition to compare has a day of its own in 'edition'.",
        )  # fmt: skip


def compiled(name: str) -> Rows:
    """A policy, a label's indication or a file as rows. Raises PolicyError CP-POL-01 to -09."""
    from chartproof.policy.compile import compile_policy
    from chartproof.policy.labels import list_products, load_label
    from chartproof.policy.load import load_policy

    labels = {indication.id for product in list_products() for indication in product.indications}
    return compile_policy(load_label(name) if name in labels else load_policy(name))


def progress() -> Callable[[str, int, int], None]:
    """One line that changes on a terminal; a line at every step of work elsewhere."""
    live, last = sys.stderr.isatty(), ""

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        if live:
            end = "\n" if done == total else ""
            print(f"\r\033[2K{what}, {done:,} of {total:,}", end=end, file=sys.stderr, flush=True)
        elif what != last:
            print(what, file=sys.stderr)
        last = what

    return tell
