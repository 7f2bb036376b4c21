"""Commands. The only module that reads the clock, the environment and the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

import orjson
from rich.console import Console
from rich.table import Table

from chartproof import __version__
from chartproof.errors import ChartproofError, InputError

WIDTH = 100
DEMO = "tecartus-mcl"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Exit status 0, or 2 with one coded line where the input cannot be used."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except ChartproofError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has gone (chartproof review ... | head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("CP-CLI-02: stopped. Nothing was written.", file=sys.stderr)
        return 130
    return 0


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one coded line."""

    def error(self, message: str) -> NoReturn:
        print(f"CP-CLI-01: {message}. See: {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def parser() -> argparse.ArgumentParser:
    top = Parser(
        prog="chartproof", description="Proves, criterion by criterion, what a chart says about a payer's policy."
    )
    top.add_argument("--version", action="version", version=f"chartproof {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    def command(
        name: str, run: Callable[[argparse.Namespace], None], text: str, example: str
    ) -> argparse.ArgumentParser:
        one = commands.add_parser(
            name,
            help=text,
            description=text,
            epilog=f"example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.set_defaults(run=run)
        return one

    demo = command("demo", run_demo, "the demo case, end to end", "chartproof demo")
    demo.add_argument("--out", default="build/demo", help="folder for the results (default: %(default)s)")

    one = command("review", run_review, "review a folder of records", "chartproof review records/ --json review.json")
    add_case(one)
    one.add_argument("--json", metavar="FILE", help="write the review file here too")

    one = command(
        "packet",
        run_packet,
        "write the appeal or prior-authorization package",
        "chartproof packet records/ --out package/",
    )
    add_case(one)
    one.add_argument("--out", required=True, metavar="DIR", help="a new or empty folder, or one that chartproof wrote")
    one.add_argument("--for", dest="purpose", choices=("appeal", "prior-auth", "external-review"),
                     help="default: appeal where the folder holds a denial, else prior-auth")  # fmt: skip

    one = command("letter", run_letter, "read one denial letter", "chartproof letter denial.pdf")
    one.add_argument("file", metavar="FILE")
    one.add_argument("--json", metavar="FILE", help="write what was read here")

    one = command(
        "deadlines", run_deadlines, "the dates that follow from the law",
        "chartproof deadlines --plan-type commercial_insured --state NY --given notice_received=2026-04-30",
    )  # fmt: skip
    one.add_argument("--plan-type", required=True, metavar="TYPE")
    one.add_argument("--state", default="", metavar="NY")
    one.add_argument(
        "--given", action="append", default=[], metavar="EVENT=DATE", help="what happened when; may be repeated"
    )
    one.add_argument("--item", default="", metavar="KIND", help="drug or service, where the rule depends on it")
    one.add_argument("--json", metavar="FILE", help="write the dates here")

    one = command(
        "policy", run_policy, "the policies that chartproof knows", "chartproof policy english excellus/7.02.11"
    )
    one.add_argument("action", choices=("list", "show", "english", "check"))
    one.add_argument("policy", nargs="?", metavar="ID|FILE")
    return top


def add_case(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", metavar="FOLDER", help="the patient's records; case.yaml in it is optional")
    one.add_argument("--policy", default="excellus/7.02.11", metavar="ID|FILE", help="default: %(default)s")
    one.add_argument("--as-of", metavar="DATE", help="the day for which is asked (default: case.yaml, else today)")
    one.add_argument(
        "--workers", type=int, default=os.cpu_count() or 2, help="processes that read scans (default: one per core)"
    )


def run_demo(options: argparse.Namespace) -> None:
    folder = demo_folder()
    out = Path(options.out)
    print(f"The demo case: {folder}. The patient, the letter and all records in it are invented.")
    options.folder, options.policy, options.as_of, options.purpose = str(folder), "excellus/7.02.11", None, "appeal"
    options.workers = os.cpu_count() or 2
    write_package(options, out)


def demo_folder() -> Path:
    """The demo case in this checkout, else the copy that the package carries."""
    here = Path(__file__).resolve()
    for place in (here.parents[2] / "examples" / DEMO, here.parent / "examples" / DEMO):
        if place.is_dir():
            return place
    raise InputError(
        "CP-CLI-03", "the demo case is not installed", then="Run the command in a checkout of the project."
    )


def run_review(options: argparse.Namespace) -> None:
    from chartproof.packet.terminal import print_review
    from chartproof.tour import review_json

    review = reviewed(options)
    print_review(review, console())
    if options.json:
        write_file(Path(options.json), review_json(review))
        print(f"Written: {options.json}")


def run_packet(options: argparse.Namespace) -> None:
    write_package(options, Path(options.out))


def write_package(options: argparse.Namespace, out: Path) -> None:
    from chartproof.packet.package import refuse_foreign
    from chartproof.packet.terminal import print_review
    from chartproof.tour import write_review

    refuse_foreign(out)  # before the reading, so that nobody waits for a refusal
    review = reviewed(options)
    purpose = options.purpose or ("appeal" if review.denial else "prior-auth")
    written = write_review(
        review, folder=Path(options.folder), out=out, purpose=purpose, stamp=datetime.now().astimezone()
    )
    print_review(review, console())
    print("Written:")
    for path in written:
        print(f"  {path}")


def reviewed(options: argparse.Namespace):  # type: ignore[no-untyped-def]
    from chartproof.chart.casefile import parse_day
    from chartproof.tour import review_folder

    as_of = parse_day(options.as_of, where="--as-of") if options.as_of else None
    return review_folder(
        Path(options.folder), today=date.today(), policy=options.policy, as_of=as_of,
        workers=max(1, options.workers), progress=progress(),
    )  # fmt: skip


def progress() -> Callable[[str, int, int], None]:
    """Names the file being read: one line that changes on a terminal, one line a file elsewhere."""
    live = sys.stderr.isatty()
    last = ""

    def tell(name: str, done: int, total: int) -> None:
        nonlocal last
        if live:
            end = "\n" if done == total else ""
            print(f"\r\033[2KReading {done} of {total} pages: {name[:60]}", end=end, file=sys.stderr, flush=True)
        elif name != last:
            print(f"Reading {name}", file=sys.stderr)
        last = name

    return tell


def run_letter(options: argparse.Namespace) -> None:
    from chartproof.chart.files import read_file
    from chartproof.rights.letter import read_letter
    from chartproof.rights.reading import letter_json

    path = Path(options.file)
    source = read_file(path)
    letter = read_letter(source.pages, file=source.name)
    record = letter_json(letter)
    table = Table(title=None, show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in record.items():
        table.add_row(key.replace("_", " "), "not stated" if value in (None, [], "") else plain(value))
    console().print(table)
    if options.json:
        write_file(Path(options.json), orjson.dumps(record, option=orjson.OPT_INDENT_2) + b"\n")
        print(f"Written: {options.json}")


def plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {plain(one)}" for key, one in value.items() if one not in (None, "", []))
    if isinstance(value, (list, tuple)):
        return "\n".join(plain(one) for one in value)
    return str(value)


def run_deadlines(options: argparse.Namespace) -> None:
    from chartproof.rights.deadlines import deadlines, parse_given
    from chartproof.rights.reading import deadlines_json

    found = deadlines(
        plan_type=options.plan_type, state=options.state, given=parse_given(options.given), item=options.item
    )  # fmt: skip
    record = deadlines_json(found)
    table = Table(box=None, pad_edge=False)
    for title in ("due", "act by", "who", "what", "citation"):
        table.add_column(title, overflow="fold")
    for one in found:
        confirm = "" if one.verified else " (confirm: not verified)"
        table.add_row(f"{one.due}", f"{one.safe_due}", one.who, one.what + confirm, one.citation)
    console().print(table if found else "No rule of this plan type follows from what was given.")
    if options.json:
        write_file(Path(options.json), orjson.dumps(record, option=orjson.OPT_INDENT_2) + b"\n")
        print(f"Written: {options.json}")


def run_policy(options: argparse.Namespace) -> None:
    from chartproof.policy.checks import check_policy
    from chartproof.policy.english import english
    from chartproof.policy.load import list_policies, load_policy

    if options.action == "list":
        for entry in list_policies():
            print(f"{entry.id:24} {entry.edition}  {entry.title}")
        return
    if not options.policy:
        raise InputError("CP-CLI-04", "which policy?", then="Give an id from 'chartproof policy list', or a file.")
    if options.action == "check":
        problems = check_policy(load_policy(options.policy))
        for problem in problems:
            print(problem)
        if problems:
            raise InputError("CP-CLI-05", f"{len(problems)} problems were found", where=str(options.policy))
        print("No problem found.")
        return
    policy = load_policy(options.policy)
    if options.action == "english":
        print("\n".join(english(policy)))
        return
    table = Table(box=None, pad_edge=False)
    for title in ("id", "kind", "what is asked", "basis"):
        table.add_column(title, overflow="fold")
    for rule in policy.rules:
        table.add_row(rule.id, rule.kind, rule.says, rule.basis or "policy")
    console().print(table)


def console() -> Console:
    width = None if sys.stdout.isatty() else WIDTH
    return Console(width=width, highlight=False, soft_wrap=False)


def write_file(path: Path, data: bytes) -> None:
    """Whole or not at all: written beside its place, then moved there."""
    if not path.parent.is_dir():
        raise InputError(
            "CP-CLI-06", "the folder to write into does not exist", where=str(path.parent), then="Make it first."
        )
    half = path.with_name(path.name + ".part")
    half.write_bytes(data)
    half.replace(path)


if __name__ == "__main__":
    raise SystemExit(main())
