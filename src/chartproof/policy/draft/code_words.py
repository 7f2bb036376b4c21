"""A diagnosis code's own title, held against the words beside it and the grades that the criteria ask for."""

from __future__ import annotations

import re
from functools import cache

from chartproof.codes import icd
from chartproof.codes.book import ends, find
from chartproof.policy.draft.coded import Listed, PolicyText, coding, pattern, supports

#: Words beside a code and its title are the same but for one when they share so many.
_SHARED = 3
#: Its first words are a document's title.
_FIRST = 60


def other_word(one: Listed, policy: PolicyText) -> str:
    """A title that is printed with one telling word where the code's own has another ("of the pancreas" for "of testis")."""
    known = find("ICD-10-CM", ends(one.code)[0]) if one.system == "ICD-10-CM" and "-" not in one.code else None
    if known is None or not known.billable:
        return ""
    said, own = _words(one.text), _words(known.title)
    printed, meant = said - own, own - said
    if len(said & own) < _SHARED or len(printed) != 1 or len(meant) != 1 or _is_synonym(*printed, *meant):
        return ""
    if min(len(word) for word in (*printed, *meant)) < 3 and not any(re.search(r"\d|^[ivx]+$", word) for word in meant):
        return ""
    return f"{one.code} is {known.title[0].lower()}{known.title[1:]}: it is printed as {' '.join(printed)}"


def other_grade(one: Listed, policy: PolicyText) -> str:
    """A disease's code for a grade that the criteria leave out: grade IIIb where they ask for grade 1, 2 or 3A."""
    known = find("ICD-10-CM", ends(one.code)[0]) if one.system == "ICD-10-CM" else None
    graded = pattern("graded").search(known.title) if known is not None else None
    if known is None or graded is None:
        return ""
    grade, disease = _grade(graded["grade"]), _words(known.title[: graded.start()])
    asked = [
        (where, match["grades"])
        for where, text in policy.asks
        if disease <= _words(text)
        for match in pattern("grades").finditer(text)
    ]
    names = {_grade(name) for _, said in asked for name in re.findall(r"\d[ABab]?|[IVX]+[ABab]?", said)}
    if not asked or grade in names or grade[:1] in names:
        return ""
    return f"{one.code} is {known.title[0].lower()}{known.title[1:]}: {asked[0][0]} asks for grade {asked[0][1]}"


def opposed(one: Listed, policy: PolicyText) -> str:
    """A code of the other kind of a disease than the one that the criteria ask for: conductive loss, where the loss is sensorineural."""
    known = (
        find("ICD-10-CM", ends(one.code)[0]) if one.system == "ICD-10-CM" and supports(one, policy.refused) else None
    )
    title = re.split(r",|\swith", known.title.lower())[0] if known is not None else ""
    first = ("its title", " ".join(policy.text.split()[:_FIRST]))
    asked = [first, *((where, text.lower()) for where, text in policy.asks)]
    for kinds in coding()["opposed"]:
        own = next((kind for kind in kinds if re.search(rf"\b{kind} [\w-]+", title)), "")
        what = re.split(rf"\b{own} ", title, maxsplit=1)[1].strip() if own else ""
        if not what or any(_says(own, what, text) for _, text in asked):
            continue
        called = (what, *_other_names(what))
        for other in (kind for kind in kinds if kind != own):
            told = ((name, text) for name, text in asked for disease in called if _says(other, disease, text))
            where, text = next(told, ("", ""))
            if where:
                said = re.search(rf"\b{other}\b", text)
                return f"{one.code} is {title}: {where} asks for the {said.group() if said else other} kind"
    return ""


@cache
def _other_names(what: str) -> tuple[str, ...]:
    """What the book calls a disease besides, without the word for its kind: "factor viii deficiency" for hemophilia."""
    named = (row for row in icd.all_rows() if any(name.lower().split()[:1] == [what] for name in row.inclusion))
    kinds = re.compile("|".join(kind for group in coding()["opposed"] for kind in group))
    titles = (row.title.lower().partition(" ") for row in named)
    return tuple(dict.fromkeys(rest for first, _, rest in titles if kinds.fullmatch(first) and rest))


def _says(kind: str, what: str, text: str) -> bool:
    """True for "moderate or severe asthma" of both kinds, and for "obstructive sleep apnea"."""
    return re.search(rf"\b{kind}(?: (?:or|to|and) [\w-]+)? {re.escape(what)}", text) is not None


def _grade(text: str) -> str:
    """ "IIIb" and "3B" as one name."""
    numeral = re.match(r"[ivx]+", text.lower())
    place = (
        ("i", "ii", "iii", "iv").index(numeral.group()) + 1
        if numeral and numeral.group() in ("i", "ii", "iii", "iv")
        else 0
    )
    return f"{place}{text[numeral.end() :]}".upper() if numeral and place else text.upper()


def _words(text: str) -> frozenset[str]:
    plain = pattern("not_printed").sub(" ", re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", text.lower()))
    return frozenset(re.findall(r"[a-z][a-z0-9]*", plain))


def _is_synonym(one: str, other: str) -> bool:
    """True for two forms of one word, and for two words of one meaning."""
    if one[:4] == other[:4]:
        return True
    return any(one in group and other in group for group in coding()["synonyms"])
