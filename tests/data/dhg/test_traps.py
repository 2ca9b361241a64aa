"""The known traps of the national format, one test each: what a name or a literal seems to say is not what it is."""

from typing import Any

import pytest

from app.domain.card.sections import SECTIONS
from app.domain.record import StoredItem, StoredRecord
from data.dhg.mapping import to_stored, to_wire
from data.dhg.residue import same


def a_record(**sections: Any) -> dict[str, Any]:
    """A small record with the given sections."""
    metadata = {
        "recordId": "3f2b6c1e-8d4a-4f7e-9a55-0c2d7b9e1a01",
        "recordStatus": {"status": "ACTIVE"},
        "version": 1,
        "lastUpdated": "2026-03-16T09:05:41.003311Z",
        "lastUpdatedBy": {"userType": "HEALTH_CARE_PROFESSIONAL", "orgNr": "310990000", "orgName": "Testby legesenter"},
    }
    return {"metadata": metadata, **sections}


def taken_in(record: dict[str, Any]) -> StoredRecord:
    """The stored record, once it is certain that it comes back as it came."""
    stored = to_stored(record)
    assert same(to_wire(stored), record)
    return stored


def only_item(**sections: Any) -> StoredItem:
    """The one item of a record with one section."""
    (item,) = taken_in(a_record(**sections)).items
    return item


def visit(**members: Any) -> dict[str, Any]:
    """A visit's content as stored."""
    return only_item(antenatalAppointments=[{"appointmentDate": "2026-06-29", **members}]).content


def canonical(item: StoredItem, wire: str) -> Any:
    """The item as we would write it ourselves."""
    item.wire_residue = None
    stored = to_stored(a_record())
    stored.items, stored.wire_residue = [item], None
    return to_wire(stored)[wire]


def test_foster_id_is_the_number_of_the_fetus() -> None:
    """`fosterId`: Norwegian "foster" is a fetus, no foster child."""
    content = visit(fetusesVitalSigns=[{"fosterId": 2, "fetalHeartRate": 148}])
    assert content["fetal_observations"] == [{"fetus_number": 2, "fetal_heart_rate_bpm": 148}]
    birth = only_item(birthStatus={"birthStatus": [{"fosterId": 2}]})
    assert birth.content == {"children": [{"fetus_number": 2}]}


def test_rubella_antigen_is_an_antibody() -> None:
    """`rubellaAntigen` is rubella IgG: true means immune."""
    content = only_item(clinicalTests={"rubellaAntigen": True}).content
    assert list(content.values()) == [True]
    assert "antigen" not in next(iter(content))


def test_has_prenatal_diagnostics_tests_is_about_information() -> None:
    """`hasPrenatalDiagnosticsTests` says that information was given, nothing about a test."""
    content = only_item(currentPregnancy={"hasPrenatalDiagnosticsTests": True}).content
    assert content == {"information_on_prenatal_diagnostics_given": True}


@pytest.mark.parametrize(
    ("literal", "rhesus"), [("POSTIVE", "POSITIVE"), ("POSITIVE", "POSITIVE"), ("NEGATIVE", "NEGATIVE")]
)
def test_rhesus_d_type_is_read_in_both_spellings(literal: str, rhesus: str) -> None:
    """`rhesusDType`: the documented literal POSTIVE (sic) and the right one mean the same; we write the right one."""
    item = only_item(clinicalTests={"aboRh": {"rhesusDType": literal}})
    assert item.content == {"blood_type": {"rhesus_d": rhesus}}
    assert canonical(item, "clinicalTests")["aboRh"] == {"aboType": None, "rhesusDType": rhesus}


def test_birth_status_is_nested_in_birth_status() -> None:
    """`birthStatus.birthStatus[]`: the same name twice, and a time in `datetime`, lower case."""
    child = {"fosterId": 1, "status": {"code": "1"}, "datetime": "2026-10-17T04:52:00+02:00"}
    content = only_item(birthStatus={"birthStatus": [child]}).content
    status = {"code": "1", "display": "Født levende", "code_system": "VOLVEN_8522"}
    assert content == {"children": [{"fetus_number": 1, "status": status, "born_at": "2026-10-17T02:52:00Z"}]}
    unknown = only_item(birthStatus={"birthStatus": [{"fosterId": 1, "dateTime": "2026-10-17T02:52:00Z"}]})
    assert unknown.content == {"children": [{"fetus_number": 1}]}


