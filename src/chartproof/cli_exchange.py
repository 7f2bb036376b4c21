"""The command `exchange`: serve the payer's side on this machine, or write a request. Part of the command line; `cli` alone
imports it."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chartproof.cli_desk_store import add_store, passphrase
from chartproof.errors import ChartproofError, InputError
from chartproof.writing import refuse_unwritable, write_file

if TYPE_CHECKING:
    from chartproof.cli_policy import Command
    from chartproof.desk.store.database import Store
    from chartproof.exchange.claim import Options
    from chartproof.exchange.served import Served
    from chartproof.exchange.site import Site
    from chartproof.model import Review
    from chartproof.packet.package import Package

#: Seconds between two looks for results that somebody wants to be told.
NOTIFY_SECONDS = 1.0
ACTIONS = ("serve", "bundle", "read")
PORT = 8766
LOOPBACK = "127.0.0.1"
LOCAL = (LOOPBACK, "localhost")
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
        help="serve on this machine alone; bundle a folder as a request; read a payer's answer",
    )
    one.add_argument("source", nargs="?", metavar="FOLDER|FILE", help="bundle: the patient's records; read: the answer")
    one.add_argument("--out", metavar="FILE", help="bundle: where the request is written")
    one.add_argument(
        "--sender", metavar="FILE", help=f"bundle: who asks, as YAML ({SENDER}; all but the first optional)"
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
        " needs --folder (default: subscriptions are off)",
    )  # fmt: skip
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
    {"serve": run_serve, "bundle": run_bundle, "read": run_read}[options.action](options)


def run_serve(options: argparse.Namespace) -> None:
    """Serves until it is stopped. Raises InputError CP-FHIR-13 for the port, -17 for the clients, -18 for an open door."""
    import uvicorn

    from chartproof import notices
    from chartproof.exchange.app import exchange_app, resume
    from chartproof.payer import payer

    if not 0 < options.port < 65536:
        raise InputError("CP-FHIR-13", "this is no port", where="--port", then="Give a number from 1 to 65535.")
    refuse_open_door(options)
    site, day = site_of(options), day_of(options)
    clients = Path(options.clients) if options.clients else None
    store = store_of(options)
    served = payer(
        site, clock(day), workers=os.cpu_count() or 2, clients=clients, clock=clock(None), store=store,
        notify=endpoints_of(options), send=notices.send,
    )  # fmt: skip
    ended = tell_results(served)
    waiting = resume(served)
    names = ", ".join(f"{one.id} ({one.edition})" for one in site.loaded)
    who = f"{len(served.gate.clients)} clients may call" if served.gate else "Nobody is asked who they are"
    print(f"Serving {names} at {site.base}. {who}. Stop with Ctrl-C.")
    if waiting:
        print(f"{waiting} requests that were still being read when the server last ended are taken up again.")
    certificate, key = options.tls or (None, None)
    try:
        uvicorn.run(
            exchange_app(served, hosts=hosts_of(options, site)),
            host=options.host,
            port=options.port,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            log_level="warning",
            access_log=False,
        )
    except SystemExit:
        raise InputError(
            "CP-FHIR-13", "the port cannot be used", where=str(options.port), then="Give another with --port."
        ) from None
    except OSError:
        raise InputError("CP-FHIR-18", "the certificate or its key cannot be used", where="--tls") from None
    finally:
        ended()
        if store:
            store.close()


def endpoints_of(options: argparse.Namespace) -> tuple[str, ...]:
    """Where results may be told. Raises InputError CP-FHIR-20 for another machine's address, -21 without a store."""
    if options.notify and not options.folder:
        raise InputError(
            "CP-FHIR-21",
            "subscriptions need a store, so that none is forgotten",
            where="--notify",
            then="Give --folder too.",
        )
    from chartproof import notices

    return tuple(notices.check_endpoint(one) for one in options.notify)


