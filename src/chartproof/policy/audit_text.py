"""A policy held against itself: its citations, its dates, its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from chartproof.model.audit import AuditFinding
from chartproof.model.policy import Body
from chartproof.model.rows import Term
from chartproof.policy.audit_labels import approvals
from chartproof.policy.audit_view import Citation, View, pattern, place, rule_place, tests

#: Numbers of one series are given in the order of publication, but for a few weeks.
_SLACK_DAYS = 60


def citation_number(view: View) -> Iterator[AuditFinding]:
    """A citation whose printed number is not the one in its printed address."""
    for one in view.citations:
        if one.number and one.link and _number(one.number) != _number(one.link):
            yield AuditFinding(
                "citation_number",
                f"the citation of {one.title} is numbered {one.number} and its address leads to {one.link}",
                (f"printed: {one.number}", f"address: {one.link}"),
                one.where,
                (one.source,),
                (one.id,),
            )


def number_twice(view: View) -> Iterator[AuditFinding]:
    """One number for two works."""
    for one, other in combinations(view.citations, 2):
        if one.number and (one.body, one.number) == (other.body, other.number):
            yield AuditFinding(
                "number_twice",
                f"{one.number} is given to two works: {one.title}, and {other.title}",
                (f"{one.title}: {one.published}", f"{other.title}: {other.published}"),
                one.where,
                (one.source,),
                (one.id, other.id),
            )


def citation_order(view: View) -> Iterator[AuditFinding]:
    """Works of one numbered series whose dates run against their numbers: they cannot all be right."""
    series = [one for one in view.citations if one.number and len(one.published) == 10 and one.link in ("", one.number)]
    for one, other in combinations(sorted(series, key=lambda item: (_number(item.number), item.published)), 2):
        if one.body != other.body or _number(one.number) == _number(other.number):
            continue
        if (_day(one) - _day(other)).days > _SLACK_DAYS:
            yield AuditFinding(
                "citation_order",
                f"{one.number} is dated {one.published} and {other.number} is dated {other.published}: a series counts up, so one date is wrong",
                (f"{one.number}: {one.published}", f"{other.number}: {other.published}"),
                one.where,
                (one.source,),
                (one.id, other.id),
                False,
            )


def citation_year(view: View) -> Iterator[AuditFinding]:
    """A work that the text dates otherwise than the reference list."""
    for one in view.citations:
        if one.said and one.published and not one.published.startswith(one.said[:4]):
            yield AuditFinding(
                "citation_year",
                f"the text dates {one.title} to {one.said}; the reference is of {one.published}",
                (f"text: {one.said}", f"reference: {one.published}"),
                one.where,
                (one.source,),
                (one.id,),
            )


def foreign_body(view: View) -> Iterator[AuditFinding]:
    """Appraisals of another country's body, offered as guidance on drugs that FDA approved."""
    for country in dict.fromkeys(one.country for one in view.citations if one.country not in ("", "US")):
        cited = [one for one in view.citations if one.country == country]
        bodies = ", ".join(dict.fromkeys(one.body for one in cited))
        yield AuditFinding(
            "foreign_body",
            f"{len(cited)} works of {bodies} ({country}) are cited as guidance; they advise another country's health service and are no FDA labels",
            tuple(f"{one.number} {one.title}".strip() for one in cited),
            cited[0].where,
            tuple(dict.fromkeys(one.source for one in cited)),
            tuple(one.id for one in cited),
        )


def citation_against_statement(view: View) -> Iterator[AuditFinding]:
    """A work that finds against what the policy covers, or against a use that the label approves."""
    for one in view.citations:
        on = dict(one.concerns)
        if one.finds != "against":
            continue
        approved = approvals(view, on.get("product", ""), on.get("disease", ""))
        if on.get("product") and approved:
            yield _against(
                one,
                f"the label of {approved[0].brand} approves it: {approved[0].says}",
                approved[0].source,
                all(label.verified for label in approved),
            )
        necessary = next((rule for rule in view.policy.rules if rule.kind == "necessity"), None)
        if on.get("class") and on["class"] == view.class_name and necessary is not None:
            yield _against(
                one,
                f"the policy covers it where {necessary.id} and the other criteria are met",
                rule_place(necessary),
                True,
            )


def _against(one: Citation, but: str, cites: str, verified: bool) -> AuditFinding:
    return AuditFinding(
        "citation_against_statement",
        f"{one.title} is cited, and it says: {one.says}; {but}",
        (f"{one.id}: {one.says}", but),
        one.where,
        (one.source, cites),
        (one.id,),
        verified,
    )


def exclusion_against_citation(view: View) -> Iterator[AuditFinding]:
    """An exclusion of what the policy's own citations recommend."""
    for rule in view.policy.rules:
        if rule.kind != "exclusion":
            continue
        asked = {test.concept for test in tests(rule.body)}
        cited = [one for one in view.citations if one.finds == "for" and dict(one.concerns).get("after") in asked]
        if cited:
            yield AuditFinding(
                "exclusion_against_citation",
                f"{rule.id} excludes what the policy's own citations recommend: {cited[0].says}",
                tuple(f"{one.body}, {one.title}: {one.says}" for one in cited),
                rule_place(rule),
                tuple(dict.fromkeys(one.source for one in cited)),
                (rule.id, *(one.id for one in cited)),
            )


