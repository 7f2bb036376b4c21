"""Sections of a C-CDA document that have words and no entries are read as they are printed; entries are not read twice."""

from __future__ import annotations

import pytest

from chart.snippets import CASE
from chartproof.chart.ccda import read_xml
from chartproof.chart.reader import read_chart
from chartproof.model import Fact

DOCUMENT = """<?xml version="1.0"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
 <title>Continuity of Care Document</title>
 <effectiveTime value="20260610"/>
 <recordTarget><patientRole><id extension="77"/><patient><name><given>Nadia</given><family>Ferrone</family></name>
  <birthTime value="19600309"/></patient></patientRole></recordTarget>
 <component><structuredBody>
  <component><section><title>Results</title><text><list>
    <item>White blood cells: 5.2 10*3/uL (ref 4.0-11.0), 2026-06-08</item>
    <item>Hemoglobin: 11.6 g/dL (ref 13.5-17.5) L, 2026-06-08</item>
    <item>Platelets: 167 10*3/uL (ref 150-400), 2026-06-08</item>
  </list></text>{entry}</section></component>
  <component><section><title>Family History</title><text><list>
    <item>Father: ejection fraction 30%</item>
  </list></text></section></component>
 </structuredBody></component>
</ClinicalDocument>
"""
ENTRY = """<entry><observation classCode="OBS" moodCode="EVN"><code code="718-7" codeSystem="2.16.840.1.113883.6.1"
 displayName="Hemoglobin"/><statusCode code="completed"/><effectiveTime value="20260608"/>
 <value xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="PQ" value="11.6" unit="g/dL"/></observation></entry>"""


def facts(entry: str) -> list[Fact]:
    file = read_xml("ccd.xml", DOCUMENT.replace("{entry}", entry).encode(), "0" * 64)
    return list(read_chart([file], CASE).facts)


@pytest.mark.parametrize(("concept", "value"), [("wbc", 5.2), ("hemoglobin", 11.6), ("platelets", 167)])
def test_a_section_of_words_alone_is_read(concept: str, value: float) -> None:
    [fact] = [one for one in facts("") if one.concept == concept]
    assert fact.quantity is not None and fact.quantity.low == value
    assert str(fact.when) == "2026-06-08" and fact.assertion == "present"


def test_the_family_of_such_a_document_is_not_the_patient() -> None:
    assert not [one for one in facts("") if one.concept == "lvef" and one.assertion in ("present", "absent")]


def test_a_section_with_entries_is_read_by_them() -> None:
    read = facts(ENTRY)
    assert [one.concept for one in read if one.concept in ("wbc", "hemoglobin")] == ["hemoglobin"]
