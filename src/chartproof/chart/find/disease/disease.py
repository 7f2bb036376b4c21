"""The disease, its proof by pathology, its relapse or refractoriness, and disease of the central nervous system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from chartproof.chart.context import assertion
from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import collected_above
from chartproof.chart.find.disease import early, later_relapse, markers, nervous, refractory
from chartproof.chart.find.disease.diagnosed import diagnosed_on
from chartproof.chart.find.disease.excluded import excluded_apart
from chartproof.chart.find.disease.pathologist import is_verdict
from chartproof.chart.find.said import fact_of, loosen, near_quote, section_is
from chartproof.chart.find.statements import only_asked
from chartproof.chart.view import Reading, Sentence, span
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Case, DayRange, Document, Entry, Fact, Page

_UNSURE = re.compile(
    r"\bmimic|\bdifferential|\bexclud|\bargues? against|not diagnostic|\brather than|\bby itself|\bif\b.{0,30}suspected|\bversus\b|\brule out|\br/o\b|\bsuspicious|\bnegative for"
    r"|\bno (?:evidence|sign|features|area)|\bwithout\b|\bnot (?:a |an )?(?:transform|high|large)|\bno transform|\bno large|\bpossible|\bconcern",
    re.IGNORECASE,
)  # fmt: skip
_QUOTED_BIOPSY = Expression(
    loosen(
        r"(?:confirmed|proved|proven|established|diagnosed|confirms|shows|showed|showing|positive|reviewed)\b[^.;]{0,60}\b(?:bi-?ops(?:y|ies)|re-?biopsy|marrow|node|cytometry|flow|excision)"
        r"|\b(?:bi-?ops(?:y|ies)|re-?biopsy|marrow|node (?:excised|biopsy)|excision|(?:re-?)?bx|BM(?: ?(?:bx|asp\w*|biopsy))?|BMBx|BMA(?:/Bx)?|core|FNA|trephine|LNBx|path(?:ology)?(?= ?:)|histolog\w+|slides)\b(?:[^.;]|\b(?:Dr|St)\.){0,60}?(?:\b(?:confirm|prov|show|positive|involv|reveal|demonstrat|consistent|establish|diagnos|identif|found|yield|return|verif|again|c/w\b|(?:read|called|reported|signed|interpreted|graded)\b(?:[^.;]|\bDr\.){0,30}?\bas\b)|\b(?:came|comes|come) back\b[^.;]{0,12}\b(?:as|with|showing|positive)\b|\breturned\b|[:=])"
        r"|\|[^|]*\b(?:bi-?ops(?:y|ies)|excision|core|FNA|trephine|marrow)\b[^|]*\|(?=[^|]*(?:\+|\b(?:positive|involv\w+|consistent|Ki-?67|\d+ ?%)))"
        r"|\b(?:again|same|confirmed|unchanged) (?:on|by|at) (?:re-?)?biops\w+"
        r"|biopsy[- ]proven|re-?biopsied"
    ),
    re.IGNORECASE,
)
_DISEASE_NOUN = r"(?:disease|lymphoma|leuk(?:a)?emia|myeloma|blasts|MCL|DLBCL|LBCL|B-?ALL|ALL|FL|MM|CLL|MRD|adenopathy|nodes?|plasma cells?)"
#: Names of which it is said that they came back; short ones with their case, as "all came back".
_OWN_NOUN = r"(?:disease|lymphoma|leuka?emia|myeloma|(?-i:MCL|DLBCL|LBCL|B-?ALL|ALL|FL|MM|CLL))"
#: A biopsy that settles nothing.
_NO_TISSUE = re.compile(
    r"\b(?:insufficient|inadequate|scant) (?:\w+ )?(?:tissue|material|sample|specimen)|\b(?:tissue|material|sample|specimen|biops\w+) (?:\w+ )?(?:was |is |were )?(?:insufficient|inadequate|unsatisfactory|inconclusive)"
    r"|\bnon-?diagnostic\b|\binconclusive\b",
    re.IGNORECASE,
)
#: "Not relapsed or refractory": the denial stands right before the words.
_RIGHT_BEFORE = re.compile(
    r"(?:\b(?:not|never|neither|no|without|non)|n['\u2019]t)[\s-]+(?:(?:been|yet|a|an|any|evidence|of|in|currently|considered|is|be|either)\s+){0,3}$",
    re.IGNORECASE,
)
#: A relapse that is watched for or feared; a label or a list of criteria that asks for one.
#: A day that is the day of a paper, not of what the sentence tells: "the note of 11/10/2025 was written before".
_OF_A_PAPER = re.compile(
    r"\b(?:notes?|letters?|reports?|records?|faxe?s?|forms?|pages?) (?:of|from|dated) $", re.IGNORECASE
)
_FEARED = re.compile(
    r"\b(?:watch\w*|monitor\w*|surveill\w*|look\w* (?:out )?for|screen\w*|worr\w*|fear\w*|afraid|concern\w*|vigilan\w*)\b[^.;]{0,30}$",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(
    r"^\W*(?:\w+ )?(?:label|criteri\w+|policy|eligibility|inclusion|requirements?)\b[^.]{0,20}:", re.IGNORECASE
)
_ACTIVE = re.compile(
    loosen(
        rf"relaps(?:ed|e)/refractory|relapsed,? (?:and |or )?refractory|\bR/R\b|\brelaps(?:ed|es|e|ing)\b|\brecurren(?:t|ce)\b(?=[^.;]{{0,40}}\b{_DISEASE_NOUN})|\b{_DISEASE_NOUN}\b[^.;:]{{0,50}},\s+recurrent\b"
        rf"|primary refractory|chemo-?refractory|\brefractory(?: to\b| (?=(?:\w+[- ]){{0,3}}{_DISEASE_NOUN})|$|[.,])|\bpersistent[/ ](?:progressive|(?=[^.;]{{0,40}}\b{_DISEASE_NOUN}))|persistent/progressive"
        r"|progressive (?:disease|lymphoma|myeloma|leukemia|(?:\w+ ){0,2}lymphoma)|frankly progressive|\bprogress(?:ion|ed|ing)\b(?! (?:note|free))|\bPD\b(?![-L])|Deauville 5\b"
        rf"|\b{_OWN_NOUN}\b(?:(?!\b(?:not|never|nor|without)\b|n['\u2019]t\b)[^.;:]){{0,40}}\brecur(?:red|s)\b|\brecur(?:red|s)\b(?=[^.;]{{0,40}}\b{_OWN_NOUN}\b)"
        r"|\b(?:did(?: not|n['\u2019]t)|failed to|never) respon(?:d|ded) to\b(?=[^.;]{0,60}\b(?:treatment|therapy|(?:immuno)?chemo\w*|lines?|regimen|salvage|\w+inib|\w+mab|\w+toclax|R-?(?:CHOP|BAC|DHAP|ICE)|BR|BTKi?)\b)"
        rf"|\brel/ref\b|\bPOD-?24\b|\bno longer respon\w+|\b{_OWN_NOUN} (?:\w+ )?(?:grew|growing|grown) (?:on|through|during|despite)\b"
        rf"|\b{_OWN_NOUN} (?:(?:is|was|has|had|then|again|now|has now|is now) )*(?:back\b|(?:come|came) back|returned|reappeared|declared itself (?:once )?again)(?! (?:as|with|from|to|in (?:remission|range))\b| (?:\w+ )?(?:negative|clean|clear|normal|positive|unremarkable|under))"
        rf"|\b(?:growth|enlargement|regrowth|increase in size) (?:of|in) (?:the |her |his |their )?(?:[\w-]+ (?:and )?){{0,4}}?(?:nodes?|adenopathy|masse?s?|tumou?rs?|spleen|{_OWN_NOUN})|\bgrow(?:ing|s|n) new (?:\w+ )?(?:nodes?|masses|lesions)|\b(?:have|has|each|all|both) stopped working"
        r"|\bno longer in remission|\bnot a remission|\bgrew (?:straight )?through"
    ),
    re.IGNORECASE,
)
_OTHER_RELAPSE = re.compile(
    r"difficile|diarrh|infection|depress|smok|alcohol|COPD|asthma|kidney|renal|CKD|fibrosis|in progress|progress(?:ion)?[- ]free|chondral|neuropathy|dementia|if he|if she|eGFR",
    re.IGNORECASE,
)
#: "She cannot be called relapsed or refractory"; "neither relapsed nor refractory".
_NOT_CALLED = re.compile(
    r"\b(?:cannot|can ?not|can['\u2019]t|could not|should not|(?:is|are|was) not(?: to be)?|not (?:yet )?to be|never)(?: \w+)? (?:be )?(?:called|considered|described as|regarded as|classed as|classified as|labell?ed(?: as)?|counted as|deemed|said to be|termed)(?: \w+)?\W*$|\bneither\W*$",
    re.IGNORECASE,
)
#: "No other myeloma treatment": what is denied is the treatment.
_TREATMENT = re.compile(
    r"[- ](?:\w+[- ]){0,2}?(?:treatments?|therap(?:y|ies)|drugs?|medicines?|medications?|meds|agents?|regimens?|chemotherapy|trials?|specific)\b",
    re.IGNORECASE,
)
_NOW_QUIET = re.compile(
    loosen(
        r"\b(?:is|remains|currently|still|now)\b(?:(?!\bnot\b|\bnever\b|n't\b|\bno longer\b|\bout of\b)[^.;]){0,30}\b(?:in (?:\w+ ){0,2}remission|in CR\b|NED\b|without evidence of (?:disease|relapse))"
    ),
    re.IGNORECASE,
)
#: "No response, progressed": what is denied is the response.
_NO_RESPONSE = re.compile(
    r"\b(?:no|without|not|never|n['\u2019]t)\s+(?:an?\s+|any\s+|\w+\s+)?(?:respon\w+|remission|benefit|effect|improvement|held|hold|last\w*)\b(?:(?!\b(?:no|nor|or|not|without)\b)[^.;]){0,40}$",
    re.IGNORECASE,
)
_LISTED_QUIET = re.compile(loosen(r", in (?:complete |partial )?remission\b|\bin remission\b"), re.IGNORECASE)
_LISTS = ("face_sheet", "ccda", "fhir_bundle", "problem_list", "preventive_care")


@dataclass(frozen=True, slots=True)
class Named:
    """A disease named in a sentence: `disease` is an id of diseases.yaml."""

    start: int
    end: int
    disease: str


def find(reading: Reading, case: Case) -> list[Fact]:
    """Facts of diagnosis, pathology_diagnosis, relapsed_or_refractory, cns_disease, primary_cns_lymphoma and early relapse."""
    facts: list[Fact] = []
    last: dict[str, tuple[str, str]] = {}
    for sentence in reading.sentences:
        named = diseases_in(sentence.text)
        for one in named:
            facts.extend(_diagnosis(sentence, one, named))
            if assertion(sentence, one.start, one.end) in ("present", "historical"):
                last[sentence.document.id] = (one.disease, sentence.text[one.start : one.end])
        facts.extend(_quoted(sentence, named, last.get(sentence.document.id)))
        facts.extend(_status(sentence, named, case))
        facts.extend(nervous.find_in(sentence, asserted))
        facts.extend(early.find_in(sentence))
        facts.extend(later_relapse.find_in(sentence))
    facts.extend(_conditions(reading))
    facts.extend(markers.find(reading, case))
    facts.extend(refractory.find(reading))
    return excluded_apart(facts)


@cache
def _patterns() -> tuple[tuple[str, Expression, Expression | None, Expression | None], ...]:
    out = []
    for name, rule in load("diseases.yaml")["diseases"].items():
        words = [*rule["words"], *rule.get("weak", [])]
        long = Expression(r"(?<!\w)(?:" + loosen("|".join(words)) + r")(?!\w)", re.IGNORECASE)
        short = Expression(r"(?<![\w-])(?:" + "|".join(rule["short"]) + r")(?![\w-]*\d|\w)") if rule["short"] else None
        no = Expression(loosen("|".join(rule["not_words"])), re.IGNORECASE) if rule.get("not_words") else None
        out.append((name, long, short, no))
    return tuple(out)


def diseases_in(text: str) -> list[Named]:
    """Diseases of a text in order; a name within a longer one of another disease does not count."""
    found: list[Named] = []
    for name, long, short, no in _patterns():
        barred = [match.span() for match in no.finditer(text)] if no else []
        for pattern in (long, short):
            for match in pattern.finditer(text) if pattern else ():
                if not any(a <= match.start() and match.end() <= b for a, b in barred):
                    found.append(Named(match.start(), match.end(), name))
    found.sort(key=lambda one: (one.start, -one.end))
    return [
        one for index, one in enumerate(found)
        if not any(
            place != index and other.start <= one.start and one.end <= other.end and (other.end - other.start, -place) > (one.end - one.start, -index)
            for place, other in enumerate(found)
        )
    ]  # fmt: skip


def _diagnosis(sentence: Sentence, one: Named, named: list[Named]) -> Iterator[Fact]:
    said = asserted(sentence, one.start, one.end)
    if section_is(sentence, "risk") or sentence.document.kind in ("program_letter", "psychosocial"):
        return
    if _is_field(sentence.text, one):
        return
    if said == "absent" and (
        _TREATMENT.match(sentence.text, one.end) or not _denied(sentence.text, one.start, one.end)
    ):
        return
    words, pathology = " ".join(sentence.text[one.start : one.end].split()), sentence.document.kind == "pathology"
    part, quote = f"{sentence.heading} {sentence.label}".strip(), near_quote(sentence, one.start, one.end)
    specimen = collected_above(sentence.segment, sentence.end) if pathology else None
    told = (
        None
        if pathology
        else diagnosed_on(sentence, (one.start, one.end), [(other.start, other.end) for other in named])
    )
    when = specimen or told or (sentence.document.when if pathology else sentence.segment.when)
    yield fact_of(sentence, "diagnosis", said, quote, when=when, value=one.disease, note=words)
    asked = only_asked().search(sentence.text)
    if pathology and said == "present" and not asked and is_verdict(sentence, one.start, one.end, part):
        yield fact_of(sentence, "pathology_diagnosis", said, quote, when=when, value=one.disease, note=words)


def _is_field(text: str, one: Named) -> bool:
    """Whether it names a clinic, a meeting or a doctor's field: "Myeloma Clinic", "A. Roe, MD (lymphoma)"."""
    return bool(_field("behind").search(text[one.end :].rstrip()) or _field("before").search(text[: one.start]))


