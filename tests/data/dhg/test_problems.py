"""What is refused, and how it is said: each place, a reason, and never the value."""

from typing import Any

import pytest

from data.dhg.mapping import to_stored
from data.dhg.wire import InvalidWire, parse
from tests.data.dhg.test_traps import a_record


def problems_of(record: Any) -> list[tuple[str, str]]:
    """Path and reason of everything wrong in a record."""
    with pytest.raises(InvalidWire) as refused:
        to_stored(record)
    return [(problem.path, problem.reason) for problem in refused.value.problems]


def visits(**members: Any) -> dict[str, Any]:
    """Three visits, the third with the given members."""
    good = {"appointmentDate": "2026-06-29"}
    return {"antenatalAppointments": [good, good, good | members]}


def metadata(**members: Any) -> dict[str, Any]:
    """A woman with the given provenance."""
    return {"mother": {"metadata": members}}


def code(**members: Any) -> dict[str, Any]:
    """A woman with the given coded country."""
    return {"mother": {"countryOfBirth": members}}


V = "antenatalAppointments[2]"

BAD: list[tuple[dict[str, Any], str, str, str]] = [
    # a value of the wrong kind
    (visits(motherWeight="65kg77"), f"{V}.motherWeight", "BAD_TYPE", "65kg77"),
    (visits(motherWeight=True), f"{V}.motherWeight", "BAD_TYPE", ""),
    (visits(bloodPressure=11270), f"{V}.bloodPressure", "BAD_TYPE", "11270"),
    (visits(proteinInUrineTestResult=17), f"{V}.proteinInUrineTestResult", "BAD_TYPE", "17"),
    (visits(edema=1.0), f"{V}.edema", "BAD_TYPE", "1.0"),
    (visits(edema=True), f"{V}.edema", "BAD_TYPE", ""),
    (visits(medication="ja"), f"{V}.medication", "BAD_TYPE", "ja"),
    (visits(medication=1), f"{V}.medication", "BAD_TYPE", ""),
    (visits(note=4711), f"{V}.note", "BAD_TYPE", "4711"),
    (visits(appointmentDate=20260629), f"{V}.appointmentDate", "BAD_TYPE", "20260629"),
    (visits(fetusesVitalSigns={"fosterId": 1}), f"{V}.fetusesVitalSigns", "BAD_TYPE", ""),
    (visits(fetusesVitalSigns=[None]), f"{V}.fetusesVitalSigns[0]", "BAD_TYPE", ""),
    (visits(fetusesVitalSigns=[7, {"fosterId": 0}]), f"{V}.fetusesVitalSigns[1].fosterId", "OUT_OF_RANGE", ""),
    ({"mother": []}, "mother", "BAD_TYPE", ""),
    ({"mother": "Testine"}, "mother", "BAD_TYPE", "Testine"),
    ({"antenatalAppointments": {}}, "antenatalAppointments", "BAD_TYPE", ""),
    ({"antenatalAppointments": [None]}, "antenatalAppointments[0]", "BAD_TYPE", ""),
    ({"clinicalTests": {"aboRh": "O"}}, "clinicalTests.aboRh", "BAD_TYPE", ""),
    ({"clinicalTests": {"aboRh": {"aboType": 0}}}, "clinicalTests.aboRh.aboType", "BAD_TYPE", ""),
    ({"birthStatus": {"birthStatus": [{"datetime": 17}]}}, "birthStatus.birthStatus[0].datetime", "BAD_TYPE", "17"),
    # a value out of its range
    (visits(motherWeight=-71.25), f"{V}.motherWeight", "OUT_OF_RANGE", "71.25"),
    (visits(motherWeight=0), f"{V}.motherWeight", "OUT_OF_RANGE", ""),
    (visits(edema=4711), f"{V}.edema", "OUT_OF_RANGE", "4711"),
    (visits(daysAfterFullPregnancyWeek=7), f"{V}.daysAfterFullPregnancyWeek", "OUT_OF_RANGE", ""),
    (visits(pregnancyWeek=0), f"{V}.pregnancyWeek", "OUT_OF_RANGE", ""),
    (visits(bloodPressure="00/70"), f"{V}.bloodPressure", "OUT_OF_RANGE", "00/70"),
    (visits(fetusesVitalSigns=[{}, {"fetalHeartRate": -148}]), f"{V}.fetusesVitalSigns[1].fetalHeartRate",
     "OUT_OF_RANGE", "148"),
    ({"mother": {"employmentPercentage": 147}}, "mother.employmentPercentage", "OUT_OF_RANGE", "147"),
    ({"lifestyleFactors": {"stimuli": [{"stimuliFrequencyAtWeek36": {"dailyCount": -3}}]}},
     "lifestyleFactors.stimuli[0].stimuliFrequencyAtWeek36.dailyCount", "OUT_OF_RANGE", "-3"),
    # a text that does not say what it must
    (visits(bloodPressure="112-70"), f"{V}.bloodPressure", "MALFORMED", "112"),
    (visits(bloodPressure="1120/70"), f"{V}.bloodPressure", "MALFORMED", "1120"),
    (visits(bloodPressure="112/7"), f"{V}.bloodPressure", "MALFORMED", "112/7 "),
    (visits(bloodPressure=""), f"{V}.bloodPressure", "MALFORMED", ""),
    (visits(bloodPressure="١١٢/٧٠"), f"{V}.bloodPressure", "MALFORMED", "١١٢"),
    (visits(appointmentDate="29.06.2026"), f"{V}.appointmentDate", "MALFORMED", "29.06"),
    (visits(appointmentDate="2026-02-30"), f"{V}.appointmentDate", "MALFORMED", "2026-02-30"),
    (visits(appointmentDate="20260629"), f"{V}.appointmentDate", "MALFORMED", "20260629"),
    (visits(appointmentDate="2026-06-29T00:00:00Z"), f"{V}.appointmentDate", "MALFORMED", "T00"),
    (metadata(lastUpdated="yesterday"), "mother.metadata.lastUpdated", "MALFORMED", "yesterday"),
    (metadata(lastUpdated="2026-03-16"), "mother.metadata.lastUpdated", "MALFORMED", "2026-03-16 "),
    (metadata(lastUpdated="2026-03-16T25:00:00Z"), "mother.metadata.lastUpdated", "MALFORMED", "25:00"),
    (metadata(lastUpdated="0001-01-01T00:00:00"), "mother.metadata.lastUpdated", "MALFORMED", "0001"),
    (metadata(id="visit-17"), "mother.metadata.id", "MALFORMED", "visit-17"),
    ({"birthStatus": {"birthStatus": [{"datetime": "17/10"}]}}, "birthStatus.birthStatus[0].datetime", "MALFORMED",
     "17/10"),
    (code(code=""), "mother.countryOfBirth.code", "MALFORMED", ""),
    # a code that is not in its system, or of another system
    (visits(proteinInUrineTestResult="4+"), f"{V}.proteinInUrineTestResult", "UNKNOWN_CODE", "4+"),
    ({"clinicalTests": {"aboRh": {"aboType": "0"}}}, "clinicalTests.aboRh.aboType", "UNKNOWN_CODE", "'0'"),
    ({"clinicalTests": {"aboRh": {"rhesusDType": "POSSITIVE"}}}, "clinicalTests.aboRh.rhesusDType", "UNKNOWN_CODE",
     "POSSITIVE"),
    (code(code="QQQ7"), "mother.countryOfBirth.code", "UNKNOWN_CODE", "QQQ7"),
    (code(code="NO", codeSystem="VOLVEN_4711"), "mother.countryOfBirth.codeSystem", "WRONG_CODE_SYSTEM", "4711"),
    (code(display="Norge"), "mother.countryOfBirth.code", "MISSING", "Norge"),
    (code(code=None), "mother.countryOfBirth.code", "MISSING", ""),
    (code(code=47), "mother.countryOfBirth.code", "BAD_TYPE", "47"),
    (code(code="NO", codeSystem=9043), "mother.countryOfBirth.codeSystem", "BAD_TYPE", ""),
    ({"mother": {"countryOfBirth": "NO"}}, "mother.countryOfBirth", "BAD_TYPE", ""),
    # missing, too long, twice
    ({"antenatalAppointments": [{"note": "Ukjent dag"}]}, "antenatalAppointments[0].appointmentDate", "MISSING", "dag"),
    (visits(appointmentDate=None), f"{V}.appointmentDate", "MISSING", ""),
    (visits(note="n" * 4_001), f"{V}.note", "TOO_LONG", "nnn"),
    (code(code="NO", display="x" * 257), "mother.countryOfBirth.display", "TOO_LONG", "xxx"),
    # provenance
    (metadata(version=256), "mother.metadata.version", "OUT_OF_RANGE", "256"),
    (metadata(version=0), "mother.metadata.version", "OUT_OF_RANGE", ""),
    (metadata(version="3"), "mother.metadata.version", "BAD_TYPE", ""),
    (metadata(enteredInError="nei"), "mother.metadata.enteredInError", "BAD_TYPE", "nei"),
    (metadata(lastUpdatedBy="Modell"), "mother.metadata.lastUpdatedBy", "BAD_TYPE", "Modell"),
    (metadata(lastUpdatedBy={"hprNr": 999900026}), "mother.metadata.lastUpdatedBy.hprNr", "BAD_TYPE", "999900026"),
    ({"mother": {"metadata": 4}}, "mother.metadata", "BAD_TYPE", ""),
]  # fmt: skip


