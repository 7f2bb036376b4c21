"""The whole folder of files that mean harm: each comes to what is expected, nothing is fetched, written or left."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer

import pytest

from chartproof.desk.worker import Bounds, outcome, read_apart
from chartproof.desk.worker.pictures import Pictures
from chartproof.errors import InputError
from chartproof.model import SourceFile
from desk.worker import hostile

STRICT = Bounds(page_cpu=6, memory=1_000 << 20)
#: All of it reads one folder, so one process runs it.
pytestmark = pytest.mark.xdist_group("hostile files")
EXPECTED = hostile.expected()


class Trap:
    """Listens at the address that every file names."""

    def __init__(self) -> None:
        visits: list[object] = []

        class Visitor(BaseRequestHandler):
            def handle(self) -> None:
                visits.append(self.client_address)

        self.visits = visits
        self.server = TCPServer(("127.0.0.1", 0), Visitor)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/planted"


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    found = Trap()
    threading.Thread(target=found.server.serve_forever, daemon=True).start()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, trap: Trap) -> Path:
    place = tmp_path_factory.mktemp("hostile")
    hostile.lay_out(place, trap.url)
    return place


@pytest.fixture(scope="module")
def files(folder: Path, trap: Trap) -> dict[str, SourceFile]:
    found = {file.name: file for file in read_apart(folder, bounds=STRICT)}
    assert not trap.visits
    return found


def test_the_ledger_holds_every_file_and_no_other(files: dict[str, SourceFile]) -> None:
    assert set(files) == set(EXPECTED)
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize("name", EXPECTED)
def test_each_ends_as_expected(name: str, files: dict[str, SourceFile]) -> None:
    file, told = files[name], EXPECTED[name]
    assert outcome(file) == told["ends"], file.note
    assert told.get("code", "") in file.note
    assert file.read != "unread" or file.note, "a file that is not read says why"
    text = "".join(page.text for page in file.pages)
    assert told.get("holds", "") in text
    assert "never" not in told or told["never"] not in text


def test_nothing_of_this_machine_is_in_what_was_read(files: dict[str, SourceFile]) -> None:
    secret = next(line for line in Path("/etc/passwd").read_text().splitlines() if line.startswith("root:"))
    assert not any(secret in page.text for file in files.values() for page in file.pages)


def test_nothing_is_fetched_where_pages_are_drawn(folder: Path, trap: Trap) -> None:
    drawn = 0
    with Pictures(count=1) as pictures:
        for path in sorted(folder.glob("p*.pdf")):
            if path.is_fifo() or "endless" in path.name or "bomb" in path.name:
                continue
            try:
                drawn += pictures.render_page(path.read_bytes(), 1, width=200) is not None
            except InputError as error:
                assert error.code == "CP-WORK-09"
    assert drawn > 15
    assert not trap.visits


def test_nothing_slips_out_of_an_archive(files: dict[str, SourceFile]) -> None:
    assert files and not any(Path(place).exists() for place in ("/tmp/slipped", "/tmp/slipped.txt", "/etc/slipped"))
