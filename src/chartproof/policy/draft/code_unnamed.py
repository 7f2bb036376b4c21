"""A listed code whose disease the document never names, or that its criteria leave behind: what no request could rest on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from chartproof.codes import icd
from chartproof.codes.book import ends, find
from chartproof.codes.entry import Code
from chartproof.policy.draft.coded import Listed, PolicyText, coding, core, pattern, supports, words

#: Chapters of signs, histories, injuries and malformations stand beside a disease: they are no disease of their own.
_DISEASES = "ABCDEFGHIJKLMN"
#: A title that only says where a tumor is.
_PLACE = re.compile(r"(?:malignant|secondary|benign) neoplasm", re.IGNORECASE)
#: A word is told by its first letters, so many at least, whatever its ending.
_STEM, _ENDING = 5, 4
#: A word that stands in fewer titles of the book tells a disease.
_RARE = 80
#: So many words of a name that another disease's has too say that it is one of that disease's kinds.
_KIND = 3
#: Its first words are a document's title.
_FIRST = 60
#: A word of so many letters is a disease's own.
_LONG = 12
#: What is inserted before the words that tell of which kind a disease must be: "gastritis, erosion included, that has not healed".
_INSERTED = re.compile(r",\s[^,;.:]*,(?=\s(?:that|which)\s)")


def elsewhere(text: str, listed: Sequence[Listed]) -> frozenset[str]:
    """The words that a document has beside those of its list of codes; none where they name no listed disease."""
    beside = {(one.code, one.text) for one in listed}
    printed = Counter(word for _, said in beside for word in _tokens(said))
    own = frozenset((Counter(_tokens(text)) - printed).keys())
    return own if any(_is_told(one, own) for one in listed if one.system == "ICD-10-CM") else frozenset()


def _is_told(one: Listed, said: frozenset[str]) -> bool:
    """True where the whole name of a listed disease is said, or more than half of the words that are printed beside its code."""
    known = find("ICD-10-CM", ends(one.code)[0])
    if known is None or known.code[0] not in _DISEASES:
        return False
    printed = words(one.text)
    names = [] if _PLACE.match(known.title) else [words(name) for name in (*_names(known), *_family(known))]
    whole = any(name and all(_stands(word, said) for word in name) for name in names)
    return whole or sum(_stands(word, said) for word in printed) * 2 > len(printed)


def _names(known: Code) -> list[str]:
    """What the disease is called, without its place and its kind, and the other names of the headers above it."""
    above = (icd.row(known.code[:n]) for n in range(3, len(known.code)) if known.code[n - 1] != ".")
    others = [name for row in above if row is not None for name in row.inclusion]
    title = re.split(r", | of ", core(known.title))[0]
    return [title, title.split(" due to ")[0], *known.inclusion, *others]


def _family(known: Code) -> list[str]:
    """The name of the category in which a code stands."""
    row = icd.row(known.code[:3])
    return [core(row.title)] if row is not None else []


def unnamed_disease(one: Listed, policy: PolicyText) -> str:
    """The code's disease is named nowhere but in the list, and is no kind of what is named."""
    known = _supported(one, policy)
    if known is None or not policy.elsewhere or _is_named(known, policy.elsewhere, policy.text):
        return ""
    return f"{one.code} is {_small(known.title)}, which the policy names nowhere else"


def _is_named(known: Code, said: frozenset[str], text: str) -> bool:
    """True for what is no disease, and where the disease or the family of which it is one is among the words `said`."""
    if known.code[0] not in _DISEASES or _PLACE.match(known.title):
        return True
    families = [words(name) for name in _family(known)]
    if any(name and all(_stands(word, said) for word in name) for name in families):
        return True
    return any(_is_said(name, said, text) for name in _names(known))


def _is_said(name: str, said: frozenset[str], text: str) -> bool:
    """True for a name whose telling words mostly stand in the document, or that ends with a disease's whole name that does."""
    telling, tokens = _telling(name), _own(name)
    if sum(_stands(word, said) for word in telling) * 2 > len(telling) or not telling:
        return True
    return len(tokens) > _KIND and " ".join(tokens[1:]) in " ".join(_tokens(text))


def _own(name: str) -> list[str]:
    return [word for word in _tokens(re.sub(r"\([^)]*\)", "", name)) if word in words(word)]


def _telling(name: str) -> list[str]:
    """The words of a name that few titles of the book have."""
    return [word for word in _own(name) if _titles_with()[_stem(word)] < _RARE]


def _stands(word: str, said: frozenset[str]) -> bool:
    """True where the word, or a longer one made of it, stands outside the list ("sinusitis" in "rhinosinusitis")."""
    stem = _stem(word)
    return word in said or (len(stem) >= _STEM and any(stem in other for other in said))


@cache
def _titles_with() -> Counter[str]:
    """How many titles of the book have a word that begins so."""
    return Counter(stem for row in icd.all_rows() for stem in {_stem(word) for word in words(row.title)})


def refused_state(one: Listed, policy: PolicyText) -> str:
    """A code that supports coverage for a state that the criteria refuse in other words: dependence on a ventilator."""
    known = _supported(one, policy)
    if known is None:
        return ""
    own = {word[:_STEM] for word in words(known.title) if len(word) >= _STEM}
    rare = {word for word in words(core(known.title)) if len(word) >= _LONG}
    asked = frozenset().union(*policy.wanted) if policy.wanted else frozenset()
    for where, text in policy.refuses:
        for clause in re.split(r";|\.\s|,\s+(?:or|and)\s|:\s|,\s", _INSERTED.sub(" ", text)):
            said = words(clause)
            twice = known.code[0] == "Z" and len(own & {word[:_STEM] for word in said}) > 1
            if not pattern("conditional").search(clause) and (twice or (rare & said and not rare & asked)):
                return f"{where} refuses it"
    return ""


def in_situ(one: Listed, policy: PolicyText) -> str:
    """A disease that has not spread from where it began, where the criteria ask for one that has."""
    known = _supported(one, policy)
    if known is None or not re.search(r"\bin situ\b", known.title):
        return ""
    asks = next((where for where, text in policy.asks if pattern("spread").search(text)), "")
    return f"{one.code} is {_small(known.title)}: {asks} asks for disease that has spread" if asks else ""


def other_place(one: Listed, policy: PolicyText) -> str:
    """The service of a device for another place of the body than the one that the document is about."""
    known = find("", one.code) if one.system == "CPT" and supports(one, policy.refused) else None
    if known is None or not pattern("device").search(known.title):
        return ""
    title = " ".join(policy.text.split()[:_FIRST])
    for places in coding()["places"]:
        own = {place for place in places if re.search(rf"\b{place}", known.title.lower())}
        said = {place for place in places if re.search(rf"\b{place}", title)}
        said = said or {place for place in places if place in policy.elsewhere}
        if own and said and not own & said:
            return f"{one.code} is {known.title}, not {min(said)}{'' if known.verified else ' (confirm)'}"
    return ""


def _supported(one: Listed, policy: PolicyText) -> Code | None:
    if one.system != "ICD-10-CM" or not supports(one, policy.refused):
        return None
    return find("ICD-10-CM", ends(one.code)[0])


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _stem(word: str) -> str:
    return word[: max(_STEM, len(word) - _ENDING)]


def _small(title: str) -> str:
    return f"{title[0].lower()}{title[1:]}"
