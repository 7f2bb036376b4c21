"""What is wrong with a listed code: not billable, ended, another drug's or disease's, or against the policy's own criteria."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from chartproof.codes import icd
from chartproof.codes.book import ends, expand, find, status, system_of
from chartproof.codes.entry import Code
from chartproof.policy.draft.code_measures import other_index, other_numeral
from chartproof.policy.draft.code_services import (
    drugs_in,
    misprinted,
    other_drug,
    other_service,
    other_thing,
    own_code,
    unclassified,
    unnamed_drug,
)
from chartproof.policy.draft.code_unnamed import elsewhere, in_situ, other_place, refused_state, unnamed_disease
from chartproof.policy.draft.code_words import opposed, other_grade, other_word
from chartproof.policy.draft.coded import Listed, PolicyText, coding, core, pattern, spelt, supports, words
from chartproof.policy.draft.statements import Statement

#: Its first words are a document's title.
_FIRST = 60


def problems(
    listed: Sequence[Listed],
    said: Sequence[Statement],
    effective: date | None,
    *,
    refused: frozenset[str] = frozenset(),
    text: str = "",
) -> list[Listed]:
    """The codes with what is wrong with each, "" for nothing. `refused` are names of groups that are not covered.

    `text` is the whole document. Without an effective date the codes are held against the newest release.
    """
    drugs = drugs_in(" ".join(text.split()[:_FIRST]))
    policy = PolicyText(
        effective or icd.releases()[0],
        tuple((one.where, one.text) for one in said if not one.refuses),
        tuple((one.where, one.text) for one in said if one.refuses),
        tuple(words(spelt(one.text)) for one in said if one.typed and not one.refuses),
        refused,
        text.lower(),
        drugs,
        elsewhere(spelt(text), listed),
        own_code(listed, drugs),
    )
    return [
        replace(one, problem="; ".join(filter(None, (one.problem, *(linter(one, policy) for linter in LINTERS)))))
        for one in listed
    ]


def not_billable(one: Listed, policy: PolicyText) -> str:
    """A header printed as a code, or as an end of a range."""
    if one.system != "ICD-10-CM" or re.search(r"[-xX]$", one.code):
        return ""
    first, last = ends(one.code)
    whole_range = first != last and "." not in first
    for code in dict.fromkeys((first, last)):
        found = status(code, policy.effective)
        if found.kind == "header" and not whole_range and not re.search(r"[-xX]$", code):
            since = f" {'by' if found.by else 'since'} {found.when}" if found.when else ""
            return f"{code} is a header that cannot be billed{since}; its codes are {_some(found.children)}"
        if found.kind == "unknown" and find("ICD-10-CM", code) is None and icd.row(code[:3]) is not None:
            return f"{code} is no code of ICD-10-CM"
    return ""


def ended(one: Listed, policy: PolicyText) -> str:
    """A code that ended before the policy took effect, or that had not begun."""
    for code in expand(one.code) if one.system != "ICD-10-CM" else ends(one.code):
        found = status(code, policy.effective)
        confirm = "" if found.verified else " (confirm)"
        if found.kind == "deleted":
            now = f"; {_some(found.now)} took its place" if found.now else ""
            return f"{code} ended on {found.when}, before the policy took effect{now}{confirm}"
        if found.kind == "not_yet":
            return f"{code} begins on {found.when}, after the policy took effect{confirm}"
    return ""


def other_disease(one: Listed, policy: PolicyText) -> str:
    """The words beside the code are the book's own words for another code."""
    if one.system != "ICD-10-CM" or not one.text:
        return ""
    said = words(core(one.text))
    first, last = ends(one.code)
    own = [words(name) for code in {first, last} for name in _family(code.rstrip("-xX."))]
    others = [code for code in _by_words().get(said, ()) if not _kin(code, first) and not _kin(code, last)]
    # What the codes above a code are called holds no longer where the words are another code's own.
    known = find("ICD-10-CM", first)
    alone = others and first == last and known is not None and known.billable
    names = [words(name) for name in _names(first)] if alone else own
    if not said or not own or any(said <= name or (len(name) > 1 and name <= said) for name in names):
        return ""
    if not others and first == last and known is not None:
        others = _beside(said, known)
    if not others or (first != last and any(first <= code <= last for code in others)):
        return ""
    return f"{first} is {known.title.lower() if known else 'another code'}; {one.text} is {others[0]}"


