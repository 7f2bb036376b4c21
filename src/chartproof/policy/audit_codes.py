"""A policy's code list held against the code book, the labels in its scope and its own criteria."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.codes import icd
from chartproof.codes.book import ends, expand, find, status
from chartproof.model.audit import AuditFinding
from chartproof.policy.audit_view import View, known, prefixes, rule_place, tests

_LIST = "code list"


def not_billable(view: View) -> Iterator[AuditFinding]:
    """A header in the list, or as an end of a range."""
    for printed in view.diagnoses:
        for code in dict.fromkeys(ends(printed)):
            found = status(code, view.edition) if code and not re.search(r"[-xX]$", code) else None
            if found is None or found.kind != "header" or ("." not in code and "-" in printed):
                continue
            since = f" {'by' if found.by else 'since'} {found.when}" if found.when else ""
            yield AuditFinding(
                "not_billable",
                f"{code} is a header and cannot be billed{since}; its codes are {', '.join(found.children)}",
                (f"printed: {printed}", f"the edition is of {view.edition}"),
                _LIST,
                (_book(code),),
                (code,),
            )


def ended(view: View) -> Iterator[AuditFinding]:
    """A code that ended before the edition took effect."""
    for printed in (*view.services, *view.diagnoses):
        for code in dict.fromkeys(ends(printed)):
            found = status(code, view.edition) if code else None
            if found is not None and found.kind == "deleted":
                now = f"; {', '.join(found.now)} took its place" if found.now else ""
                yield AuditFinding(
                    "ended",
                    f"{code} ended on {found.when}{now}",
                    (f"printed: {printed}", f"the edition is of {view.edition}"),
                    _LIST,
                    (_book(code),),
                    (code,),
                    found.verified,
                )


def scope_without_code(view: View) -> Iterator[AuditFinding]:
    """A disease that the policy names and that no code of its list stands for."""
    if not view.diagnoses:
        return
    covered = view.covered()
    for named in view.diseases:
        wanted = _codes_named(named.name) or prefixes().get(named.disease, ())
        own = _codes_named(named.name)
        if not wanted or any(code.startswith(prefix) for prefix in wanted for code in covered):
            continue
        if (
            not own
            and named.disease
            and any(other.disease == named.disease and other != named for other in view.diseases)
        ):
            continue  # without a code of its own: nothing is certain
        yield AuditFinding(
            "scope_without_code",
            f"{named.name} is named in the policy and has no code in its list ({', '.join(wanted)})",
            (f"named: {named.name}", f"listed: {', '.join(view.diagnoses)}"),
            view.scope_where,
            (_book(wanted[0]),),
            (named.name, *wanted),
        )


def approved_without_mention(view: View) -> Iterator[AuditFinding]:
    """A label's indication that was approved before the policy was adopted, and that it neither names nor lists."""
    adopted = view.dates.get("committee", str(view.edition))
    covered = view.covered()
    for disease in dict.fromkeys(label.disease for label in view.labels):
        first = min(
            (one for one in view.labels if one.disease == disease and one.day),
            key=lambda one: str(one.day),
            default=None,
        )
        if first is None or str(first.day) >= adopted or any(named.disease == disease for named in view.diseases):
            continue
        if any(code.startswith(prefix) for prefix in prefixes().get(disease, ()) for code in covered):
            continue
        yield AuditFinding(
            "approved_without_mention",
            f"{disease.replace('_', ' ')} is an indication of {first.brand} since {first.day} and is in neither its description nor its codes",
            (first.says, f"adopted: {adopted}"),
            view.scope_where,
            (f"label of {first.brand}: {first.source}",),
            (disease, *prefixes().get(disease, ())),
            first.verified,
        )


def code_of_no_product(view: View) -> Iterator[AuditFinding]:
    """A disease's code that belongs to no indication of any product in scope."""
    if not view.labels:
        return
    treated = [prefix for label in view.labels for prefix in prefixes().get(label.disease, ())]
    for printed in view.diagnoses:
        codes = [code for code in (*expand(printed), *ends(printed)) if not code.startswith("Z")]
        if not codes or any(code.startswith(prefix) or prefix.startswith(code) for code in codes for prefix in treated):
            continue
        title = find("ICD-10-CM", ends(printed)[0])
        yield AuditFinding(
            "code_of_no_product",
            f"{printed} ({title.title if title else 'no title'}) is no disease for which a product in scope is approved",
            tuple(f"{label.brand}: {label.says}" for label in view.labels),
            _LIST,
            (_book(codes[0]),),
            (printed,),
        )