@cache
def _field(side: str) -> Expression:
    return Expression(load("diseases.yaml")["field_of"][side], re.IGNORECASE)


def _denied(text: str, start: int, end: int) -> bool:
    """Whether a denial stands right beside the words, not somewhere in the sentence."""
    start_text = re.sub(r"not\s+otherwise\s+specified", "", text[:start], flags=re.IGNORECASE)
    return bool(
        re.search(
            r"\b(?:no|not|never|without|neither|nor|negative|free of|exclud\w*|denies)\b[^.;:]{0,60}$",
            start_text,
            re.IGNORECASE,
        )
        or re.match(r"[^.;]{0,60}\b(?:excluded|ruled out|not seen|not present|excludes)\b", text[end:], re.IGNORECASE)
    )


def asserted(sentence: Sentence, start: int, end: int) -> Assertion:
    said = assertion(sentence, start, end)
    clause = re.split(r"[.;]\s", sentence.text[:start])[-1][-80:]
    if said == "present" and _UNSURE.search(clause):
        return (
            "absent" if re.search(r"\bno\b|\bwithout\b|\bnegative|exclud|\bnot\b", clause, re.IGNORECASE) else "planned"
        )
    if said == "present" and re.match(r"[^.;]{0,60}\b(?:are|is|was) (?:excluded|ruled out)", sentence.text[end:]):
        return "absent"
    return "present" if said == "historical" else said


