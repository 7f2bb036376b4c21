"""What every way asks: the 24 rows of Excellus 7.02.11 and the label's rows of both indications of one drug, as one writes
them by hand. Three rows of a label that this drug's does not ask are constants and are written by nobody.
"""

from __future__ import annotations

from datetime import date, timedelta

AS_OF = date(2026, 5, 4)
POLICIES = ("excellus/7.02.11", "brexu_mcl", "brexu_ball")

#: Name: concept, window in days, pick, words or least number. `never`: stated absent or a complete record, and not present.
ASKED: dict[str, tuple[str, int | None, str, tuple[str, ...] | float | None]] = {
    "approved": ("pharmacy_approval", None, "latest", ("approved",)),
    "no_car_t": ("prior_car_t", None, "never", None),
    "team": ("mdt_recommendation", 60, "latest", ("recommended",)),
    "organs": ("organ_function_statement", 60, "latest", ("adequate",)),
    "lvef": ("lvef", 90, "latest", 40.0),
    "metabolic": ("metabolic_panel", 30, "any", None),
    "metabolic_then": ("metabolic_panel", 60, "any", None),
    "no_transplant": ("allogeneic_transplant", None, "never", None),
    "outpatient": ("place_of_service", None, "latest", ("outpatient",)),
    "inpatient": ("place_of_service", None, "latest", ("inpatient",)),
    "reason": ("inpatient_reason", None, "any", None),
    "risk": ("risk_benefit_analysis", None, "any", None),
    "pathology": ("pathology_diagnosis", None, "any", None),
    "listed": ("comorbidities_identified", None, "any", None),
    "managed": ("comorbidities_managed", None, "any", None),
    "assessed": ("comorbidities_assessed", 60, "any", None),
    "consult": ("specialist_consult", None, "latest", ("filed", "none_needed")),
    "stressors": ("psychosocial_stressors", 90, "any", None),
    "ecog": ("ecog", 30, "any", None),
    "karnofsky": ("karnofsky", 30, "any", None),
    "cbc": ("cbc_panel", 30, "any", None),
    "cmv": ("cmv_igg", 180, "any", None),
    "hbsag": ("hbsag", 180, "any", None),
    "anti_hbc": ("anti_hbc", 180, "any", None),
    "hcv": ("hcv_ab", 180, "any", None),
    "hiv": ("hiv", 180, "any", None),
    "ecg": ("ecg", 60, "any", None),
    "heart": ("cardiac_imaging", 90, "any", None),
    "xray": ("chest_xray", 90, "any", None),
    "lungs": ("pulmonary_function_test", 90, "any", None),
    "no_need": ("lung_function_need", None, "never", None),
    "screened": ("cancer_screening", None, "latest", ("current", "nothing_due")),
    # the label
    "mcl_by_pathology": ("pathology_diagnosis", None, "latest", ("mantle_cell_lymphoma",)),
    "mcl": ("diagnosis", None, "latest", ("mantle_cell_lymphoma",)),
    "ball_by_pathology": ("pathology_diagnosis", None, "latest", ("b_cell_all",)),
    "ball": ("diagnosis", None, "latest", ("b_cell_all",)),
    "adult": ("age", None, "latest", 18.0),
    "relapsed": ("relapsed_or_refractory", None, "latest", None),
    "no_infection": ("active_infection", 60, "never", None),
}
#: A row holds where every name of one of its lists does.
_POLICY: dict[str, list[list[str]]] = {
    "PRE": [["approved"]], "I.A": [["no_car_t"]], "I.B": [["team"]], "I.C": [["organs", "lvef", "metabolic_then"]],
    "II": [["no_transplant"]], "DOC.A.1": [["outpatient"], ["inpatient"]],
    "DOC.A.2": [["outpatient"], ["inpatient", "reason"]], "DOC.B.1": [["risk"]], "DOC.B.2": [["pathology"]],
    "DOC.B.3": [["listed"]], "DOC.B.4": [["managed"]], "DOC.B.5": [["assessed"]], "DOC.B.6": [["consult"]],
    "DOC.C.1": [["stressors"]], "DOC.D": [["ecog"], ["karnofsky"]], "DOC.E.1": [["cbc"]], "DOC.E.2": [["metabolic"]],
    "DOC.E.3": [["cmv", "hbsag", "hcv"], ["cmv", "anti_hbc", "hcv"]], "DOC.E.4": [["hiv"]], "DOC.F.1": [["ecg"]],
    "DOC.F.2": [["heart"]], "DOC.G.1": [["xray"]], "DOC.G.2": [["lungs"], ["no_need"]], "DOC.H.1": [["screened"]],
}  # fmt: skip


def _label(indication: str, disease: str) -> dict[str, list[list[str]]]:
    rows = {
        "diagnosis": [f"{disease}_by_pathology", disease], "age": ["adult"], "relapsed_or_refractory": ["relapsed"],
        "no_active_infection": ["no_infection"], "viral_screen": ["hbsag", "anti_hbc", "hcv", "hiv"],
    }  # fmt: skip
    return {f"{indication}/{row}": [names] for row, names in rows.items()}


#: By row; those of a label after its id.
ROWS = {**_POLICY, **_label("brexu_mcl", "mcl"), **_label("brexu_ball", "ball")}
USABLE = f"""kind = 'fact' and signed and source is not null and assertion in ('present', 'absent')
    and (first_day is null or first_day <= date '{AS_OF}')"""


def since(window: int) -> date:
    """The first day of a window."""
    return AS_OF - timedelta(days=window)