@pytest.mark.parametrize(("sections", "path", "reason", "value"), BAD)
def test_what_is_wrong_is_named_by_place_and_reason_and_never_repeated(
    sections: dict[str, Any], path: str, reason: str, value: str
) -> None:
    """One wrong value, one problem: its wire path, its reason, and a message that does not tell the value."""
    with pytest.raises(InvalidWire) as refused:
        to_stored(a_record(**sections))
    found = {(problem.path, problem.reason) for problem in refused.value.problems}
    assert (path, reason) in found
    assert found - {(path, reason)} <= {(f"{V}.fetusesVitalSigns[0]", "BAD_TYPE")}
    if value:
        assert all(value not in f"{problem.message} " for problem in refused.value.problems)
        assert value not in f"{refused.value} "


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"recordId": None}, "metadata.recordId", "MISSING"),
        ({"recordId": "4711"}, "metadata.recordId", "MALFORMED"),
        ({"recordId": 4711}, "metadata.recordId", "BAD_TYPE"),
        ({"recordStatus": None}, "metadata.recordStatus", "MISSING"),
        ({"recordStatus": "ACTIVE"}, "metadata.recordStatus", "BAD_TYPE"),
        ({"recordStatus": {}}, "metadata.recordStatus.status", "MISSING"),
        ({"recordStatus": {"status": 1}}, "metadata.recordStatus.status", "BAD_TYPE"),
        ({"recordStatus": {"status": "OPEN"}}, "metadata.recordStatus.status", "UNKNOWN_CODE"),
        ({"recordStatus": {"status": "DELIVERED", "liveBirth": 1}}, "metadata.recordStatus.liveBirth", "BAD_TYPE"),
        ({"recordStatus": {"status": "DELIVERED", "deliveryDate": "i går"}}, "metadata.recordStatus.deliveryDate",
         "MALFORMED"),
        ({"recordStatus": {"status": "TERMINATED", "terminationDate": 3}}, "metadata.recordStatus.terminationDate",
         "BAD_TYPE"),
        ({"version": None}, "metadata.version", "MISSING"),
        ({"version": 0}, "metadata.version", "OUT_OF_RANGE"),
        ({"version": True}, "metadata.version", "BAD_TYPE"),
        ({"lastUpdated": None}, "metadata.lastUpdated", "MISSING"),
        ({"lastUpdated": "2026"}, "metadata.lastUpdated", "MALFORMED"),
        ({"recordLastUpdated": 0}, "metadata.recordLastUpdated", "BAD_TYPE"),
        ({"lastUpdatedBy": []}, "metadata.lastUpdatedBy", "BAD_TYPE"),
    ],
)  # fmt: skip
def test_a_record_must_say_which_it_is(change: dict[str, Any], path: str, reason: str) -> None:
    """The record's own metadata: identity, state, version and time are needed, and everything given is checked."""
    record = a_record()
    record["metadata"] |= change
    assert problems_of(record) == [(path, reason)]