def _quoted(sentence: Sentence, named: list[Named], last: tuple[str, str] | None) -> Iterator[Fact]:
    """A clinician or committee quoting a biopsy or marrow: "confirmed on re-biopsy 19 Feb 2026"."""
    if sentence.document.kind == "pathology":
        return
    if only_asked().search(sentence.text) or _NO_TISSUE.search(sentence.text):
        return
    match = _QUOTED_BIOPSY.search(sentence.text)
    present = [one for one in named if asserted(sentence, one.start, one.end) == "present"]
    disease = (present[0].disease, sentence.text[present[0].start : present[0].end]) if present else last
    if not match or disease is None:
        return
    if not (
        _repeated(sentence.text, match) or assertion(sentence, match.start(), match.end()) in ("present", "historical")
    ):
        return
    if not present and not re.search(r"diagnos|confirm|prove", f"{sentence.text} {sentence.label}", re.IGNORECASE):
        return
    ahead = re.split(r"[.;]", sentence.text[match.end() :])[0][:40]
    if re.search(
        r"\b(?:pending|ordered|scheduled|planned|await\w*|requested|to (?:confirm|prove|establish))\b",
        f"{match[0]} {ahead}",
        re.I,
    ):
        return
    hint = sentence.segment.when.last if sentence.segment.when else None
    dates = [(a, day) for a, _b, day in find_dates(sentence.text, year_hint=hint) if hint is None or day.first <= hint]
    near = min(dates, key=lambda row: min(abs(row[0] - match.end()), abs(row[0] - match.start())), default=None)
    quote = near_quote(sentence, match.start(), match.end())
    when = near[1] if near else sentence.segment.when
    words = " ".join(disease[1].split())
    yield fact_of(sentence, "pathology_diagnosis", "present", quote, when=when, value=disease[0], note=words)


