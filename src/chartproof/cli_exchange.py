"""The command `exchange`: serve the payer's side on this machine, or write a request. Part of the command line; `cli` alone
imports it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chartproof.cli_desk_store import add_store
from chartproof.cli_exchange_serve import LOOPBACK, PORT, day_of, run_metrics, run_serve
from chartproof.errors import InputError
from chartproof.writing import refuse_unwritable, write_file

if TYPE_CHECKING:
    from chartproof.cli_policy import Command
    from chartproof.exchange.claim import Options
    from chartproof.model import Review
    from chartproof.packet.package import Package

ACTIONS = ("serve", "bundle", "read", "ask", "subscribe", "metrics")
#: The payer's address where none is given: the one that `serve` has.
HERE = f"http://{LOOPBACK}:{PORT}/fhir"
#: The request beside a package.
REQUEST = "pas-request.json"
SENDER = "organization, npi, tin, phone, practitioner, practitioner_npi, payer_id, system"


def add_exchange_command(command: Command) -> None:
    one = command(
        "exchange", run_exchange, "speak FHIR: serve a payer's CRD, DTR and PAS here, or write a PAS request",
        "chartproof exchange bundle records/ --sender sender.yaml --out request.json\n"
        "         chartproof exchange serve --port 8766",
    )  # fmt: skip
    one.add_argument(
        "action",
        choices=ACTIONS,
        help="serve on this machine alone; bundle a folder as a request; read a payer's answer; ask how a request stands;"
        " subscribe to results; metrics of what was called",
    )
    one.add_argument(
        "source",
        nargs="?",
        metavar="FOLDER|FILE",
        help="bundle: the patient's records; read: the answer; ask: the request that was sent",
    )
    one.add_argument("--out", metavar="FILE", help="bundle, ask, subscribe: where the message is written")
    one.add_argument(
        "--sender", metavar="FILE", help=f"bundle, subscribe: who asks, as YAML ({SENDER}; all but the first optional)"
    )
    one.add_argument("--update", metavar="FILE", help="bundle: the earlier request that this one updates")
    one.add_argument("--urgent", action="store_true", help="bundle: ask for the short clock")
    one.add_argument(
        "--as-of",
        metavar="DATE",
        help="bundle: the day for which is asked (default: case.yaml, else today); serve: the payer's day, on a test bench",
    )
    one.add_argument("--base", default="", metavar="URL", help="the payer's FHIR address (default: this machine's)")
    one.add_argument(
        "--policy", action="append", default=[], metavar="ID|FILE", help="a policy of the payer; serve: may be repeated"
    )
    add_store(
        one,
        default="",
        what="serve: keep requests and answers here, so that they outlive a restart (default: in memory)",
    )
    _add_serving(one)


def _add_serving(one: argparse.ArgumentParser) -> None:
    """Who may call, where it listens, and for whom it decides."""
    one.add_argument(
        "--clients", metavar="FILE",
        help="serve: who may call, with their public keys and scopes (SMART Backend Services; docs/exchange.md)",
    )  # fmt: skip
    one.add_argument(
        "--host", default=LOOPBACK, metavar="ADDRESS",
        help="serve: the address to listen on; any but this machine's own needs --clients and --tls (default: %(default)s)",
    )  # fmt: skip
    one.add_argument(
        "--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), help="serve: PEM files with which the connection is encrypted"
    )
    one.add_argument(
        "--notify", action="append", default=[], metavar="URL",
        help="serve: an address of this machine to which results may be told where a client subscribes; may be repeated,"
        " needs --folder (default: subscriptions are off); subscribe: where you want to be told",
    )  # fmt: skip
    one.add_argument("--since", default="", metavar="DATE", help="metrics: from this day on (default: all)")
    one.add_argument("--port", type=int, default=PORT, metavar="N", help="serve: the port (default: %(default)s)")
    one.add_argument(
        "--plan-type", default="", metavar="TYPE", help="serve: the plan type where a coverage does not say it"
    )
    one.add_argument("--state", default="", metavar="NY", help="serve: two letters, for the law of the plan")
    one.add_argument(
        "--payer-id", action="append", default=[], metavar="ID", help="serve: answer this payer's members alone"
    )
    one.add_argument(
        "--approve", action="store_true",
        help="serve: approve without a person where every row is met (default: off, everything else is pended)",
    )  # fmt: skip


def add_request(one: argparse.ArgumentParser) -> None:
    """The option of `packet` that writes the request too."""
    one.add_argument(
        "--fhir", metavar="SENDER",
        help=f"write the same as a PAS request too ({REQUEST}); SENDER is a YAML file of who asks ({SENDER})",
    )  # fmt: skip


def run_exchange(options: argparse.Namespace) -> None:
    ways = {"serve": run_serve, "bundle": run_bundle, "read": run_read}
    ways |= {"ask": run_ask, "subscribe": run_subscribe, "metrics": run_metrics}
    ways[options.action](options)


def run_bundle(options: argparse.Namespace) -> None:
    from chartproof.exchange.claim import Options
    from chartproof.exchange.people import read_sender
    from chartproof.exchange.wire import write
    from chartproof.packet.package import make_package, purpose_of
    from chartproof.tour import review_folder

    needed(options, "source", "out", "sender")
    refuse_unwritable(Path(options.out))
    sender, folder, policy = read_sender(Path(options.sender)), Path(options.source), next(iter(options.policy), "")
    earlier = message_in(options.update) if options.update else None
    review = review_folder(folder, today=date.today(), policy=policy, as_of=day_of(options))
    stamp = datetime.now().astimezone()
    purpose = purpose_of("appeal" if review.denial else "prior-auth")
    package = make_package(review, folder=folder, purpose=purpose, stamp=stamp)
    asked = Options(sender, options.base.rstrip("/") or HERE, stamp, urgent=options.urgent, policy=policy)
    bundle = request_of(review, package, asked, folder=folder, earlier=earlier)
    write_file(Path(options.out), write(bundle))
    open_rows = [one.id for one in (*review.criteria, *review.label) if one.status in ("missing", "not_met")]
    print(
        f"Written: {options.out} ({len(bundle['entry'])} resources). Full of health information: send it as you would the chart."
    )
    print(f"Open: {', '.join(open_rows)}" if open_rows else "No row is open.")
    if not (review.case.patient.member_id or review.case.patient.mrn):
        print(
            "No number of the member is known: an inquiry will not find this request. Put member_id under patient: in case.yaml."
        )


def request_of(
    review: Review, package: Package, asked: Options, *, folder: Path, earlier: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The request of a package, checked; an update where there was an `earlier` one. Raises ChartproofError CP-FHIR-12, -16."""
    from chartproof.exchange.checked import checked
    from chartproof.exchange.request import request_bundle
    from chartproof.exchange.update import update_bundle

    bundle = request_bundle(review, asked, folder=folder, packet=package.files["packet.pdf"])
    return checked(bundle if earlier is None else update_bundle(earlier, bundle))


