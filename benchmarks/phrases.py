"""How often short notes are read rightly: some thousand invented notes, each with one question and a careful reader's answer.

usage: python benchmarks/phrases.py [FILE ...] [--question NAME] [-v]      (default: every file of benchmarks/phrases)

The notes were written without knowledge of the program, about half of them as near misses (planned, conditional,
another person's, stale, a template's). Each is a chart of one page, asked seven days after its date. "too much" counts
answers that claim what the note does not say: the worst kind. -v prints every note that was read otherwise.
The notes have been tuned on: the table guards what is read, it does not foretell how unseen notes are read.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from chartproof.chart.find.organs.statement import AHEAD_ONLY, NOW_ONLY
from chartproof.chart.plain import read_text
from chartproof.chart.reader import read_chart
from chartproof.decide.review import review
from chartproof.letters import denial_letters
from chartproof.model import Case, Chart, Fact, Finding, Patient
from chartproof.policy.compile import compile_policy
from chartproof.policy.load import load_policy
from chartproof.tour import DEFAULT_POLICY

FOLDER = Path(__file__).parent / "phrases"
PATIENT = Patient(name="Iris J Marlow", born=date(1961, 3, 14), mrn="4471902")
#: Rows of the policy that answer a question by "met".
ROWS = {
    "ecg": "DOC.F.1", "echo": "DOC.F.2", "chest_xray": "DOC.G.1", "cbc": "DOC.E.1", "cmp": "DOC.E.2", "hiv": "DOC.E.4",
    "screening": "DOC.H.1", "serologies": "DOC.E.3", "pathology": "DOC.B.2",
}  # fmt: skip
#: Answers that the rows do not tell apart.
SAME = {
    "psychosocial": {"none_found": "stressors_named"},
    "comorbidities": {"no_comorbidities": "identified"},
    "infection": {"resolved": "none"},
}
SILENT = ("none", "missing", "conditional", "deferred", "asked", "pending")


@dataclass(frozen=True, slots=True)
class Read:
    """What the program made of one note."""

    chart: Chart
    rows: Mapping[str, Finding]

    def facts(self, *concepts: str) -> list[Fact]:
        return [fact for fact in self.chart.facts if fact.concept in concepts]

    def said(self, concept: str) -> set[str]:
        return {fact.assertion for fact in self.facts(concept)}

    def values(self, concept: str) -> set[str]:
        own = (fact for fact in self.facts(concept) if fact.assertion == "present" and fact.signed)
        return {fact.value or "" for fact in own}

    def status(self, row: str) -> str:
        return self.rows[row].status


def read(item: Mapping[str, Any]) -> Read:
    written = date.fromisoformat(str(item["date"]))
    case = Case(as_of=written + timedelta(days=7), patient=PATIENT, state="NY", plan_type="commercial_insured")
    file = read_text("note.txt", str(item["text"]).encode(), "")
    letters = frozenset((page.file, page.number) for _, pages in denial_letters([file]) for page in pages)
    chart = read_chart([file], case, letters)
    criteria, _ = review(case, chart, compile_policy(load_policy(DEFAULT_POLICY)))
    return Read(chart, {row.id: row for row in criteria})


def by_status(row: str, **words: str) -> Callable[[Read], str]:
    return lambda one: words.get(one.status(row), "none")


def decided(row: str, met: str, not_met: str) -> Callable[[Read], str]:
    """met or not_met in the question's words, else the value of the fact that keeps the row open."""

    def answer(one: Read) -> str:
        found = one.rows[row]
        if found.status in ("met", "not_met"):
            return met if found.status == "met" else not_met
        return next((fact.value for fact in found.facts if fact.value), "none")

    return answer


def organ_function(one: Read) -> str:
    """An adequate state of now counts here, with or without a word on the four weeks."""
    own = [fact for fact in one.facts("organ_function_statement") if fact.assertion == "present" and fact.signed]
    if any(fact.value == "inadequate" for fact in own):
        return "inadequate"
    if any(fact.value == "adequate" or fact.note == NOW_ONLY for fact in own):
        return "adequate"
    return "conditional" if own else "none"


def no_deterioration(one: Read) -> str:
    own = [fact for fact in one.facts("organ_function_statement") if fact.assertion == "present" and fact.signed]
    if any(fact.value == "adequate" or fact.note == AHEAD_ONLY for fact in own):
        return "yes"
    return "expects_decline" if any(fact.value == "inadequate" for fact in own) else "none"


def history(concept: str, had: str, never: str) -> Callable[[Read], str]:
    def answer(one: Read) -> str:
        given = [fact for fact in one.facts(concept) if fact.assertion in ("present", "historical")]
        return had if given else never if "absent" in one.said(concept) else "none"

    return answer


def allo_transplant(one: Read) -> str:
    given = [fact for fact in one.facts("allogeneic_transplant") if fact.assertion in ("present", "historical")]
    return f"had:{str(given[0].when)[:7]}" if given else "never" if one.status("II") == "met" else "none"


def consult(one: Read) -> str:
    found = {"met": "filed", "not_applicable": "not_needed"}.get(one.status("DOC.B.6"))
    asked = "outstanding" in one.values("specialist_consult") or "planned" in one.said("specialist_consult")
    return found or ("asked" if asked else "none")


