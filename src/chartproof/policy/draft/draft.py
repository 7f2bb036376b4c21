"""A payer's policy document as a draft that a person reviews: head, criteria, limits, codes, defects, what is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from chartproof.errors import PolicyError
from chartproof.model.page import Page
from chartproof.policy.draft.accounted import Said
from chartproof.policy.draft.answer_cells import with_answer_cells
from chartproof.policy.draft.answer_column import with_answer_columns
from chartproof.policy.draft.asked_for import with_asked_for
from chartproof.policy.draft.bare_labels import with_bare_labels
from chartproof.policy.draft.capitals import in_capitals, written_out
from chartproof.policy.draft.coded import Listed, in_table
from chartproof.policy.draft.codes import draft_codes
from chartproof.policy.draft.criteria import draft_criteria
from chartproof.policy.draft.criterion import Criterion, every, first_words
from chartproof.policy.draft.defects import Defect, defects
from chartproof.policy.draft.head import Head, read_head
from chartproof.policy.draft.hung_bullets import with_hung_bullets
from chartproof.policy.draft.joint_items import with_joint_items
from chartproof.policy.draft.left_heads import with_left_heads
from chartproof.policy.draft.lines import Marks, read_lines, read_running
from chartproof.policy.draft.lost_bullets import with_bullets
from chartproof.policy.draft.margin_labels import with_margin_labels
from chartproof.policy.draft.outline import outline
from chartproof.policy.draft.places import with_places
from chartproof.policy.draft.questions import with_questions
from chartproof.policy.draft.ruled import with_ruled
from chartproof.policy.draft.scanned_rows import with_scanned_rows
from chartproof.policy.draft.sections import sentence_of
from chartproof.policy.draft.side_titles import with_side_titles
from chartproof.policy.draft.sub_labels import with_sub_labels
from chartproof.policy.draft.tables import with_tables
from chartproof.policy.draft.words import pattern
from chartproof.policy.draft.wrapped_titles import with_wrapped_titles


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the document with their page."""

    page: int
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """`not_understood` stands among criteria and is not drafted; `aside` is said to hold no criteria."""

    head: Head
    criteria: tuple[Criterion, ...]
    limits: tuple[Quote, ...]
    product_lines: tuple[Quote, ...]
    codes: tuple[Listed, ...]
    defects: tuple[Defect, ...]
    not_understood: tuple[Quote, ...]
    aside: tuple[Quote, ...]


def draft_policy(
    pages: Sequence[Page],
    rulings: Marks | None = None,
    bold: Marks | None = None,
    headings: frozenset[str] = frozenset(),
) -> Draft:
    """The draft of a document; `rulings` are the lines that are drawn on its pages, `bold` what is set in bold type.

    `headings` are the words of paragraphs that its writer set as headings, where the file says so.

    Raises PolicyError CP-POL-11 where its pages hold no words.
    """
    pages = [_mended(page) for page in pages]
    lines = read_lines(pages, bold, headings)
    if not lines:
        raise PolicyError("CP-POL-11", "the document has no words that can be read", where=pages[0].file if pages else "",
                          then="Give a clearer scan, or the payer's own PDF.")  # fmt: skip
    typed = in_capitals(lines)
    lines = tuple(with_hung_bullets(with_wrapped_titles(written_out(lines) if typed else lines)))
    marked = with_bullets(
        with_sub_labels(
            with_bare_labels(with_answer_cells(with_answer_columns(with_scanned_rows(with_questions(lines)))))
        )
    )
    titled = with_margin_labels(with_side_titles(list(with_joint_items(list(marked)))))
    parts = list(with_left_heads(list(with_tables(with_ruled(list(titled), pages, rulings or {})))))
    drafted = draft_criteria(outline(parts))
    head = read_head(parts, read_running(pages))
    told = with_asked_for(drafted.criteria, head.title, " ".join(line.text for line in lines))
    criteria = tuple(_told_apart(with_places(told, pages, capitals=typed)))
    scanned = frozenset(page.number for page in pages if page.read == "ocr")
    return Draft(
        head=head,
        criteria=criteria,
        limits=tuple(_quotes(drafted.limits)),
        product_lines=tuple(one for one in _quotes(drafted.aside) if _is_of_business(one.text)),
        codes=tuple(draft_codes(parts, criteria, head.effective, scanned=scanned)),
        defects=defects(criteria, drafted.aside),
        not_understood=tuple(_quotes(drafted.not_understood)),
        aside=tuple(_quotes(drafted.aside)),
    )  # fmt: skip


