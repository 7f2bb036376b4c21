"""Commands. The only module that reads the clock, the environment and the terminal, and that asks a model (endpoint.py)."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from errno import ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rich.text import Text

from chartproof import __version__
from chartproof.cli_desk import add_desk_commands
from chartproof.cli_desk_store import add_store_commands
from chartproof.cli_exchange import add_exchange_command, add_request, request_beside
from chartproof.cli_policy import Command, add_policy_command
from chartproof.cli_screen import add_screen_commands
from chartproof.demo import demo_folder
from chartproof.errors import ChartproofError, InputError
from chartproof.model import Review
from chartproof.writing import WIDTH, console, refuse_closed, refuse_unwritable, write_file, write_record

if TYPE_CHECKING:
    from chartproof.endpoint import Endpoint

POLICY = "excellus/7.02.11"


#: What a chart is read into holds few cycles: looking for them every 700 objects was a twelfth of the time, for no memory.
SELDOM = (50_000, 20, 100)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Exit status 0, or 2 with one coded line where the input or the disk cannot be used."""
    options = parser().parse_args(arguments)
    gc.set_threshold(*SELDOM)
    atexit.register(gc.freeze)  # the interpreter's own last search, for nothing, took a second after a large chart
    try:
        options.run(options)
    except ChartproofError as error:
        if sys.stderr.isatty():
            print("\r\033[2K", end="", file=sys.stderr)  # the line of progress
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has gone (chartproof review ... | head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:  # whatever of the disk no command foresaw
        where = f" ({error.filename})" if error.filename else ""
        then = "Free some space there" if error.errno == ENOSPC else "Check the path and its permissions"
        print(f"CP-CLI-11: {error.strerror or 'the disk failed'}{where}. {then}.", file=sys.stderr)
        return 2
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
    top.formatter_class = argparse.RawDescriptionHelpFormatter
    top.epilog = (
        "example: chartproof review records/\n         chartproof COMMAND --help shows an example of each command"
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    def command(
        name: str, run: Callable[[argparse.Namespace], None], text: str, example: str
    ) -> argparse.ArgumentParser:
        one = commands.add_parser(
            name,
            help=text,
            description=f"{text[0].upper()}{text[1:]}.",
            epilog=f"example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.set_defaults(run=run)
        return one

    add_case_commands(command)
    add_law_commands(command)
    add_policy_command(command)
    add_screen_commands(command)
    add_desk_commands(command)
    add_store_commands(command)
    add_exchange_command(command)
    return top


def add_case_commands(command: Command) -> None:
    demo = command("demo", run_demo, "the demo case, end to end", "chartproof demo")
    demo.add_argument(
        "--out", default="build/demo", metavar="DIR", help="folder for the results (default: %(default)s)"
    )

    one = command("review", run_review, "review a folder of records", "chartproof review records/ --json review.json")
    add_case(one)
    one.add_argument("--json", metavar="FILE", help="write the review file here too")

    one = command(
        "packet", run_packet, "write the appeal or prior-authorization package",
        "chartproof packet records/ --out package/",
    )  # fmt: skip
    add_case(one)
    one.add_argument("--out", required=True, metavar="DIR", help="a new or empty folder, or one that chartproof wrote")
    one.add_argument("--for", dest="purpose", choices=("appeal", "prior-auth", "external-review"),
                     help="default: appeal where the folder holds a denial, else prior-auth")  # fmt: skip
    one.add_argument("--also", action="append", default=[], choices=("network-exception",),
                     help="write this document too, although nothing in the case calls for it")  # fmt: skip
    add_request(one)


def add_law_commands(command: Command) -> None:
    one = command("letter", run_letter, "read one denial letter", "chartproof letter denial.pdf")
    one.add_argument("file", metavar="FILE")
    one.add_argument("--json", metavar="FILE", help="write what was read here")

    one = command(
        "deadlines", run_deadlines, "the dates that follow from the law",
        "chartproof deadlines --plan-type commercial_insured --state NY --given denial_received=2026-04-30",
    )  # fmt: skip
    one.add_argument("--plan-type", required=True, metavar="TYPE", help="such as commercial_insured")
    one.add_argument("--state", default="", metavar="NY", help="two letters; adds the state's own rules")
    one.add_argument(
        "--given", action="append", default=[], metavar="EVENT=DATE",
        help="what happened when; may be repeated; without it the events of the plan are listed",
    )  # fmt: skip
    one.add_argument("--item", default="", metavar="KIND", help="drug or service, where the rule depends on it")
    one.add_argument("--json", metavar="FILE", help="write the dates here")


def add_case(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", metavar="FOLDER", help="the patient's records; case.yaml in it is optional")
    one.add_argument(
        "--policy",
        default="",
        metavar="ID|FILE",
        help=f"a known policy, a policy file, or 'none' (default: the rules that govern the member's product, {POLICY})",
    )
    one.add_argument("--as-of", metavar="DATE", help="the day for which is asked (default: case.yaml, else today)")
    one.add_argument(
        "--workers", type=int, default=os.cpu_count() or 2, metavar="N",
        help="processes that read scans and search a large chart (default: one per core)",
    )  # fmt: skip
    one.add_argument(
        "--propose", metavar="URL",
        help="ask a model at this OpenAI-compatible address for quotes that may fill missing rows; a person must read "
        "them, and no row changes (default: no model)",
    )  # fmt: skip
    one.add_argument("--model", default="", metavar="NAME", help="the model to ask, by its name at that address")
    one.add_argument(
        "--allow-remote-model", action="store_true",
        help="let --propose name another machine: the chart's pages are sent there",
    )  # fmt: skip


def run_demo(options: argparse.Namespace) -> None:
    folder = demo_folder()
    out = Path(options.out)
    print(f"The demo case: {folder}. The patient, the letter and all records in it are invented.")
    options.folder, options.policy, options.as_of, options.purpose = str(folder), POLICY, None, "appeal"
    options.workers, options.propose, options.also, options.fhir = os.cpu_count() or 2, None, [], None
    write_package(options, out)


def run_review(options: argparse.Namespace) -> None:
    from chartproof.tour import review_json

    if options.json:
        refuse_unwritable(Path(options.json))
    review = reviewed(options)
    if options.json:
        write_file(Path(options.json), review_json(review))
    show_review(review)
    if options.json:
        print(f"\nWritten: {options.json}")


def run_packet(options: argparse.Namespace) -> None:
    write_package(options, Path(options.out))


def write_package(options: argparse.Namespace, out: Path) -> None:
    from chartproof.packet.package import refuse_foreign
    from chartproof.tour import write_review

    refuse_foreign(out)  # before the reading, so that nobody waits for a refusal
    refuse_closed(out)
    more = request_beside(options)
    review = reviewed(options)
    purpose = options.purpose or ("appeal" if review.denial else "prior-auth")
    left_out: list[str] = []
    stamp = datetime.now().astimezone()
    written = write_review(
        review, folder=Path(options.folder), out=out, purpose=purpose, stamp=stamp,
        asked=tuple(options.also), tell=left_out.append, more=more and (lambda package: more(review, package, stamp)),
    )  # fmt: skip
    show_review(review)
    print("".join(f"\n{line}" for line in left_out) + "\nWritten:")
    for path in written:
        print(f"  {path}")


def show_review(review: Review) -> None:
    from chartproof.packet.terminal import print_review

    screen = console()
    print_review(review, screen)
    for note in review.extra.get("notes", "").splitlines():
        screen.print()
        screen.print(Text(note, style="bold"), width=min(screen.width, WIDTH))


def reviewed(options: argparse.Namespace) -> Review:
    from chartproof.chart.casefile import parse_day
    from chartproof.tour import review_folder

    as_of = parse_day(options.as_of, where="--as-of") if options.as_of else None
    model = model_of(options)  # before the reading, so that nobody waits for a refusal
    review = review_folder(
        Path(options.folder), today=date.today(), policy=options.policy, as_of=as_of,
        workers=max(1, options.workers), progress=progress(),
    )  # fmt: skip
    return asked(review, model, policy=options.policy) if model else review


def model_of(options: argparse.Namespace) -> Endpoint | None:
    """The model's endpoint where one is asked for. Raises InputError CP-CLI-08, CP-MODEL-04 to -07; connects to nothing."""
    if not options.propose:
        return None
    from chartproof.endpoint import endpoint

    if not options.model:
        raise InputError("CP-CLI-08", "--propose needs a model", then="Name one that the server has with --model NAME.")
    key = os.environ.get("CHARTPROOF_MODEL_KEY", "")
    return endpoint(options.propose, model=options.model, key=key, remote=options.allow_remote_model)


def asked(review: Review, model: Endpoint, *, policy: str) -> Review:
    """The review with what the model proposes beside it."""
    from chartproof.tour import with_proposals

    if not model.local:
        print(f"Pages of this chart leave this machine: they are sent to {model.name}.", file=sys.stderr)
    return with_proposals(
        review, policy=policy, complete=model.complete, model=model.model,
        progress=lambda done, total: print(f"Asking the model, {done} of {total}", file=sys.stderr),
    )  # fmt: skip


def progress() -> Callable[[str, int, int], None]:
    """Names the file being read, then how far the search is: one line that changes on a terminal, else one line each."""
    live = sys.stderr.isatty()
    seen: dict[str, int] = {}
    last = ""

    def tell(name: str, done: int, total: int) -> None:
        nonlocal last
        if live:
            what = f"Reading {name[:60]}, {done} of {total} pages" if name else f"Searching, {done} of {total}"
            print(f"\r\033[2K{what}", end="", file=sys.stderr, flush=True)
            if done == total:
                print(file=sys.stderr)
        elif name and name != last:
            seen[name] = seen.get(name, 0) + 1
            print(f"Reading {name}" + (" (scanned pages)" if seen[name] == 2 else ""), file=sys.stderr)
        last = name

    return tell


def run_letter(options: argparse.Namespace) -> None:
    from chartproof.chart.files import read_file
    from chartproof.rights.letter import read_letter
    from chartproof.rights.reading import letter_json
    from chartproof.screens import print_letter

    if options.json:
        refuse_unwritable(Path(options.json))
    source = read_file(Path(options.file))
    if not any(page.text.strip() for page in source.pages):
        raise InputError(
            "CP-READ-18", "no text could be read from this letter", where=source.name,
            then="Scan it again, upright and at 300 dots per inch, or ask the plan for a copy.",
        )  # fmt: skip
    record = letter_json(read_letter(source.pages, file=source.name))
    print_letter(record, console())
    write_record(record, options.json)


def run_deadlines(options: argparse.Namespace) -> None:
    from chartproof.chart.casefile import parse_state
    from chartproof.rights.deadlines import deadlines, parse_given
    from chartproof.rights.law import starting_events
    from chartproof.rights.reading import deadlines_json
    from chartproof.screens import print_deadlines, print_events

    if options.json:
        refuse_unwritable(Path(options.json))
    state = parse_state(options.state, where="--state")
    found = deadlines(plan_type=options.plan_type, state=state, given=parse_given(options.given), item=options.item)
    if found:
        print_deadlines(found, console())
    else:
        print_events(starting_events(options.plan_type, state), options.plan_type, state, console())
    write_record(deadlines_json(found), options.json)


if __name__ == "__main__":
    raise SystemExit(main())