def _beside(said: frozenset[str], known: Code) -> list[str]:
    """Another code of the same category that has most of the printed words, where the printed code's own names have none."""
    if any(said & words(name) for name in (known.title, *_called(known.code))):
        return []
    sisters = (code for code in icd.below(known.code[:3]) if code != known.code)
    shared = {code: max(len(said & words(name)) for name in (_title(code), *_called(code))) for code in sisters}
    return [code for code, count in shared.items() if count > 1 and count * 2 >= len(said)][:1]


def in_remission(one: Listed, policy: PolicyText) -> str:
    """A code of remission where the criteria ask for active disease, also inside a range of one subcategory."""
    asks = next((name for name, text in policy.asks if pattern("active").search(text)), "")
    if not asks or one.system != "ICD-10-CM" or not supports(one, policy.refused):
        return ""
    first, last = ends(one.code)
    for code in expand(one.code):
        title = _title(code)
        if not pattern("remission").search(title) or pattern("not_remission").search(title):
            continue
        if code in (first, last):
            return f"{code} is a disease in remission, against {asks}"
        if code[-1].isdigit() and first[:-1] == last[:-1]:
            return f"{one.code} has {code} in it, a disease in remission, against {asks}"
    return ""


def history_only(one: Listed, policy: PolicyText) -> str:
    """A code of personal or family history in support, where no criterion asks for a history."""
    if one.system != "ICD-10-CM" or not supports(one, policy.refused):
        return ""
    title = _title(ends(one.code)[0])
    if not pattern("history").search(title):
        return ""
    asked = pattern("family") if title.lower().startswith("family") else pattern("asks_history")
    if any(asked.search(text) for _, text in policy.asks):
        return ""
    of = words(re.sub(r"(?i)^(?:personal|family) history of\s+", "", title))
    if len(of) > 1 and any(of <= words(spelt(text)) for _, text in policy.asks):
        return ""  # a criterion asks for what the history is of
    if not title.lower().startswith("family") and _has_had(of, policy.text):
        return ""
    return f"a secondary code ({title[0].lower()}{title[1:]}): it supports no criterion by itself"


def _has_had(disease: frozenset[str], text: str) -> bool:
    """True where a sentence asks of a person, and not of the family, whether the disease was there before."""
    said = (sentence for sentence in re.split(r"(?<=[.;:?])\s", text) if pattern("has_had").search(sentence))
    return bool(disease) and any(disease <= words(spelt(sentence)) for sentence in said)


def carrier(one: Listed, policy: PolicyText) -> str:
    """A code of carriers in support, where no criterion speaks of them."""
    title = _title(ends(one.code)[0]) if one.system == "ICD-10-CM" else ""
    if not pattern("carrier").search(title) or not supports(one, policy.refused):
        return ""
    if any(pattern("carrier").search(text) for _, text in policy.asks):
        return ""
    return f"{one.code} is {title[0].lower()}{title[1:]}: a carrier does not have the disease that the criteria ask for"


def other_route(one: Listed, policy: PolicyText) -> str:
    """A service of another route than the one that the document says it is for."""
    known = find("", one.code) if one.system in ("CPT", "HCPCS") else None
    routes = {match.group() for match in pattern("routes").finditer(known.title)} if known is not None else set()
    for match in pattern("only_route").finditer(policy.text):
        route = match["route"] or match["other"]
        if routes and pattern("routes").fullmatch(route) and route not in routes:
            return f"{one.code} is {known.title if known else ''}: the document is for {route} use only"
    return ""