def _repeated(text: str, match: re.Match[str]) -> bool:
    """ "Repeat biopsy 08/28/2026 (node): relapsed DLBCL" was done: it has its day and its result, and nothing plans it."""
    to_come = re.search(r"\b(?:plan\w*|sched\w*|order\w*|await\w*|pending|need\w*|if|will|should|for)\b", text, re.I)
    return bool(
        re.search(r"\brepeat\W*$", text[: match.start()], re.IGNORECASE) and find_dates(match[0]) and not to_come
    )


@cache
def _general() -> Expression:
    """Words of patients in general."""
    return Expression(loosen("|".join(load("treatment.yaml")["general"])), re.IGNORECASE)


@cache
def _licensed_for() -> Expression:
    return Expression(loosen(load("diseases.yaml")["licensed_for"].replace("'s", "['\u2019]s")), re.IGNORECASE)


def _status(sentence: Sentence, named: list[Named], case: Case) -> Iterator[Fact]:
    """Relapse, progression and refractoriness; present-tense remission is their absence on that day."""
    text = sentence.text
    if sentence.document.kind in ("psychosocial", "program_letter") or _general().search(text):
        return
    if nervous.denied(text) or _ASKED_FOR.search(text):
        return
    quiet = _NOW_QUIET.search(text) if not sentence.row else None
    listed = _LISTED_QUIET.search(text) if named and sentence.document.kind in _LISTS else None
    for match, rank in ((quiet, 1), (listed, 0)):
        if match and assertion(sentence, match.start(), match.end()) == "present":
            own = _day_near(sentence, match.end(), case)
            when = own if rank == 0 else (sentence.segment.when or own)
            fact = fact_of(
                sentence,
                "relapsed_or_refractory",
                "absent",
                near_quote(sentence, match.start(), match.end()),
                when=when,
            )
            yield replace(fact, rank=rank, note="in remission")
            return
    for match in _ACTIVE.finditer(text):
        around = text[max(0, match.start() - 50) : match.end() + 50]
        left = text[: match.start()]
        if _OTHER_RELAPSE.search(around) or section_is(sentence, "risk"):
            continue
        if _FEARED.search(left) or _licensed_for().search(left) or refractory.papers_denied(left):
            continue
        if match[0] == "PD" and not (named or re.search(r"\bon\b|Deauville|PET|:|disease", text)):
            continue
        said = _relapse_said(sentence, match)
        if said == "family":
            continue
        quote = near_quote(sentence, match.start(), match.end())
        day = _day_near(sentence, match.end(), case)
        when = day if day and said == "present" else sentence.segment.when
        if sentence.document.kind in ("pathology", "pet_ct", "ct"):
            report = sentence.document.when if sentence.document.kind == "pathology" else None
            when = report or sentence.segment.when or sentence.document.when
        yield fact_of(sentence, "relapsed_or_refractory", said, quote, when=when)
        return