def no_guidance(view: View) -> Iterator[AuditFinding]:
    """A disease in scope for which no society's guidance is cited, though guidance for others is."""
    guided = {disease for one in view.citations if one.kind == "society" for disease in one.diseases}
    if not guided:
        return
    missing: dict[str, str] = {}
    for named in view.diseases:
        if named.disease and named.disease not in guided:
            missing.setdefault(named.disease, named.name)
    for disease, name in missing.items():
        yield AuditFinding(
            "no_guidance",
            f"no society's guidance on {name} is cited, though it is in scope and guidance on other diseases is cited",
            tuple(f"cited: {one.title}" for one in view.citations if one.kind == "society"),
            view.scope_where,
            (),
            (disease,),
        )


def joined_words(view: View) -> Iterator[AuditFinding]:
    """A quotation in which a lost space makes a recommendation say its opposite."""
    for one in view.citations:
        found = [(phrase, match["word"]) for phrase in one.find if (match := pattern("joined").search(phrase))]
        words = dict.fromkeys(word.lower() for _, word in found)
        if words:
            meant = ", ".join(f"'{word}' for 'in {word[2:]}'" for word in words)
            yield AuditFinding(
                "joined_words",
                f"quotations of {one.title} print {meant}, which inverts them; compare with the document itself and quote the paper",
                tuple(f"printed: {phrase}" for phrase, _ in found),
                one.where,
                (one.source,),
                (one.id,),
                False,
            )


def undefined_words(view: View) -> Iterator[AuditFinding]:
    """A criterion that turns on a word which the policy does not define, without a number of its own."""
    for rule in view.policy.rules:
        words = (
            []
            if rule.kind not in ("necessity", "exclusion", "continuation")
            else pattern("undefined").findall(rule.find)
        )
        if not words or _own_number(view, rule.body):
            continue
        said = " and ".join(f"'{word.lower()}'" for word in dict.fromkeys(words))
        yield AuditFinding(
            "undefined_words",
            f"{rule.id} turns on {said}, which the policy does not define; it prints no number, so a denial for a limit has no basis in it",
            (f"{rule.id}: {rule.find}", *(term.because for term in _terms(view, rule.body))),
            rule_place(rule),
            (),
            (rule.id, *dict.fromkeys(word.lower() for word in words)),
        )


def _terms(view: View, body: Body) -> list[Term]:
    used = {name for test in tests(body) for name in (test.within, test.limit) if isinstance(name, str)}
    return [term for term in view.policy.terms if term.name in used]


def _own_number(view: View, body: Body) -> bool:
    numbers = [test.limit for test in tests(body) if isinstance(test.limit, int | float)]
    return bool(numbers) or any(term.basis == "policy" and term.value is not None for term in _terms(view, body))


def soft_documents(view: View) -> Iterator[AuditFinding]:
    """A list of documents that the policy only advises: a missing one fails no criterion."""
    asked = view.documents_asked
    rows = [rule for rule in view.policy.rules if asked and rule.id.startswith(str(asked["rules"]))]
    if rows and asked.get("verb") in ("should", "may"):
        yield AuditFinding(
            "soft_documents",
            f"the list of documents ({rows[0].id} to {rows[-1].id}) is headed with '{asked['verb']}': a missing document is a gap in the file, no failed criterion",
            tuple(f"{rule.id}: {rule.says}" for rule in rows[:3]),
            place(asked.get("at")),
            (),
            tuple(rule.id for rule in rows),
        )


def impossible_dates(view: View) -> Iterator[AuditFinding]:
    """Dates of the policy that cannot be: a review before the edition, a work published after the literature was read."""
    edition = str(view.edition)
    pairs = (
        ("committee", "effective", "it was adopted after it took effect"),
        ("edited", "effective", "it was edited after it took effect"),
        ("effective", "next_review", "its next review is before it takes effect"),
    )
    for before, after, says in pairs:
        first, last = view.dates.get(before), view.dates.get(after)
        if first and last and first[: len(last)] > last[: len(first)]:
            yield AuditFinding(
                "impossible_dates", f"{says}: {first}, {last}", (f"{before}: {first}", f"{after}: {last}"), "dates"
            )
    effective = view.dates.get("effective", edition)
    if effective != edition:
        yield AuditFinding(
            "impossible_dates", f"the edition is {edition} and it says that it took effect on {effective}", (), "dates"
        )
    read = view.dates.get("literature_read")
    for one in view.citations:
        if read and one.published and one.published > read[: len(one.published)]:
            yield AuditFinding(
                "impossible_dates",
                f"{one.title} is of {one.published}, after the literature was read ({read})",
                (f"published: {one.published}", f"read: {read}"),
                one.where,
                (one.source,),
                (one.id,),
            )


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text) or 0)


def _day(one: Citation) -> date:
    return date.fromisoformat(one.published)