def excluded(one: Listed, policy: PolicyText) -> str:
    """A code whose disease the policy's own criteria exclude, or that the list refuses where they exclude it in part."""
    if one.system in ("CPT", "HCPCS"):
        return _excluded_service(one, policy)
    if one.system != "ICD-10-CM":
        return ""
    first = ends(one.code)[0]
    names = {words(name) for code in ends(one.code) for name in (*_names(code), _printed_name(one))}
    # What a criterion asks for is not what another refuses: that one speaks of something else.
    names = {name for name in names if not any(name <= asked for asked in policy.wanted)}
    for where, text in policy.refuses:
        for clause in re.split(r";|\.\s|,\s+(?:or|and|for|when)\s|:\s|\s+or\s+(?:of|for)\s", text):
            clause = pattern("refused_frame").sub("", clause)
            part, said = bool(pattern("conditional").search(clause)), words(spelt(clause))
            if (
                supports(one, policy.refused)
                and not part
                and any(len(name) > 1 and name <= said and len(said - name) <= 3 for name in names)
            ):
                return f"{where} refuses it"
            present = pattern("refused_state").sub("", clause.strip())
            if supports(one, policy.refused) and not part and _is_named(present, ends(one.code)):
                return f"{where} refuses it"
            kind = _kind(clause, _title(first)) if supports(one, policy.refused) and not part else ""
            if kind:
                return f"{where} refuses {kind}"
            if pattern("negative").search(one.listed_as) and part and _heads(first) & said:
                return f"{where} refuses it only in part; the list refuses it outright"
    return ""


def _is_named(clause: str, codes: Sequence[str]) -> bool:
    """True where a list of what is refused names the disease of the code and nothing else: "tinnitus, migraine or autism"."""
    pieces = [_of_patient(piece) for piece in re.split(r",\s+(?:or\s+|and\s+)?|\s+(?:or|and)\s+", spelt(clause))]
    names = {frozenset(words(name)) for code in codes for name in (*_shorter(_title(code)), *_called(code))}
    return any(piece and piece in names for piece in pieces)


def _called(code: str) -> tuple[str, ...]:
    """The other names that the book has for a code's disease: "hemophilia A" for a lack of factor VIII."""
    row = icd.row(code)
    return row.inclusion if row is not None else ()


def _of_patient(piece: str) -> frozenset[str]:
    return words(pattern("refused_of").sub("", piece.strip(" .")))


def _shorter(title: str) -> list[str]:
    """The title, and what stands before its first comma or bracket: the disease without its side, its kind and its course."""
    beside = re.search(r"\swith (?P<what>[\w -]+)$", title)  # "asthma with status asthmaticus"
    return [title, re.split(r",|\s\(|\sin\s", title)[0], *([beside["what"]] if beside else [])] if title else []


def _excluded_service(one: Listed, policy: PolicyText) -> str:
    known = find("", one.code)
    if known is None or not supports(one, policy.refused):
        return ""
    for where, text in policy.refuses:
        for clause in re.split(r";|\.\s|,\s+(?:or|and)\s|:\s", text):
            if not pattern("conditional").search(clause) and (kind := _kind(clause, known.title, services=True)):
                return f"{one.code} is {known.title}: {where} refuses {kind}"
            if not pattern("conditional").search(clause) and _names_service(clause, known.title):
                return f"{one.code} is {known.title}: {where} refuses it"
    return ""


def _names_service(clause: str, title: str) -> bool:
    """True where a list of what is refused names this service whole: "jejunal bypass, gastric plication or a balloon"."""
    pieces = re.split(r",\s+(?:or\s+|and\s+)?|\s+(?:or|and)\s+|:\s", clause)
    return len(words(title)) > 1 and any(_of_patient(piece) == words(title) for piece in pieces)