def smoking(one: Read) -> Any:
    counted = [fact for fact in one.facts("smoking_pack_years") if fact.assertion in ("present", "historical")]
    if counted and counted[0].quantity:
        return {"pack_years": counted[0].quantity.low}
    said = one.said("smoking")
    return "never" if "absent" in said else "former_unquantified" if said & {"present", "historical"} else "none"


def lung_risk(one: Read) -> str:
    dangers = ("copd", "emphysema", "alpha_1_antitrypsin_deficiency", "hepatopulmonary_syndrome", "lung_function_need")
    if any(fact.assertion == "present" for fact in one.facts(*dangers)):
        return "yes"
    return "no" if any(fact.assertion == "absent" for fact in one.facts(*dangers)) else "none"


def performance(one: Read) -> Any:
    if one.status("DOC.D") != "met":
        return "none"
    fact = one.rows["DOC.D"].facts[0]
    scale = {"karnofsky": "kps"}.get(fact.concept, fact.concept)
    return {"scale": scale, "value": fact.quantity.low if fact.quantity else None, "date": str(fact.when)}


def measured(one: Read) -> Any:
    """The numbers of the page: concept, low and high, day."""
    return {
        (fact.concept, fact.quantity.low, fact.quantity.high, str(fact.when))
        for fact in one.chart.facts
        if fact.quantity and fact.assertion == "present" and fact.rank
    }


def lung_test(one: Read) -> str:
    done = [fact for fact in one.facts("pulmonary_function_test") if fact.assertion == "present" and fact.when]
    return max((str(fact.when) for fact in done), default="none")


ANSWERS: dict[str, Callable[[Read], Any]] = {
    "mdt": decided("I.B", "recommended", "against"),
    "organ_function": organ_function,
    "no_deterioration": no_deterioration,
    "risk_benefit": by_status("DOC.B.1", met="yes"),
    "psychosocial": by_status("DOC.C.1", met="stressors_named"),
    "place": by_status("DOC.A.1", met="outpatient", not_applicable="inpatient"),
    "inpatient_reason": lambda one: "yes" if "present" in one.said("inpatient_reason") else "none",
    "performance_now": performance,
    "prior_car_t": history("prior_car_t", "had", "never"),
    "allo_transplant": allo_transplant,
    "comorbidities": by_status("DOC.B.3", met="identified"),
    "comorbidities_managed": by_status("DOC.B.4", met="yes"),
    "consult": consult,
    "smoking": smoking,
    "lung_risk": lung_risk,
    "pharmacy": decided("PRE", "approved", "denied"),
    "infection": history("active_infection", "active", "absent"),
    "pft": lung_test,
    "lvef": measured,
    "labs": measured,
    **{name: by_status(row, met="met") for name, row in ROWS.items()},
}


def agrees(question: str, want: Any, got: Any) -> bool:
    """Whether the answer is the careful reader's; numbers within two percent, a number's own day exact."""
    if question == "labs":
        return all(
            any(concept == name and day == str(want["date"]) and near(low, value) for concept, low, _, day in got)
            for name, value in want["values"].items()
        )
    if question == "lvef":
        found = {(low, high, day) for concept, low, high, day in got if concept == "lvef"}
        pairs = [one["value"] if isinstance(one["value"], list) else [one["value"]] * 2 for one in listed(want)]
        wanted = {
            (float(low), float(high), str(one["date"])) for (low, high), one in zip(pairs, listed(want), strict=True)
        }
        return wanted <= found and all(one in wanted for one in found if one[2] != "None")
    if isinstance(want, dict) and isinstance(got, dict):
        return all(
            near(got.get(key), value) if key != "scale" else got.get(key) == value for key, value in want.items()
        )
    if question in ROWS and got == "none":
        got = "missing"
    want = str(want)
    return got in (want, SAME.get(question, {}).get(want))


def listed(want: Any) -> list[Any]:
    return want if isinstance(want, list) else []


def near(got: Any, want: Any) -> bool:
    try:
        return abs(float(got) - float(want)) <= 0.011 + 0.02 * abs(float(want))
    except (TypeError, ValueError):
        return str(got) == str(want)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--question", choices=sorted(ANSWERS))
    parser.add_argument("-v", action="store_true")
    given = parser.parse_args()
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    too_much: Counter[str] = Counter()
    for path in given.files or sorted(FOLDER.glob("*.yaml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8")):
            question = item["question"]
            if given.question in (None, question):
                got = ANSWERS[question](read(item))
                good = agrees(question, item["answer"], got)
                asked[question] += 1
                right[question] += good
                too_much[question] += not good and got not in SILENT and question not in ("labs", "lvef")
                if given.v and not good:
                    print(f"--- {item['id']} {question}: {item['answer']} ({item['why']}), read: {got}\n{item['text']}")
    print(f"{'question':24}{'right':>12}{'too much':>10}")
    for question in asked:
        print(f"{question:24}{right[question]:>6}/{asked[question]:<5}{too_much[question]:>10}")
    print(f"{'all':24}{right.total():>6}/{asked.total():<5}{too_much.total():>10}")


if __name__ == "__main__":
    main()
