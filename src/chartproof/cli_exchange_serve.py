"""`chartproof exchange serve` and `metrics`: the payer's side, on its port and its store."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chartproof.cli_desk_store import opened, passphrase
from chartproof.errors import ChartproofError, InputError

if TYPE_CHECKING:
    from chartproof.desk.store.database import Store
    from chartproof.exchange.served import Served
    from chartproof.exchange.site import Site

#: Seconds between two looks for results that somebody wants to be told.
NOTIFY_SECONDS = 1.0
PORT = 8766
LOOPBACK = "127.0.0.1"
LOCAL = (LOOPBACK, "localhost")


def run_serve(options: argparse.Namespace) -> None:
    """Serves until it is stopped. Raises InputError CP-FHIR-13 for the port, -17 for the clients, -18 for an open door."""
    import uvicorn

    from chartproof import notices
    from chartproof.exchange.app import exchange_app, resume
    from chartproof.payer import payer
    from chartproof.rights.law import tables_for

    if not 0 < options.port < 65536:
        raise InputError("CP-FHIR-13", "this is no port", where="--port", then="Give a number from 1 to 65535.")
    refuse_open_door(options)
    if options.plan_type:
        tables_for(options.plan_type)
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
    """The desk's store in --folder, made where there is none; None without --folder. Raises StoreError CP-DESK-01 to -04,
    InputError CP-FHIR-14 for a database without a folder."""
    if not options.folder:
        if options.database:
            raise InputError(
                "CP-FHIR-14", "--folder is needed", then="The documents are kept there, beside the database."
            )
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
    from chartproof.chart.casefile import parse_state
    from chartproof.exchange.site import Site

    scheme = "https" if options.tls else "http"
    return Site(
        base=options.base.rstrip("/") or f"{scheme}://{LOOPBACK}:{options.port}/fhir",
        policies=tuple(options.policy) or Site.policies,
        approves=options.approve,
        plan_type=options.plan_type,
        state=parse_state(options.state, where="--state"),
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


def run_metrics(options: argparse.Namespace) -> None:
    """What was called since --since: a line for each operation. Raises InputError CP-FHIR-14 without --folder,
    -13 for the day, CP-DESK-01 where there is no store."""
    from chartproof.chart.casefile import parse_day
    from chartproof.payer_metrics import counted

    if not options.folder:
        raise InputError("CP-FHIR-14", "--folder is needed", then="Give the store in which `serve` keeps its calls.")
    store = opened(options)
    day = parse_day(options.since, where="--since") if options.since else date.min
    try:
        print("\n".join(counted(store, since=datetime.combine(day, datetime.min.time(), UTC), until=datetime.now(UTC))))
    finally:
        store.close()