def other_lineage(one: Listed, policy: PolicyText) -> str:
    """A code of T-cell disease, or of both lineages, where the criteria ask for B-cell disease."""
    asks = next((name for name, text in policy.asks if pattern("b_lineage").search(text)), "")
    if not asks or one.system != "ICD-10-CM" or not supports(one, policy.refused):
        return ""
    code = ends(one.code)[0]
    known = find("ICD-10-CM", code)
    if known is None:
        return ""
    notes = " ".join(known.notes)
    # A list that only names codes says nothing of what each shows.
    if (
        pattern("affirms").search(one.listed_as)
        and pattern("t_lineage").search(notes)
        and re.search(r"(?i)\bB-cell", notes)
    ):
        return f"{code} covers B-cell and T-cell disease alike: it does not show the lineage that {asks} asks for"
    disease = code[0] in "CD"
    if (
        disease
        and pattern("t_lineage").search(known.title)
        and not re.search(r"(?i)\bB-cell", known.title)
        and not _asks_t(policy)
    ):
        return f"{code} is a T-cell disease; {asks} asks for B-cell disease"
    return ""


def _asks_t(policy: PolicyText) -> bool:
    return any(re.search(r"(?i)\bT[- ]?cell (?:lymphoma|leuk|rich)", text) for _, text in policy.asks)


LINTERS: tuple[Callable[[Listed, PolicyText], str], ...] = (
    not_billable, ended, other_drug, unnamed_drug, other_disease, other_word, other_grade, other_service, other_thing, misprinted, in_remission,
    history_only, carrier, other_index, other_numeral, other_route, excluded, other_lineage, unnamed_disease, refused_state, in_situ, other_place, opposed, unclassified,
)  # fmt: skip


def _some(codes: Sequence[str]) -> str:
    return ", ".join(codes[:6]) + (" and more" if len(codes) > 6 else "")


def _title(code: str) -> str:
    known = find("ICD-10-CM", code) if system_of(code) == "ICD-10-CM" else None
    return known.title if known else ""


def _kin(code: str, other: str) -> bool:
    other = other.rstrip("-xX.")
    return code.startswith(other) or other.startswith(code)


def _family(code: str) -> list[str]:
    """Names of a code, of what lies above and below it."""
    above = [code[:n] for n in range(3, len(code)) if code[n - 1] != "."]
    rows = [icd.row(one) for one in (*above, code, *icd.below(code))]
    return [name for row in rows if row is not None for name in (core(row.title), *row.inclusion)]


@cache
def _by_words() -> dict[frozenset[str], list[str]]:
    found: dict[frozenset[str], list[str]] = {}
    for row in icd.all_rows():
        if row.last is None:
            for name in (core(row.title), *row.inclusion):
                found.setdefault(words(name), []).append(row.code)
    return found


def _names(code: str) -> list[str]:
    """The ways in which a sentence may name the disease of a code."""
    known: Code | None = find("ICD-10-CM", code)
    if known is None:
        return []
    match = re.fullmatch(r"(?i)(?P<what>[a-z ]+), unspecified", known.title)
    return [f"{match['what']} of undetermined kind"] if match else [core(known.title)]


def _printed_name(one: Listed) -> str:
    """The disease as the list itself names it, without its side, its stage and what comes with it."""
    return re.split(r",|\s(?:with|without)\s", one.text)[0] if one.text and "-" not in one.code else ""


def _kind(clause: str, title: str, *, services: bool = False) -> str:
    """The kind that a clause refuses and that the title is of: infection, pregnancy; "" for none.

    A test for an infection is no infection: of `services` only kinds of services are meant.
    """
    kinds = coding()["kinds"].items()
    return next(
        (
            name
            for name, of in kinds
            if (of.get("services") or not services)
            and re.search(of["refused"], clause, re.I)
            and re.search(of["titles"], title, re.I)
        ),
        "",
    )


def _heads(code: str) -> frozenset[str]:
    """The long words of a title: what a sentence calls the disease in short."""
    return frozenset(word for word in words(_title(code)) if len(word) > 8)