def request_beside(options: argparse.Namespace) -> Callable[[Review, Package, datetime], dict[str, bytes]] | None:
    """What `packet --fhir` writes beside the package; None where it is not asked for. Raises InputError CP-FHIR-11."""
    if not options.fhir:
        return None
    from chartproof.exchange.claim import Options
    from chartproof.exchange.people import read_sender
    from chartproof.exchange.wire import write

    sender, folder = read_sender(Path(options.fhir)), Path(options.folder)

    def made(review: Review, package: Package, stamp: datetime) -> dict[str, bytes]:
        asked = Options(sender, HERE, stamp, policy=options.policy)
        return {REQUEST: write(request_of(review, package, asked, folder=folder))}

    return made


def run_read(options: argparse.Namespace) -> None:
    from chartproof.exchange.reading import lines, read_answers

    needed(options, "source")
    found = read_answers(message_in(options.source))
    told = [line for one in found for line in lines(one)]
    print("\n".join(told) or "The payer knows of no prior authorization that was asked about.")


def run_ask(options: argparse.Namespace) -> None:
    from chartproof.exchange.following import inquiry_bundle
    from chartproof.exchange.wire import write

    needed(options, "source", "out")
    refuse_unwritable(Path(options.out))
    bundle = inquiry_bundle(message_in(options.source), datetime.now().astimezone())
    write_file(Path(options.out), write(bundle))
    print(
        f"Written: {options.out}. It names a person: send it to the payer's Claim/$inquire, and not twice for one answer."
    )


def run_subscribe(options: argparse.Namespace) -> None:
    from chartproof.exchange.following import subscription
    from chartproof.exchange.people import read_sender
    from chartproof.exchange.wire import write

    needed(options, "sender", "out", "notify")
    refuse_unwritable(Path(options.out))
    wish = subscription(read_sender(Path(options.sender)), options.notify[0])
    write_file(Path(options.out), write(wish))
    print(
        f"Written: {options.out}. Send it to the payer's Subscription; the address must be one that the payer allows."
    )


def needed(options: argparse.Namespace, *names: str) -> None:
    """Raises InputError CP-FHIR-14 for the first of these that is not given."""
    for name in names:
        if not getattr(options, name):
            given = "a folder or file" if name == "source" else f"--{name}"
            raise InputError("CP-FHIR-14", f"{given} is needed", then="See: chartproof exchange --help.")


def message_in(name: str) -> dict[str, Any]:
    """A FHIR message on disk. Raises InputError CP-FHIR-15 where there is no such file, -01 where it is no JSON."""
    from chartproof.exchange.refusals import Refused
    from chartproof.exchange.wire import parse

    try:
        return parse(Path(name).read_bytes())
    except OSError:
        raise InputError("CP-FHIR-15", "the message cannot be read", where=name, then="Check the path.") from None
    except Refused as error:
        then = "Give the message as it was sent or received."
        raise InputError(error.code, error.what, where=name, then=then) from None