def test_bmi_and_hba1c_have_unusual_capitals() -> None:
    """`bMI`, `bHbA1c`, `stillBirths22weeks`: names are case-sensitive; another casing is another, unknown member."""
    assert only_item(vitalMeasurementsBeforePregnancy={"bMI": 22.4}).content == {"bmi_kg_per_m2": 22.4}
    assert len(only_item(clinicalTests={"bHbA1c": 33}).content) == 1
    assert len(only_item(previousPregnancies={"stillBirths22weeks": 0}).content) == 1
    unknown = {"BMI": 22.4, "bmi": 1, "bHBA1C": 33, "stillBirths22Weeks": 0}
    assert only_item(vitalMeasurementsBeforePregnancy=unknown).content == {}


def test_days_after_full_pregnancy_week_replaced_gestational_age() -> None:
    """`gestationalAge` ("week+day") of older texts is kept as it is and not guessed at."""
    assert visit(pregnancyWeek=24, daysAfterFullPregnancyWeek=2)["gestational_age_days"] == 2
    content = visit(gestationalAge="24+2")
    assert content == {"held_on": "2026-06-29"}


@pytest.mark.parametrize(
    ("literal", "result"),
    [("Neg", "NEGATIVE"), ("Spor", "TRACE"), ("1+", "ONE_PLUS"), ("2+", "TWO_PLUS"), ("3+", "THREE_PLUS")],
)
def test_protein_in_urine_is_a_plain_string(literal: str, result: str) -> None:
    """`proteinInUrineTestResult` is no coded value; read without regard to case, written exactly as listed."""
    for spelling in {literal, literal.upper(), literal.lower()}:
        item = only_item(
            antenatalAppointments=[{"appointmentDate": "2026-06-29", "proteinInUrineTestResult": spelling}]
        )
        assert item.content["urine_protein"] == result
        assert canonical(item, "antenatalAppointments")[0]["proteinInUrineTestResult"] == literal


@pytest.mark.parametrize("spelling", ["112/70", "112 / 70", " 112/ 70", "112/070"])
def test_blood_pressure_is_two_numbers_in_one_string(spelling: str) -> None:
    """`bloodPressure` "112/70": blanks are tolerated on read and not written."""
    item = only_item(antenatalAppointments=[{"appointmentDate": "2026-06-29", "bloodPressure": spelling}])
    assert item.content["blood_pressure"] == {"systolic_mmhg": 112, "diastolic_mmhg": 70}
    assert canonical(item, "antenatalAppointments")[0]["bloodPressure"] == "112/70"


@pytest.mark.parametrize(
    ("spelling", "instant"),
    [
        ("2026-03-30T11:20:05.551002Z", "2026-03-30T11:20:05.551002+00:00"),
        ("2026-03-30T11:20:05.551002", "2026-03-30T09:20:05.551002+00:00"),
        ("2026-01-30T11:20:05", "2026-01-30T10:20:05+00:00"),
        ("2026-03-30T11:20:05+02:00", "2026-03-30T09:20:05+00:00"),
        ("2026-03-30T11:20:05.5510020Z", "2026-03-30T11:20:05.551002+00:00"),
    ],
)
def test_a_timestamp_without_a_zone_is_norwegian_time(spelling: str, instant: str) -> None:
    """Older samples have no zone: Europe/Oslo, summer time and all. Whatever came is what goes back."""
    item = only_item(mother={"metadata": {"version": 2, "lastUpdated": spelling}, "name": "Eksempel, Testine"})
    assert item.last_updated_at.isoformat() == instant
    birth = only_item(birthStatus={"birthStatus": [{"datetime": spelling}]})
    assert birth.content["children"][0]["born_at"].removesuffix("Z") == instant.removesuffix("+00:00")


def test_org_nr_display_is_an_older_name_of_org_name() -> None:
    """`orgNrDisplay` of older texts is the organisation's name; where both are given, today's name wins."""
    by = {"orgNrDisplay": "Testby helsestasjon"}
    item = only_item(mother={"metadata": {"lastUpdatedBy": by}})
    assert item.author == {"organisation_name": "Testby helsestasjon"}
    both = only_item(mother={"metadata": {"lastUpdatedBy": by | {"orgName": "Testby kommune"}}})
    assert both.author == {"organisation_name": "Testby kommune"}


