"""The review page and the terminal table."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from lxml import html
from rich.console import Console

from chartproof.model import SourceFile
from chartproof.packet.look import step_words
from chartproof.packet.page import review_html
from chartproof.packet.terminal import print_review
from packet.invented import Made


@pytest.fixture(scope="module")
def page(made: Made) -> str:
    return review_html(made.review, folder=made.folder)


def test_loads_nothing_from_outside(page: str) -> None:
    assert "default-src 'none'" in page
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert not re.findall(r"url\((?!data:)", page)


def test_shows_every_row_with_its_status_in_words_and_the_quote_boxed(page: str, made: Made) -> None:
    tree = html.fromstring(page)
    for finding in made.review.criteria:
        article = tree.get_element_by_id("row-" + finding.id.replace(".", "-"))
        words = " ".join(article.text_content().split())
        assert {"met": "Met", "missing": "Missing", "not_applicable": "Not applicable"}[finding.status] in words
        for span in finding.evidence:
            assert " ".join(span.quote.split()) in words
    assert len(tree.get_element_by_id("row-DOC-1-e1").find_class("box")) == 1


def test_escapes_what_it_is_given(page: str) -> None:
    assert "weird <b>" not in page
    assert "weird &lt;b&gt;&amp; markup" in page.lower()


def test_each_page_image_is_held_once(page: str) -> None:
    uris = re.findall(r"url\((data:image/[^)]+)\)", page)
    assert len(uris) == len(set(uris)) >= 3


def test_the_same_review_gives_the_same_page(page: str, made: Made) -> None:
    assert review_html(made.review, folder=made.folder) == page


def _printed(made: Made, **options: object) -> str:
    held = io.StringIO()
    print_review(made.review, Console(file=held, force_terminal=False, **options))
    return held.getvalue()


def test_a_file_that_was_not_read_is_told_with_its_reason(made: Made) -> None:
    lost = SourceFile("old.zip", "0" * 64, "other", read="unread", note="this kind of file is not read")
    chart = replace(made.review.chart, files=(*made.review.chart.files, lost))
    held = io.StringIO()
    print_review(replace(made.review, chart=chart), Console(file=held, width=100, force_terminal=False))
    assert "Not read\n  old.zip: this kind of file is not read\n" in "\n".join(
        map(str.rstrip, held.getvalue().split("\n"))
    )


def test_the_terminal_table_fits_and_says_status_in_words(made: Made) -> None:
    text = _printed(made, width=140)
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "\x1b" not in text
    assert "◇ Missing" in text and "● Met" in text
    assert "Ask: radiology" in text
    assert "note.pdf p. 1" in text
    assert "4 met, 2 missing, 0 not met, 1 not applicable" in text
    assert "2026-10-23  2026-10-25" in text  # the day to act by before the day of the rule
    assert "1 place where the chart says two things" in text


def test_the_terminal_table_survives_a_narrow_plain_terminal(made: Made) -> None:
    held = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print_review(made.review, Console(file=held, width=72, force_terminal=False))
    held.flush()
    text = held.buffer.getvalue().decode("ascii")
    assert "? Missing" in text
    assert max(len(line) for line in text.splitlines()) <= 72


def test_an_empty_chart_still_gives_a_page(made: Made) -> None:
    chart = replace(made.review.chart, files=(), documents=(), facts=(), lines=(), conflicts=())
    bare = replace(made.review, chart=chart, criteria=made.review.criteria[-1:], label=(), denial=None, deadlines=())
    assert "No denial letter is in the folder." in review_html(bare, folder=made.folder)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("policy:II.1: unknown (no_evidence)", "II.1: unknown (nothing found in the chart)"),
        ("policy:II?when.2: first -> no (value)", "II when.2: the first that is answered: no (the chart states it)"),
        ("applies: yes", "applies: yes"),
        ("II: not_applicable (not_applicable)", "II: not applicable (not required here)"),
    ],
)
def test_a_step_is_told_without_the_programs_own_names(line: str, words: str) -> None:
    assert step_words(line) == words