#: What a picture's reader makes of "A1c".
_ALC = re.compile(r"(?<![A-Za-z])((?:Hb)?A)l(?=[cC]\b)")


def _mended(page: Page) -> Page:
    """The page; on a picture, a figure that its reader took for a letter is a figure again, in its place."""
    return replace(page, text=_ALC.sub(r"\g<1>1", page.text)) if page.read == "ocr" else page


def _told_apart(criteria: Sequence[Criterion]) -> list[Criterion]:
    """The same trees; an id that a document prints twice gets a number the second time."""
    seen: dict[str, int] = {}

    def renamed(one: Criterion) -> Criterion:
        seen[one.id] = seen.get(one.id, 0) + 1
        name = one.id if seen[one.id] == 1 else f"{one.id}~{seen[one.id]}"
        return replace(one, id=name, children=tuple(renamed(child) for child in one.children))

    return [renamed(one) for one in criteria]


def _quotes(said: Sequence[Said]) -> Iterator[Quote]:
    return (Quote(page, text) for page, text in said)


def _is_of_business(text: str) -> bool:
    return bool(pattern("grids", "business").search(text)) and sentence_of(text) not in (
        "history",
        "background",
        "references",
    )


def draft_json(draft: Draft) -> dict[str, Any]:
    """The draft as one plain record, for other programs and for `--json`."""
    head = draft.head
    return {
        "title": head.title,
        "number": head.number,
        "payer": head.payer,
        "effective_date": head.effective.isoformat() if head.effective else None,
        "products": _products(head.title),
        "product_lines": [_quote(one) for one in draft.product_lines],
        "criteria": [criterion_json(one) for one in draft.criteria],
        "limits": [_quote(one) for one in draft.limits],
        "codes": [asdict(one) | {"problem": one.problem or None, "in_table": in_table(one)} for one in draft.codes],
        "defects": [{"what": one.what, "says": one.says, "find": one.find, "page": one.page} for one in draft.defects],
        "not_understood": [_quote(one) for one in draft.not_understood],
        "set_aside": [_quote(one) for one in draft.aside],
    }


def criterion_json(one: Criterion) -> dict[str, Any]:
    """One node with its children; `leaf` is null where the words leave it to judgement."""
    leaf = None if one.leaf is None or one.children else {
        "concept": one.leaf.concept, "op": one.leaf.op, "value": one.leaf.value, "unit": one.leaf.unit,
        "within_days": one.leaf.within_days, "window_text": one.leaf.window_text or None,
    }  # fmt: skip
    return {
        "id": one.id, "kind": one.kind, "says": one.text, "page": one.page, "find": one.find, "join": one.join,
        "when": one.when or None, "unless": one.unless or None, "leaf": leaf, "made_id": one.made_id,
        "children": [criterion_json(child) for child in one.children],
    }  # fmt: skip


def counted(draft: Draft) -> int:
    """How many criteria were drafted, the parts of sentences included."""
    return sum(1 for _ in every(draft.criteria))


def _products(title: str) -> list[str]:
    return re.findall(r"\(([A-Z][A-Za-z]+)\)", title)


def _quote(one: Quote) -> dict[str, Any]:
    return {"says": one.text, "find": first_words(one.text), "page": one.page}