def test_org_nr_is_any_string() -> None:
    """One of the service's own samples has an organisation number of twenty characters."""
    item = only_item(mother={"metadata": {"lastUpdatedBy": {"orgNr": "ORG-0123456789012345"}}})
    assert item.author == {"organisation_number": "ORG-0123456789012345"}


def test_not_recorded_is_neither_no_nor_zero() -> None:
    """Null and absent are one thing to us and come back as two; false and 0 are answers."""
    text: dict[str, Any] = {"hiv": None, "hbv": False, "aboRh": None, "glucoseTolerance": {}}
    content = only_item(clinicalTests=text).content
    assert False in content.values()
    assert None not in content.values()
    assert only_item(mother={"employmentPercentage": 0}).content == {"employment_percent": 0}


def test_numbers_come_back_as_they_were_written() -> None:
    """64.0 stays 64.0 and 38 stays 38."""
    content = only_item(vitalMeasurementsBeforePregnancy={"height": 169, "prePregnancyWeight": 64.0}).content
    assert [repr(value) for value in content.values()] == ["169", "64.0"]


def test_display_and_code_system_are_filled_in() -> None:
    """A code alone is enough; what we filled in is not written back as if it had been sent."""
    item = only_item(mother={"countryOfBirth": {"code": "NO"}})
    assert item.content == {"country_of_birth": {"code": "NO", "display": "Norge", "code_system": "VOLVEN_9043"}}
    written = canonical(item, "mother")["countryOfBirth"]
    assert written == {"code": "NO", "display": "Norge", "codeSystem": "VOLVEN_9043"}


@pytest.mark.parametrize("spelling", ["ACTIVE", "active", "Active"])
def test_the_status_is_compared_without_regard_to_case(spelling: str) -> None:
    """How the service spells a state is not fully documented."""
    record = a_record()
    record["metadata"]["recordStatus"] = {"status": spelling}
    assert taken_in(record).status == "ACTIVE"


def test_the_state_brings_its_own_members() -> None:
    """DELIVERED has a time and whether the child lived, TERMINATED a time; elsewhere they are kept and not used."""
    record = a_record()
    delivered = {"status": "DELIVERED", "deliveryDate": "2026-10-17T02:52:00Z", "liveBirth": True}
    stray = {"terminationDate": "2022-04-02T00:00:00Z"}
    record["metadata"]["recordStatus"] = delivered | stray
    stored = taken_in(record)
    assert (stored.live_birth, stored.terminated_at) == (True, None)
    assert stored.closed_at is not None
    record["metadata"]["recordStatus"] = {"status": "TERMINATED"} | stray
    stored = taken_in(record)
    assert stored.closed_at == stored.terminated_at
    record["metadata"]["recordStatus"] = delivered | {"status": "ACTIVE"}
    assert taken_in(record).closed_at is None


def test_an_undocumented_member_of_the_midwife_is_kept() -> None:
    """`midwife.organizationId` is not documented: kept when it comes, never sent by us."""
    item = only_item(pointsOfContact={"midwife": {"name": "Modell, Jordmor", "organizationId": "310990019"}})
    assert item.content == {"midwife": {"name": "Modell, Jordmor"}}
    assert "organizationId" not in canonical(item, "pointsOfContact")["midwife"]


def test_an_item_entered_in_error_is_kept_as_such() -> None:
    """A deleted visit may still be in the list, marked; marked false and not marked both mean valid."""
    visits = [
        {"metadata": {"enteredInError": mark}, "appointmentDate": "2026-06-29"} if mark is not None else
        {"appointmentDate": "2026-06-29"}
        for mark in (True, False, None)
    ]  # fmt: skip
    items = taken_in(a_record(antenatalAppointments=visits)).items
    assert [item.entered_in_error for item in items] == [True, False, None]
    assert len({item.item_id for item in items}) == 3


def test_every_list_on_the_wire_that_is_a_section_is_repeated() -> None:
    """Exactly two resources are lists with their own versions for each element."""
    lists = {section.wire for section in SECTIONS.values() if section.repeated and section.wire}
    assert lists == {"symphysisFundalHeights", "antenatalAppointments"}