def history_code(view: View) -> Iterator[AuditFinding]:
    """A code of family or personal history beside the diagnoses that support the treatment."""
    against = {code for codes in known()["concept_codes"].values() for code in codes}
    for printed in view.diagnoses:
        title = find("ICD-10-CM", ends(printed)[0])
        if title is None or printed in against or not re.match(r"(?i)(?:family|personal) history of", title.title):
            continue
        if not re.search(r"(?i)malignan|leukemia|lymphoma|cancer|neoplasm", title.title):
            continue
        yield AuditFinding(
            "history_code",
            f"{printed} ({title.title}) is a history: it proves no disease that the treatment is for",
            (f"printed: {printed}",),
            _LIST,
            (_book(printed),),
            (printed,),
        )


def remission_code(view: View) -> Iterator[AuditFinding]:
    """A code of remission where every label in scope for the disease asks for relapsed or refractory disease."""
    for printed in view.diagnoses:
        for code in expand(printed):
            title = find("ICD-10-CM", code)
            if title is None or not re.search(r"\bin remission", title.title) or "not having" in title.title:
                continue
            labels = [
                one for one in view.labels if any(code.startswith(prefix) for prefix in prefixes().get(one.disease, ()))
            ]
            asked = [
                one
                for one in labels
                if re.search(r"relaps|refractory|progress", one.rules["relapsed_or_refractory"].says)
            ]
            if labels and len(asked) == len(labels):
                yield AuditFinding(
                    "remission_code",
                    f"{code} ({title.title}) stands in {printed}; the labels ask for relapsed or refractory disease",
                    tuple(f"{one.brand}: {one.rules['relapsed_or_refractory'].says}" for one in asked),
                    _LIST,
                    (_book(code), *dict.fromkeys(f"label of {one.brand}" for one in asked)),
                    (code,),
                    any(one.verified for one in asked),
                )


def code_against_criterion(view: View) -> Iterator[AuditFinding]:
    """A listed code that says what a criterion asks to be absent."""
    for rule in view.policy.rules:
        for test in {test.concept: test for test in tests(rule.body) if test.test == "absent"}.values():
            for code in known()["concept_codes"].get(test.concept, ()):
                if code in view.covered():
                    title = find("ICD-10-CM", code)
                    yield AuditFinding(
                        "code_against_criterion",
                        f"{code} ({title.title if title else ''}) is listed, and {rule.id} asks for the opposite: {rule.says}",
                        (f"{rule.id}: {rule.says}", f"listed: {code}"),
                        _LIST,
                        (_book(code), rule_place(rule)),
                        (code, rule.id),
                    )


def excluded_together(view: View) -> Iterator[AuditFinding]:
    """Two listed codes that the code book does not let stand on one claim (Excludes1)."""
    listed = {printed: ends(printed)[0] for printed in view.diagnoses}
    for printed, code in listed.items():
        above = [code[:n] for n in range(3, len(code) + 1) if code[:n][-1:] != "."]
        barred = {of.rstrip("-") for one in above if (row := icd.row(one)) is not None for of in row.excludes1}
        for other, first in listed.items():
            if first != code and first in barred:
                yield AuditFinding(
                    "excluded_together",
                    f"{other} may not be reported together with {printed} (Excludes1)",
                    (f"{code}: Excludes1 {first}",),
                    _LIST,
                    (_book(code),),
                    (printed, other),
                )


def _codes_named(name: str) -> tuple[str, ...]:
    """Categories and subcategories of neoplasms whose title has every word of a disease's name, the highest ones only."""
    wanted = _words(name)
    found = [
        code
        for code in icd.between("C00", "C96")
        if (row := icd.row(code)) is not None and row.header and row.last is None and wanted <= _words(row.title)
    ]
    return tuple(code for code in found if not any(code != other and code.startswith(other) for other in found))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.lower().replace("non-", "non"))) - {
        "primary",
        "of",
        "the",
        "and",
        "unspecified",
        "other",
    }


def _book(code: str) -> str:
    entry = find("", code)
    return entry.source if entry else "code book"