def _relapse_said(sentence: Sentence, match: re.Match[str]) -> Assertion:
    said = assertion(sentence, match.start(), match.end())
    left = sentence.text[: match.start()]
    if _NOT_CALLED.search(left) or (said == "absent" and _RIGHT_BEFORE.search(left)):
        return "absent"
    if said == "absent" and (_NO_RESPONSE.search(left) or not _denied(sentence.text, match.start(), match.start())):
        return "present"
    if said == "historical" or re.match(r"not\b|no\b|relapsed,? (?:and |or )?refractory", match[0], re.IGNORECASE):
        return "present" if said in ("historical", "absent") else said
    if said == "planned" and re.search(
        r"\b(?:option|after|refer|for)\w*\b[^.;]{0,60}$", sentence.text[: match.start()], re.I
    ):
        return (
            "planned"
            if re.search(r"\b(?:if|would|risk|may)\b", sentence.text[: match.start()], re.IGNORECASE)
            else "present"
        )
    return said


def _day_near(sentence: Sentence, end: int, case: Case) -> DayRange | None:
    """A day within 60 characters after the words, or the only day of the sentence."""
    hint = sentence.segment.when.last if sentence.segment.when else None
    rows = [row for row in find_dates(sentence.text, year_hint=hint) if row[2].first <= (hint or case.as_of)]
    after = [
        row for row in rows
        if 0 <= row[0] - end <= 60 and not re.search(r"letter|visit|stay|seen|clinic|\bplan\b", sentence.text[end : row[0]], re.I)
    ]  # fmt: skip
    if after:
        return after[0][2]
    lone = len(rows) == 1 and rows[0][0] < end and not _OF_A_PAPER.search(sentence.text[: rows[0][0]])
    return rows[0][2] if lone else None