@pytest.mark.parametrize("record", [None, [], "record", 7])
def test_a_record_is_an_object(record: Any) -> None:
    """Anything else is no record."""
    assert problems_of(record) == [("", "BAD_TYPE")]


def test_a_record_without_metadata_is_refused() -> None:
    """Without metadata nobody knows which record it is."""
    assert problems_of({"mother": {}}) == [("metadata", "MISSING")]
    assert problems_of({"metadata": []}) == [("metadata", "BAD_TYPE")]


def test_all_problems_are_told_and_not_only_the_first() -> None:
    """Whoever repairs a record gets the whole list."""
    record = a_record(
        mother={"name": 1, "language": {"code": "NOB", "codeSystem": "VOLVEN_1"}},
        antenatalAppointments=[
            {"bloodPressure": "x", "edema": 9},
            {"appointmentDate": "2026-06-29", "motherWeight": -1},
        ],
    )
    record["metadata"]["version"] = 999
    assert set(problems_of(record)) == {
        ("metadata.version", "OUT_OF_RANGE"),
        ("mother.name", "BAD_TYPE"),
        ("mother.language.codeSystem", "WRONG_CODE_SYSTEM"),
        ("antenatalAppointments[0].appointmentDate", "MISSING"),
        ("antenatalAppointments[0].bloodPressure", "MALFORMED"),
        ("antenatalAppointments[0].edema", "OUT_OF_RANGE"),
        ("antenatalAppointments[1].motherWeight", "OUT_OF_RANGE"),
    }


