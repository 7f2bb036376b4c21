"""Word, text, HL7, tables, FHIR and C-CDA: text that can be quoted and entries in the source's own words."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from chartproof.chart.ccda import read_xml
from chartproof.chart.fhir import read_json
from chartproof.chart.hl7 import hl7_entries
from chartproof.chart.numbers import interval
from chartproof.chart.plain import read_text
from chartproof.chart.quotes import squeeze
from chartproof.chart.tables import read_table
from chartproof.chart.word import read_docx
from chartproof.model.page import Entry, SourceFile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def quote(file: SourceFile, entry: Entry) -> str:
    return file.pages[0].text[entry.start : entry.end]


def docx_of(body: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
    return out.getvalue()


def test_word_headings_paragraphs_tables_and_header() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Lakeside Cell Therapy"
    document.add_heading("Recommendation", 1)
    document.add_paragraph("Suitable for the outpatient program.")
    table = document.add_table(2, 2)
    for cell, word in zip(
        [c for row in table.rows for c in row.cells], ("Test", "Result", "HIV", "negative"), strict=True
    ):
        cell.text = word
    out = io.BytesIO()
    document.save(out)
    read = read_docx("a.docx", out.getvalue(), "")
    assert read.pages[0].text == (
        "Lakeside Cell Therapy\nRecommendation\nSuitable for the outpatient program.\nTest | Result\nHIV | negative\n"
    )


def test_word_deleted_text_is_not_text_and_inserted_text_is() -> None:
    body = (
        "<w:p><w:r><w:t xml:space='preserve'>ECOG </w:t></w:r><w:del><w:r><w:delText>3</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>1</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"
    )
    read = read_docx("a.docx", docx_of(body), "")
    assert read.pages[0].text == "ECOG 1\n" and "tracked changes" in read.note


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_files_in_every_usual_code(codec: str) -> None:
    text = "Quelle fiancée: 37 °C today, and more words follow here\r\nsecond line"
    page = read_text("a.txt", text.encode(codec), "").pages[0]
    assert page.text == text.replace("\r\n", "\n")


HL7 = (
    "MSH|^~\\&|LAB|X|Y|Z|20260513||ORU^R01|1|P|2.5.1\nPID|1||77-1^^^X^MR||QUILL^ADA||19610411|F\n"
    "OBR|1|||P^Viral panel^L|||20260512101200\n"
    "OBX|1|NM|16935-9^HBsAb^LN||3.1|mIU/mL|5-10|L|||F|||20260511\n"
    "OBX|2|SN|1-1^CMV DNA^LN||<^35|IU/mL||N|||C\nOBX|3|TX|13949-3^CMV IgG^LN||DNR||||||X\n"
)


def test_hl7_results_become_entries() -> None:
    patient, antibody, dna, igg = hl7_entries("*** page ***\n" + HL7)
    assert (patient.label, patient.extra["birth_date"], patient.extra["mrn"]) == ("ADA QUILL", "1961-04-11", "77-1")
    assert (antibody.value, antibody.unit, str(antibody.when), antibody.status) == (
        3.1,
        "mIU/mL",
        "2026-05-11",
        "final",
    )
    assert antibody.codes[0].system == "loinc" and antibody.extra["reference_low"] == "5"
    assert (dna.value, dna.low, dna.high, str(dna.when), dna.status) == ("<35", None, 35.0, "2026-05-12", "corrected")
    assert (igg.value, igg.status, igg.extra["status_code"]) == ("DNR", "cancelled", "X")
    assert hl7_entries("OBX|1|NM| is only talked about") == ()


@pytest.mark.parametrize(
    ("text", "reading"),
    [("5.6", (5.6, 5.6, 5.6)), ("1,200", (1200.0, 1200.0, 1200.0)), ("<5", ("<5", None, 5.0)), (">=90", (">=90", 90.0, None)),
     ("55-60", ("55-60", 55.0, 60.0)), ("negative", ("negative", None, None)), ("", (None, None, None)),
     (".", (".", None, None)), ("1:80", ("1:80", None, None)), ("-2.1", (-2.1, -2.1, -2.1))],
)  # fmt: skip
def test_results_as_written(text: str, reading: object) -> None:
    assert interval(text) == reading


def test_a_long_lab_export() -> None:
    text = (
        "Export for QUILL ADA,MRN 77-1\nDrawn,Test Name,LOINC Code,Result,Units,Ref Range,Abn,Result Status,Note\n"
        '2026-08-04 07:52,"Neutrophils, abs",751-8,4.4,K/uL,2.24-7.68,,final,\n'
        "08/04/2026,CRP,1988-5,<5,mg/L,<8,,corrected,repeat\n08/04/2026,HCV Ab,16128-1,,,,,ordered - not collected,\n"
    )
    read = read_table("a.csv", text.encode(), "")
    first, second, third = read.entries
    assert quote(read, first) == '2026-08-04 07:52,"Neutrophils, abs",751-8,4.4,K/uL,2.24-7.68,,final,'
    assert (first.label, first.value, first.unit, first.status) == ("Neutrophils, abs", 4.4, "K/uL", "final")
    assert (first.codes[0].code, str(first.when), first.extra["reference_low"]) == ("751-8", "2026-08-04", "2.24")
    assert (second.low, second.high, second.status, second.extra["note"]) == (None, 5.0, "corrected", "repeat")
    assert (third.value, third.status) == (None, "ordered - not collected")


def test_an_export_with_a_line_above_its_plain_header() -> None:
    text = "LAB download,QUILL ADA,77-1\nwhen,test,result,units,flag\n2026-08-31 10:20,WBC,5.2,10*3/uL,\n"
    (only,) = read_table("a.csv", text.encode(), "").entries
    assert (only.label, only.value, only.unit, str(only.when)) == ("WBC", 5.2, "10*3/uL", "2026-08-31")


def test_a_wide_export_with_rows_that_describe_the_columns() -> None:
    text = (
        "collected,accession,status,WBC,CREAT,comment\nunits,,,10*3/uL,mg/dL,\nref_low,,,4.0,0.7,\n"
        "2026-06-09 07:42,H1,final,3.6,1.45,\n2026-06-02,H2,cancelled,8.8,0.88,MISLABELED\n"
    )
    entries = read_table("a.csv", text.encode(), "").entries
    assert [(e.label, e.value, e.unit, e.status) for e in entries] == [
        ("WBC", 3.6, "10*3/uL", "final"), ("CREAT", 1.45, "mg/dL", "final"),
        ("WBC", 8.8, "10*3/uL", "cancelled"), ("CREAT", 0.88, "mg/dL", "cancelled"),
    ]  # fmt: skip
    assert entries[0].extra["reference_low"] == "4.0" and entries[2].extra["note"] == "MISLABELED"


def test_a_table_with_a_column_a_draw() -> None:
    text = "Component\tUnits\t03/02/2026\t04/21/2026\nHemoglobin\tg/dL\t9.8\t11.4\nANC\tK/uL\t\t3.1\n"
    entries = read_table("a.tsv", text.encode(), "").entries
    assert [(e.label, e.value, str(e.when)) for e in entries] == [
        ("Hemoglobin", 9.8, "2026-03-02"), ("Hemoglobin", 11.4, "2026-04-21"), ("ANC", 3.1, "2026-04-21"),
    ]  # fmt: skip


def test_an_administration_export() -> None:
    text = "protocol,date,drug,dose_given,unit,route,status,comment\nR-GDP,2026-07-01,gemcitabine,,mg,IV,CANCELLED,stopped 6/30\n"
    (only,) = read_table("a.csv", text.encode(), "").entries
    assert (only.kind, only.label, only.status, str(only.when)) == (
        "medication",
        "gemcitabine",
        "CANCELLED",
        "2026-07-01",
    )
    assert only.extra["panel"] == "R-GDP" and only.extra["note"] == "stopped 6/30"


def bundle(*resources: dict[str, Any]) -> SourceFile:
    entries = [{"fullUrl": f"urn:{n}", "resource": resource} for n, resource in enumerate(resources)]
    return read_json(
        "a.json", json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode(), ""
    )


def test_fhir_observation_with_a_narrative() -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml">Hemoglobin: 11.4 g/dL [L]. Date 2026-04-21.</div>'
    read = bundle(
        {"resourceType": "Patient", "name": [{"text": "Ada Quill"}], "birthDate": "1961-04-11"},
        {"resourceType": "Observation", "status": "final", "text": {"div": div}, "subject": {"reference": "urn:0"},
         "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}], "text": "Hemoglobin"},
         "effectiveDateTime": "2026-04-21T08:00:00Z", "valueQuantity": {"value": 11.4, "unit": "g/dL"},
         "referenceRange": [{"low": {"value": 13.5}}], "interpretation": [{"coding": [{"code": "L"}]}]},
    )  # fmt: skip
    patient, blood = read.entries
    assert patient.extra["birth_date"] == "1961-04-11"
    assert quote(read, blood) == "Hemoglobin: 11.4 g/dL [L]. Date 2026-04-21."
    assert (blood.value, blood.unit, str(blood.when), blood.status) == (11.4, "g/dL", "2026-04-21", "final")
    assert (blood.codes[0].system, blood.extra["subject"]) == ("loinc", "Ada Quill")
    assert (blood.extra["interpretation"], blood.extra["reference_low"]) == ("L", "13.5")


def test_fhir_comparators_components_and_missing_values() -> None:
    read = bundle(
        {"resourceType": "Observation", "status": "final", "code": {"text": "CRP"}, "valueQuantity": {"value": 5, "comparator": "<"}},
        {"resourceType": "Observation", "status": "cancelled", "code": {"text": "HCV"}, "dataAbsentReason": {"coding": [{"code": "not-performed"}]}},
        {"resourceType": "Observation", "status": "final", "code": {"text": "BP"}, "component": [
            {"code": {"text": "Systolic"}, "valueQuantity": {"value": 126, "unit": "mmHg"}}]},
    )  # fmt: skip
    crp, hcv, _, systolic = read.entries
    assert (crp.value, crp.low, crp.high) == ("<5", None, 5.0)
    assert (hcv.value, hcv.status, hcv.extra["absent_reason"]) == (None, "cancelled", "not-performed")
    assert (systolic.label, systolic.value, systolic.extra["panel"]) == ("Systolic", 126.0, "BP")
    assert quote(read, systolic) == "Systolic"


def test_fhir_conditions_keep_their_verification() -> None:
    read = bundle(
        {"resourceType": "Condition", "subject": {"display": "Q"}, "code": {"text": "COPD"}, "onsetDateTime": "2023",
         "verificationStatus": {"coding": [{"code": "entered-in-error"}]}}
    )  # fmt: skip
    (copd,) = read.entries
    assert (copd.kind, copd.status, copd.extra["verification"], str(copd.when)) == (
        "condition", "entered-in-error", "entered-in-error", "2023",
    )  # fmt: skip


def test_fhir_reports_bring_their_attached_text() -> None:
    data = base64.b64encode(b"LVEF 58%.\nNormal valves.").decode()
    read = bundle(
        {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "Echo"}, "conclusion": "Normal",
         "presentedForm": [{"contentType": "text/plain", "data": data}, {"contentType": "application/pdf", "data": data}]}
    )  # fmt: skip
    assert "LVEF 58%.\nNormal valves.\n" in read.pages[0].text
    assert read.entries[0].extra["conclusion"] == "Normal" and "1 attachment not read" in read.note


def test_fhir_medication_by_reference_and_ndjson() -> None:
    lines = [
        {"resourceType": "Medication", "id": "m", "code": {"text": "fludarabine"}},
        {"resourceType": "MedicationRequest", "id": "r", "status": "cancelled", "intent": "order",
         "medicationReference": {"reference": "Medication/m"}, "authoredOn": "2024-11-18"},
    ]  # fmt: skip
    read = read_json("a.ndjson", "\n".join(map(json.dumps, lines)).encode(), "")
    assert [(e.kind, e.label, e.status) for e in read.entries][1] == ("medication", "fludarabine", "cancelled")


def test_fhir_quotes_stand_in_the_file_even_where_it_escapes_characters() -> None:
    div = "<div><p>eGFR &lt;60 mL/min on 2026-04-21</p><table><tr><td>Na</td><td>139 mmol/L</td></tr></table></div>"
    read = bundle({"resourceType": "Observation", "status": "final", "text": {"div": div}, "code": {"text": "eGFR"}})
    assert read.pages[0].text.startswith("eGFR <60 mL/min on 2026-04-21\nNa | 139 mmol/L\n")
    assert squeeze(quote(read, read.entries[0])) in squeeze(json.dumps(div))


CCDA = """<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<title>Summary</title><recordTarget><patientRole><id extension="77-1"/><patient><name><given>Ada</given>
<family>Quill</family></name><birthTime value="19610411"/></patient></patientRole></recordTarget>
<component><structuredBody><component><section><code code="30954-2"/><title>Results</title>
<text><table><tbody><tr ID="r1"><td>Creatinine</td><td>0.96 mg/dL</td></tr></tbody></table></text>
<entry><organizer><code displayName="CMP"/><statusCode code="completed"/><component><observation moodCode="EVN">
<code code="2160-0" codeSystem="2.16.840.1.113883.6.1" displayName="Creatinine"/><text><reference value="#r1"/></text>
<statusCode code="completed"/><effectiveTime value="20260504083000-0400"/><value xsi:type="PQ" value="0.96" unit="mg/dL"/>
<referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="0.7"/><high value="1.3"/></value></observationRange>
</referenceRange></observation></component></organizer></entry></section></component>
<component><section><code code="11450-4"/><title>Problems</title><text><list><item>COPD, refuted</item></list></text>
<entry><act><statusCode code="active"/><entryRelationship><observation negationInd="true" moodCode="EVN">
<templateId root="2.16.840.1.113883.10.20.22.4.4"/><code code="ASSERTION"/><statusCode code="completed"/>
<effectiveTime><low value="2018"/></effectiveTime><value xsi:type="CD" code="J44.9" codeSystem="2.16.840.1.113883.6.90"
 displayName="COPD"/></observation></entryRelationship></act></entry></section></component>