def _conditions(reading: Reading) -> Iterator[Fact]:
    """Coded conditions of exports. A problem list is the weakest witness (rank 0)."""
    owned = {document.file: document for document in reading.documents if document.belongs is not False}
    for file in reading.files:
        document = owned.get(file.name)
        for entry in file.entries if document is not None and file.pages else ():
            if document is not None and entry.kind == "condition":
                yield from _condition(document, file.pages[0], entry)


def _condition(document: Document, page: Page, entry: Entry) -> Iterator[Fact]:
    verified = f"{entry.status} {entry.extra.get('verification', '')}"
    if re.search(r"entered.in.error|refuted|differential|unconfirmed|provisional", verified, re.IGNORECASE):
        return
    disease = next((disease_of_code(code.code) for code in entry.codes if disease_of_code(code.code)), "")
    named = diseases_in(entry.label)
    disease = disease or (named[0].disease if named else "")
    if not disease:
        return
    quote = span(page, entry.start, entry.end)
    words = " ".join(entry.label.split())
    fact = Fact(
        "", "diagnosis", "present", (quote,), value=disease, when=entry.when, rank=0, document=document.id, note=words
    )
    yield fact
    status = replace(fact, concept="relapsed_or_refractory", value=None)
    if re.search(r"\bin remission", entry.label, re.IGNORECASE):
        yield replace(status, assertion="absent", note="in remission")
    elif re.search(r"\b(?:in relapse|relapsed|refractory)\b", entry.label, re.IGNORECASE):
        yield replace(status, note="")


@cache
def disease_of_code(code: str) -> str:
    """The disease of an ICD-10-CM code by the longest prefix, or ""."""
    best, length = "", 0
    for name, rule in load("diseases.yaml")["diseases"].items():
        for prefix in rule["icd10"]:
            if code.upper().replace(".", "").startswith(prefix.replace(".", "")) and len(prefix) > length:
                best, length = name, len(prefix)
    return best