def test_two_items_of_a_list_are_not_the_same_item() -> None:
    """An identity is used once, whatever its spelling."""
    one = "7d0c1e40-5a31-4c0e-9b10-00000000000a"
    visit = {"metadata": {"id": one}, "appointmentDate": "2026-06-29"}
    record = a_record(antenatalAppointments=[visit, visit | {"metadata": {"id": one.upper()}}])
    assert problems_of(record) == [("antenatalAppointments[1].metadata.id", "DUPLICATE")]


def test_unknown_members_are_never_checked() -> None:
    """Whatever an unknown member holds, the record is taken in."""
    odd = {"x": [{"bloodPressure": "odd"}, None], "bloodpressure": 7, "weight_kg": "no number", "kind": {}}
    to_stored(a_record(mother=odd, newSection="odd", antenatalAppointments=[odd | {"appointmentDate": "2026-06-29"}]))


def test_what_could_not_be_written_again_is_not_taken_in() -> None:
    """Nesting has an end, in unknown members too; nothing is taken in that could not be given back."""
    deep = parse(b"[" * 300 + b"]" * 300)
    assert problems_of(a_record(x=deep)) == [("", "MALFORMED")]
    to_stored(a_record(mother={"x": parse(b"[" * 200 + b"]" * 200)}))
    assert problems_of(a_record(x=2**70)) == [("", "MALFORMED")]


def test_a_text_that_is_wrong_throughout_is_not_told_about_without_end() -> None:
    """A thousand problems are enough."""
    assert len(problems_of(a_record(antenatalAppointments=[7] * 1_500))) == 1_000


def test_fundal_heights_may_lack_members() -> None:
    """That their members are required is not verified, so an empty one is taken in."""
    assert len(to_stored(a_record(symphysisFundalHeights=[{}, {"measurement": 23}])).items) == 2


@pytest.mark.parametrize("text", ["", "{", '{"a": NaN}', "{'a': 1}", '"\\ud800"', b"\xff"])
def test_what_is_not_json_is_malformed(text: str | bytes) -> None:
    """The place is told, the text is not."""
    with pytest.raises(InvalidWire) as refused:
        parse(text)
    (problem,) = refused.value.problems
    assert (problem.path, problem.reason) == ("", "MALFORMED")
