"""Headings that are set like the text around them: questions that the document answers itself, and names of parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chartproof.policy.draft.joins import announcement
from chartproof.policy.draft.nodes import Node, announces, follows, path
from chartproof.policy.draft.sections import CRITERIA, section_of, sentence_of
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.words import pattern

#: "Who may prescribe?": no test can be read from the question, its answer follows.
_ASKS = re.compile(
    r"(?P<asked>(?:(?:for|to|in|by|from|with|under|at|on)\s+(?=wh))?(?:who|whom|whose|what|when|where|why|how|which)\b[^?.]{3,120}\?)\s*(?P<answer>.*)$",
    re.IGNORECASE | re.DOTALL,
)
#: Any question at all, where its answer stands below it; a statement before it sets the case.
_PUT = re.compile(r"(?P<asked>(?:[A-Z][^?.:;]{5,60}\.\s+)?[^?.]{3,120}\?)\s*(?P<answer>.*)$", re.DOTALL)
#: An answer in words, not boxes to tick: "Yes. At least 100 meters".
_ANSWERS = re.compile(r"(?:Yes|No|Only (?:if|when)|Sometimes|Usually)\b[.,:;]?\s+(?!(?:Yes|No|N/?A)\b)(?=\w)")
_ANSWER = re.compile(r"^(?:answer|ans|a)\s*[:.]\s*", re.IGNORECASE)
#: "When we pay. We consider ...": a paragraph that begins with the name of its part.
_NAMED = re.compile(
    r"(?P<name>(?!(?:Yes|No)\b)(?!(?:(?!\s[–—-]\s)[^.:])*\b(?:is|are|was|were|has|have|must|shall|lasts?|runs?|expires?)\b)(?=(?:\S+\s){0,5}?\S+(?:[.:]|\s[–—-])\s)[A-Z][\w’',/&() -]{2,60}|(?:What|When|How|Why|Who|Where)\s[\w’',/ -]{3,45})"
    r"(?:[.:]\s+(?=[A-Z\d“\"(])|:\s+(?=[a-z])|\s[–—-]\s+(?=\w))(?P<rest>\S.*)$",
    re.DOTALL,
)
#: "When the bone is long, the gap is small, and it has not healed.": conditions alone, which answer "When is it covered?".
_CONDITIONS = re.compile(r"(?:Only\s)?(?:[Ww]hen|[Ii]f|[Ww]here)\s(?P<said>[^,:]+\.|[^:]+?,\s(?:and|or)\s[^,:]+\.)$")
_ASKS_WHEN = re.compile(r"(?:when|under (?:what|which)|in (?:what|which)|on (?:what|which))\b", re.IGNORECASE)
#: A document's number.
_NUMBERED = re.compile(r"\b[A-Z]{2,6}-\d{1,4}\b")
#: A day or a month.
_DATE = re.compile(
    r"\d{1,2}/(?:\d{1,2}/)?\d{2,4}\b|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? (?:\d{1,2}, )?\d{4}\b|\d{4}-\d\d\b"
)
#: So many parts that begin with a known name make it the document's way to set them.
_SET_SO = 3
#: A name of a part has at most so many words.
_SHORT = 8
#: A line that stands alone after a list or a table names the next part, whatever its words, where it has so many at the most.
_BARE = 4


def _words(heading: Node) -> str:
    """A heading without its label."""
    label = heading.label
    labelled = label is not None and label.text in heading.text[: label.length]
    return heading.text[label.length :] if label is not None and labelled else heading.text


def is_question(text: str) -> bool:
    """True for a question that the document answers itself, not one that is put to the prescriber."""
    return _ASKS.match(text) is not None


def with_titles(root: Node) -> None:
    """Makes each such question or name a heading of what stands below it, up to the next."""
    _name_parts(root)
    _put_questions(root)
    stray = [child for child in root.children if child.kind != "heading"]
    headings = [child for child in root.children if child.kind == "heading"]
    placed = _divided(root, stray)
    for heading in headings:
        placed.append(heading)
        asked = _ASKS.match(_words(heading))
        parts = _divided(heading, heading.children)
        heading.children = [part for part in parts if part.kind != "heading" or part.parent is heading]
        if asked:
            heading.children = [paragraph for child in heading.children for paragraph in _answered(child)]
        placed += [part for part in parts if part not in heading.children and part.kind == "heading"]
    root.children = placed
    for child in placed:
        child.parent = root


def _name_parts(root: Node) -> None:
    """Marks the paragraphs that begin with the name of their part, where the document is set so.

    Where most names are known to name parts the others do so too: "Trial stimulation. We regard a trial ...".
    """
    begun = [
        (node, named)
        for node in every_below(root)
        if node.kind == "paragraph" and not node.children and (named := _NAMED.match(node.text)) is not None
    ]
    known = [named for _, named in begun if section_of(named["name"].rstrip(".:"))]
    for node, named in begun:
        short = len(named["name"].split()) <= _SHORT
        if short and (named["name"].isupper() or (len(known) >= _SET_SO and _states(named["rest"]))):
            node.named = True


def _put_questions(root: Node) -> None:
    """Marks the labelled questions of a document that answers most of its questions itself: "Any facts behind this?"."""
    labelled = [node for node in every_below(root) if node.kind == "item" and node.label and _PUT.match(node.text)]
    asked = [node for node in labelled if _ASKS.match(node.text)]
    if len(asked) >= _SET_SO and len(asked) * 3 >= len(labelled) * 2:
        for node in labelled:
            node.named = True


def every_below(node: Node) -> Iterator[Node]:
    """Every node below this one, in order."""
    for child in node.children:
        yield child
        yield from every_below(child)


def _states(text: str) -> bool:
    """True where the text itself tells what it is for, and explains no word."""
    first = sentences(text)[0]
    return sentence_of(first) not in ("", "definitions") or pattern("frames", "opens").search(first) is not None


def _divided(above: Node, nodes: Sequence[Node]) -> list[Node]:
    """The nodes before the first title, then each title as a heading with the nodes below it."""
    found: list[Node] = []
    open_heading: Node | None = None
    for at, node in enumerate(nodes):
        title = _title(node, nodes[at - 1] if at else None, nodes[at + 1] if at + 1 < len(nodes) else None)
        if title is not None:
            # A name that its own sentence goes on with ("Attach: a letter") is the name of nothing below it.
            between = _stands_between(nodes, at) and not _heads_entries(title, nodes[at + 1])
            own = node.kind == "paragraph" and (_goes_on(title) or between)
            open_heading = open_heading if own else title
            found.append(title)
        elif open_heading is not None:
            below = _answered(node) if is_question(open_heading.text) else [node]
            _named_below(open_heading, below)
            open_heading.children += below
            for child in below:
                child.parent = open_heading
        else:
            found.append(node)
    return found


def _named_below(above: Node, nodes: Sequence[Node]) -> None:
    """Gives the entries below a numbered question its number: "Q2(a)". What has a number of its own keeps it."""
    if above.label is None or not above.id:
        return
    for node in nodes:
        node.parent = node.parent if above.kind == "item" else above
        if node.kind == "item" and node.label is not None:
            node.id = path(above, node.label)
        _named_below(node if node.kind == "item" else above, list(node.children))


def _goes_on(title: Node) -> bool:
    """True for "Attach: a letter", and for "Scope. Members of insured plans.", which says whom the whole document is for."""
    own = bool(title.children) and title.children[0].text[:1].islower()
    return own or (title.named and section_of(title.text) == "scope")


def _heads_entries(title: Node, after: Node) -> bool:
    """True for "Refusals. No request is granted if any of rules 8 to 11 is true.", which parts one count of entries."""
    said = title.children[0].text if title.children else ""
    names = after.label is not None and re.search(rf"\b{re.escape(after.label.text)}\b", said, re.IGNORECASE)
    counts = not said or announcement(said) is not None or re.match(r"(?i)(?:these|the following)\b", said) or names
    return bool(counts) and section_of(title.text) in CRITERIA


def _stands_between(nodes: Sequence[Node], at: int) -> bool:
    """True for a remark between two items of one list: "Comment: ..." below 1.1, where 1.2 comes next."""
    above = next((one.label for one in reversed(nodes[:at]) if one.kind == "item"), None)
    below = next((one.label for one in nodes[at + 1 :] if one.kind == "item"), None)
    return above is not None and below is not None and above.kind != "bullet" and follows(above, below)


def _title(node: Node, before: Node | None, after: Node | None) -> Node | None:
    """The node as a heading, None where it is none."""
    if node.kind not in ("item", "paragraph") or not node.lines:
        return None
    answered = _is_answered(node) or (after is not None and _ANSWERS.match(after.text) is not None)
    asked = _ASKS.match(node.text) or (_PUT.match(node.text) if answered else None)
    asked = asked or (_PUT.match(node.text) if node.kind == "item" and node.named else None)
    asked = asked or (_PUT.match(node.text) if _ANSWERS.match(_after_question(node.text)) else None)
    if asked is not None:
        heading = Node("heading", asked["asked"], node.page, node.lines, node.label, node.id, node.left)
        if asked["answer"]:
            heading.children.append(
                Node("paragraph", _ANSWER.sub("", asked["answer"]), node.page, node.lines, left=node.left)
            )
        heading.children += [paragraph for child in node.children for paragraph in _answered(child)]
        for child in heading.children:
            child.parent = heading
        _named_below(heading, heading.children)
        return heading
    explains = (
        node.parent is not None and node.parent.kind == "heading" and section_of(node.parent.text) == "definitions"
    )
    named = _NAMED.match(node.text) if node.kind == "paragraph" and not explains else None
    if named is None and node.named:
        named = _NAMED.match(node.text)
    role = section_of(named["name"].rstrip(".:")) if named is not None else ""
    if named is not None and _NUMBERED.search(named["name"]):
        return None  # the document's title: "Coverage statement GT-12: ..."
    if named is not None and pattern("grids", "instructs").match(named["name"]):
        return None  # "Find the column of the disease." tells the reader what to do
    if named is not None and pattern("frames", "reached").match(named["rest"]):
        return None  # a letterhead: "Pharmacy authorization - Fax 1-800-555-0100"
    if named is not None and _DATE.match(named["rest"]) and role not in ("history", "references"):
        return None  # "Next review: 02/2027" is a field of the document
    if named is not None and (node.named or role) and not announcement(named["name"]):
        heading = Node("heading", named["name"], node.page, node.lines, left=node.left, named=True)
        rest = Node("paragraph", named["rest"], node.page, node.lines, left=node.left, children=node.children)
        heading.children, rest.parent = [rest], heading
        return heading
    if _names_a_part(node, before, after) if node.kind == "paragraph" else _numbers_a_part(node, after):
        heading = Node("heading", node.text, node.page, node.lines, node.label, node.id, node.left, node.children)
        for child in heading.children:
            child.parent = heading
        return heading
    return None


def _after_question(text: str) -> str:
    return text.partition("?")[2].strip()


def _is_answered(node: Node) -> bool:
    """True for a question with one answer that is named "A", not with items of which the first is A."""
    labels = [child.label.text.lower() for child in node.children if child.label is not None]
    return labels == ["a"]


def _names_a_part(node: Node, before: Node | None, after: Node | None) -> bool:
    """True for "Not authorized" over its list: a few words without a stop, between what has ended and what it heads."""
    alone = re.search(r"[A-Za-z)]$" if len(node.text.split()) > 2 else r"[A-Za-z)][.]?$", node.text)
    if len(node.lines) > 1 or len(node.text.split()) > _SHORT or not alone:
        return False
    if not node.text[0].isupper() or announcement(node.text):
        return False
    after_list = (
        before is not None
        and before.kind in ("item", "table")
        and len(node.text.split()) <= _BARE
        and not re.search(r"\d", node.text)
    )
    if not section_of(node.text) and not (after_list and after is not None and after.kind != "item"):
        return False
    ended = (
        before is None
        or before.children
        or before.kind in ("item", "table")
        or re.search(r"[.;:!?)]$", before.text) is not None
    )
    heads = bool(node.children) or (after is not None and after.kind in ("paragraph", "table", "item"))
    return bool(ended) and heads


def _numbers_a_part(node: Node, after: Node | None) -> bool:
    """True for "4.2 Renewal" over its own items, which is set like them."""
    if node.label is None or node.label.kind == "bullet" or len(node.text.split()) > _SHORT:
        return False
    if not re.match(r"[A-Z][^.;:?!]*[.]?$", node.text) or not section_of(node.text):
        return False
    lists = after is not None and after.kind == "paragraph" and bool(after.children)
    return lists or any(child.kind == "item" for child in node.children)


def _begins_list(node: Node) -> bool:
    """True for "(a)" where "(b)" follows it among its sisters: it answers nothing."""
    sisters = [one.label for one in node.parent.children if one.label is not None] if node.parent is not None else []
    return node.label is not None and any(follows(node.label, one) for one in sisters if one.kind == node.label.kind)


def _answered(node: Node) -> list[Node]:
    """An answer without its "A." is a paragraph, and its list stays below it where it announces one."""
    label = node.label
    if node.kind == "paragraph":
        node.text = _ANSWER.sub("", node.text)
        asked = _words(node.parent) if node.parent is not None and node.parent.kind == "heading" else ""
        alone = _CONDITIONS.match(node.text) if _ASKS_WHEN.match(asked) and len(sentences(node.text)) == 1 else None
        node.text = alone["said"] if alone is not None else node.text
        return [node]
    if node.kind != "item" or label is None or label.text.lower() not in ("a", "answer", "ans") or _begins_list(node):
        return [node]
    paragraph = Node("paragraph", node.text, node.page, node.lines, left=node.left)
    if announces(node.text):
        paragraph.children = node.children
        for child in node.children:
            child.parent = paragraph
        return [paragraph]
    return [paragraph, *node.children]
