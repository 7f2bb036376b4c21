"""One row, one line of therapy or one gap in prose: sentences made of findings and facts, each with its exhibit."""

from __future__ import annotations

from itertools import groupby

from chartproof.model import Finding, Review, TherapyLine
from chartproof.packet.citations import centre_quotes, own_day_first, sharpened, shown
from chartproof.packet.exhibits import Book
from chartproof.packet.look import counts, one_way, prose, prose_day, row_words, sentence, stop, tidy, unconfirmed
from chartproof.packet.tree import Block, Run, cite, item, of_row, para
from chartproof.packet.wording import companions, quoted, say, therapy_line, words


def row(review: Review, book: Book, finding: Finding, *, titled: bool = True) -> Block:
    """One row: its sentences, each with its exhibit; or that it is open. `titled` rows begin with a title."""
    said, source = words("row"), (of_row(finding),)
    runs: list[Run | str] = []
    if finding.layer == "policy":
        runs = [Run(_lead(finding, titled=titled), strong=True), " "]
    if finding.status == "missing":
        return para(*runs, _gap_words(said["missing"], finding), source=source)
    if finding.status == "not_met":
        runs += [said["not_met"].format(says=tidy(finding.says).rstrip(".")), " "]
    elif finding.status == "not_applicable":
        runs += [said["not_applicable"], " "]
    elif finding.layer == "label":
        runs += [said["label_asks"].format(says=tidy(finding.says).rstrip(".")), " "]
    runs += sentences(review, book, finding)
    if unconfirmed(review, finding):
        runs.append(f" {said['confirm']}")
    return para(*runs, source=source)


def _lead(finding: Finding, *, titled: bool) -> str:
    found = next((words("titles")[f.concept] for f in finding.facts if f.concept in words("titles")), "")
    if not titled:
        return f"Criterion {finding.id}."
    return str(words("row")["policy"]).format(title=found or sentence(finding.says).rstrip("."), id=finding.id)


def sentences(review: Review, book: Book, finding: Finding) -> list[Run | str]:
    """What the row's facts say, a sentence each with its exhibit; what the row shows where no fact can be cited."""
    runs: list[Run | str] = []
    told: set[str] = set()
    lead = ""
    for fact in (sharpened(review, fact) for fact in finding.facts):
        spans = tuple(s for s in own_day_first(review, fact) if book.place(s))
        values = tuple(v for v in companions(review, fact) if book.place(v.evidence[0]))
        # Words that stand in the paragraph already are not quoted again.
        again = bool(spans) and quoted(review, spans[0]) in " ".join(told)
        text = say(review, fact, spans[0], values, quote=not again) if spans else ""
        if text and text not in told:
            told.add(text)
            places = cite(book, (*spans, *(v.evidence[0] for v in values)), most=2)
            before, lead = lead, text.partition(": ")[0] if "“" not in text else ""
            if lead and lead == before:  # "... this class: first [A]; second [B]."
                runs[-1] = f"; {text.removeprefix(f'{lead}: ')}"
            else:
                runs += [" " if runs else "", text]
            runs += [*places, "."]
    if runs:
        return runs
    spans, shows = shown(review, finding), prose(tidy(finding.shows)).rstrip(".")
    text = sentence(shows or finding.says)
    if spans and finding.status == "met":
        text = str(words("default")["record"]).format(shows=text, quote=quoted(review, spans[0]))
    return [text, *cite(book, spans), "."]


def gap(finding: Finding, *, brief: bool = False) -> Block:
    """A missing row as a line of the letter's list of gaps."""
    return item(_gap_words(words("row")["gap"], finding, brief=brief), source=(of_row(finding),))


def _gap_words(template: str, finding: Finding, *, brief: bool = False) -> str:
    needed = tidy(finding.remedy).rstrip(".") or tidy(finding.says).rstrip(".")
    shows = "" if brief else stop(prose(sentence(finding.shows)))
    return template.format(id=row_words(finding), remedy=needed, shows=shows).strip()


def history(review: Review, book: Book) -> list[Block]:
    """The lines of therapy that an exhibit shows, a sentence each; none without a policy, where lines are not read."""
    lines = [line for line in review.chart.lines if any(map(book.place, line.evidence))]
    if not lines:
        return [] if not review.criteria else [para(words("history")["none"], source=("chart:",))]
    lead = para(words("history")["heading"], source=("chart:",))
    return [lead, *(_line(book, line) for line in lines)]


def _line(book: Book, line: TherapyLine) -> Block:
    text = therapy_line(line.line, line.regimen, line.drugs, line.start, line.end, line.best_response, line.stop_reason)
    return item(text, *cite(book, line.evidence), ".", source=(f"line:{line.line}",))


def centre(review: Review, book: Book) -> Block:
    """What the center says of itself, or that its letter is being asked for."""
    said, spans = words("centre"), centre_quotes(review)
    runs: list[Run | str] = [said["states"]] if spans else [said["missing"]]
    for _, group in groupby(spans, key=book.place):
        found = tuple(group)
        said_there = "; ".join(f"“{tidy(span.quote).rstrip('.')}”" for span in found)
        runs += [f" {said_there}", *cite(book, found), "."]
    return para(*runs, source=("centre:",))


def named_papers(review: Review, book: Book, rows: tuple[Finding, ...]) -> list[Block]:
    """The papers that the notice misses by name, each with its page or open, and on which of them the notice is right."""
    said = words("documents")
    missed = [f.id for f in rows if f.status != "met"]
    blocks = [row(review, book, finding, titled=False) for finding in rows]
    if not missed:
        return [*blocks, para(said["all_there"], source=tuple(map(of_row, rows)))]
    right = said["right_on" if len(missed) > 1 else "right_on_one"].format(ids=one_way(missed))
    return [*blocks, para(right, source=tuple(of_row(f) for f in rows if f.status != "met"))]


def documentation(review: Review) -> list[Block]:
    """How many of the items of documentation are in the chart, and which are open; nothing where the policy lists none."""
    papers = tuple(f for f in review.criteria if f.kind == "documentation")
    if not papers:
        return []
    said, number = words("documents"), counts(papers)
    needed = len(papers) - number["not_applicable"]
    lines = [
        said["count"].format(
            needed=needed,
            met=number["met"],
            verb="is" if number["met"] == 1 else "are",
            day=prose_day(review.case.as_of),
        )
    ]
    open_ids = [f.id for f in papers if f.status == "missing"]
    wrong = [f.id for f in papers if f.status == "not_met"]
    if open_ids:
        lines.append(said["open" if len(open_ids) > 1 else "open_one"].format(ids=one_way(open_ids)))
    if wrong:
        lines.append(said["not_met"].format(ids=one_way(wrong)))
    if open_ids or wrong:
        lines.append(said["right" if len(open_ids) + len(wrong) > 1 else "right_one"])
    return [
        para(" ".join(lines), source=("counts:", *(of_row(f) for f in papers if f.status in ("missing", "not_met"))))
    ]