<component><section><title>Medications</title><text><paragraph>losartan 50 mg daily</paragraph></text>
<entry><substanceAdministration moodCode="INT"><statusCode code="active"/><effectiveTime xsi:type="IVL_TS"><low value="20200101"/>
</effectiveTime><effectiveTime xsi:type="PIVL_TS"/><consumable><manufacturedProduct><manufacturedMaterial><code nullFlavor="OTH">
<originalText>losartan</originalText></code></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>
</entry></section></component></structuredBody></component></ClinicalDocument>"""


def test_ccda_narrative_and_entries() -> None:
    read = read_xml("a.xml", CCDA.encode(), "")
    assert "## Results\nCreatinine | 0.96 mg/dL\n## Problems\nCOPD, refuted\n" in read.pages[0].text
    patient, creatinine, copd, losartan = read.entries
    assert (patient.label, patient.extra["birth_date"]) == ("Ada Quill", "1961-04-11")
    assert (creatinine.value, creatinine.unit, str(creatinine.when)) == (0.96, "mg/dL", "2026-05-04")
    assert (creatinine.extra["panel"], creatinine.extra["reference_high"]) == ("CMP", "1.3")
    assert quote(read, creatinine) == "Creatinine"
    assert (copd.kind, copd.extra["negated"], copd.extra["clinical"], str(copd.when)) == (
        "condition",
        "true",
        "active",
        "2018",
    )
    assert quote(read, copd) == "COPD, refuted"
    assert (losartan.kind, losartan.extra["intent"], str(losartan.when)) == ("medication", "plan", "2020-01-01")
    assert quote(read, losartan) == "losartan 50 mg daily"


NARRATIVE = """<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><patient><name><given>Ada</given>
<family>Quill</family></name></patient></patientRole></recordTarget><component><structuredBody>
<component><section><title>Results</title><text><table><thead><tr><th>Date</th><th>Test</th><th>Value</th></tr></thead><tbody>
<tr><td>2026-05-04</td><td>Sodium</td><td>138 mmol/L</td></tr></tbody></table></text></section></component>
<component><section><title>Serology</title><text><table><tbody>
<tr><td>2026-05-02</td><td>HIV 1/2 antigen-antibody</td><td>Nonreactive</td></tr></tbody></table></text></section></component>
<component><section><title>Problems</title><text><list><item>Asthma, childhood</item></list></text></section></component>
</structuredBody></component></ClinicalDocument>"""


def test_ccda_tables_without_coded_entries_are_read_row_by_row() -> None:
    read = read_xml("a.xml", NARRATIVE.encode(), "")
    _patient, sodium, hiv = read.entries
    assert (sodium.label, sodium.value, sodium.unit, str(sodium.when)) == ("Sodium", 138.0, "mmol/L", "2026-05-04")
    assert quote(read, sodium) == "2026-05-04 | Sodium | 138 mmol/L"
    assert (hiv.label, hiv.value, str(hiv.when)) == ("HIV 1/2 antigen-antibody", "Nonreactive", "2026-05-02")
    assert hiv.extra["subject"] == "Ada Quill"


def test_xml_of_another_kind_and_html_are_read_as_text() -> None:
    other = read_xml("a.xml", b"<note><to>Ada</to><body>seen today</body></note>", "")
    assert other.pages[0].text == "Ada\nseen today\n" and "not C-CDA" in other.note
    page = read_xml(
        "a.html", b"<!DOCTYPE html><html><head><style>p{}</style></head><body><p>One</p><p>Two</p></body></html>", ""
    )
    assert page.pages[0].text == "One\nTwo\n"


def test_every_vendor_sample_of_ccda_is_read(shared: Path) -> None:
    samples = [p for p in sorted((shared / "data/fhir/ccda").rglob("*")) if p.suffix.lower() == ".xml"]
    assert samples
    for path in samples:
        read = read_xml(path.name, path.read_bytes(), "")
        text = read.pages[0].text
        assert text.strip()
        assert all(text[entry.start : entry.end].strip() for entry in read.entries)