def tell_results(served: Served) -> Callable[[], None]:
    """Tells results as they come, in a thread of its own; gives what ends it."""
    from chartproof.payer_notices import StoredSubscriptions

    stop = threading.Event()

    def work() -> None:
        told = served.subscriptions
        while isinstance(told, StoredSubscriptions) and not stop.wait(NOTIFY_SECONDS):
            try:
                while told.notify():
                    pass
            except ChartproofError as error:
                print(f"{error.code}: results could not be told; tried again.", flush=True)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(timeout=30)

    return end


def store_of(options: argparse.Namespace) -> Store | None:
    """The desk's store in --folder, made where there is none; None without --folder. Raises StoreError CP-DESK-01 to -04."""
    if not options.folder:
        return None
    from chartproof.desk.store.database import open_store

    return open_store(Path(options.folder).expanduser(), url=options.database, key=passphrase(options.key_file))


def refuse_open_door(options: argparse.Namespace) -> None:
    """Raises InputError CP-FHIR-18 where other machines could call unasked, or in the clear."""
    if options.host in LOCAL:
        return
    lacking = [name for name in ("clients", "tls", "base") if not getattr(options, name)]
    if lacking:
        raise InputError(
            "CP-FHIR-18", "other machines may not call unasked, in the clear, or under no name", where="--host",
            then=f"Give {', '.join(f'--{name}' for name in lacking)} too, or leave --host out.",
        )  # fmt: skip


def site_of(options: argparse.Namespace) -> Site:
    from chartproof.exchange.site import Site

    scheme = "https" if options.tls else "http"
    return Site(
        base=options.base.rstrip("/") or f"{scheme}://{LOOPBACK}:{options.port}/fhir",
        policies=tuple(options.policy) or Site.policies,
        approves=options.approve,
        plan_type=options.plan_type,
        state=options.state,
        payer_ids=tuple(options.payer_id),
    )


def hosts_of(options: argparse.Namespace, site: Site) -> tuple[str, ...]:
    """The names under which it may be called: this machine's own, and that of its address where others call."""
    named = urlsplit(site.base).hostname or ""
    return LOCAL if options.host in LOCAL and not options.base else tuple(dict.fromkeys((*LOCAL, named)))


def day_of(options: argparse.Namespace) -> date | None:
    from chartproof.chart.casefile import parse_day

    return parse_day(options.as_of, where="--as-of") if options.as_of else None


def clock(day: date | None) -> Callable[[], datetime]:
    """The present moment; on a test bench with a day of its own, that day at this time."""

    def now() -> datetime:
        moment = datetime.now(UTC)
        return datetime.combine(day, moment.timetz()) if day else moment

    return now


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


def request_of(
    review: Review, package: Package, asked: Options, *, folder: Path, earlier: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The request of a package, checked; an update where there was an `earlier` one. Raises ChartproofError CP-FHIR-12, -16."""
    from chartproof.exchange.checked import checked
    from chartproof.exchange.request import request_bundle
    from chartproof.exchange.update import update_bundle

    bundle = request_bundle(review, asked, folder=folder, packet=package.files["packet.pdf"])
    return checked(update_bundle(earlier, bundle) if earlier else bundle)


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


def needed(options: argparse.Namespace, *names: str) -> None:
    """Raises InputError CP-FHIR-14 for the first of these that is not given."""
    for name in names:
        if not getattr(options, name):
            given = "a folder or file" if name == "source" else f"--{name}"
            raise InputError("CP-FHIR-14", f"{given} is needed", then="See: chartproof exchange --help.")


def message_in(name: str) -> dict[str, Any]:
    """A FHIR message on disk. Raises InputError CP-FHIR-15 where there is no such file, Refused where it is no JSON."""
    from chartproof.exchange.wire import parse

    try:
        return parse(Path(name).read_bytes())
    except OSError:
        raise InputError("CP-FHIR-15", "the message cannot be read", where=name, then="Check the path.") from None
