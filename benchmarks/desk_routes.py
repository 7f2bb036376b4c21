"""What a page of the desk costs: processor milliseconds of the server a route, the first time a case is opened and after.

usage: python benchmarks/desk_routes.py [--cases 24]

One person, one page at a time, no chart read beside it; the cases are those of `desk.py`. Processor time is counted, so
that other work on the machine does not change the figures by much; it is counted in hundredths of a second, so that a
line is the mean of as many pages as it says.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from time import sleep

import httpx

from chartproof.desk.store import sessions
from chartproof.desk.store.database import open_store
from desk import PORT, ROWS, TABS, furnish, ids, memory, served, signed_in, worked

Ask = Callable[[], httpx.Response]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=24)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "desk"
        store = open_store(folder)
        users = furnish(store, 2, options.cases)
        (token, _other), names = signed_in(store, users), ids(store, users[0])
        store.close()
        with served(folder, "--runners", "0") as server:
            cookies = {"desk": token}
            with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", cookies=cookies, timeout=120) as client:
                measure(client, server.pid, names, sessions.form_token(token))
            print(f"server: {memory(server.pid):.0f} MB at most")


def measure(client: httpx.Client, server: int, names: list[str], token: str) -> None:
    get, line = client.get, partial(told, server)
    some, warm = names[1:], names[1:9]
    rows = [(name, row) for name in warm[:4] for row in ROWS]
    get(f"/cases/{names[0]}")  # what the server loads once
    line("queue", (partial(get, "/") for _ in range(20)))
    line("case, first time", (partial(get, f"/cases/{name}") for name in some))
    line("case", (partial(get, f"/cases/{name}") for name in warm * 3))
    asked = [f"/cases/{name}?row=policy%3A{row}" for name, row in rows]
    line("row", (partial(get, path) for path in asked))
    texts = [get(path).text for path in asked]
    sheets = list(dict.fromkeys(t.split('<image href="', 1)[1].split('"', 1)[0] for t in texts if "/sheets/" in t))
    line("page's picture", (partial(get, path) for path in sheets * 2))
    for tab in TABS:
        line(f"{tab}, first time", (partial(get, f"/cases/{name}/{tab}") for name in warm))
        line(tab, (partial(get, f"/cases/{name}/{tab}") for name in warm * 2))
    line("judge: accept", (partial(accept, client, token, name, row) for name, row in rows))
    other = {"csrf": token, "kind": "override", "row": "policy:DOC.C.1", "status": "met", "reason": "seen"}
    line("judge: otherwise", (partial(client.post, f"/cases/{name}/judgements", data=other) for name in warm))


def accept(client: httpx.Client, token: str, name: str, row: str) -> httpx.Response:
    form = {"csrf": token, "kind": "accept", "row": f"policy:{row}"}
    return client.post(f"/cases/{name}/judgements", data=form)


def told(server: int, kind: str, asks: Iterable[Ask]) -> None:
    """One line: the route, how many pages, the milliseconds of a core that one took."""
    before, many = worked(server), 0
    for ask in asks:
        answer, many = ask(), many + 1
        assert answer.status_code < 400, f"{kind}: {answer.status_code}"
    sleep(0.05)  # what the server still does after its last answer
    print(f"{kind:24}{many:5}{(worked(server) - before) / many * 1000:9.1f} ms", flush=True)


if __name__ == "__main__":
    main()
